import { type Actor, grantsFor } from '#platform/access/actor.ts'
import { ALWAYS, type Predicate, predicateHolds, type ScopedRow, scopeOf } from '#platform/access/policy.ts'
import { AppError } from '#platform/errors/app-error.ts'

/** Territory in which the actor holds a permission of this module. */
export function gridScope(actor: Actor, permission: string): Predicate {
  return actor.kind === 'system' ? ALWAYS : scopeOf(grantsFor(actor, permission))
}

/** The place of a code of any length as policies read it; grids belong to no department line. */
export function placeOf(code: string): ScopedRow {
  return {
    townCode: code.length >= 9 ? code.slice(0, 9) : null,
    villageCode: code.length >= 12 ? code.slice(0, 12) : null,
    gridCode: code.length >= 15 ? code.slice(0, 15) : null,
    lineCode: null,
  }
}

export function mayInPlace(actor: Actor, permission: string, code: string): boolean {
  return predicateHolds(gridScope(actor, permission), placeOf(code))
}

/**
 * A change is drafted and published by those who hold all of its villages.
 * @throws AppError `grid.not_your_place`
 */
export function assertMayInVillages(
  actor: Actor,
  permission: string,
  villages: Iterable<string>,
  nameOf: (code: string) => string,
): void {
  for (const code of villages)
    if (!mayInPlace(actor, permission, code))
      throw new AppError('grid.not_your_place', { status: 403, params: { place: nameOf(code) } })
}
