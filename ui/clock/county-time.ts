import type { Language } from '#ui/i18n/catalogue.ts'

/** A county's wall clock: Asia/Shanghai has had no summer time since 1991, so the offset is fixed. */
export const COUNTY_OFFSET_MS = 8 * 3_600_000
export const MINUTE = 60_000
export const HOUR = 3_600_000
export const DAY = 86_400_000

export interface WallTime {
  year: number
  month: number
  day: number
  hour: number
  minute: number
  second: number
  /** 0 is Sunday. */
  weekday: number
}

export type Instant = string | number | Date

export function toMs(at: Instant): number {
  return typeof at === 'number' ? at : new Date(at).getTime()
}

export function wallTime(at: Instant): WallTime {
  const d = new Date(toMs(at) + COUNTY_OFFSET_MS)
  return {
    year: d.getUTCFullYear(),
    month: d.getUTCMonth() + 1,
    day: d.getUTCDate(),
    hour: d.getUTCHours(),
    minute: d.getUTCMinutes(),
    second: d.getUTCSeconds(),
    weekday: d.getUTCDay(),
  }
}

const two = (n: number) => String(n).padStart(2, '0')

/** `2026-09-30` as the county counts days. */
export function dayOf(at: Instant): string {
  const w = wallTime(at)
  return `${w.year}-${two(w.month)}-${two(w.day)}`
}

/** Midnight at which a county day (`2026-09-30`) begins, in epoch milliseconds. */
export function dayStart(day: string): number {
  return Date.parse(`${day}T00:00:00+08:00`)
}

export function nextDay(day: string, by = 1): string {
  return dayOf(dayStart(day) + by * DAY)
}

export function clockText(at: Instant): string {
  const w = wallTime(at)
  return `${two(w.hour)}:${two(w.minute)}:${two(w.second)}`
}

export function hourMinute(at: Instant): string {
  return clockText(at).slice(0, 5)
}

/** `09-30`, without the year: lists speak of the weeks around now. */
export function monthDay(at: Instant | string): string {
  const day = typeof at === 'string' && at.length === 10 ? at : dayOf(at)
  return day.slice(5)
}

/** `2026-09-30 16:20:05`: the exact time, shown on hover and in exports. */
export function exactTime(at: Instant): string {
  return `${dayOf(at)} ${clockText(at)}`
}

const weekdaysZh = ['周日', '周一', '周二', '周三', '周四', '周五', '周六']
const weekdaysEn = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat']

export function weekdayText(at: Instant | string, language: Language): string {
  const ms = typeof at === 'string' && at.length === 10 ? dayStart(at) : toMs(at)
  return (language === 'en' ? weekdaysEn : weekdaysZh)[wallTime(ms).weekday]!
}
