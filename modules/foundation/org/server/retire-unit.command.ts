import { EVENTS, retireUnit } from '#modules/foundation/org/contract.ts'
import { areasOf } from '#modules/foundation/org/domain/scope.ts'
import { record } from '#modules/foundation/org/server/administrator.ts'
import { assertWithinScope, MANAGE_UNITS } from '#modules/foundation/org/server/org.policy.ts'
import { raiseRevision } from '#modules/foundation/org/server/revision.store.ts'
import { getUnitForChange, listChildUnits } from '#modules/foundation/org/server/unit.store.ts'
import { command } from '#platform/command/command.ts'
import { sql } from '#platform/db/db.ts'
import { AppError } from '#platform/errors/app-error.ts'

/** Abolishes a unit, once nobody holds a post in it and no open work waits for it. */
export const retireUnitCommand = command(retireUnit, {
  async perform(context, input) {
    const { tx, actor, now } = context
    const unit = await getUnitForChange(tx, input.id)
    assertWithinScope(actor, MANAGE_UNITS, areasOf(unit))
    if (unit.retired) throw new AppError('org.unit_retired', { status: 409 })
    if (unit.version !== input.version) throw new AppError('org.version_conflict', { status: 409 })
    const { rows } = await sql<{ people: number; work: number; desks: number }>`
      select (select count(*) from org_post_holding h join org_post p on p.id = h.post_id
               where p.unit_id = ${unit.id} and (h.until is null or h.until > ${now})) as people,
             (select count(*) from process_work_item where unit_id = ${unit.id}) as work,
             (select count(*) from org_unit where kind = 'command' and level = 'county' and retired_at is null
                 and id <> ${unit.id}) as desks`.execute(tx)
    const { people, work, desks } = rows[0]!
    if (people > 0) throw new AppError('org.unit_has_people', { status: 409, params: { count: people } })
    if (work > 0) throw new AppError('org.unit_has_open_work', { status: 409, params: { count: work } })
    const children = await listChildUnits(tx, unit.id)
    if (children.length > 0)
      throw new AppError('org.unit_has_children', { status: 409, params: { count: children.length } })
    // Work for which no unit is found goes to the county's command centre; there must always be one.
    if (unit.kind === 'command' && unit.level === 'county' && desks === 0)
      throw new AppError('org.last_triage_unit', { status: 409 })
    await sql`
      update org_unit set retired_at = ${now}, retired_reason = ${input.reason}, version = version + 1
       where id = ${unit.id}`.execute(tx)
    await sql`update org_post set retired_at = ${now} where unit_id = ${unit.id} and retired_at is null`.execute(tx)
    await raiseRevision(tx)
    context.pending.jobs.push({
      kind: EVENTS.unitChanged,
      aggregate: `org_unit:${unit.id}`,
      payload: { unitId: unit.id },
    })
    record(context, 'org.unit_retired', `org_unit:${unit.id}`, { code: unit.code, reason: input.reason })
    return { ref: { id: unit.id }, output: { id: unit.id } }
  },
  async present(_context, ref) {
    return ref as { id: number }
  },
})
