import Flatbush from 'flatbush'
import { common, type Piece, piecesThatCount, without } from './clip.ts'
import { gridOf, kindOfCode, villageOf } from './grid-code.ts'
import type { Fault, FaultKind, GridLimits, PlannedGrid } from './plan.ts'
import { readShape } from './read-shape.ts'
import { areaOf, type Box, boxOf, degreesOf, type Point, type Shape, twiceAreaOf } from './shape.ts'
import { mayOverlap, mayStickOut, pointInside } from './topology.ts'

/** A grid that stands today. */
export interface StandingGrid {
  code: string
  name: string
  shape: Shape
}

export interface VillageLand {
  code: string
  name: string
  /** Null where the border was never entered: gaps and what sticks out cannot be told then. */
  shape: Shape | null
}

export interface PlanGround {
  /** Grids of today in and around the villages concerned, those that go left out. */
  standing: readonly StandingGrid[]
  /** Codes that go by this change. */
  retired: readonly string[]
  /** Villages that exist, by code. */
  villages: ReadonlyMap<string, VillageLand>
  /** Every code ever given, with whether its grid still stands. */
  codes: ReadonlyMap<string, boolean>
  /** The county's outline, where it is known. */
  county: Shape | null
  limits: GridLimits
}

interface Candidate {
  grid: PlannedGrid | null
  code: string | null
  name: string
  village: string
  shape: Shape
  box: Box
}

/**
 * Everything that is wrong with a plan: first each grid by itself, then among each other and with the grids that stand. General
 * and dedicated grids cover their village once and without a gap; micro grids lie inside their grid and beside each other.
 */
export function checkPlan(plan: readonly PlannedGrid[], ground: PlanGround): Fault[] {
  const faults: Fault[] = []
  const sound = checkEach(plan, ground, faults)
  const redrawn = new Set(plan.flatMap((grid) => (grid.code ? [grid.code] : [])))
  const gone = new Set(ground.retired)
  const stands = ground.standing.filter((grid) => !redrawn.has(grid.code) && !gone.has(grid.code))
  const all: Candidate[] = [
    ...sound,
    ...stands.map((grid) => ({
      grid: null,
      code: grid.code,
      name: grid.name,
      village: villageOf(grid.code),
      shape: grid.shape,
      box: boxOf(grid.shape),
    })),
  ]
  const cover = all.filter((one) => !isMicro(one))
  const micro = all.filter(isMicro)
  const overlapping = new Set<Candidate>()
  checkOverlaps(cover, ground, faults, overlapping)
  checkOverlaps(micro, ground, faults, overlapping)
  checkMicro(micro, cover, ground, faults)
  checkVillages(plan, sound, cover, overlapping, ground, faults)
  return faults
}

const isMicro = (one: Candidate) => one.grid?.kind === 'micro' || (one.code?.length ?? 0) > 15

function fault(
  kind: FaultKind,
  grid: PlannedGrid | null,
  at: Point | null,
  params: Fault['params'] = {},
  weight: Fault['weight'] = 'error',
): Fault {
  return {
    kind,
    weight,
    ref: grid?.ref ?? null,
    code: grid?.code ?? null,
    name: grid?.name || null,
    at: at && degreesOf(at),
    params,
  }
}

function checkEach(plan: readonly PlannedGrid[], ground: PlanGround, faults: Fault[]): Candidate[] {
  const sound: Candidate[] = []
  const seen = new Map<string, string>()
  for (const grid of plan) {
    const read = readShape(grid.shape)
    const shape = 'shape' in read ? read.shape : null
    const at = shape && pointInside(shape)
    if ('problem' in read) faults.push(fault(read.problem, grid, read.at ?? null, read.params ?? {}))
    if (!grid.name.trim()) faults.push(fault('no_name', grid, at))
    if (grid.code !== null) {
      const kind = kindOfCode(grid.code)
      const stands = ground.codes.get(grid.code)
      if (kind === undefined) faults.push(fault('bad_code', grid, at, { code: grid.code }))
      else if (kind !== grid.kind) faults.push(fault('kind_of_code', grid, at, { code: grid.code }))
      const other = seen.get(grid.code)
      if (other !== undefined) faults.push(fault('duplicate_code', grid, at, { code: grid.code, other }))
      else seen.set(grid.code, grid.name || grid.ref)
      if (stands === false) faults.push(fault('code_gone', grid, at, { code: grid.code }))
      if (kind === 'micro' && ground.retired.includes(gridOf(grid.code)))
        faults.push(fault('unknown_grid', grid, at, { code: gridOf(grid.code) }))
    }
    const village = grid.villageCode ?? (grid.code === null ? null : villageOf(grid.code))
    if (village === null) faults.push(fault('no_village', grid, at))
    else if (!ground.villages.has(village)) faults.push(fault('unknown_village', grid, at, { village }))
    if (!shape) continue
    const area = areaOf(shape)
    // A little over the county's line is the village's matter; most of it outside is another county or another datum.
    if (ground.county) {
      const [piece] = piecesOutside(shape, ground.county, ground.limits.sliver)
      if (piece && piece.squareMetres > 0.5 * area) {
        faults.push(fault('outside_county', grid, piece.at))
        continue
      }
    }
    const least = grid.kind === 'micro' ? ground.limits.minMicroArea : ground.limits.minArea
    if (area < least) faults.push(fault('too_small', grid, at, { area: Math.round(area), least }))
    if (village !== null && ground.villages.has(village))
      sound.push({ grid, code: grid.code, name: grid.name || grid.ref, village, shape, box: boxOf(shape) })
  }
  return sound
}

function piecesOutside(shape: Shape, around: Shape, sliver: number): Piece[] {
  if (!mayStickOut(shape, around)) return []
  return piecesThatCount(without(shape, [around]), sliver)
}

function checkOverlaps(
  candidates: readonly Candidate[],
  ground: PlanGround,
  faults: Fault[],
  overlapping: Set<Candidate>,
): void {
  if (candidates.length < 2) return
  const index = new Flatbush(candidates.length)
  for (const { box } of candidates) index.add(...box)
  index.finish()
  candidates.forEach((one, i) => {
    if (!one.grid) return
    for (const j of index.search(...one.box)) {
      const two = candidates[j]!
      // Two planned grids are compared once; grids of today are taken to be right among each other.
      if (j === i || (two.grid && j < i)) continue
      if (!mayOverlap(one.shape, two.shape, one.box, two.box)) continue
      const pieces = piecesThatCount(common(one.shape, two.shape), ground.limits.sliver)
      if (pieces.length === 0) continue
      overlapping.add(one).add(two)
      faults.push(
        fault('overlap', one.grid, pieces[0]!.at, {
          other: two.name,
          otherCode: two.code ?? '',
          area: whole(pieces),
        }),
      )
    }
  })
}

const whole = (pieces: readonly Piece[]) => Math.max(1, Math.round(pieces.reduce((sum, p) => sum + p.squareMetres, 0)))

function checkMicro(
  micro: readonly Candidate[],
  cover: readonly Candidate[],
  ground: PlanGround,
  faults: Fault[],
): void {
  const byCode = new Map(cover.flatMap((one) => (one.code ? [[one.code, one] as const] : [])))
  for (const one of micro) {
    const parentCode = one.code ? gridOf(one.code) : (one.grid?.within ?? '')
    const parent = byCode.get(parentCode)
    // A grid that is drawn anew must keep its micro grids inside.
    if (!one.grid && !parent?.grid) continue
    if (!parent) {
      faults.push(fault('unknown_grid', one.grid, pointInside(one.shape), { code: parentCode }))
      continue
    }
    const pieces = piecesOutside(one.shape, parent.shape, ground.limits.sliver)
    if (pieces.length > 0)
      faults.push({
        ...fault('outside_grid', one.grid ?? parent.grid, pieces[0]!.at, {
          micro: one.name,
          grid: parent.name,
          area: whole(pieces),
        }),
      })
  }
}

function checkVillages(
  plan: readonly PlannedGrid[],
  sound: readonly Candidate[],
  cover: readonly Candidate[],
  overlapping: ReadonlySet<Candidate>,
  ground: PlanGround,
  faults: Fault[],
): void {
  const villages = new Set(sound.filter((one) => one.grid?.kind !== 'micro').map((one) => one.village))
  for (const code of ground.retired) if (code.length === 15) villages.add(villageOf(code))
  const unsound = new Set(
    plan
      .filter((grid) => grid.kind !== 'micro' && !sound.some((one) => one.grid === grid))
      .map((grid) => grid.villageCode ?? (grid.code ? villageOf(grid.code) : '')),
  )
  const inVillage = Map.groupBy(cover, (one) => one.village)
  for (const code of [...villages].sort()) {
    const village = ground.villages.get(code)
    if (!village) continue
    const grids = inVillage.get(code) ?? []
    if (!village.shape) {
      faults.push({
        ...fault(
          'border_unknown',
          null,
          grids[0] ? pointInside(grids[0].shape) : null,
          { village: village.name },
          'note',
        ),
        code,
        name: village.name,
      })
      continue
    }
    let clean = true
    for (const one of grids) {
      if (!one.grid) continue
      const pieces = piecesOutside(one.shape, village.shape, ground.limits.sliver)
      if (pieces.length === 0) continue
      clean = false
      faults.push(fault('outside_village', one.grid, pieces[0]!.at, { village: village.name, area: whole(pieces) }))
    }
    // What could not be read leaves a hole of its own: that is said already.
    if (unsound.has(code)) continue
    // Without overlap and with nothing outside, equal areas leave no room for a gap.
    if (clean && !grids.some((one) => overlapping.has(one))) {
      const left = twiceAreaOf(village.shape) - grids.reduce((sum, one) => sum + twiceAreaOf(one.shape), 0)
      if (left === 0) continue
    }
    const gaps = piecesThatCount(
      without(
        village.shape,
        grids.map((one) => one.shape),
      ),
      ground.limits.sliver,
    )
    for (const gap of gaps.slice(0, 20))
      faults.push({
        ...fault('gap', null, gap.at, { village: village.name, area: Math.max(1, Math.round(gap.squareMetres)) }),
        code,
        name: village.name,
      })
  }
}

/** A border of a village as a file gives it. */
export interface PlannedBorder {
  ref: string
  code: string | null
  name: string
  shape: PlannedGrid['shape']
}

/**
 * Everything that is wrong with borders of villages: each by itself, and what two villages both claim. Grids that a new border
 * leaves outside are only told: they are redrawn afterwards.
 */
export function checkBorders(
  borders: readonly PlannedBorder[],
  ground: Omit<PlanGround, 'codes' | 'retired'>,
): Fault[] {
  const faults: Fault[] = []
  const seen = new Map<string, string>()
  const sound: Candidate[] = []
  for (const border of borders) {
    const grid = { ...border, villageCode: border.code } as PlannedGrid
    const read = readShape(border.shape)
    if ('problem' in read) faults.push(fault(read.problem, grid, read.at ?? null, read.params ?? {}))
    const at = 'shape' in read ? pointInside(read.shape) : null
    const village = border.code === null ? undefined : ground.villages.get(border.code)
    if (!village) faults.push(fault('unknown_village', grid, at, { village: border.code ?? '' }))
    else if (seen.has(village.code))
      faults.push(fault('duplicate_code', grid, at, { code: village.code, other: seen.get(village.code)! }))
    else seen.set(village.code, border.name || village.name)
    if (!('shape' in read) || !village) continue
    const [outside] = ground.county ? piecesOutside(read.shape, ground.county, ground.limits.sliver) : []
    if (outside && outside.squareMetres > 0.5 * areaOf(read.shape)) {
      faults.push(fault('outside_county', grid, outside.at))
      continue
    }
    sound.push({
      grid,
      code: village.code,
      name: village.name,
      village: village.code,
      shape: read.shape,
      box: boxOf(read.shape),
    })
  }
  const others = [...ground.villages.values()].flatMap((village) =>
    village.shape && !seen.has(village.code)
      ? [
          {
            grid: null,
            code: village.code,
            name: village.name,
            village: village.code,
            shape: village.shape,
            box: boxOf(village.shape),
          },
        ]
      : [],
  )
  checkOverlaps([...sound, ...others], ground as PlanGround, faults, new Set())
  for (const one of sound)
    for (const grid of ground.standing) {
      if (grid.code.length !== 15 || villageOf(grid.code) !== one.code) continue
      const pieces = piecesOutside(grid.shape, one.shape, ground.limits.sliver)
      if (pieces[0])
        faults.push({
          ...fault('outside_village', null, pieces[0].at, { village: one.name, area: whole(pieces) }, 'note'),
          code: grid.code,
          name: grid.name,
        })
    }
  return faults
}
