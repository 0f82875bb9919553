import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { groupQuestions, likeness, queryWords, tellingWords } from './article-search.ts'

describe('what a question tells', () => {
  it('is not the words around it', () => {
    expect(tellingWords('请问社保卡怎么办理')).toEqual(['社保', '保卡'])
    expect(queryWords('sbk')).toEqual(["'py:sbk':*", "'sbk'"])
  })

  it('is likest to itself and alike in both directions', () => {
    const text = fc.string({
      unit: fc.constantFrom(...'社保卡丢了补办挂失居住证养犬登记'),
      minLength: 2,
      maxLength: 20,
    })
    fc.assert(
      fc.property(text, text, (a, b) => {
        const [left, right] = [new Set(tellingWords(a)), new Set(tellingWords(b))]
        expect(likeness(left, right)).toBe(likeness(right, left))
        if (left.size > 0) expect(likeness(left, left)).toBe(1)
      }),
    )
  })
})

it('questions that ask the same stand together, each in one group', () => {
  const questions = [
    '老人助餐点几点开门，可以送餐吗',
    '新装的充电桩一度电多少钱',
    '社区老人助餐点怎么送餐',
    '老人助餐送餐上门怎么报名',
  ].map((question, index) => ({ id: index + 1, question }))
  const groups = groupQuestions(questions)
  expect(groups[0]!.ids).toEqual([1, 3, 4])
  expect(groups.flatMap(({ ids }) => ids).sort()).toEqual([1, 2, 3, 4])
})
