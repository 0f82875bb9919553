import type { RawBuilder } from 'kysely'
import { type Area, areasOf, coversAll } from '#modules/foundation/org/domain/scope.ts'
import { type Actor, type EffectiveGrant, grantsFor } from '#platform/access/actor.ts'
import { sql } from '#platform/db/db.ts'
import { AppError } from '#platform/errors/app-error.ts'

export const MANAGE_UNITS = 'org.unit.manage'
export const MANAGE_ACCOUNTS = 'org.account.manage'
export const MANAGE_GRANTS = 'access.grant.manage'

/** What administration sees of a unit to decide on it. */
export interface UnitArea {
  readonly division: string
  readonly lines: readonly string[]
}

/** Whether the actor's grants of a permission cover a whole unit: its division and each of its lines. */
export function mayManageUnit(actor: Actor, permission: string, unit: UnitArea): boolean {
  return actor.kind === 'system' || coversAll(grantsFor(actor, permission), areasOf(unit))
}

/** The twin of `mayManageUnit` for lists; `unit` is the alias of an `org_unit`. */
export function manageableUnit(actor: Actor, permission: string, unit: string): RawBuilder<boolean> {
  if (actor.kind === 'system') return sql`true`
  const grants = grantsFor(actor, permission)
  const division = sql.ref(`${unit}.division_code`)
  const id = sql.ref(`${unit}.id`)
  const whole = grants.filter((grant) => grant.line === null)
  const covered = (list: readonly EffectiveGrant[], line: RawBuilder<boolean>[]) =>
    list.length === 0
      ? sql<boolean>`false`
      : sql<boolean>`(${sql.join(
          list.map((grant, index) => sql`(starts_with(${division}, ${grant.division}) and ${line[index]!})`),
          sql` or `,
        )})`
  const always = whole.map(() => sql<boolean>`true`)
  const byLine = grants.map((grant) =>
    grant.line === null ? sql<boolean>`true` : sql<boolean>`ul.line_code = ${grant.line}`,
  )
  return sql<boolean>`(${covered(whole, always)}
    or (exists (select 1 from org_unit_line ul where ul.unit_id = ${id})
        and not exists (select 1 from org_unit_line ul where ul.unit_id = ${id} and not ${covered(grants, byLine)})))`
}

/** Whether the actor manages accounts of the whole county, those without any post included. */
export function managesWholeCounty(actor: Actor, permission: string, county: string): boolean {
  return actor.kind === 'system' || coversAll(grantsFor(actor, permission), [{ division: county, line: null }])
}

/**
 * Nobody hands out, by a grant or by a post, more than the territory and lines in which he administers.
 * @throws AppError `org.beyond_scope`
 */
export function assertWithinScope(actor: Actor, permission: string, areas: readonly Area[]): void {
  if (actor.kind === 'system') return
  if (!coversAll(grantsFor(actor, permission), areas)) throw new AppError('org.beyond_scope', { status: 403 })
}

/** Nobody appoints, empowers or locks out himself: somebody else has to do it. */
export function assertSomebodyElse(actor: Actor, accountId: number): void {
  if (actor.kind === 'staff' && actor.accountId === accountId) throw new AppError('org.not_oneself', { status: 403 })
}
