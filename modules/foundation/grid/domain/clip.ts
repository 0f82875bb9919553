import { difference, featureCollection, intersect, multiPolygon } from '@turf/turf'
import { normal, type Point, perimeterOf, type Shape, squareMetres, twiceAreaOf, withoutRepeats } from './shape.ts'
import { pointInside } from './topology.ts'

/**
 * Turf computes in the plane, so units serve it as well as degrees, counted from a corner nearby: with fewer digits before
 * the point it does not lose its way between lines that run almost alike.
 */
function feature(shape: Shape, [left, bottom]: Point) {
  return multiPolygon(
    shape.map((polygon) => polygon.map((ring) => [...ring, ring[0]!].map(([x, y]) => [x - left, y - bottom]))),
  )
}

function shapeOf(found: ReturnType<typeof intersect>, [left, bottom]: Point): Shape {
  if (!found) return []
  const { geometry } = found
  const polygons = (geometry.type === 'Polygon' ? [geometry.coordinates] : geometry.coordinates) as number[][][][]
  const shape = polygons
    .map((polygon) =>
      polygon
        .map((ring) => withoutRepeats(ring.map(([x, y]): Point => [Math.round(x!) + left, Math.round(y!) + bottom])))
        .filter((ring) => ring.length >= 3),
    )
    .filter((polygon) => polygon.length > 0)
  return normal(shape)
}

function originOf(shape: Shape): Point {
  return shape[0]?.[0]?.[0] ?? [0, 0]
}

/** What two shapes have in common. */
export function common(a: Shape, b: Shape): Shape {
  const origin = originOf(a)
  return shapeOf(intersect(featureCollection([feature(a, origin), feature(b, origin)])), origin)
}

/** What of a shape lies in none of the others. */
export function without(a: Shape, others: readonly Shape[]): Shape {
  if (others.length === 0) return a
  const origin = originOf(a)
  return shapeOf(difference(featureCollection([a, ...others].map((shape) => feature(shape, origin)))), origin)
}

/** A piece of land that is wrong, and a point in it for the map. */
export interface Piece {
  shape: Shape
  squareMetres: number
  at: Point
}

/**
 * Pieces that count, the largest first. Where two surveys round the same line differently, slivers of centimetres are left
 * over or lie double: a piece narrower than the tolerance on average is none.
 */
export function piecesThatCount(shape: Shape, sliverMetres: number): Piece[] {
  const pieces: Piece[] = []
  for (const polygon of shape) {
    const one: Shape = [polygon]
    const area = squareMetres(twiceAreaOf(one) / 2, polygon[0]![0]![1])
    if (area < 1 || (2 * area) / perimeterOf(one) < sliverMetres) continue
    pieces.push({ shape: one, squareMetres: area, at: pointInside(one) })
  }
  return pieces.sort((a, b) => b.squareMetres - a.squareMetres)
}
