import { describe, expect, it } from 'vitest'
import { sameFilter, withFilter, withoutFilter } from '#ui/table/table-memory.ts'

describe('what a list remembers', () => {
  it('replaces a filter of the same name and drops one', () => {
    const one = withFilter({}, { name: '今日值班', values: { town: '320506103' } })
    const two = withFilter(one, { name: '今日值班', values: { town: '320506104' } })
    expect(two.filters).toEqual([{ name: '今日值班', values: { town: '320506104' } }])
    expect(withoutFilter(two, '今日值班').filters).toEqual([])
    expect(one.filters![0]!.values.town).toBe('320506103')
  })

  it('does not count blanks', () => {
    expect(sameFilter({ a: '1', b: '' }, { a: '1' })).toBe(true)
    expect(sameFilter({ a: '1' }, { a: '2' })).toBe(false)
  })
})
