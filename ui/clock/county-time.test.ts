import { describe, expect, it } from 'vitest'
import { clockText, dayOf, dayStart, exactTime, nextDay, weekdayText } from '#ui/clock/county-time.ts'

describe('the county’s wall clock', () => {
  it('is the same wherever the reader’s machine thinks it is', () => {
    expect(exactTime('2026-09-30T08:20:05.000Z')).toBe('2026-09-30 16:20:05')
    expect(dayOf('2026-09-30T16:30:00.000Z')).toBe('2026-10-01')
    expect(clockText('2026-09-30T16:00:00.000Z')).toBe('00:00:00')
    expect(weekdayText('2026-10-10', 'zh-CN')).toBe('周六')
  })

  it('goes over months and years', () => {
    expect(nextDay('2026-12-31')).toBe('2027-01-01')
    expect(nextDay('2026-03-01', -1)).toBe('2026-02-28')
    expect(new Date(dayStart('2026-10-01')).toISOString()).toBe('2026-09-30T16:00:00.000Z')
  })
})
