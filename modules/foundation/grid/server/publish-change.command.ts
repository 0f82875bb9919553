import { PUBLISH, publishChange } from '#modules/foundation/grid/contract.ts'
import { villageOf } from '#modules/foundation/grid/domain/grid-code.ts'
import { applyChange } from '#modules/foundation/grid/server/apply-change.ts'
import { type ChangeState, findChange, updateState } from '#modules/foundation/grid/server/change.store.ts'
import { draftsman } from '#modules/foundation/grid/server/draft-change.command.ts'
import { assertMayInVillages } from '#modules/foundation/grid/server/grid.policy.ts'
import { listOpenCases } from '#modules/foundation/grid/server/move-cases.ts'
import { lockChange } from '#modules/foundation/grid/server/save-change.command.ts'
import { ALWAYS } from '#platform/access/policy.ts'
import { command } from '#platform/command/command.ts'
import { AppError } from '#platform/errors/app-error.ts'
import type { JobHandler } from '#platform/jobs/jobs.ts'
import { dateText } from '#platform/tables/column.ts'

/**
 * Publishes a change that passed its check: in force at once, or from the beginning of a later day. Never by one who drew it; and
 * only with the open cases that the preview showed.
 */
export const publishChangeCommand = command(publishChange, {
  async perform(context, input) {
    const { tx, now, here, pending } = context
    const actor = draftsman(context)
    const change = await lockChange(context, PUBLISH, input)
    const villages = new Set([
      ...change.plan.map((grid) => villageOf(grid.code ?? grid.villageCode ?? '')),
      ...change.retired.map(villageOf),
    ])
    assertMayInVillages(actor, PUBLISH, [...villages].filter(Boolean), (code) => here.directory.divisionName(code))
    if (change.state !== 'checked') throw new AppError('grid.not_checked', { status: 409 })
    if (change.editedBy.includes(actor.accountId)) throw new AppError('grid.own_draft', { status: 403 })
    const today = dateText(now)
    if (input.effectiveOn < today) throw new AppError('grid.day_past', { status: 422 })
    const open = await listOpenCases(
      tx,
      change.retired.filter((code) => code.length === 15),
    )
    if (open.length !== input.seen)
      throw new AppError('grid.cases_changed', { status: 409, params: { open: open.length } })
    pending.subject = `grid_change:${change.id}`
    pending.facts.push({
      kind: 'grid.change_published',
      subject: pending.subject,
      content: { effectiveOn: input.effectiveOn, cases: input.cases, by: actor.accountId },
    })
    const published = {
      cases: input.cases,
      effectiveOn: input.effectiveOn,
      publishedBy: actor.accountId,
      publishedAt: now,
      at: now,
    }
    if (input.effectiveOn > today) {
      await updateState(tx, change.id, { ...published, state: 'scheduled' })
      pending.jobs.push({
        kind: 'grid.apply_change',
        payload: { id: change.id },
        runAt: new Date(`${input.effectiveOn}T00:00:00+08:00`),
      })
      const output = { id: change.id, state: 'scheduled' as ChangeState }
      return { ref: output, output }
    }
    const faults = await applyChange(context, { ...change, cases: input.cases }, today)
    if (faults.length > 0) throw new AppError('grid.faults_left', { status: 409, params: { faults: faults.length } })
    await updateState(tx, change.id, { ...published, state: 'published', appliedAt: now })
    const output = { id: change.id, state: 'published' as ChangeState }
    return { ref: output, output }
  },
  async present(_context, ref) {
    return ref as { id: number; state: ChangeState }
  },
})

/**
 * Brings a published change into force on its day. What no longer fits the grids of that day comes back as a draft with its
 * faults, and nothing else happens.
 */
export const applyScheduled: JobHandler = async (context, payload) => {
  const { tx, now } = context
  const change = await findChange(tx, Number(payload.id), ALWAYS, true)
  if (change?.state !== 'scheduled' || change.effectiveOn === null || change.effectiveOn > dateText(now)) return
  const faults = await applyChange(context, change, change.effectiveOn)
  if (faults.length > 0) await updateState(tx, change.id, { state: 'draft', faults, note: 'conflict', at: now })
  else await updateState(tx, change.id, { state: 'published', appliedAt: now, at: now })
  context.pending.subject = `grid_change:${change.id}`
}
