import { describe, expect, it } from 'vitest'
import { casesHref, changeText, sparkLines, valueText } from '#modules/management/measures/console/figure-words.ts'

describe('figures in words', () => {
  it('shares have one decimal, what has no denominator a dash', () => {
    expect(valueText('percent', 0.9307)).toBe('93.1%')
    expect(valueText('percent', null)).toBe('—')
    expect(valueText('hours', 26.55)).toBe('26.6')
    expect(valueText('count', 12_345)).toBe('12,345')
  })

  it('a change of a share is told in points', () => {
    expect(changeText('percent', 0.93, 0.91)).toBe('+2.0')
    expect(changeText('count', 3, 10)).toBe('−7')
    expect(changeText('count', 3, null)).toBe('')
    expect(changeText('percent', 0.5, 0.5)).toBe('±0')
  })

  it('a line breaks where a period has no value', () => {
    expect(sparkLines([1, 2, null, 3], 40, 20)).toHaveLength(2)
    expect(sparkLines([null], 40, 20)).toEqual([])
    expect(sparkLines([5, 5], 40, 20)).toEqual(['10,10 30,10'])
  })

  it('a number leads to its cases with the same period and object', () => {
    expect(
      casesHref({ period: 'month', from: '2026-09-01', town: '320506103', by: 'line' }, 'reported', 'numerator'),
    ).toBe('/measures/cases?period=month&from=2026-09-01&town=320506103&measure=reported&side=numerator')
  })
})
