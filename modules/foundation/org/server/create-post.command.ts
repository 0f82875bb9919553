import { createPost } from '#modules/foundation/org/contract.ts'
import { areasOf } from '#modules/foundation/org/domain/scope.ts'
import { record } from '#modules/foundation/org/server/administrator.ts'
import { assertWithinScope, MANAGE_UNITS } from '#modules/foundation/org/server/org.policy.ts'
import { raiseRevision } from '#modules/foundation/org/server/revision.store.ts'
import { divisionExists, getUnitForChange } from '#modules/foundation/org/server/unit.store.ts'
import { command } from '#platform/command/command.ts'
import { sql } from '#platform/db/db.ts'
import { AppError } from '#platform/errors/app-error.ts'

/** Sets up a post in a unit; its place may be narrower than the unit's (one grid), never outside of it. */
export const createPostCommand = command(createPost, {
  async perform(context, input) {
    const { tx, actor, now } = context
    const unit = await getUnitForChange(tx, input.unitId)
    assertWithinScope(actor, MANAGE_UNITS, areasOf(unit))
    if (unit.retired) throw new AppError('org.unit_retired', { status: 409 })
    const division = input.divisionCode === unit.division ? null : (input.divisionCode ?? null)
    if (division !== null) {
      if (!division.startsWith(unit.division)) throw new AppError('org.division_outside_unit', { status: 422 })
      if (!(await divisionExists(tx, division))) throw new AppError('org.unknown_division', { status: 422 })
    }
    const { rows } = await sql<{ id: number }>`
      insert into org_post (code, unit_id, role, name, division_code, roster, created_at)
      select ${`${unit.code}.${input.role}.`}::text || (count(*) + 1), ${unit.id}, ${input.role}, ${input.name.trim()},
             ${division}, ${input.roster ?? null}, ${now}
        from org_post where unit_id = ${unit.id}
      returning id`.execute(tx)
    const id = rows[0]!.id
    await raiseRevision(tx)
    const { role, name, reason } = input
    record(context, 'org.post_created', `org_post:${id}`, { unit: unit.code, role, name, division, reason })
    return { ref: { id }, output: { id } }
  },
  async present(_context, ref) {
    return ref as { id: number }
  },
})
