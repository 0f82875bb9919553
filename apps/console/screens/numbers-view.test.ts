import { describe, expect, it } from 'vitest'
import { sumBy } from './numbers-view.ts'

describe('numbers along one dimension', () => {
  it('adds up and stands in code order, not by size', () => {
    const groups = [
      { town: '320506104', name: '胥口镇', amount: 9, overdue: false },
      { town: '320506103', name: '木渎镇', amount: 2, overdue: true },
      { town: '320506103', name: '木渎镇', amount: 5, overdue: false },
    ]
    expect(
      sumBy(
        groups,
        (g) => g.town,
        (g) => g.name,
      ),
    ).toEqual([
      { key: '320506103', name: '木渎镇', amount: 7, overdue: 2 },
      { key: '320506104', name: '胥口镇', amount: 9, overdue: 0 },
    ])
  })
})
