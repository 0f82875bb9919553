import { randomUUID } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { sql } from '#platform/db/db.ts'
import { type TestCounty, withTestCounty } from '#platform/testing/test-county.ts'

/** A script that throws its cookies away: every report is a new visitor's. */
async function reportFrom(county: TestCounty, address: string): Promise<boolean> {
  const app = await county.app()
  const answer = await app.inject({
    method: 'POST',
    url: '/test/api/v1/public/reports',
    remoteAddress: address,
    headers: { 'idempotency-key': randomUUID() },
    payload: { text: '路口积水，行人难走', villageCode: '320506103001' },
  })
  expect(answer.statusCode, answer.body).toBe(200)
  return answer.json().quarantined
}

async function heldOf(county: TestCounty, addresses: string[]): Promise<number> {
  let held = 0
  for (const address of addresses) if (await reportFrom(county, address)) held++
  return held
}

const times = (n: number, address: (k: number) => string) => Array.from({ length: n }, (_, k) => address(k))

describe('a flood of reports', () => {
  it('from one address is held back whatever its cookies, others are not, and time heals', () =>
    withTestCounty(async (county) => {
      expect(
        await heldOf(
          county,
          times(23, () => '203.0.113.7'),
        ),
      ).toBe(3)
      expect(await reportFrom(county, '203.0.113.8')).toBe(false)
      // One subscriber's addresses.
      expect(
        await heldOf(
          county,
          times(22, (k) => `2001:db8:1:2::${k + 1}`),
        ),
      ).toBe(2)
      expect(await reportFrom(county, '2001:db8:1:3::1')).toBe(false)

      const { rows } = await county.inCounty((tx) =>
        sql<{ why: { key: string; params: object }[]; town: string | null }>`
          select t.why, c.town_code as town from process_trace t join process_case c on c.id = t.case_id
            join loop_report r on r.case_id = c.id where r.quarantined and t.hop = 1 order by c.id limit 1`.execute(tx),
      )
      expect(rows[0]!.town).toBeNull()
      expect(rows[0]!.why).toContainEqual({ key: 'loop.why.quarantined', params: { count: 20, minutes: 10 } })
      county.clock.advance(11 * 60_000)
      expect(await reportFrom(county, '203.0.113.7')).toBe(false)
    }))

  it('of a proxy that nobody declared is not taken for one sender', () =>
    withTestCounty(async (county) => {
      expect(
        await heldOf(
          county,
          times(22, () => '127.0.0.1'),
        ),
      ).toBe(0)
    }))
})
