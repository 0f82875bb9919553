import { changeUnit, EVENTS } from '#modules/foundation/org/contract.ts'
import { areasOf } from '#modules/foundation/org/domain/scope.ts'
import { record } from '#modules/foundation/org/server/administrator.ts'
import { assertWithinScope, MANAGE_UNITS } from '#modules/foundation/org/server/org.policy.ts'
import { raiseRevision } from '#modules/foundation/org/server/revision.store.ts'
import { getUnitForChange, setUnitLines, unknownLines } from '#modules/foundation/org/server/unit.store.ts'
import { command } from '#platform/command/command.ts'
import { sql } from '#platform/db/db.ts'
import { AppError } from '#platform/errors/app-error.ts'

/** Renames a unit or changes its lines. Its code stays, so that cases and duty lists keep pointing to it. */
export const changeUnitCommand = command(changeUnit, {
  async perform(context, input) {
    const { tx, actor } = context
    const unit = await getUnitForChange(tx, input.id)
    assertWithinScope(actor, MANAGE_UNITS, [...areasOf(unit), ...areasOf({ ...unit, lines: input.lines })])
    if (unit.retired) throw new AppError('org.unit_retired', { status: 409 })
    if (unit.version !== input.version) throw new AppError('org.version_conflict', { status: 409 })
    const [unknown] = await unknownLines(tx, input.lines)
    if (unknown) throw new AppError('org.unknown_line', { status: 422, params: { line: unknown } })
    await sql`
      update org_unit set name = ${input.name.trim()}, short_name = ${input.shortName.trim()}, version = version + 1
       where id = ${unit.id}`.execute(tx)
    await setUnitLines(tx, unit.id, input.lines)
    await raiseRevision(tx)
    context.pending.jobs.push({
      kind: EVENTS.unitChanged,
      aggregate: `org_unit:${unit.id}`,
      payload: { unitId: unit.id },
    })
    record(context, 'org.unit_changed', `org_unit:${unit.id}`, {
      before: { name: unit.name, shortName: unit.shortName, lines: unit.lines },
      after: { name: input.name, shortName: input.shortName, lines: [...input.lines].sort() },
      reason: input.reason,
    })
    return { ref: { id: unit.id }, output: { id: unit.id } }
  },
  async present(_context, ref) {
    return ref as { id: number }
  },
})
