import { type Box, boxOf, type Point, type Ring, ringsOf, type Shape } from './shape.ts'

/** On which side of the line a→b the point c lies: 1 left, -1 right, 0 on it. Exact, because units are whole. */
export function sideOf(a: Point, b: Point, c: Point): -1 | 0 | 1 {
  const cross = (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0])
  return cross > 0 ? 1 : cross < 0 ? -1 : 0
}

/** Whether a point that lies on the line of a segment lies on the segment itself. */
function between(a: Point, b: Point, p: Point): boolean {
  return (
    Math.min(a[0], b[0]) <= p[0] &&
    p[0] <= Math.max(a[0], b[0]) &&
    Math.min(a[1], b[1]) <= p[1] &&
    p[1] <= Math.max(a[1], b[1])
  )
}

export function onSegment(a: Point, b: Point, p: Point): boolean {
  return sideOf(a, b, p) === 0 && between(a, b, p)
}

/** Whether two segments cross inside both of them: neither touches with an end. */
export function cross(a: Point, b: Point, c: Point, d: Point): boolean {
  return sideOf(a, b, c) * sideOf(a, b, d) < 0 && sideOf(c, d, a) * sideOf(c, d, b) < 0
}

/** Whether two segments have any point in common. */
export function meet(a: Point, b: Point, c: Point, d: Point): boolean {
  return cross(a, b, c, d) || onSegment(a, b, c) || onSegment(a, b, d) || onSegment(c, d, a) || onSegment(c, d, b)
}

/** Where two segments that have a point in common do so (rounded to units). */
export function meetingPoint(a: Point, b: Point, c: Point, d: Point): Point {
  for (const p of [c, d]) if (onSegment(a, b, p)) return p
  for (const p of [a, b]) if (onSegment(c, d, p)) return p
  const rx = b[0] - a[0]
  const ry = b[1] - a[1]
  const sx = d[0] - c[0]
  const sy = d[1] - c[1]
  const t = ((c[0] - a[0]) * sy - (c[1] - a[1]) * sx) / (rx * sy - ry * sx)
  return [Math.round(a[0] + t * rx), Math.round(a[1] + t * ry)]
}

/** 1 inside the ring, 0 on its line, -1 outside; exact for whole and half units. */
export function placeInRing(ring: Ring, p: Point): -1 | 0 | 1 {
  let inside = false
  const [px, py] = p
  for (let i = 0, j = ring.length - 1; i < ring.length; j = i++) {
    const a = ring[j]!
    const b = ring[i]!
    if (a[1] > py !== b[1] > py) {
      const side = (b[0] - a[0]) * (py - a[1]) - (b[1] - a[1]) * (px - a[0])
      if (side === 0) return 0
      if (side > 0 === b[1] > a[1]) inside = !inside
    } else if (a[1] === py && b[1] === py) {
      if (Math.min(a[0], b[0]) <= px && px <= Math.max(a[0], b[0])) return 0
    } else if ((a[0] === px && a[1] === py) || (b[0] === px && b[1] === py)) return 0
  }
  return inside ? 1 : -1
}

/** 1 inside the shape, 0 on one of its lines, -1 outside. */
export function placeIn(shape: Shape, p: Point): -1 | 0 | 1 {
  let found: -1 | 0 | 1 = -1
  for (const [outer, ...holes] of shape) {
    const at = placeInRing(outer!, p)
    if (at === -1) continue
    if (at === 0) {
      found = 0
      continue
    }
    let place: -1 | 0 | 1 = 1
    for (const hole of holes) {
      const there = placeInRing(hole, p)
      if (there === 1) place = -1
      else if (there === 0) place = 0
      if (place < 1) break
    }
    if (place === 1) return 1
    if (place === 0) found = 0
  }
  return found
}

/** The first point where a ring meets itself other than in the corners of neighbouring sides. */
export function selfMeeting(ring: Ring): Point | undefined {
  const n = ring.length
  const sides = ring
    .map((a, i) => {
      const b = ring[(i + 1) % n]!
      return { i, a, b, west: Math.min(a[0], b[0]), east: Math.max(a[0], b[0]) }
    })
    .sort((one, two) => one.west - two.west)
  for (let s = 0; s < n; s++) {
    const one = sides[s]!
    for (let t = s + 1; t < n; t++) {
      const two = sides[t]!
      if (two.west > one.east) break
      const next = (one.i + 1) % n === two.i
      const previous = (two.i + 1) % n === one.i
      if (next || previous) {
        // Neighbours share a corner; a spike runs back over its own side.
        const [first, second] = next ? [one, two] : [two, one]
        if (n > 2 && (onSegment(first.a, first.b, second.b) || onSegment(second.a, second.b, first.a))) return second.a
        continue
      }
      if (meet(one.a, one.b, two.a, two.b)) return meetingPoint(one.a, one.b, two.a, two.b)
    }
  }
  return undefined
}

/** A point inside a shape, away from its lines where it can be: the middle of the widest stretch among some cuts. */
export function pointInside(shape: Shape): Point {
  const [, south, , north] = boxOf(shape)
  let best: { width: number; at: Point } | undefined
  for (let cut = 1; cut <= 9; cut++) {
    // Half units never hit a corner.
    const y = Math.floor(south + ((north - south) * cut) / 10) + 0.5
    const xs: number[] = []
    for (const ring of ringsOf(shape))
      for (let i = 0, j = ring.length - 1; i < ring.length; j = i++) {
        const a = ring[j]!
        const b = ring[i]!
        if (a[1] > y !== b[1] > y) xs.push(a[0] + ((y - a[1]) / (b[1] - a[1])) * (b[0] - a[0]))
      }
    xs.sort((a, b) => a - b)
    for (let i = 0; i + 1 < xs.length; i += 2) {
      const width = xs[i + 1]! - xs[i]!
      if (!best || width > best.width) best = { width, at: [Math.round((xs[i]! + xs[i + 1]!) / 2), Math.round(y)] }
    }
  }
  return best?.at ?? shape[0]![0]![0]!
}

function within(box: Box, a: Point, b: Point): boolean {
  return (
    Math.max(a[0], b[0]) >= box[0] &&
    Math.min(a[0], b[0]) <= box[2] &&
    Math.max(a[1], b[1]) >= box[1] &&
    Math.min(a[1], b[1]) <= box[3]
  )
}

function sidesNear(shape: Shape, box: Box): [Point, Point][] {
  const found: [Point, Point][] = []
  for (const ring of ringsOf(shape))
    for (let i = 0, j = ring.length - 1; i < ring.length; j = i++)
      if (within(box, ring[j]!, ring[i]!)) found.push([ring[j]!, ring[i]!])
  return found
}

function sharedBox(a: Box, b: Box): Box {
  return [Math.max(a[0], b[0]), Math.max(a[1], b[1]), Math.min(a[2], b[2]), Math.min(a[3], b[3])]
}

const middle = (a: Point, b: Point): Point => [(a[0] + b[0]) / 2, (a[1] + b[1]) / 2]

/**
 * Whether the lines of two shapes cross, or one reaches into the other. Quick and exact where neighbours share their corners;
 * a yes is only a suspicion (it may be a sliver of a rounded corner) that has to be measured.
 */
export function mayOverlap(a: Shape, b: Shape, boxA: Box, boxB: Box): boolean {
  const box = sharedBox(boxA, boxB)
  const sidesA = sidesNear(a, box)
  const sidesB = sidesNear(b, box)
  for (const [p, q] of sidesA)
    for (const [r, s] of sidesB)
      if (
        Math.max(p[0], q[0]) > Math.min(r[0], s[0]) &&
        Math.min(p[0], q[0]) < Math.max(r[0], s[0]) &&
        Math.max(p[1], q[1]) > Math.min(r[1], s[1]) &&
        Math.min(p[1], q[1]) < Math.max(r[1], s[1]) &&
        cross(p, q, r, s)
      )
        return true
  for (const [p, q] of sidesA) if (placeIn(b, p) === 1 || placeIn(b, middle(p, q)) === 1) return true
  for (const [p, q] of sidesB) if (placeIn(a, p) === 1 || placeIn(a, middle(p, q)) === 1) return true
  // One over the other, line on line.
  return placeIn(b, pointInside(a)) === 1 || placeIn(a, pointInside(b)) === 1
}

/** Whether a shape may reach out of another one: a suspicion, as above. */
export function mayStickOut(shape: Shape, around: Shape): boolean {
  const box = boxOf(shape)
  const sides = sidesNear(around, box)
  for (const ring of ringsOf(shape))
    for (let i = 0, j = ring.length - 1; i < ring.length; j = i++) {
      const p = ring[j]!
      const q = ring[i]!
      if (placeIn(around, p) === -1 || placeIn(around, middle(p, q)) === -1) return true
      for (const [r, s] of sides) if (cross(p, q, r, s)) return true
    }
  // A hole of what is around lies inside the shape.
  for (const [r] of sides) if (placeIn(shape, r) === 1) return true
  return false
}
