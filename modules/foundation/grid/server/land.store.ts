import type { StandingGrid, VillageLand } from '#modules/foundation/grid/domain/check-plan.ts'
import type { GridKind } from '#modules/foundation/grid/domain/grid-code.ts'
import type { GridLimits } from '#modules/foundation/grid/domain/plan.ts'
import { fromGeo, type GeoShape } from '#modules/foundation/grid/domain/shape.ts'
import { sql, type Tx } from '#platform/db/db.ts'

export interface DrawnGrid extends StandingGrid {
  kind: GridKind
  illustrative: boolean
}

export interface DrawnVillage extends VillageLand {
  illustrative: boolean
}

/** Grids of today that have a shape, by code. */
export async function listDrawnGrids(tx: Tx): Promise<DrawnGrid[]> {
  const { rows } = await sql<{
    code: string
    kind: GridKind
    name: string
    shape: GeoShape
    illustrative: boolean
  }>`
    select g.code, g.kind, coalesce(g.name, d.name) as name, g.shape, g.illustrative
      from grid_grid g join area_division d on d.code = g.division_code
     where g.shape is not null and g.retired_on is null order by g.code`.execute(tx)
  return rows.map((row) => ({ ...row, shape: fromGeo(row.shape) }))
}

/** Every village of the county with its land, as far as that was entered. */
export async function listVillageLand(tx: Tx): Promise<Map<string, DrawnVillage>> {
  const { rows } = await sql<{ code: string; name: string; shape: GeoShape | null; illustrative: boolean | null }>`
    select d.code, d.short_name as name, v.shape, v.illustrative
      from area_division d left join grid_village v on v.code = d.code
     where d.level = 12 and d.retired_at is null order by d.code`.execute(tx)
  return new Map(
    rows.map(({ code, name, shape, illustrative }) => [
      code,
      { code, name, shape: shape && fromGeo(shape), illustrative: illustrative ?? false },
    ]),
  )
}

/** Every code that was ever given, and whether its grid still stands. */
export async function listCodes(tx: Tx): Promise<Map<string, boolean>> {
  const { rows } = await sql<{ code: string; stands: boolean }>`
    select code, retired_at is null as stands from area_division where level = 15
    union select code, retired_on is null from grid_grid where kind = 'micro'`.execute(tx)
  return new Map(rows.map(({ code, stands }) => [code, stands]))
}

/** Codes that open changes have taken for grids to come. */
export async function listReservedCodes(tx: Tx, except: number | null): Promise<string[]> {
  const { rows } = await sql<{ code: string }>`
    select distinct p.item ->> 'code' as code
      from grid_change c cross join lateral jsonb_array_elements(c.plan) as p (item)
     where c.state in ('draft', 'checked', 'scheduled') and c.id is distinct from ${except}
       and p.item ->> 'code' is not null`.execute(tx)
  return rows.map((row) => row.code)
}

export async function getLimits(tx: Tx): Promise<GridLimits> {
  const { rows } = await sql<{ key: string; value: string }>`select key, value from grid_limit`.execute(tx)
  const found = new Map(rows.map(({ key, value }) => [key, Number(value)]))
  return {
    minArea: found.get('min_area') ?? 1000,
    minMicroArea: found.get('min_micro_area') ?? 100,
    sliver: found.get('sliver') ?? 0.5,
  }
}
