import { type Actor, grantsFor } from '#platform/access/actor.ts'
import { ALWAYS, type Predicate, predicateHolds, scopeOf } from '#platform/access/policy.ts'
import { AppError } from '#platform/errors/app-error.ts'

/** Articles hold in the whole county: a grant for one town does not reach them, one for a line reaches its articles. */
export function mayChange(actor: Actor, permission: string, lineCode: string | null): boolean {
  return (
    actor.kind === 'system' ||
    predicateHolds(scopeOf(grantsFor(actor, permission)), {
      townCode: null,
      villageCode: null,
      gridCode: null,
      lineCode,
    })
  )
}

/** @throws AppError `platform.forbidden` (403) */
export function requireChange(actor: Actor, permission: string, lineCode: string | null): void {
  if (!mayChange(actor, permission, lineCode)) throw new AppError('platform.forbidden', { status: 403 })
}

/** Rows in the territory of the grants. */
export function scopeFor(actor: Actor, permission: string): Predicate {
  return actor.kind === 'system' ? ALWAYS : scopeOf(grantsFor(actor, permission))
}

export function accountOf(actor: Actor): number | null {
  return actor.kind === 'staff' ? actor.accountId : null
}
