import { clockText, dayOf, hourMinute, type Instant, nextDay, wallTime, weekdayText } from '#ui/clock/county-time.ts'
import type { Language } from '#ui/i18n/catalogue.ts'

const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']

/** A day and a time as one says them: `今天 17:30`, `明天（周四）09:50`, `10月13日（周二）17:30`; the year when it is another. */
export function momentWords(at: Instant, now: number, language: Language): string {
  const day = dayOf(at)
  const today = dayOf(now)
  const time = hourMinute(at)
  const w = wallTime(at)
  const en = language === 'en'
  if (day === today) return en ? `today ${time}` : `今天 ${time}`
  if (day === nextDay(today))
    return en ? `tomorrow (${weekdayText(at, language)}) ${time}` : `明天（${weekdayText(at, language)}）${time}`
  const otherYear = w.year !== wallTime(now).year
  if (en) return `${weekdayText(at, language)} ${w.day} ${months[w.month - 1]}${otherYear ? ` ${w.year}` : ''}, ${time}`
  return `${otherYear ? `${w.year}年` : ''}${w.month}月${w.day}日（${weekdayText(at, language)}）${time}`
}

/** Times of consecutive steps to the second; the day is said once, the year only when it is not this one. */
export function stepTimes(instants: readonly Instant[], now: number): string[] {
  const year = wallTime(now).year
  let said = ''
  return instants.map((at) => {
    const day = dayOf(at)
    const prefix = day === said ? '' : `${wallTime(at).year === year ? day.slice(5) : day} `
    said = day
    return `${prefix}${clockText(at)}`
  })
}

/** `今天 16:20`, `09-30 16:20`, `2025-12-30 16:20`: when something was reported. */
export function shortMoment(at: Instant, now: number, language: Language): string {
  const day = dayOf(at)
  if (day === dayOf(now)) return `${language === 'en' ? 'today' : '今天'} ${hourMinute(at)}`
  return `${wallTime(at).year === wallTime(now).year ? day.slice(5) : day} ${hourMinute(at)}`
}
