import { runAsSystem } from '#platform/command/command.ts'
import type { Context } from '#platform/command/context.ts'
import type { CountyServices, Services } from '#platform/command/services.ts'
import { sql } from '#platform/db/db.ts'

/** Work done for one job, in the job's own transaction; outside effects must be safe to repeat. */
export type JobHandler = (context: Context, payload: Record<string, unknown>) => Promise<void>

export type JobHandlers = ReadonlyMap<string, readonly JobHandler[]>

const MAX_ATTEMPTS = 8
/** At most so many jobs share a transaction. */
export const JOB_BATCH = 50

/** Which jobs one runner takes, so that slow ones (calls to others' servers) hold up none but themselves; all by default. */
export interface JobLane {
  only?: readonly string[]
  except?: readonly string[]
  /** Jobs that share a transaction. */
  limit?: number
}

interface JobRow {
  id: number
  kind: string
  payload: Record<string, unknown>
  attempts: number
}

/**
 * Runs due jobs of a county: claimed with SKIP LOCKED, the oldest of an aggregate first, deleted in the transaction that
 * does the work, so a killed worker leaves them to the next and nothing is done twice.
 * A job without a handler is an event nobody listens to and goes.
 * @returns how many jobs were done or put off; call again until 0.
 */
export async function runDueJobs(
  services: Services,
  here: CountyServices,
  handlers: JobHandlers,
  lane: JobLane = {},
): Promise<number> {
  let failed: { id: number; attempts: number; error: unknown } | undefined
  try {
    return await runAsSystem(services, here, 'jobs', async (context) => {
      const jobs = await claim(context, lane)
      for (const job of jobs) {
        try {
          for (const handler of handlers.get(job.kind) ?? []) await handler(context, job.payload)
        } catch (error) {
          failed = { id: job.id, attempts: job.attempts, error }
          throw error
        }
      }
      await sql`delete from job_job where id = any(${jobs.map((job) => job.id)}::bigint[])`.execute(context.tx)
      return jobs.length
    })
  } catch (error) {
    if (!failed) throw error
    return settleFailure(services, here, failed)
  }
}

async function claim(context: Context, { only, except, limit }: JobLane): Promise<JobRow[]> {
  const { rows } = await sql<JobRow>`
    select j.id, j.kind, j.payload, j.attempts from job_job j
     where j.failed_at is null and j.run_at <= ${context.now}
       and j.kind <> all(${(except ?? []) as string[]}::text[])
       and (${only === undefined} or j.kind = any(${(only ?? []) as string[]}::text[]))
       and (j.aggregate is null or not exists (
         select 1 from job_job e where e.aggregate = j.aggregate and e.id < j.id and e.failed_at is null))
     order by j.run_at, j.id limit ${limit ?? JOB_BATCH} for update of j skip locked`.execute(context.tx)
  return rows
}

/** The batch was rolled back; puts the failing job off (or gives it up) and runs the others on the next call. */
async function settleFailure(
  services: Services,
  here: CountyServices,
  failed: { id: number; attempts: number; error: unknown },
): Promise<number> {
  const attempts = failed.attempts + 1
  const message = failed.error instanceof Error ? failed.error.message : String(failed.error)
  services.log.warn({ err: failed.error, job: failed.id, attempts }, 'a job failed')
  await runAsSystem(services, here, 'jobs', async ({ tx, now }) => {
    const later = new Date(now.getTime() + Math.min(3_600_000, 1000 * 4 ** attempts))
    await sql`
      update job_job set attempts = ${attempts}, last_error = ${message.slice(0, 500)}, run_at = ${later},
        failed_at = ${attempts >= MAX_ATTEMPTS ? now : null}
       where id = ${failed.id}`.execute(tx)
  })
  return 1
}
