import { createHash } from 'node:crypto'
import type { Context } from '#platform/command/context.ts'
import { sql } from '#platform/db/db.ts'
import type { JobHandler } from '#platform/jobs/jobs.ts'
import type { CaseState } from '#platform/process/case.store.ts'
import { findCase } from '#platform/process/case.store.ts'
import { type CallbackReason, findCallbackRule, insertCallback } from './callback.store.ts'

const DAY = 86_400_000
/** Up to this score a rating asks for a call. */
const DISSATISFIED = 2
const ENDED = new Set(['closed', 'awaitingCity'])

/** Whether a case is in the sample: drawn from its number, so that it comes out the same whoever asks and whenever. */
export function inSample(number: string, share: number): boolean {
  return createHash('sha256').update(`callback:${number}`).digest().readUInt32BE(0) % 100 < share
}

async function isRedo(context: Context, state: CaseState): Promise<boolean> {
  const { rows } = await sql`
    select 1 from process_link where from_case_id = ${state.id} and kind = 'redo' and ended_at is null`.execute(
    context.tx,
  )
  return rows.length > 0
}

/** A case has ended or was rated: whoever is dissatisfied, whatever was done again, and a share of the rest is called back. */
export const askForCallback: JobHandler = async (context, payload) => {
  const { tx, now } = context
  const { caseId, to, action } = payload as { caseId: number; to: string; action: string }
  if (!ENDED.has(to) && action !== 'evaluate') return
  const state = (await findCase(tx, caseId, false))?.case
  if (state?.definitionKey !== 'report') return
  const { rows } = await sql<{ phone: boolean; score: number | null }>`
    select r.reporter_phone is not null as phone, g.score from loop_report r left join loop_rating g on g.case_id = r.case_id
     where r.case_id = ${caseId}`.execute(tx)
  // Nobody can be called who left no number.
  if (!rows[0]?.phone) return
  const rule = await findCallbackRule(tx, state.source, state.classCode)
  const endedAt = state.closedAt ?? now
  if (!rule || now.getTime() - endedAt.getTime() > rule.withinDays * DAY) return
  const reason: CallbackReason | undefined =
    rows[0].score !== null && rows[0].score <= DISSATISFIED
      ? 'dissatisfied'
      : (await isRedo(context, state))
        ? 'redo'
        : inSample(state.number, rule.share)
          ? 'sample'
          : undefined
  if (reason)
    await insertCallback(tx, {
      caseId,
      reason,
      mostTries: rule.tries,
      townCode: state.townCode,
      villageCode: state.villageCode,
      gridCode: state.gridCode,
      lineCode: state.lineCode,
      at: now,
    })
}
