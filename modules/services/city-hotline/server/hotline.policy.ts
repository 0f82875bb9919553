import { type Actor, grantsFor } from '#platform/access/actor.ts'
import { seesAll } from '#platform/access/participation.ts'
import { AppError } from '#platform/errors/app-error.ts'

/**
 * The exchange with the city is the whole county's: a grant for one place or line does not reach it.
 * @throws AppError `platform.forbidden` (403)
 */
export function requireWholeCounty(actor: Actor, permission: string): void {
  if (actor.kind !== 'system' && !seesAll(grantsFor(actor, permission)))
    throw new AppError('platform.forbidden', { status: 403 })
}
