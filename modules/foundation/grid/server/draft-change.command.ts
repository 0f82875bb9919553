import { draftChange, MANAGE } from '#modules/foundation/grid/contract.ts'
import { villageOf } from '#modules/foundation/grid/domain/grid-code.ts'
import type { PlannedGrid } from '#modules/foundation/grid/domain/plan.ts'
import { fromGeo, toGeo } from '#modules/foundation/grid/domain/shape.ts'
import { mayStickOut } from '#modules/foundation/grid/domain/topology.ts'
import { insertChange } from '#modules/foundation/grid/server/change.store.ts'
import { examine, placeOfVillages } from '#modules/foundation/grid/server/examine.ts'
import { assertMayInVillages } from '#modules/foundation/grid/server/grid.policy.ts'
import { listDrawnGrids, listVillageLand } from '#modules/foundation/grid/server/land.store.ts'
import type { StaffActor } from '#platform/access/actor.ts'
import { command } from '#platform/command/command.ts'
import type { Context } from '#platform/command/context.ts'
import { AppError } from '#platform/errors/app-error.ts'

/** The official behind a change; grids are never changed by the public. */
export function draftsman(context: Context): StaffActor {
  if (context.actor.kind !== 'staff') throw new AppError('platform.forbidden', { status: 403 })
  return context.actor
}

/** Begins a change that is drawn: grids drawn or bordered anew, one split into several, several merged into one. */
export const draftChangeCommand = command(draftChange, {
  async perform(context, input) {
    const { tx, now, here, pending } = context
    const actor = draftsman(context)
    const plan = input.plan as PlannedGrid[]
    assertKind(input.kind, plan, input.retired)
    const villagesGiven = [...plan.flatMap((grid) => grid.villageCode ?? []), ...input.retired.map(villageOf)]
    const known = villagesGiven.filter((code) => here.directory.divisionName(code) !== code)
    assertMayInVillages(actor, MANAGE, known, (code) => here.directory.divisionName(code))
    const { plan: carried, retired } =
      input.kind === 'draw' ? { plan, retired: input.retired } : await withMicro(context, plan, input.retired)
    const examined = await examine(context, null, carried, retired)
    assertMayInVillages(actor, MANAGE, examined.villages, (code) => here.directory.divisionName(code))
    const id = await insertChange(tx, {
      kind: input.kind,
      state: examined.state,
      title: input.title.trim(),
      reason: input.reason.trim(),
      source: null,
      illustrative: await touchesIllustrative(context, examined.villages),
      ...placeOfVillages(examined.villages),
      plan: examined.plan,
      retired,
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

/** @throws AppError where the plan is not what its kind says */
export function assertKind(kind: string, plan: readonly PlannedGrid[], retired: readonly string[]): void {
  const cover = plan.filter((grid) => grid.kind !== 'micro')
  const gone = retired.filter((code) => code.length === 15)
  if (plan.length === 0) throw new AppError('grid.nothing_planned', { status: 422 })
  if (kind === 'split') {
    const fine =
      gone.length === 1 && cover.length >= 2 && cover.every(({ from }) => from.length === 1 && from[0] === gone[0])
    if (!fine) throw new AppError('grid.bad_split', { status: 422 })
  } else if (kind === 'merge') {
    const one = cover[0]
    const fine =
      gone.length >= 2 &&
      new Set(gone.map(villageOf)).size === 1 &&
      cover.length === 1 &&
      one !== undefined &&
      gone.every((code) => one.from.includes(code))
    if (!fine) throw new AppError('grid.bad_merge', { status: 422 })
  } else if (retired.length > 0) throw new AppError('grid.nothing_planned', { status: 422 })
}

/**
 * Micro grids of grids that go: one that lies in a single successor goes on there under a new code; the others end and are drawn
 * anew.
 */
async function withMicro(
  { tx }: Context,
  plan: readonly PlannedGrid[],
  retired: readonly string[],
): Promise<{ plan: PlannedGrid[]; retired: string[] }> {
  const gone = retired.filter((code) => code.length === 15)
  const micro = (await listDrawnGrids(tx)).filter(
    (grid) => grid.kind === 'micro' && gone.includes(grid.code.slice(0, 15)),
  )
  const carried: PlannedGrid[] = plan.map((grid, i) => ({ ...grid, ref: grid.ref || `${i + 1}` }))
  // Codes of the successors are given by the check; micro grids then find theirs by their place.
  for (const grid of micro) {
    const home = plan.find((one) => one.kind !== 'micro' && one.shape && !mayStickOut(grid.shape, fromGeo(one.shape)))
    if (home)
      carried.push({
        ref: `m${grid.code}`,
        code: null,
        villageCode: villageOf(grid.code),
        kind: 'micro',
        name: grid.name,
        place: null,
        households: null,
        people: null,
        shape: toGeo(grid.shape),
        from: [grid.code],
        within: null,
      })
  }
  return { plan: carried, retired: [...new Set([...retired, ...micro.map((grid) => grid.code)])] }
}

/** Drawn on a 示意 ground, it is 示意 itself. */
export async function touchesIllustrative({ tx }: Context, villages: readonly string[]): Promise<boolean> {
  const land = await listVillageLand(tx)
  return villages.some((code) => land.get(code)?.illustrative)
}
