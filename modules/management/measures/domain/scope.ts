import type { EffectiveGrant } from '#platform/access/actor.ts'

/** A territory (empty: the county) and a line (empty: all of them). */
export interface Area {
  place: string
  line: string
}

/** An area that is added or taken away, so that overlapping ones are counted once. */
export interface Piece extends Area {
  sign: 1 | -1
}

const VILLAGE = 12

/** What lies in both, or undefined. */
export function both(a: Area, b: Area): Area | undefined {
  const place = a.place.startsWith(b.place) ? a.place : b.place.startsWith(a.place) ? b.place : undefined
  const line = a.line === '' ? b.line : b.line === '' || a.line === b.line ? a.line : undefined
  return place === undefined || line === undefined ? undefined : { place, line }
}

const covers = (a: Area, b: Area) => b.place.startsWith(a.place) && (a.line === '' || a.line === b.line)

/** Without those that another one covers. */
export function widest(areas: readonly Area[]): Area[] {
  return areas.filter(
    (area, index) =>
      !areas.some((other, at) => at !== index && covers(other, area) && (!covers(area, other) || at < index)),
  )
}

/**
 * Areas of grants. Those narrower than a village count for nothing: a grid is one worker, and measures are never of a person.
 */
export function areasOf(grants: readonly EffectiveGrant[]): Area[] {
  return grants
    .filter((grant) => grant.division.length <= VILLAGE)
    .map((grant) => ({ place: grant.division.length <= 6 ? '' : grant.division, line: grant.line ?? '' }))
}

/** Where both permissions hold: a number opens its cases, so whoever reads it must be allowed to see them. */
export function common(a: readonly Area[], b: readonly Area[]): Area[] {
  return widest(a.flatMap((one) => b.flatMap((other) => both(one, other) ?? [])))
}

/**
 * The union of areas as pieces that add up to it. Of the widest areas only a town's (or village's) all lines and a wider
 * area's one line overlap, and what they share is shared by no third one.
 */
export function piecesOf(areas: readonly Area[]): Piece[] {
  const wide = widest(areas)
  const shared = wide.flatMap((a, index) => wide.slice(index + 1).flatMap((b) => both(a, b) ?? []))
  return [...wide.map((area): Piece => ({ ...area, sign: 1 })), ...shared.map((area): Piece => ({ ...area, sign: -1 }))]
}
