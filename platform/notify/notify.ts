import { sql } from '#platform/db/db.ts'
import type { JobHandler } from '#platform/jobs/jobs.ts'
import { deliver } from '#platform/notify/deliver.ts'

/**
 * Job `notify.in_app`: one message per account. Written in the job's transaction, so a repeated job cannot double it. Where
 * the county has a webhook, a reference goes there too, so that people are told where they look all day.
 */
export const notifyInApp: JobHandler = async (context, payload) => {
  const { tx, now, services, here } = context
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
  if (!services.config.delivery.channel(here.county.slug, 'webhook')) return
  const { rows } = await sql<{ login: string }>`
    select login from auth_account where id = any(${accountIds}::bigint[]) order by id`.execute(tx)
  if (rows.length === 0) return
  const { number, level } = params ?? {}
  await deliver(context, {
    channel: 'webhook',
    target: rows.map(({ login }) => login).join(','),
    kind,
    ...(caseId === undefined ? {} : { caseId }),
    params: {
      ...(typeof number === 'string' ? { number } : {}),
      ...(typeof level === 'number' ? { level } : {}),
    },
  })
}
