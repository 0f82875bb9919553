import { randomUUID } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { type OrgCounty, withOrgCounty } from '#modules/foundation/org/server/org-test-county.ts'
import { DEMO_PASSWORD } from '#modules/foundation/org/server/set-up.ts'

const API = '/test/api/v1'

/** A browser: keeps its cookies, names its CSRF token. */
async function browser(county: OrgCounty) {
  const app = await county.app()
  const cookies = new Map<string, string>()
  return async (method: 'GET' | 'POST' | 'PUT', path: string, body?: object) => {
    const csrf = [...cookies].find(([name]) => name.includes('csrf'))?.[1]
    const answer = await app.inject({
      method,
      url: `${API}${path}`,
      ...(body ? { payload: body } : {}),
      headers: {
        cookie: [...cookies].map(([name, value]) => `${name}=${value}`).join('; '),
        ...(method === 'GET' ? {} : { 'idempotency-key': randomUUID() }),
        ...(csrf ? { 'x-yiti-csrf': csrf } : {}),
      },
    })
    for (const cookie of answer.cookies) cookies.set(cookie.name, cookie.value)
    return { status: answer.statusCode, body: answer.json() }
  }
}

describe('administration over HTTP', () => {
  it('opens an account, resets its password, shuts it; every step shows at once', async () => {
    await withOrgCounty(async (county) => {
      const admin = await browser(county)
      expect((await admin('POST', '/auth/log-in', { login: 'data-gu', password: DEMO_PASSWORD })).status).toBe(200)
      const post = await county.postId('320506103-enforcement.handler')
      const made = await admin('POST', '/org/accounts', {
        login: 'md-new',
        name: '钱新',
        postId: post,
        reason: '新进人员',
      })
      expect(made.status).toBe(200)

      const found = await admin('GET', `/org/accounts?q=${encodeURIComponent('钱新')}&limit=10`)
      expect(found.body.items).toHaveLength(1)
      expect(found.body.items[0]).toMatchObject({ login: 'md-new', mustChangePassword: true, can: { manage: true } })
      expect((await admin('GET', `/org/accounts/${made.body.id}`)).body.rights.length).toBeGreaterThan(0)

      const person = await browser(county)
      const first = { login: 'md-new', password: made.body.initialPassword }
      expect((await person('POST', '/auth/log-in', first)).body.mustChangePassword).toBe(true)
      expect((await person('GET', '/org/accounts')).body.code).toBe('auth.change_password_first')

      const link = await admin('POST', `/org/accounts/${made.body.id}/reset-link`, { reason: '忘记密码' })
      const fresh = 'Guangfu-2026-09'
      const visitor = await browser(county)
      expect((await visitor('POST', '/auth/reset', { code: link.body.code, fresh })).status).toBe(200)
      expect((await visitor('POST', '/auth/reset', { code: link.body.code, fresh })).status).toBe(410)
      expect((await person('POST', '/auth/log-in', { login: 'md-new', password: fresh })).status).toBe(200)
      expect((await person('GET', '/auth/me')).body.posts).toHaveLength(1)
      expect((await person('GET', '/org/accounts')).body.code).toBe('platform.forbidden')

      expect((await admin('POST', `/org/accounts/${made.body.id}/disable`, { reason: '离职' })).status).toBe(200)
      expect((await person('GET', '/auth/me')).status).toBe(401)
      expect((await person('POST', '/auth/log-in', { login: 'md-new', password: fresh })).status).toBe(401)
    })
  })

  it('answers with wording, and refuses what the contract does not know', async () => {
    await withOrgCounty(async (county) => {
      const admin = await browser(county)
      await admin('POST', '/auth/log-in', { login: 'data-gu', password: DEMO_PASSWORD })
      const own = await county.idOf('data-gu')
      const refused = await admin('POST', `/org/accounts/${own}/disable`, { reason: '试试' })
      expect(refused).toMatchObject({ status: 403, body: { code: 'org.not_oneself' } })
      expect(refused.body.message).toContain('其他管理员')
      expect((await admin('GET', '/org/units?level=galaxy')).status).toBe(422)
      const divisions = await admin('GET', '/org/divisions?under=320506103&depth=12')
      expect(divisions.body.items[0].name).toBe('木渎镇')
      expect(divisions.body.items.every((row: { level: number }) => row.level <= 12)).toBe(true)
      expect((await admin('GET', '/org/lines')).body.items).toHaveLength(15)
      expect((await admin('GET', '/org/grants?subject=role&limit=5')).body.items).toHaveLength(5)
      expect((await admin('GET', '/org/handovers')).body.items).toEqual([])
    })
  })
})
