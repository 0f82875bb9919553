import { Worker } from 'node:worker_threads'
import type { TrainedModel, TrainingRequest } from './train-model.ts'
import type { TrainingAnswer } from './training-thread.ts'

/**
 * Trains in a thread of its own, so that nobody who asks this process for something waits. The thread ends with the work; it
 * does not keep a process alive that is told to stop.
 * @returns undefined where there are too few examples
 */
export function trainInThread(request: TrainingRequest): Promise<TrainedModel | undefined> {
  return new Promise((resolve, reject) => {
    const thread = new Worker(new URL('./training-thread.ts', import.meta.url), { workerData: request })
    thread.once('message', (answer: TrainingAnswer) => {
      if ('failure' in answer) return resolve(undefined)
      // What comes over from another thread is a plain array of bytes.
      resolve({ ...answer.model, file: Buffer.from(answer.model.file) })
    })
    thread.once('error', reject)
    thread.once('exit', (code) => reject(new Error(`training ended with code ${code}`)))
  })
}
