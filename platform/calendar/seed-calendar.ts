/**
 * The first working calendar of a county: office hours and the holiday notices that the package `chinese-days` carries. The
 * package knows a year only once its notice is out (up to 2026 in the pinned version) and answers plain weeks for later ones,
 * so nothing but the years listed here is taken as announced; all others stay 暂定.
 */
import chineseDays from 'chinese-days/dist/chinese-days.json' with { type: 'json' }
import type { Tx } from '#platform/db/db.ts'
import { announceYear, createCalendar, listCalendarYears } from './calendar.store.ts'
import type { HolidayNotice, NoticeDay } from './holiday-notice.ts'
import type { CalendarData, DayKind, OfficeHours } from './work-calendar.ts'
import { NEW_YEAR_REACH } from './work-calendar.ts'

/** [D] The hours of the county's offices. */
export const OFFICE_HOURS: OfficeHours[] = [
  { from: '09:00', to: '12:00' },
  { from: '13:30', to: '17:30' },
]

/**
 * Where each notice stands, as the package cites it. Read in full: 2026 (as printed by the press on 2025-11-04). 待核实: the
 * others, and the supplements to 2015, 2019 and 2020, which the package has worked in.
 */
const NOTICES: Record<number, string> = {
  2006: 'http://www.gov.cn/jrzg/2005-12/22/content_133837.htm',
  2007: 'http://www.gov.cn/fwxx/sh/2006-12/18/content_471877.htm',
  2008: 'http://www.gov.cn/zwgk/2007-12/18/content_837184.htm',
  2009: 'http://www.gov.cn/zwgk/2008-12/10/content_1174014.htm',
  2010: 'http://www.gov.cn/zwgk/2009-12/08/content_1482691.htm',
  2011: 'http://www.gov.cn/zwgk/2010-12/10/content_1762643.htm',
  2012: 'http://www.gov.cn/zwgk/2011-12/06/content_2012097.htm',
  2013: 'http://www.gov.cn/zwgk/2012-12/10/content_2286598.htm',
  2014: 'http://www.gov.cn/zwgk/2013-12/11/content_2546204.htm',
  2015: 'http://www.gov.cn/zhengce/content/2014-12/16/content_9302.htm',
  2016: 'http://www.gov.cn/zhengce/content/2015-12/10/content_10394.htm',
  2017: 'http://www.gov.cn/zhengce/content/2016-12/01/content_5141603.htm',
  2018: 'http://www.gov.cn/zhengce/content/2017-11/30/content_5243579.htm',
  2019: 'http://www.gov.cn/xinwen/2018-12/06/content_5346287.htm',
  2020: 'http://www.gov.cn/zhengce/content/2019-11/21/content_5454164.htm',
  2021: 'http://www.gov.cn/zhengce/content/2020-11/25/content_5564127.htm',
  2022: 'http://www.gov.cn/zhengce/content/2021-10/25/content_5644835.htm',
  2023: 'http://www.gov.cn/zhengce/content/2022-12/08/content_5730844.htm',
  2024: 'https://www.gov.cn/zhengce/content/202310/content_6911527.htm',
  2025: 'https://www.gov.cn/zhengce/zhengceku/202411/content_6986383.htm',
  2026: 'https://www.gov.cn/zhengce/zhengceku/202511/content_7047091.htm',
}

/** The notices of the package as they would be entered by hand, oldest first. */
export function knownNotices(): HolidayNotice[] {
  const days = new Map<number, NoticeDay[]>()
  const collect = (entries: Record<string, string>, kind: DayKind) => {
    for (const [date, names] of Object.entries(entries)) {
      const year = Number(date.slice(0, 4)) + (date.slice(5) >= NEW_YEAR_REACH ? 1 : 0)
      const name = names.split(',')[1] ?? ''
      const list = days.get(year) ?? []
      list.push({ date, kind, name: kind === 'workday' ? `${name}调休` : name })
      days.set(year, list)
    }
  }
  collect(chineseDays.holidays, 'holiday')
  collect(chineseDays.workdays, 'workday')
  return Object.entries(NOTICES).map(([year, noticeUrl]) => ({
    year: Number(year),
    notice: `国务院办公厅关于${year}年部分节假日安排的通知`,
    noticeUrl,
    publishedOn: year === '2026' ? '2025-11-04' : null,
    days: (days.get(Number(year)) ?? []).sort((a, b) => (a.date < b.date ? -1 : 1)),
  }))
}

/** The seeded calendar without a database, for demonstrations, benches and tests. */
export function seededCalendarData(): CalendarData {
  const notices = knownNotices()
  return {
    revision: 1,
    timeZone: 'Asia/Shanghai',
    utcOffsetMinutes: 480,
    officeHours: OFFICE_HOURS,
    laterHours: [],
    days: Object.fromEntries(notices.flatMap(({ days }) => days.map(({ date, kind, name }) => [date, { kind, name }]))),
    announcedYears: notices.map(({ year }) => year),
  }
}

/**
 * Gives a county its calendar; on a county that has one, adds only notices of years that have no row yet (a newer package)
 * and touches nothing that officials entered or took back. Returns the years that were announced, so that the caller can recompute.
 */
export async function seedCalendar(tx: Tx, now: Date): Promise<{ announcedYears: number[] }> {
  await createCalendar(tx, { timeZone: 'Asia/Shanghai', utcOffsetMinutes: 480, officeHours: OFFICE_HOURS }, now)
  const present = new Set((await listCalendarYears(tx)).map(({ year }) => year))
  const announcedYears: number[] = []
  for (const notice of knownNotices()) {
    if (present.has(notice.year)) continue
    await announceYear(tx, notice, now)
    announcedYears.push(notice.year)
  }
  return { announcedYears }
}
