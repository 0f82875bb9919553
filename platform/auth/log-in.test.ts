import { describe, expect, it } from 'vitest'
import { sql } from '#platform/db/db.ts'
import { logInAs, TEST_PASSWORD } from '#platform/testing/log-in-as.ts'
import { type TestCounty, withTestCounty } from '#platform/testing/test-county.ts'

const FRESH = 'Only-mine-2026'

describe('a password that was handed out', () => {
  it('opens nothing but its own change', () =>
    withTestCounty(async (county) => {
      await setAccount(county, 'md-zhou', { must_change_password: true })
      const clerk = await logInAs(county, 'md-zhou')
      expect((await clerk.get('/auth/me')).mustChangePassword).toBe(true)
      for (const [method, path, body] of [
        ['GET', '/inbox?limit=1', undefined],
        ['GET', '/auth/sessions', undefined],
        ['GET', '/events', undefined],
        ['POST', '/auth/totp/begin', {}],
        ['POST', '/cases/1/actions/accept', { version: 1 }],
      ] as const) {
        const answer = await clerk.raw(method, path, body)
        expect([answer.status, answer.body.code], path).toEqual([403, 'auth.change_password_first'])
      }
      await clerk.post('/auth/password', { old: TEST_PASSWORD, fresh: FRESH })
      await clerk.get('/inbox?limit=1')
      expect((await clerk.get('/auth/me')).mustChangePassword).toBe(false)

      await setAccount(county, 'md-zhou', { must_change_password: true })
      await clerk.post('/auth/log-out', {})
      expect((await clerk.raw('GET', '/auth/me')).status).toBe(401)
    }))
})

async function setAccount(county: TestCounty, login: string, values: { must_change_password: boolean }): Promise<void> {
  await county.inCounty((tx) =>
    sql`update auth_account set must_change_password = ${values.must_change_password} where login = ${login}`.execute(
      tx,
    ),
  )
}
