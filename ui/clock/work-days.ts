import type { WorkCalendar } from '#platform/calendar/work-calendar.ts'

/** One stretch of office hours, in epoch milliseconds. */
export interface Session {
  from: number
  to: number
}

export interface DayKind {
  work: boolean
  /** Name of the holiday a day of rest belongs to, e.g. 国庆节. */
  holiday?: string
  /** A weekend day that is worked in exchange (调休上班). */
  makeUp?: boolean
  /** The year's notice is not out yet: the day follows the rule and may still change (暂定). */
  provisional?: boolean
}

/** What a band or a heading says about a day (`2026-09-30`). */
export function kindOf(calendar: WorkCalendar, day: string): DayKind {
  const info = calendar.dayInfo(day)
  const kind: DayKind = { work: info.workday }
  if (!info.workday && info.name) kind.holiday = info.name
  if (info.workday && info.from === 'entered') kind.makeUp = true
  if (info.provisional) kind.provisional = true
  return kind
}

/** Office hours of a day; empty on days of rest. */
export function sessionsOn(calendar: WorkCalendar, day: string): Session[] {
  if (!calendar.isWorkday(day)) return []
  return calendar.officeHoursOn(day).map((hours) => ({
    from: calendar.instant(day, hours.from).getTime(),
    to: calendar.instant(day, hours.to).getTime(),
  }))
}
