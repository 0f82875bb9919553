import { sql } from '#platform/db/db.ts'
import type { JobHandler } from '#platform/jobs/jobs.ts'
import { CHANNEL } from '#platform/realtime/hub.ts'

/** After a hop: tells every server process which units' work changed. The only place that notifies. */
export const relayChange: JobHandler = async ({ tx, here }, payload) => {
  const caseId = Number(payload.caseId)
  await sql`
    select pg_notify(${CHANNEL}, json_build_object('county', ${here.county.slug}::text, 'caseId', ${caseId}::bigint,
      'unitIds', (select coalesce(json_agg(unit_id), '[]') from (
         select distinct unit_id from process_party where case_id = ${caseId} and unit_id is not null limit 100) u))::text)`.execute(
    tx,
  )
}
