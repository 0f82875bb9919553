import { checkPlan, type PlanGround } from '#modules/foundation/grid/domain/check-plan.ts'
import { gridOf, kindOfCode, nextCode, villageOf } from '#modules/foundation/grid/domain/grid-code.ts'
import type { Fault, PlannedGrid } from '#modules/foundation/grid/domain/plan.ts'
import { readShape } from '#modules/foundation/grid/domain/read-shape.ts'
import { boxOf, fromGeo, type GeoShape } from '#modules/foundation/grid/domain/shape.ts'
import { placeIn, pointInside } from '#modules/foundation/grid/domain/topology.ts'
import {
  getLimits,
  listCodes,
  listDrawnGrids,
  listReservedCodes,
  listVillageLand,
} from '#modules/foundation/grid/server/land.store.ts'
import { countyOutline } from '#modules/foundation/org/public.ts'
import type { Context } from '#platform/command/context.ts'
import { AppError } from '#platform/errors/app-error.ts'

/** All that a plan is held against, as it stands in the transaction. */
export async function loadGround(context: Context, retired: readonly string[]): Promise<PlanGround> {
  const { tx, here } = context
  const outline = countyOutline(here.county.regionPrefix)
  return {
    standing: await listDrawnGrids(tx),
    retired,
    villages: await listVillageLand(tx),
    codes: await listCodes(tx),
    county: outline ? fromGeo(outline.geometry as unknown as GeoShape) : null,
    limits: await getLimits(tx),
  }
}

export interface Examined {
  plan: PlannedGrid[]
  faults: Fault[]
  state: 'draft' | 'checked'
  /** Villages that exist and are touched, ascending. */
  villages: string[]
}

/**
 * Completes a plan (village by place, a code for what has none) and checks it. Codes are given here so that they are seen,
 * drawn and talked about before anything is published.
 * @param changeId the change it belongs to, whose own codes are not taken by others
 */
export async function examine(
  context: Context,
  changeId: number | null,
  given: readonly PlannedGrid[],
  retired: readonly string[],
): Promise<Examined> {
  const ground = await loadGround(context, retired)
  const used = new Set([...ground.codes.keys(), ...(await listReservedCodes(context.tx, changeId))])
  for (const { code } of given) if (code) used.add(code)
  const plan = given.map((grid) => ({ ...grid, villageCode: grid.villageCode ?? villageByPlace(grid, ground) }))
  // Grids first: micro grids take the code of theirs.
  const order = plan.toSorted((a, b) => Number(a.kind === 'micro') - Number(b.kind === 'micro'))
  for (const grid of order) {
    if (grid.code !== null) continue
    const above = grid.kind === 'micro' ? withinOf(grid, plan, ground) : grid.villageCode
    if (!above || (grid.kind !== 'micro' && !ground.villages.has(above))) continue
    const code = nextCode(above, grid.kind, used)
    if (!code) throw new AppError('grid.codes_used_up', { status: 422, params: { place: above } })
    used.add(code)
    grid.code = code
    if (grid.kind === 'micro') grid.within = above
  }
  const faults = checkPlan(plan, ground)
  const villages = new Set<string>()
  for (const grid of plan) {
    const village = grid.villageCode ?? (grid.code ? villageOf(grid.code) : null)
    if (village && ground.villages.has(village)) villages.add(village)
    if (grid.code && kindOfCode(grid.code) && ground.villages.has(villageOf(grid.code)))
      villages.add(villageOf(grid.code))
  }
  for (const code of retired) villages.add(villageOf(code))
  const state = faults.some((fault) => fault.weight === 'error') ? 'draft' : 'checked'
  return { plan, faults, state, villages: [...villages].sort() }
}

function villageByPlace(grid: PlannedGrid, ground: PlanGround): string | null {
  if (grid.code) return kindOfCode(grid.code) ? villageOf(grid.code) : null
  const read = readShape(grid.shape)
  if (!('shape' in read)) return null
  const at = pointInside(read.shape)
  for (const village of ground.villages.values())
    if (village.shape && placeIn(village.shape, at) === 1) return village.code
  return null
}

/** The grid that a micro grid lies in, among those planned and those standing. */
function withinOf(grid: PlannedGrid, plan: readonly PlannedGrid[], ground: PlanGround): string | null {
  const given = grid.within
  const planned = plan.filter((one) => one.kind !== 'micro' && one.code)
  if (given && (planned.some((one) => one.code === given) || ground.codes.get(given) !== undefined)) return given
  const read = readShape(grid.shape)
  if (!('shape' in read)) return null
  const at = pointInside(read.shape)
  for (const one of planned) {
    const around = readShape(one.shape)
    if ('shape' in around && placeIn(around.shape, at) === 1) return one.code
  }
  const gone = new Set([...ground.retired, ...planned.map((one) => one.code)])
  for (const one of ground.standing)
    if (one.code.length === 15 && !gone.has(one.code) && placeIn(one.shape, at) === 1) return gridOf(one.code)
  return null
}

/** Town and village in which a change lies whole. */
export function placeOfVillages(villages: readonly string[]): { townCode: string | null; villageCode: string | null } {
  const towns = new Set(villages.map((code) => code.slice(0, 9)))
  return {
    townCode: towns.size === 1 ? [...towns][0]! : null,
    villageCode: villages.length === 1 ? villages[0]! : null,
  }
}

/** Whether a box of a shape comes near that of any other, for the neighbours that a map shows. */
export function boxOfAll(shapes: readonly GeoShape[]): [number, number, number, number] | undefined {
  if (shapes.length === 0) return undefined
  const boxes = shapes.map((shape) => boxOf(fromGeo(shape)))
  return [
    Math.min(...boxes.map((box) => box[0])),
    Math.min(...boxes.map((box) => box[1])),
    Math.max(...boxes.map((box) => box[2])),
    Math.max(...boxes.map((box) => box[3])),
  ]
}
