import { describe, expect, it } from 'vitest'
import { caseFilters, stateChoices } from './case-filters.ts'

describe('conditions of the list of cases', () => {
  it('are read from the address, days as days of the county with both ends', () => {
    expect(
      caseFilters({
        open: 'yes',
        overdue: 'no',
        state: 'handling',
        unit: '12',
        line: 'housing',
        classCode: '0101',
        severity: '1',
        source: 'grid',
        from: '2026-09-30',
        to: '2026-09-30',
        undelivered: 'yes',
      }),
    ).toEqual({
      open: true,
      overdue: false,
      state: 'handling',
      unit: 12,
      line: 'housing',
      classCode: '0101',
      severity: 1,
      source: 'grid',
      from: '2026-09-29T16:00:00.000Z',
      to: '2026-09-30T15:59:59.999Z',
      undelivered: true,
    })
  })

  it('that somebody mistyped ask for nothing', () => {
    expect(caseFilters({ from: 'yesterday', to: '2026-13-40', unit: 'x', open: '', q: '', undelivered: 'no' })).toEqual(
      {},
    )
  })

  it('offer each state once, by its newest name, with all its names where flows differ', () => {
    const name = (zh: string) => ({ 'zh-CN': zh, en: zh })
    const flows = [
      {
        key: 'report',
        version: 1,
        states: [
          { key: 'closed', name: name('结束') },
          { key: 'old', name: name('旧') },
        ],
      },
      { key: 'report', version: 2, states: [{ key: 'closed', name: name('已结案') }] },
      { key: 'joint_review', version: 1, states: [{ key: 'closed', name: name('已办结') }] },
    ]
    expect(stateChoices(flows, undefined, 'zh-CN')).toEqual([
      { value: 'closed', label: '已结案 / 已办结' },
      { value: 'old', label: '旧' },
    ])
    expect(stateChoices(flows, 'joint_review', 'zh-CN')).toEqual([{ value: 'closed', label: '已办结' }])
  })
})
