import { type Actor, grantsFor } from '#platform/access/actor.ts'
import { predicateHolds, scopeOf } from '#platform/access/policy.ts'
import { AppError } from '#platform/errors/app-error.ts'

export const VIEW = 'loop.recognition.view'
export const MANAGE = 'loop.recognition.manage'
export const SWITCH = 'loop.recognition.switch'

/** A model recognises for the whole county: a grant for one town or one line does not reach it. */
export function mayInCounty(actor: Actor, permission: string): boolean {
  const everywhere = { townCode: null, villageCode: null, gridCode: null, lineCode: null }
  return actor.kind === 'system' || predicateHolds(scopeOf(grantsFor(actor, permission)), everywhere)
}

/** @throws AppError `platform.forbidden` (403) */
export function requireInCounty(actor: Actor, permission: string): void {
  if (!mayInCounty(actor, permission)) throw new AppError('platform.forbidden', { status: 403 })
}
