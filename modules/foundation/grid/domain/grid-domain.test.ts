import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { area, booleanPointInPolygon, featureCollection, intersect, multiPolygon } from '@turf/turf'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { checkPlan, type PlanGround } from './check-plan.ts'
import { common } from './clip.ts'
import { addCorner, cutShape, dropCorner, joinShapes, moveCorner } from './draw.ts'
import { kindOfCode, nextCode } from './grid-code.ts'
import { GridIndex } from './grid-index.ts'
import { type PackedShape, pack, unpack } from './packed.ts'
import type { PlannedGrid } from './plan.ts'
import { readGeoJson } from './read-geojson.ts'
import { readShape } from './read-shape.ts'
import { areaOf, boxOf, fromGeo, normal, type Point, type Ring, type Shape, toGeo, twiceAreaOf } from './shape.ts'
import { mayOverlap, placeIn, pointInside, selfMeeting } from './topology.ts'

const seed = JSON.parse(readFileSync(join(import.meta.dirname, '../seed/shapes-wuzhong.json'), 'utf8')) as {
  villages: [string, PackedShape][]
  grids: [string, 'general' | 'dedicated' | 'micro', string, string | null, PackedShape][]
}
const drawn = seed.grids.map(([code, kind, name, place, packed]) => ({
  code,
  kind,
  name,
  place,
  shape: unpack(packed),
}))
const villages = new Map(seed.villages.map(([code, packed]) => [code, { code, name: code, shape: unpack(packed) }]))

const planOf = (grids: typeof drawn): PlannedGrid[] =>
  grids.map(({ code, kind, name, place, shape }) => ({
    ref: code,
    code,
    villageCode: code.slice(0, 12),
    kind,
    name,
    place,
    households: null,
    people: null,
    shape: toGeo(shape),
    from: [],
    within: null,
  }))

const ground = (given: Partial<PlanGround> = {}): PlanGround => ({
  standing: [],
  retired: [],
  villages,
  codes: new Map(),
  county: null,
  limits: { minArea: 1000, minMicroArea: 100, sliver: 0.5 },
  ...given,
})

const X = 120_500_000
const Y = 31_200_000
const square = (x: number, y: number, size: number): Shape => [
  [
    [
      [X + x, Y + y],
      [X + x + size, Y + y],
      [X + x + size, Y + y + size],
      [X + x, Y + y + size],
    ],
  ],
]

/** A ring that sees its centre from every corner: never meets itself. */
const star = fc
  .record({
    x: fc.integer({ min: -3000, max: 3000 }),
    y: fc.integer({ min: -3000, max: 3000 }),
    radii: fc.array(fc.integer({ min: 400, max: 4000 }), { minLength: 3, maxLength: 14 }),
  })
  .map(
    ({ x, y, radii }): Shape => [
      [
        radii.map((radius, i): Point => {
          const angle = (2 * Math.PI * i) / radii.length
          return [X + x + Math.round(radius * Math.cos(angle)), Y + y + Math.round(radius * Math.sin(angle))]
        }) as Ring,
      ],
    ],
  )

const turf = (shape: Shape) =>
  multiPolygon(shape.map((polygon) => polygon.map((ring) => [...ring, ring[0]!].map(([x, y]) => [x / 1e6, y / 1e6]))))

describe('codes', () => {
  it('say what a grid is, and the next one was never given', () => {
    expect(kindOfCode('320506103001003')).toBe('general')
    expect(kindOfCode('320506103001801')).toBe('dedicated')
    expect(kindOfCode('32050610300100302')).toBe('micro')
    for (const code of ['320506103001', '320506103001000', '320506103001800', '32050610300100300', 'x'])
      expect(kindOfCode(code)).toBeUndefined()
    expect(nextCode('320506103001', 'general', ['320506103001001', '320506103001007'])).toBe('320506103001008')
    expect(nextCode('320506103001', 'dedicated', ['320506103001007'])).toBe('320506103001801')
    expect(nextCode('320506103001', 'general', ['320506103001799'])).toBeUndefined()
  })
})

describe('shapes', () => {
  it('measure as turf measures, within a hundredth', () => {
    fc.assert(
      fc.property(star, (shape) => {
        const exact = area(turf(normal(shape)))
        expect(Math.abs(areaOf(shape) - exact) / exact).toBeLessThan(0.01)
      }),
      { numRuns: 200 },
    )
  })

  it('survive GeoJSON and the seed’s packing unchanged', () => {
    fc.assert(
      fc.property(star, (given) => {
        const shape = normal(given)
        expect(fromGeo(JSON.parse(JSON.stringify(toGeo(shape))))).toEqual(shape)
        expect(unpack(pack(shape))).toEqual(shape)
      }),
    )
  })

  it('a point is in where turf says so', () => {
    fc.assert(
      fc.property(star, fc.integer({ min: -8000, max: 8000 }), fc.integer({ min: -8000, max: 8000 }), (shape, x, y) => {
        const point: Point = [X + x, Y + y]
        const place = placeIn(shape, point)
        if (place === 0) return
        expect(place === 1).toBe(booleanPointInPolygon([point[0] / 1e6, point[1] / 1e6], turf(shape)))
      }),
      { numRuns: 500 },
    )
  })

  it('that overlap by more than a sliver are always suspected; the common land is turf’s', () => {
    fc.assert(
      fc.property(star, star, (a, b) => {
        const found = intersect(featureCollection([turf(a), turf(b)]))
        const land = found ? area(found) : 0
        if (land > 5) expect(mayOverlap(a, b, boxOf(a), boxOf(b))).toBe(true)
        const own = common(a, b)
        expect(Math.abs((own.length ? areaOf(own) : 0) - land)).toBeLessThan(10 + land * 0.01)
      }),
      { numRuns: 200 },
    )
  })

  it('cut along a line, keep their land; joined again, have the outline they had', () => {
    fc.assert(
      fc.property(star, fc.integer({ min: 1, max: 9 }), (shape, tenth) => {
        const [west, south, east, north] = boxOf(shape)
        const x = Math.round(west + ((east - west) * tenth) / 10)
        const parts = cutShape(normal(shape), [x, south], [x + 40, north])
        if (!parts) return
        const whole = twiceAreaOf(shape)
        const sum = twiceAreaOf(parts[0]) + twiceAreaOf(parts[1])
        expect(Math.abs(sum - whole)).toBeLessThan(40 * Math.max(east - west, north - south))
        expect(Math.abs(twiceAreaOf(joinShapes(parts)) - sum)).toBeLessThan(40 * Math.max(east - west, north - south))
      }),
      { numRuns: 200 },
    )
  })

  it('joined, keep the outline where a corner of one lies a rounding beside the side that both share', () => {
    const at = (x: number, y: number): Point => [X + x, Y + y]
    const left: Shape = [[[at(-3250, 1183), at(-376, -137), at(57, -392), at(70, 394), at(69, 394), at(-258, 448)]]]
    const right: Shape = [[[at(57, -392), at(1454, -1220), at(400, 0), at(306, 257), at(70, 394)]]]
    const joined = joinShapes([left, right])
    expect(twiceAreaOf(joined)).toBe(twiceAreaOf(left) + twiceAreaOf(right))
    expect(joined.map((polygon) => polygon.map((ring) => ring.length))).toEqual([[9]])
  })

  it('neighbours keep together while corners are moved, added and dropped', () => {
    const [left, right] = [square(0, 0, 1000), square(1000, 0, 1000)]
    const [from, to]: [Point, Point] = [
      [X + 1000, Y + 1000],
      [X + 1200, Y + 900],
    ]
    const moved = [left, right].map((shape) => moveCorner(shape, from, to))
    expect(mayOverlap(moved[0]!, moved[1]!, boxOf(moved[0]!), boxOf(moved[1]!))).toBe(false)
    const added = moved.map((shape) => addCorner(shape, [X + 1000, Y], to, [X + 1050, Y + 400]))
    expect(added.map((shape) => shape[0]![0]!.length)).toEqual([5, 5])
    expect(joinShapes(added)[0]![0]!).toHaveLength(6)
    expect(added.map((shape) => dropCorner(shape, [X + 1050, Y + 400]))).toEqual(moved)
    expect(dropCorner([[left[0]![0]!.slice(0, 3)]], left[0]![0]![0]!)[0]![0]).toHaveLength(3)
  })
})

describe('reading a shape', () => {
  const ring = (...points: [number, number][]) => ({ type: 'Polygon' as const, coordinates: [points] })
  it.each([
    ['no_shape', null],
    ['no_shape', { type: 'Polygon' as const, coordinates: [] }],
    ['not_polygon', { type: 'Point' as never, coordinates: [120, 31] }],
    ['not_degrees', ring([120.5, 31.2], [500_000, 3_450_000], [120.6, 31.3], [120.5, 31.2])],
    ['not_degrees', ring([31.2, 120.5], [31.2, 120.6], [31.3, 120.6], [31.2, 120.5])],
    ['ring_open', ring([120.5, 31.2], [120.51, 31.2], [120.51, 31.21], [120.5, 31.21])],
    ['ring_short', ring([120.5, 31.2], [120.51, 31.2], [120.5, 31.2])],
    ['ring_short', ring([120.5, 31.2], [120.51, 31.2], [120.52, 31.2], [120.5, 31.2])],
    ['self_crossing', ring([120.5, 31.2], [120.51, 31.21], [120.51, 31.2], [120.5, 31.21], [120.5, 31.2])],
    ['self_crossing', ring([120.5, 31.2], [120.51, 31.2], [120.51, 31.21], [120.51, 31.19], [120.5, 31.2])],
  ])('names %s', (problem, geo) => {
    const read = readShape(geo)
    expect('problem' in read ? read.problem : 'sound').toMatch(new RegExp(`${problem}|ring_short|self_crossing`))
    if (problem !== 'ring_short' && problem !== 'self_crossing') expect(read).toMatchObject({ problem })
  })

  it('a hole lies in its ring', () => {
    const outer = toGeo(square(0, 0, 1000)).coordinates[0]
    const inside = toGeo(square(200, 200, 300)).coordinates[0]
    const outside = toGeo(square(2000, 200, 300)).coordinates[0]
    expect(readShape({ type: 'Polygon', coordinates: [outer, inside] })).toHaveProperty('shape')
    expect(readShape({ type: 'Polygon', coordinates: [outer, outside] })).toMatchObject({ problem: 'ring_hole' })
  })

  it('a star never meets itself, and does when two of its corners change places', () => {
    fc.assert(
      fc.property(star, (shape) => {
        expect(selfMeeting(shape[0]![0]!)).toBeUndefined()
      }),
    )
    const bow: Ring = [
      [0, 0],
      [10, 10],
      [10, 0],
      [0, 10],
    ]
    expect(selfMeeting(bow)).toEqual([5, 5])
  })
})

describe('the check', () => {
  it('finds nothing in the demo’s grids, and each fault that is planted', () => {
    expect(checkPlan(planOf(drawn), ground())).toEqual([])
  })

  const village = '320506103002'
  const own = drawn.filter(({ code }) => code.startsWith(village))
  const kinds = (plan: PlannedGrid[], given: Partial<PlanGround> = {}) =>
    [...new Set(checkPlan(plan, ground(given)).map((fault) => fault.kind))].sort()

  it('a grid that is missing leaves a gap, said with its size and place', () => {
    const faults = checkPlan(planOf(own.filter(({ kind }) => kind === 'general').slice(1)), ground())
    const gap = faults.find((fault) => fault.kind === 'gap')
    expect(gap).toMatchObject({ weight: 'error', code: village })
    const land = own.find(({ kind }) => kind === 'general')!.shape
    expect(Math.abs(Number(gap!.params.area) - areaOf(land)) / areaOf(land)).toBeLessThan(0.01)
    expect(placeIn(land, [Math.round(gap!.at![0] * 1e6), Math.round(gap!.at![1] * 1e6)])).toBe(1)
  })

  it('a corner pulled over the border overlaps the neighbour and leaves the village', () => {
    const shared = own[0]!.shape[0]![0]!.find((corner) => placeIn(villages.get(village)!.shape, corner) === 0)!
    const [cx, cy] = pointInside(villages.get(village)!.shape)
    const out: Point = [2 * shared[0] - cx, 2 * shared[1] - cy]
    const plan = planOf(own)
    plan[0]!.shape = toGeo(moveCorner(own[0]!.shape, shared, out))
    const others = drawn.filter(({ code }) => !code.startsWith(village))
    const found = kinds(plan, { standing: others })
    expect(found).toContain('outside_village')
    expect(found).toContain('overlap')
  })

  it('codes: twice, gone, of another kind, no code at all', () => {
    const plan = planOf(own)
    expect(kinds([...plan, { ...plan[0]!, ref: 'x' }])).toEqual(['duplicate_code', 'overlap'])
    expect(kinds(plan, { codes: new Map([[plan[0]!.code!, false]]) })).toEqual(['code_gone'])
    const wrong = plan.map((grid, i) => (i === 0 ? { ...grid, code: `${village}900` } : grid))
    expect(kinds(wrong)).toContain('kind_of_code')
    const none = plan.map((grid, i) => (i === 0 ? { ...grid, code: 'A-17' } : grid))
    expect(kinds(none)).toContain('bad_code')
    const unknown = plan.map((grid, i) => (i === 0 ? { ...grid, code: null, villageCode: '320506999999' } : grid))
    expect(kinds(unknown)).toContain('unknown_village')
  })

  it('too small, without a name, micro grids that leave their grid', () => {
    const tiny = planOf([{ ...own[0]!, shape: square(0, 0, 20), code: `${village}009`, kind: 'general' }])
    expect(kinds(tiny)).toContain('too_small')
    expect(kinds(planOf(own).map((grid) => ({ ...grid, name: ' ' })))).toEqual(['no_name'])
    const micro = drawn.find(({ kind }) => kind === 'micro')!
    const parent = drawn.find(({ code }) => code === micro.code.slice(0, 15))!
    const far = planOf([{ ...micro, shape: square(0, 0, 300) }])
    expect(kinds(far, { standing: [parent] })).toEqual(['outside_grid'])
    expect(kinds(far)).toEqual(['unknown_grid'])
  })

  it('slivers of rounding are none', () => {
    const two = own.filter(({ kind }) => kind === 'general')
    const plan = planOf(own)
    const i = plan.findIndex((grid) => grid.code === two[0]!.code)
    plan[i]!.shape = toGeo(
      two[0]!.shape.map((polygon) => polygon.map((ring) => ring.map(([x, y], n): Point => [x + (n % 2), y]))),
    )
    expect(kinds(plan)).toEqual([])
  })
})

describe('finding the grid of a point', () => {
  const index = new GridIndex(drawn.filter(({ kind }) => kind !== 'micro'))
  it('agrees with looking at every grid', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 120.1, max: 120.95, noNaN: true }),
        fc.double({ min: 30.9, max: 31.45, noNaN: true }),
        (lon, lat) => {
          const point: Point = [Math.round(lon * 1e6), Math.round(lat * 1e6)]
          const inside = drawn
            .filter(({ kind, shape }) => kind !== 'micro' && placeIn(shape, point) === 1)
            .map(({ code }) => code)
          expect(inside.length).toBeLessThanOrEqual(1)
          if (inside[0]) expect(index.at(lon, lat)).toBe(inside[0])
        },
      ),
      { numRuns: 300 },
    )
  })
})

describe('files', () => {
  const same = (at: [number, number]) => at
  it('are read under Chinese and English names, and nothing is left out', () => {
    const file = {
      type: 'FeatureCollection',
      features: [
        {
          type: 'Feature',
          properties: { 网格代码: '320506103001801', 网格名称: '市场', 户数: '12' },
          geometry: toGeo(square(0, 0, 900)),
        },
        { type: 'Feature', properties: null, geometry: null },
      ],
    }
    const read = readGeoJson(JSON.stringify(file), same)
    expect(read).toMatchObject({
      grids: [
        { ref: '#1', code: '320506103001801', kind: 'dedicated', villageCode: '320506103001', households: 12 },
        { ref: '#2', code: null, shape: null },
      ],
    })
    expect(readGeoJson('{', same)).toEqual({ problem: 'not_geojson' })
    expect(readGeoJson('{"type":"FeatureCollection","features":[]}', same)).toEqual({ problem: 'no_features' })
  })
})
