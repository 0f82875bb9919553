import { createRequire } from 'node:module'
import { exportGrids, VIEW } from '#modules/foundation/grid/contract.ts'
import type { GeoShape } from '#modules/foundation/grid/domain/shape.ts'
import { gridScope } from '#modules/foundation/grid/server/grid.policy.ts'
import { presentGrid } from '#modules/foundation/grid/server/grid.queries.ts'
import { findShape, listGridRows } from '#modules/foundation/grid/server/grid.store.ts'
import { writePending } from '#platform/command/command.ts'
import { Pending } from '#platform/command/context.ts'
import type { RouteInput } from '#platform/contract/route.ts'
import { mediaTypes } from '#platform/files/file-type.ts'
import { downloadHeaders } from '#platform/files/uploads.ts'
import type { RawHandler } from '#platform/http/raw-handler.ts'
import { type Column, dateText } from '#platform/tables/column.ts'
import { writeCsv } from '#platform/tables/write-csv.ts'
import { writeXlsx } from '#platform/tables/write-xlsx.ts'

// A CommonJS package whose types describe an ES module with a default.
const gcoord = createRequire(import.meta.url)('gcoord') as typeof import('gcoord').default

type Row = ReturnType<typeof presentGrid>

const KINDS = { general: '综合网格', dedicated: '专属网格', micro: '微网格' }
const PLACES: Record<string, string> = {
  building: '楼宇',
  market: '市场',
  park: '园区',
  school: '学校',
  hospital: '医院',
  other: '其他',
}

const columns: Column<Row>[] = [
  { title: '网格代码', type: 'text', width: 20, value: (row) => row.code },
  { title: '网格名称', type: 'text', width: 28, value: (row) => row.name },
  { title: '网格类型', type: 'text', width: 10, value: (row) => KINDS[row.kind] },
  { title: '专属类型', type: 'text', width: 10, value: (row) => (row.place ? PLACES[row.place] : null) },
  { title: '镇街', type: 'text', width: 14, value: (row) => row.town.name },
  { title: '村（社区）', type: 'text', width: 16, value: (row) => row.village.name },
  { title: '户数', type: 'integer', value: (row) => row.households },
  { title: '人数', type: 'integer', value: (row) => row.people },
  { title: '面积（平方米）', type: 'integer', value: (row) => row.area },
  { title: '网格长', type: 'text', width: 14, value: (row) => row.leaders.join('、') },
  { title: '网格员人数', type: 'integer', value: (row) => row.workers },
  { title: '生效日期', type: 'text', width: 12, value: (row) => row.since },
  { title: '撤销日期', type: 'text', width: 12, value: (row) => row.retiredOn },
  { title: '示意', type: 'boolean', width: 8, value: (row) => row.illustrative },
]

/** Rounds to the micro-degree, in the datum that was asked for. */
function inDatum(part: unknown, wgs84: boolean): unknown {
  if (!Array.isArray(part)) return part
  if (typeof part[0] !== 'number') return part.map((one) => inDatum(one, wgs84))
  const [lon, lat] = wgs84 ? gcoord.transform(part as [number, number], gcoord.GCJ02, gcoord.WGS84) : part
  return [Math.round(lon * 1e6) / 1e6, Math.round(lat * 1e6) / 1e6]
}

/** The list of grids as a file, inside the reader's territory; one audit row says how many left. */
export const exportGridsHandler: RawHandler = {
  route: exportGrids,
  async handle(house, { here, actor, input, info }) {
    const { services } = house
    const { format, datum, ...filter } = input as RouteInput<typeof exportGrids>
    const wgs84 = datum === 'wgs84'
    const now = services.clock.now()
    const found = await services.pool.inCounty(
      here.county,
      async (tx) => {
        const rows = await listGridRows(tx, filter, gridScope(actor, VIEW), { after: null, limit: 100_000, at: now })
        const shapes = new Map<string, GeoShape | null>()
        if (format === 'geojson')
          for (const row of rows) if (row.drawn) shapes.set(row.code, await findShape(tx, row.code))
        return { rows: rows.map((row) => presentGrid({ here }, row)), shapes }
      },
      'read',
    )
    await services.pool.inCounty(here.county, async (tx) => {
      const pending = new Pending()
      pending.subject = `grids?format=${format}&under=${filter.under ?? ''} rows=${found.rows.length}`
      await writePending({ tx, actor, here, request: info, now, services, pending }, { route: exportGrids.name })
    })
    const name = `网格 ${dateText(now)}.${format}`
    if (format !== 'geojson') {
      const body = format === 'xlsx' ? writeXlsx(columns, found.rows, { sheet: '网格' }) : writeCsv(columns, found.rows)
      const mediaType = format === 'xlsx' ? mediaTypes.xlsx : 'text/csv; charset=utf-8'
      return { headers: downloadHeaders({ name, mediaType }, false), body }
    }
    const features = found.rows.map((row) => {
      const shape = found.shapes.get(row.code)
      return JSON.stringify({
        type: 'Feature',
        properties: {
          code: row.code,
          name: row.name,
          kind: row.kind,
          villageCode: row.village.code,
          place: row.place,
          households: row.households,
          people: row.people,
          since: row.since,
          示意: row.illustrative,
        },
        geometry: shape ? { type: shape.type, coordinates: inDatum(shape.coordinates, wgs84) } : null,
      })
    })
    const body = `{"type":"FeatureCollection","datum":"${wgs84 ? 'WGS-84' : 'GCJ-02'}","features":[\n${features.join(',\n')}\n]}\n`
    return { headers: downloadHeaders({ name, mediaType: 'application/geo+json' }, false), body: Buffer.from(body) }
  },
}
