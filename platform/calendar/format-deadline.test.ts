import { describe, expect, it } from 'vitest'
import { formatDeadline, formatLimit, formatRemaining, type RemainingStyle } from './format-deadline.ts'
import type { Remaining } from './work-calendar.ts'

const left = (time: string, rest: Partial<Remaining> = {}): Remaining => {
  const [h = 0, m = 0, s = 0] = time.split(':').map(Number)
  return { unit: 'workHour', overdue: false, days: 0, millis: ((h * 60 + m) * 60 + s) * 1000, ...rest }
}
const late = { overdue: true }
const urgent = { unit: 'urgentHour' } as const

describe('what is left', () => {
  const examples: [Remaining, string, string, RemainingStyle?][] = [
    [left('3:00:00'), '还剩 3 工作时', '3 working hours left'],
    [left('1:00:00'), '还剩 1 工作时', '1 working hour left'],
    [left('7:47:12'), '还剩 7 工作时47分', '7 working hours 47 min left'],
    [left('2:07:00'), '还剩 2 工作时07分', '2 working hours 07 min left'],
    [left('2:00:09'), '还剩 2 工作时', '2 working hours left'],
    [left('2:00:09'), '还剩 2 工作时00分09秒', '2 working hours 00 min 09 s left', { seconds: true }],
    [left('0:13:42'), '还剩 13分42秒', '13 min 42 s left'],
    [left('0:00:00', { millis: 822_999 }), '还剩 13分42秒', '13 min 42 s left'],
    [left('0:05:02'), '还剩 5分02秒', '5 min 02 s left'],
    [left('0:00:09'), '还剩 9秒', '9 s left'],
    [left('0:00:00'), '已到期', 'due now'],
    [left('1:06:36', late), '超时 1 工作时06分36秒', 'overdue by 1 working hour 06 min 36 s'],
    [left('4:00:00', late), '超时 4 工作时', 'overdue by 4 working hours'],
    [left('0:00:36', late), '超时 36秒', 'overdue by 36 s'],
    [left('0:00:00', late), '已超时', 'overdue'],
    [left('6:11:58', urgent), '还剩 6时11分', '6 h 11 min left'],
    [left('6:11:58', urgent), '还剩 6时11分58秒', '6 h 11 min 58 s left', { seconds: true }],
    [left('24:00:00', urgent), '还剩 24小时', '24 h left'],
    [left('51:20:00', urgent), '还剩 2天03时', '2 d 03 h left'],
    [left('48:00:00', urgent), '还剩 2天', '2 d left'],
    [left('35:44:00', { unit: 'workday', days: 5 }), '还剩 5 工作日', '5 working days left'],
    [
      left('35:44:00', { unit: 'workday', days: 5 }),
      '还剩 35 工作时44分',
      '35 working hours 44 min left',
      { inHours: true },
    ],
    [left('0:47:24', { unit: 'workday' }), '还剩 47分24秒', '47 min 24 s left'],
    [left('9:00:00', { unit: 'workday', days: 1, overdue: true }), '超时 1 工作日', 'overdue by 1 working day'],
    [left('50:00:00', { unit: 'day', days: 2 }), '还剩 2 自然日', '2 calendar days left'],
    [left('8:30:00', { unit: 'day' }), '还剩 8时30分', '8 h 30 min left'],
    [
      left('35:00:00', { unit: 'workday', days: 5 }),
      '暂停中，还剩 5 工作日',
      'paused, 5 working days left',
      { paused: true },
    ],
  ]
  it.each(examples)('%j → %s / %s', (remaining, zh, en, style) => {
    expect(formatRemaining(remaining, 'zh-CN', style)).toBe(zh)
    expect(formatRemaining(remaining, 'en', style)).toBe(en)
  })
})

it('limits', () => {
  expect(formatLimit({ value: 24, unit: 'urgentHour' }, 'zh-CN')).toBe('24 紧急工作时')
  expect(formatLimit({ value: 8, unit: 'workHour' }, 'zh-CN')).toBe('8 工作时')
  expect(formatLimit({ value: 1, unit: 'workday' }, 'en')).toBe('1 working day')
  expect(formatLimit({ value: 3, unit: 'day' }, 'zh-CN')).toBe('3 自然日')
})

describe('deadlines', () => {
  const now = new Date('2026-09-30T16:42:36+08:00')
  it('reads in the zone of the county', () => {
    expect(formatDeadline(new Date('2026-09-30T17:30:00+08:00'), 'zh-CN', { now })).toBe('今天 17:30')
    expect(formatDeadline(new Date('2026-10-01T17:20:00+08:00'), 'zh-CN', { now })).toBe('明天 17:20')
    expect(formatDeadline(new Date('2026-10-01T00:10:00+08:00'), 'en', { now })).toBe('tomorrow 00:10')
    expect(formatDeadline(new Date('2026-10-13T17:30:00+08:00'), 'zh-CN', { now })).toBe('10-13 17:30')
    expect(formatDeadline(new Date('2026-10-08T11:50:40+08:00'), 'zh-CN', { now, seconds: true })).toBe(
      '10-08 11:50:40',
    )
  })
  it('names another year and says 暂定', () => {
    const at = new Date('2027-01-08T17:30:00+08:00')
    expect(formatDeadline(at, 'zh-CN', { now, provisional: true })).toBe('2027-01-08 17:30（暂定）')
    expect(formatDeadline(at, 'en', { now, provisional: true })).toBe('2027-01-08 17:30 (provisional)')
    expect(formatDeadline(at, 'zh-CN')).toBe('2027-01-08 17:30')
    expect(formatDeadline(at, 'zh-CN', { utcOffsetMinutes: 0 })).toBe('2027-01-08 09:30')
  })
})
