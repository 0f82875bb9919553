import { describe, expect, it } from 'vitest'
import testWords from '../data/paraphrase/test.json' with { type: 'json' }
import tuningWords from '../data/paraphrase/tuning.json' with { type: 'json' }
import { repeatGroups } from './evaluate-duplicates.ts'
import { collect, readAppeals } from './messages.ts'
import { type ParaphraseWords, paraphrase } from './paraphrase.ts'

const ORIGINAL = {
  title: 'A3区中海国际社区空地夜间施工噪音扰民',
  text: '小区三期与四期之间的工地，凌晨3点还在施工，噪音很大。离居民楼不到100米，居民多次投诉没人管，影响休息。希望有关部门尽快处理！',
}

describe('paraphrases', () => {
  it('are other texts, the same for the same seed, and shorter the farther they go', () => {
    for (const words of [tuningWords, testWords] as ParaphraseWords[]) {
      const length = (strength: Parameters<typeof paraphrase>[2]) => {
        const lengths = Array.from({ length: 40 }, (_, seed) => {
          const made = paraphrase(ORIGINAL, words, strength, seed)
          expect(paraphrase(ORIGINAL, words, strength, seed)).toEqual(made)
          expect(made.text).not.toBe(ORIGINAL.text)
          return made.text.length
        })
        return lengths.reduce((sum, each) => sum + each, 0) / lengths.length
      }
      expect(length('light')).toBeGreaterThan(length('medium'))
      expect(length('medium')).toBeGreaterThan(length('heavy'))
      expect(length('heavy')).toBeGreaterThan(length('short'))
    }
  })

  it('for tuning and for testing share no word', () => {
    for (const part of ['openings', 'asides', 'closings', 'slips'] as const)
      expect(tuningWords[part].filter((text) => testWords[part].includes(text))).toEqual([])
    const tuning = new Set(tuningWords.synonyms.map((group) => group[0]))
    expect(testWords.synonyms.filter((group) => tuning.has(group[0]))).toEqual([])
  })
})

it('the appeals hold 101 groups of repeats, white space aside', async () => {
  const groups = repeatGroups(await collect(readAppeals()))
  expect(groups).toHaveLength(101)
  expect(groups.flat()).toHaveLength(211)
})
