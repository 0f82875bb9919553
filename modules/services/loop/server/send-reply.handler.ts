import type { JobHandler } from '#platform/jobs/jobs.ts'
import { deliver } from '#platform/notify/deliver.ts'
import { findCase } from '#platform/process/case.store.ts'
import { findReport } from './loop.store.ts'

/** After closing: tells the reporter by text message that the answer is there. No content of the case leaves the platform. */
export const sendReply: JobHandler = async (context, payload) => {
  const { caseId } = payload as { caseId: number }
  const loaded = await findCase(context.tx, caseId, false)
  const report = await findReport(context.tx, context.here.keys, caseId)
  if (!loaded || !report?.phone) return
  await deliver(context, {
    channel: 'sms',
    target: report.phone,
    kind: 'loop.replied',
    caseId,
    params: { number: loaded.case.number, county: context.here.county.name },
  })
}
