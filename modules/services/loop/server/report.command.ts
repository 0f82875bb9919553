import { command } from '#platform/command/command.ts'
import type { Context } from '#platform/command/context.ts'
import { notFound } from '#platform/errors/app-error.ts'
import { findCase } from '#platform/process/case.store.ts'
import { maySee } from '#platform/process/engine.ts'
import { reportByStaff, reportPublicly } from '../contract.ts'
import { dangerIn } from '../domain/report-text.ts'
import { findReport } from './loop.store.ts'
import { openReport } from './open-report.ts'

/** A resident's report: no log-in, a number and a follow-up code in return. */
export const reportPubliclyCommand = command(reportPublicly, {
  async perform(context, input) {
    const { state, followCode, quarantined, danger } = await openReport(context, {
      ...input,
      source: input.source ?? 'resident',
    })
    return {
      ref: { caseId: state.id },
      output: { number: state.number, followCode, quarantined, danger, answerBy: await answerBy(context, state.id) },
    }
  },
  // Only the browser that sent it first gets here again (same secret, same key), so the code may be shown once more.
  async present(context, ref) {
    const { caseId } = ref as { caseId: number }
    const loaded = await findCase(context.tx, caseId, false)
    const report = await findReport(context.tx, context.here.keys, caseId)
    if (!loaded || !report) throw notFound()
    return {
      number: loaded.case.number,
      followCode: report.followCode,
      quarantined: report.quarantined,
      danger: dangerIn(report.text),
      answerBy: await answerBy(context, caseId),
    }
  },
})

async function answerBy(context: Context, caseId: number): Promise<string | null> {
  const loaded = await findCase(context.tx, caseId, false)
  const clock = loaded?.clocks.find((candidate) => candidate.key === 'reply')
  return clock ? clock.state.dueAt.toISOString() : null
}

/** The same intake for officials: clerk, grid worker, window, hotline operator. */
export const reportByStaffCommand = command(reportByStaff, {
  async perform(context, input) {
    const { state, followCode } = await openReport(context, input)
    return { ref: { caseId: state.id }, output: { id: state.id, number: state.number, followCode } }
  },
  async present(context, ref) {
    const { caseId } = ref as { caseId: number }
    const loaded = await findCase(context.tx, caseId, false)
    const report = await findReport(context.tx, context.here.keys, caseId)
    if (!loaded || !report || !maySee(context.actor, loaded)) throw notFound()
    return { id: caseId, number: loaded.case.number, followCode: report.followCode }
  },
})
