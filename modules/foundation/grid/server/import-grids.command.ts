import { createRequire } from 'node:module'
import { importGrids, MANAGE } from '#modules/foundation/grid/contract.ts'
import { MOST_FEATURES, readGeoJson } from '#modules/foundation/grid/domain/read-geojson.ts'
import { insertChange } from '#modules/foundation/grid/server/change.store.ts'
import { draftsman, touchesIllustrative } from '#modules/foundation/grid/server/draft-change.command.ts'
import { examine, placeOfVillages } from '#modules/foundation/grid/server/examine.ts'
import { assertMayInVillages } from '#modules/foundation/grid/server/grid.policy.ts'
import { grantsFor } from '#platform/access/actor.ts'
import { command } from '#platform/command/command.ts'
import { AppError } from '#platform/errors/app-error.ts'

// A CommonJS package whose types describe an ES module with a default.
const gcoord = createRequire(import.meta.url)('gcoord') as typeof import('gcoord').default

/**
 * Takes a GeoJSON file in as a draft with everything that the check found; the grids of today stay as they are until somebody
 * else publishes it. A file that reaches into a village that is not one's own is refused whole.
 */
export const importGridsCommand = command(importGrids, {
  async perform(context, input) {
    const { tx, now, here, pending } = context
    const actor = draftsman(context)
    const read = readGeoJson(input.geojson, (at) =>
      input.datum === 'wgs84' ? gcoord.transform(at, gcoord.WGS84, gcoord.GCJ02) : at,
    )
    if ('problem' in read) {
      if (read.problem === 'no_features') throw new AppError('grid.no_features', { status: 422 })
      if (read.problem === 'too_many_features')
        throw new AppError('grid.too_many_features', { status: 422, params: { most: MOST_FEATURES } })
      throw new AppError('grid.not_geojson', { status: 422 })
    }
    const examined = await examine(context, null, read.grids, [])
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
