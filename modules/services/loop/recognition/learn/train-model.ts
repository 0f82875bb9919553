import { createHash } from 'node:crypto'
import { nearDuplicateGroups } from '#platform/text/evaluation.ts'
import { trainWithHeldOut } from '#platform/text/text-classifier.ts'
import lines from '../../data/department-lines.json' with { type: 'json' }
import { backgroundTexts, labelledTexts, outsideTexts } from '../train-department-line.ts'
import { figuresOf, type ModelFigures } from './figures.ts'
import { type CountyExample, type Task, trainingSet, WEIGHTS } from './training-set.ts'

export interface TrainingRequest {
  task: Task
  /** Decided cases, newest first. */
  county: CountyExample[]
  /** Stands in the model file. */
  trainedAt: string
  source: string
}

export interface TrainedModel {
  file: Buffer
  digest: string
  figures: ModelFigures
  examples: { shipped: number; corrections: number; confirmed: number; outside: number; weights: typeof WEIGHTS }
  seconds: number
}

const FOLDS = 3
/** Features that are kept; more make the file larger and the figures no better (docs/adr/0006-text-model.md). */
const FEATURES = 100_000

const CODES: Readonly<Record<string, string>> = lines

/** Fewer than two lines or classes have examples. */
export class TooFewExamples extends Error {}

/**
 * Trains the candidate of a county. The same examples give the same file: nothing is drawn by chance that is not seeded, and
 * how long it took is not part of the file.
 * @throws TooFewExamples
 */
export async function trainModel(request: TrainingRequest): Promise<TrainedModel> {
  const began = performance.now()
  const line = request.task === 'line'
  const brought = line
    ? (await labelledTexts()).map((text) => ({
        ...text,
        label: CODES[text.label] ?? text.label,
        weight: WEIGHTS.shipped,
      }))
    : []
  const set = trainingSet(brought, request.county)
  const truth = set.examples.map(({ label }) => label)
  if (new Set(truth).size < 2) throw new TooFewExamples()
  const { classifier, heldOut } = trainWithHeldOut(set.examples, {
    folds: FOLDS,
    modest: true,
    groups: nearDuplicateGroups(set.examples.map(({ title, text }) => title + text)),
    background: line ? await backgroundTexts() : [],
    outside: [...(line ? await outsideTexts() : []), ...set.outside],
    source: request.source,
    trainedAt: request.trainedAt === '' ? undefined : new Date(request.trainedAt),
  })
  const kept = classifier.pruned(FEATURES)
  const file = kept.withCard({ ...kept.card, trainSeconds: 0 }).toFile()
  return {
    file,
    digest: createHash('sha256').update(file).digest('hex'),
    figures: figuresOf(truth, heldOut, FOLDS, set.shipped),
    examples: {
      shipped: set.shipped,
      corrections: set.corrections,
      confirmed: set.confirmed,
      outside: set.outside.length,
      weights: WEIGHTS,
    },
    seconds: Math.round((performance.now() - began) / 100) / 10,
  }
}
