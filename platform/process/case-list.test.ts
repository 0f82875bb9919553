import { expect, it } from 'vitest'
import type { Context } from '#platform/command/context.ts'
import { sql } from '#platform/db/db.ts'
import { type CaseFilters, countCases, pageOfCases } from '#platform/process/case-list.ts'
import { testActor, withTestCounty } from '#platform/testing/test-county.ts'

const TOWN = '320506103'
/** More than two rounds of hits. */
const HITS = 2500

it('a frequent word is paged and filtered through to its last hit, and its count says that there are more', () =>
  withTestCounty((county) =>
    county.asSystem(async (context) => {
      const { tx, here } = context
      const { id: definition, body } = here.definitions.current('report')
      await sql`
        insert into process_case (number, definition_id, definition_key, state, phase, title, source, town_code, severity,
            opened_at, last_hop_at)
        select 'WZ-X-20260930-' || 10000 + n, ${definition}, 'report', 'reported', ${body.states.reported!.phase},
               '路灯不亮', 'grid', ${TOWN}, case when n <= 3 then 1 else 0 end, ${context.now}, ${context.now}
          from generate_series(1, ${HITS}) n`.execute(tx)
      await sql`
        insert into search_document (case_id, tokens)
        select id, array_to_tsvector(array['路灯', '@t' || town_code, '@b' || id / 8192]) from process_case`.execute(tx)
      const { rows } = await sql<{ id: number }>`select id from process_case order by id desc`.execute(tx)
      const all = rows.map(({ id }) => id)

      const clerk: Context = {
        ...context,
        actor: testActor(9, [{ permission: 'process.case.view', division: TOWN, line: null }]),
      }
      const read = async (as: Context, filters: CaseFilters, limit: number) => {
        const ids: number[] = []
        let before: number | null = null
        do {
          const page: Awaited<ReturnType<typeof pageOfCases>> = await pageOfCases(as, filters, before, limit)
          ids.push(...page.rows.map(({ id }) => id))
          before = page.next
        } while (before !== null)
        return ids
      }
      for (const as of [context, clerk]) {
        expect(await read(as, { q: '路灯' }, 200)).toEqual(all)
        // The only hits that the filter lets through are the oldest.
        const reds = await pageOfCases(as, { q: '路灯', severity: 1 }, null, 50)
        expect(reds).toMatchObject({ next: null })
        expect(reds.rows.map(({ id }) => id)).toEqual(all.slice(-3))
        expect(await countCases(as, { q: '路灯', severity: 1 })).toEqual({ count: 3, capped: false })
        expect(await countCases(as, { q: '路灯' })).toEqual({ count: 1000, capped: true })
        expect(await countCases(as, { q: '路灯', severity: 4 })).toEqual({ count: 0, capped: false })
      }
    }),
  ))
