import { createHash } from 'node:crypto'
import type { LabelledText } from '#platform/text/text-classifier.ts'
import { titled } from '#platform/text/text-features.ts'

/** What a model decides: department line (条线) or class (类别) of a text. */
export type Task = 'line' | 'class'

export const TASKS: readonly Task[] = ['line', 'class']

/** A decided case as an example. */
export interface CountyExample {
  decided: string
  /** What the person decided was not what the model had said, or it had not been sure. */
  correction: boolean
  title: string | null
  text: string
}

/**
 * Bound of an example's influence, as a multiple of the usual one [D]: a correction, which tells what the model does not know
 * yet, may move it three times as far as a message of the product before it is given up as an exception. It is no count: few
 * examples reach their bound, so that more than 3 changes nothing (docs/adr/0006-text-model.md).
 */
export const WEIGHTS = { shipped: 1, confirmed: 1, correction: 3 } as const

/** A line or class with fewer decided cases is not learned: nothing could be measured of it [D]. */
export const LEAST_EXAMPLES = 5

/** Newest decided cases of one line or class that are used; more hardly change it, and training has to end [D]. */
export const MOST_PER_LABEL = 400

export interface TrainingSet {
  /** The first `shipped` of them came with the product. */
  examples: LabelledText[]
  shipped: number
  /** Decided cases of lines or classes with too few of them: against all others. */
  outside: { title: string; text: string }[]
  corrections: number
  confirmed: number
}

/**
 * What a model is trained on: messages that came with the product (none for classes) and decided cases, newest first.
 * A label needs enough cases of the county unless the product brings messages of it.
 */
export function trainingSet(shipped: readonly LabelledText[], county: readonly CountyExample[]): TrainingSet {
  const brought = new Set(shipped.map(({ label }) => label))
  const counts = new Map<string, number>()
  for (const { decided } of county) counts.set(decided, (counts.get(decided) ?? 0) + 1)
  const set: TrainingSet = {
    examples: [...shipped],
    shipped: shipped.length,
    outside: [],
    corrections: 0,
    confirmed: 0,
  }
  const used = new Map<string, number>()
  for (const { decided, correction, title, text } of county) {
    const input = titled(text, title ?? undefined)
    if (!brought.has(decided) && counts.get(decided)! < LEAST_EXAMPLES) {
      set.outside.push(input)
      continue
    }
    const number = (used.get(decided) ?? 0) + 1
    used.set(decided, number)
    if (number > MOST_PER_LABEL) continue
    set.examples.push({ ...input, label: decided, weight: correction ? WEIGHTS.correction : WEIGHTS.confirmed })
    if (correction) set.corrections++
    else set.confirmed++
  }
  return set
}

/** Labels that could be learned from so many cases of each. */
export function learnable(counts: Readonly<Record<string, number>>): string[] {
  return Object.keys(counts)
    .filter((label) => counts[label]! >= LEAST_EXAMPLES)
    .sort()
}

/** SHA-256 of what a model was trained on; the same examples give the same model. */
export function digestOf(county: readonly CountyExample[]): string {
  const hash = createHash('sha256')
  for (const { decided, correction, title, text } of county)
    hash.update(`${JSON.stringify([decided, correction, title, text])}\n`)
  return hash.digest('hex')
}
