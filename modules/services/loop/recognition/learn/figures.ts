import { calibrationError } from '#platform/text/calibration.ts'
import { evaluateLabels, round } from '#platform/text/evaluation.ts'
import type { HeldOut } from '#platform/text/text-classifier.ts'

/** What is known of a model from examples it had not seen. The class of a text, never the responsible unit. */
export interface ModelFigures {
  folds: number
  examples: number
  macroF1: number
  accuracy: number
  /** Mean gap between stated and observed certainty. */
  calibrationError: number
  perLabel: { label: string; precision: number; recall: number; f1: number; count: number }[]
  /** What was taken for what, most frequent first. */
  confusion: { decided: string; said: string; count: number }[]
  /** Tenths of stated certainty that occurred: how sure, how often right. */
  calibration: { from: number; count: number; stated: number; observed: number }[]
  /** The messages that came with the product and the county's decided cases apart. */
  shipped: { count: number; macroF1: number; accuracy: number } | null
  county: { count: number; accuracy: number } | null
  /** For thresholds in steps of .05: how many would go to a person, how many of the rest would be right. */
  thresholds: { threshold: number; toPerson: number; right: number }[]
}

const CONFUSIONS = 40
const STEPS = 20

/**
 * Figures of held-out examples, of which the first `shipped` came with the product.
 * @param truth what each example is
 */
export function figuresOf(
  truth: readonly string[],
  heldOut: readonly HeldOut[],
  folds: number,
  shipped: number,
): ModelFigures {
  const said = heldOut.map(({ label }) => label)
  const right = truth.map((label, i) => said[i] === label)
  const { macroF1, accuracy, perClass } = evaluateLabels(truth, said)
  const own = right.slice(shipped)
  return {
    folds,
    examples: truth.length,
    macroF1,
    accuracy,
    calibrationError: round(
      calibrationError(
        heldOut.map(({ confidence }) => confidence),
        right,
      ),
    ),
    perLabel: Object.entries(perClass).map(([label, each]) => ({ label, ...each })),
    confusion: confusionOf(truth, said),
    calibration: tenths(heldOut, right),
    shipped: shipped === 0 ? null : { count: shipped, ...shippedFigures(truth.slice(0, shipped), said) },
    county: own.length === 0 ? null : { count: own.length, accuracy: share(own) },
    thresholds: Array.from({ length: STEPS }, (_, step) => ({
      threshold: round(step / STEPS),
      ...effectOf(heldOut, right, step / STEPS),
    })),
  }
}

/** How many of what a model said would go to a person at a threshold, and how many of the rest are right; shares of one. */
export function effectOf(
  said: readonly { confidence: number; none: boolean }[],
  right: readonly boolean[],
  threshold: number,
): { toPerson: number; right: number } {
  const alone = right.filter((_, i) => !said[i]!.none && said[i]!.confidence >= threshold)
  return { toPerson: round(1 - alone.length / (right.length || 1)), right: share(alone) }
}

function shippedFigures(truth: readonly string[], said: readonly string[]) {
  const { macroF1, accuracy } = evaluateLabels(truth, said.slice(0, truth.length))
  return { macroF1, accuracy }
}

function confusionOf(truth: readonly string[], said: readonly string[]): ModelFigures['confusion'] {
  const counts = new Map<string, { decided: string; said: string; count: number }>()
  truth.forEach((decided, i) => {
    if (said[i] === decided) return
    const key = `${decided}\n${said[i]}`
    const known = counts.get(key)
    if (known) known.count++
    else counts.set(key, { decided, said: said[i]!, count: 1 })
  })
  return [...counts.values()]
    .sort((a, b) => b.count - a.count || a.decided.localeCompare(b.decided) || a.said.localeCompare(b.said))
    .slice(0, CONFUSIONS)
}

function tenths(heldOut: readonly HeldOut[], right: readonly boolean[]): ModelFigures['calibration'] {
  return Array.from({ length: 10 }, (_, tenth) => {
    const at = [...heldOut.keys()].filter((i) => Math.min(9, Math.floor(heldOut[i]!.confidence * 10)) === tenth)
    const stated = at.reduce((sum, i) => sum + heldOut[i]!.confidence, 0) / (at.length || 1)
    return { from: tenth / 10, count: at.length, stated: round(stated), observed: share(at.map((i) => right[i]!)) }
  }).filter(({ count }) => count > 0)
}

function share(values: readonly boolean[]): number {
  return round(values.filter(Boolean).length / (values.length || 1))
}
