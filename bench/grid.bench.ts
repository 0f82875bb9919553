/**
 * The topology check of a county's grids and the look-up of a point, on one core. The grids are squares with bent sides that
 * cover villages of four; `--faulty` of them get an overlap or a gap.
 * Arguments: `--grids N` (default 1,000), `--corners N` a grid (default 40), `--faulty N` (default 20), `--points N` (default 200,000).
 */
import { parseArgs } from 'node:util'
import { checkPlan, type VillageLand } from '#modules/foundation/grid/domain/check-plan.ts'
import { joinShapes } from '#modules/foundation/grid/domain/draw.ts'
import { GridIndex } from '#modules/foundation/grid/domain/grid-index.ts'
import type { PlannedGrid } from '#modules/foundation/grid/domain/plan.ts'
import { type Point, type Shape, toGeo } from '#modules/foundation/grid/domain/shape.ts'

const SIZE = 4000

/** The bent side between two corners: the same points from both of its sides. */
function side(a: Point, b: Point, steps: number): Point[] {
  return Array.from({ length: steps }, (_, i): Point => {
    const t = i / steps
    const bend = i === 0 ? 0 : Math.round(120 * Math.sin(t * Math.PI * 4))
    return [
      Math.round(a[0] + (b[0] - a[0]) * t) + (a[0] === b[0] ? bend : 0),
      Math.round(a[1] + (b[1] - a[1]) * t) + (a[1] === b[1] ? bend : 0),
    ]
  })
}

export async function run(args: string[]): Promise<void> {
  const { values } = parseArgs({
    args,
    options: {
      grids: { type: 'string', default: '1000' },
      corners: { type: 'string', default: '40' },
      faulty: { type: 'string', default: '20' },
      points: { type: 'string', default: '200000' },
    },
  })
  const [count, corners, faulty, points] = [values.grids, values.corners, values.faulty, values.points].map(Number) as [
    number,
    number,
    number,
    number,
  ]
  const steps = Math.max(1, Math.round(corners / 4))
  const wide = 2 * Math.ceil(Math.sqrt(count) / 2)
  const at = (x: number, y: number): Point => [119_000_000 + x * SIZE, 31_000_000 + y * SIZE]
  const grids: { code: string; shape: Shape }[] = []
  const villages = new Map<string, VillageLand>()
  for (let i = 0; grids.length < count; i++) {
    const [vx, vy] = [2 * (i % (wide / 2)), 2 * Math.floor(i / (wide / 2))]
    const code = `32050610${String(i).padStart(4, '0')}`
    const own: Shape[] = []
    for (const [x, y] of [
      [vx, vy],
      [vx + 1, vy],
      [vx, vy + 1],
      [vx + 1, vy + 1],
    ] as const) {
      const ring = [
        ...side(at(x, y), at(x + 1, y), steps),
        ...side(at(x + 1, y), at(x + 1, y + 1), steps),
        ...side(at(x, y + 1), at(x + 1, y + 1), steps)
          .slice(1)
          .concat([at(x + 1, y + 1)])
          .reverse(),
        ...side(at(x, y), at(x, y + 1), steps)
          .slice(1)
          .concat([at(x, y + 1)])
          .reverse(),
      ]
      own.push([[ring]])
      grids.push({ code: `${code}${String(own.length).padStart(3, '0')}`, shape: [[ring]] })
    }
    villages.set(code, { code, name: code, shape: joinShapes(own) })
  }
  const plan = (bend: number): PlannedGrid[] =>
    grids.map(({ code, shape }, i) => ({
      ref: code,
      code,
      villageCode: code.slice(0, 12),
      kind: 'general',
      name: code,
      place: null,
      households: null,
      people: null,
      shape: toGeo(
        i < bend * 4 && i % 4 === 0
          ? [[shape[0]![0]!.map(([x, y], n): Point => (n === steps ? [x + 400, y + 400] : [x, y]))]]
          : shape,
      ),
      from: [],
      within: null,
    }))
  const ground = {
    standing: [],
    retired: [],
    villages,
    codes: new Map<string, boolean>(),
    county: null,
    limits: { minArea: 1000, minMicroArea: 100, sliver: 0.5 },
  }
  const timed = (bend: number) => {
    const given = plan(bend)
    const began = performance.now()
    const faults = checkPlan(given, ground)
    return { ms: Math.round(performance.now() - began), faults: faults.length }
  }
  timed(1)
  const sound = timed(0)
  const bad = timed(faulty)
  const began = performance.now()
  const index = new GridIndex(grids)
  const indexMs = performance.now() - began
  let found = 0
  const asked = performance.now()
  for (let i = 0; i < points; i++) {
    const lon = 119 + ((i * 7919) % (wide * SIZE)) / 1e6
    const lat = 31 + ((i * 104_729) % (wide * SIZE)) / 1e6
    if (index.at(lon, lat)) found++
  }
  const microseconds = ((performance.now() - asked) * 1000) / points
  console.log(
    JSON.stringify({
      grids: grids.length,
      cornersPerGrid: steps * 4,
      checkMs: sound.ms,
      faultsInSound: sound.faults,
      checkFaultyMs: bad.ms,
      faultsFound: bad.faults,
      indexMs: Math.round(indexMs * 10) / 10,
      gridAtMicroseconds: Math.round(microseconds * 100) / 100,
      found,
      points,
    }),
  )
}
