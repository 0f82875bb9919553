import { calibrationError } from '#platform/text/calibration.ts'
import { type Evaluation, evaluateLabels, round } from '#platform/text/evaluation.ts'
import { type Classification, trainTextClassifier } from '#platform/text/text-classifier.ts'
import { backgroundTexts, labelledTexts, outsideTexts } from './train-department-line.ts'

export interface MessageEvaluation extends Evaluation {
  trainSeconds: number
  msPerMessage: number
  /** Messages that the model would have turned away as "none of these"; they count by their likeliest class above. */
  turnedAway: number
  /** Mean gap between stated and observed certainty. */
  calibrationError: number
  trainMessages: number
  testMessages: number
}

/**
 * Trains on one file (label, title, detail) and measures on another. The test file is read only after training. Preparing the
 * texts is part of both times.
 */
export async function evaluateMessages(files: { train: string; test: string }): Promise<MessageEvaluation> {
  const examples = await labelledTexts(files.train)
  const began = performance.now()
  const [background, outside] = await Promise.all([backgroundTexts(), outsideTexts()])
  const classifier = trainTextClassifier(examples, { background, outside })
  const trainSeconds = (performance.now() - began) / 1000

  const messages = await labelledTexts(files.test)
  const started = performance.now()
  const found: Classification[] = messages.map((message) => classifier.classify(message))
  const msPerMessage = (performance.now() - started) / messages.length
  const truth = messages.map(({ label }) => label)
  return {
    ...evaluateLabels(
      truth,
      found.map(({ label }) => label),
    ),
    trainSeconds: round(trainSeconds),
    msPerMessage: round(msPerMessage),
    turnedAway: found.filter(({ none }) => none).length,
    calibrationError: round(
      calibrationError(
        found.map(({ confidence }) => confidence),
        found.map(({ label }, i) => label === truth[i]),
      ),
    ),
    trainMessages: examples.length,
    testMessages: messages.length,
  }
}
