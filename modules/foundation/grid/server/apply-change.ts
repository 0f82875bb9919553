import { checkPlan } from '#modules/foundation/grid/domain/check-plan.ts'
import type { Fault } from '#modules/foundation/grid/domain/plan.ts'
import { areaOf, degreesOf, fromGeo } from '#modules/foundation/grid/domain/shape.ts'
import { pointInside } from '#modules/foundation/grid/domain/topology.ts'
import type { Change } from '#modules/foundation/grid/server/change.store.ts'
import { loadGround } from '#modules/foundation/grid/server/examine.ts'
import { copyPosts, endPosts, listPostsAt } from '#modules/foundation/grid/server/grid-posts.ts'
import { destinations, listOpenCases, moveCases } from '#modules/foundation/grid/server/move-cases.ts'
import { raiseRevision } from '#modules/foundation/org/public.ts'
import type { Context } from '#platform/command/context.ts'
import { sql } from '#platform/db/db.ts'

/** Grids of a change by the code of each grid that goes. */
export function successorsIn(change: Pick<Change, 'plan'>) {
  return (gone: string) => change.plan.filter((grid) => grid.from.includes(gone))
}

/**
 * Brings a change into force: codes, shapes and figures, what goes and what it became, posts, open cases. All or nothing, in
 * the caller's transaction.
 * @returns the faults that keep it from being so; then nothing was changed
 */
export async function applyChange(context: Context, change: Change, day: string): Promise<Fault[]> {
  const { tx, now, here } = context
  const ground = await loadGround(context, change.retired)
  const faults = checkPlan(change.plan, ground)
  for (const code of change.retired)
    if (ground.codes.get(code) !== true)
      faults.push({ kind: 'code_gone', weight: 'error', ref: null, code, name: null, at: null, params: { code } })
  const errors = faults.filter((fault) => fault.weight === 'error')
  if (errors.length > 0) return errors

  const rows = change.plan.map((grid) => {
    const shape = fromGeo(grid.shape!)
    const [lon, lat] = degreesOf(pointInside(shape))
    return {
      code: grid.code!,
      division: grid.code!.slice(0, 15),
      parent: grid.code!.slice(0, 12),
      kind: grid.kind,
      name: grid.name.trim(),
      place: grid.place,
      households: grid.households,
      people: grid.people,
      shape: grid.shape,
      area: Math.round(areaOf(shape)),
      lon,
      lat,
    }
  })
  const list = JSON.stringify(rows)
  await sql`
    insert into area_division (code, parent_code, level, name, short_name, center, illustrative)
    select code, parent, 15, name, name, point(lon, lat), ${change.illustrative}
      from json_to_recordset(${list}::json) as g (code text, parent text, kind text, name text, lon float8, lat float8)
     where kind <> 'micro'
    on conflict (code) do update set name = excluded.name, short_name = excluded.short_name, center = excluded.center,
      illustrative = excluded.illustrative`.execute(tx)
  await sql`
    insert into grid_grid as t (code, division_code, kind, name, place, households, people, shape, area, illustrative, since)
    select code, division, kind, case when kind = 'micro' then name end, place, households, people, shape, area,
           ${change.illustrative}, ${day}::date
      from json_to_recordset(${list}::json) as g (code text, division text, kind text, name text, place text,
        households integer, people integer, shape jsonb, area integer)
    on conflict (code) do update set name = excluded.name, place = coalesce(excluded.place, t.place),
      households = coalesce(excluded.households, t.households), people = coalesce(excluded.people, t.people),
      shape = excluded.shape, area = excluded.area, illustrative = excluded.illustrative, version = t.version + 1`.execute(
    tx,
  )

  if (change.retired.length > 0) {
    await sql`
      insert into grid_grid (code, division_code, kind, since)
      select code, code, case when substr(code, 13) >= '801' then 'dedicated' else 'general' end, ${day}::date
        from area_division where code = any(${change.retired}::text[])
      on conflict (code) do nothing`.execute(tx)
    await sql`
      update grid_grid set retired_on = ${day}::date, retired_reason = ${change.reason}, version = version + 1
       where code = any(${change.retired}::text[])`.execute(tx)
    await sql`
      update area_division set retired_at = ${now} where code = any(${change.retired}::text[])`.execute(tx)
    const lines = change.plan.flatMap((grid) => grid.from.map((gone) => ({ predecessor: gone, successor: grid.code })))
    await sql`
      insert into grid_lineage (predecessor, successor, kind, effective_on, reason, change_id)
      select predecessor, successor, ${change.kind}, ${day}::date, ${change.reason}, ${change.id}
        from json_to_recordset(${JSON.stringify(lines)}::json) as l (predecessor text, successor text)
      on conflict (predecessor, successor) do nothing`.execute(tx)

    const gone = change.retired.filter((code) => code.length === 15)
    const successors = successorsIn(change)
    const codesOf = (code: string) => successors(code).flatMap((grid) => (grid.code ? [grid.code] : []))
    const posts = await listPostsAt(tx, gone, now)
    await copyPosts(context, posts, codesOf, change.reason)
    const names = new Map(change.plan.map((grid) => [grid.code, grid.name]))
    const nameOf = (code: string) => names.get(code) ?? here.directory.divisionName(code)
    if (change.cases === 'move') {
      const moves = destinations(await listOpenCases(tx, gone), successors)
      await moveCases(context, moves, nameOf, change.reason)
      await endPosts(context, posts, change.reason)
      await sql`update grid_grid set settled_at = ${now} where code = any(${gone}::text[])`.execute(tx)
    }
  }
  await raiseRevision(tx)
  context.pending.jobs.push({
    kind: 'event:grid.changed',
    payload: { changeId: change.id, retired: change.retired, codes: rows.map((row) => row.code) },
  })
  context.pending.facts.push({
    kind: 'grid.change_applied',
    subject: `grid_change:${change.id}`,
    content: {
      kind: change.kind,
      effectiveOn: day,
      retired: change.retired,
      grids: change.plan.map(({ code, from }) => ({ code, from })),
      cases: change.cases,
    },
  })
  return []
}
