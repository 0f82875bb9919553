/** Turns scores into probabilities: softmax of `slope · score + offset` per class. */
export interface Calibration {
  slope: number
  offsets: number[]
}

/** Keeps the fit finite where examples are few or the offsets are free to shift together. */
const RIDGE = 1e-3

/**
 * Fits the one slope and the offsets by Newton's method on the log loss of held-out scores (scores of examples that the model
 * was not trained on, else it would believe itself too much).
 * @param modest where examples are few: a class of n examples is fitted to (n + 1) / (n + 2) instead of certainty (Platt
 *   1999), since that all n were right does not show that the next will be
 */
export function fitCalibration(
  scores: readonly Float64Array[],
  labels: readonly number[],
  modest = false,
): Calibration {
  const classes = scores[0]!.length
  const size = classes + 1
  const own = new Float64Array(classes).fill(1)
  if (modest) {
    const counts = new Float64Array(classes)
    for (const label of labels) counts[label]!++
    for (let c = 0; c < classes; c++) own[c] = (counts[c]! + 1) / (counts[c]! + 2)
  }
  const target = (label: number, c: number) => (label === c ? own[label]! : (1 - own[label]!) / (classes - 1))
  let state: Calibration = { slope: 1, offsets: new Array(classes).fill(0) }
  let loss = logLoss(state, scores, labels, target)
  for (let step = 0; step < 50; step++) {
    const gradient = new Float64Array(size)
    const curvature = Array.from({ length: size }, () => new Float64Array(size))
    gradient[0] = RIDGE * state.slope
    for (let c = 0; c < classes; c++) gradient[c + 1] = RIDGE * state.offsets[c]!
    for (let k = 0; k < size; k++) curvature[k]![k] = RIDGE
    scores.forEach((row, i) => {
      const chance = probabilities(state, row)
      let mean = 0
      for (let c = 0; c < classes; c++) mean += chance[c]! * row[c]!
      for (let c = 0; c < classes; c++) {
        const error = chance[c]! - target(labels[i]!, c)
        gradient[0]! += error * row[c]!
        gradient[c + 1]! += error
        curvature[0]![0]! += chance[c]! * row[c]! * (row[c]! - mean)
        const mixed = chance[c]! * (row[c]! - mean)
        curvature[0]![c + 1]! += mixed
        curvature[c + 1]![0]! += mixed
        for (let d = 0; d < classes; d++) curvature[c + 1]![d + 1]! += chance[c]! * ((c === d ? 1 : 0) - chance[d]!)
      }
    })
    const direction = solve(curvature, gradient)
    let next = state
    let nextLoss = Number.POSITIVE_INFINITY
    for (let length = 1; length > 1e-4 && nextLoss > loss; length /= 2) {
      next = {
        slope: state.slope - length * direction[0]!,
        offsets: state.offsets.map((offset, c) => offset - length * direction[c + 1]!),
      }
      nextLoss = logLoss(next, scores, labels, target)
    }
    if (!(nextLoss < loss - 1e-9 * scores.length)) break
    state = next
    loss = nextLoss
  }
  return state
}

function logLoss(
  calibration: Calibration,
  scores: readonly Float64Array[],
  labels: readonly number[],
  target: (label: number, c: number) => number,
): number {
  const { slope, offsets } = calibration
  let sum = (RIDGE / 2) * offsets.reduce((total, offset) => total + offset * offset, slope * slope)
  scores.forEach((row, i) => {
    probabilities(calibration, row).forEach((chance, c) => {
      const share = target(labels[i]!, c)
      if (share > 0) sum -= share * Math.log(Math.max(chance, 1e-300))
    })
  })
  return sum
}

/** Gaussian elimination; the matrix is symmetric and, by the ridge, never singular. */
function solve(matrix: Float64Array[], right: Float64Array): Float64Array {
  const rows = matrix.map((row) => Float64Array.from(row))
  const result = Float64Array.from(right)
  const size = result.length
  for (let k = 0; k < size; k++)
    for (let i = k + 1; i < size; i++) {
      const factor = rows[i]![k]! / rows[k]![k]!
      if (factor === 0) continue
      for (let j = k; j < size; j++) rows[i]![j]! -= factor * rows[k]![j]!
      result[i]! -= factor * result[k]!
    }
  for (let k = size - 1; k >= 0; k--) {
    for (let j = k + 1; j < size; j++) result[k]! -= rows[k]![j]! * result[j]!
    result[k]! /= rows[k]![k]!
  }
  return result
}

export function probabilities(calibration: Calibration, scores: Float64Array): Float64Array {
  const chance = new Float64Array(scores.length)
  let highest = Number.NEGATIVE_INFINITY
  for (let c = 0; c < scores.length; c++) {
    chance[c] = calibration.slope * scores[c]! + calibration.offsets[c]!
    if (chance[c]! > highest) highest = chance[c]!
  }
  let sum = 0
  for (let c = 0; c < scores.length; c++) {
    chance[c] = Math.exp(chance[c]! - highest)
    sum += chance[c]!
  }
  for (let c = 0; c < scores.length; c++) chance[c]! /= sum
  return chance
}

/** Mean gap between stated and observed certainty over ten bins (expected calibration error). */
export function calibrationError(confidence: readonly number[], right: readonly boolean[]): number {
  const bins = Array.from({ length: 10 }, () => ({ sum: 0, right: 0, count: 0 }))
  confidence.forEach((value, i) => {
    const bin = bins[Math.min(9, Math.floor(value * 10))]!
    bin.sum += value
    bin.count++
    if (right[i]) bin.right++
  })
  return bins.reduce((sum, bin) => sum + Math.abs(bin.sum - bin.right), 0) / confidence.length
}
