import { raiseRevision } from '#modules/foundation/org/public.ts'
import type { Actor } from '#platform/access/actor.ts'
import { command } from '#platform/command/command.ts'
import { sql } from '#platform/db/db.ts'
import { AppError, notFound } from '#platform/errors/app-error.ts'
import {
  judgeRecognitionLabel,
  setRecognitionThreshold,
  switchRecognition,
  trainRecognitionModel,
} from '../recognition.contract.ts'
import { MANAGE, requireInCounty, SWITCH } from './recognition.policy.ts'
import { mayBeUsed } from './recognition.queries.ts'
import { countLabels, lockLabel, lockModel, lockServing, recordChange } from './recognition.store.ts'
import { TRAIN_JOB } from './train-recognition.handler.ts'
import { LEAST_EXAMPLES, learnable } from './training-set.ts'

const accountOf = (actor: Actor) => (actor.kind === 'staff' ? actor.accountId : null)

/** Takes a wrong example out of training, or back in. The case is as it is. */
export const judgeRecognitionLabelCommand = command(judgeRecognitionLabel, {
  async perform({ tx, actor, now, pending }, { labelId, excluded, reason }) {
    requireInCounty(actor, MANAGE)
    const label = await lockLabel(tx, actor, labelId)
    if (!label) throw notFound()
    if (label.excluded !== excluded) {
      await sql`
        update loop_recognition_label set excluded_at = ${excluded ? now : null}, excluded_by = ${excluded ? accountOf(actor) : null},
          excluded_reason = ${excluded ? reason : null} where id = ${labelId}`.execute(tx)
      const kind = excluded ? 'excluded' : 'included'
      await recordChange(tx, {
        task: label.task,
        kind,
        modelId: null,
        fromId: null,
        subject: label.number,
        reason,
        accountId: accountOf(actor),
        at: now,
      })
      pending.facts.push({
        kind: `loop.recognition_label_${kind}`,
        subject: `loop_recognition_label:${labelId}`,
        content: { case: label.caseId, task: label.task },
      })
    }
    pending.subject = `loop_recognition_label:${labelId}`
    return { ref: { id: labelId, excluded } }
  },
  present: async (_context, ref) => ref as { id: number; excluded: boolean },
})

/** Asks for a candidate; it is trained in the background. */
export const trainRecognitionModelCommand = command(trainRecognitionModel, {
  async perform({ tx, actor, now, pending }, { task }) {
    requireInCounty(actor, MANAGE)
    // One after another: two who press at once get one training.
    await lockServing(tx, task)
    const running = await sql<{ id: number }>`
      select id from loop_recognition_model where task = ${task} and state = 'waiting'`.execute(tx)
    if (running.rows.length > 0) throw new AppError('loop.recognition_training', { status: 409 })
    const counts = (await countLabels(tx)).filter((row) => row.task === task)
    const known = learnable(
      Object.fromEntries(counts.map((row) => [row.decided, row.corrected + row.unsure + row.confirmed])),
    )
    // The product brings messages for lines, none for classes.
    if (task === 'class' && known.length < 2)
      throw new AppError('loop.recognition_too_few', {
        status: 409,
        params: { labels: known.length, least: LEAST_EXAMPLES },
      })
    const { rows } = await sql<{ id: number; version: number }>`
      insert into loop_recognition_model (task, version, origin, state, threshold, requested_at, requested_by)
      select ${task}, max(version) + 1, 'trained', 'waiting',
             (select threshold from loop_recognition_model where task = ${task} and state = 'serving'), ${now}, ${accountOf(actor)}
        from loop_recognition_model where task = ${task}
      returning id, version`.execute(tx)
    const { id, version } = rows[0]!
    pending.subject = `loop_recognition_model:${id}`
    pending.jobs.push({ kind: TRAIN_JOB, aggregate: `recognition:${task}`, payload: { modelId: id } })
    return { ref: { id, version } }
  },
  present: async (_context, ref) => ref as { id: number; version: number },
})

/** A person puts another model in use, forth or back. Every process of every server follows with its next request. */
export const switchRecognitionCommand = command(switchRecognition, {
  async perform({ tx, actor, now, pending }, { modelId, fromId, reason }) {
    requireInCounty(actor, SWITCH)
    const chosen = await lockModel(tx, modelId)
    if (!chosen) throw notFound()
    const serving = await lockServing(tx, chosen.task)
    if (serving.id !== fromId) throw new AppError('loop.recognition_moved', { status: 409 })
    if (!mayBeUsed(chosen)) throw new AppError('loop.recognition_not_usable', { status: 409 })
    await sql`update loop_recognition_model set state = 'served' where id = ${serving.id}`.execute(tx)
    await sql`update loop_recognition_model set state = 'serving' where id = ${modelId}`.execute(tx)
    await recordChange(tx, {
      task: chosen.task,
      kind: 'switched',
      modelId,
      fromId: serving.id,
      subject: null,
      reason,
      accountId: accountOf(actor),
      at: now,
    })
    pending.subject = `loop_recognition_model:${modelId}`
    pending.facts.push({
      kind: 'loop.recognition_switched',
      subject: pending.subject,
      content: { task: chosen.task, from: serving.version, to: chosen.version, digest: chosen.digest, reason },
    })
    await raiseRevision(tx)
    return { ref: { id: modelId, version: chosen.version } }
  },
  present: async (_context, ref) => ref as { id: number; version: number },
})

/** How sure a model has to be; below it a person decides. */
export const setRecognitionThresholdCommand = command(setRecognitionThreshold, {
  async perform({ tx, actor, now, pending }, { modelId, threshold, reason }) {
    requireInCounty(actor, SWITCH)
    const model = await lockModel(tx, modelId)
    if (!model) throw notFound()
    // Words of the duty list state no certainty.
    if (model.origin === 'words' || !model.kept) throw new AppError('loop.recognition_not_usable', { status: 409 })
    await sql`update loop_recognition_model set threshold = ${threshold} where id = ${modelId}`.execute(tx)
    await recordChange(tx, {
      task: model.task,
      kind: 'threshold',
      modelId,
      fromId: null,
      subject: `${percent(model.threshold)} → ${percent(threshold)}`,
      reason,
      accountId: accountOf(actor),
      at: now,
    })
    pending.subject = `loop_recognition_model:${modelId}`
    pending.facts.push({
      kind: 'loop.recognition_threshold_set',
      subject: pending.subject,
      content: { task: model.task, version: model.version, from: model.threshold, to: threshold, reason },
    })
    await raiseRevision(tx)
    return { ref: { id: modelId, threshold } }
  },
  present: async (_context, ref) => ref as { id: number; threshold: number },
})

const percent = (share: number) => `${Math.round(share * 100)}%`
