import type { FaultKind } from './plan.ts'
import { type GeoShape, normal, type Point, type Ring, type Shape, toUnits, withoutRepeats } from './shape.ts'
import { placeInRing, selfMeeting, sideOf } from './topology.ts'

export type ReadShape = { shape: Shape } | { problem: FaultKind; at?: Point; params?: Record<string, string | number> }

/** Most corners that one grid may have; more is a picture, not a border. */
const MOST_CORNERS = 5000

/** Reads a shape that somebody drew or sent, and names the first thing that is wrong with its rings. */
export function readShape(geo: GeoShape | null | undefined): ReadShape {
  if (!geo) return { problem: 'no_shape' }
  if ((geo.type !== 'Polygon' && geo.type !== 'MultiPolygon') || !Array.isArray(geo.coordinates))
    return { problem: 'not_polygon', params: { type: String((geo as { type?: unknown }).type ?? '') } }
  const polygons = geo.type === 'Polygon' ? [geo.coordinates] : geo.coordinates
  if (polygons.length === 0) return { problem: 'no_shape' }
  const shape: Shape = []
  let corners = 0
  for (const polygon of polygons) {
    if (!Array.isArray(polygon) || polygon.length === 0) return { problem: 'no_shape' }
    const rings: Ring[] = []
    for (const points of polygon) {
      if (!Array.isArray(points)) return { problem: 'not_polygon', params: { type: geo.type } }
      const read: Point[] = []
      for (const point of points) {
        if (!Array.isArray(point) || !Number.isFinite(point[0]) || !Number.isFinite(point[1]))
          return { problem: 'not_degrees', params: { value: JSON.stringify(point)?.slice(0, 60) ?? '' } }
        const [lon, lat] = point as [number, number]
        if (!(lon > 73 && lon < 136 && lat > 3 && lat < 54))
          return { problem: 'not_degrees', params: { value: `${lon}, ${lat}` } }
        read.push([toUnits(lon), toUnits(lat)])
      }
      const ring = withoutRepeats(read)
      corners += ring.length
      if (ring.length < 3 || corners > MOST_CORNERS)
        return { problem: 'ring_short', ...(ring[0] ? { at: ring[0] } : {}), params: { corners: ring.length } }
      const [first, last] = [read[0]!, read.at(-1)!]
      if (first[0] !== last[0] || first[1] !== last[1]) return { problem: 'ring_open', at: last }
      const crossing = selfMeeting(ring)
      if (crossing) return { problem: 'self_crossing', at: crossing }
      if (ring.every((point) => sideOf(ring[0]!, ring[1]!, point) === 0))
        return { problem: 'ring_short', at: ring[0]!, params: { corners: ring.length } }
      rings.push(ring)
    }
    const [outer, ...holes] = rings
    for (const hole of holes) {
      const out = hole.find((point) => placeInRing(outer!, point) === -1)
      if (out || hole.every((point) => placeInRing(outer!, point) === 0))
        return { problem: 'ring_hole', at: out ?? hole[0]! }
    }
    shape.push(rings)
  }
  return { shape: normal(shape) }
}
