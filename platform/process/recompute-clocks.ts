import { loadCalendar } from '#platform/calendar/calendar.store.ts'
import { type ClockJson, clockFromJson, recomputeClock } from '#platform/calendar/deadline-clock.ts'
import { WorkCalendar } from '#platform/calendar/work-calendar.ts'
import type { Context } from '#platform/command/context.ts'
import { sql } from '#platform/db/db.ts'
import { type CaseClock, findCase, type TimerRow } from '#platform/process/case.store.ts'
import type { WhyPart } from '#platform/process/effect.ts'
import { deltaOf, hopMoment, settle, timersOf, withDue } from '#platform/process/engine.ts'

/** Name of the job that counts deadlines again. */
export const RECOMPUTE_JOB = 'calendar.recompute'

/** Cases looked at in one transaction. */
const BATCH = 500
/** A process may count with a calendar that is this old; cases it opened meanwhile are found by a second round. */
const SECOND_ROUND_MS = 60_000

/** What a change of the calendar leaves for the job. */
export interface RecomputeOrder extends Record<string, unknown> {
  /** `provisional` after a notice was entered: only what was 暂定 can move; `all` after every other change. */
  which: 'provisional' | 'all'
  /** What changed, in words for the trace. */
  cause: WhyPart
  /** Cases up to this id are done. */
  after?: number
  secondRound?: boolean
}

/**
 * Counts the deadlines of open cases again, a batch at a time; leaves the next batch as a job. Safe to repeat: what is right
 * already is not touched. Each case that moves gets a line of trace with the cause and both times.
 */
export async function recomputeClocks(context: Context, payload: Record<string, unknown>): Promise<void> {
  const order = payload as RecomputeOrder
  const { tx, pending, now } = context
  // From the tables: what this process holds in memory may be older than the change.
  const calendar = new WorkCalendar(await loadCalendar(tx))
  const fresh: Context = { ...context, here: { ...context.here, calendar } }
  const { rows } = await sql<{ id: number; clocks: ClockJson[] | null }>`
    select c.id, (select json_agg(k.state) from process_clock k
                   where k.case_id = c.id and k.stopped_at is null
                     and (${order.which === 'all'} or k.provisional)) as clocks
      from process_case c where c.closed_at is null and c.id > ${order.after ?? 0}
     order by c.id limit ${BATCH}`.execute(tx)
  const moving = rows
    .filter(({ clocks }) =>
      (clocks ?? []).some((json) => {
        const clock = clockFromJson(json)
        return recomputeClock(calendar, clock) !== clock
      }),
    )
    .map(({ id }) => id)
  if (moving.length > 0) {
    // In order of id, as everything that locks several cases.
    await sql`select id from process_case where id = any(${moving}::bigint[]) order by id for update`.execute(tx)
    for (const id of moving) await recomputeCase(fresh, id, order.cause)
  }
  if (rows.length === BATCH) pending.jobs.push({ kind: RECOMPUTE_JOB, payload: { ...order, after: rows.at(-1)!.id } })
  else if (!order.secondRound)
    pending.jobs.push({
      kind: RECOMPUTE_JOB,
      payload: { ...order, after: 0, secondRound: true },
      runAt: new Date(now.getTime() + SECOND_ROUND_MS),
    })
}

/**
 * One case that is locked; `context.here.calendar` is the calendar to count by. `recount` says how a clock stands afterwards
 * (the same object where it stays); by default what the calendar says.
 * @returns whether a clock of it moved
 */
export async function recomputeCase(
  given: Context,
  caseId: number,
  cause: WhyPart,
  recount: (clock: CaseClock) => CaseClock['state'] = (clock) => recomputeClock(given.here.calendar, clock.state),
): Promise<boolean> {
  const { here, pending } = given
  const { calendar } = here
  const loaded = await findCase(given.tx, caseId, false)
  if (!loaded || loaded.case.closedAt !== null) return false
  const { case: state } = loaded
  const now = hopMoment(given.now, state)
  const context: Context = { ...given, now }
  const { body } = here.definitions.byId(state.definitionId)
  const changed: { before: CaseClock; after: CaseClock }[] = []
  loaded.clocks = loaded.clocks.map((clock) => {
    const next = recount(clock)
    if (next === clock.state) return clock
    // A deadline that now lies ahead was not missed; one that lies behind is judged by its timer.
    const after = { ...clock, state: next, overdue: clock.overdue && next.dueAt <= now }
    changed.push({ before: clock, after })
    return after
  })
  if (changed.length === 0) return false
  const before = deltaOf(state)
  settle(state, body, loaded.clocks, now)
  state.hop += 1
  state.lastHopAt = now
  const running = changed.flatMap(({ after }) => (after.state.pausedAt ? [] : [after]))
  const timers = running.flatMap((clock) => timersOf(context, body, clock))
  const why: WhyPart[] = [
    cause,
    ...changed.map(({ before: old, after }) => ({
      key:
        old.state.dueAt.getTime() === after.state.dueAt.getTime()
          ? after.state.provisional
            ? 'calendar.why.open'
            : 'calendar.why.settled'
          : 'calendar.why.moved',
      params: {
        clock: body.clocks[after.key]?.name['zh-CN'] ?? after.key,
        from: localTime(calendar, old.state.dueAt),
        to: localTime(calendar, after.state.dueAt),
      },
    })),
  ]
  await write(context, loaded, changed, running, timers, why)
  const after = deltaOf(state)
  if (after.overdue !== before.overdue) {
    pending.deltas.push({ ...before, amount: -1 })
    pending.deltas.push({ ...after, amount: 1 })
  }
  pending.facts.push({
    kind: 'case.recomputed',
    subject: `case:${caseId}`,
    content: {
      number: state.number,
      hop: state.hop,
      calendar: calendar.data.revision,
      clocks: changed.map(({ before: old, after: clock }) => ({
        key: clock.key,
        from: old.state.dueAt.toISOString(),
        to: clock.state.dueAt.toISOString(),
      })),
    },
  })
  return true
}

type Loaded = NonNullable<Awaited<ReturnType<typeof findCase>>>

/** Clocks, timers, open work, case and trace in one statement. The version stays: nobody acted, open forms remain good. */
async function write(
  { tx, now }: Context,
  loaded: Loaded,
  changed: readonly { after: CaseClock }[],
  running: readonly CaseClock[],
  timers: readonly TimerRow[],
  why: readonly WhyPart[],
): Promise<void> {
  const { case: state } = loaded
  const clockRows = changed.map(({ after }) => ({
    key: after.key,
    state: after.state,
    due_at: after.state.pausedAt ? null : after.state.dueAt,
    overdue: after.overdue,
    provisional: after.state.provisional,
  }))
  const timerRows = timers.map((timer) => ({
    clock_key: timer.clockKey,
    kind: timer.kind,
    level: timer.level,
    due_at: timer.dueAt,
  }))
  const itemRows = withDue(loaded.items, loaded.clocks, state).map((item) => ({
    slot: item.slot,
    due_at: item.dueAt,
    overdue: item.overdue,
    provisional: item.provisional,
  }))
  await sql`
    with clock as (
      update process_clock k set state = c.state, due_at = c.due_at, overdue = c.overdue, provisional = c.provisional
        from json_to_recordset(${JSON.stringify(clockRows)}::json)
          as c (key text, state jsonb, due_at timestamptz, overdue boolean, provisional boolean)
       where k.case_id = ${state.id} and k.key = c.key
    ), wanted as (
      select clock_key, kind, level, due_at from json_to_recordset(${JSON.stringify(timerRows)}::json)
        as t (clock_key text, kind text, level smallint, due_at timestamptz)
    ), gone as (
      delete from process_timer t
       where t.case_id = ${state.id} and t.fired_at is null and t.clock_key = any(${running.map((clock) => clock.key)}::text[])
         and not exists (select 1 from wanted w
                          where w.clock_key = t.clock_key and w.kind = t.kind and w.level = t.level)
    ), timer as (
      -- What has fired stays fired, unless its time lies ahead again.
      insert into process_timer as t (case_id, clock_key, kind, level, due_at)
      select ${state.id}, clock_key, kind, level, due_at from wanted
      on conflict (case_id, clock_key, kind, level) do update set due_at = excluded.due_at, fired_at = null,
          quiet = t.quiet and excluded.due_at <= ${now}, attempts = 0, retry_at = null, last_error = null
       where t.fired_at is null or excluded.due_at > ${now}
    ), item as (
      update process_work_item w set due_at = i.due_at, overdue = i.overdue, provisional = i.provisional
        from json_to_recordset(${JSON.stringify(itemRows)}::json)
          as i (slot text, due_at timestamptz, overdue boolean, provisional boolean)
       where w.case_id = ${state.id} and w.slot = i.slot
    ), hop as (
      insert into process_trace (case_id, hop, at, action, from_state, to_state, actor_kind, why)
      values (${state.id}, ${state.hop}, ${now}, 'recomputed', ${state.state}, ${state.state}, 'system',
        ${JSON.stringify(why)}::jsonb)
    )
    update process_case set due_at = ${state.dueAt}, provisional = ${state.provisional}, overdue = ${state.overdue},
      hop = ${state.hop}, last_hop_at = ${now} where id = ${state.id}`.execute(tx)
}

/** Date and time in the county, e.g. 2027-02-18 17:30. */
function localTime(calendar: WorkCalendar, at: Date): string {
  const date = calendar.dateAt(at)
  const minutes = Math.round((at.getTime() - calendar.instant(date, '00:00').getTime()) / 60_000)
  const two = (value: number) => String(value).padStart(2, '0')
  return `${date} ${two(Math.floor(minutes / 60))}:${two(minutes % 60)}`
}
