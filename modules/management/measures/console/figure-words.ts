import type { getMeasures } from '#modules/management/measures/contract.ts'
import type { RouteOutput } from '#platform/contract/route.ts'

type Item = RouteOutput<typeof getMeasures>['items'][number]
export type Measure = Item['measure']
export type Figure = Item['figure']

export const whole = (value: number): string => Math.round(value).toLocaleString('en-US')

/** 93.1%, 1,204, 26.5; a dash where there is nothing to divide by. */
export function valueText(unit: Measure['unit'], value: number | null): string {
  if (value === null) return '—'
  if (unit === 'percent') return `${(value * 100).toFixed(1)}%`
  return unit === 'hours' ? value.toFixed(1) : whole(value)
}

/** What changed against the period before: percentage points for shares, the difference otherwise; empty where unknown. */
export function changeText(unit: Measure['unit'], now: number | null, before: number | null): string {
  if (now === null || before === null) return ''
  const by = unit === 'percent' ? (now - before) * 100 : now - before
  const rounded = unit === 'count' ? Math.round(by) : Math.round(by * 10) / 10
  if (rounded === 0) return '±0'
  return `${rounded > 0 ? '+' : '−'}${unit === 'count' ? whole(Math.abs(rounded)) : Math.abs(rounded).toFixed(1)}`
}

/** Points of a small line in a box; undefined values break it. One value alone is a point. */
export function sparkLines(values: readonly (number | null)[], width: number, height: number): string[] {
  const known = values.filter((value): value is number => value !== null)
  if (known.length === 0) return []
  const [low, high] = [Math.min(...known), Math.max(...known)]
  const x = (i: number) => Math.round(((i + 0.5) / values.length) * width * 10) / 10
  const y = (value: number) =>
    Math.round((high === low ? height / 2 : height - 3 - ((value - low) / (high - low)) * (height - 6)) * 10) / 10
  const lines: string[][] = [[]]
  values.forEach((value, i) => {
    if (value === null) lines.push([])
    else lines.at(-1)!.push(`${x(i)},${y(value)}`)
  })
  return lines.filter((line) => line.length > 0).map((line) => line.join(' '))
}

/** Where a number leads: the cases behind it, by the same period and object. */
export function casesHref(values: Record<string, string>, measure: string, side: 'numerator' | 'denominator'): string {
  const { by: _by, show: _show, ...rest } = values
  return `/measures/cases?${new URLSearchParams({ ...rest, measure, side })}`
}

/** A channel by its name; its key where nobody has worded it. */
export const sourceName = ({ t, has }: { t(key: string): string; has(key: string): boolean }, key: string): string =>
  has(`source.${key}`) ? t(`source.${key}`) : key
