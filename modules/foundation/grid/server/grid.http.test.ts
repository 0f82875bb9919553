import { describe, expect, it } from 'vitest'
import { cutShape } from '#modules/foundation/grid/domain/draw.ts'
import type { PlannedGrid } from '#modules/foundation/grid/domain/plan.ts'
import { boxOf, degreesOf, fromGeo, type GeoShape, type Point, toGeo } from '#modules/foundation/grid/domain/shape.ts'
import { pointInside } from '#modules/foundation/grid/domain/topology.ts'
import { gridAt } from '#modules/foundation/grid/public.ts'
import { sql } from '#platform/db/db.ts'
import { logInAs, type Session } from '#platform/testing/log-in-as.ts'
import { type TestCounty, withTestCounty } from '#platform/testing/test-county.ts'

const XIANGXI = '320506103001'
const GRID = '320506103001003'

const planned = (given: Partial<PlannedGrid>): PlannedGrid => ({
  ref: '1',
  code: null,
  villageCode: XIANGXI,
  kind: 'general',
  name: '香溪社区新网格',
  place: null,
  households: 200,
  people: 560,
  shape: null,
  from: [],
  within: null,
  ...given,
})

async function shapeOf(session: Session, code: string): Promise<GeoShape> {
  return (await session.get(`/grids/${code}`)).shape
}

/** The grid cut in two down its middle. */
function halves(shape: GeoShape): [GeoShape, GeoShape] {
  const whole = fromGeo(shape)
  const [west, south, east, north] = boxOf(whole)
  const x = Math.round((west + east) / 2)
  const [left, right] = cutShape(whole, [x, south] as Point, [x, north] as Point)!
  return [toGeo(left), toGeo(right)]
}

async function split(session: Session): Promise<number> {
  const [one, two] = halves(await shapeOf(session, GRID))
  const { id } = await session.post('/grid-changes', {
    kind: 'split',
    title: '香溪社区第 03 网格拆分',
    reason: '户数超过 500，吴中网格〔2026〕3 号',
    plan: [
      planned({ ref: 'a', name: '香溪社区第 05 网格', shape: one, from: [GRID] }),
      planned({ ref: 'b', name: '香溪社区第 06 网格', shape: two, from: [GRID] }),
    ],
    retired: [GRID],
  })
  return id
}

async function report(county: TestCounty, text: string, at: { lon: number; lat: number } | null): Promise<number> {
  const clerk = await logInAs(county, 'md-zhou')
  const made = await clerk.post('/loop/reports', {
    text,
    source: 'window',
    gridCode: GRID,
    ...(at ? { place: at } : {}),
  })
  return made.caseId ?? made.id
}

describe('grids over HTTP', () => {
  it('are listed with leaders, workers and figures inside one’s territory, by code', () =>
    withTestCounty(async (county) => {
      const bureau = await logInAs(county, 'data-gu')
      const all = await bureau.get('/grids?kind=general&limit=200')
      expect(all.total).toBe(420)
      const town = await logInAs(county, 'md-yin')
      const own = await town.get('/grids?limit=200')
      expect(own.items.every((grid: { code: string }) => grid.code.startsWith('320506103'))).toBe(true)
      expect(own.total).toBeLessThan(all.total)
      const found = await town.get(`/grids?q=${encodeURIComponent('香溪社区第 03')}&kind=general`)
      expect(found.items).toMatchObject([{ code: GRID, workers: 1, illustrative: true, drawn: true, kind: 'general' }])
      expect((await town.raw('GET', '/grids/320506100001001')).status).toBe(404)
      const page = await town.get(`/grids/${GRID}`)
      expect(page.posts.map((post: { role: string }) => post.role)).toEqual(['gridLeader', 'gridWorker'])
      expect(page.micro.length).toBeGreaterThan(1)
      expect(page.can).toEqual({ manage: true, settle: false })
      const csv = await town.raw('GET', '/grid-export?format=csv&kind=dedicated')
      expect(csv.body).toContain('320506103001801')
      expect(csv.body).not.toContain('320506100')
    }))

  it('a split is drafted by one, published by another; posts, micro grids and open cases go along', () =>
    withTestCounty(async (county) => {
      const shape = fromGeo(await shapeOf(await logInAs(county, 'data-gu'), GRID))
      const [west, , east] = boxOf(shape)
      const drafter = await logInAs(county, 'md-yin')
      const [one, two] = halves(await shapeOf(drafter, GRID)).map((half) => fromGeo(half))
      const inside = (half: typeof one) => boxOf(half!)
      const center = (box: ReturnType<typeof inside>) => ({
        lon: (box[0] + box[2]) / 2e6,
        lat: (box[1] + box[3]) / 2e6,
      })
      expect(west).toBeLessThan(east)
      const cases = [
        await report(county, '楼道里有人给电动车飞线充电，很危险', center(inside(one))),
        await report(county, '路灯坏了三盏，晚上看不见', center(inside(two))),
        await report(county, '垃圾桶满了没有人清运', null),
      ]
      const id = await split(drafter)
      const draft = await drafter.get(`/grid-changes/${id}`)
      expect(draft.faults).toEqual([])
      expect(draft.change.state).toBe('checked')
      expect(draft.can.publish).toBe(false)
      expect(draft.retired.map((grid: { code: string }) => grid.code)).toContain(GRID)
      const codes = draft.plan.filter((g: PlannedGrid) => g.kind === 'general').map((g: PlannedGrid) => g.code)
      expect(codes).toEqual(['320506103001005', '320506103001006'])

      const leader = await logInAs(county, 'md-qin')
      const effect = await leader.get(`/grid-changes/${id}/effect`)
      expect(effect.open).toBe(3)
      expect(effect.moves.reduce((sum: number, move: { cases: number }) => sum + move.cases, 0)).toBe(3)
      expect(effect.posts).toHaveLength(1)
      const own = await drafter.raw('POST', `/grid-changes/${id}/publish`, publishing(draft.change.version, 3))
      expect([own.status, own.body.code]).toEqual([403, 'platform.forbidden'])
      const unseen = await leader.raw('POST', `/grid-changes/${id}/publish`, publishing(draft.change.version, 2))
      expect([unseen.status, unseen.body.code]).toEqual([409, 'grid.cases_changed'])
      const done = await leader.post(`/grid-changes/${id}/publish`, publishing(draft.change.version, 3))
      expect(done.state).toBe('published')

      const gone = await drafter.get(`/grids/${GRID}`)
      expect(gone.grid.retiredOn).toBe('2026-09-30')
      expect(gone.after.map((line: { code: string }) => line.code)).toEqual(codes)
      expect(gone.cases.open).toBe(0)
      for (const code of codes) {
        const heir = await drafter.get(`/grids/${code}`)
        expect(heir.before).toMatchObject([{ code: GRID, kind: 'split', effectiveOn: '2026-09-30' }])
        expect(heir.posts.filter((post: { ofVillage: boolean }) => !post.ofVillage)).toMatchObject([
          { role: 'gridWorker', holders: [{ name: '王丽琴' }] },
        ])
      }
      // The worker still sees all three by the territory of the new posts; counts, search and lists agree.
      const worker = await logInAs(county, 'md-wang')
      const list = await worker.get('/cases?count=true')
      expect(list.items.map((item: { id: number }) => item.id).sort()).toEqual(cases.sort())
      const page = await worker.get(`/cases/${cases[0]}`)
      expect(page.trace.at(-1)).toMatchObject({ action: 'regridded' })
      const { rows } = await county.inCounty((tx) =>
        sql<{ grid_code: string; party: string; words: boolean }>`
          select c.grid_code, min(p.grid_code) as party,
                 bool_and(d.tokens @@ quote_literal('@g' || c.grid_code)::tsquery
                   and not d.tokens @@ ${`'@g${GRID}'`}::tsquery) as words
            from process_case c join process_party p on p.case_id = c.id join search_document d on d.case_id = c.id
           where c.id = any(${cases}::bigint[]) group by c.id order by c.id`.execute(tx),
      )
      for (const row of rows) expect([row.party, row.words]).toEqual([row.grid_code, true])
      expect(new Set(rows.map((row) => row.grid_code))).toEqual(new Set(codes))
      // The code is never given again.
      const again = await drafter.raw('POST', '/grid-changes', {
        kind: 'draw',
        title: '再用旧代码',
        reason: '测试',
        plan: [planned({ code: GRID, shape: toGeo(shape) })],
        retired: [],
      })
      const reuse = await drafter.get(`/grid-changes/${again.body.id}`)
      expect(reuse.faults.map((fault: { kind: string }) => fault.kind)).toContain('code_gone')
    }))

  it('cases may stay with the old grid until they are settled', () =>
    withTestCounty(async (county) => {
      const caseId = await report(county, '路灯坏了三盏，晚上看不见', null)
      const drafter = await logInAs(county, 'md-yin')
      const id = await split(drafter)
      const leader = await logInAs(county, 'md-qin')
      await leader.post(`/grid-changes/${id}/publish`, { ...publishing(1, 1), cases: 'stay' })
      const worker = await logInAs(county, 'md-wang')
      expect((await worker.get(`/cases/${caseId}`)).id ?? caseId).toBe(caseId)
      const gone = await leader.get(`/grids/${GRID}`)
      expect([gone.cases.open, gone.can.settle]).toEqual([1, true])
      expect(await leader.post(`/grids/${GRID}/settle`, { seen: 1 })).toEqual({ moved: 1 })
      const settled = await leader.get(`/grids/${GRID}`)
      expect([settled.cases.open, settled.can.settle]).toEqual([0, false])
    }))

  it('a later day of effect waits for its job; what does not fit then comes back as a draft', () =>
    withTestCounty(async (county) => {
      const drafter = await logInAs(county, 'md-yin')
      const leader = await logInAs(county, 'md-qin')
      const first = await split(drafter)
      const second = await split(drafter)
      const day = { ...publishing(1, 0), effectiveOn: '2026-10-05' }
      expect((await leader.post(`/grid-changes/${first}/publish`, day)).state).toBe('scheduled')
      expect((await leader.post(`/grid-changes/${second}/publish`, { ...day, effectiveOn: '2026-10-06' })).state).toBe(
        'scheduled',
      )
      expect((await drafter.get(`/grids/${GRID}`)).grid.retiredOn).toBe(null)
      county.clock.set('2026-10-06T01:00:00+08:00')
      await county.settle()
      const later = await logInAs(county, 'md-yin')
      expect((await later.get(`/grids/${GRID}`)).grid.retiredOn).toBe('2026-10-05')
      expect((await later.get(`/grid-changes/${first}`)).change.state).toBe('published')
      const back = await later.get(`/grid-changes/${second}`)
      expect([back.change.state, back.change.note]).toEqual(['draft', 'conflict'])
      expect(back.change.errors).toBeGreaterThan(0)
    }))

  it('merges neighbours into one, with lineage to both', () =>
    withTestCounty(async (county) => {
      const drafter = await logInAs(county, 'md-yin')
      const { joinShapes } = await import('#modules/foundation/grid/domain/draw.ts')
      const codes = ['320506103001001', '320506103001002']
      const shapes = []
      for (const code of codes) shapes.push(fromGeo(await shapeOf(drafter, code)))
      const { id } = await drafter.post('/grid-changes', {
        kind: 'merge',
        title: '香溪社区第 01、02 网格合并',
        reason: '人口减少',
        plan: [planned({ name: '香溪社区第 05 网格', shape: toGeo(joinShapes(shapes)), from: codes })],
        retired: codes,
      })
      const draft = await drafter.get(`/grid-changes/${id}`)
      expect(draft.faults).toEqual([])
      const leader = await logInAs(county, 'md-qin')
      await leader.post(`/grid-changes/${id}/publish`, publishing(1, 0))
      const made = await leader.get('/grids/320506103001005')
      expect(made.before.filter((line: { code: string }) => line.code.length === 15)).toMatchObject([
        { code: codes[0], kind: 'merge' },
        { code: codes[1], kind: 'merge' },
      ])
      expect(made.posts.filter((post: { ofVillage: boolean }) => !post.ofVillage)).toHaveLength(2)
      expect(made.micro.length).toBeGreaterThan(0)
    }))

  it('an import names what is wrong with each feature, changes nothing, and is mended and published', () =>
    withTestCounty(async (county) => {
      const bureau = await logInAs(county, 'data-gu')
      const file = await bureau.get('/grid-export?format=geojson&under=320506103002')
      const before = JSON.stringify(file)
      const features = file.features.filter((f: { properties: { kind: string } }) => f.properties.kind === 'general')
      const [first, second] = features
      const ring = first.geometry.coordinates[0]
      const bad = structuredClone(features)
      bad[0].geometry.coordinates[0] = ring.slice(0, -1)
      bad.push({ ...second, properties: { ...second.properties } })
      bad.push({ ...second, properties: { ...second.properties, code: '320506103999001', villageCode: undefined } })
      const imported = await bureau.post('/grid-changes/import', {
        fileName: '花苑社区网格.geojson',
        datum: 'gcj02',
        reason: '重新勘界',
        geojson: JSON.stringify({ type: 'FeatureCollection', features: bad }),
      })
      const draft = await bureau.get(`/grid-changes/${imported.id}`)
      expect(draft.change.state).toBe('draft')
      expect(new Set(draft.faults.map((fault: { kind: string }) => fault.kind))).toEqual(
        new Set(['ring_open', 'duplicate_code', 'unknown_village', 'overlap']),
      )
      expect(draft.plan).toHaveLength(bad.length)
      const refused = await bureau.raw('POST', `/grid-changes/${imported.id}/publish`, publishing(1, 0))
      expect(refused.body.code).toBe('grid.not_checked')
      expect(JSON.stringify(await bureau.get('/grid-export?format=geojson&under=320506103002'))).toBe(before)
      const plan = draft.plan.slice(0, features.length)
      plan[0].shape = first.geometry
      const saved = await bureau.post(`/grid-changes/${imported.id}/plan`, {
        version: 1,
        title: draft.change.title,
        reason: draft.change.reason,
        plan,
        retired: [],
      })
      expect(saved).toMatchObject({ version: 2, errors: 0 })
      const own = await bureau.raw('POST', `/grid-changes/${imported.id}/publish`, publishing(2, 0))
      expect([own.status, own.body.code]).toEqual([403, 'grid.own_draft'])
      const director = await logInAs(county, 'cmd-gao')
      expect((await director.post(`/grid-changes/${imported.id}/publish`, publishing(2, 0))).state).toBe('published')
    }))

  it('borders of villages are checked first, and taken in whole or not at all', () =>
    withTestCounty(async (county) => {
      const bureau = await logInAs(county, 'data-gu')
      const { villages } = await bureau.get('/grid-shapes?under=320506103001')
      const other = (await bureau.get('/grid-shapes?under=320506103002')).villages[0]
      const feature = (code: string, geometry: unknown) => ({ type: 'Feature', properties: { code }, geometry })
      const send = (features: unknown[], dryRun: boolean) =>
        bureau.post('/grid-borders/import', {
          fileName: '界线.geojson',
          datum: 'gcj02',
          reason: '民政勘界',
          geojson: JSON.stringify({ type: 'FeatureCollection', features }),
          dryRun,
        })
      const bad = await send([feature(XIANGXI, other.shape), feature('320506999999', other.shape)], false)
      expect(bad.taken).toBe(false)
      expect(new Set(bad.faults.map((fault: { kind: string }) => fault.kind))).toEqual(
        new Set(['unknown_village', 'overlap', 'outside_village']),
      )
      expect((await bureau.get('/grid-shapes?under=320506103001')).villages).toEqual(villages)
      const good = [feature(XIANGXI, villages[0].shape)]
      expect(await send(good, true)).toEqual({ borders: 1, taken: false, faults: [] })
      expect(await send(good, false)).toEqual({ borders: 1, taken: true, faults: [] })
      expect((await bureau.get('/grid-shapes?under=320506103001')).villages[0].illustrative).toBe(false)
      const town = await logInAs(county, 'md-yin')
      expect((await town.raw('POST', '/grid-borders/import', {})).status).toBe(403)
    }))

  it('a town’s administrator neither imports nor draws in another town', () =>
    withTestCounty(async (county) => {
      const bureau = await logInAs(county, 'data-gu')
      const town = await logInAs(county, 'md-yin')
      const file = await bureau.get('/grid-export?format=geojson&kind=dedicated&under=320506100')
      const refused = await town.raw('POST', '/grid-changes/import', {
        fileName: '别镇.geojson',
        datum: 'gcj02',
        reason: '测试',
        geojson: JSON.stringify(file),
      })
      expect([refused.status, refused.body.code]).toEqual([403, 'grid.not_your_place'])
      const other = file.features[0]
      const drawn = await town.raw('POST', '/grid-changes', {
        kind: 'draw',
        title: '别镇',
        reason: '测试',
        plan: [
          planned({ code: other.properties.code, villageCode: other.properties.villageCode, shape: other.geometry }),
        ],
        retired: [],
      })
      expect([drawn.status, drawn.body.code]).toEqual([403, 'grid.not_your_place'])
    }))

  it('facts are mended in the version one saw; a micro grid is looked after by a worker of its grid', () =>
    withTestCounty(async (county) => {
      const town = await logInAs(county, 'md-yin')
      const page = await town.get(`/grids/${GRID}`)
      const facts = {
        version: page.version,
        name: '香溪社区第 03 网格',
        households: 410,
        people: 1100,
        reason: '入户核对',
      }
      await town.post(`/grids/${GRID}/facts`, facts)
      expect((await town.raw('POST', `/grids/${GRID}/facts`, facts)).body.code).toBe('grid.changed_meanwhile')
      expect((await town.get(`/grids/${GRID}`)).grid).toMatchObject({ households: 410, people: 1100 })
      const micro = page.micro[0]
      const own = await town.get(`/grids/${micro.code}`)
      const keeper = page.posts.find((post: { role: string }) => post.role === 'gridWorker').holders[0].id
      const keep = { version: own.version, name: micro.name, households: 90, people: 240, reason: '明确责任人' }
      const wrong = await town.raw('POST', `/grids/${micro.code}/facts`, { ...keep, keeperId: 1 })
      expect(wrong.body.code).toBe('grid.keeper_not_worker')
      await town.post(`/grids/${micro.code}/facts`, { ...keep, keeperId: keeper })
      expect((await town.get(`/grids/${micro.code}`)).keeper).toMatchObject({ id: keeper })
    }))

  it('a point finds its grid, in the shape that holds now', () =>
    withTestCounty(async (county) => {
      const at = async (lon: number, lat: number) => {
        const here = await county.here()
        return county.inCounty((tx) => gridAt({ tx, here }, lon, lat))
      }
      const shapes = (await (await logInAs(county, 'data-gu')).get('/grid-shapes')).grids
      expect(shapes).toHaveLength(434)
      for (const { code, shape } of shapes) {
        const [lon, lat] = degreesOf(pointInside(fromGeo(shape)))
        expect((await at(lon, lat))?.gridCode).toBe(code)
      }
      expect(await at(119.2, 31.2)).toBeUndefined()
      // A report that comes with a point alone is placed by it.
      const grid = shapes.find((one: { code: string }) => one.code === GRID)
      const [lon, lat] = degreesOf(pointInside(fromGeo(grid.shape)))
      const clerk = await logInAs(county, 'md-zhou')
      const made = await clerk.post('/loop/reports', { text: '路灯坏了', source: 'window', place: { lon, lat } })
      const { rows } = await county.inCounty((tx) =>
        sql<{ grid_code: string }>`select grid_code from process_case where id = ${made.caseId ?? made.id}`.execute(tx),
      )
      expect(rows[0]!.grid_code).toBe(GRID)
    }))
})

function publishing(version: number, seen: number) {
  return { version, effectiveOn: '2026-09-30', cases: 'move', seen }
}
