import { createUnit } from '#modules/foundation/org/contract.ts'
import { areasOf } from '#modules/foundation/org/domain/scope.ts'
import { record } from '#modules/foundation/org/server/administrator.ts'
import { assertWithinScope, MANAGE_UNITS } from '#modules/foundation/org/server/org.policy.ts'
import { raiseRevision } from '#modules/foundation/org/server/revision.store.ts'
import {
  divisionExists,
  getUnitForChange,
  insertUnit,
  setUnitLines,
  type UnitLevel,
  unknownLines,
} from '#modules/foundation/org/server/unit.store.ts'
import { command } from '#platform/command/command.ts'
import { AppError } from '#platform/errors/app-error.ts'

const LEVELS: Record<number, UnitLevel> = { 6: 'county', 9: 'town', 12: 'village' }

/** Enters a unit. Its code is the division's code and the kind, with a number where the division has one already. */
export const createUnitCommand = command(createUnit, {
  async perform(context, input) {
    const { tx, actor, now } = context
    const level = LEVELS[input.divisionCode.length]
    if (!level) throw new AppError('org.grid_has_no_unit', { status: 422 })
    assertWithinScope(actor, MANAGE_UNITS, areasOf({ division: input.divisionCode, lines: input.lines }))
    if (!(await divisionExists(tx, input.divisionCode))) throw new AppError('org.unknown_division', { status: 422 })
    const [unknown] = await unknownLines(tx, input.lines)
    if (unknown) throw new AppError('org.unknown_line', { status: 422, params: { line: unknown } })
    if (input.parentId !== undefined) {
      const parent = await getUnitForChange(tx, input.parentId)
      if (parent.retired) throw new AppError('org.unit_retired', { status: 409 })
    }
    const base = `${input.divisionCode}-${input.kind}`
    let id: number | undefined
    for (let number = 1; id === undefined && number <= 99; number += 1)
      id = await insertUnit(tx, {
        code: number === 1 ? base : `${base}-${number}`,
        name: input.name.trim(),
        shortName: input.shortName.trim(),
        kind: input.kind,
        level,
        division: input.divisionCode,
        parentId: input.parentId ?? null,
        limited: input.limited ?? false,
        at: now,
      })
    if (id === undefined) throw new AppError('org.unit_exists', { status: 409 })
    await setUnitLines(tx, id, input.lines)
    await raiseRevision(tx)
    const { divisionCode, kind, name, lines, reason } = input
    record(context, 'org.unit_created', `org_unit:${id}`, { divisionCode, kind, name, lines, reason })
    return { ref: { id }, output: { id } }
  },
  async present(_context, ref) {
    return ref as { id: number }
  },
})
