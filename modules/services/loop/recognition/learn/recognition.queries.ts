import { loadDuties } from '#modules/management/duties/public.ts'
import { query } from '#platform/command/command.ts'
import type { Context } from '#platform/command/context.ts'
import { AppError, notFound } from '#platform/errors/app-error.ts'
import shippedFigures from '../../data/department-line.figures.json' with { type: 'json' }
import lines from '../../data/department-lines.json' with { type: 'json' }
import {
  getRecognition,
  getRecognitionShadow,
  listRecognitionChanges,
  listRecognitionLabels,
  previewRecognitionThreshold,
} from '../recognition.contract.ts'
import { MANAGE, mayInCounty, SWITCH } from './recognition.policy.ts'
import {
  compare,
  countLabels,
  lastSaid,
  listChanges,
  listDifferences,
  listLabels,
  listModels,
  type ModelRow,
  modelById,
  rightInUse,
} from './recognition.store.ts'
import { LEAST_EXAMPLES, learnable, type Task } from './training-set.ts'

const PAGE = 50
/** Reports that a preview of a threshold looks at. */
const LOOK_BACK = 500

const LABELS = new Map(Object.entries(lines).map(([label, code]) => [code, label]))

type Namer = (code: string) => { code: string; name: string }

/** Names of lines and classes; what the county no longer has keeps its code. */
async function namerOf({ tx, here }: Context, task: Task): Promise<Namer> {
  if (task === 'line') return (code) => ({ code, name: LABELS.get(code) ?? here.directory.lineName(code) })
  const duties = await loadDuties(tx)
  return (code) => ({ code, name: duties.classOf(code)?.fullName ?? code })
}

function before(cursor: string | undefined): number | null {
  if (cursor === undefined) return null
  const id = Number(cursor)
  if (!Number.isSafeInteger(id)) throw new AppError('platform.bad_cursor', { status: 400 })
  return id
}

export const getRecognitionQuery = query(getRecognition, async (context, { task }) => {
  const { tx, actor, here } = context
  const named = await namerOf(context, task)
  const models = await listModels(tx, task)
  const counts = (await countLabels(tx)).filter((row) => row.task === task)
  const inUse = await rightInUse(tx, task)
  const sum = (of: (row: (typeof counts)[number]) => number) => counts.reduce((total, row) => total + of(row), 0)
  const present = (model: ModelRow | undefined) => (model ? presentModel(model) : null)
  const presentModel = (model: ModelRow) => ({
    id: model.id,
    task: model.task,
    version: model.version,
    origin: model.origin,
    state: model.state,
    threshold: model.threshold,
    requestedAt: model.requestedAt?.toISOString() ?? null,
    requestedBy: model.requestedBy === null ? null : here.directory.accountName(model.requestedBy),
    trainedAt: model.trainedAt?.toISOString() ?? null,
    trainSeconds: model.trainSeconds,
    examples: examplesOf(model),
    figures: figuresOf(model, named),
    inUse: inUse.get(model.id) ?? null,
    failure: model.failure,
    usable: mayBeUsed(model),
  })
  const newest = models[0]
  return {
    serving: presentModel(models.find(({ state }) => state === 'serving')!),
    candidate: present(models.find(({ state }) => state === 'candidate')),
    waiting: present(models.find(({ state }) => state === 'waiting')),
    failed: present(newest?.state === 'failed' ? newest : undefined),
    earlier: models.filter(({ state }) => state === 'served' || state === 'dropped').map(presentModel),
    labels: {
      corrected: sum(({ corrected }) => corrected),
      unsure: sum(({ unsure }) => unsure),
      confirmed: sum(({ confirmed }) => confirmed),
      excluded: sum(({ excluded }) => excluded),
      fresh: sum(({ fresh }) => fresh),
    },
    learnable: {
      labels: learnable(
        Object.fromEntries(counts.map((row) => [row.decided, row.corrected + row.unsure + row.confirmed])),
      ).length,
      least: LEAST_EXAMPLES,
    },
    can: { manage: mayInCounty(actor, MANAGE), switch: mayInCounty(actor, SWITCH) },
  }
})

/** A candidate, or one that was in use before and whose file is kept. */
export function mayBeUsed({ state, kept }: ModelRow): boolean {
  return kept && (state === 'candidate' || state === 'served')
}

/** What was measured of a model; the one that comes with the product brings its figures along. */
function measured(model: ModelRow): Pick<ModelRow, 'examples' | 'figures'> {
  return model.origin === 'shipped' ? shippedFigures : model
}

function examplesOf(model: ModelRow) {
  const { examples } = measured(model)
  const { shipped, corrections, confirmed, outside, weights } = examples
  return weights
    ? {
        shipped: shipped ?? 0,
        corrections: corrections ?? 0,
        confirmed: confirmed ?? 0,
        outside: outside ?? 0,
        weights,
      }
    : null
}

function figuresOf(model: ModelRow, named: Namer) {
  const { figures } = measured(model)
  if (!figures) return null
  const { thresholds: _thresholds, perLabel, confusion, ...rest } = figures
  return {
    ...rest,
    perLabel: perLabel.map(({ label, ...each }) => ({ ...named(label), ...each })),
    confusion: confusion.map(({ decided, said, count }) => ({ decided: named(decided), said: named(said), count })),
  }
}

export const listRecognitionLabelsQuery = query(listRecognitionLabels, async (context, input) => {
  const { tx, actor, here } = context
  const { cursor, limit = PAGE, ...filter } = input
  const named = await namerOf(context, input.task)
  const rows = await listLabels(tx, actor, filter, before(cursor), limit + 1)
  const decided = (await countLabels(tx)).filter(({ task }) => task === input.task).map((row) => named(row.decided))
  return {
    items: rows.slice(0, limit).map((row) => ({
      id: row.id,
      caseId: row.caseId,
      number: row.number,
      title: row.title,
      kind: row.kind,
      said: row.said === null ? null : named(row.said),
      confidence: row.confidence,
      version: row.version,
      decided: named(row.decided),
      action: row.action,
      decidedBy: here.directory.accountName(row.decidedBy),
      decidedAt: row.decidedAt.toISOString(),
      excluded:
        row.excludedAt === null
          ? null
          : {
              at: row.excludedAt.toISOString(),
              by: row.excludedBy === null ? null : here.directory.accountName(row.excludedBy),
              reason: row.excludedReason ?? '',
            },
    })),
    next: rows.length > limit ? String(rows[limit - 1]!.id) : null,
    labels: decided.sort((a, b) => a.name.localeCompare(b.name, 'zh-CN')),
  }
})

export const getRecognitionShadowQuery = query(
  getRecognitionShadow,
  async (context, { task, cursor, limit = PAGE }) => {
    const { tx, actor } = context
    const can = { switch: mayInCounty(actor, SWITCH) }
    const models = await listModels(tx, task)
    const serving = models.find(({ state }) => state === 'serving')!
    const candidate = models.find(({ state }) => state === 'candidate')
    if (!candidate) return { comparison: null, items: [], next: null, can }
    const named = await namerOf(context, task)
    const name = (code: string | null) => (code === null ? null : named(code))
    const { since, ...numbers } = await compare(tx, candidate.id)
    const rows = await listDifferences(tx, actor, candidate.id, before(cursor), limit + 1)
    return {
      comparison: {
        serving: { id: serving.id, version: serving.version },
        candidate: { id: candidate.id, version: candidate.version },
        since: since?.toISOString() ?? null,
        ...numbers,
      },
      items: rows.slice(0, limit).map((row) => ({
        ...row,
        at: row.at.toISOString(),
        serving: name(row.serving),
        candidate: name(row.candidate),
        decided: name(row.decided),
      })),
      next: rows.length > limit ? String(rows[limit - 1]!.caseId) : null,
      can,
    }
  },
)

export const previewRecognitionThresholdQuery = query(
  previewRecognitionThreshold,
  async ({ tx }, { modelId, threshold }) => {
    const model = await modelById(tx, modelId)
    if (!model) throw notFound()
    const said = await lastSaid(tx, modelId, LOOK_BACK)
    // What a model holds for none of its own goes to a person whatever the threshold: not sure though certain enough then.
    const shaped = said.map(({ confidence, sure }) => ({ confidence, none: !sure && confidence >= model.threshold }))
    const alone = shaped.map(({ confidence, none }) => !none && confidence >= threshold)
    const decided = said
      .map((row, i) => ({ ...row, alone: alone[i]! }))
      .filter((row) => row.decided !== null && row.alone)
    const steps = measured(model).figures?.thresholds ?? []
    const nearest = [...steps].sort((a, b) => Math.abs(a.threshold - threshold) - Math.abs(b.threshold - threshold))[0]
    return {
      reports: {
        count: said.length,
        toPersonNow: said.filter(({ sure }) => !sure).length,
        toPersonThen: alone.filter((value) => !value).length,
        decidedAlone: decided.length,
        rightAlone: decided.filter((row) => row.decided === row.said).length,
      },
      heldOut: nearest ?? null,
    }
  },
)

export const listRecognitionChangesQuery = query(
  listRecognitionChanges,
  async ({ tx, here }, { task, cursor, limit = PAGE }) => {
    const rows = await listChanges(tx, task, before(cursor), limit + 1)
    return {
      items: rows.slice(0, limit).map((row) => ({
        id: row.id,
        kind: row.kind,
        version: row.version,
        fromVersion: row.fromVersion,
        subject: row.subject,
        reason: row.reason,
        by: row.accountId === null ? null : here.directory.accountName(row.accountId),
        at: row.at.toISOString(),
      })),
      next: rows.length > limit ? String(rows[limit - 1]!.id) : null,
    }
  },
)
