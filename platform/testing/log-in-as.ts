import { randomUUID } from 'node:crypto'
import { expect } from 'vitest'
import type { TestCounty } from '#platform/testing/test-county.ts'

/** Answers of the API as tests read them. */
// biome-ignore lint/suspicious/noExplicitAny: tests look into answers of every shape
type Answer = any

/** Password of the demo accounts that a test county is set up with. */
export const TEST_PASSWORD = 'Yiti-demo-2026'

export interface Session {
  login: string
  headers: Record<string, string>
  get(path: string): Promise<Answer>
  post(path: string, body: unknown): Promise<Answer>
  /** The raw answer, whatever its status. */
  raw(
    method: 'GET' | 'POST' | 'PUT' | 'DELETE',
    path: string,
    body?: unknown,
  ): Promise<{ status: number; body: Answer }>
  /** Does an action on a case in the version it has now; yields the case page afterwards. */
  act(caseId: number, action: string, form?: Record<string, unknown>, note?: string): Promise<Answer>
  /** Expects an action to be refused with this code. */
  refused(
    caseId: number,
    action: string,
    input: { version?: number; form?: Record<string, unknown> },
    code: string,
  ): Promise<void>
}

/** Logs an account of the test county in and speaks the API as it. */
export async function logInAs(county: TestCounty, login: string, password = TEST_PASSWORD): Promise<Session> {
  const app = await county.app()
  const base = '/test/api/v1'
  const entered = await app.inject({ method: 'POST', url: `${base}/auth/log-in`, payload: { login, password } })
  expect(entered.statusCode, `${login}: ${entered.body}`).toBe(200)
  const cookie = entered.cookies.map(({ name, value }) => `${name}=${value}`).join('; ')
  const csrf = entered.cookies.find(({ name }) => name.startsWith('yiti_csrf'))!.value
  const headers = { cookie, 'x-yiti-csrf': csrf }
  const raw: Session['raw'] = async (method, path, body) => {
    const answer = await app.inject({
      method,
      url: `${base}${path}`,
      headers: { ...headers, 'idempotency-key': randomUUID() },
      ...(body === undefined ? {} : { payload: body as object }),
    })
    let parsed: Answer = answer.body
    try {
      parsed = answer.json()
    } catch {
      // not JSON: a stream
    }
    return { status: answer.statusCode, body: parsed }
  }
  const ok = async (method: 'GET' | 'POST', path: string, body?: unknown) => {
    const answer = await raw(method, path, body)
    expect(answer.status, `${login} ${method} ${path}: ${JSON.stringify(answer.body).slice(0, 800)}`).toBe(200)
    return answer.body
  }
  return {
    login,
    headers,
    raw,
    get: (path) => ok('GET', path),
    post: (path, body) => ok('POST', path, body),
    async act(caseId, action, form, note) {
      const page = await ok('GET', `/cases/${caseId}`)
      await ok('POST', `/cases/${caseId}/actions/${action}`, {
        version: page.version,
        ...(form ? { form } : {}),
        ...(note ? { note } : {}),
      })
      const after = await raw('GET', `/cases/${caseId}`)
      return after.body
    },
    async refused(caseId, action, input, code) {
      const page = await raw('GET', `/cases/${caseId}`)
      const answer = await raw('POST', `/cases/${caseId}/actions/${action}`, {
        version: input.version ?? page.body.version ?? 1,
        ...(input.form ? { form: input.form } : {}),
      })
      expect(answer.body.code, `${login} ${action}: ${JSON.stringify(answer.body).slice(0, 500)}`).toBe(code)
    },
  }
}
