import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { rowOffsets, windowRows } from '#ui/inbox/window-rows.ts'

describe('drawing only the rows in view', () => {
  it('covers the view and keeps the full height, whatever the heights', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 1, max: 80 }), { minLength: 1, maxLength: 400 }),
        fc.nat(20_000),
        fc.integer({ min: 1, max: 1200 }),
        (heights, top, height) => {
          const offsets = rowOffsets(heights)
          const total = offsets.at(-1)!
          const from = Math.min(top, Math.max(0, total - height))
          const w = windowRows(offsets, from, height, 0)
          expect(offsets[w.first]!).toBeLessThanOrEqual(from)
          expect(offsets[w.end]!).toBeGreaterThanOrEqual(Math.min(total, from + height))
          const drawn = offsets[w.end]! - offsets[w.first]!
          expect(w.above + drawn + w.below).toBe(total)
        },
      ),
    )
  })

  it('draws a small part of 10,000 rows', () => {
    const offsets = rowOffsets(Array.from({ length: 10_000 }, () => 48))
    const w = windowRows(offsets, 240_000, 600)
    expect(w.end - w.first).toBeLessThan(40)
  })

  it('draws nothing of nothing', () => {
    expect(windowRows(rowOffsets([]), 0, 600)).toEqual({ first: 0, end: 0, above: 0, below: 0 })
  })
})
