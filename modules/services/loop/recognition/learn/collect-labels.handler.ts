import { createHash } from 'node:crypto'
import { orgDirectory } from '#modules/foundation/org/public.ts'
import { loadDuties } from '#modules/management/duties/public.ts'
import type { Context } from '#platform/command/context.ts'
import { sql } from '#platform/db/db.ts'
import type { JobHandler } from '#platform/jobs/jobs.ts'
import type { Task } from './training-set.ts'

interface Hop {
  class_code: string | null
  secrecy: string
  title: string
  text: string | null
  suggested: number | null
  form: Record<string, unknown> | null
  account_id: number | null
  actor_kind: string
  at: Date
}

/** Actions in which somebody decides what a report is about, or whose it is where nobody knows what it is about. */
const DECIDING = new Set(['accept', 'dispatch', 'rule'])
/** Actions that may make a case secret. */
const GRADING = new Set(['accept', 'fileCase'])

/**
 * Whatever a person decides about a report's class or line is an example for the next model: most of all where it is another
 * than was recognised, or where the model had not been sure. Only what was decided is kept here; the text stays with its case,
 * and of secret cases nothing is kept.
 */
export const collectLabels: JobHandler = async (context, payload) => {
  const { caseId, hop, action } = payload as { caseId: number; hop: number; action: string }
  if (!DECIDING.has(action) && !GRADING.has(action)) return
  const { tx } = context
  const { rows } = await sql<Hop>`
    select c.class_code, c.secrecy, c.title, c.data ->> 'text' as text, (c.data ->> 'suggestedUnitId')::bigint as suggested,
           t.form, t.account_id, t.actor_kind, t.at
      from process_case c join process_trace t on t.case_id = c.id and t.hop = ${hop}
     where c.id = ${caseId} and c.definition_key = 'report'`.execute(tx)
  const found = rows[0]
  if (!found) return
  if (found.secrecy === 'secret') return forget(context, caseId)
  if (!DECIDING.has(action) || found.actor_kind !== 'staff' || found.account_id === null || !found.text) return
  for (const [task, decided] of await decisionsIn(context, action, found)) {
    const digest = createHash('sha256').update(`${found.title}\n${found.text}`).digest('hex')
    await sql`
      insert into loop_recognition_label as l (case_id, task, kind, model_id, said, confidence, decided, action, decided_by,
          decided_at, text_digest)
      select ${caseId}, ${task}, case when p.sure and p.said = ${decided} then 'confirmed'
                                      when p.sure then 'corrected' else 'unsure' end,
             p.model_id, p.said, p.confidence, ${decided}, ${action}, ${found.account_id}, ${found.at}, ${digest}
        from (select 1) one left join loop_recognition_prediction p on p.case_id = ${caseId} and p.task = ${task} and p.served
      on conflict (case_id, task) do update set kind = excluded.kind, decided = excluded.decided, action = excluded.action,
        decided_by = excluded.decided_by, decided_at = excluded.decided_at
       where l.decided_at <= excluded.decided_at`.execute(tx)
  }
}

/** What was decided in an action, by task. */
async function decisionsIn(context: Context, action: string, found: Hop): Promise<[Task, string][]> {
  const form = found.form ?? {}
  if (action === 'accept') {
    const code = typeof form.classCode === 'string' ? form.classCode : found.class_code
    const dutyClass = code ? (await loadDuties(context.tx)).classOf(code) : undefined
    return dutyClass
      ? [
          ['class', dutyClass.code],
          ['line', dutyClass.lineCode],
        ]
      : []
  }
  // Where the class is known the unit follows from the duty list: another unit says nothing about the text.
  if (found.class_code !== null) return []
  const unitId = typeof form.unitId === 'number' ? form.unitId : found.suggested
  const unit = unitId === null ? undefined : orgDirectory(context.here).unit(unitId)
  // A town's office answers for many lines, and so says nothing of one.
  return unit?.level === 'county' && unit.lines.length === 1 ? [['line', unit.lines[0]!]] : []
}

async function forget({ tx }: Context, caseId: number): Promise<void> {
  await sql`delete from loop_recognition_label where case_id = ${caseId}`.execute(tx)
  await sql`delete from loop_recognition_prediction where case_id = ${caseId}`.execute(tx)
}
