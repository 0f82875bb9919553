import { expect, it } from 'vitest'
import { TextClassifier } from '#platform/text/text-classifier.ts'
import { trainInThread } from './train-in-thread.ts'
import { TooFewExamples, trainModel } from './train-model.ts'
import type { CountyExample } from './training-set.ts'

const cases = (decided: string, texts: string[]): CountyExample[] =>
  texts.map((text) => ({ decided, correction: true, title: null, text }))
const county = [
  ...cases('G0206', [
    '窗口甩线接电瓶车',
    '楼上甩线下来接电瓶车',
    '甩出来的线接着电瓶车',
    '电瓶车接线过夜',
    '又甩线接电瓶车',
  ]),
  ...cases('C0121', [
    '晚上漆黑看不见路',
    '一片漆黑看不见台阶',
    '天黑看不见要打手电',
    '漆黑一片老人摔跤',
    '夜里看不见漆黑',
  ]),
]
const request = { task: 'class' as const, county, trainedAt: '2026-09-30T01:00:00.000Z', source: 'x' }

it('gives the same file for the same examples, in a thread of its own too', async () => {
  const first = await trainModel(request)
  const second = await trainModel(request)
  const threaded = await trainInThread(request)
  expect(second.digest).toBe(first.digest)
  expect(threaded!.digest).toBe(first.digest)
  expect(threaded!.file.equals(first.file)).toBe(true)
  const model = TextClassifier.fromFile(threaded!.file)
  expect(model.classify({ title: '', text: '有人甩线接电瓶车' }).label).toBe('G0206')
  expect(model.card.trainSeconds).toBe(0)
})

it('refuses to learn from one kind only', async () => {
  const one = { ...request, county: county.slice(0, 5) }
  await expect(trainModel(one)).rejects.toThrow(TooFewExamples)
  expect(await trainInThread(one)).toBeUndefined()
})
