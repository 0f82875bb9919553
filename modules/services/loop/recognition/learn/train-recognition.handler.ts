import { raiseRevision } from '#modules/foundation/org/public.ts'
import { sql, type Tx } from '#platform/db/db.ts'
import type { JobHandler } from '#platform/jobs/jobs.ts'
import { titleOf } from '../../domain/report-text.ts'
import { recordChange } from './recognition.store.ts'
import { trainInThread } from './train-in-thread.ts'
import type { TrainedModel } from './train-model.ts'
import { type CountyExample, digestOf, MOST_PER_LABEL, type Task } from './training-set.ts'

export const TRAIN_JOB = 'loop.train_recognition'

/** Decided cases that are read at most; the newest. */
const MOST_EXAMPLES = 20_000

/** The last model this process trained: a transaction that has to be run again does not train again. */
let last: { key: string; model: TrainedModel | undefined } | undefined

/**
 * Trains the candidate that was asked for, on what was decided by now. From its commit on every process runs it in the shadow
 * of the model in use. The candidate before it is dropped.
 */
export const trainRecognition: JobHandler = async ({ tx, now, pending }, payload) => {
  const { modelId } = payload as { modelId: number }
  const { rows } = await sql<{ task: Task; requested_at: Date }>`
    select task, requested_at from loop_recognition_model where id = ${modelId} and state = 'waiting' for update`.execute(
    tx,
  )
  const asked = rows[0]
  if (!asked) return
  const { task } = asked
  const county = await decidedCases(tx, task)
  const source = digestOf(county)
  const key = `${task} ${source}`
  if (last?.key !== key)
    last = { key, model: await trainInThread({ task, county, trainedAt: asked.requested_at.toISOString(), source }) }
  const { model } = last
  pending.subject = `loop_recognition_model:${modelId}`
  if (!model) {
    await sql`
      update loop_recognition_model set state = 'failed', failure = 'too_few' where id = ${modelId}`.execute(tx)
    return
  }
  await sql`
    update loop_recognition_model set state = 'dropped', file = null where task = ${task} and state = 'candidate'`.execute(
    tx,
  )
  await sql`
    update loop_recognition_model set state = 'candidate', trained_at = ${now}, train_seconds = ${model.seconds},
        examples = ${JSON.stringify(model.examples)}::jsonb, figures = ${JSON.stringify(model.figures)}::jsonb,
        source = ${source}, digest = ${model.digest}, file = ${model.file}
     where id = ${modelId}`.execute(tx)
  await recordChange(tx, {
    task,
    kind: 'trained',
    modelId,
    fromId: null,
    subject: null,
    reason: null,
    accountId: null,
    at: now,
  })
  pending.facts.push({
    kind: 'loop.recognition_trained',
    subject: pending.subject,
    content: { task, digest: model.digest, examples: source, macroF1: model.figures.macroF1 },
  })
  await raiseRevision(tx)
}

/** Decided cases that may teach, newest first: not excluded, not secret by now. */
async function decidedCases(tx: Tx, task: Task): Promise<CountyExample[]> {
  const { rows } = await sql<{ decided: string; kind: string; title: string; text: string }>`
    select decided, kind, title, text from (
      select l.id, l.decided, l.kind, c.title, c.data ->> 'text' as text,
             row_number() over (partition by l.decided order by l.id desc) as number
        from loop_recognition_label l join process_case c on c.id = l.case_id
       where l.task = ${task} and l.excluded_at is null and c.secrecy <> 'secret' and c.data ? 'text') newest
     where number <= ${MOST_PER_LABEL} order by id desc limit ${MOST_EXAMPLES}`.execute(tx)
  return rows.map(({ decided, kind, title, text }) => ({
    decided,
    correction: kind !== 'confirmed',
    // A title taken from the text says nothing more than the text.
    title: title === titleOf(text) ? null : title,
    text,
  }))
}
