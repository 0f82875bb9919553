/**
 * Limits, deadlines and what is left of them, in words. Pure: a list row, a live countdown and a printed document say the same.
 * Times are shown in the county's zone, whatever the reader's machine is set to.
 */
import type { Limit, LimitUnit, Remaining } from './work-calendar.ts'

export type DeadlineLocale = 'zh-CN' | 'en'

const SECOND = 1_000
const MINUTE = 60 * SECOND
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR

const UNIT_ZH: Record<LimitUnit, string> = {
  workHour: '工作时',
  urgentHour: '紧急工作时',
  workday: '工作日',
  day: '自然日',
}
const UNIT_EN: Record<LimitUnit, string> = {
  workHour: 'working hour',
  urgentHour: 'consecutive hour',
  workday: 'working day',
  day: 'calendar day',
}

const two = (value: number): string => String(value).padStart(2, '0')
const plural = (value: number, noun: string): string => `${value} ${noun}${value === 1 ? '' : 's'}`

/** '8 工作时', '24 紧急工作时', '5 工作日', '3 自然日'; '8 working hours' … */
export function formatLimit(limit: Limit, locale: DeadlineLocale): string {
  return locale === 'zh-CN' ? `${limit.value} ${UNIT_ZH[limit.unit]}` : plural(limit.value, UNIT_EN[limit.unit])
}

export interface RemainingStyle {
  /** Count working days in office hours as well, as a list does that sorts by time left. */
  inHours?: boolean
  /** Always to the second, for a live countdown. Without it seconds show below an hour and on what is late. */
  seconds?: boolean
  /** The clock stands still. */
  paused?: boolean
}

/**
 * '还剩 3 工作时', '还剩 7 工作时47分', '还剩 13分42秒', '还剩 5 工作日', '超时 1 工作时06分36秒', '暂停中，还剩 5 工作日';
 * '3 working hours left', 'overdue by 1 working hour 06 min 36 s' …
 */
export function formatRemaining(remaining: Remaining, locale: DeadlineLocale, style: RemainingStyle = {}): string {
  const amount = amountLeft(remaining, locale, style)
  if (locale === 'zh-CN') {
    const text = !remaining.overdue ? (amount ? `还剩 ${amount}` : '已到期') : amount ? `超时 ${amount}` : '已超时'
    return style.paused ? `暂停中，${text}` : text
  }
  const text = !remaining.overdue
    ? amount
      ? `${amount} left`
      : 'due now'
    : amount
      ? `overdue by ${amount}`
      : 'overdue'
  return style.paused ? `paused, ${text}` : text
}

/** The amount alone; empty below a second. */
function amountLeft({ unit, overdue, millis, days }: Remaining, locale: DeadlineLocale, style: RemainingStyle): string {
  const zh = locale === 'zh-CN'
  if (days > 0 && !style.inHours) return formatLimit({ value: days, unit: unit === 'day' ? 'day' : 'workday' }, locale)

  const office = unit === 'workHour' || unit === 'workday'
  // A countdown must not promise a second that is gone, and lateness must not be called before it is there: both round down.
  const total = Math.floor(millis / SECOND)
  const second = total % 60
  const minute = Math.floor(total / 60) % 60
  const hours = Math.floor(total / 3600)
  if (total === 0) return ''
  if (hours === 0) {
    if (zh) return `${minute > 0 ? `${minute}分${two(second)}` : second}秒`
    return minute > 0 ? `${minute} min ${two(second)} s` : `${second} s`
  }
  const wholeDays = office ? 0 : Math.floor(hours / 24)
  if (wholeDays >= 2 && !style.seconds) {
    const rest = hours % 24
    return zh ? `${wholeDays}天${rest ? `${two(rest)}时` : ''}` : `${wholeDays} d${rest ? ` ${two(rest)} h` : ''}`
  }
  const withSeconds = (style.seconds || overdue) && (second > 0 || style.seconds === true)
  const tail = zh
    ? `${minute > 0 || withSeconds ? `${two(minute)}分` : ''}${withSeconds ? `${two(second)}秒` : ''}`
    : `${minute > 0 || withSeconds ? ` ${two(minute)} min` : ''}${withSeconds ? ` ${two(second)} s` : ''}`
  if (office) return zh ? `${hours} 工作时${tail}` : `${plural(hours, 'working hour')}${tail}`
  return zh ? `${hours}${tail ? '时' : '小时'}${tail}` : `${hours} h${tail}`
}

export interface DeadlineStyle {
  /** With it a deadline of the same day reads '今天 17:30', one of another year carries the year. Without it the year is shown. */
  now?: Date
  /** The county's zone. */
  utcOffsetMinutes?: number
  /** 暂定 is said in words. */
  provisional?: boolean
  seconds?: boolean
}

/** '今天 17:30', '10-13 17:30', '2027-01-08 17:30（暂定）'; 'today 17:30', '2027-01-08 17:30 (provisional)'. */
export function formatDeadline(at: Date, locale: DeadlineLocale, style: DeadlineStyle = {}): string {
  const offset = (style.utcOffsetMinutes ?? 480) * MINUTE
  const iso = new Date(at.getTime() + offset).toISOString()
  const time = iso.slice(11, style.seconds ? 19 : 16)
  let date = iso.slice(0, 10)
  if (style.now) {
    const today = Math.floor((style.now.getTime() + offset) / DAY)
    const distance = Math.floor((at.getTime() + offset) / DAY) - today
    const zh = locale === 'zh-CN'
    if (distance === 0) date = zh ? '今天' : 'today'
    else if (distance === 1) date = zh ? '明天' : 'tomorrow'
    else if (date.slice(0, 4) === new Date(today * DAY).toISOString().slice(0, 4)) date = date.slice(5)
  }
  const mark = style.provisional ? (locale === 'zh-CN' ? '（暂定）' : ' (provisional)') : ''
  return `${date} ${time}${mark}`
}
