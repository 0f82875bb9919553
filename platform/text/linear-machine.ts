import type { SparseVector } from './vocabulary.ts'

/** Weights of a one-vs-rest linear model: `weights[feature * classes + class]`, so that one look-up serves all classes. */
export interface LinearWeights {
  classes: number
  weights: Float32Array
  bias: Float32Array
}

export interface TrainingOptions {
  /** Upper bound of each example's influence (C of a support vector machine): small = smoother. */
  cost: number
  /** Passes over the examples at most. */
  passes: number
  /** Stops when no example is further than this from its optimum. */
  tolerance: number
  seed: number
}

export const TRAINING: TrainingOptions = { cost: 2, passes: 40, tolerance: 0.1, seed: 1 }

/**
 * One-vs-rest support vector machines with hinge loss and L2 regularisation by dual coordinate descent (Hsieh and others
 * 2008), all classes in one pass. Examples that have settled are left out until the rest has settled too.
 * @param influence for each example the multiple of the bound `cost`; 1 where it is left out
 */
export function trainLinear(
  vectors: readonly SparseVector[],
  labels: ArrayLike<number>,
  classes: number,
  features: number,
  options: TrainingOptions = TRAINING,
  influence?: ArrayLike<number>,
): LinearWeights {
  const { passes, tolerance } = options
  const random = randomNumbers(options.seed)
  const weights = new Float32Array(features * classes)
  const bias = new Float32Array(classes)
  const alpha = new Float64Array(vectors.length * classes)
  const norms = Float64Array.from(vectors, ({ values }) => values.reduce((sum, value) => sum + value * value, 1))
  const scores = new Float64Array(classes)
  const steps = new Float64Array(classes)
  const order = Int32Array.from(vectors, (_, index) => index)
  let active = order.length
  /** How far past its bound a settled coordinate must lie before its example is left out. */
  let slack = Number.POSITIVE_INFINITY

  for (let pass = 0; pass < passes; pass++) {
    shuffle(order, active, random)
    let worst = 0
    for (let at = 0; at < active; at++) {
      const example = order[at]!
      const { ids, values } = vectors[example]!
      const cost = options.cost * (influence?.[example] ?? 1)
      for (let c = 0; c < classes; c++) scores[c] = bias[c]!
      for (let i = 0; i < ids.length; i++) {
        const base = ids[i]! * classes
        const value = values[i]!
        for (let c = 0; c < classes; c++) scores[c]! += weights[base + c]! * value
      }
      let moved = false
      let settled = true
      for (let c = 0; c < classes; c++) {
        const sign = labels[example] === c ? 1 : -1
        const at = example * classes + c
        const before = alpha[at]!
        const gradient = sign * scores[c]! - 1
        const free = before === 0 ? Math.min(gradient, 0) : before === cost ? Math.max(gradient, 0) : gradient
        if (!((before === 0 && gradient > slack) || (before === cost && gradient < -slack))) settled = false
        if (Math.abs(free) > worst) worst = Math.abs(free)
        steps[c] = 0
        if (Math.abs(free) > 1e-6) {
          const after = Math.min(Math.max(before - gradient / norms[example]!, 0), cost)
          alpha[at] = after
          steps[c] = (after - before) * sign
          moved = true
        }
      }
      if (moved) {
        for (let c = 0; c < classes; c++) bias[c]! += steps[c]!
        for (let i = 0; i < ids.length; i++) {
          const base = ids[i]! * classes
          const value = values[i]!
          for (let c = 0; c < classes; c++) weights[base + c]! += steps[c]! * value
        }
      } else if (settled) {
        active--
        order[at] = order[active]!
        order[active] = example
        at--
      }
    }
    if (worst < tolerance) {
      if (active === order.length) break
      active = order.length
      slack = Number.POSITIVE_INFINITY
    } else slack = worst
  }
  return { classes, weights, bias }
}

/** Score of each class: positive = belongs to it, further = surer. */
export function linearScores(model: LinearWeights, vector: SparseVector): Float64Array {
  const { classes, weights } = model
  const scores = Float64Array.from(model.bias)
  for (let i = 0; i < vector.ids.length; i++) {
    const base = vector.ids[i]! * classes
    const value = vector.values[i]!
    for (let c = 0; c < classes; c++) scores[c]! += weights[base + c]! * value
  }
  return scores
}

function shuffle(order: Int32Array, count: number, random: () => number): void {
  for (let i = count - 1; i > 0; i--) {
    const j = Math.floor(random() * (i + 1))
    const held = order[i]!
    order[i] = order[j]!
    order[j] = held
  }
}

/** Repeatable numbers in [0, 1) (mulberry32): the same file gives the same model. */
export function randomNumbers(seed: number): () => number {
  let state = seed | 0
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296
  }
}
