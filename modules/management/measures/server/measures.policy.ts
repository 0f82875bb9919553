import { type Area, areasOf, both, common } from '#modules/management/measures/domain/scope.ts'
import { type Actor, grantsFor } from '#platform/access/actor.ts'
import { predicateHolds, scopeOf } from '#platform/access/policy.ts'
import { AppError, notFound } from '#platform/errors/app-error.ts'

export const READ = 'measures.read'
export const MANAGE = 'measures.manage'

/**
 * Where the actor reads measures: inside the grants of `measures.read` and, since each number opens its cases, of
 * `process.case.view`.
 * @throws AppError `measures.no_area` (403) where nothing as wide as a village is left
 */
export function measuredAreas(actor: Actor): Area[] {
  if (actor.kind === 'system') return [{ place: '', line: '' }]
  const areas = common(areasOf(grantsFor(actor, READ)), areasOf(grantsFor(actor, 'process.case.view')))
  if (areas.length === 0) throw new AppError('measures.no_area', { status: 403 })
  return areas
}

/**
 * The part of an area that the actor reads measures of.
 * @throws 404 where there is none
 */
export function areasInside(actor: Actor, object: Area): Area[] {
  const inside = measuredAreas(actor).flatMap((area) => both(area, object) ?? [])
  if (inside.length === 0) throw notFound()
  return inside
}

/** Weights and wording hold for the whole county. @throws AppError `platform.forbidden` (403) */
export function requireManage(actor: Actor): void {
  const county = { townCode: null, villageCode: null, gridCode: null, lineCode: null }
  if (actor.kind !== 'system' && !predicateHolds(scopeOf(grantsFor(actor, MANAGE)), county))
    throw new AppError('platform.forbidden', { status: 403 })
}
