import { createHash, randomUUID } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { rotateKey } from '#platform/crypto/key-ring.ts'
import { sql } from '#platform/db/db.ts'
import { logInAs, TEST_PASSWORD } from '#platform/testing/log-in-as.ts'
import { type TestCounty, withTestCounty } from '#platform/testing/test-county.ts'

const REPORT = { text: '路口积水，行人难走', villageCode: '320506103001', reporterPhone: '19900005007' }

/** A browser that sends the same call again. */
async function reporter(county: TestCounty) {
  const app = await county.app()
  let cookie = ''
  return async (key: string, payload: object) => {
    const answer = await app.inject({
      method: 'POST',
      url: '/test/api/v1/public/reports',
      headers: { 'idempotency-key': key, cookie },
      payload,
    })
    for (const { name, value } of answer.cookies) cookie = `${name}=${value}`
    return { status: answer.statusCode, body: answer.json() }
  }
}

async function digests(county: TestCounty, route: string): Promise<Buffer[]> {
  return county.inCounty(async (tx) => {
    const { rows } = await sql<{ body_hash: Buffer }>`
      select body_hash from command_idempotency where route = ${route} order by at, key`.execute(tx)
    return rows.map((row) => row.body_hash)
  })
}

describe('what is remembered of a call', () => {
  it('knows the same body again, also after the key was renewed, and refuses another', () =>
    withTestCounty(async (county) => {
      const send = await reporter(county)
      const key = randomUUID()
      const first = await send(key, REPORT)
      expect(first.status, JSON.stringify(first.body)).toBe(200)
      expect((await send(key, REPORT)).body.number).toBe(first.body.number)
      const other = await send(key, { ...REPORT, reporterPhone: '19900005008' })
      expect([other.status, other.body.code]).toEqual([422, 'platform.idempotency_mismatch'])

      const { keys } = await county.here()
      await rotateKey(keys, 'token', county.clock.now())
      expect((await send(key, REPORT)).body.number).toBe(first.body.number)
      expect((await send(key, { ...REPORT, text: '别的事情，不是积水' })).status).toBe(422)
    }))

  it('cannot be guessed back without the keys of the county', () =>
    withTestCounty(async (county) => {
      const send = await reporter(county)
      expect((await send('guess-0001', REPORT)).status).toBe(200)
      expect((await send('guess-0002', REPORT)).status).toBe(200)
      const [first, second] = await digests(county, 'loop.report_publicly')
      expect(first).toEqual(second)
      const guessed = createHash('sha256').update(JSON.stringify(REPORT)).digest()
      expect(first!.includes(guessed.subarray(0, 8))).toBe(false)
      const { keys } = await county.here()
      await rotateKey(keys, 'token', county.clock.now())
      expect((await send('guess-0003', REPORT)).status).toBe(200)
      expect((await digests(county, 'loop.report_publicly'))[2]).not.toEqual(first)
    }))

  it('holds nothing of a password', () =>
    withTestCounty(async (county) => {
      for (const [login, fresh] of [
        ['md-zhou', 'Only-mine-2026'],
        ['md-chen', 'Another-one-2027'],
      ] as const)
        await (await logInAs(county, login)).post('/auth/password', { old: TEST_PASSWORD, fresh })
      const [one, two] = await digests(county, 'auth.change_password')
      expect(one).toBeDefined()
      expect(one).toEqual(two)
    }))
})
