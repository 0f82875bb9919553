import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { averageScores, criteriaOf } from './scores.ts'

const criteria = [
  { key: 'need', name: '必要性' },
  { key: 'safety', name: '安全性' },
]

describe('averages of scores', () => {
  it('are rounded to one decimal, halves up, by criterion and in all', () => {
    const found = averageScores(criteria, [
      { need: 85.05, safety: 60, comment: '甲' },
      { need: 85.05, safety: 70.5, comment: '乙' },
      { need: 85.05, safety: 81, comment: '丙' },
    ])
    expect(found.criteria).toEqual([
      { key: 'need', name: '必要性', mean: 85.1, lowest: 85.1, highest: 85.1, spread: 0 },
      { key: 'safety', name: '安全性', mean: 70.5, lowest: 60, highest: 81, spread: 21 },
    ])
    // Means of the three experts: 72.525, 77.775, 83.025.
    expect(found.total).toEqual({ mean: 77.8, lowest: 72.5, highest: 83, spread: 10.5 })
    expect(found.experts).toBe(3)
  })

  it('lie between lowest and highest and do not depend on the order of experts', () => {
    const form = fc.record({ need: fc.integer({ min: 0, max: 1000 }), safety: fc.integer({ min: 0, max: 1000 }) })
    const tenths = (one: { need: number; safety: number }) => ({ need: one.need / 10, safety: one.safety / 10 })
    fc.assert(
      fc.property(fc.array(form, { minLength: 1, maxLength: 5 }), (forms) => {
        const scores = forms.map(tenths)
        const found = averageScores(criteria, scores)
        for (const one of [...found.criteria, found.total]) {
          expect(one.mean).toBeGreaterThanOrEqual(one.lowest)
          expect(one.mean).toBeLessThanOrEqual(one.highest)
        }
        expect(averageScores(criteria, scores.toReversed()).total.lowest).toBe(found.total.lowest)
        expect(averageScores(criteria, scores.toReversed()).criteria[0]).toEqual(found.criteria[0])
      }),
    )
  })

  it('take the numbers of a form as criteria, in order, without their range', () => {
    expect(
      criteriaOf({
        properties: {
          need: { type: 'number', title: '必要性（0–100）' },
          comment: { type: 'string', title: '评语' },
          safety: { type: 'integer', title: '安全性' },
        },
      }),
    ).toEqual(criteria)
    expect(criteriaOf(undefined)).toEqual([])
  })
})
