import { listAccounts } from '#modules/foundation/org/contract.ts'
import { countAccounts, listAccountRows } from '#modules/foundation/org/server/account.store.ts'
import { administrator, countyDivision } from '#modules/foundation/org/server/administrator.ts'
import { decodeCursor, encodeCursor } from '#modules/foundation/org/server/cursor.ts'
import { MANAGE_ACCOUNTS, managesWholeCounty } from '#modules/foundation/org/server/org.policy.ts'
import { presentAccountRow } from '#modules/foundation/org/server/present.ts'
import { query } from '#platform/command/command.ts'

/** Accounts within the administrator's territory and lines, by log-in. */
export const listAccountsQuery = query(listAccounts, async (context, input) => {
  const { tx, now } = context
  const actor = administrator(context)
  const county = countyDivision(context)
  const { cursor, limit = 50, ...filter } = input
  const rows = await listAccountRows(tx, filter, {
    actor,
    county,
    after: decodeCursor(cursor, 'string'),
    limit: limit + 1,
    at: now,
  })
  const page = rows.slice(0, limit)
  const last = page.at(-1)
  return {
    items: page.map((row) => presentAccountRow(row, actor.accountId)),
    next: rows.length > limit && last ? encodeCursor(last.login) : null,
    total: await countAccounts(tx, filter, { actor, county, at: now }),
    can: { createWithoutPost: managesWholeCounty(actor, MANAGE_ACCOUNTS, county) },
  }
})
