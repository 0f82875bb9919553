import { describe, expect, it } from 'vitest'
import { momentWords, shortMoment, stepTimes } from './time-words.ts'

const now = Date.parse('2026-09-30T16:21:00+08:00')

describe('times in words', () => {
  it('say today, tomorrow and the day of the week', () => {
    expect(momentWords('2026-09-30T17:30:00+08:00', now, 'zh-CN')).toBe('今天 17:30')
    expect(momentWords('2026-10-01T09:50:00+08:00', now, 'zh-CN')).toBe('明天（周四）09:50')
    expect(momentWords('2026-10-13T17:30:00+08:00', now, 'zh-CN')).toBe('10月13日（周二）17:30')
    expect(momentWords('2026-10-13T17:30:00+08:00', now, 'en')).toBe('Tue 13 Oct, 17:30')
  })

  it('count days as the county does, not as UTC does', () => {
    expect(momentWords('2026-09-30T16:30:00Z', now, 'zh-CN')).toBe('明天（周四）00:30')
    expect(momentWords('2026-09-30T16:30:00Z', now, 'en')).toBe('tomorrow (Thu) 00:30')
  })

  it('say the year when it is another', () => {
    expect(momentWords('2027-01-04T09:00:00+08:00', now, 'zh-CN')).toBe('2027年1月4日（周一）09:00')
    expect(shortMoment('2025-12-30T08:01:00+08:00', now, 'zh-CN')).toBe('2025-12-30 08:01')
    expect(shortMoment('2026-09-30T08:01:00+08:00', now, 'zh-CN')).toBe('今天 08:01')
    expect(shortMoment('2026-09-29T08:01:00+08:00', now, 'zh-CN')).toBe('09-29 08:01')
  })

  it('say the day of consecutive steps once', () => {
    expect(
      stepTimes(
        [
          '2026-09-30T16:20:05+08:00',
          '2026-09-30T16:22:10+08:00',
          '2026-10-01T10:40:33+08:00',
          '2026-10-01T11:25:00+08:00',
        ],
        now,
      ),
    ).toEqual(['09-30 16:20:05', '16:22:10', '10-01 10:40:33', '11:25:00'])
    expect(stepTimes(['2025-12-31T23:59:59+08:00'], now)).toEqual(['2025-12-31 23:59:59'])
  })
})
