import { query } from '#platform/command/command.ts'
import { sql } from '#platform/db/db.ts'
import { notFound } from '#platform/errors/app-error.ts'
import { listDeliveries } from '#platform/notify/contract.ts'
import { casesById } from '#platform/process/case-list.ts'

/** What was to leave the platform about one case, newest first; never to whom. */
export const listDeliveriesQuery = query(listDeliveries, async (context, { caseId }) => {
  if ((await casesById(context, [caseId])).length === 0) throw notFound()
  const { rows } = await sql<{
    id: number
    channel: string
    kind: string
    outcome: string
    detail: string | null
    at: Date
    tried_at: Date | null
    tries: number
  }>`
    select id, channel, kind, outcome, detail, at, tried_at, tries from notify_delivery
     where case_id = ${caseId} order by id desc limit 50`.execute(context.tx)
  return {
    items: rows.map(({ tried_at, at, ...row }) => ({
      ...row,
      at: at.toISOString(),
      triedAt: tried_at === null ? null : tried_at.toISOString(),
    })),
  }
})
