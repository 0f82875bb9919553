import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { boundsOf, circle, fit, metresToPixels, project, unproject } from '#ui/map/projection.ts'

describe('web mercator', () => {
  it('comes back to where it began', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 100, max: 130, noNaN: true }),
        fc.double({ min: 18, max: 53, noNaN: true }),
        fc.integer({ min: 6, max: 18 }),
        (lon, lat, zoom) => {
          const p = project({ lon, lat }, zoom)
          const back = unproject(p.x, p.y, zoom)
          expect(back.lon).toBeCloseTo(lon, 8)
          expect(back.lat).toBeCloseTo(lat, 8)
        },
      ),
    )
  })

  it('draws 200 metres as long as they are', () => {
    const here = { lon: 120.513, lat: 31.252 }
    const ring = circle(here, 200)
    const east = project({ lon: ring[0]![0], lat: ring[0]![1] }, 15)
    expect(east.x - project(here, 15).x).toBeCloseTo(metresToPixels(200, here.lat, 15), 0)
    expect(ring.at(-1)![0]).toBeCloseTo(ring[0]![0], 9)
  })

  it('fits bounds into a view', () => {
    const bounds = boundsOf([
      [120, 31],
      [121, 31.5],
    ])!
    const view = fit(bounds, 600, 400)
    const a = project({ lon: 120, lat: 31.5 }, view.zoom)
    const b = project({ lon: 121, lat: 31 }, view.zoom)
    expect(b.x - a.x).toBeLessThanOrEqual(600)
    expect(b.y - a.y).toBeLessThanOrEqual(400)
    expect(boundsOf([])).toBeUndefined()
  })
})
