import { sql, type Tx } from '#platform/db/db.ts'
import type { HopWrite } from '#platform/process/case.store.ts'

/**
 * Gives the next numbers of several prefixes, as many of each as asked for; in the order of the prefixes, so that two batches
 * wait for each other instead of locking each other out. Called late: it holds the prefixes until commit.
 * @returns the number before the first one given, by prefix
 */
export async function takeNumbers(tx: Tx, amounts: ReadonlyMap<string, number>): Promise<Map<string, number>> {
  const wanted = [...amounts].sort(([a], [b]) => (a < b ? -1 : 1))
  const { rows } = await sql<{ scope: string; last: number }>`
    insert into process_number (scope, last)
    select scope, amount from unnest(${wanted.map(([scope]) => scope)}::text[], ${wanted.map(([, amount]) => amount)}::integer[])
      as w (scope, amount) order by scope
    on conflict (scope) do update set last = process_number.last + excluded.last
    returning scope, last`.execute(tx)
  return new Map(rows.map(({ scope, last }) => [scope, last - amounts.get(scope)!]))
}

/** Inserts case rows in their order and gives each its id. Numbers are set; the rest of the first hops follows by `insertFirstHops`. */
export async function insertCases(tx: Tx, hops: readonly HopWrite[]): Promise<void> {
  const cases = hops.map(({ case: c }, nr) => ({
    nr,
    number: c.number,
    definition_id: c.definitionId,
    definition_key: c.definitionKey,
    state: c.state,
    phase: c.phase,
    title: c.title,
    class_code: c.classCode,
    severity: c.severity,
    secrecy: c.secrecy,
    source: c.source,
    town_code: c.townCode,
    village_code: c.villageCode,
    grid_code: c.gridCode,
    line_code: c.lineCode,
    place_text: c.placeText,
    place: c.place ? `(${c.place.lon},${c.place.lat})` : null,
    unit_id: c.unitId,
    starter_account_id: c.starterAccountId,
    opened_at: c.openedAt,
    closed_at: c.closedAt,
    due_at: c.dueAt,
    provisional: c.provisional,
    overdue: c.overdue,
    version: c.version,
    hop: c.hop,
    last_hop_at: c.lastHopAt,
    data: c.data,
  }))
  const { rows } = await sql<{ id: number; number: string }>`
    insert into process_case (number, definition_id, definition_key, state, phase, title, class_code, severity, secrecy,
      source, town_code, village_code, grid_code, line_code, place_text, place, unit_id, starter_account_id,
      opened_at, closed_at, due_at, provisional, overdue, version, hop, last_hop_at, data)
    select number, definition_id, definition_key, state, phase, title, class_code, severity, secrecy,
      source, town_code, village_code, grid_code, line_code, place_text, place::point, unit_id, starter_account_id,
      opened_at, closed_at, due_at, provisional, overdue, version, hop, last_hop_at, data
      from json_to_recordset(${JSON.stringify(cases)}::json) as c (nr integer, number text, definition_id bigint,
        definition_key text, state text, phase text, title text, class_code text, severity smallint, secrecy text, source text,
        town_code text, village_code text, grid_code text, line_code text, place_text text, place text, unit_id bigint,
        starter_account_id bigint, opened_at timestamptz, closed_at timestamptz, due_at timestamptz, provisional boolean,
        overdue boolean, version integer, hop integer, last_hop_at timestamptz, data jsonb)
     order by nr
    returning id, number`.execute(tx)
  const ids = new Map(rows.map(({ id, number }) => [number, id]))
  for (const { case: c } of hops) c.id = ids.get(c.number)!
}

/** Writes the first hops of new cases: trace, clocks, timers, work items, parties; what `writeHop` writes of one. */
export async function insertFirstHops(tx: Tx, hops: readonly HopWrite[]): Promise<void> {
  const traces = hops.map(({ case: c, at, trace }) => ({
    case_id: c.id,
    hop: c.hop,
    at,
    action: trace.action,
    from_state: trace.fromState,
    to_state: trace.toState,
    actor_kind: trace.actorKind,
    account_id: trace.accountId,
    unit_id: trace.unitId,
    post_id: trace.postId,
    acting: trace.acting,
    note: trace.note,
    form: trace.form,
    why: trace.why,
    device_at: trace.deviceAt,
  }))
  const clocks = hops.flatMap(({ case: c, clocks: of }) =>
    of.map(({ key, state, overdue }) => ({
      case_id: c.id,
      key,
      state,
      due_at: state.pausedAt ? null : state.dueAt,
      paused: state.pausedAt !== null,
      stopped_at: state.stoppedAt,
      overdue,
      provisional: state.provisional,
    })),
  )
  const timers = hops.flatMap(({ case: c, timers: of }) =>
    of.map((timer) => ({
      case_id: c.id,
      clock_key: timer.clockKey,
      kind: timer.kind,
      level: timer.level,
      due_at: timer.dueAt,
      quiet: timer.quiet === true,
    })),
  )
  const items = hops.flatMap(({ case: c, items: of }) =>
    of.map((item) => ({
      case_id: c.id,
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
    })),
  )
  const parties = hops.flatMap(({ case: c, at, parties: of }) =>
    of.map((party) => ({
      case_id: c.id,
      unit_id: party.unitId,
      account_id: party.accountId,
      role: party.role,
      named: party.named,
      since: at,
    })),
  )
  // Rows take what they repeat of their case from its row: it was written by the statement before. Planned each time: while
  // an import fills an empty county, a plan made at its beginning would read the whole table.
  await sql`/* plan each time */
    with trace as (
      insert into process_trace (case_id, hop, at, action, from_state, to_state, actor_kind, account_id, unit_id, post_id,
        acting, note, form, why, device_at)
      select case_id, hop, at, action, from_state, to_state, actor_kind, account_id, unit_id, post_id, acting, note, form, why,
        device_at
        from json_to_recordset(${JSON.stringify(traces)}::json) as t (case_id bigint, hop integer, at timestamptz, action text,
          from_state text, to_state text, actor_kind text, account_id bigint, unit_id bigint, post_id bigint, acting boolean,
          note text, form jsonb, why jsonb, device_at timestamptz)
    ), clock as (
      insert into process_clock (case_id, key, state, due_at, paused, stopped_at, overdue, provisional)
      select case_id, key, state, due_at, paused, stopped_at, overdue, provisional
        from json_to_recordset(${JSON.stringify(clocks)}::json) as k (case_id bigint, key text, state jsonb,
          due_at timestamptz, paused boolean, stopped_at timestamptz, overdue boolean, provisional boolean)
    ), timer as (
      insert into process_timer (case_id, clock_key, kind, level, due_at, quiet)
      select case_id, clock_key, kind, level, due_at, quiet
        from json_to_recordset(${JSON.stringify(timers)}::json)
          as t (case_id bigint, clock_key text, kind text, level smallint, due_at timestamptz, quiet boolean)
    ), item as (
      insert into process_work_item (case_id, slot, definition_key, state, phase, unit_id, role, account_id, title, number,
        class_code, severity, secrecy, source, town_code, village_code, grid_code, line_code, opened_at, due_at, clock_key,
        overdue, provisional)
      select c.id, w.slot, c.definition_key, w.state, c.phase, w.unit_id, w.role, w.account_id, c.title, c.number,
        c.class_code, c.severity, c.secrecy, c.source, c.town_code, c.village_code, c.grid_code, c.line_code, w.opened_at,
        w.due_at, w.clock_key, w.overdue, w.provisional
        from json_to_recordset(${JSON.stringify(items)}::json) as w (case_id bigint, slot text, state text, unit_id bigint,
          role text, account_id bigint, opened_at timestamptz, due_at timestamptz, clock_key text, overdue boolean,
          provisional boolean)
        join process_case c on c.id = w.case_id
    ), party as (
      insert into process_party (case_id, unit_id, account_id, role, named, since, town_code, village_code, grid_code,
        line_code)
      select c.id, p.unit_id, p.account_id, p.role, p.named, p.since, c.town_code, c.village_code, c.grid_code, c.line_code
        from json_to_recordset(${JSON.stringify(parties)}::json)
          as p (case_id bigint, unit_id bigint, account_id bigint, role text, named boolean, since timestamptz)
        join process_case c on c.id = p.case_id
    )
    select 1`.execute(tx)
}
