import { findColleagues } from '#modules/foundation/org/contract.ts'
import { query } from '#platform/command/command.ts'
import { sql } from '#platform/db/db.ts'

/** Officials in office by part of their name, for choosing an expert, a successor, a colleague. */
export const findColleaguesQuery = query(findColleagues, async ({ tx, now }, input) => {
  const parts = [sql`true`]
  if (input.q) {
    const q = input.q.trim()
    parts.push(sql`(strpos(a.display_name, ${q}) > 0 or strpos(u.short_name, ${q}) > 0 or strpos(p.name, ${q}) > 0)`)
  }
  if (input.unit !== undefined) parts.push(sql`p.unit_id = ${input.unit}`)
  if (input.role) parts.push(sql`p.role = ${input.role}`)
  const { rows } = await sql<{
    account_id: number
    name: string
    unit_id: number
    unit_code: string
    unit_name: string
    unit_short_name: string
    role: string
    post_name: string
    acting: boolean
  }>`
    select a.id as account_id, a.display_name as name, u.id as unit_id, u.code as unit_code, u.name as unit_name,
           u.short_name as unit_short_name, p.role, p.name as post_name, h.acting
      from org_post_holding h
      join org_post p on p.id = h.post_id and p.retired_at is null
      join org_unit u on u.id = p.unit_id and u.retired_at is null
      join auth_account a on a.id = h.account_id and a.disabled_at is null
     where h.since <= ${now} and (h.until is null or h.until > ${now}) and ${sql.join(parts, sql` and `)}
     order by u.code, p.id, h.acting, h.id limit ${input.limit ?? 20}`.execute(tx)
  return {
    items: rows.map((row) => ({
      accountId: row.account_id,
      name: row.name,
      unit: { id: row.unit_id, code: row.unit_code, name: row.unit_name, shortName: row.unit_short_name },
      role: row.role,
      postName: row.post_name,
      acting: row.acting,
    })),
  }
})
