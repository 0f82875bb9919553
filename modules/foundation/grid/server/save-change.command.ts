import { MANAGE, saveChange, withdrawChange } from '#modules/foundation/grid/contract.ts'
import type { PlannedGrid } from '#modules/foundation/grid/domain/plan.ts'
import { type Change, findChange, updatePlan, updateState } from '#modules/foundation/grid/server/change.store.ts'
import { assertKind, draftsman } from '#modules/foundation/grid/server/draft-change.command.ts'
import { examine, placeOfVillages } from '#modules/foundation/grid/server/examine.ts'
import { assertMayInVillages, gridScope } from '#modules/foundation/grid/server/grid.policy.ts'
import { command } from '#platform/command/command.ts'
import type { Context } from '#platform/command/context.ts'
import { AppError, notFound } from '#platform/errors/app-error.ts'

/**
 * A change in the actor's territory, locked, in the version the actor saw.
 * @throws AppError `platform.not_found`, `grid.changed_meanwhile`
 */
export async function lockChange(
  context: Context,
  permission: string,
  input: { id: number; version: number },
): Promise<Change> {
  const change = await findChange(context.tx, input.id, gridScope(context.actor, permission), true)
  if (!change) throw notFound()
  if (change.version !== input.version) throw new AppError('grid.changed_meanwhile', { status: 409 })
  return change
}

/** Keeps what was drawn or mended, and checks it again. */
export const saveChangeCommand = command(saveChange, {
  async perform(context, input) {
    const { tx, now, here, pending } = context
    const actor = draftsman(context)
    const change = await lockChange(context, MANAGE, input)
    if (change.state !== 'draft' && change.state !== 'checked') throw new AppError('grid.not_draft', { status: 409 })
    const plan = input.plan as PlannedGrid[]
    assertKind(change.kind === 'import' ? 'draw' : change.kind, plan, input.retired)
    const examined = await examine(context, change.id, plan, input.retired)
    assertMayInVillages(actor, MANAGE, examined.villages, (code) => here.directory.divisionName(code))
    await updatePlan(tx, {
      id: change.id,
      state: examined.state,
      title: input.title.trim(),
      reason: input.reason.trim(),
      ...(examined.villages.length > 0
        ? placeOfVillages(examined.villages)
        : { townCode: change.townCode, villageCode: change.villageCode }),
      plan: examined.plan,
      retired: input.retired,
      faults: examined.faults,
      editedBy: [...new Set([...change.editedBy, actor.accountId])],
      at: now,
    })
    pending.subject = `grid_change:${change.id}`
    const errors = examined.faults.filter((fault) => fault.weight === 'error').length
    const output = {
      id: change.id,
      version: change.version + 1,
      errors,
      notes: examined.faults.length - errors,
    }
    return { ref: output, output }
  },
  async present(_context, ref) {
    return ref as { id: number; version: number; errors: number; notes: number }
  },
})

/** Takes a change back that is not in force yet; it stays on the list with the reason. */
export const withdrawChangeCommand = command(withdrawChange, {
  async perform(context, input) {
    draftsman(context)
    const change = await lockChange(context, MANAGE, input)
    if (change.state === 'published' || change.state === 'withdrawn')
      throw new AppError('grid.not_open', { status: 409 })
    await updateState(context.tx, change.id, { state: 'withdrawn', note: input.reason.trim(), at: context.now })
    context.pending.subject = `grid_change:${change.id}`
    if (change.state === 'scheduled')
      context.pending.facts.push({
        kind: 'grid.change_withdrawn',
        subject: context.pending.subject,
        content: { effectiveOn: change.effectiveOn, reason: input.reason.trim() },
      })
    return { ref: { id: change.id }, output: { id: change.id } }
  },
  async present(_context, ref) {
    return ref as { id: number }
  },
})
