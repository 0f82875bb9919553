import {
  type CalendarChangeRow,
  type ChangeState,
  FIRST_DAY,
  listCalendarChanges,
  listCalendarDays,
  loadCalendar,
} from '#platform/calendar/calendar.store.ts'
import { previewChange } from '#platform/calendar/contract.ts'
import { type ClockJson, clockFromJson, isOverdue, recomputeClock } from '#platform/calendar/deadline-clock.ts'
import {
  areOfficeHours,
  type CalendarData,
  FIRST_YEAR,
  isCalendarDate,
  LAST_YEAR,
  type OfficeHours,
  WorkCalendar,
} from '#platform/calendar/work-calendar.ts'
import { query } from '#platform/command/command.ts'
import type { Context } from '#platform/command/context.ts'
import { sql } from '#platform/db/db.ts'
import { AppError } from '#platform/errors/app-error.ts'

/** Deadlines looked at in one statement, and in all: an official waits for the answer. */
const BATCH = 4_000
const MOST = 40_000
const MOVES_SHOWN = 6

interface Problem {
  code: string
  params: Record<string, unknown>
}

/** A change of one day or of the office hours from a day on; `hours` null takes those that begin there away. */
export type Adjustment =
  | { day: { date: string; kind: 'holiday' | 'workday' | 'none' } }
  | { hours: { from: string; hours: OfficeHours[] | null } }

/** The calendar as it would be. */
export function adjusted(data: CalendarData, change: Adjustment): CalendarData {
  if ('day' in change) {
    const { date, kind } = change.day
    const { [date]: _, ...days } = data.days
    return { ...data, days: kind === 'none' ? days : { ...days, [date]: { kind, name: '' } } }
  }
  const { from, hours } = change.hours
  if (from === FIRST_DAY) return hours ? { ...data, officeHours: hours } : data
  const others = (data.laterHours ?? []).filter((period) => period.from !== from)
  const laterHours = hours ? [...others, { from, hours }].sort((a, b) => (a.from < b.from ? -1 : 1)) : others
  return { ...data, laterHours }
}

/** What a command would refuse about it, or undefined. */
export function problemOf(
  data: CalendarData,
  change: Adjustment,
  { today, noticeDay, localDay }: { today: string; noticeDay: boolean; localDay: boolean },
): Problem | undefined {
  const date = 'day' in change ? change.day.date : change.hours.from
  if (!isCalendarDate(date)) return { code: 'calendar.date_invalid', params: { date } }
  const year = Number(date.slice(0, 4))
  if (year < FIRST_YEAR || year > LAST_YEAR) return { code: 'calendar.year_out_of_range', params: {} }
  const calendar = new WorkCalendar(data)
  if ('day' in change) {
    if (noticeDay) return { code: 'calendar.day_from_notice', params: { date } }
    if (change.day.kind === 'none') return localDay ? undefined : { code: 'calendar.day_not_local', params: { date } }
    if (!localDay && calendar.isWorkday(date) === (change.day.kind === 'workday'))
      return { code: 'calendar.day_as_it_is', params: { date } }
    return undefined
  }
  const { hours } = change.hours
  if (date < today) return { code: 'calendar.hours_in_past', params: { date } }
  if (!hours) return undefined
  if (!areOfficeHours(hours)) return { code: 'calendar.office_hours_invalid', params: {} }
  if (JSON.stringify(calendar.officeHoursOn(date)) === JSON.stringify(hours))
    return { code: 'calendar.hours_as_they_are', params: { date } }
  return undefined
}

/** The problem of a change in this county now, read from the tables. */
export async function findProblem(context: Context, change: Adjustment): Promise<Problem | undefined> {
  const { tx, now } = context
  const data = await loadCalendar(tx)
  const date = 'day' in change ? change.day.date : undefined
  const entered =
    date && isCalendarDate(date)
      ? (await listCalendarDays(tx, Number(date.slice(0, 4)))).find((day) => day.date === date)
      : undefined
  const problem = problemOf(data, change, {
    today: new WorkCalendar(data).dateAt(now),
    noticeDay: entered?.source === 'notice',
    localDay: entered?.source === 'local',
  })
  return problem
}

/** What undoing a change would change. Notices are not previewed: their days are many and each is checked when it is entered. */
function undoing({ subjectKind, subject, before }: CalendarChangeRow): Adjustment | undefined {
  const state: ChangeState | null = before
  if (subjectKind === 'day') return { day: { date: subject, kind: state && 'kind' in state ? state.kind : 'none' } }
  if (subjectKind === 'hours')
    return { hours: { from: subject, hours: state && 'hours' in state ? state.hours : null } }
  return undefined
}

/** Counts every open deadline under the calendar as it would be, as the job will do afterwards, and writes nothing. */
export const previewChangeQuery = query(previewChange, async (context, input) => {
  const { tx, now } = context
  const change = await adjustmentOf(context, input)
  const none = { clocks: 0, complete: true, later: 0, earlier: 0, overdue: 0, freed: 0, moves: [] }
  if (!change) return { problem: null, ...none }
  const problem = await findProblem(context, change)
  if (problem && !input.undo) return { problem, ...none }
  const calendar = new WorkCalendar(adjusted(await loadCalendar(tx), change))
  const counts = { clocks: 0, later: 0, earlier: 0, overdue: 0, freed: 0 }
  const moves = new Map<string, { from: string; to: string; clocks: number }>()
  let after = { case: 0, key: '' }
  let complete = false
  while (!complete && counts.clocks < MOST) {
    const { rows } = await sql<{ case: number; key: string; state: ClockJson; overdue: boolean }>`
      select k.case_id as "case", k.key, k.state, k.overdue from process_clock k join process_case c on c.id = k.case_id
       where k.stopped_at is null and c.closed_at is null and (k.case_id, k.key) > (${after.case}::bigint, ${after.key})
       order by k.case_id, k.key limit ${BATCH}`.execute(tx)
    for (const row of rows) {
      const clock = clockFromJson(row.state)
      const next = recomputeClock(calendar, clock)
      if (next === clock || next.dueAt.getTime() === clock.dueAt.getTime()) continue
      counts[next.dueAt > clock.dueAt ? 'later' : 'earlier'] += 1
      const late = isOverdue(next, now)
      if (late && !row.overdue) counts.overdue += 1
      if (!late && row.overdue) counts.freed += 1
      const [from, to] = [clock.dueAt.toISOString(), next.dueAt.toISOString()]
      const move = moves.get(from + to) ?? { from, to, clocks: 0 }
      move.clocks += 1
      moves.set(from + to, move)
    }
    counts.clocks += rows.length
    complete = rows.length < BATCH
    const last = rows.at(-1)
    if (last) after = { case: last.case, key: last.key }
  }
  return {
    problem: null,
    ...counts,
    complete,
    moves: [...moves.values()].sort((a, b) => b.clocks - a.clocks || (a.from < b.from ? -1 : 1)).slice(0, MOVES_SHOWN),
  }
})

async function adjustmentOf(
  { tx }: Context,
  {
    day,
    hours,
    undo,
  }: {
    day?: { date: string; kind: 'holiday' | 'workday' | 'none' }
    hours?: { from: string; hours: OfficeHours[] }
    undo?: number
  },
): Promise<Adjustment | undefined> {
  if (day) return { day }
  if (hours) return { hours }
  if (undo === undefined) return undefined
  const [row] = await listCalendarChanges(tx, { id: undo, limit: 1 })
  if (!row) throw new AppError('calendar.change_not_found', { status: 404 })
  return undoing(row)
}
