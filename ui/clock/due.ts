import type { LimitUnit, Remaining, WorkCalendar } from '#platform/calendar/work-calendar.ts'
import { toMs } from '#ui/clock/county-time.ts'
import { sessionsOn } from '#ui/clock/work-days.ts'

/** A deadline as the server states it. Only the server's timer decides `overdue`; the screen never does. */
export interface Due {
  at: string
  unit: LimitUnit
  overdue: boolean
  /** Since when its clock stands still. */
  pausedAt?: string | null
  /** The holidays of that year are not announced yet (暂定). */
  provisional?: boolean
}

export function lastClose(calendar: WorkCalendar, day: string): number | undefined {
  return sessionsOn(calendar, day).at(-1)?.to
}

/** What is left of a deadline in its own kind of time; frozen while its clock is paused. */
export function leftOf(due: Due, now: number, calendar: WorkCalendar): Remaining {
  return calendar.remaining(new Date(due.pausedAt ? toMs(due.pausedAt) : now), new Date(toMs(due.at)), due.unit)
}
