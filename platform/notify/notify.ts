import { sql } from '#platform/db/db.ts'
import type { JobHandler } from '#platform/jobs/jobs.ts'

/** Job `notify.in_app`: one message per account. Written in the job's transaction, so a repeated job cannot double it. */
export const notifyInApp: JobHandler = async ({ tx, now }, payload) => {
  const { accountIds, kind, caseId, params } = payload as {
    accountIds: number[]
    kind: string
    caseId?: number
    params?: Record<string, unknown>
  }
  await sql`
    insert into notify_message (account_id, at, kind, case_id, params)
    select distinct account_id, ${now}::timestamptz, ${kind}, ${caseId ?? null}::bigint, ${JSON.stringify(params ?? {})}::jsonb
      from unnest(${accountIds}::bigint[]) as a (account_id)`.execute(tx)
}
