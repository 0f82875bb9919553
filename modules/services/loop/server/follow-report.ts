import type { Static } from 'typebox'
import { command, query } from '#platform/command/command.ts'
import type { Context } from '#platform/command/context.ts'
import { sql } from '#platform/db/db.ts'
import { notFound } from '#platform/errors/app-error.ts'
import { listFilesOf } from '#platform/files/file.store.ts'
import { findCase } from '#platform/process/case.store.ts'
import { actOnLoaded } from '#platform/process/engine.ts'
import { followReport, rateReport } from '../contract.ts'
import { normaliseFollowCode } from '../domain/follow-code.ts'
import { findCaseByCode, findRating, findReport, insertRating } from './loop.store.ts'

/** Steps that concern the reporter; what goes on inside and between units stays there. */
const PUBLIC_STEPS: ReadonlySet<string> = new Set([
  'start',
  'accept',
  'reject',
  'verify',
  'verifyFail',
  'fileCase',
  'dispatch',
  'sign',
  'feedback',
  'inspectPass',
  'inspectFail',
  'merge',
  'unmerge',
  'grantDefer',
  'resumeDeferred',
  'suspend',
  'resumeSuspended',
  'selfHandle',
  'mainEnded',
  'close',
  'redo',
  'cancel',
  'evaluate',
])

type Progress = Static<typeof followReport.output>

/** The case behind number and code, or 404 for any wrong pair. */
export async function caseByCode(context: Context, number: string, followCode: string): Promise<number> {
  const caseId = await findCaseByCode(
    context.tx,
    context.here.keys,
    number.trim().toUpperCase(),
    normaliseFollowCode(followCode),
  )
  if (caseId === undefined) throw notFound()
  return caseId
}

async function progressOf(context: Context, caseId: number): Promise<Progress> {
  const { tx, here } = context
  const loaded = await findCase(tx, caseId, false)
  const report = await findReport(tx, here.keys, caseId)
  if (!loaded || !report) throw notFound()
  const { case: state } = loaded
  const { body } = here.definitions.byId(state.definitionId)
  const { rows: hops } = await sql<{
    at: Date
    action: string
    unit_id: number | null
    form: { reply?: string } | null
  }>`
    select at, action, unit_id, form from process_trace where case_id = ${caseId} order by hop`.execute(tx)
  const { rows: reads } = await sql<{ at: Date; unit_id: number | null; purpose: string }>`
    select at, unit_id, purpose from access_person_read where case_id = ${caseId} order by id desc limit 50`.execute(tx)
  const rating = await findRating(tx, here.keys, caseId)
  const files = await listFilesOf(tx, 'case', [caseId])
  const unitName = (id: number | null) => (id === null ? null : (here.directory.unit(id)?.name ?? null))
  const steps = hops.filter((hop) => PUBLIC_STEPS.has(hop.action))
  const closed = body.states[state.state]?.final === true
  const answered = hops.findLast((hop) => ['close', 'mainEnded', 'reject', 'cancel'].includes(hop.action))
  const replyClock = loaded.clocks.find((clock) => clock.key === 'reply')
  return {
    number: state.number,
    title: state.title,
    text: report.text,
    state: state.state,
    stateName: body.states[state.state]!.name,
    phaseName: body.phases.find((phase) => phase.key === state.phase)!.name,
    closed,
    openedAt: state.openedAt.toISOString(),
    answerBy: replyClock && !replyClock.state.stoppedAt ? replyClock.state.dueAt.toISOString() : null,
    placeText: state.placeText,
    unitName: unitName(state.unitId),
    reply:
      answered && typeof state.data.reply === 'string'
        ? { text: state.data.reply, at: answered.at.toISOString(), unitName: unitName(state.unitId) }
        : null,
    // What is set aside is told with its reason for as long as it is.
    shown: state.state === 'suspended' && typeof state.data.shown === 'string' ? state.data.shown : null,
    steps: [
      ...steps.map((hop) => ({
        at: hop.at.toISOString(),
        name: hop.action === 'start' ? body.start.name : body.actions[hop.action]!.name,
        unitName: unitName(hop.unit_id),
        note: null,
        now: false,
      })),
      // What is going on now, since the last hop.
      ...(closed
        ? []
        : [
            {
              at: state.lastHopAt.toISOString(),
              name: body.states[state.state]!.name,
              unitName: unitName(loaded.items[0]?.unitId ?? null),
              note: null,
              now: true,
            },
          ]),
    ],
    rating: rating ? { ...rating, at: rating.at.toISOString() } : null,
    canRate: state.state === 'closed' && !rating,
    reads: reads.map((row) => ({ at: row.at.toISOString(), unitName: unitName(row.unit_id), purpose: row.purpose })),
    photos: files
      .filter((file) => file.mediaType.startsWith('image/') && file.uploaderKind === 'public')
      .map((file) => ({ id: file.id, name: file.name })),
  }
}

export const followReportQuery = query(followReport, async (context, input) =>
  progressOf(context, await caseByCode(context, input.number, input.followCode)),
)

/** One rating per case by who holds the code; kept apart from the case, never changed. */
export const rateReportCommand = command(rateReport, {
  async perform(context, input) {
    const caseId = await caseByCode(context, input.number, input.followCode)
    const loaded = await findCase(context.tx, caseId, true)
    if (!loaded) throw notFound()
    await actOnLoaded(context, loaded, { caseId, action: 'evaluate', form: { score: input.score } })
    await insertRating(context.tx, context.here.keys, caseId, {
      score: input.score,
      comment: input.comment?.trim() || undefined,
      at: context.now,
    })
    return { ref: { caseId } }
  },
  async present(context, ref) {
    return progressOf(context, (ref as { caseId: number }).caseId)
  },
})
