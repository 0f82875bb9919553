import { listHandovers } from '#modules/foundation/org/contract.ts'
import { visibleAccount } from '#modules/foundation/org/server/account.store.ts'
import { administrator, countyDivision } from '#modules/foundation/org/server/administrator.ts'
import { decodeCursor, encodeCursor } from '#modules/foundation/org/server/cursor.ts'
import { query } from '#platform/command/command.ts'
import { sql } from '#platform/db/db.ts'

/** Signed hand-overs, newest first: those the administrator signed or whose people he sees. */
export const listHandoversQuery = query(listHandovers, async (context, input) => {
  const { tx, now } = context
  const actor = administrator(context)
  const limit = input.limit ?? 50
  const before = decodeCursor(input.cursor, 'number')
  const { rows } = await sql<{
    id: number
    from_name: string
    leaving: boolean
    reason: string
    note: string | null
    items: number
    posts: number
    to_names: string[]
    signed_by_name: string
    signed_at: Date
  }>`
    select h.id, a.display_name as from_name, h.leaving, h.reason, h.note, h.items, h.posts,
           array(select distinct t.display_name from org_handover_move m join auth_account t on t.id = m.to_account_id
                  where m.handover_id = h.id order by 1) as to_names,
           s.display_name as signed_by_name, h.signed_at
      from org_handover h join auth_account a on a.id = h.from_account_id join auth_account s on s.id = h.signed_by
     where (h.signed_by = ${actor.accountId} or ${visibleAccount(actor, countyDivision(context), now)})
       and ${input.account === undefined ? sql`true` : sql`h.from_account_id = ${input.account}`}
       and ${before === null ? sql`true` : sql`h.id < ${before}`}
     order by h.id desc limit ${limit + 1}`.execute(tx)
  const page = rows.slice(0, limit)
  const last = page.at(-1)
  return {
    items: page.map((row) => ({
      id: row.id,
      fromName: row.from_name,
      leaving: row.leaving,
      reason: row.reason,
      note: row.note,
      items: row.items,
      posts: row.posts,
      toNames: row.to_names,
      signedByName: row.signed_by_name,
      signedAt: row.signed_at.toISOString(),
    })),
    next: rows.length > limit && last ? encodeCursor(last.id) : null,
  }
})
