import { foldWhenDue } from '#modules/management/measures/server/fold-measures.ts'
import {
  currentRevision,
  lockCase,
  projectCases,
  tryLockCases,
} from '#modules/management/measures/server/project-cases.ts'
import type { Context } from '#platform/command/context.ts'
import { sql } from '#platform/db/db.ts'
import type { JobHandler } from '#platform/jobs/jobs.ts'

/** Counts one case anew. */
export const PROJECT_JOB = 'measures.project'
/** Counts every case anew, a batch at a time, after the rules of counting changed. */
export const RECOUNT_JOB = 'measures.recount'

const MOVED = 'event:process.case_moved'
const BATCH = 200

/**
 * A hop: the case is counted anew as it stands. Where later hops of it are waiting, the last of them does it: a case that is
 * brought in with its history is counted once.
 */
export const onCaseMoved: JobHandler = async (context, payload) => {
  const { tx } = context
  const { caseId, hop } = payload as { caseId: number; hop: number }
  await recountIfRulesChanged(context)
  const { rows } = await sql<{ later: boolean }>`
    select exists (select 1 from job_job j where j.aggregate = ${`case:${caseId}`} and j.failed_at is null
      and j.kind = ${MOVED} and (j.payload ->> 'hop')::int > ${hop}) as later`.execute(tx)
  if (!rows[0]!.later) await onProject(context, payload)
}

export const onProject: JobHandler = async (context, payload) => {
  const { caseId } = payload as { caseId: number }
  await lockCase(context.tx, caseId)
  await projectCases(context, [caseId])
  await foldWhenDue(context.tx)
}

/**
 * The platform's handler of this job has just moved deadlines of a batch of open cases, each with a hop of this moment. They
 * are counted after what else waits for them.
 */
export const onRecomputed: JobHandler = async ({ tx, pending }, payload) => {
  const { after } = payload as { after?: number }
  const { rows } = await sql<{ id: number }>`
    select c.id from (select id, hop from process_case where closed_at is null and id > ${after ?? 0}
                       order by id limit 500) c
     where exists (select 1 from process_trace t where t.case_id = c.id and t.hop = c.hop and t.action = 'recomputed')
     order by c.id`.execute(tx)
  for (const { id } of rows) pending.jobs.push({ kind: PROJECT_JOB, aggregate: `case:${id}`, payload: { caseId: id } })
}

/** Counties whose rules this process has compared. */
const compared = new Set<string>()

/** Whoever first hears of a case in a process looks whether the counting rules are still those the facts were made by. */
async function recountIfRulesChanged({ tx, services, here, pending }: Context): Promise<void> {
  const revision = currentRevision(services)
  const known = `${here.county.slug} ${tx.county.schema} ${services.config.varDir} ${revision}`
  if (compared.has(known)) return
  const { rows } = await sql<{ changed: boolean }>`
    insert into measures_state as s (revision, counted_to)
    values (${revision}, coalesce((select max(id) from process_case), 0))
    on conflict (only_row) do update set revision = excluded.revision, counted_to = 0 where s.revision <> excluded.revision
    returning true as changed`.execute(tx)
  // Not remembered yet: this transaction may be rolled back.
  if (rows[0]) pending.jobs.push({ kind: RECOUNT_JOB, payload: {} })
  else compared.add(known)
}

/** A batch of all cases; those that somebody else is counting right now are left to a job behind him. */
export const onRecount: JobHandler = async (context, payload) => {
  const { tx, pending, services } = context
  const { after = 0 } = payload as { after?: number }
  const { rows } = await sql<{ id: number }>`
    select id from process_case where id > ${after} order by id limit ${BATCH}`.execute(tx)
  const ids = rows.map((row) => row.id)
  const locked = await tryLockCases(tx, ids)
  await projectCases(context, locked)
  for (const id of ids.filter((id) => !locked.includes(id)))
    pending.jobs.push({ kind: PROJECT_JOB, aggregate: `case:${id}`, payload: { caseId: id } })
  await foldWhenDue(tx)
  const last = ids.at(-1)
  if (last === undefined) return
  await sql`
    insert into measures_state (revision, counted_to) values (${currentRevision(services)}, ${last})
    on conflict (only_row) do update set revision = excluded.revision, counted_to = excluded.counted_to`.execute(tx)
  pending.jobs.push({ kind: RECOUNT_JOB, payload: { after: last } })
}
