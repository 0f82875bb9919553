/**
 * The days off that the law itself gives (全国年节及纪念日放假办法, as revised from 2025-01-01), without the yearly notice of the
 * State Council that moves weekends around them. They stand in for a year whose notice is not out yet.
 *
 * The numbers of days (元旦 1, 春节 4 from 除夕 to 初三, 清明 1, 劳动节 2, 端午 1, 中秋 1, 国庆 3) were read in press reports of the
 * revision and agree with the notices for 2025 and 2026. 待核实 in the official text: that a statutory day which falls on a
 * weekend is made good on a working day (补假), and that two festivals on one day count as two.
 *
 * Pure and free of imports, so that a browser can count with it too.
 */

/** First and last year for which the dates of the moveable festivals are known here. */
export const STATUTORY_YEARS = { first: 2025, last: 2060 } as const

/** Year, then month and day of 春节 (初一), 清明, 端午, 中秋. Proven equal to the lunar conversion of `chinese-days` by a test. */
const MOVEABLE = `
  2025 0129 0404 0531 1006
  2026 0217 0405 0619 0925
  2027 0206 0405 0609 0915
  2028 0126 0404 0528 1003
  2029 0213 0404 0616 0922
  2030 0203 0405 0605 0912
  2031 0123 0405 0624 1001
  2032 0211 0404 0612 0919
  2033 0131 0404 0601 0908
  2034 0219 0405 0620 0927
  2035 0208 0405 0610 0916
  2036 0128 0404 0530 1004
  2037 0215 0404 0618 0924
  2038 0204 0405 0607 0913
  2039 0124 0405 0527 1002
  2040 0212 0404 0614 0920
  2041 0201 0404 0603 0910
  2042 0122 0404 0622 0928
  2043 0210 0405 0611 0917
  2044 0130 0404 0531 1005
  2045 0217 0404 0619 0925
  2046 0206 0404 0608 0915
  2047 0126 0405 0529 1004
  2048 0214 0404 0615 0922
  2049 0202 0404 0604 0911
  2050 0123 0404 0623 0930
  2051 0211 0405 0613 0919
  2052 0201 0404 0601 0907
  2053 0219 0404 0620 0926
  2054 0208 0404 0610 0916
  2055 0128 0405 0530 1005
  2056 0215 0404 0617 0924
  2057 0204 0404 0606 0913
  2058 0124 0404 0625 1002
  2059 0212 0405 0614 0921
  2060 0202 0404 0603 0909
`

const moveable = new Map<number, string[]>()
for (const line of MOVEABLE.trim().split('\n')) {
  const [year, ...dates] = line.trim().split(' ')
  moveable.set(
    Number(year),
    dates.map((date) => `${date.slice(0, 2)}-${date.slice(2)}`),
  )
}

export interface NamedDate {
  /** YYYY-MM-DD */
  date: string
  name: string
}

const DAY = 86_400_000

function plusDays(date: string, days: number): string {
  return new Date(Date.parse(date) + days * DAY).toISOString().slice(0, 10)
}

function isWeekend(date: string): boolean {
  const weekday = new Date(Date.parse(date)).getUTCDay()
  return weekday === 0 || weekday === 6
}

/**
 * The statutory days of a year, festival by festival in the order of the calendar, weekends included. A date may come twice
 * when two festivals meet (2028-10-03). Outside of STATUTORY_YEARS only the festivals with a fixed date are given.
 */
export function statutoryDays(year: number): NamedDate[] {
  const run = (first: string, count: number, name: string): NamedDate[] =>
    Array.from({ length: count }, (_, i) => ({ date: plusDays(first, i), name }))
  const [spring, tomb, dragon, moon] = (moveable.get(year) ?? []).map((day) => `${year}-${day}`)
  const festivals = [
    run(`${year}-01-01`, 1, '元旦'),
    spring ? run(plusDays(spring, -1), 4, '春节') : [],
    tomb ? run(tomb, 1, '清明节') : [],
    run(`${year}-05-01`, 2, '劳动节'),
    dragon ? run(dragon, 1, '端午节') : [],
    moon ? run(moon, 1, '中秋节') : [],
    run(`${year}-10-01`, 3, '国庆节'),
  ]
  return festivals
    .filter((days) => days.length > 0)
    .sort((a, b) => (a[0]!.date < b[0]!.date ? -1 : 1))
    .flat()
}

/**
 * What a year without a notice is taken to look like: its statutory days, and for each of them that falls on a weekend or on
 * another festival the next working day (补假). Keys are dates, values are names.
 */
export function daysOffByRule(year: number): Map<string, string> {
  const days = statutoryDays(year)
  const off = new Map<string, string>()
  const toMakeGood: NamedDate[] = []
  for (const day of days) {
    if (isWeekend(day.date) || off.has(day.date)) toMakeGood.push(day)
    if (!off.has(day.date)) off.set(day.date, day.name)
  }
  for (const { date, name } of toMakeGood) {
    let substitute = plusDays(date, 1)
    while (isWeekend(substitute) || off.has(substitute)) substitute = plusDays(substitute, 1)
    off.set(substitute, `${name}补假`)
  }
  return off
}
