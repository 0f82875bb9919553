import { sql } from '#platform/db/db.ts'
import type { JobHandler } from '#platform/jobs/jobs.ts'
import { CHANNEL, type Change } from '#platform/realtime/hub.ts'

/** After a hop: tells every server process which units' work changed. The only place that notifies. */
export const relayChange: JobHandler = async ({ tx, here }, payload) => {
  const caseId = Number(payload.caseId)
  const { rows } = await sql<{ unit_id: number }>`
    select distinct unit_id from process_party where case_id = ${caseId} and unit_id is not null`.execute(tx)
  const change: Change = { county: here.county.slug, caseId, unitIds: rows.slice(0, 100).map((row) => row.unit_id) }
  await sql`select pg_notify(${CHANNEL}, ${JSON.stringify(change)})`.execute(tx)
}
