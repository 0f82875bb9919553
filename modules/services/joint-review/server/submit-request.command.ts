import { command } from '#platform/command/command.ts'
import { notFound } from '#platform/errors/app-error.ts'
import { findCase } from '#platform/process/case.store.ts'
import { maySee } from '#platform/process/engine.ts'
import { submitRequest } from '../contract.ts'
import { openRequest } from './open-request.ts'

export const submitRequestCommand = command(submitRequest, {
  async perform(context, input) {
    const state = await openRequest(context, input)
    return { ref: { caseId: state.id } }
  },
  async present({ tx, actor }, ref) {
    const { caseId } = ref as { caseId: number }
    const loaded = await findCase(tx, caseId, false)
    if (!loaded || !maySee(actor, loaded)) throw notFound()
    const clock = loaded.clocks.find((candidate) => candidate.key === 'answer')
    return { id: caseId, number: loaded.case.number, answerBy: clock?.state.dueAt.toISOString() ?? null }
  },
})
