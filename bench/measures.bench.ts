/**
 * What reading measures costs with so many closed cases behind them, at a steady 2,000 reports a day: a month, a year, a comparison
 * of towns and of units, a page of the cases behind a number, and how fast changes are folded. Facts are made set-based, four
 * rows a case over 14 towns; before anything is timed, numbers are held against the facts added up.
 * Arguments: `--cases N` (default 100,000), `--runs N` (default 40).
 */
import { performance } from 'node:perf_hooks'
import { parseArgs } from 'node:util'
import { type ScratchCounty, withScratchCounty } from '#apps/server/scratch-county.ts'
import { PARTS } from '#modules/management/measures/domain/parts.ts'
import { addDays, monthOf } from '#modules/management/measures/domain/period.ts'
import { CELLS, foldMeasures } from '#modules/management/measures/server/fold-measures.ts'
import {
  compareObjectsQuery,
  getMeasuresQuery,
  listCasesQuery,
} from '#modules/management/measures/server/measures.queries.ts'
import type { Context } from '#platform/command/context.ts'
import { sql } from '#platform/db/db.ts'

const A_DAY = 2000
const NAMES = PARTS.join(', ')
const SUMS = PARTS.map((part) => `sum(${part}) as ${part}`).join(', ')

async function fill({ owner }: ScratchCounty, cases: number, lastDay: string): Promise<void> {
  await owner.query("set synchronous_commit = off; set maintenance_work_mem = '512MB'; set work_mem = '256MB'")
  const { rows: indexes } = await owner.query<{ indexdef: string; indexname: string }>(
    "select indexdef, indexname from pg_indexes where tablename = 'measures_fact' and schemaname = current_schema() and indexname <> 'measures_fact_pkey'",
  )
  for (const { indexname } of indexes) await owner.query(`drop index ${indexname}`)
  await owner.query('alter table measures_fact drop constraint measures_fact_pkey')
  // Filling is not what is measured: it leaves no log to replay.
  await owner.query('alter table measures_fact set unlogged')
  await owner.query(`
    create temporary table place as
      select row_number() over (partition by left(code, 9) order by code) - 1 as nr, count(*) over (partition by left(code, 9)) as of,
             dense_rank() over (order by left(code, 9)) - 1 as town_nr, left(code, 9) as town, code as village
        from area_division where length(code) = 12;
    create unique index on place (town_nr, nr); analyze place`)
  const { rows: towns } = await owner.query<{ n: number }>('select count(distinct town)::int as n from place')
  const dayOf = `date '${lastDay}' - ((${cases} - n) / ${A_DAY})::int`
  const late = 'n % 9 = 0'
  await owner.query(`
    insert into measures_fact (case_id, day, unit_id, town_code, village_code, line_code, source, secret, reported, reported_valid,
      accepted, accepted_filed, dispatched, dispatched_returned, accept_due, accept_done, accept_met, sign_due, sign_done, sign_met,
      handled, handled_reworked, finished, finished_minutes, inspect_due, inspect_done, inspect_met, closed, closed_local, rated,
      rated_satisfied, handle_due, handle_done, handle_met, reply_due, reply_done, reply_met)
    select n, ${dayOf} + s.plus + case when s.what = 2 then (n % 3)::int else 0 end, 1 + p.town_nr * 10 + (n / 14) % 6, p.town, p.village, 'line' || (n / 14) % 6,
      (array['resident', 'grid', 'hotline', 'window', 'doorplate'])[1 + (n / 84) % 5], n % 5000 = 0,
      a.one, a.one, a.one, a.one, a.one, case when s.what = 1 and n % 40 = 0 then 1 end, a.one, a.one, case when not ${late} then a.one end, a.one, a.one, a.one,
      b.one, case when s.what = 2 and n % 12 = 0 then 1 end, b.one, b.one * (n % 5000)::int, b.one, b.one, b.one,
      c.one, case when n % 4 = 0 then c.one end, case when n % 2 = 0 then c.one end, case when n % 2 = 0 and n % 14 <> 0 then c.one end,
      d.one, d.one, case when not ${late} then d.one end, d.one, d.one, case when not ${late} then d.one end
      from generate_series(1, ${cases}::bigint) n
      join place p on p.town_nr = n % ${towns[0]!.n} and p.nr = (n / 100) % p.of
      cross join (values (1, 0), (2, 1), (3, 5), (4, 7)) s (what, plus)
      cross join lateral (select case when s.what = 1 then 1 end as one) a
      cross join lateral (select case when s.what = 2 then 1 end as one) b
      cross join lateral (select case when s.what = 3 then 1 end as one) c
      cross join lateral (select case when s.what = 4 then 1 end as one) d`)
  await owner.query('alter table measures_fact add primary key (case_id, day, unit_id)')
  for (const { indexdef } of indexes) await owner.query(indexdef)
  // Counts in two steps, so that the widening to cells works on sums: by town and day, by village and month.
  for (const [day, village] of [
    ['day', "''"],
    ["date_trunc('month', day)::date", 'village_code'],
  ] as const) {
    await owner.query(`
      create temporary table summed as select ${day} as day, town_code, ${village} as village_code, line_code, unit_id, source, ${SUMS}
        from measures_fact group by 1, 2, 3, 4, 5, 6`)
    await owner.query(`
      insert into measures_count (by_kind, place, line, grain, day, by_key, ${NAMES})
      select b.by_kind, p.place, l.line, g.grain, g.day, b.by_key, ${PARTS.map((part) => `sum(t.${part})`).join(', ')} from summed t ${CELLS}
         and length(p.place) ${village === 'village_code' ? '= 12' : '< 12'} group by 1, 2, 3, 4, 5, 6`)
    await owner.query('drop table summed')
  }
  // The list joins what a page shows of its cases; the newest are enough.
  await owner.query(`
    insert into process_case (id, number, definition_id, definition_key, state, phase, title, source, opened_at, last_hop_at)
      overriding system value
    select n, 'BENCH-' || n, (select max(id) from process_definition where key = 'report'), 'report', 'evaluated', 'rating', '路灯不亮',
      'resident', timestamptz '2026-01-01', timestamptz '2026-01-01'
      from generate_series(greatest(1, ${cases} - 150000), ${cases}::bigint) n`)
  await owner.query('vacuum (analyze) measures_fact')
  await owner.query('vacuum (analyze) measures_count')
  await owner.query('vacuum (analyze) process_case')
}

export async function run(args: string[]): Promise<void> {
  const { values } = parseArgs({
    args,
    options: { cases: { type: 'string', default: '100000' }, runs: { type: 'string', default: '40' } },
  })
  const cases = Number(values.cases)
  const runs = Number(values.runs)
  await withScratchCounty(async (county) => {
    const today = new Date().toISOString().slice(0, 10)
    // Everything reported is over by today.
    const lastDay = addDays(today, -10)
    const begun = performance.now()
    await fill(county, cases, lastDay)
    const filledSeconds = Math.round((performance.now() - begun) / 1000)
    const year = { period: 'range' as const, from: addDays(today, -364), to: today }
    const month = { period: 'month' as const, from: addDays(monthOf(today), -1) }
    const town = '320506103'
    await county.asSystem(async (context) => {
      for (const [ask, condition] of [
        [year, 'true'],
        [{ ...year, town }, `town_code = '${town}'`],
        [{ ...year, village: '320506103001' }, "village_code = '320506103001'"],
        [{ ...year, source: 'hotline', line: 'line3' }, "source = 'hotline' and line_code = 'line3'"],
        [{ ...year, unit: 12, town }, `unit_id = 12 and town_code = '${town}'`],
      ] as const) {
        const told = (await getMeasuresQuery.run(context, ask)).items.find(
          (item) => item.measure.key === 'handledOnTime',
        )!
        const { rows } = await sql<{ met: number; due: number }>`
          select coalesce(sum(handle_met), 0) as met, coalesce(sum(handle_due), 0) as due from measures_fact
           where day between ${year.from}::date and ${year.to}::date and ${sql.raw(condition)}`.execute(context.tx)
        if (told.figure.numerator !== Number(rows[0]!.met) || told.figure.denominator !== Number(rows[0]!.due))
          throw new Error(`the number of ${condition} is not the sum of its facts`)
      }
    })
    const timed: Record<string, { p50: number; p95: number }> = {}
    const time = async (name: string, work: (context: Context) => Promise<unknown>) => {
      const taken: number[] = []
      for (let i = 0; i < runs + 3; i++)
        await county.asSystem(async (context) => {
          const start = performance.now()
          await work(context)
          if (i >= 3) taken.push(performance.now() - start)
        })
      taken.sort((a, b) => a - b)
      const at = (share: number) =>
        Math.round(taken[Math.min(taken.length - 1, Math.floor(share * taken.length))]! * 10) / 10
      timed[name] = { p50: at(0.5), p95: at(0.95) }
    }
    await time('month with trend of 12', (context) => getMeasuresQuery.run(context, month))
    await time('year with trend of 6', (context) => getMeasuresQuery.run(context, year))
    await time('month of a village', (context) => getMeasuresQuery.run(context, { ...month, village: '320506103001' }))
    await time('towns of a month', (context) => compareObjectsQuery.run(context, { ...month, by: 'town' }))
    await time('units of a month', (context) => compareObjectsQuery.run(context, { ...month, by: 'unit' }))
    const side = { measure: 'overdueRate', side: 'numerator' as const }
    await time('cases behind a number', (context) => listCasesQuery.run(context, { ...month, ...side }))
    await time('cases behind a rare number of a year', (context) =>
      listCasesQuery.run(context, { ...year, town, measure: 'reworkRate', side: 'numerator' }),
    )
    const changes = 20_000
    await county.owner.query(`
      insert into measures_delta (day, unit_id, town_code, village_code, line_code, source, ${NAMES})
      select day, unit_id, town_code, village_code, line_code, source, ${NAMES} from measures_fact
       where day >= date '${lastDay}' - 5 limit ${changes}`)
    const folding = performance.now()
    let folded = 0
    for (;;) {
      const n = await county.asSystem((context) => foldMeasures(context.tx))
      if (n === 0) break
      folded += n
    }
    const perSecond = Math.round(folded / ((performance.now() - folding) / 1000))
    const size = async (table: string) =>
      Math.round(
        (await county.owner.query<{ mb: string }>(`select pg_total_relation_size('${table}') / 1e6 as mb`)).rows[0]!
          .mb as never,
      )
    process.stdout.write(
      `${JSON.stringify({
        bench: 'measures',
        cases,
        facts: Number((await county.owner.query<{ n: string }>('select count(*) as n from measures_fact')).rows[0]!.n),
        cells: Number((await county.owner.query<{ n: string }>('select count(*) as n from measures_count')).rows[0]!.n),
        megabytes: { facts: await size('measures_fact'), counts: await size('measures_count') },
        filledSeconds,
        milliseconds: timed,
        foldedPerSecond: perSecond,
      })}\n`,
    )
  })
}
