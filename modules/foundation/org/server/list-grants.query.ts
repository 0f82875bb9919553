import { listGrants } from '#modules/foundation/org/contract.ts'
import { coversAll, grantCovers } from '#modules/foundation/org/domain/scope.ts'
import { administrator, countyDivision } from '#modules/foundation/org/server/administrator.ts'
import { decodeCursor, encodeCursor } from '#modules/foundation/org/server/cursor.ts'
import { countGrants, listGrantRows, unheldPermissions } from '#modules/foundation/org/server/grant.store.ts'
import { MANAGE_GRANTS, managesWholeCounty } from '#modules/foundation/org/server/org.policy.ts'
import { iso } from '#modules/foundation/org/server/present.ts'
import { type EffectiveGrant, grantsFor, type StaffActor } from '#platform/access/actor.ts'
import { query } from '#platform/command/command.ts'
import type { Context } from '#platform/command/context.ts'

/** Grants, newest first, and what the administrator may give. */
export const listGrantsQuery = query(listGrants, async (context, input) => {
  const { tx, now, here, services } = context
  const actor = administrator(context)
  const { cursor, limit = 50, ...filter } = input
  const mine = grantsFor(actor, MANAGE_GRANTS)
  const rows = await listGrantRows(tx, filter, {
    actor,
    county: countyDivision(context),
    before: decodeCursor(cursor, 'number'),
    limit: limit + 1,
    at: now,
  })
  const page = rows.slice(0, limit)
  const last = page.at(-1)
  return {
    items: page.map((row) => ({
      id: row.id,
      account: row.account,
      post: row.post,
      role: row.role,
      unitKind: row.unitKind,
      unitLevel: row.unitLevel,
      permission: row.permission,
      divisionCode: row.divisionCode,
      divisionName: /^[0-9]/.test(row.divisionCode ?? '') ? here.directory.divisionName(row.divisionCode!) : null,
      lineCode: row.lineCode,
      reason: row.reason,
      validFrom: row.validFrom.toISOString(),
      validTo: iso(row.validTo),
      grantedByName: row.grantedByName,
      can: { withdraw: (row.validTo === null || row.validTo > now) && coversAll(mine, row.areas) },
    })),
    next: rows.length > limit && last ? encodeCursor(last.id) : null,
    total: await countGrants(tx, filter, { actor, at: now }),
    grantable: [...grantable(actor, [...services.permissions].sort()), ...(await firstGrants(context))].map(
      (grant) => ({
        permission: grant.permission,
        divisionCode: grant.division,
        lineCode: grant.line,
      }),
    ),
  }
})

/** New permissions that nobody holds: whoever gives grants in the whole county may give the first. */
async function firstGrants({ tx, now, actor, services, here }: Context): Promise<EffectiveGrant[]> {
  const { regionPrefix } = here.county
  if (!managesWholeCounty(actor, MANAGE_GRANTS, regionPrefix)) return []
  const unheld = await unheldPermissions(tx, [...services.permissions], now)
  return unheld.map((permission) => ({ permission, division: regionPrefix, line: null }))
}

/** What an administrator may give: what he holds himself, where he both holds and administers it. */
export function grantable(actor: StaffActor, permissions: readonly string[]): EffectiveGrant[] {
  const administered = grantsFor(actor, MANAGE_GRANTS)
  return permissions.flatMap((permission) =>
    grantsFor(actor, permission).flatMap((held) =>
      administered.flatMap((area) => {
        if (grantCovers(area, held)) return [{ permission, division: held.division, line: held.line }]
        if (grantCovers(held, area)) return [{ permission, division: area.division, line: area.line }]
        return []
      }),
    ),
  )
}
