/**
 * Rebuilds shapes-wuzhong.json: 示意 borders of 吴中区's villages and grids, for nobody publishes the real ones. Each village
 * gets the land that is nearer to its 示意 point than to any other's, inside the county's real outline; its grids share it by
 * their own points. One dedicated grid is cut out in every town, and grids of 木渎镇 are divided into micro grids.
 * Deterministic: `node modules/foundation/grid/seed/build-shapes.ts`.
 */
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { checkPlan, type VillageLand } from '../domain/check-plan.ts'
import { common } from '../domain/clip.ts'
import { cutShape, joinShapes, withCornersOf } from '../domain/draw.ts'
import { pack } from '../domain/packed.ts'
import type { PlannedGrid } from '../domain/plan.ts'
import {
  areaOf,
  boxesMeet,
  boxOf,
  fromGeo,
  type GeoShape,
  normal,
  type Point,
  type Ring,
  ringsOf,
  type Shape,
  toGeo,
  toUnits,
} from '../domain/shape.ts'
import { placeIn, pointInside } from '../domain/topology.ts'

const ORG = join(import.meta.dirname, '../../org/seed')
const read = (name: string) => JSON.parse(readFileSync(join(ORG, name), 'utf8'))

const outline = read('counties-3205.geojson').features.find(
  (one: { properties: { code: string } }) => one.properties.code === '320506',
)
const county: Shape = fromGeo(outline.geometry as GeoShape)
const points: Record<string, [number, number]> = read('village-points-320506.json').points
const seedGrids: { code: string; name: string; village: string; point: [number, number] }[] =
  read('grids-wuzhong.json').grids
const names = new Map<string, string>(
  read('divisions-3205.json').rows.map(([code, name]: [string, string]) => [
    code,
    name.replace(/(居民委员会|村民委员会|居民委会|居委会|委会)$/, ''),
  ]),
)

const LAT = 31.2
const K = Math.cos((LAT * Math.PI) / 180)

/** The part of a convex ring that is nearer to p than to q (degrees, distances in the plane of the county). */
function nearer(ring: [number, number][], p: [number, number], q: [number, number]): [number, number][] {
  const middle = [((p[0] + q[0]) / 2) * K, (p[1] + q[1]) / 2] as const
  const normalX = (q[0] - p[0]) * K
  const normalY = q[1] - p[1]
  const off = ([x, y]: [number, number]) => (x * K - middle[0]) * normalX + (y - middle[1]) * normalY
  const kept: [number, number][] = []
  ring.forEach((a, i) => {
    const b = ring[(i + 1) % ring.length]!
    const [da, db] = [off(a), off(b)]
    if (da <= 0) kept.push(a)
    if (da < 0 !== db < 0 && da !== 0 && db !== 0) {
      const t = da / (da - db)
      kept.push([a[0] + t * (b[0] - a[0]), a[1] + t * (b[1] - a[1])])
    }
  })
  return kept
}

const box: [number, number][] = [
  [119.9, 30.8],
  [121.1, 30.8],
  [121.1, 31.5],
  [119.9, 31.5],
]
const villages = [...new Set(seedGrids.map((grid) => grid.village))].sort()
const cells = new Map<string, Shape>()
for (const village of villages) {
  let cell = box
  for (const other of villages) if (other !== village) cell = nearer(cell, points[village]!, points[other]!)
  const own = seedGrids.filter((grid) => grid.village === village)
  for (const grid of own) {
    let part = cell
    for (const other of own) if (other !== grid) part = nearer(part, grid.point, other.point)
    const units: Shape = normal([[part.map(([lon, lat]): Point => [toUnits(lon), toUnits(lat)])]])
    cells.set(grid.code, common(units, county))
  }
}

// The same corner computed from two sides may differ by a unit: one of them stands for both.
const taken = new Map<string, Point>()
function settled([x, y]: Point): Point {
  const bucket = (v: number) => Math.floor(v / 4)
  for (let dx = -1; dx <= 1; dx++)
    for (let dy = -1; dy <= 1; dy++) {
      const found = taken.get(`${bucket(x) + dx},${bucket(y) + dy}`)
      if (found && Math.abs(found[0] - x) <= 2 && Math.abs(found[1] - y) <= 2) return found
    }
  const point: Point = [x, y]
  taken.set(`${bucket(x)},${bucket(y)}`, point)
  return point
}
for (const [code, shape] of cells)
  cells.set(
    code,
    shape.map((polygon) => polygon.map((ring): Ring => tidy(ring.map(settled)))),
  )
function tidy(ring: Ring): Ring {
  return ring.filter((point, i) => {
    const previous = ring[(i + ring.length - 1) % ring.length]!
    return previous[0] !== point[0] || previous[1] !== point[1]
  })
}
noded()

/** Gives neighbours each other's corners, so that every border is the same line from both sides. */
function noded(): void {
  const boxes = new Map([...cells].map(([code, shape]) => [code, boxOf(shape)]))
  for (const [code, shape] of cells) {
    const near = [...cells].filter(([other]) => other !== code && boxesMeet(boxes.get(code)!, boxes.get(other)!))
    cells.set(
      code,
      withCornersOf(
        shape,
        near.map(([, other]) => other),
      ),
    )
  }
}

const grids: Built[] = seedGrids.map((grid) => ({
  code: grid.code,
  name: grid.name,
  kind: 'general',
  place: null,
  shape: cells.get(grid.code)!,
}))
interface Built {
  code: string
  name: string
  kind: PlannedGrid['kind']
  place: string | null
  shape: Shape
}

/** One place with a management of its own in each town. */
const PLACES = ['market', 'school', 'park', 'building', 'hospital'] as const
const PLACE_NAMES = { market: '农贸市场', school: '学校', park: '产业园', building: '商务楼宇', hospital: '医院' }
const towns = [...new Set(villages.map((village) => village.slice(0, 9)))].sort()
towns.forEach((town, i) => {
  const village = villages.filter((code) => code.startsWith(town)).find((code) => /社区$/.test(names.get(code) ?? ''))!
  const host = grids
    .filter((grid) => grid.code.startsWith(village))
    .toSorted((a, b) => areaOf(b.shape) - areaOf(a.shape))[0]!
  const center = pointInside(host.shape)
  const around = (radius: number): Ring =>
    Array.from({ length: 6 }, (_, corner): Point => {
      const angle = (Math.PI / 3) * corner + 0.3
      return [Math.round(center[0] + (radius * Math.cos(angle)) / K), Math.round(center[1] + radius * Math.sin(angle))]
    })
  const fits = (radius: number) => around(radius * 1.3).every((point) => placeIn(host.shape, point) === 1)
  const radius = [1100, 900, 700, 500, 400].find(fits)
  if (!radius) throw new Error(`no room in ${host.code}`)
  const hexagon = around(radius)
  const inside = host.shape.findIndex((polygon) => placeIn([polygon], center) === 1)
  host.shape = normal(host.shape.map((polygon, at) => (at === inside ? [...polygon, hexagon] : polygon)))
  const place = PLACES[i % PLACES.length]!
  grids.push({
    code: `${village}801`,
    name: `${names.get(village)}${PLACE_NAMES[place]}专属网格`,
    kind: 'dedicated',
    place,
    shape: normal([[hexagon]]),
  })
})

// Micro grids: the grids of 木渎镇's communities cut across twice.
const micro: Built[] = []
for (const grid of grids.filter(({ code, kind }) => code.startsWith('320506103') && kind === 'general')) {
  if (!/社区/.test(grid.name)) continue
  const [west, south, east, north] = boxOf(grid.shape)
  const wide = (east - west) * K > north - south
  const line = (share: number): [Point, Point] =>
    wide
      ? [
          [Math.round(west + (east - west) * share), south],
          [Math.round(west + (east - west) * share), north],
        ]
      : [
          [west, Math.round(south + (north - south) * share)],
          [east, Math.round(south + (north - south) * share)],
        ]
  const first = cutShape(grid.shape, ...line(0.36))
  const second = first?.flatMap((half) => cutShape(half, ...line(0.66)) ?? [half])
  ;(second ?? [grid.shape]).forEach((shape, i) => {
    micro.push({
      code: `${grid.code}${String(i + 1).padStart(2, '0')}`,
      name: `${grid.name.replace(/\s*网格$/, '')}-${i + 1} 微网格`,
      kind: 'micro',
      place: null,
      shape,
    })
  })
}

const borders = villages.map((village) => ({
  code: village,
  shape: joinShapes(grids.filter((grid) => grid.code.startsWith(village)).map((grid) => grid.shape)),
}))

const all = [...grids, ...micro].sort((a, b) => a.code.localeCompare(b.code))
const land = new Map<string, VillageLand>(
  borders.map(({ code, shape }) => [code, { code, name: names.get(code) ?? code, shape }]),
)
const plan: PlannedGrid[] = all.map((grid) => ({
  ref: grid.code,
  code: grid.code,
  villageCode: grid.code.slice(0, 12),
  kind: grid.kind,
  name: grid.name,
  place: grid.place,
  households: null,
  people: null,
  shape: toGeo(grid.shape),
  from: [],
  within: null,
}))
const began = performance.now()
const faults = checkPlan(plan, {
  standing: [],
  retired: [],
  villages: land,
  codes: new Map(),
  county,
  limits: { minArea: 1000, minMicroArea: 100, sliver: 0.5 },
})
for (const fault of faults.slice(0, 40)) console.error(JSON.stringify(fault))
let corners = 0
for (const { shape } of all) for (const ring of ringsOf(shape)) corners += ring.length
console.error(
  `${grids.length} grids, ${micro.length} micro grids, ${borders.length} villages, ${corners} corners, ${faults.length} faults, checked in ${Math.round(performance.now() - began)} ms`,
)
if (faults.length > 0) process.exit(1)

const line = (row: unknown) => JSON.stringify(row)
writeFileSync(
  join(import.meta.dirname, 'shapes-wuzhong.json'),
  `{"marker":"示意","crs":"GCJ-02","note":"由 build-shapes.ts 生成：村社区与网格的界线为示意划分（按示意点位的最近范围，限于县界之内），不代表真实界线；县界来自 org/seed/counties-3205.geojson","unit":"0.000001 度，每环首点之后为增量",
"villages":[
${borders.map(({ code, shape }) => line([code, pack(shape)])).join(',\n')}
],
"grids":[
${all.map(({ code, kind, name, place, shape }) => line([code, kind, name, place, pack(shape)])).join(',\n')}
]}
`,
)
