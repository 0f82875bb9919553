import type { RawBuilder } from 'kysely'
import { type Actor, type EffectiveGrant, grantsFor } from '#platform/access/actor.ts'
import {
  elsewhere,
  outsideIsNarrow,
  partsOutside,
  scopeSql,
  seesAll,
  widestGrants,
} from '#platform/access/participation.ts'
import { predicateSql, secrecyAllows } from '#platform/access/policy.ts'
import type { Context } from '#platform/command/context.ts'
import { sql } from '#platform/db/db.ts'
import { CASE_COLUMNS, type Secrecy } from '#platform/process/case.store.ts'
import { type CaseMatch, matchCases } from '#platform/search/case-index.ts'

/** Filters of the case list, as the contract has them. */
export interface CaseFilters {
  definition?: string
  phase?: string
  state?: string
  town?: string
  village?: string
  line?: string
  unit?: number
  classCode?: string
  severity?: number
  source?: string
  overdue?: boolean
  open?: boolean
  from?: string
  to?: string
  /** A message about it could not be sent out. */
  undelivered?: boolean
  q?: string
}

/** A count beyond this is given as "at least". */
export const COUNT_CAP = 10_000

export interface ListedCase {
  id: number
  number: string
  definitionId: number
  definitionKey: string
  state: string
  phase: string
  title: string
  classCode: string | null
  severity: number
  secrecy: Secrecy
  source: string
  townCode: string | null
  villageCode: string | null
  gridCode: string | null
  lineCode: string | null
  placeText: string | null
  place: { lon: number; lat: number } | null
  unitId: number | null
  openedAt: Date
  closedAt: Date | null
  dueAt: Date | null
  provisional: boolean
  overdue: boolean
  /** Kind of time of the clock that runs out next. */
  clockUnit: string | null
  version: number
}

/** The columns of the list, read by name from a case row aliased `c`. */
const COLUMNS = [
  ...CASE_COLUMNS.filter((name) => !['data', 'hop', 'last_hop_at', 'starter_account_id'].includes(name)).map(
    (name) => `c.${name}`,
  ),
  `case when c.due_at is not null then (select k.state -> 'limit' ->> 'unit' from process_clock k
    where k.case_id = c.id and k.due_at = c.due_at and k.stopped_at is null order by k.key limit 1) end as clock_unit`,
].join(', ')

function filterSql(filters: CaseFilters): RawBuilder<boolean> {
  const parts: RawBuilder<boolean>[] = []
  if (filters.definition) parts.push(sql`c.definition_key = ${filters.definition}`)
  if (filters.phase) parts.push(sql`c.phase = ${filters.phase}`)
  if (filters.state) parts.push(sql`c.state = ${filters.state}`)
  if (filters.town) parts.push(sql`c.town_code = ${filters.town}`)
  if (filters.village) parts.push(sql`c.village_code = ${filters.village}`)
  if (filters.line) parts.push(sql`c.line_code = ${filters.line}`)
  if (filters.unit) parts.push(sql`c.unit_id = ${filters.unit}`)
  if (filters.classCode) parts.push(sql`c.class_code = ${filters.classCode}`)
  if (filters.severity !== undefined) parts.push(sql`c.severity = ${filters.severity}`)
  if (filters.source) parts.push(sql`c.source = ${filters.source}`)
  if (filters.overdue === true) parts.push(sql`(c.overdue and c.closed_at is null)`)
  if (filters.overdue === false) parts.push(sql`not (c.overdue and c.closed_at is null)`)
  if (filters.open === true) parts.push(sql`c.closed_at is null`)
  if (filters.open === false) parts.push(sql`c.closed_at is not null`)
  if (filters.from) parts.push(sql`c.opened_at >= ${filters.from}::timestamptz`)
  if (filters.to) parts.push(sql`c.opened_at <= ${filters.to}::timestamptz`)
  if (filters.undelivered === true)
    parts.push(sql`c.id in (select d.case_id from notify_delivery d
      where d.outcome in ('failed', 'refused', 'not_configured') and d.case_id is not null)`)
  return parts.length === 0 ? sql`true` : sql`(${sql.join(parts, sql` and `)})`
}

/** Secrecy over a case row aliased `c`. */
const secrecySql = (actor: Actor): RawBuilder<boolean> => predicateSql(secrecyAllows(actor), 'c')

const VIEW = 'process.case.view'

/** Filters whose indexes hold closed cases only (see the migration of these indexes). */
const BY_HALVES: readonly (keyof CaseFilters)[] = ['state', 'severity', 'source', 'classCode', 'from', 'to']

/** Open and closed cases are looked for apart where the filters use those indexes. */
function halvesOf(filters: CaseFilters): RawBuilder<boolean>[] {
  const decided = filters.open !== undefined || filters.overdue === true
  if (decided || filters.q || !BY_HALVES.some((key) => filters[key] !== undefined)) return [sql`true`]
  return [sql`c.closed_at is null`, sql`c.closed_at is not null`]
}

/** A span of time is listed by the time of opening, so that its page is a range of one index; all else by id. */
const ordersByTime = (filters: CaseFilters): boolean => !filters.q && Boolean(filters.from ?? filters.to)

const orderSql = (byTime: boolean): RawBuilder<unknown> =>
  byTime ? sql`order by c.opened_at desc, c.id desc` : sql`order by c.id desc`

/**
 * Ids of visible cases, newest first. Each grant and the participation are a branch of their own with its own limit, so
 * that every branch walks one index; the branches are then merged.
 */
function visibleIds(actor: Actor, filters: CaseFilters, match: CaseMatch | null, before: number | null, limit: number) {
  const byTime = ordersByTime(filters)
  const order = orderSql(byTime)
  const cursor =
    before === null
      ? sql`true`
      : byTime
        ? sql`(c.opened_at, c.id) < (select l.opened_at, l.id from process_case l where l.id = ${before})`
        : sql`c.id < ${before}`
  const where = sql`${filterSql(filters)} and ${secrecySql(actor)} and ${cursor} and ${match ? match.condition : sql`true`}`
  const columns = byTime ? sql`c.id, c.opened_at` : sql`c.id`
  const inside = (scope: RawBuilder<unknown>) =>
    halvesOf(filters).map(
      (half) =>
        sql`(select ${columns} from process_case c where ${scope} and ${half} and ${where} ${order} limit ${limit})`,
    )
  const merged = (parts: RawBuilder<unknown>[]) =>
    sql<{ id: number }>`select c.id from (${sql.join(parts, sql` union `)}) c ${order} limit ${limit}`
  if (actor.kind === 'system') return merged(inside(sql`true`))
  if (actor.kind === 'public') return sql<{ id: number }>`select c.id from process_case c where false`
  const grants = widestGrants(grantsFor(actor, VIEW))
  const branches = grants.flatMap((grant) => inside(scopeSql([grant], 'c.')))
  const tookPart = predicateSql({ kind: 'participates', unitIds: actor.unitIds, accountId: actor.accountId }, 'c')
  const narrow = outsideIsNarrow(grants)
  if (seesAll(grants)) return merged(branches)
  if (match || (byTime && !narrow)) branches.push(...inside(tookPart))
  else if (narrow)
    branches.push(sql`(select ${columns} from unnest(array(${partsOutside(actor, grants)})) o (id) join process_case c on c.id = o.id
      where ${where} ${order} limit ${limit})`)
  // All in which one took part, walked newest first to the limit.
  else
    for (const range of [sql`p.unit_id = any(${actor.unitIds as number[]}::bigint[])`, ...elsewhere(actor)])
      branches.push(sql`(select distinct on (p.case_id) c.id from process_party p join process_case c on c.id = p.case_id
        where ${range} and ${where} order by p.case_id desc limit ${limit})`)
  return merged(branches)
}

interface Row {
  id: number
  number: string
  definition_id: number
  definition_key: string
  state: string
  phase: string
  title: string
  class_code: string | null
  severity: number
  secrecy: Secrecy
  source: string
  town_code: string | null
  village_code: string | null
  grid_code: string | null
  line_code: string | null
  place_text: string | null
  place: { x: number; y: number } | null
  unit_id: number | null
  opened_at: Date
  closed_at: Date | null
  due_at: Date | null
  provisional: boolean
  overdue: boolean
  clock_unit: string | null
  version: number
}

function toListed(row: Row): ListedCase {
  return {
    id: row.id,
    number: row.number,
    definitionId: row.definition_id,
    definitionKey: row.definition_key,
    state: row.state,
    phase: row.phase,
    title: row.title,
    classCode: row.class_code,
    severity: row.severity,
    secrecy: row.secrecy,
    source: row.source,
    townCode: row.town_code,
    villageCode: row.village_code,
    gridCode: row.grid_code,
    lineCode: row.line_code,
    placeText: row.place_text,
    place: row.place ? { lon: row.place.x, lat: row.place.y } : null,
    unitId: row.unit_id,
    openedAt: row.opened_at,
    closedAt: row.closed_at,
    dueAt: row.due_at,
    provisional: row.provisional,
    overdue: row.overdue,
    clockUnit: row.clock_unit,
    version: row.version,
  }
}

/** A page or count looks through so many rounds of hits at most; the list goes on from there when asked. */
const ROUNDS = 4

/**
 * What a search term finds, newest first, round by round: filters may let through none of the newest hits although older
 * ones stand behind them. Without a term there is one round without a condition.
 */
async function* matchesOf(context: Context, q: string | undefined, before: number | null) {
  if (!q) {
    yield null
    return
  }
  let below = before
  for (let round = 0; round < ROUNDS; round++) {
    const match = await matchCases(context, q, below)
    if (!match.none) yield match
    if (match.from === null) return
    below = match.from
  }
}

/** A page of visible cases, newest first; `before` is the id after which to go on. */
export async function pageOfCases(
  context: Context,
  filters: CaseFilters,
  before: number | null,
  limit: number,
): Promise<{ rows: ListedCase[]; next: number | null }> {
  const rows: Row[] = []
  let from: number | null = null
  for await (const match of matchesOf(context, filters.q, before)) {
    const wanted = limit + 1 - rows.length
    const found = await sql<Row>`
      select ${sql.raw(COLUMNS)} from process_case c
       where c.id in (select id from (${visibleIds(context.actor, filters, match, before, wanted)}) v)
       ${orderSql(ordersByTime(filters))}`.execute(context.tx)
    rows.push(...found.rows)
    from = match?.from ?? null
    if (rows.length > limit) break
  }
  const page = rows.slice(0, limit).map(toListed)
  return { rows: page, next: rows.length > limit ? page.at(-1)!.id : from }
}

/** Visible cases among given ids (children, nearby), newest first. */
export async function casesById(context: Context, ids: number[]): Promise<ListedCase[]> {
  if (ids.length === 0) return []
  const { actor } = context
  const visible =
    actor.kind === 'staff'
      ? sql`(${sql.join(
          [
            scopeSql(widestGrants(grantsFor(actor, VIEW)), 'c.'),
            predicateSql({ kind: 'participates', unitIds: actor.unitIds, accountId: actor.accountId }, 'c'),
          ],
          sql` or `,
        )})`
      : sql`${actor.kind === 'system'}`
  const { rows } = await sql<Row>`
    select ${sql.raw(COLUMNS)} from process_case c
     where c.id = any(${ids}::bigint[]) and ${visible} and ${secrecySql(actor)} order by c.id desc`.execute(context.tx)
  return rows.map(toListed)
}

const ROLLED: ReadonlySet<string> = new Set(['definition', 'phase', 'state', 'town', 'village', 'line', 'overdue'])

/** Rollups know villages, not grids: a grid's cases are counted row by row. */
const ROLLED_LEVEL = 12

/**
 * How many cases the list holds. Where all filters are dimensions of the rollup the number is exact and does not grow with
 * closed history; otherwise rows are counted up to `COUNT_CAP`.
 */
export async function countCases(context: Context, filters: CaseFilters): Promise<{ count: number; capped: boolean }> {
  const { actor, tx } = context
  if (actor.kind === 'public') return { count: 0, capped: false }
  const given = Object.entries(filters).filter(([, value]) => value !== undefined)
  if (given.every(([key]) => ROLLED.has(key))) {
    const { rows } = await sql<{ n: string }>`
      select coalesce(sum(amount), 0)::text as n from (${countedRows(actor, filters)}) n`.execute(tx)
    return { count: Number(rows[0]!.n), capped: false }
  }
  // Of a frequent word the newest hits are counted; only where the filters leave nothing of them, older ones are.
  for await (const match of matchesOf(context, filters.q, null)) {
    const { rows } = await sql<{ n: number }>`
      select count(*) as n from (${visibleIds(actor, filters, match, null, COUNT_CAP + 1)}) v`.execute(tx)
    const n = rows[0]!.n
    if (n > 0) return { count: Math.min(n, COUNT_CAP), capped: n > COUNT_CAP || match?.capped === true }
  }
  return { count: 0, capped: false }
}

export interface CaseNumber {
  definitionKey: string
  phase: string
  state: string
  townCode: string
  lineCode: string
  overdue: boolean
  closed: boolean
  amount: number
}

/** The numbers behind the list without filters, by flow, phase, state, town, line: the same rows, never another rule. */
export async function caseNumbers(context: Context): Promise<CaseNumber[]> {
  const { actor, tx } = context
  if (actor.kind === 'public') return []
  const { rows } = await sql<{
    definition_key: string
    phase: string
    state: string
    town_code: string
    line_code: string
    overdue: boolean
    amount: string
  }>`
    select definition_key, phase, state, town_code, line_code, overdue, sum(amount)::text as amount
      from (${countedRows(actor, {})}) n group by 1, 2, 3, 4, 5, 6 having sum(amount) <> 0`.execute(tx)
  const { definitions } = context.here
  return rows.map((row) => ({
    definitionKey: row.definition_key,
    phase: row.phase,
    state: row.state,
    townCode: row.town_code,
    lineCode: row.line_code,
    overdue: row.overdue,
    closed: definitions.isFinal(row.definition_key, row.state),
    amount: Number(row.amount),
  }))
}

/** Dimensions of the rollup as they stand on a case row. */
const DIMENSIONS = `c.definition_key, c.phase, c.state, coalesce(c.town_code, '') as town_code,
  coalesce(c.line_code, '') as line_code, (c.overdue and c.closed_at is null) as overdue`

/**
 * Rows whose amounts add up to the list: folded + unfolded inside the grants that the rollup knows, minus secret cases that
 * the actor may not see, plus cases of its grids, plus cases outside of all grants in which the actor or its units took part.
 */
function countedRows(actor: Actor, filters: CaseFilters): RawBuilder<unknown> {
  const grants: EffectiveGrant[] =
    actor.kind === 'system' ? [{ permission: VIEW, division: '', line: null }] : widestGrants(grantsFor(actor, VIEW))
  const rolledGrants = grants.filter((grant) => grant.division.length <= ROLLED_LEVEL)
  const gridGrants = grants.filter((grant) => grant.division.length > ROLLED_LEVEL)
  const rolled = sql`${scopeSql(rolledGrants, '')} and ${rolledFilter(filters)}`
  const columns = sql.raw('definition_key, phase, state, town_code, line_code, overdue, amount')
  const parts = [
    sql`select ${columns} from rollup_count where ${rolled}`,
    sql`select ${columns} from rollup_delta where ${rolled}`,
  ]
  if (actor.kind === 'staff') {
    const where = filterSql(filters)
    const allowed = secrecySql(actor)
    parts.push(sql`select ${sql.raw(DIMENSIONS)}, -1 from process_case c
      where c.secrecy = 'secret' and ${scopeSql(rolledGrants, 'c.')} and ${where} and not ${allowed}`)
    if (gridGrants.length > 0)
      parts.push(sql`select ${sql.raw(DIMENSIONS)}, 1 from process_case c
        where ${scopeSql(gridGrants, 'c.')} and not coalesce(${scopeSql(rolledGrants, 'c.')}, false)
          and ${where} and ${allowed}`)
    if (!seesAll(grants))
      parts.push(sql`select ${sql.raw(DIMENSIONS)}, 1
        from unnest(array(${partsOutside(actor, grants)})) o (id) join process_case c on c.id = o.id
        where ${where} and ${allowed}`)
  }
  return sql.join(parts, sql` union all `)
}

function rolledFilter(filters: CaseFilters): RawBuilder<boolean> {
  const parts: RawBuilder<boolean>[] = [sql`true`]
  if (filters.definition) parts.push(sql`definition_key = ${filters.definition}`)
  if (filters.phase) parts.push(sql`phase = ${filters.phase}`)
  if (filters.state) parts.push(sql`state = ${filters.state}`)
  if (filters.town) parts.push(sql`town_code = ${filters.town}`)
  if (filters.village) parts.push(sql`village_code = ${filters.village}`)
  if (filters.line) parts.push(sql`line_code = ${filters.line}`)
  if (filters.overdue !== undefined) parts.push(sql`overdue = ${filters.overdue}`)
  return sql.join(parts, sql` and `)
}
