import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { addDays, monthOf, periodAt, spansOf, trendOf } from '#modules/management/measures/domain/period.ts'

const day = fc.integer({ min: 0, max: 1500 }).map((n) => addDays('2025-01-01', n))

describe('periods', () => {
  it('a week begins on Monday, a month holds its last day', () => {
    expect(periodAt('week', '2026-10-11')).toEqual({ from: '2026-10-05', to: '2026-10-11' })
    expect(periodAt('month', '2028-02-10')).toEqual({ from: '2028-02-01', to: '2028-02-29' })
    expect(periodAt('range', '2026-10-11', '2026-10-01')).toEqual({ from: '2026-10-01', to: '2026-10-11' })
  })

  it('a trend ends with the period asked for and has no gap before it', () => {
    for (const kind of ['day', 'week', 'month', 'range'] as const) {
      const period = periodAt(kind, '2026-03-31', '2026-04-09')
      const trend = trendOf(kind, period)
      expect(trend.at(-1)).toEqual(period)
      for (const [i, each] of trend.entries()) if (i > 0) expect(addDays(trend[i - 1]!.to, 1)).toBe(each.from)
    }
  })

  it('spans cover every day of a bucket once, months whole, cut where today begins', () => {
    fc.assert(
      fc.property(day, fc.nat(400), day, (from, length, today) => {
        const to = addDays(from, length)
        const spans = spansOf([{ from, to }], today)
        const covered: string[] = []
        for (const span of spans) {
          for (let at = span.from; at <= span.to; at = addDays(at, 1)) {
            covered.push(at)
            expect(span.coming).toBe(at >= today)
          }
          if (span.grain === 'm') {
            expect(span.from).toBe(monthOf(span.from))
            expect(addDays(span.to, 1)).toBe(monthOf(addDays(span.to, 1)))
            expect(span.lastCell).toBe(monthOf(span.to))
          }
        }
        expect(covered.toSorted()).toEqual(Array.from({ length: length + 1 }, (_, i) => addDays(from, i)))
        // At most the days of two months at the ends of each half are read one by one.
        expect(spans.length).toBeLessThanOrEqual(6)
      }),
    )
  })
})
