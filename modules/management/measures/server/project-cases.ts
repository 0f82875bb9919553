import { createHash } from 'node:crypto'
import { type CountedCase, type DayFact, factsOf } from '#modules/management/measures/domain/case-facts.ts'
import { PARTS } from '#modules/management/measures/domain/parts.ts'
import type { Context } from '#platform/command/context.ts'
import type { Services } from '#platform/command/services.ts'
import { sql, type Tx } from '#platform/db/db.ts'
import type { FlowCounting } from '#platform/rollup/flow-counting.ts'

/** Raised when the rules in `domain/case-facts.ts` change: every case is then counted anew. */
const RULES = 1

/** What the facts of a county depend on besides its cases. */
export function revisionOf(countings: ReadonlyMap<string, FlowCounting>): string {
  const sorted = [...countings.values()].sort((a, b) => (a.flow < b.flow ? -1 : 1))
  return createHash('sha256')
    .update(JSON.stringify([RULES, sorted]))
    .digest('hex')
    .slice(0, 16)
}

/** Facts of one case with where it lies, as the tables have them. */
export type FactRow = {
  case_id: number
  day: string
  unit_id: number
  town_code: string
  village_code: string
  line_code: string
  source: string
  secret: boolean
} & Partial<Record<(typeof PARTS)[number], number | null>>

interface LoadedRow {
  id: number
  definition_id: number
  definition_key: string
  state: string
  unit_id: number | null
  town_code: string | null
  village_code: string | null
  line_code: string | null
  source: string
  secret: boolean
  opened_at: Date
  closed_at: Date | null
  hops: [string, string, string, number | null, Record<string, unknown> | null][] | null
  clocks: { key: string; dueAt: string; paused: boolean; stopped: boolean }[] | null
}

async function loadCases(tx: Tx, ids: readonly number[], countings: ReadonlyMap<string, FlowCounting>) {
  const flows = [...countings.keys()]
  const answers = [...countings.values()].flatMap((c) => [c.rated?.action ?? [], c.called?.action ?? []].flat())
  const { rows } = await sql<LoadedRow>`
    select c.id, c.definition_id, c.definition_key, c.state, c.unit_id, c.town_code, c.village_code, c.line_code, c.source,
        c.secrecy = 'secret' as secret, c.opened_at, c.closed_at,
        (select json_agg(json_build_array(t.action, t.to_state, t.at, t.unit_id,
            case when t.action = any(${answers}::text[]) then t.form end) order by t.hop)
           from process_trace t where t.case_id = c.id) as hops,
        (select json_agg(json_build_object('key', k.key, 'dueAt', k.state ->> 'dueAt', 'paused', k.paused,
            'stopped', k.stopped_at is not null)) from process_clock k where k.case_id = c.id) as clocks
      from process_case c
     where c.id = any(${ids as number[]}::bigint[]) and c.definition_key = any(${flows}::text[])`.execute(tx)
  return rows
}

/** A case as rows of facts, by its flow's counting. */
function rowsOf({ here }: Context, counting: FlowCounting, row: LoadedRow): FactRow[] {
  const { body } = here.definitions.byId(row.definition_id)
  const given: CountedCase = {
    state: row.state,
    unitId: row.unit_id,
    openedAt: row.opened_at,
    closedAt: row.closed_at,
    hops: (row.hops ?? []).map(([action, toState, at, unitId, form]) => ({
      action,
      toState,
      at: new Date(at),
      unitId,
      form,
    })),
    clocks: (row.clocks ?? []).map((clock) => ({ ...clock, dueAt: new Date(clock.dueAt) })),
  }
  const facts = factsOf(
    {
      counting,
      starts: (action) => (action === 'start' ? body.start.clocks : body.actions[action]?.clocks?.start) ?? [],
      dayOf: (at) => here.calendar.dateAt(at),
      isLocal: (unitId) => (here.directory.unit(unitId)?.division.length ?? 0) >= 12,
    },
    given,
  )
  return facts.map(({ day, unitId, amounts }: DayFact) => ({
    case_id: row.id,
    day,
    unit_id: unitId,
    town_code: row.town_code ?? '',
    village_code: row.village_code ?? '',
    line_code: row.line_code ?? '',
    source: row.source,
    secret: row.secret,
    ...amounts,
  }))
}

const DIMENSIONS = ['day', 'unit_id', 'town_code', 'village_code', 'line_code', 'source'] as const
const keyOf = (row: FactRow) => `${row.case_id} ${row.day} ${row.unit_id}`
/** Says whether two rows are the same in all that is counted. */
const content = (row: FactRow) =>
  JSON.stringify([...DIMENSIONS.map((name) => row[name]), row.secret, ...PARTS.map((part) => row[part] || 0)])

const negative = (row: FactRow): FactRow => ({
  ...row,
  ...Object.fromEntries(PARTS.flatMap((part) => (row[part] ? [[part, -row[part]]] : []))),
})

/**
 * Counts cases anew from their traces and clocks and writes what changed: facts, and for each changed one the old taken back
 * and the new added. Whatever order or however often it is called, the facts follow the case; nothing is added up twice.
 * The caller has `lockCases` of them.
 */
export async function projectCases(context: Context, ids: readonly number[]): Promise<void> {
  if (ids.length === 0) return
  const { tx, services } = context
  const { countings } = services
  const cases = await loadCases(tx, ids, countings)
  const wanted = cases.flatMap((row) => rowsOf(context, countings.get(row.definition_key)!, row))
  const { rows: present } = await sql<FactRow>`
    select case_id, day::text as day, unit_id, town_code, village_code, line_code, source, secret,
        ${sql.raw(PARTS.join(', '))}
      from measures_fact where case_id = any(${ids as number[]}::bigint[])`.execute(tx)
  const old = new Map(present.map((row) => [keyOf(row), row]))
  const fresh = new Map(wanted.map((row) => [keyOf(row), row]))
  const gone = present.filter((row) => {
    const next = fresh.get(keyOf(row))
    return !next || content(next) !== content(row)
  })
  const made = wanted.filter((row) => {
    const before = old.get(keyOf(row))
    return !before || content(before) !== content(row)
  })
  if (gone.length === 0 && made.length === 0) return
  const parts = sql.raw(PARTS.join(', '))
  const keys = gone.map(({ case_id, day, unit_id }) => ({ case_id, day, unit_id }))
  await sql`
    delete from measures_fact f using json_to_recordset(${JSON.stringify(keys)}::json)
      as k (case_id bigint, day date, unit_id bigint)
     where f.case_id = k.case_id and f.day = k.day and f.unit_id = k.unit_id`.execute(tx)
  await sql`
    with made as (
      insert into measures_fact (case_id, day, unit_id, town_code, village_code, line_code, source, secret, ${parts})
      select case_id, day, unit_id, town_code, village_code, line_code, source, secret, ${parts}
        from json_populate_recordset(null::measures_fact, ${JSON.stringify(made)}::json)
    )
    insert into measures_delta (day, unit_id, town_code, village_code, line_code, source, ${parts})
    select day, unit_id, town_code, village_code, line_code, source, ${parts}
      from json_populate_recordset(null::measures_fact, ${JSON.stringify([...gone.map(negative), ...made])}::json)`.execute(
    tx,
  )
}

const lockKey = (tx: Tx, id: unknown) => sql`hashtextextended(${`measures ${tx.county.schema} `} || ${id}, 0)`

/** Waits until nobody else counts this case; what is read afterwards holds whatever they saw. */
export async function lockCase(tx: Tx, id: number): Promise<void> {
  await sql`select pg_advisory_xact_lock(${lockKey(tx, id)})`.execute(tx)
}

/** Of the cases those that nobody else is counting, locked; never waits. */
export async function tryLockCases(tx: Tx, ids: readonly number[]): Promise<number[]> {
  const { rows } = await sql<{ id: number; ok: boolean }>`
    select id, pg_try_advisory_xact_lock(${lockKey(tx, sql.raw('id'))}) as ok
      from unnest(${ids as number[]}::bigint[]) as i (id)`.execute(tx)
  return rows.filter((row) => row.ok).map((row) => row.id)
}

/** The rules that this process counts by; see `measures_state`. */
export const currentRevision = (services: Services): string => revisionOf(services.countings)
