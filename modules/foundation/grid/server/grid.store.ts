import type { RawBuilder } from 'kysely'
import type { GridKind } from '#modules/foundation/grid/domain/grid-code.ts'
import type { GeoShape } from '#modules/foundation/grid/domain/shape.ts'
import { type Predicate, predicateSql } from '#platform/access/policy.ts'
import { sql, type Tx } from '#platform/db/db.ts'

export interface GridFilter {
  q?: string
  under?: string
  kind?: GridKind
  state?: 'vacant' | 'undrawn' | 'retired' | 'current'
}

export interface GridRow {
  code: string
  kind: GridKind
  name: string
  place: string | null
  households: number | null
  people: number | null
  area: number | null
  workers: number
  leaders: string[]
  illustrative: boolean
  drawn: boolean
  since: string | null
  retiredOn: string | null
  retiredReason: string | null
  keeperId: number | null
  version: number
}

/**
 * Grids as lists and policies read them. The division is the truth for codes and names of 15 digits, also for grids that were
 * never drawn; micro grids stand in `grid_grid` alone.
 */
const GRIDS = sql`(
  select d.code, coalesce(g.kind, case when substr(d.code, 13) >= '801' then 'dedicated' else 'general' end) as kind, d.name,
         g.place, g.households, g.people, g.area, g.shape is not null as drawn,
         coalesce(g.illustrative, d.illustrative) as illustrative, g.since::text as since,
         coalesce(g.retired_on, (d.retired_at at time zone 'Asia/Shanghai')::date)::text as retired_on, g.retired_reason,
         g.keeper_id, coalesce(g.version, 0) as version, left(d.code, 9) as town_code, left(d.code, 12) as village_code,
         d.code as grid_code, null::text as line_code
    from area_division d left join grid_grid g on g.code = d.code where d.level = 15
  union all
  select g.code, g.kind, g.name, g.place, g.households, g.people, g.area, g.shape is not null, g.illustrative,
         g.since::text, g.retired_on::text, g.retired_reason, g.keeper_id, g.version, left(g.code, 9), left(g.code, 12),
         g.division_code, null::text
    from grid_grid g where g.kind = 'micro'
) x`

/** Who holds a post at the grid itself, in the alias `x`. */
const held = (role: string, at: Date) => sql`
  from org_post p join org_post_holding h on h.post_id = p.id join auth_account a on a.id = h.account_id
 where p.division_code = x.code and p.role = ${role} and p.retired_at is null and a.disabled_at is null
   and h.since <= ${at} and (h.until is null or h.until > ${at})`

function where(filter: GridFilter, scope: Predicate, at: Date): RawBuilder<boolean> {
  const { q, under, kind, state } = filter
  const words = q?.trim()
  return sql<boolean>`(${predicateSql(scope, 'x')}
    and ${under ? sql`starts_with(x.code, ${under})` : sql`true`}
    and ${kind ? sql`x.kind = ${kind}` : sql`true`}
    and ${
      state === 'retired'
        ? sql`x.retired_on is not null`
        : state === 'undrawn'
          ? sql`x.retired_on is null and not x.drawn`
          : state === 'vacant'
            ? sql`x.retired_on is null and x.kind <> 'micro' and not exists (select 1 ${held('gridWorker', at)})`
            : sql`x.retired_on is null`
    }
    and ${words ? (/^[0-9]+$/.test(words) ? sql`starts_with(x.code, ${words})` : sql`strpos(x.name, ${words}) > 0`) : sql`true`})`
}

function columns(at: Date): RawBuilder<unknown> {
  return sql`x.code, x.kind, x.name, x.place, x.households, x.people, x.area, x.drawn, x.illustrative, x.since,
    x.retired_on as "retiredOn", x.retired_reason as "retiredReason", x.keeper_id as "keeperId", x.version,
    (select count(distinct h.account_id) ${held('gridWorker', at)}) as workers,
    array(select distinct a.display_name ${held('gridLeader', at)}) as leaders`
}

/** Grids by code; with `after`, those behind it. */
export async function listGridRows(
  tx: Tx,
  filter: GridFilter,
  scope: Predicate,
  page: { after: string | null; limit: number; at: Date },
): Promise<GridRow[]> {
  const { rows } = await sql<GridRow>`
    select ${columns(page.at)} from ${GRIDS}
     where ${where(filter, scope, page.at)} and ${page.after === null ? sql`true` : sql`x.code > ${page.after}`}
     order by x.code limit ${page.limit}`.execute(tx)
  return rows
}

export interface GridSums {
  total: number
  households: number
  people: number
  area: number
}

/** How many there are, and their figures together; micro grids are parts of others and add nothing. */
export async function sumGrids(tx: Tx, filter: GridFilter, scope: Predicate, at: Date): Promise<GridSums> {
  const own = filter.kind === 'micro' ? sql`true` : sql`x.kind <> 'micro'`
  const { rows } = await sql<GridSums>`
    select count(*) as total, coalesce(sum(x.households) filter (where ${own}), 0)::float8 as households,
           coalesce(sum(x.people) filter (where ${own}), 0)::float8 as people,
           coalesce(sum(x.area) filter (where ${own}), 0)::float8 as area
      from ${GRIDS} where ${where(filter, scope, at)}`.execute(tx)
  return rows[0]!
}

export async function findGrid(tx: Tx, code: string, scope: Predicate, at: Date): Promise<GridRow | undefined> {
  const { rows } = await sql<GridRow>`
    select ${columns(at)} from ${GRIDS} where x.code = ${code} and ${predicateSql(scope, 'x')}`.execute(tx)
  return rows[0]
}

export async function findShape(tx: Tx, code: string): Promise<GeoShape | null> {
  const { rows } = await sql<{ shape: GeoShape | null }>`select shape from grid_grid where code = ${code}`.execute(tx)
  return rows[0]?.shape ?? null
}

export interface ShapeRow {
  code: string
  kind: GridKind
  name: string
  shape: GeoShape
  illustrative: boolean
}

export async function listShapeRows(tx: Tx, under: string, micro: boolean, scope: Predicate): Promise<ShapeRow[]> {
  const { rows } = await sql<ShapeRow>`
    select x.code, x.kind, x.name, g.shape, x.illustrative from ${GRIDS} join grid_grid g on g.code = x.code
     where x.drawn and x.retired_on is null and starts_with(x.code, ${under}) and ${micro ? sql`true` : sql`x.kind <> 'micro'`}
       and ${predicateSql(scope, 'x')} order by x.code`.execute(tx)
  return rows
}

export async function listVillageShapes(
  tx: Tx,
  under: string,
  scope: Predicate,
): Promise<{ code: string; name: string; shape: GeoShape; illustrative: boolean }[]> {
  const { rows } = await sql<{ code: string; name: string; shape: GeoShape; illustrative: boolean }>`
    select x.code, x.name, x.shape, x.illustrative
      from (select v.code, d.short_name as name, v.shape, v.illustrative, left(v.code, 9) as town_code,
                   v.code as village_code, null::text as grid_code, null::text as line_code
              from grid_village v join area_division d on d.code = v.code) x
     where starts_with(x.code, ${under.slice(0, 12)}) and ${predicateSql(scope, 'x')} order by x.code`.execute(tx)
  return rows
}

export interface GridPost {
  id: number
  role: string
  name: string
  roster: string | null
  unitId: number
  divisionCode: string
  holders: { id: number; name: string; acting: boolean }[]
}

/** Posts at the grid, and the grid leaders of its village where the grid has none of its own. */
export async function listGridPosts(tx: Tx, code: string, at: Date): Promise<GridPost[]> {
  const { rows } = await sql<GridPost>`
    select p.id, p.role, p.name, p.roster, p.unit_id as "unitId", coalesce(p.division_code, u.division_code) as "divisionCode",
           coalesce((select json_agg(json_build_object('id', a.id, 'name', a.display_name, 'acting', h.acting) order by h.acting, h.since, h.id)
              from org_post_holding h join auth_account a on a.id = h.account_id
             where h.post_id = p.id and a.disabled_at is null and h.since <= ${at} and (h.until is null or h.until > ${at})), '[]') as holders
      from org_post p join org_unit u on u.id = p.unit_id
     where p.retired_at is null and (p.division_code = ${code}
        or (p.role = 'gridLeader' and coalesce(p.division_code, u.division_code) = ${code.slice(0, 12)}))
     order by p.role, p.roster nulls last, p.id`.execute(tx)
  return rows
}

export interface LineageRow {
  code: string
  name: string
  kind: 'split' | 'merge'
  effectiveOn: string
  reason: string
  step: number
}

/** What a grid came from (`before`) or became (`after`), over all steps. */
export async function listLineage(tx: Tx, code: string, way: 'before' | 'after'): Promise<LineageRow[]> {
  const [own, other] = way === 'before' ? ['successor', 'predecessor'] : ['predecessor', 'successor']
  const { rows } = await sql<LineageRow>`
    with recursive line as (
      select l.predecessor, l.successor, l.kind, l.effective_on, l.reason, 1 as step
        from grid_lineage l where ${sql.ref(`l.${own}`)} = ${code}
      union
      select l.predecessor, l.successor, l.kind, l.effective_on, l.reason, line.step + 1
        from line join grid_lineage l on ${sql.ref(`l.${own}`)} = ${sql.ref(`line.${other}`)} where line.step < 20
    )
    select ${sql.ref(`line.${other}`)} as code, coalesce(g.name, d.name) as name, line.kind,
           line.effective_on::text as "effectiveOn", line.reason, line.step
      from line join grid_grid g on g.code = ${sql.ref(`line.${other}`)} join area_division d on d.code = g.division_code
     order by line.step, 1`.execute(tx)
  return rows
}

export async function countCases(tx: Tx, code: string): Promise<{ open: number; closed: number }> {
  const { rows } = await sql<{ open: number; closed: number }>`
    select count(*) filter (where closed_at is null) as open, count(*) filter (where closed_at is not null) as closed
      from process_case where grid_code = ${code}`.execute(tx)
  return rows[0]!
}

/** Micro grids of a grid with who looks after them. */
export async function listMicro(
  tx: Tx,
  code: string,
): Promise<{ code: string; name: string; keeper: string | null }[]> {
  const { rows } = await sql<{ code: string; name: string; keeper: string | null }>`
    select g.code, g.name, a.display_name as keeper from grid_grid g left join auth_account a on a.id = g.keeper_id
     where g.division_code = ${code} and g.kind = 'micro' and g.retired_on is null order by g.code`.execute(tx)
  return rows
}

/** Locks what is known of a grid beyond its division; makes the row where the grid was never more than a division. */
export async function lockGrid(tx: Tx, code: string, kind: GridKind, day: string): Promise<{ version: number }> {
  await sql`
    insert into grid_grid (code, division_code, kind, since, version)
    select code, code, ${kind}, ${day}::date, 0 from area_division where code = ${code}
    on conflict (code) do nothing`.execute(tx)
  const { rows } = await sql<{ version: number }>`
    select version from grid_grid where code = ${code} for update`.execute(tx)
  return rows[0]!
}

export async function updateFacts(
  tx: Tx,
  code: string,
  facts: {
    name: string
    households: number | null
    people: number | null
    place: string | null
    keeperId: number | null
  },
): Promise<void> {
  const micro = code.length > 15
  await sql`
    update grid_grid set households = ${facts.households}, people = ${facts.people}, place = ${facts.place},
      keeper_id = ${facts.keeperId}, name = ${micro ? facts.name : null}, version = version + 1 where code = ${code}`.execute(
    tx,
  )
  if (!micro)
    await sql`update area_division set name = ${facts.name}, short_name = ${facts.name} where code = ${code}`.execute(
      tx,
    )
}

/** Open cases of a grid inside a policy, newest first. */
export async function listVisibleCases(
  tx: Tx,
  code: string,
  visible: Predicate,
): Promise<{ id: number; number: string; title: string; openedAt: Date; overdue: boolean }[]> {
  const { rows } = await sql<{ id: number; number: string; title: string; openedAt: Date; overdue: boolean }>`
    select c.id, c.number, c.title, c.opened_at as "openedAt", c.overdue from process_case c
     where c.grid_code = ${code} and c.closed_at is null and ${predicateSql(visible, 'c')}
     order by c.id desc limit 20`.execute(tx)
  return rows
}
