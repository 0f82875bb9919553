import { describe, expect, it } from 'vitest'
import { foldedAtFirst, groupByDue, planDays, restDays } from '#ui/inbox/due-groups.ts'
import { at, calendar } from '#ui/testing/fixture-time.ts'
import { inboxItems } from '#ui/testing/inbox-fixture.ts'

const now = Date.parse(at('09-30 16:42:36'))
const due = (text: string, overdue = false, unit: 'workHour' | 'urgentHour' = 'workHour') => ({
  due: { at: at(text), unit, overdue },
})
const keys = (items: { due: ReturnType<typeof due>['due'] | null }[], when = now) =>
  groupByDue(items, when, calendar).map((g) => [g.key, g.items.length])

describe('grouping by what is due', () => {
  it('groups the inbox of 09-30 as the holiday wants it', () => {
    const groups = groupByDue(inboxItems, now, calendar)
    expect(groups.map((g) => [g.key, g.items.length])).toEqual([
      ['overdue', 1],
      ['today', 4],
      ['next', 5],
      ['later', 7],
    ])
    expect(groups[2]!.day).toBe('2026-10-08')
    expect(groups[3]!.day).toBe('2026-10-09')
  })

  it('puts the earliest first inside a group', () => {
    const today = groupByDue(inboxItems, now, calendar)[1]!
    const times = today.items.map((i) => Date.parse(i.due!.at))
    expect(times).toEqual([...times].sort((a, b) => a - b))
  })

  it('knows the days of rest between today and the next working day', () => {
    const plan = planDays(now, calendar)
    expect(plan).toMatchObject({ today: '2026-09-30', next: '2026-10-08', holiday: '国庆', afterNext: '2026-10-09' })
    expect(restDays(plan)).toBe(7)
  })

  it('keeps urgent clocks apart that run out at night or on days of rest', () => {
    expect(keys([due('09-30 21:00', false, 'urgentHour'), due('10-01 17:20', false, 'urgentHour')])).toEqual([
      ['tonight', 1],
      ['rest', 1],
    ])
  })

  it('does not call an item late that only the screen thinks late', () => {
    expect(keys([due('09-30 16:42:30'), due('09-29 17:30')])).toEqual([['today', 2]])
    expect(keys([due('09-30 17:30', true)])).toEqual([['overdue', 1]])
  })

  it('counts a make-up Saturday as the next working day', () => {
    const plan = planDays(Date.parse(at('10-09 10:00')), calendar)
    expect(plan.next).toBe('2026-10-10')
    expect(restDays(plan)).toBe(0)
  })

  it('puts what has no deadline last', () => {
    expect(keys([{ due: null }, due('10-20 17:30')])).toEqual([
      ['later', 1],
      ['none', 1],
    ])
  })

  it('folds what lies far off only while nearer things fill the window', () => {
    const folded = (near: number) => [
      ...foldedAtFirst(
        groupByDue(
          [...Array.from({ length: near }, () => due('09-30 17:30')), due('10-20 17:30'), { due: null }],
          now,
          calendar,
        ),
      ),
    ]
    expect(folded(10)).toEqual(['later', 'none'])
    expect(folded(9)).toEqual([])
  })
})
