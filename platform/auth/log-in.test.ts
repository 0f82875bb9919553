import { generateSync } from 'otplib'
import { describe, expect, it } from 'vitest'
import { forgetStrangers } from '#platform/auth/log-in.ts'
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

/** Tries to log in; what a stranger gets to see of it. */
async function tryLogIn(county: TestCounty, login: string, password: string, code?: string) {
  const app = await county.app()
  const answer = await app.inject({
    method: 'POST',
    url: '/test/api/v1/auth/log-in',
    payload: { login, password, ...(code ? { code } : {}) },
  })
  const { traceId: _, ...body } = answer.json()
  return { status: answer.statusCode, body }
}

describe('the log-in', () => {
  it('locks after five failures in a row, for fifteen minutes, and a success begins the count anew', () =>
    withTestCounty(async (county) => {
      const wrong = async () => (await tryLogIn(county, 'md-zhou', 'not-the-password')).body.code
      for (let n = 0; n < 4; n++) expect(await wrong()).toBe('auth.wrong')
      expect((await tryLogIn(county, 'md-zhou', TEST_PASSWORD)).status).toBe(200)
      for (let n = 0; n < 5; n++) expect(await wrong()).toBe('auth.wrong')
      const locked = await tryLogIn(county, 'md-zhou', TEST_PASSWORD)
      expect([locked.status, locked.body.code, locked.body.params]).toEqual([423, 'auth.locked', { minutes: 15 }])
      expect(locked.body.message).toContain('15')
      county.clock.advance(14 * 60_000)
      expect((await tryLogIn(county, 'md-zhou', TEST_PASSWORD)).body.params).toEqual({ minutes: 1 })
      county.clock.advance(60_000)
      expect((await tryLogIn(county, 'md-zhou', TEST_PASSWORD)).status).toBe(200)
    }))

  it('reads the same for a name that nobody has, at every try', () =>
    withTestCounty(async (county) => {
      await county.inCounty((tx) =>
        sql`update auth_account set disabled_at = ${county.clock.now()} where login = 'md-chen'`.execute(tx),
      )
      const tries = async (login: string) => {
        const answers = []
        for (let n = 0; n < 7; n++) {
          answers.push(await tryLogIn(county, login, 'not-the-password'))
          county.clock.advance(1000)
        }
        county.clock.advance(16 * 60_000)
        answers.push(await tryLogIn(county, login, 'not-the-password'))
        return answers
      }
      const known = await tries('md-zhou')
      expect(known.map(({ status }) => status)).toEqual([401, 401, 401, 401, 401, 423, 423, 401])
      expect(await tries('nobody-at-all')).toEqual(known)
      expect(await tries('md-chen')).toEqual(known)

      expect(await county.inCounty((tx) => forgetStrangers(tx, county.clock.now()))).toBe(0)
      county.clock.advance(25 * 3_600_000)
      expect(await county.inCounty((tx) => forgetStrangers(tx, county.clock.now()))).toBe(2)
    }))

  it('asks for the code where a second factor is bound, takes each code once, and counts wrong ones', () =>
    withTestCounty(async (county) => {
      const clerk = await logInAs(county, 'md-zhou')
      const { secret } = await clerk.post('/auth/totp/begin', {})
      const codeNow = () => generateSync({ secret, epoch: Math.floor(county.clock.now().getTime() / 1000), period: 30 })
      const other = codeNow() === '000000' ? '000001' : '000000'
      expect((await clerk.raw('POST', '/auth/totp/confirm', { secret, code: other })).body.code).toBe('auth.code_wrong')
      expect((await tryLogIn(county, 'md-zhou', TEST_PASSWORD)).status).toBe(200)
      await clerk.post('/auth/totp/confirm', { secret, code: codeNow() })
      expect((await clerk.get('/auth/me')).secondFactor).toBe(true)

      const enter = async (code?: string) => {
        const { status, body } = await tryLogIn(county, 'md-zhou', TEST_PASSWORD, code)
        return status === 200 ? 'in' : body.code
      }
      expect(await enter()).toBe('auth.code_needed')
      // The code that bound the factor was used by that.
      expect(await enter(codeNow())).toBe('auth.code_wrong')
      county.clock.advance(60_000)
      const code = codeNow()
      expect((await tryLogIn(county, 'md-zhou', 'not-the-password', code)).body.code).toBe('auth.wrong')
      expect(await enter(code)).toBe('in')
      expect(await enter(code)).toBe('auth.code_wrong')
      county.clock.advance(60_000)
      expect(await enter(codeNow())).toBe('in')
      county.clock.advance(60_000)
      const fresh = codeNow()
      const guess = fresh === '123456' ? '654321' : '123456'
      for (let n = 0; n < 5; n++) expect(await enter(guess)).toBe('auth.code_wrong')
      expect(await enter(fresh)).toBe('auth.locked')
    }))
})

async function setAccount(county: TestCounty, login: string, values: { must_change_password: boolean }): Promise<void> {
  await county.inCounty((tx) =>
    sql`update auth_account set must_change_password = ${values.must_change_password} where login = ${login}`.execute(
      tx,
    ),
  )
}
