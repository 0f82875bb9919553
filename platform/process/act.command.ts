import { command } from '#platform/command/command.ts'
import type { Context } from '#platform/command/context.ts'
import { notFound } from '#platform/errors/app-error.ts'
import { caseAsOwner } from '#platform/files/file.store.ts'
import { attachFiles } from '#platform/files/uploads.ts'
import { type CaseState, findCase } from '#platform/process/case.store.ts'
import { actOnCaseRoute } from '#platform/process/contract.ts'
import { actOnCase, maySee } from '#platform/process/engine.ts'
import { presentUnit } from '#platform/process/present.ts'

/** One step of any flow. */
export const actCommand = command(actOnCaseRoute, {
  async perform(context, input) {
    const state = await actOnCase(context, {
      caseId: input.id,
      action: input.action,
      version: input.version,
      form: input.form,
      note: input.note ?? null,
      postId: input.postId,
    })
    if (input.fileIds?.length)
      await attachFiles(context.tx, input.fileIds, caseAsOwner(state), context.actor, context.now)
    return { ref: { caseId: state.id }, output: presentState(context, state) }
  },
  async present(context, _ref, input) {
    const loaded = await findCase(context.tx, input.id, false)
    if (!loaded || !maySee(context.actor, loaded)) throw notFound()
    return presentState(context, loaded.case)
  },
})

function presentState(context: Context, state: CaseState) {
  const { body } = context.here.definitions.byId(state.definitionId)
  return {
    id: state.id,
    number: state.number,
    state: state.state,
    stateName: body.states[state.state]!.name,
    version: state.version,
    dueAt: state.dueAt ? state.dueAt.toISOString() : null,
    unit: presentUnit(context.here, state.unitId),
  }
}
