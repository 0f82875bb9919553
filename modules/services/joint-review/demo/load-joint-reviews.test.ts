import { describe, expect, it } from 'vitest'
import { withOrgCounty } from '#modules/foundation/org/server/org-test-county.ts'
import { sql } from '#platform/db/db.ts'
import type { DemoLoad } from '#platform/module/module.ts'
import { loadJointReviews } from './load-joint-reviews.ts'

interface Row {
  key: string
  state: string
  title: string
  town_code: string
  paused: boolean
  scored: number
  mean: number | null
  closed: boolean
  last: Date
}

describe('the written joint reviews', () => {
  it('are played through the real flow, once, to where the script leaves them', () =>
    withOrgCounty(async (county) => {
      county.clock.set('2026-11-23T02:00:00Z')
      const seen: string[] = []
      const load = async (): Promise<DemoLoad> => ({
        services: county.services,
        here: await county.here(),
        actor: (login) => county.actor(login),
        progress: (what, done, total) => seen.push(`${what} ${done}/${total}`),
        signal: new AbortController().signal,
      })
      await loadJointReviews(await load())
      expect(seen.at(-1)).toBe('演示联合会审 8/8')
      const read = () =>
        county.inCounty(async (tx) => {
          const { rows } = await sql<Row>`
            select c.data ->> 'demo' as key, c.state, c.title, c.town_code, c.closed_at is not null as closed,
              c.last_hop_at as last, (c.data #>> '{scores,total,mean}')::float8 as mean,
              (select bool_or(k.paused) from process_clock k where k.case_id = c.id) as paused,
              (select count(*) from process_submission s where s.case_id = c.id and s.state = 'scoring') as scored
              from process_case c where c.definition_key = 'joint_review' order by 1`.execute(tx)
          return rows
        })
      const rows = await read()
      expect(rows.map((row) => [row.key, row.state, row.mean])).toEqual([
        ['JR-001', 'agreed', 87.4],
        ['JR-002', 'scoring', null],
        ['JR-003', 'incomplete', null],
        ['JR-004', 'signing', null],
        ['JR-005', 'agreed', 86.2],
        ['JR-006', 'submitted', null],
        ['JR-007', 'refused', 55],
        ['JR-008', 'deferred', 83.6],
      ])
      expect(rows.map((row) => row.scored)).toEqual([3, 2, 0, 0, 3, 0, 3, 3])
      expect(rows.filter((row) => row.paused).map((row) => row.key)).toEqual(['JR-003'])
      for (const row of rows) {
        expect(row.last.getTime()).toBeLessThanOrEqual(county.clock.now().getTime())
        expect(row.closed).toBe(['agreed', 'refused', 'deferred'].includes(row.state))
      }
      await loadJointReviews(await load())
      expect(await read()).toEqual(rows)
      // Nobody is told today of what was over yesterday.
      await county.settle()
      expect(await county.count('notify_message')).toBe(0)
    }))
})
