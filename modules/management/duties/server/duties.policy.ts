import { type Actor, grantsFor } from '#platform/access/actor.ts'
import { predicateHolds, scopeOf } from '#platform/access/policy.ts'
import { AppError } from '#platform/errors/app-error.ts'

export const MANAGE_LIST = 'duties.list.manage'
export const MAKE_RULING = 'duties.ruling.make'

/** Duties hold in the whole county: a grant for one town does not reach them, a grant for one line reaches its classes. */
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

export function accountOf(actor: Actor): number | null {
  return actor.kind === 'staff' ? actor.accountId : null
}
