import { type OrgUnit, orgDirectory } from '#modules/foundation/org/public.ts'
import { PLAN } from '#modules/management/roster/contract.ts'
import { type Actor, grantsFor, type StaffActor } from '#platform/access/actor.ts'
import { predicateHolds, scopeOf } from '#platform/access/policy.ts'
import type { Context } from '#platform/command/context.ts'
import { AppError } from '#platform/errors/app-error.ts'

/** Whether an official keeps the roster of a unit: his own, or any of the territory if the right covers all its lines. */
export function mayPlan(actor: Actor, unit: Pick<OrgUnit, 'id' | 'level' | 'division'>): boolean {
  if (actor.kind === 'system') return true
  const grants = grantsFor(actor, PLAN)
  if (grants.length === 0 || actor.kind !== 'staff') return false
  if (actor.unitIds.includes(unit.id)) return true
  return predicateHolds(scopeOf(grants.filter((grant) => grant.line === null)), {
    townCode: unit.level === 'county' ? null : unit.division.slice(0, 9),
    villageCode: unit.level === 'village' ? unit.division.slice(0, 12) : null,
    gridCode: null,
    lineCode: null,
  })
}

/** @throws AppError `roster.not_your_unit` (403) */
export function requirePlan(context: Pick<Context, 'actor' | 'here'>, unitId: number): OrgUnit {
  const unit = orgDirectory(context.here).unit(unitId)
  if (!unit || !mayPlan(context.actor, unit)) throw new AppError('roster.not_your_unit', { status: 403 })
  return unit
}

/** Modes hold in the whole county: a grant for one town or line does not reach them. */
export function mayInWholeCounty(actor: Actor, permission: string): boolean {
  return (
    actor.kind === 'system' ||
    predicateHolds(scopeOf(grantsFor(actor, permission)), {
      townCode: null,
      villageCode: null,
      gridCode: null,
      lineCode: null,
    })
  )
}

/** @throws AppError `roster.whole_county_only` (403) */
export function requireWholeCounty(actor: Actor, permission: string): void {
  if (!mayInWholeCounty(actor, permission)) throw new AppError('roster.whole_county_only', { status: 403 })
}

export function staffOf({ actor }: Pick<Context, 'actor'>): StaffActor {
  if (actor.kind !== 'staff') throw new AppError('platform.forbidden', { status: 403 })
  return actor
}

export function accountOf(actor: Actor): number | null {
  return actor.kind === 'staff' ? actor.accountId : null
}
