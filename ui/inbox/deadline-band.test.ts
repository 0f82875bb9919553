import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { layBand } from '#ui/inbox/deadline-band.ts'
import { at, calendar } from '#ui/testing/fixture-time.ts'
import { inboxItems } from '#ui/testing/inbox-fixture.ts'

const now = Date.parse(at('09-30 16:42:36'))
const items = inboxItems.map((i) => ({ at: i.due!.at, severity: i.severity ?? null }))

describe('deadline band', () => {
  it('lays today, the holiday and four working days side by side', () => {
    const band = layBand(items, now, calendar, 1176)
    expect(band.segments.map((s) => [s.kind, s.from, s.to, s.count])).toEqual([
      ['today', '2026-09-30', '2026-09-30', 5],
      ['rest', '2026-10-01', '2026-10-07', 0],
      ['work', '2026-10-08', '2026-10-08', 5],
      ['work', '2026-10-09', '2026-10-09', 2],
      ['work', '2026-10-10', '2026-10-10', 2],
      ['rest', '2026-10-11', '2026-10-11', 0],
      ['work', '2026-10-12', '2026-10-12', 3],
    ])
    expect(band.segments[4]!.day.makeUp).toBe(true)
    expect(band.close).toBe(Date.parse(at('09-30 17:30')))
    expect(band.start).toBe(Date.parse(at('09-30 15:30')))
  })

  it('keeps what lies beyond the last day as a number', () => {
    const band = layBand([{ at: at('10-20 17:30') }], now, calendar, 1000)
    expect(band.beyond).toBe(1)
  })

  it('draws neighbours as one mark with the worst severity', () => {
    const band = layBand(
      [
        { at: at('09-30 17:00:00'), severity: 'blue' },
        { at: at('09-30 17:00:20'), severity: 'red' },
      ],
      now,
      calendar,
      1176,
    )
    expect(band.segments[0]!.marks).toMatchObject([{ severity: 'red', count: 2 }])
  })

  it('makes room for an urgent clock that ends at night', () => {
    const band = layBand([{ at: at('09-30 22:10'), severity: 'red' }], now, calendar, 1176)
    const mark = band.segments[0]!.marks[0]!
    expect(mark.x).toBeGreaterThan(band.nowX)
    expect(mark.x).toBeLessThan(band.segments[0]!.width)
  })

  it('fills the width, keeps every mark inside its day and loses no item', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: Date.parse(at('09-01')), max: Date.parse(at('11-30')) }),
        fc.array(fc.integer({ min: -3 * 86_400_000, max: 30 * 86_400_000 }), { maxLength: 60 }),
        fc.integer({ min: 600, max: 2000 }),
        (when, offsets, width) => {
          const band = layBand(
            offsets.map((o) => ({ at: new Date(when + o).toISOString() })),
            when,
            calendar,
            width,
          )
          const sum = band.segments.reduce((s, x) => s + x.width, 0)
          expect(sum).toBeCloseTo(width, 6)
          for (const s of band.segments)
            for (const m of s.marks) {
              expect(m.x).toBeGreaterThanOrEqual(s.x - 1e-6)
              expect(m.x).toBeLessThanOrEqual(s.x + s.width + 1e-6)
            }
          expect(band.segments.reduce((n, s) => n + s.count, 0) + band.beyond).toBe(offsets.length)
        },
      ),
    )
  })
})
