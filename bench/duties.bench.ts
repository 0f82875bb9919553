/**
 * A changed duty list tried over the history: so many past cases of every class in every village, routed before and after,
 * through the query that the screen asks. Reading, routing and the answer are timed together, as somebody waits for them.
 * Arguments: `--cases N` (default 100,000), `--runs N` (default 5).
 */
import { performance } from 'node:perf_hooks'
import { parseArgs } from 'node:util'
import { withScratchCounty } from '#apps/server/scratch-county.ts'
import { setUpOrg, wuzhongSeed } from '#modules/foundation/org/public.ts'
import { changesTo, targetAt } from '#modules/management/duties/domain/book.ts'
import { readDuties } from '#modules/management/duties/server/duties.store.ts'
import { tryHistoryQuery } from '#modules/management/duties/server/edition.queries.ts'
import { insertEdition } from '#modules/management/duties/server/edition.store.ts'
import { dayStart } from '#modules/management/duties/server/item-change.ts'
import { runAsSystem } from '#platform/command/command.ts'
import type { Context } from '#platform/command/context.ts'

const FROM = '2027-01-04'

export async function run(args: string[]): Promise<void> {
  const { values } = parseArgs({
    args,
    options: { cases: { type: 'string', default: '100000' }, runs: { type: 'string', default: '5' } },
  })
  const [cases, runs] = [Number(values.cases), Number(values.runs)]
  await withScratchCounty(async ({ house, owner, analyze, ...scratch }) => {
    // Townships with their offices, or there would be nobody to send anything to.
    await scratch.asSystem(({ tx }) => setUpOrg(tx, wuzhongSeed()))
    house.forget()
    const here = await house.countyBySlug('scratch')
    const asSystem = <T>(work: (context: Context) => Promise<T>) => runAsSystem(house.services, here, 'bench', work)
    await owner.query(`
      with class as (select code, row_number() over (order by code) - 1 as nr, count(*) over () as of from duties_class),
        place as (select code, row_number() over (order by code) - 1 as nr, count(*) over () as of from duties_place_kind),
        village as (select code, row_number() over (order by code) - 1 as nr, count(*) over () as of
                      from area_division where length(code) = 12)
      insert into process_case (number, definition_id, definition_key, state, phase, title, class_code, source, town_code,
        village_code, opened_at, closed_at, last_hop_at, data)
      select 'BENCH-' || n, (select max(id) from process_definition where key = 'report'), 'report', 'closed', 'closing', '道路积水',
        class.code, 'resident', left(village.code, 9), village.code, timestamptz '2026-01-01',
        case when n % 10 > 0 then timestamptz '2026-01-09' end, timestamptz '2026-01-09', jsonb_build_object('placeKind', place.code)
        from generate_series(1, ${cases}::bigint) n
        join class on class.nr = n % class.of join place on place.nr = (n / 7) % place.of
        join village on village.nr = (n * 31 / 11) % village.of`)
    await analyze()
    // Every clause that the enforcement bureau of a township leads goes to its safety office: most classes are looked at.
    const editionId = await asSystem(async (context) => {
      const duties = await readDuties(context.tx)
      const at = dayStart(FROM)
      const items = targetAt(duties, at).items.map((item) =>
        item.lead === 'town:enforcement' && !item.co.includes('town:safety') ? { ...item, lead: 'town:safety' } : item,
      )
      const target = { items }
      return insertEdition(
        context.tx,
        {
          kind: 'import',
          title: 'bench',
          documentNumber: '吴编办〔2026〕99 号',
          validFrom: FROM,
          sheets: [],
          target,
          changes: changesTo(duties, target, at),
          problems: [],
          undoes: null,
        },
        null,
        context.now,
      )
    })
    const taken: number[] = []
    let trial: { looked: number; matched: number; changed: number; moves: unknown[] } | undefined
    for (let i = 0; i < runs; i++) {
      const begun = performance.now()
      trial = await asSystem((context: Context) =>
        tryHistoryQuery.run(context, { editionId, sample: Math.min(cases, 200_000) }),
      )
      taken.push(performance.now() - begun)
    }
    if (!trial?.changed) throw new Error('the change moves nothing, so nothing was measured')
    taken.sort((a, b) => a - b)
    process.stdout.write(
      `${JSON.stringify({
        bench: 'duties',
        cases,
        looked: trial.looked,
        matched: trial.matched,
        changed: trial.changed,
        moves: trial.moves.length,
        millisecondsMedian: Math.round(taken[Math.floor(taken.length / 2)]!),
        millisecondsWorst: Math.round(taken.at(-1)!),
      })}\n`,
    )
  })
}
