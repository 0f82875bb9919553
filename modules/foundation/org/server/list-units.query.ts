import { listUnits } from '#modules/foundation/org/contract.ts'
import { decodeCursor, encodeCursor } from '#modules/foundation/org/server/cursor.ts'
import { MANAGE_UNITS, manageableUnit } from '#modules/foundation/org/server/org.policy.ts'
import { presentUnitRow } from '#modules/foundation/org/server/present.ts'
import { countUnits, listUnitRows } from '#modules/foundation/org/server/unit.store.ts'
import { holdsPermission } from '#platform/access/actor.ts'
import { query } from '#platform/command/command.ts'

/** Units by code, searched by name or code. */
export const listUnitsQuery = query(listUnits, async ({ tx, actor, now }, input) => {
  const { cursor, limit = 50, ...filter } = input
  const rows = await listUnitRows(tx, filter, {
    after: decodeCursor(cursor, 'string'),
    limit: limit + 1,
    at: now,
    manageable: manageableUnit(actor, MANAGE_UNITS, 'u'),
  })
  const page = rows.slice(0, limit)
  const last = page.at(-1)
  return {
    items: page.map(presentUnitRow),
    next: rows.length > limit && last ? encodeCursor(last.code) : null,
    total: await countUnits(tx, filter),
    can: { create: holdsPermission(actor, MANAGE_UNITS) },
  }
})
