import chineseDays from 'chinese-days'
import { describe, expect, it } from 'vitest'
import { checkNotice, type HolidayNotice } from './holiday-notice.ts'
import { knownNotices } from './seed-calendar.ts'
import { daysOffByRule, STATUTORY_YEARS, statutoryDays } from './statutory-days.ts'

describe('statutory days', () => {
  it('are where the lunar calendar and the solar terms put them', () => {
    for (let year: number = STATUTORY_YEARS.first; year <= STATUTORY_YEARS.last; year++) {
      const lunar = (date: string) => chineseDays.getSolarDateFromLunar(`${year}-${date}`).date
      const of = (name: string) =>
        statutoryDays(year)
          .filter((day) => day.name === name)
          .map((day) => day.date)
      expect(of('春节')[1]).toBe(lunar('01-01'))
      expect(of('清明节')).toEqual([chineseDays.getSolarTermDate(year, 4, 'pure_brightness')])
      expect(of('端午节')).toEqual([lunar('05-05')])
      expect(of('中秋节')).toEqual([lunar('08-15')])
      expect(statutoryDays(year)).toHaveLength(13)
    }
  })

  it('make good what falls on a weekend or on another festival', () => {
    expect([...daysOffByRule(2027).entries()].filter(([, name]) => name.endsWith('补假'))).toEqual([
      ['2027-02-09', '春节补假'],
      ['2027-02-10', '春节补假'],
      ['2027-05-03', '劳动节补假'],
      ['2027-05-04', '劳动节补假'],
      ['2027-10-04', '国庆节补假'],
      ['2027-10-05', '国庆节补假'],
    ])
    // 2028: 中秋 is 10-03, the third day of 国庆; 10-01 is a Sunday
    expect(daysOffByRule(2028).get('2028-10-04')).toBe('国庆节补假')
    expect(daysOffByRule(2028).get('2028-10-05')).toBe('中秋节补假')
  })

  it('give 13 days off on weekdays each year, as the notices do in balance', () => {
    for (let year: number = STATUTORY_YEARS.first; year <= STATUTORY_YEARS.last; year++) {
      const weekdays = [...daysOffByRule(year).keys()].filter((date) => ![0, 6].includes(new Date(date).getUTCDay()))
      expect(weekdays).toHaveLength(13)
    }
  })
})

describe('a notice', () => {
  it('of the years that are known passes the check', () => {
    for (const notice of knownNotices()) expect([notice.year, checkNotice(notice)]).toEqual([notice.year, []])
  })

  it('is known up to 2026 and not beyond', () => {
    expect(knownNotices().map(({ year }) => year)).toEqual(Array.from({ length: 21 }, (_, i) => 2006 + i))
    for (const { days } of knownNotices()) expect(days.length).toBeGreaterThan(20)
  })

  const of2026 = knownNotices().find(({ year }) => year === 2026)!
  const codes = (change: Partial<HolidayNotice>) => checkNotice({ ...of2026, ...change }).map(({ code }) => code)

  it('with slips is refused', () => {
    expect(codes({ notice: ' ' })).toEqual(['calendar.notice_missing'])
    expect(codes({ year: 1990 })).toEqual(['calendar.year_out_of_range'])
    expect(codes({ days: [...of2026.days, { date: '2026-02-30', kind: 'holiday', name: '春节' }] })).toEqual([
      'calendar.date_invalid',
    ])
    expect(codes({ days: [...of2026.days, { date: '2027-01-01', kind: 'holiday', name: '元旦' }] })).toEqual([
      'calendar.day_outside_year',
    ])
    expect(codes({ days: [...of2026.days, { date: '2025-12-29', kind: 'holiday', name: '元旦' }] })).toEqual([])
    expect(codes({ days: [...of2026.days, of2026.days[0]!] })).toEqual(['calendar.day_twice'])
    expect(codes({ days: [...of2026.days, { date: '2026-03-04', kind: 'workday', name: '调休' }] })).toEqual([
      'calendar.workday_not_weekend',
    ])
    expect(codes({ publishedOn: '2025-11-31' })).toEqual(['calendar.date_invalid'])
    expect(codes({ days: of2026.days.filter(({ date }) => date !== '2026-10-02') })).toEqual([
      'calendar.statutory_day_missing',
    ])
  })
})
