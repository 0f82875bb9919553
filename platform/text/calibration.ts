/** Turns scores into probabilities: softmax of `slope · score + offset` per class. */
export interface Calibration {
  slope: number
  offsets: number[]
}

/**
 * Fits the one slope and the offsets by gradient steps on the log loss of held-out scores (scores of examples that the model
 * was not trained on, else it would believe itself too much).
 */
export function fitCalibration(scores: readonly Float64Array[], labels: readonly number[]): Calibration {
  const classes = scores[0]!.length
  const state: Calibration = { slope: 2, offsets: new Array(classes).fill(0) }
  for (let step = 0; step < 500; step++) {
    let slope = 0
    const offsets = new Float64Array(classes)
    for (let i = 0; i < scores.length; i++) {
      const chance = probabilities(state, scores[i]!)
      for (let c = 0; c < classes; c++) {
        const error = chance[c]! - (labels[i] === c ? 1 : 0)
        slope += error * scores[i]![c]!
        offsets[c]! += error
      }
    }
    const rate = 2 / scores.length
    state.slope = Math.max(0.1, state.slope - rate * slope)
    for (let c = 0; c < classes; c++) state.offsets[c]! -= rate * offsets[c]!
  }
  return state
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
