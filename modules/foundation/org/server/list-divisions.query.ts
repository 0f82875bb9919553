import { listDivisions } from '#modules/foundation/org/contract.ts'
import { query } from '#platform/command/command.ts'
import { sql } from '#platform/db/db.ts'

/** The division tree, parents before their children; screens put it together by `parentCode`. */
export const listDivisionsQuery = query(listDivisions, async ({ tx }, { under, depth }) => {
  const { rows } = await sql<{
    code: string
    parent_code: string | null
    level: number
    name: string
    short_name: string
    lon: number | null
    lat: number | null
    illustrative: boolean
  }>`
    select code, parent_code, level, name, short_name, center[0] as lon, center[1] as lat, illustrative
      from area_division
     where retired_at is null and starts_with(code, ${under ?? ''}) and level <= ${depth ?? 15}
     order by level, code`.execute(tx)
  return {
    items: rows.map((row) => ({
      code: row.code,
      parentCode: row.parent_code,
      level: row.level,
      name: row.name,
      shortName: row.short_name,
      center: row.lon === null || row.lat === null ? null : { lon: row.lon, lat: row.lat },
      illustrative: row.illustrative,
    })),
  }
})
