import { parentPort, workerData } from 'node:worker_threads'
import { TooFewExamples, type TrainedModel, type TrainingRequest, trainModel } from './train-model.ts'

export type TrainingAnswer = { model: TrainedModel } | { failure: 'too_few' }

const answer = await trainModel(workerData as TrainingRequest).then(
  (model): TrainingAnswer => ({ model }),
  (error): TrainingAnswer => {
    if (error instanceof TooFewExamples) return { failure: 'too_few' }
    throw error
  },
)
parentPort?.postMessage(answer)
