/** The yearly holiday notice of the State Council as it is entered, and the slips of the pen that can be caught. Pure. */
import { STATUTORY_YEARS, statutoryDays } from './statutory-days.ts'
import { type DayKind, FIRST_YEAR, isCalendarDate, LAST_YEAR, NEW_YEAR_REACH } from './work-calendar.ts'

export interface NoticeDay {
  /** YYYY-MM-DD */
  date: string
  kind: DayKind
  name: string
}

export interface HolidayNotice {
  year: number
  /** Title and number. */
  notice: string
  noticeUrl?: string | null
  /** YYYY-MM-DD */
  publishedOn?: string | null
  /** All days off, weekends in them included or not, and all make-up working days. */
  days: NoticeDay[]
}

export interface NoticeProblem {
  code:
    | 'calendar.year_out_of_range'
    | 'calendar.notice_missing'
    | 'calendar.date_invalid'
    | 'calendar.day_outside_year'
    | 'calendar.day_twice'
    | 'calendar.workday_not_weekend'
    | 'calendar.statutory_day_missing'
  date?: string
  name?: string
}

/** The years whose notices may turn a date: the last days of December may be turned for the next New Year too. */
export function noticeYearsOf(date: string): number[] {
  const year = Number(date.slice(0, 4))
  return date.slice(5) >= NEW_YEAR_REACH ? [year, year + 1] : [year]
}

/** What cannot be right in a notice. Empty when it may be entered. */
export function checkNotice(notice: HolidayNotice): NoticeProblem[] {
  const { year, days } = notice
  if (!(Number.isInteger(year) && year >= FIRST_YEAR && year <= LAST_YEAR))
    return [{ code: 'calendar.year_out_of_range' }]
  const problems: NoticeProblem[] = []
  if (!notice.notice.trim()) problems.push({ code: 'calendar.notice_missing' })
  if (notice.publishedOn && !isCalendarDate(notice.publishedOn)) {
    problems.push({ code: 'calendar.date_invalid', date: notice.publishedOn })
  }
  const kinds = new Map<string, DayKind>()
  for (const { date, kind } of days) {
    if (!isCalendarDate(date)) problems.push({ code: 'calendar.date_invalid', date })
    else if (!noticeYearsOf(date).includes(year)) problems.push({ code: 'calendar.day_outside_year', date })
    else if (kinds.has(date)) problems.push({ code: 'calendar.day_twice', date })
    else if (kind === 'workday' && !isWeekend(date)) problems.push({ code: 'calendar.workday_not_weekend', date })
    kinds.set(date, kind)
  }
  if (year >= STATUTORY_YEARS.first) {
    for (const { date, name } of statutoryDays(year)) {
      const off = kinds.get(date) ?? (isWeekend(date) ? 'holiday' : 'workday')
      if (off !== 'holiday') problems.push({ code: 'calendar.statutory_day_missing', date, name })
    }
  }
  return problems
}

function isWeekend(date: string): boolean {
  const weekday = new Date(Date.parse(date)).getUTCDay()
  return weekday === 0 || weekday === 6
}
