import { createRequire } from 'node:module'
import { importBorders, importGrids, MANAGE, PUBLISH } from '#modules/foundation/grid/contract.ts'
import { checkBorders } from '#modules/foundation/grid/domain/check-plan.ts'
import type { PlannedGrid } from '#modules/foundation/grid/domain/plan.ts'
import { MOST_FEATURES, readGeoJson } from '#modules/foundation/grid/domain/read-geojson.ts'
import { areaOf, fromGeo } from '#modules/foundation/grid/domain/shape.ts'
import { insertChange } from '#modules/foundation/grid/server/change.store.ts'
import { draftsman, touchesIllustrative } from '#modules/foundation/grid/server/draft-change.command.ts'
import { examine, loadGround, placeOfVillages } from '#modules/foundation/grid/server/examine.ts'
import { assertMayInVillages } from '#modules/foundation/grid/server/grid.policy.ts'
import { raiseRevision } from '#modules/foundation/org/public.ts'
import { grantsFor } from '#platform/access/actor.ts'
import { command } from '#platform/command/command.ts'
import { sql } from '#platform/db/db.ts'
import { AppError } from '#platform/errors/app-error.ts'

// A CommonJS package whose types describe an ES module with a default.
const gcoord = createRequire(import.meta.url)('gcoord') as typeof import('gcoord').default

/**
 * A file as planned grids in the datum of the county's maps.
 * @throws AppError `grid.not_geojson`, `grid.no_features`, `grid.too_many_features`
 */
function readFile(geojson: string, datum: 'gcj02' | 'wgs84'): PlannedGrid[] {
  const read = readGeoJson(geojson, (at) => (datum === 'wgs84' ? gcoord.transform(at, gcoord.WGS84, gcoord.GCJ02) : at))
  if ('grids' in read) return read.grids
  if (read.problem === 'no_features') throw new AppError('grid.no_features', { status: 422 })
  if (read.problem === 'too_many_features')
    throw new AppError('grid.too_many_features', { status: 422, params: { most: MOST_FEATURES } })
  throw new AppError('grid.not_geojson', { status: 422 })
}

/**
 * Takes a GeoJSON file in as a draft with everything that the check found; the grids of today stay as they are until somebody
 * else publishes it. A file that reaches into a village that is not one's own is refused whole.
 */
export const importGridsCommand = command(importGrids, {
  async perform(context, input) {
    const { tx, now, here, pending } = context
    const actor = draftsman(context)
    const grids = readFile(input.geojson, input.datum)
    const examined = await examine(context, null, grids, [])
    assertMayInVillages(actor, MANAGE, examined.villages, (code) => here.directory.divisionName(code))
    const place =
      examined.villages.length > 0
        ? placeOfVillages(examined.villages)
        : // Nothing in it is known: it stays with the town of whoever sent it.
          {
            townCode:
              grantsFor(actor, MANAGE)
                .find(({ division }) => division.length >= 9)
                ?.division.slice(0, 9) ?? null,
            villageCode: null,
          }
    const id = await insertChange(tx, {
      kind: 'import',
      state: examined.state,
      title: input.fileName.trim(),
      reason: input.reason.trim(),
      source: `${input.fileName.trim()} · ${input.datum === 'wgs84' ? 'WGS-84 / CGCS2000' : 'GCJ-02'}`,
      illustrative: input.illustrative || (await touchesIllustrative(context, examined.villages)),
      ...place,
      plan: examined.plan,
      retired: [],
      faults: examined.faults,
      by: actor.accountId,
      at: now,
    })
    pending.subject = `grid_change:${id}`
    return { ref: { id }, output: { id } }
  },
  async present(_context, ref) {
    return ref as { id: number }
  },
})

/**
 * Takes borders of villages in: all of the file or nothing. A dry run says the same and keeps nothing. Grids that stand are not
 * touched; what a new border leaves outside is told.
 */
export const importBordersCommand = command(importBorders, {
  async perform(context, input) {
    const { tx, here, pending } = context
    const actor = draftsman(context)
    const borders = readFile(input.geojson, input.datum).map((grid) => ({
      ref: grid.ref,
      code: grid.code ?? grid.villageCode,
      name: grid.name,
      shape: grid.shape,
    }))
    const ground = await loadGround(context, [])
    const known = borders.flatMap(({ code }) => (code && ground.villages.has(code) ? [code] : []))
    assertMayInVillages(actor, PUBLISH, known, (code) => here.directory.divisionName(code))
    const faults = checkBorders(borders, ground)
    const taken = !input.dryRun && !faults.some((fault) => fault.weight === 'error')
    const output = { borders: borders.length, taken, faults }
    if (!taken) return { ref: output as never, output }
    const rows = borders.map(({ code, shape }) => ({
      code,
      shape,
      area: Math.round(areaOf(fromGeo(shape!))),
    }))
    await sql`
      insert into grid_village (code, shape, area, illustrative, source)
      select code, shape, area, ${input.illustrative ?? false}, ${`${input.fileName.trim()} · ${input.reason.trim()}`}
        from json_to_recordset(${JSON.stringify(rows)}::json) as v (code text, shape jsonb, area integer)
      on conflict (code) do update set shape = excluded.shape, area = excluded.area, illustrative = excluded.illustrative,
        source = excluded.source`.execute(tx)
    await raiseRevision(tx)
    pending.subject = 'grid_village:import'
    pending.facts.push({
      kind: 'grid.borders_imported',
      subject: pending.subject,
      content: { borders: rows.length, reason: input.reason.trim() },
    })
    return { ref: output as never, output }
  },
  async present(_context, ref) {
    return ref as never
  },
})
