import { describe, expect, it } from 'vitest'
import { matching, spanWords } from '#ui/table/filter-words.ts'

describe('filters in words', () => {
  it('a span of days', () => {
    expect(spanWords('', '')).toBe('')
    expect(spanWords('2026-09-30', '2026-09-30')).toBe('2026-09-30')
    expect(spanWords('2026-09-01', '2026-09-30')).toBe('2026-09-01–2026-09-30')
    expect(spanWords('', '2026-09-30')).toBe('–2026-09-30')
    expect(spanWords('2026-09-01', '')).toBe('2026-09-01–')
  })

  it('choices are narrowed by every word, what begins so first; nothing typed narrows nothing', () => {
    const options = ['区城管局', '城管中队', '消防救援大队', 'Water Bureau'].map((label) => ({ label }))
    const labels = (typed: string) => matching(options, typed).map(({ label }) => label)
    expect(labels('城管')).toEqual(['城管中队', '区城管局'])
    expect(labels('大队 消防')).toEqual(['消防救援大队'])
    expect(labels('water')).toEqual(['Water Bureau'])
    expect(labels(' ')).toEqual(options.map(({ label }) => label))
    expect(labels('没有')).toEqual([])
  })
})
