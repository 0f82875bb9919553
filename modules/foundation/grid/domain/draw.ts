import { common, without } from './clip.ts'
import {
  normal,
  type Point,
  type Ring,
  ringsOf,
  type Shape,
  same,
  twiceArea,
  twiceAreaOf,
  withoutRepeats,
} from './shape.ts'
import { sideOf } from './topology.ts'

/** Moves a corner wherever it stands, so that neighbours that share it stay neighbours. */
export function moveCorner(shape: Shape, from: Point, to: Point): Shape {
  return mapRings(shape, (ring) => withoutRepeats(ring.map((point) => (same(point, from) ? to : point))))
}

/** Puts a new corner on the side a–b, in whichever direction the side runs. */
export function addCorner(shape: Shape, a: Point, b: Point, corner: Point): Shape {
  return mapRings(shape, (ring) =>
    ring.flatMap((point, i) => {
      const next = ring[(i + 1) % ring.length]!
      const here = (same(point, a) && same(next, b)) || (same(point, b) && same(next, a))
      return here ? [point, corner] : [point]
    }),
  )
}

/** Takes a corner away; a ring that would be left with two corners keeps it. */
export function dropCorner(shape: Shape, corner: Point): Shape {
  return mapRings(shape, (ring) => {
    const rest = ring.filter((point) => !same(point, corner))
    return rest.length >= 3 ? rest : ring
  })
}

function mapRings(shape: Shape, change: (ring: Ring) => Ring): Shape {
  return shape.map((polygon) => polygon.map(change))
}

/** Half of the land beside a line, as large as is needed to cut a shape that lies within `far` of its first point. */
function halfPlane(a: Point, b: Point, far: number): Shape {
  const dx = b[0] - a[0]
  const dy = b[1] - a[1]
  const long = Math.hypot(dx, dy)
  const ux = (dx / long) * far
  const uy = (dy / long) * far
  const start: Point = [Math.round(a[0] - ux), Math.round(a[1] - uy)]
  const end: Point = [Math.round(b[0] + ux), Math.round(b[1] + uy)]
  return normal([
    [
      [
        start,
        end,
        [Math.round(end[0] - uy), Math.round(end[1] + ux)],
        [Math.round(start[0] - uy), Math.round(start[1] + ux)],
      ],
    ],
  ])
}

/**
 * Cuts a shape along the line through two points into what lies left and right of it.
 * @returns undefined when the line leaves the shape whole
 */
export function cutShape(shape: Shape, a: Point, b: Point): [Shape, Shape] | undefined {
  if (same(a, b)) return undefined
  const reach = Math.max(...[...ringsOf(shape)].flat().map((p) => Math.hypot(p[0] - a[0], p[1] - a[1])))
  const half = halfPlane(a, b, 2 * Math.ceil(reach) + Math.ceil(Math.hypot(b[0] - a[0], b[1] - a[1])))
  const left = common(shape, half)
  const right = without(shape, [half])
  if (left.length === 0 || right.length === 0 || twiceAreaOf(left) === 0 || twiceAreaOf(right) === 0) return undefined
  return [left, right]
}

/** So far from a side, in units, a corner still lies on it: coordinates are rounded to whole units. */
const ON_SIDE = 1.5

/** Where along a→b a point lies on that side, between its ends; undefined when it does not. */
function alongSide(a: Point, b: Point, p: Point): number | undefined {
  const dx = b[0] - a[0]
  const dy = b[1] - a[1]
  const long = Math.hypot(dx, dy)
  const along = ((p[0] - a[0]) * dx + (p[1] - a[1]) * dy) / long
  const off = Math.abs((p[1] - a[1]) * dx - (p[0] - a[0]) * dy) / long
  return along > 0 && along < long && off <= ON_SIDE ? along : undefined
}

/**
 * Corners of neighbours become corners of a shape where they lie on one of its sides and a side of the neighbour runs back
 * along it from there. A corner that is merely near, say the next one after the end of a shared side, is none of the shape's.
 */
export function withCornersOf(shape: Shape, others: readonly Shape[]): Shape {
  const sides = others.flatMap((other) =>
    [...ringsOf(other)].flatMap((ring) => ring.map((s, i): [Point, Point] => [s, ring[(i + 1) % ring.length]!])),
  )
  return mapRings(shape, (ring) => {
    const found: Ring = []
    ring.forEach((a, i) => {
      const b = ring[(i + 1) % ring.length]!
      found.push(a)
      const on: { p: Point; along: number }[] = []
      for (const [s, t] of sides) {
        const back = (t[0] - s[0]) * (b[0] - a[0]) + (t[1] - s[1]) * (b[1] - a[1]) < 0
        if (!back) continue
        for (const [p, end] of [
          [s, t],
          [t, s],
        ] as const) {
          if (same(p, a) || same(p, b)) continue
          const along = alongSide(a, b, p)
          const shared =
            same(end, a) ||
            same(end, b) ||
            alongSide(a, b, end) !== undefined ||
            alongSide(s, t, a) !== undefined ||
            alongSide(s, t, b) !== undefined
          if (along !== undefined && shared) on.push({ p, along })
        }
      }
      for (const { p } of on.sort((one, two) => one.along - two.along)) found.push(p)
    })
    return withoutRepeats(found)
  })
}

/**
 * One shape out of neighbours: sides that two of them share fall away, the others make the new outline. Exact, and keeps
 * every corner that the neighbours around have.
 */
export function joinShapes(shapes: readonly Shape[]): Shape {
  const noded = shapes.map((shape, i) =>
    withCornersOf(
      normal(shape),
      shapes.filter((_, j) => j !== i),
    ),
  )
  const key = (p: Point) => `${p[0]},${p[1]}`
  const open = new Map<string, [Point, Point]>()
  for (const shape of noded)
    for (const ring of ringsOf(shape))
      ring.forEach((a, i) => {
        const b = ring[(i + 1) % ring.length]!
        if (!open.delete(`${key(b)} ${key(a)}`)) open.set(`${key(a)} ${key(b)}`, [a, b])
      })
  const from = new Map<string, [Point, Point][]>()
  for (const side of open.values()) {
    const list = from.get(key(side[0]))
    if (list) list.push(side)
    else from.set(key(side[0]), [side])
  }
  const loops: Ring[] = []
  const left = new Set(open.values())
  for (const start of open.values()) {
    if (!left.has(start)) continue
    const ring: Ring = []
    let side: [Point, Point] | undefined = start
    while (side && left.delete(side)) {
      ring.push(side[0])
      const [a, b]: [Point, Point] = side
      const out: [Point, Point][] = (from.get(key(b)) ?? []).filter((next) => left.has(next))
      // Where loops touch in a corner, the sharpest turn to the left keeps them apart.
      side = out.length < 2 ? out[0] : out.toSorted((one, two) => turn(a, b, two[1]) - turn(a, b, one[1]))[0]
    }
    if (ring.length >= 3) loops.push(ring)
  }
  const outer = loops.filter((ring) => twiceArea(ring) > 0)
  const holes = loops.filter((ring) => twiceArea(ring) < 0)
  return outer.map((ring) => [ring, ...holes.filter((hole) => insideOf(ring, hole))])
}

/** Angle by which a way a→b→c turns left, −π … π. */
function turn(a: Point, b: Point, c: Point): number {
  return Math.atan2(
    (b[0] - a[0]) * (c[1] - b[1]) - (b[1] - a[1]) * (c[0] - b[0]),
    (b[0] - a[0]) * (c[0] - b[0]) + (b[1] - a[1]) * (c[1] - b[1]),
  )
}

function insideOf(ring: Ring, hole: Ring): boolean {
  return hole.every((p) => windings(ring, p) !== 0)
}

/** How often a ring runs around a point; points on the line count as inside. */
function windings(ring: Ring, p: Point): number {
  let count = 0
  ring.forEach((a, i) => {
    const b = ring[(i + 1) % ring.length]!
    const side = sideOf(a, b, p)
    if (a[1] <= p[1] && b[1] > p[1] && side > 0) count++
    else if (a[1] > p[1] && b[1] <= p[1] && side < 0) count--
  })
  return count || (ring.some((a) => same(a, p)) ? 1 : 0)
}
