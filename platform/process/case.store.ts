import { type ClockJson, type ClockState, clockFromJson } from '#platform/calendar/deadline-clock.ts'
import { sql, type Tx } from '#platform/db/db.ts'

export type Secrecy = 'public' | 'internal' | 'secret'

/** A case as the engine works on it. */
export interface CaseState {
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
  starterAccountId: number | null
  openedAt: Date
  closedAt: Date | null
  dueAt: Date | null
  provisional: boolean
  overdue: boolean
  version: number
  hop: number
  lastHopAt: Date
  data: Record<string, unknown>
}

export interface CaseClock {
  key: string
  state: ClockState
  overdue: boolean
}

export interface WorkItem {
  slot: string
  state: string
  unitId: number | null
  role: string
  accountId: number | null
  openedAt: Date
  clockKey: string | null
}

export interface LoadedCase {
  case: CaseState
  clocks: CaseClock[]
  items: WorkItem[]
  /** Who did what so far: action and account of every hop. */
  done: { action: string; accountId: number | null; unitId: number | null; toState: string }[]
  partyUnitIds: number[]
  partyAccountIds: number[]
  namedAccountIds: number[]
}

interface CaseRow {
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
  starter_account_id: number | null
  opened_at: Date
  closed_at: Date | null
  due_at: Date | null
  provisional: boolean
  overdue: boolean
  version: number
  hop: number
  last_hop_at: Date
  data: Record<string, unknown>
}

interface LoadRow extends CaseRow {
  clocks: { key: string; state: ClockJson; overdue: boolean }[] | null
  items:
    | {
        slot: string
        state: string
        unit_id: number | null
        role: string
        account_id: number | null
        opened_at: string
        clock_key: string | null
      }[]
    | null
  done: [string, number | null, number | null, string][] | null
  parties: [number | null, number | null, boolean][] | null
}

/** Columns of `CaseRow`, by name, for lists that read whole cases. */
export const CASE_COLUMNS = [
  'id',
  'number',
  'definition_id',
  'definition_key',
  'state',
  'phase',
  'title',
  'class_code',
  'severity',
  'secrecy',
  'source',
  'town_code',
  'village_code',
  'grid_code',
  'line_code',
  'place_text',
  'place',
  'unit_id',
  'starter_account_id',
  'opened_at',
  'closed_at',
  'due_at',
  'provisional',
  'overdue',
  'version',
  'hop',
  'last_hop_at',
  'data',
] as const

const LOAD = CASE_COLUMNS.map((name) => `c.${name}`).join(', ')

function toCase(row: CaseRow): CaseState {
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
    starterAccountId: row.starter_account_id,
    openedAt: row.opened_at,
    closedAt: row.closed_at,
    dueAt: row.due_at,
    provisional: row.provisional,
    overdue: row.overdue,
    version: row.version,
    hop: row.hop,
    lastHopAt: row.last_hop_at,
    data: row.data,
  }
}

const LOADED = sql.raw(`
      (select json_agg(json_build_object('key', k.key, 'state', k.state, 'overdue', k.overdue))
         from process_clock k where k.case_id = c.id) as clocks,
      (select json_agg(json_build_object('slot', w.slot, 'state', w.state, 'unit_id', w.unit_id, 'role', w.role,
              'account_id', w.account_id, 'opened_at', w.opened_at, 'clock_key', w.clock_key))
         from process_work_item w where w.case_id = c.id) as items,
      (select json_agg(json_build_array(t.action, t.account_id, t.unit_id, t.to_state) order by t.hop)
         from process_trace t where t.case_id = c.id) as done,
      (select json_agg(json_build_array(p.unit_id, p.account_id, p.named))
         from process_party p where p.case_id = c.id) as parties`)

/** Reads a case with all that decides what may be done to it; `lock` takes the row for the transaction. */
export async function findCase(tx: Tx, id: number, lock: boolean): Promise<LoadedCase | undefined> {
  const { rows } = lock
    ? await sql<LoadRow>`
        select ${sql.raw(LOAD)}, ${LOADED}
          from (select ${sql.raw(CASE_COLUMNS.join(', '))} from process_case where id = ${id} for update) c`.execute(tx)
    : await sql<LoadRow>`select ${sql.raw(LOAD)}, ${LOADED} from process_case c where c.id = ${id}`.execute(tx)
  const row = rows[0]
  if (!row) return undefined
  // Had the lock to be waited for, the row is fresh but its children come from before the wait: read again.
  if (lock && row.hop !== (row.done?.length ?? 0)) return findCase(tx, id, false)
  return toLoaded(row)
}

function toLoaded(row: LoadRow): LoadedCase {
  const parties = row.parties ?? []
  return {
    case: toCase(row),
    clocks: (row.clocks ?? []).map((clock) => ({ ...clock, state: clockFromJson(clock.state) })),
    items: (row.items ?? []).map((item) => ({
      slot: item.slot,
      state: item.state,
      unitId: item.unit_id,
      role: item.role,
      accountId: item.account_id,
      openedAt: new Date(item.opened_at),
      clockKey: item.clock_key,
    })),
    done: (row.done ?? []).map(([action, accountId, unitId, toState]) => ({ action, accountId, unitId, toState })),
    partyUnitIds: parties.flatMap(([unitId]) => (unitId === null ? [] : [unitId])),
    partyAccountIds: parties.flatMap(([, accountId]) => (accountId === null ? [] : [accountId])),
    namedAccountIds: parties.flatMap(([, accountId, named]) => (named && accountId !== null ? [accountId] : [])),
  }
}

export interface TraceRow {
  action: string
  fromState: string | null
  toState: string
  actorKind: string
  accountId: number | null
  unitId: number | null
  postId: number | null
  acting: boolean
  note: string | null
  form: unknown
  why: unknown
  deviceAt: Date | null
}

export interface TimerRow {
  clockKey: string
  kind: 'near' | 'due' | 'escalate'
  level: number
  dueAt: Date
  /** Nobody is told when it fires. */
  quiet?: boolean
}

export interface PartyRow {
  unitId: number | null
  accountId: number | null
  role: string
  named: boolean
}

export interface HopWrite {
  case: CaseState
  trace: TraceRow
  /** Clocks that changed. */
  clocks: CaseClock[]
  /** All open work after the hop. */
  items: (WorkItem & { dueAt: Date | null; overdue: boolean; provisional: boolean })[]
  /** Clocks whose timers are replaced by `timers`. */
  rearmed: string[]
  timers: TimerRow[]
  parties: PartyRow[]
  at: Date
}

/** Gives the next number of a prefix, e.g. `WZ-MD-20260930-` → `WZ-MD-20260930-0318`. Called late: it holds the prefix until commit. */
export async function nextNumber(tx: Tx, prefix: string): Promise<string> {
  const { rows } = await sql<{ last: number }>`
    insert into process_number (scope, last) values (${prefix}, 1)
    on conflict (scope) do update set last = process_number.last + 1 returning last`.execute(tx)
  return `${prefix}${String(rows[0]!.last).padStart(4, '0')}`
}

/** Inserts the case row; the rest of its first hop follows by `writeHop`. Returns the id. */
export async function insertCase(tx: Tx, state: CaseState): Promise<number> {
  const { rows } = await sql<{ id: number }>`
    insert into process_case (number, definition_id, definition_key, state, phase, title, class_code, severity, secrecy,
      source, town_code, village_code, grid_code, line_code, place_text, place, unit_id, starter_account_id,
      opened_at, closed_at, due_at, provisional, overdue, version, hop, last_hop_at, data)
    values (${state.number}, ${state.definitionId}, ${state.definitionKey}, ${state.state}, ${state.phase}, ${state.title},
      ${state.classCode}, ${state.severity}, ${state.secrecy}, ${state.source}, ${state.townCode}, ${state.villageCode},
      ${state.gridCode}, ${state.lineCode}, ${state.placeText},
      ${state.place ? `(${state.place.lon},${state.place.lat})` : null}::point, ${state.unitId},
      ${state.starterAccountId}, ${state.openedAt}, ${state.closedAt}, ${state.dueAt},
      ${state.provisional}, ${state.overdue}, ${state.version}, ${state.hop}, ${state.lastHopAt},
      ${JSON.stringify(state.data)}::jsonb)
    returning id`.execute(tx)
  return rows[0]!.id
}

/** Writes one hop of an existing case in one statement: case, trace, clocks, timers, work items, parties. */
export async function writeHop(tx: Tx, hop: HopWrite, isNew: boolean): Promise<void> {
  const { case: c, trace } = hop
  const clocks = hop.clocks.map((clock) => ({
    key: clock.key,
    state: clock.state,
    due_at: clock.state.pausedAt ? null : clock.state.dueAt,
    paused: clock.state.pausedAt !== null,
    stopped_at: clock.state.stoppedAt,
    overdue: clock.overdue,
    provisional: clock.state.provisional,
  }))
  const items = hop.items.map((item) => ({
    slot: item.slot,
    state: item.state,
    unit_id: item.unitId,
    role: item.role,
    account_id: item.accountId,
    opened_at: item.openedAt,
    due_at: item.dueAt,
    clock_key: item.clockKey,
    overdue: item.overdue,
    provisional: item.provisional,
  }))
  const timers = hop.timers.map((timer) => ({
    clock_key: timer.clockKey,
    kind: timer.kind,
    level: timer.level,
    due_at: timer.dueAt,
    quiet: timer.quiet === true,
  }))
  const parties = hop.parties.map((party) => ({
    unit_id: party.unitId,
    account_id: party.accountId,
    role: party.role,
    named: party.named,
  }))
  const moved = isNew
    ? sql`select 1`
    : sql`
      update process_case set state = ${c.state}, phase = ${c.phase}, title = ${c.title}, class_code = ${c.classCode},
        severity = ${c.severity}, secrecy = ${c.secrecy}, town_code = ${c.townCode}, village_code = ${c.villageCode},
        grid_code = ${c.gridCode}, line_code = ${c.lineCode}, unit_id = ${c.unitId}, closed_at = ${c.closedAt},
        due_at = ${c.dueAt}, provisional = ${c.provisional}, overdue = ${c.overdue}, version = ${c.version},
        hop = ${c.hop}, last_hop_at = ${c.lastHopAt}, data = ${JSON.stringify(c.data)}::jsonb
      where id = ${c.id}`
  // Rows that stay are updated in place and the others go: one statement, and no row is touched twice.
  await sql`
    with moved as (${moved}), gone_item as (
      delete from process_work_item where case_id = ${c.id} and slot <> all(${hop.items.map((item) => item.slot)}::text[])
    ), gone_timer as (
      delete from process_timer where case_id = ${c.id} and clock_key = any(${hop.rearmed}::text[])
        and (clock_key || ' ' || kind || ' ' || level) <> all(${hop.timers.map((timer) => `${timer.clockKey} ${timer.kind} ${timer.level}`)}::text[])
    ), trace as (
      insert into process_trace (case_id, hop, at, action, from_state, to_state, actor_kind, account_id, unit_id, post_id,
        acting, note, form, why, device_at)
      values (${c.id}, ${c.hop}, ${hop.at}, ${trace.action}, ${trace.fromState}, ${trace.toState}, ${trace.actorKind},
        ${trace.accountId}, ${trace.unitId}, ${trace.postId}, ${trace.acting}, ${trace.note},
        ${trace.form === null ? null : JSON.stringify(trace.form)}::jsonb,
        ${trace.why === null ? null : JSON.stringify(trace.why)}::jsonb, ${trace.deviceAt})
    ), clock as (
      insert into process_clock (case_id, key, state, due_at, paused, stopped_at, overdue, provisional)
      select ${c.id}, key, state, due_at, paused, stopped_at, overdue, provisional
        from json_to_recordset(${JSON.stringify(clocks)}::json) as k (key text, state jsonb, due_at timestamptz,
          paused boolean, stopped_at timestamptz, overdue boolean, provisional boolean)
      on conflict (case_id, key) do update set state = excluded.state, due_at = excluded.due_at,
        paused = excluded.paused, stopped_at = excluded.stopped_at, overdue = excluded.overdue,
        provisional = excluded.provisional
    ), timer as (
      insert into process_timer (case_id, clock_key, kind, level, due_at, quiet)
      select ${c.id}, clock_key, kind, level, due_at, quiet from json_to_recordset(${JSON.stringify(timers)}::json)
        as t (clock_key text, kind text, level smallint, due_at timestamptz, quiet boolean)
      on conflict (case_id, clock_key, kind, level) do update set due_at = excluded.due_at, fired_at = null,
        quiet = excluded.quiet, attempts = 0, retry_at = null, last_error = null
    ), item as (
      insert into process_work_item (case_id, slot, definition_key, state, phase, unit_id, role, account_id, title, number,
        class_code, severity, secrecy, source, town_code, village_code, grid_code, line_code, opened_at, due_at, clock_key,
        overdue, provisional)
      select ${c.id}, slot, ${c.definitionKey}, state, ${c.phase}, unit_id, role, account_id, ${c.title}, ${c.number},
        ${c.classCode}, ${c.severity}, ${c.secrecy}, ${c.source}, ${c.townCode}, ${c.villageCode}, ${c.gridCode},
        ${c.lineCode}, opened_at, due_at, clock_key, overdue, provisional
        from json_to_recordset(${JSON.stringify(items)}::json) as w (slot text, state text, unit_id bigint, role text,
          account_id bigint, opened_at timestamptz, due_at timestamptz, clock_key text, overdue boolean,
          provisional boolean)
      on conflict (case_id, slot) do update set state = excluded.state, phase = excluded.phase, unit_id = excluded.unit_id,
        role = excluded.role, account_id = excluded.account_id, title = excluded.title, class_code = excluded.class_code,
        severity = excluded.severity, secrecy = excluded.secrecy, town_code = excluded.town_code,
        village_code = excluded.village_code, grid_code = excluded.grid_code, line_code = excluded.line_code,
        opened_at = excluded.opened_at, due_at = excluded.due_at, clock_key = excluded.clock_key,
        overdue = excluded.overdue, provisional = excluded.provisional
    ), party as (
      insert into process_party (case_id, unit_id, account_id, role, named, since, town_code, village_code, grid_code,
        line_code)
      select ${c.id}, unit_id, account_id, role, named, ${hop.at}, ${c.townCode}, ${c.villageCode}, ${c.gridCode},
        ${c.lineCode}
        from json_to_recordset(${JSON.stringify(parties)}::json)
          as p (unit_id bigint, account_id bigint, role text, named boolean)
      on conflict (case_id, unit_id, account_id, role) do update set named = process_party.named or excluded.named
    )
    select 1`.execute(tx)
}

/** Moves the place columns of a case's parties along when its place or line changes, so that counting stays exact. */
export async function moveParties(tx: Tx, state: CaseState): Promise<void> {
  await sql`
    update process_party set town_code = ${state.townCode}, village_code = ${state.villageCode},
      grid_code = ${state.gridCode}, line_code = ${state.lineCode} where case_id = ${state.id}`.execute(tx)
}

export interface Submission {
  slot: string
  accountId: number
  unitId: number | null
  at: Date
  form: Record<string, unknown> | null
  sealed: Buffer | null
  openedAt: Date | null
}

/** Submissions of one round of a parallel state. */
export async function listSubmissions(tx: Tx, caseId: number, state: string, round: number): Promise<Submission[]> {
  const { rows } = await sql<{
    slot: string
    account_id: number
    unit_id: number | null
    at: Date
    form: Record<string, unknown> | null
    sealed: Buffer | null
    opened_at: Date | null
  }>`
    select slot, account_id, unit_id, at, form, sealed, opened_at from process_submission
     where case_id = ${caseId} and state = ${state} and round = ${round} order by at, slot`.execute(tx)
  return rows.map((row) => ({
    slot: row.slot,
    accountId: row.account_id,
    unitId: row.unit_id,
    at: row.at,
    form: row.form,
    sealed: row.sealed,
    openedAt: row.opened_at,
  }))
}

export async function insertSubmission(
  tx: Tx,
  caseId: number,
  state: string,
  round: number,
  submission: Omit<Submission, 'openedAt'>,
): Promise<void> {
  await sql`
    insert into process_submission (case_id, state, round, slot, account_id, unit_id, at, form, sealed, opened_at)
    values (${caseId}, ${state}, ${round}, ${submission.slot}, ${submission.accountId}, ${submission.unitId},
      ${submission.at}, ${submission.form === null ? null : JSON.stringify(submission.form)}::jsonb,
      ${submission.sealed}, ${submission.sealed ? null : submission.at})`.execute(tx)
}

/** Opens the sealed submissions of a round together. */
export async function openSubmissions(
  tx: Tx,
  caseId: number,
  state: string,
  round: number,
  opened: { slot: string; form: Record<string, unknown> }[],
  at: Date,
): Promise<void> {
  await sql`
    update process_submission s set form = o.form, opened_at = ${at}
      from json_to_recordset(${JSON.stringify(opened)}::json) as o (slot text, form jsonb)
     where s.case_id = ${caseId} and s.state = ${state} and s.round = ${round} and s.slot = o.slot`.execute(tx)
}
