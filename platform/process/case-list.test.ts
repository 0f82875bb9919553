import { expect, it } from 'vitest'
import type { Context } from '#platform/command/context.ts'
import { sql } from '#platform/db/db.ts'
import { type CaseFilters, countCases, pageOfCases } from '#platform/process/case-list.ts'
import { testActor, withTestCounty } from '#platform/testing/test-county.ts'

const OTHER = '320506999'
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

it('every filter finds open and closed cases alike, page by page, and a span of time by the time of opening', () =>
  withTestCounty((county) =>
    county.asSystem(async (context) => {
      const { tx, here } = context
      const { id: definition } = here.definitions.current('report')
      const day = (n: number) => new Date(Date.UTC(2026, 0, 1 + n))
      // Brought in out of order: what was opened first has not the lowest number.
      await sql`
        insert into process_case (number, definition_id, definition_key, state, phase, title, source, class_code, town_code,
            severity, opened_at, last_hop_at, closed_at)
        select 'WZ-Y-' || n, ${definition}, 'report', case when n % 3 = 0 then 'closed' else 'reported' end, 'x', '井盖',
               case when n % 5 = 0 then 'hotline' else 'grid' end, case when n % 7 = 0 then '0101' end, ${TOWN}, n % 4,
               ${day(0)}::timestamptz + (n * 37 % 200) * interval '1 day', ${day(0)},
               case when n % 3 = 0 then ${day(300)}::timestamptz end
          from generate_series(1, 200) n`.execute(tx)
      await sql`
        insert into process_party (case_id, unit_id, role, since, town_code)
        select id, 77, 'handler', opened_at, town_code from process_case`.execute(tx)
      const { rows } = await sql<{
        id: number
        n: number
        closed: boolean
        opened_at: Date
      }>`select id, substr(number, 6)::int as n, closed_at is not null as closed, opened_at from process_case`.execute(
        tx,
      )

      const actors: Context['actor'][] = [
        context.actor,
        testActor(9, [{ permission: 'process.case.view', division: '320506', line: null }]),
        testActor(9, [{ permission: 'process.case.view', division: TOWN, line: null }]),
        // What one sees by taking part alone, beside grants of one place, and beside grants of several.
        testActor(9, [], { unitIds: [77] }),
        testActor(9, [{ permission: 'process.case.view', division: OTHER, line: null }], { unitIds: [77] }),
        testActor(
          9,
          [OTHER, `${TOWN}001001`].map((division) => ({ permission: 'process.case.view', division, line: null })),
          { unitIds: [77] },
        ),
      ]
      const span = { from: day(40).toISOString(), to: day(90).toISOString() }
      const inSpan = (row: (typeof rows)[number]) => row.opened_at >= day(40) && row.opened_at <= day(90)
      const cases: [CaseFilters, (row: (typeof rows)[number]) => boolean][] = [
        [{ state: 'closed' }, ({ n }) => n % 3 === 0],
        [{ state: 'reported' }, ({ n }) => n % 3 !== 0],
        [{ severity: 2 }, ({ n }) => n % 4 === 2],
        [{ source: 'hotline', open: true }, ({ n, closed }) => n % 5 === 0 && !closed],
        [{ source: 'hotline', open: false }, ({ n, closed }) => n % 5 === 0 && closed],
        [{ classCode: '0101', severity: 1 }, ({ n }) => n % 7 === 0 && n % 4 === 1],
        [span, inSpan],
        [{ from: span.from }, (row) => row.opened_at >= day(40)],
        [{ ...span, source: 'hotline', open: false }, (row) => inSpan(row) && row.n % 5 === 0 && row.closed],
      ]
      for (const actor of actors) {
        const as: Context = { ...context, actor }
        for (const [filters, holds] of cases) {
          const expected = rows.filter(holds)
          const newest = filters.from ? (r: (typeof rows)[number]) => r.opened_at.getTime() : () => 0
          expected.sort((a, b) => newest(b) - newest(a) || b.id - a.id)
          expect(expected.length).toBeGreaterThan(2)
          const ids: number[] = []
          let before: number | null = null
          do {
            const page: Awaited<ReturnType<typeof pageOfCases>> = await pageOfCases(as, filters, before, 7)
            ids.push(...page.rows.map(({ id }) => id))
            before = page.next
          } while (before !== null)
          expect(ids, JSON.stringify(filters)).toEqual(expected.map(({ id }) => id))
          if (!filters.state) expect(await countCases(as, filters)).toEqual({ count: expected.length, capped: false })
        }
      }
    }),
  ))
