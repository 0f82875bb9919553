import type { RawBuilder } from 'kysely'
import { sql, type Tx } from '#platform/db/db.ts'
import { notFound } from '#platform/errors/app-error.ts'

export type UnitLevel = 'county' | 'town' | 'village'

export interface UnitRow {
  id: number
  code: string
  name: string
  shortName: string
  kind: string
  level: UnitLevel
  division: string
  divisionName: string
  parent: { id: number; code: string; name: string; shortName: string } | null
  lines: string[]
  limited: boolean
  posts: number
  people: number
  version: number
  retiredAt: Date | null
  manageable: boolean
}

export interface UnitFilter {
  id?: number
  q?: string
  under?: string
  division?: string
  kind?: string
  level?: UnitLevel
  line?: string
  retired?: boolean
}

function where(filter: UnitFilter): RawBuilder<boolean> {
  const parts = [sql`true`]
  if (filter.id !== undefined) parts.push(sql`u.id = ${filter.id}`)
  if (filter.q) {
    const q = filter.q.trim().toLowerCase()
    parts.push(
      sql`(strpos(lower(u.name), ${q}) > 0 or strpos(lower(u.short_name), ${q}) > 0 or strpos(u.code, ${q}) > 0)`,
    )
  }
  if (filter.under) parts.push(sql`starts_with(u.division_code, ${filter.under})`)
  if (filter.division) parts.push(sql`u.division_code = ${filter.division}`)
  if (filter.kind) parts.push(sql`u.kind = ${filter.kind}`)
  if (filter.level) parts.push(sql`u.level = ${filter.level}`)
  if (filter.line)
    parts.push(sql`exists (select 1 from org_unit_line fl where fl.unit_id = u.id and fl.line_code = ${filter.line})`)
  if (filter.id === undefined) parts.push(filter.retired ? sql`u.retired_at is not null` : sql`u.retired_at is null`)
  return sql<boolean>`(${sql.join(parts, sql` and `)})`
}

/** Units by code: one page after a code, with what administration wants to see of each. */
export async function listUnitRows(
  tx: Tx,
  filter: UnitFilter,
  page: { after: string | null; limit: number; at: Date; manageable: RawBuilder<boolean> },
): Promise<UnitRow[]> {
  const { rows } = await sql<{
    id: number
    code: string
    name: string
    short_name: string
    kind: string
    level: UnitLevel
    division_code: string
    division_name: string
    parent_id: number | null
    parent_code: string
    parent_name: string
    parent_short_name: string
    lines: string[]
    limited: boolean
    posts: number
    people: number
    version: number
    retired_at: Date | null
    manageable: boolean
  }>`
    select u.id, u.code, u.name, u.short_name, u.kind, u.level, u.division_code, d.short_name as division_name,
           u.parent_id, p.code as parent_code, p.name as parent_name, p.short_name as parent_short_name,
           array(select l.line_code from org_unit_line l join org_line o on o.code = l.line_code
                  where l.unit_id = u.id order by o.sort) as lines,
           u.limited,
           (select count(*) from org_post op where op.unit_id = u.id and op.retired_at is null) as posts,
           (select count(distinct h.account_id) from org_post_holding h join org_post op on op.id = h.post_id
             where op.unit_id = u.id and op.retired_at is null and h.since <= ${page.at}
               and (h.until is null or h.until > ${page.at})) as people,
           u.version, u.retired_at, ${page.manageable} as manageable
      from org_unit u join area_division d on d.code = u.division_code left join org_unit p on p.id = u.parent_id
     where ${where(filter)} and ${page.after === null ? sql`true` : sql`u.code > ${page.after}`}
     order by u.code limit ${page.limit}`.execute(tx)
  return rows.map((row) => ({
    id: row.id,
    code: row.code,
    name: row.name,
    shortName: row.short_name,
    kind: row.kind,
    level: row.level,
    division: row.division_code,
    divisionName: row.division_name,
    parent:
      row.parent_id === null
        ? null
        : { id: row.parent_id, code: row.parent_code, name: row.parent_name, shortName: row.parent_short_name },
    lines: row.lines,
    limited: row.limited,
    posts: row.posts,
    people: row.people,
    version: row.version,
    retiredAt: row.retired_at,
    manageable: row.manageable,
  }))
}

export async function countUnits(tx: Tx, filter: UnitFilter): Promise<number> {
  const { rows } = await sql<{ n: number }>`select count(*) as n from org_unit u where ${where(filter)}`.execute(tx)
  return rows[0]!.n
}

export async function listChildUnits(
  tx: Tx,
  unitId: number,
): Promise<{ id: number; code: string; name: string; shortName: string }[]> {
  const { rows } = await sql<{ id: number; code: string; name: string; short_name: string }>`
    select id, code, name, short_name from org_unit where parent_id = ${unitId} and retired_at is null order by code`.execute(
    tx,
  )
  return rows.map((row) => ({ id: row.id, code: row.code, name: row.name, shortName: row.short_name }))
}

/** What a command has to know of a unit. */
export interface UnitState {
  id: number
  code: string
  name: string
  shortName: string
  kind: string
  level: UnitLevel
  division: string
  lines: string[]
  version: number
  retired: boolean
}

/**
 * A unit, locked for change.
 * @throws AppError `platform.not_found`
 */
export async function getUnitForChange(tx: Tx, id: number): Promise<UnitState> {
  const { rows } = await sql<{
    id: number
    code: string
    name: string
    short_name: string
    kind: string
    level: UnitLevel
    division_code: string
    version: number
    retired: boolean
  }>`
    select id, code, name, short_name, kind, level, division_code, version, retired_at is not null as retired
      from org_unit where id = ${id} for update`.execute(tx)
  const row = rows[0]
  if (!row) throw notFound()
  const lines = await sql<{ line_code: string }>`
    select line_code from org_unit_line where unit_id = ${id} order by line_code`.execute(tx)
  return {
    id: row.id,
    code: row.code,
    name: row.name,
    shortName: row.short_name,
    kind: row.kind,
    level: row.level,
    division: row.division_code,
    lines: lines.rows.map((line) => line.line_code),
    version: row.version,
    retired: row.retired,
  }
}

export async function insertUnit(
  tx: Tx,
  unit: {
    code: string
    name: string
    shortName: string
    kind: string
    level: UnitLevel
    division: string
    parentId: number | null
    limited: boolean
    at: Date
  },
): Promise<number | undefined> {
  const { rows } = await sql<{ id: number }>`
    insert into org_unit (code, name, short_name, kind, level, division_code, parent_id, limited, created_at)
    values (${unit.code}, ${unit.name}, ${unit.shortName}, ${unit.kind}, ${unit.level}, ${unit.division},
      ${unit.parentId}, ${unit.limited}, ${unit.at})
    on conflict (code) do nothing returning id`.execute(tx)
  return rows[0]?.id
}

/** Sets the lines of a unit to exactly these. */
export async function setUnitLines(tx: Tx, unitId: number, lines: readonly string[]): Promise<void> {
  await sql`delete from org_unit_line where unit_id = ${unitId} and line_code <> all(${lines as string[]}::text[])`.execute(
    tx,
  )
  await sql`
    insert into org_unit_line (unit_id, line_code) select ${unitId}, line from unnest(${lines as string[]}::text[]) as line
    on conflict do nothing`.execute(tx)
}

/** Lines that are not known. */
export async function unknownLines(tx: Tx, lines: readonly string[]): Promise<string[]> {
  const { rows } = await sql<{ line: string }>`
    select line from unnest(${lines as string[]}::text[]) as line
     where not exists (select 1 from org_line l where l.code = line)`.execute(tx)
  return rows.map((row) => row.line)
}

/** Whether a division exists today. */
export async function divisionExists(tx: Tx, code: string): Promise<boolean> {
  const { rows } = await sql`select 1 from area_division where code = ${code} and retired_at is null`.execute(tx)
  return rows.length > 0
}
