/**
 * Shapes in whole micro-degrees (0.000001°, about 0.1 m): coordinates of surveys carry no more, and whole numbers make
 * every test of sides exact. Longitude and latitude are GCJ-02, the datum of the county's maps.
 */
export type Point = readonly [x: number, y: number]
/** Without the repeated last point; outer rings run counter-clockwise, holes clockwise. */
export type Ring = Point[]
/** An outer ring and its holes. */
export type Polygon = Ring[]
export type Shape = Polygon[]
export type Box = readonly [west: number, south: number, east: number, north: number]

/** A shape as the API and files carry it (RFC 7946, degrees). */
export interface GeoShape {
  type: 'Polygon' | 'MultiPolygon'
  coordinates: unknown[]
}

const UNITS = 1_000_000
/** Metres of a degree of latitude on the mean sphere. */
const METRES_PER_DEGREE = 111_194.926_6

export function toUnits(degrees: number): number {
  return Math.round(degrees * UNITS)
}

export function toDegrees(units: number): number {
  return units / UNITS
}

/** Degrees for people and files. */
export function degreesOf([x, y]: Point): [number, number] {
  return [toDegrees(x), toDegrees(y)]
}

/** A shape as GeoJSON: rings closed, one polygon as `Polygon`. */
export function toGeo(shape: Shape): GeoShape {
  const polygons = shape.map((polygon) => polygon.map((ring) => [...ring, ring[0]!].map(degreesOf)))
  return polygons.length === 1
    ? { type: 'Polygon', coordinates: polygons[0]! }
    : { type: 'MultiPolygon', coordinates: polygons }
}

/** Reads a shape that was checked when it was taken in; what may be wrong goes through `readShape`. */
export function fromGeo(geo: GeoShape): Shape {
  const polygons = (geo.type === 'Polygon' ? [geo.coordinates] : geo.coordinates) as number[][][][]
  return normal(
    polygons.map((polygon) =>
      polygon.map((ring) => withoutRepeats(ring.map(([lon, lat]): Point => [toUnits(lon!), toUnits(lat!)]))),
    ),
  )
}

/** A ring without its closing point and without points that stand twice in a row. */
export function withoutRepeats(points: readonly Point[]): Ring {
  const ring: Ring = []
  for (const point of points) {
    const last = ring.at(-1)
    if (!last || last[0] !== point[0] || last[1] !== point[1]) ring.push(point)
  }
  while (ring.length > 1 && same(ring[0]!, ring.at(-1)!)) ring.pop()
  return ring
}

export function same(a: Point, b: Point): boolean {
  return a[0] === b[0] && a[1] === b[1]
}

/** Outer rings counter-clockwise, holes clockwise. */
export function normal(shape: Shape): Shape {
  return shape.map((polygon) =>
    polygon.map((ring, index) => {
      const turned = twiceArea(ring) < 0
      return turned === (index === 0) ? [...ring].reverse() : ring
    }),
  )
}

/** Twice the signed area in square units; positive when counter-clockwise. Exact up to about 90 km across. */
export function twiceArea(ring: readonly Point[]): number {
  const origin = ring[0]
  if (!origin) return 0
  let sum = 0
  for (let i = 1; i + 1 < ring.length; i++) {
    const [ax, ay] = ring[i]!
    const [bx, by] = ring[i + 1]!
    sum += (ax - origin[0]) * (by - origin[1]) - (bx - origin[0]) * (ay - origin[1])
  }
  return sum
}

/** Twice the area of a shape, holes taken off. */
export function twiceAreaOf(shape: Shape): number {
  let sum = 0
  for (const polygon of shape)
    polygon.forEach((ring, index) => {
      sum += (index === 0 ? 1 : -1) * Math.abs(twiceArea(ring))
    })
  return sum
}

/** Square metres of so many square units at a latitude (in units). */
export function squareMetres(squareUnits: number, y: number): number {
  const metres = METRES_PER_DEGREE / UNITS
  return squareUnits * metres * metres * Math.cos((toDegrees(y) * Math.PI) / 180)
}

/** The area of a shape in square metres; at county size the error of the flat projection stays under a thousandth. */
export function areaOf(shape: Shape): number {
  if (shape.length === 0) return 0
  const [, south, , north] = boxOf(shape)
  return squareMetres(twiceAreaOf(shape) / 2, (south + north) / 2)
}

/** Metres between two points. */
export function metresBetween(a: Point, b: Point): number {
  const cos = Math.cos((toDegrees((a[1] + b[1]) / 2) * Math.PI) / 180)
  return (Math.hypot((a[0] - b[0]) * cos, a[1] - b[1]) * METRES_PER_DEGREE) / UNITS
}

/** The length of all rings in metres. */
export function perimeterOf(shape: Shape): number {
  let sum = 0
  for (const polygon of shape)
    for (const ring of polygon)
      for (let i = 0; i < ring.length; i++) sum += metresBetween(ring[i]!, ring[(i + 1) % ring.length]!)
  return sum
}

export function boxOf(shape: Shape): Box {
  let west = Number.POSITIVE_INFINITY
  let south = Number.POSITIVE_INFINITY
  let east = Number.NEGATIVE_INFINITY
  let north = Number.NEGATIVE_INFINITY
  for (const polygon of shape)
    for (const [x, y] of polygon[0] ?? []) {
      if (x < west) west = x
      if (x > east) east = x
      if (y < south) south = y
      if (y > north) north = y
    }
  return [west, south, east, north]
}

export function boxesMeet(a: Box, b: Box): boolean {
  return a[0] <= b[2] && b[0] <= a[2] && a[1] <= b[3] && b[1] <= a[3]
}

/** Every ring of a shape. */
export function* ringsOf(shape: Shape): Generator<Ring> {
  for (const polygon of shape) yield* polygon
}

export function cornersOf(shape: Shape): number {
  let sum = 0
  for (const ring of ringsOf(shape)) sum += ring.length
  return sum
}
