/**
 * The clock of one limit in one case: started, paused, resumed, extended, stopped. States are plain values; every function
 * returns a new one, or the same object when nothing changes (pausing a paused clock), so a caller can tell whether to write.
 *
 * What a pause keeps:
 * - hours: exactly the unused milliseconds, of office time for 工作时, of plain time for 紧急工作时;
 * - days: the whole days still to come after the day of the pause. The day of the pause counts as used, the day of the resumption
 *   is not counted, as the start day is not: every (working) day that begins while the clock stands still is given back. Paused
 *   and resumed on one day, the deadline stays. Paused on the last day and in time, the clock ends at the first close of office
 *   at or after the resumption.
 * A deadline that was missed stays missed: pausing a clock that is overdue does not move its due time.
 *
 * What was used is counted anew from the last resumption when the calendar changes (`recomputeClock`); what was used before is
 * settled.
 */
import { amountOf, type Limit, type LimitUnit, type Remaining, type WorkCalendar } from './work-calendar.ts'

export interface ClockState {
  /** What was granted in all: the first limit plus extensions. */
  limit: Limit
  startedAt: Date
  /** Where counting began last: `left` was unused at this instant, and `dueAt` follows from the two. */
  countedFrom: Date
  /** Unused at `countedFrom`: milliseconds for hours, whole days otherwise. */
  left: number
  /** While paused: the due time it had when it was paused. */
  dueAt: Date
  /** What somebody outside demands at the latest (a city's order): `dueAt` is never later. */
  latest: Date | null
  /** 暂定: `dueAt` may move when a holiday notice is entered. */
  provisional: boolean
  /** The start or the last resumption. */
  runningSince: Date
  pausedAt: Date | null
  stoppedAt: Date | null
  /** Time in which the clock ran, up to the last pause or stop: office time for 工作时 and 工作日, plain time otherwise. */
  usedMillis: number
}

/** A clock state as JSON carries it. */
export type ClockJson = {
  [K in keyof ClockState]: ClockState[K] extends Date
    ? string
    : ClockState[K] extends Date | null
      ? string | null
      : ClockState[K]
}

/** Begins a limit. */
export function startClock(calendar: WorkCalendar, at: Date, limit: Limit, latest: Date | null = null): ClockState {
  const { at: dueAt, provisional } = calendar.deadline(at, limit)
  const own: ClockState = {
    limit,
    startedAt: at,
    countedFrom: at,
    left: amountOf(limit),
    dueAt,
    latest,
    provisional,
    runningSince: at,
    pausedAt: null,
    stoppedAt: null,
    usedMillis: 0,
  }
  return atLatest(own)
}

/** Sets or lifts what is demanded at the latest; the own limit goes on beneath it. Unchanged when the clock is stopped. */
export function limitClock(calendar: WorkCalendar, clock: ClockState, latest: Date | null): ClockState {
  if (clock.stoppedAt || clock.latest?.getTime() === latest?.getTime()) return clock
  return counted(calendar, { ...clock, latest })
}

/** Holds the clock. Unchanged when it is paused or stopped already. */
export function pauseClock(calendar: WorkCalendar, clock: ClockState, at: Date): ClockState {
  if (clock.pausedAt || clock.stoppedAt) return clock
  return { ...clock, pausedAt: at, usedMillis: usedAt(calendar, clock, at) }
}

/** Lets the clock run on with what was unused. Unchanged when it is running or stopped. */
export function resumeClock(calendar: WorkCalendar, clock: ClockState, at: Date): ClockState {
  if (!clock.pausedAt || clock.stoppedAt) return clock
  const running = { ...clock, runningSince: at, pausedAt: null }
  if (clock.pausedAt.getTime() > clock.dueAt.getTime()) return running
  const { unit } = clock.limit
  const ownDue = clock.latest ? calendar.due(clock.countedFrom, clock.left, unit) : clock.dueAt
  let left = calendar.unused(clock.pausedAt, ownDue, unit)
  // Paused on its last day: there is no whole day left, but there was some of this one. If today's close is over, the next counts.
  if (left === 0 && countsDays(unit) && calendar.due(at, 0, unit).getTime() < at.getTime()) left = 1
  return counted(calendar, { ...running, countedFrom: at, left })
}

/** Ends the clock for good, running or paused. Unchanged when it is stopped already. */
export function stopClock(calendar: WorkCalendar, clock: ClockState, at: Date): ClockState {
  if (clock.stoppedAt) return clock
  return { ...clock, stoppedAt: at, usedMillis: usedAt(calendar, clock, at) }
}

/**
 * Grants more time, counted on from the present due time: hours of office time, or whole days. Also while paused. Whether an
 * extension is allowed, and how often, is for the caller to know. Unchanged when the clock is stopped.
 */
export function extendClock(calendar: WorkCalendar, clock: ClockState, by: Limit): ClockState {
  if (clock.stoppedAt) return clock
  if (by.unit !== clock.limit.unit) throw new RangeError(`A limit in ${clock.limit.unit} is not extended in ${by.unit}`)
  const limit = { value: clock.limit.value + by.value, unit: by.unit }
  return counted(calendar, { ...clock, limit, left: clock.left + amountOf(by) })
}

/**
 * The clock under a changed calendar; the same object when its due time and its mark stay. For every open clock that is
 * provisional, after a notice has been entered, and for all open clocks after other changes of the calendar.
 */
export function recomputeClock(calendar: WorkCalendar, clock: ClockState): ClockState {
  if (clock.stoppedAt) return clock
  const next = counted(calendar, clock)
  return next.dueAt.getTime() === clock.dueAt.getTime() && next.provisional === clock.provisional ? clock : next
}

/** What is left of a clock at `now`; frozen at the pause or the stop. */
export function clockRemaining(calendar: WorkCalendar, clock: ClockState, now: Date): Remaining {
  return calendar.remaining(clock.stoppedAt ?? clock.pausedAt ?? now, clock.dueAt, clock.limit.unit)
}

/** Whether the clock is late at `now`, or was when it was paused or stopped. */
export function isOverdue(clock: ClockState, now: Date): boolean {
  return (clock.stoppedAt ?? clock.pausedAt ?? now).getTime() > clock.dueAt.getTime()
}

/** Time used up to `at`, pauses left out: office time for 工作时 and 工作日, plain time otherwise. */
export function usedAt(calendar: WorkCalendar, clock: ClockState, at: Date): number {
  if (clock.pausedAt || clock.stoppedAt) return clock.usedMillis
  const { unit } = clock.limit
  const office = unit === 'workHour' || unit === 'workday'
  const since = clock.runningSince
  return clock.usedMillis + (office ? calendar.workMillisBetween(since, at) : at.getTime() - since.getTime())
}

/** A clock state read back from JSON. */
export function clockFromJson(json: ClockJson): ClockState {
  return {
    ...json,
    startedAt: new Date(json.startedAt),
    countedFrom: new Date(json.countedFrom),
    dueAt: new Date(json.dueAt),
    latest: json.latest ? new Date(json.latest) : null,
    runningSince: new Date(json.runningSince),
    pausedAt: json.pausedAt ? new Date(json.pausedAt) : null,
    stoppedAt: json.stoppedAt ? new Date(json.stoppedAt) : null,
  }
}

function counted(calendar: WorkCalendar, clock: ClockState): ClockState {
  const { unit } = clock.limit
  const dueAt = calendar.due(clock.countedFrom, clock.left, unit)
  return atLatest({ ...clock, dueAt, provisional: calendar.isOpen(clock.countedFrom, dueAt, unit) })
}

/** What is demanded at the latest is a day that somebody else set: it is not 暂定. */
function atLatest(clock: ClockState): ClockState {
  if (!clock.latest || clock.latest.getTime() >= clock.dueAt.getTime()) return clock
  return { ...clock, dueAt: clock.latest, provisional: false }
}

function countsDays(unit: LimitUnit): boolean {
  return unit === 'workday' || unit === 'day'
}
