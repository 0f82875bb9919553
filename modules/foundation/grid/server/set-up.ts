import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { MANAGE, PUBLISH, VIEW } from '#modules/foundation/grid/contract.ts'
import type { GridKind } from '#modules/foundation/grid/domain/grid-code.ts'
import { type PackedShape, unpack } from '#modules/foundation/grid/domain/packed.ts'
import { areaOf, degreesOf, toGeo } from '#modules/foundation/grid/domain/shape.ts'
import { pointInside } from '#modules/foundation/grid/domain/topology.ts'
import { raiseRevision } from '#modules/foundation/org/public.ts'
import type { County } from '#platform/db/counties.ts'
import { sql, type Tx } from '#platform/db/db.ts'

/** Since when the demo's grids hold, like its posts. */
const DEMO_SINCE = '2025-01-01'
const SOURCE = '示意：按示意点位的最近范围划分，限于县界之内'

/** Who sees grids, draws them, publishes: [role, kind of unit, level, place, permissions]. */
const GRANTS: readonly [string, string | null, string, 'post' | null, readonly string[]][] = [
  ['intakeClerk', 'command', 'town', null, [VIEW]],
  ['intakeClerk', 'command', 'county', null, [VIEW]],
  ['dutyChief', 'command', 'town', null, [VIEW]],
  ['dutyChief', 'command', 'county', null, [VIEW]],
  ['dispatcher', 'command', 'town', null, [VIEW]],
  ['dispatcher', 'command', 'county', null, [VIEW]],
  ['handler', 'committee', 'village', null, [VIEW]],
  ['gridLeader', 'committee', 'village', null, [VIEW]],
  ['gridWorker', 'committee', 'village', null, [VIEW]],
  ['handler', 'governance', 'town', null, [VIEW, MANAGE]],
  ['unitLeader', 'governance', 'town', null, [VIEW, MANAGE, PUBLISH]],
  ['bureauAdmin', 'data', 'county', null, [VIEW, MANAGE, PUBLISH]],
  ['countyDirector', 'command', 'county', null, [VIEW, MANAGE, PUBLISH]],
  ['auditor', 'discipline', 'county', null, [VIEW]],
]

/** First grants, measures of the check, and in the demo county 示意 shapes and figures. Safe to repeat. */
export async function setUpGrids(tx: Tx, county: County): Promise<void> {
  const rows = GRANTS.flatMap(([role, kind, level, division, permissions]) =>
    permissions.map((permission) => ({ role, kind, level, division, permission })),
  )
  await sql`
    insert into access_grant (role, unit_kind, unit_level, permission, division_code, reason, valid_from)
    select s.role, s.kind, s.level, s.permission, s.division, '岗位职责（初始授权）', '2025-01-01T00:00:00+08:00'
      from json_to_recordset(${JSON.stringify(rows)}::json) as s (role text, kind text, level text, division text, permission text)
     where not exists (select 1 from access_grant g where g.role = s.role and g.permission = s.permission
       and g.granted_by is null and (g.unit_kind, g.unit_level, g.division_code) is not distinct from (s.kind, s.level, s.division))`.execute(
    tx,
  )
  await sql`
    insert into grid_limit (key, value, mark) values ('min_area', 1000, 'D'), ('min_micro_area', 100, 'D'), ('sliver', 0.5, 'D')
    on conflict (key) do nothing`.execute(tx)
  if (county.demo && county.regionPrefix === '320506') await loadDemoShapes(tx)
  await raiseRevision(tx)
}

interface Seed {
  villages: [code: string, shape: PackedShape][]
  grids: [code: string, kind: GridKind, name: string, place: string | null, shape: PackedShape][]
}

async function loadDemoShapes(tx: Tx): Promise<void> {
  const seed = JSON.parse(readFileSync(join(import.meta.dirname, '../seed/shapes-wuzhong.json'), 'utf8')) as Seed
  const villages = seed.villages.map(([code, packed]) => {
    const shape = unpack(packed)
    return { code, shape: toGeo(shape), area: Math.round(areaOf(shape)) }
  })
  await sql`
    insert into grid_village (code, shape, area, illustrative, source)
    select v.code, v.shape, v.area, true, ${SOURCE}
      from json_to_recordset(${JSON.stringify(villages)}::json) as v (code text, shape jsonb, area integer)
      join area_division d on d.code = v.code
    on conflict (code) do nothing`.execute(tx)
  const grids = seed.grids.map(([code, kind, name, place, packed]) => {
    const shape = unpack(packed)
    const [lon, lat] = degreesOf(pointInside(shape))
    const { households, people } = demoFigures(code, kind, name)
    return {
      code,
      division: code.slice(0, 15),
      parent: code.slice(0, 12),
      kind,
      name,
      place,
      households,
      people,
      shape: toGeo(shape),
      area: Math.round(areaOf(shape)),
      lon,
      lat,
    }
  })
  const list = JSON.stringify(grids)
  await sql`
    insert into area_division (code, parent_code, level, name, short_name, center, illustrative)
    select g.code, g.parent, 15, g.name, g.name, point(g.lon, g.lat), true
      from json_to_recordset(${list}::json) as g (code text, parent text, kind text, name text, lon float8, lat float8)
      join area_division d on d.code = g.parent where g.kind <> 'micro'
    on conflict (code) do nothing`.execute(tx)
  await sql`
    insert into grid_grid (code, division_code, kind, name, place, households, people, shape, area, illustrative, since)
    select g.code, g.division, g.kind, case when g.kind = 'micro' then g.name end, g.place, g.households, g.people, g.shape,
           g.area, true, ${DEMO_SINCE}::date
      from json_to_recordset(${list}::json) as g (code text, division text, kind text, name text, place text,
        households integer, people integer, shape jsonb, area integer)
      join area_division d on d.code = g.division
    on conflict (code) do nothing`.execute(tx)
}

/** 示意 figures: a community's grid of 300–500 households, a village's of 180–320; always the same for a code. */
function demoFigures(code: string, kind: GridKind, name: string): { households: number | null; people: number | null } {
  if (kind === 'dedicated') return { households: null, people: null }
  let hash = 2166136261
  for (const char of code) hash = Math.imul(hash ^ char.charCodeAt(0), 16777619)
  hash = Math.imul(hash ^ (hash >>> 15), 2246822519)
  hash ^= hash >>> 13
  const share = ((hash >>> 8) & 0xffff) / 0xffff
  const [low, high] = kind === 'micro' ? [60, 150] : /社区/.test(name) ? [300, 500] : [180, 320]
  const households = Math.round(low + share * (high - low))
  return { households, people: Math.round(households * (2.4 + ((hash >>> 3) & 0xff) / 400)) }
}
