import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { keepOriginal, LONG_SIDE, photoPlan } from './photo-size.ts'

const mb = 1024 * 1024

describe('a photo before it is sent', () => {
  it('is drawn smaller when it comes from a camera', () => {
    expect(photoPlan({ type: 'image/jpeg', bytes: 6 * mb, width: 4000, height: 3000 })).toEqual({
      redraw: true,
      width: 2048,
      height: 1536,
    })
    expect(photoPlan({ type: 'image/jpeg', bytes: 6 * mb, width: 3000, height: 4000 })).toMatchObject({ height: 2048 })
  })

  it('is left alone when it is small already', () => {
    expect(photoPlan({ type: 'image/jpeg', bytes: 300 * 1024, width: 1280, height: 960 })).toEqual({ redraw: false })
  })

  it('is drawn anew when it is heavy, or in a format that the server refuses', () => {
    expect(photoPlan({ type: 'image/png', bytes: 5 * mb, width: 1200, height: 900 })).toEqual({
      redraw: true,
      width: 1200,
      height: 900,
    })
    expect(photoPlan({ type: 'image/heic', bytes: 200 * 1024, width: 800, height: 600 })).toMatchObject({
      redraw: true,
    })
  })

  it('never grows and keeps its shape', () => {
    const side = fc.integer({ min: 1, max: 12_000 })
    fc.assert(
      fc.property(side, side, fc.nat(30 * mb), (width, height, bytes) => {
        const plan = photoPlan({ type: 'image/jpeg', bytes, width, height })
        if (!plan.redraw) return
        expect(plan.width).toBeLessThanOrEqual(width)
        expect(plan.height).toBeLessThanOrEqual(height)
        expect(Math.max(plan.width, plan.height)).toBeLessThanOrEqual(LONG_SIDE)
        // Within the half pixel that rounding costs.
        expect(Math.abs(plan.width * height - plan.height * width)).toBeLessThanOrEqual(Math.max(width, height))
      }),
    )
  })

  it('keeps the original where drawing saved nothing', () => {
    expect(keepOriginal('image/jpeg', 800_000, 900_000, false)).toBe(true)
    expect(keepOriginal('image/jpeg', 800_000, 500_000, false)).toBe(false)
    expect(keepOriginal('image/jpeg', 800_000, 900_000, true)).toBe(false)
    expect(keepOriginal('image/heic', 800_000, 900_000, false)).toBe(false)
  })
})
