import { listLines } from '#modules/foundation/org/contract.ts'
import { query } from '#platform/command/command.ts'
import { sql } from '#platform/db/db.ts'

/** Department lines with how many units serve each. */
export const listLinesQuery = query(listLines, async ({ tx }) => {
  const { rows } = await sql<{ code: string; name: string; name_en: string; units: number }>`
    select o.code, o.name, o.name_en,
           (select count(*) from org_unit_line l join org_unit u on u.id = l.unit_id and u.retired_at is null
             where l.line_code = o.code) as units
      from org_line o order by o.sort, o.code`.execute(tx)
  return {
    items: rows.map((row) => ({ code: row.code, name: { 'zh-CN': row.name, en: row.name_en }, units: row.units })),
  }
})
