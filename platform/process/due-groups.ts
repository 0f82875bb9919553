import type { WorkCalendar } from '#platform/calendar/work-calendar.ts'

/** Moments that part open work by when it is due, as the inbox groups it. */
export interface DueBounds {
  /** End of office hours today; null on a day of rest. */
  close: Date | null
  tomorrow: Date
  /** Beginning of the next working day, and of the day after it. */
  next: Date
  afterNext: Date
}

const DAY_MS = 86_400_000

/** Where the groups of an inbox begin and end at a moment: today, tonight, until the next working day, that day, later. */
export function dueBounds(calendar: WorkCalendar, now: Date): DueBounds {
  const today = calendar.dateAt(now)
  // Noon is in the middle of a day whatever the offset.
  const dayAfter = (date: string) => calendar.dateAt(new Date(calendar.instant(date, '12:00').getTime() + DAY_MS))
  const start = (date: string) => calendar.instant(date, '00:00')
  const tomorrow = dayAfter(today)
  const next = calendar.workdayAfter(today)
  const hours = calendar.isWorkday(today) ? calendar.officeHoursOn(today).at(-1) : undefined
  return {
    close: hours ? calendar.instant(today, hours.to) : null,
    tomorrow: start(tomorrow),
    next: start(next),
    afterNext: start(dayAfter(next)),
  }
}
