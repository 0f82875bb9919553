const DAY_MS = 86_400_000

const toMs = (day: string) => Date.parse(`${day}T00:00:00Z`)
const toDay = (ms: number) => new Date(ms).toISOString().slice(0, 10)

export const addDays = (day: string, days: number): string => toDay(toMs(day) + days * DAY_MS)
export const monthOf = (day: string): string => `${day.slice(0, 7)}-01`
/** First day of the month that many months on. */
export function addMonths(day: string, months: number): string {
  const at = new Date(toMs(monthOf(day)))
  at.setUTCMonth(at.getUTCMonth() + months)
  return toDay(at.getTime())
}
export const isDay = (text: string): boolean => /^\d{4}-\d{2}-\d{2}$/.test(text) && toDay(toMs(text) || 0) === text

export type PeriodKind = 'day' | 'week' | 'month' | 'range'

export interface Days {
  from: string
  to: string
}

/** The day, the Monday-to-Sunday week or the month that a day lies in, or a range as given. */
export function periodAt(kind: PeriodKind, from: string, to = from): Days {
  if (kind === 'day') return { from, to: from }
  if (kind === 'month') return { from: monthOf(from), to: addDays(addMonths(from, 1), -1) }
  if (kind === 'range') return from <= to ? { from, to } : { from: to, to: from }
  const weekday = (new Date(toMs(from)).getUTCDay() + 6) % 7
  const monday = addDays(from, -weekday)
  return { from: monday, to: addDays(monday, 6) }
}

/** How many periods a trend shows, the last of them being the one asked for. */
const TREND: Record<PeriodKind, number> = { day: 14, week: 12, month: 12, range: 6 }

/** The period with those before it, of the same kind, oldest first. */
export function trendOf(kind: PeriodKind, period: Days): Days[] {
  const length = Math.round((toMs(period.to) - toMs(period.from)) / DAY_MS) + 1
  const steps = TREND[kind]
  return Array.from({ length: steps }, (_, i) => {
    const back = steps - 1 - i
    if (kind === 'month') return periodAt('month', addMonths(period.from, -back))
    return { from: addDays(period.from, -back * length), to: addDays(period.to, -back * length) }
  })
}

/** A run of days of one bucket that is read as whole months or day by day. */
export interface Span {
  bucket: number
  /** Today and later: deadlines count only where fulfilled. */
  coming: boolean
  grain: 'd' | 'm'
  from: string
  to: string
  /** Day by which the last cell is kept: for months its first day. */
  lastCell: string
}

/** Whole months inside the buckets as months, the rest as days, cut where today begins. */
export function spansOf(buckets: readonly Days[], today: string): Span[] {
  return buckets.flatMap(({ from, to }, bucket) => {
    const yesterday = addDays(today, -1)
    const halves = [
      { from, to: to < yesterday ? to : yesterday, coming: false },
      { from: from > today ? from : today, to, coming: true },
    ]
    return halves.filter((half) => half.from <= half.to).flatMap((half) => cut(bucket, half))
  })
}

function cut(bucket: number, { from, to, coming }: Days & { coming: boolean }): Span[] {
  const first = monthOf(from) === from ? from : addMonths(from, 1)
  const end = addDays(addMonths(addDays(to, 1), 0), -1)
  const days = (a: string, b: string): Span[] =>
    a <= b ? [{ bucket, coming, grain: 'd', from: a, to: b, lastCell: b }] : []
  if (first > end) return days(from, to)
  return [
    ...days(from, addDays(first, -1)),
    { bucket, coming, grain: 'm', from: first, to: end, lastCell: monthOf(end) },
    ...days(addDays(end, 1), to),
  ]
}
