/**
 * Working time of one county: when a limit ends, how much of it is left, and whether the answer can still change because a
 * year's holiday notice is not out. Pure: a server and a screen count alike from the same `CalendarData`.
 *
 * Every instant is turned into a working-time coordinate, the milliseconds of office time that passed since the index begins,
 * and back. That makes adding hours one subtraction and one look-up, whatever lies between.
 *
 * How each unit ends:
 * - `workHour` 工作时: when that much office time has passed. A limit that runs out exactly at a closing time ends there, not at
 *   the next opening.
 * - `urgentHour` 紧急工作时: consecutive hours; holidays and nights count.
 * - `workday` 工作日: at the close of office of the Nth working day after the start day. The start day is never counted, whether
 *   it is a working day or not.
 * - `day` 自然日: at the close-of-office hour (17:30 with the usual hours) of the Nth calendar day after the start day, also when
 *   that day is a holiday: it does not roll on. The hour follows 民法典第二百零三条 (有业务时间的，停止业务活动的时间为截止时间),
 *   待核实; not rolling on is the stricter reading and a decision of this project.
 */
import { daysOffByRule } from './statutory-days.ts'

export type LimitUnit = 'workHour' | 'urgentHour' | 'workday' | 'day'

/** How long somebody has. `workday` and `day` take whole numbers, hours may have fractions. */
export interface Limit {
  value: number
  unit: LimitUnit
}

/** A stretch of office time inside one day, 'HH:MM' each. */
export interface OfficeHours {
  from: string
  to: string
}

export type DayKind = 'holiday' | 'workday'

/** A date that is not what its weekday says. */
export interface CalendarDay {
  kind: DayKind
  name: string
}

/** Everything that working time depends on, as plain JSON. */
export interface CalendarData {
  /** Counts up with every change, so that a cached calendar knows when it is stale. */
  revision: number
  timeZone: string
  /** East of Greenwich. China has one zone and no summer time, so one number is enough. */
  utcOffsetMinutes: number
  /** In order and apart from each other; they hold until the first of `laterHours`. */
  officeHours: OfficeHours[]
  /** Office hours that hold from a date on (冬夏令作息), in order of the dates. */
  laterHours?: { from: string; hours: OfficeHours[] }[]
  /** Exceptions by date (YYYY-MM-DD): days off and make-up working days. */
  days: Record<string, CalendarDay>
  /** Years whose holiday notice has been entered. All others follow the statutory days and make deadlines 暂定. */
  announcedYears: number[]
}

export interface Deadline {
  at: Date
  /** 暂定: between start and end lies a day that a notice not yet published may turn. */
  provisional: boolean
}

/** What is left of a limit, or by how much it was missed. */
export interface Remaining {
  unit: LimitUnit
  overdue: boolean
  /** Never negative. Office time for `workHour` and `workday`, plain time for `urgentHour` and `day`. */
  millis: number
  /**
   * For `workday` and `day`: whole days after today up to and including the due day; when overdue, the whole days gone by since
   * (a working day counts as one day's office time). 0 for hours.
   */
  days: number
}

/** One date as a calendar page shows it. */
export interface DayInfo {
  date: string
  workday: boolean
  /** Why, when it is not just a weekday or a weekend. */
  name: string | null
  /** `entered`: from the county's table; `rule`: statutory day of a year without a notice; `weekday`: neither. */
  from: 'entered' | 'rule' | 'weekday'
  provisional: boolean
}

/** Years that can be counted in. Dates outside throw a RangeError. */
export const FIRST_YEAR = 2000
export const LAST_YEAR = 2060

/**
 * The notice of a year may also turn the last days of the year before: New Year 2019 made 2018-12-29 a working day and 12-31 a
 * day off. Since 2006 none reached further back than the 29th; the 28th is the Sunday before a New Year on a Thursday.
 */
export const NEW_YEAR_REACH = '12-28'

export const HOUR_MS = 3_600_000
const MINUTE_MS = 60_000
const DAY_MS = 86_400_000
const EPOCH_DAY = Date.UTC(FIRST_YEAR, 0, 1) / DAY_MS
const DAY_COUNT = Date.UTC(LAST_YEAR + 1, 0, 1) / DAY_MS - EPOCH_DAY

const DATE = /^(\d{4})-(\d{2})-(\d{2})$/

/** True for a YYYY-MM-DD that exists. */
export function isCalendarDate(date: string): boolean {
  return DATE.test(date) && toDateString(Date.parse(date)) === date
}

function toDateString(utcMillis: number): string {
  return Number.isNaN(utcMillis) ? '' : new Date(utcMillis).toISOString().slice(0, 10)
}

function minutesOf(time: string): number {
  const match = /^([01]\d|2[0-4]):([0-5]\d)$/.exec(time)
  const minutes = match ? Number(match[1]) * 60 + Number(match[2]) : Number.NaN
  if (!(minutes <= 1440)) throw new RangeError(`Not a time of day: ${time}`)
  return minutes
}

/** True for office hours that lie in order and apart from each other, with at least one stretch. */
export function areOfficeHours(hours: readonly OfficeHours[]): boolean {
  try {
    let last = -1
    for (const { from, to } of hours) {
      const [start, end] = [minutesOf(from), minutesOf(to)]
      if (start <= last || end <= start) return false
      last = end
    }
    return hours.length > 0
  } catch {
    return false
  }
}

/** Office hours that hold from one day on. */
interface Hours {
  readonly fromDay: number
  readonly hours: readonly OfficeHours[]
  /** Opening and closing of each stretch, in milliseconds since midnight. */
  readonly opens: readonly number[]
  readonly closes: readonly number[]
  readonly close: number
  /** Office time of one working day. */
  readonly millis: number
}

function hoursFrom(fromDay: number, hours: readonly OfficeHours[]): Hours {
  if (!areOfficeHours(hours)) throw new RangeError('Office hours must be in order and apart from each other')
  const opens = hours.map(({ from }) => minutesOf(from) * MINUTE_MS)
  const closes = hours.map(({ to }) => minutesOf(to) * MINUTE_MS)
  const millis = closes.reduce((sum, close, i) => sum + close - opens[i]!, 0)
  return { fromDay, hours, opens, closes, close: closes.at(-1)!, millis }
}

export class WorkCalendar {
  readonly data: CalendarData

  readonly #offset: number
  /** In order of the days they hold from; the first holds from the beginning. */
  readonly #hours: readonly Hours[]
  /** Working days before day i. */
  readonly #workdaysBefore: Int32Array
  /** Office time before day i. */
  readonly #officeBefore: Float64Array
  /** Day number of each working day. */
  readonly #workdays: Int32Array
  /** Days before day i that a notice not yet entered may turn. */
  readonly #openBefore: Int32Array
  readonly #announced: Set<number>
  /** Days off by rule, for the years without a notice. */
  readonly #byRule = new Map<number, Map<string, string>>()

  constructor(data: CalendarData) {
    this.data = data
    this.#offset = data.utcOffsetMinutes * MINUTE_MS
    this.#hours = [
      hoursFrom(0, data.officeHours),
      ...(data.laterHours ?? []).map(({ from, hours }) => hoursFrom(this.#dayOfDate(from), hours)),
    ]
    if (this.#hours.some(({ fromDay }, i) => i > 0 && fromDay < this.#hours[i - 1]!.fromDay))
      throw new RangeError('Later office hours must be in order of their dates')
    this.#announced = new Set(data.announcedYears)

    const work = new Uint8Array(DAY_COUNT)
    const open = new Uint8Array(DAY_COUNT)
    // 2000-01-01 was a Saturday.
    for (let i = 0; i < DAY_COUNT; i++) work[i] = i % 7 < 2 ? 0 : 1
    for (let year = FIRST_YEAR; year <= LAST_YEAR; year++) {
      if (this.#announced.has(year)) continue
      const off = daysOffByRule(year)
      this.#byRule.set(year, off)
      for (const date of off.keys()) work[dayNumber(date)] = 0
      const first = year === FIRST_YEAR ? 0 : dayNumber(`${year - 1}-${NEW_YEAR_REACH}`)
      open.fill(1, first, dayNumber(`${year}-12-31`) + 1)
    }
    if (!this.#announced.has(LAST_YEAR + 1)) open.fill(1, dayNumber(`${LAST_YEAR}-${NEW_YEAR_REACH}`))
    for (const [date, { kind }] of Object.entries(data.days)) {
      const i = isCalendarDate(date) ? dayNumber(date) : -1
      if (i >= 0 && i < DAY_COUNT) work[i] = kind === 'workday' ? 1 : 0
    }

    this.#workdaysBefore = new Int32Array(DAY_COUNT + 1)
    this.#openBefore = new Int32Array(DAY_COUNT + 1)
    this.#officeBefore = new Float64Array(DAY_COUNT + 1)
    const workdays = new Int32Array(DAY_COUNT)
    let count = 0
    let hours = 0
    for (let i = 0; i < DAY_COUNT; i++) {
      while (hours + 1 < this.#hours.length && this.#hours[hours + 1]!.fromDay <= i) hours++
      if (work[i]) workdays[count++] = i
      this.#workdaysBefore[i + 1] = count
      this.#officeBefore[i + 1] = this.#officeBefore[i]! + (work[i] ? this.#hours[hours]!.millis : 0)
      this.#openBefore[i + 1] = this.#openBefore[i]! + open[i]!
    }
    this.#workdays = workdays.subarray(0, count)
  }

  /** Whether offices are open on a date (YYYY-MM-DD) or on the county's date at an instant. */
  isWorkday(date: string | Date): boolean {
    const i = typeof date === 'string' ? this.#dayOfDate(date) : this.#dayAt(date.getTime())
    return this.#workdaysBefore[i + 1]! > this.#workdaysBefore[i]!
  }

  /** The first working day after a date. */
  workdayAfter(date: string): string {
    let day = this.#dayOfDate(date) + 1
    while (day + 2 < this.#workdaysBefore.length && this.#workdaysBefore[day + 1] === this.#workdaysBefore[day]) day++
    return toDateString((EPOCH_DAY + day) * DAY_MS)
  }

  /** Everything a calendar page shows about a date. */
  dayInfo(date: string): DayInfo {
    const i = this.#dayOfDate(date)
    const entered = this.data.days[date]
    const byRule = entered ? undefined : this.#byRule.get(Number(date.slice(0, 4)))?.get(date)
    return {
      date,
      workday: this.isWorkday(date),
      name: entered?.name ?? byRule ?? null,
      from: entered ? 'entered' : byRule ? 'rule' : 'weekday',
      provisional: this.#openBefore[i + 1]! > this.#openBefore[i]!,
    }
  }

  /** All dates of a year, for a calendar page. */
  year(year: number): DayInfo[] {
    const first = this.#dayOfDate(`${year}-01-01`)
    const last = this.#dayOfDate(`${year}-12-31`)
    return Array.from({ length: last - first + 1 }, (_, i) =>
      this.dayInfo(toDateString((EPOCH_DAY + first + i) * DAY_MS)),
    )
  }

  /** Office hours that hold on a date, a working day or not. */
  officeHoursOn(date: string): readonly OfficeHours[] {
    return this.#hoursOn(this.#dayOfDate(date)).hours
  }

  /** Office time of one working day under the hours that hold at an instant. */
  dayMillisAt(at: Date): number {
    return this.#hoursOn(this.#dayAt(at.getTime())).millis
  }

  isAnnounced(year: number): boolean {
    return this.#announced.has(year)
  }

  /** The county's date (YYYY-MM-DD) at an instant. */
  dateAt(at: Date): string {
    return toDateString(at.getTime() + this.#offset)
  }

  /** The instant of a county's date and time of day. */
  instant(date: string, time: string): Date {
    return this.#at(this.#dayOfDate(date), minutesOf(time) * MINUTE_MS)
  }

  /** When a limit that begins at `start` ends. The value must be positive. */
  deadline(start: Date, limit: Limit): Deadline {
    const at = this.due(start, amountOf(limit), limit.unit)
    return { at, provisional: this.isOpen(start, at, limit.unit) }
  }

  /**
   * When an amount that is unused at `from` is used up: milliseconds for hours, whole days otherwise. With nothing left, hours
   * end at `from` itself, days at the close of the day (of the last working day, if that day is none), which may be over.
   */
  due(from: Date, amount: number, unit: LimitUnit): Date {
    const start = from.getTime()
    switch (unit) {
      case 'urgentHour':
        return new Date(start + amount)
      case 'workHour':
        return amount === 0 ? from : this.#instantAt(this.#coordinate(start) + amount)
      case 'workday':
        return this.#closeOf(this.#workday(this.#workdaysBefore[this.#dayAt(start) + 1]! + amount - 1))
      case 'day':
        return this.#closeOf(this.#dayAt(start) + amount)
    }
  }

  /** What is unused at `now` of a limit due at `due`: milliseconds for hours, whole days otherwise; 0 when it is over. */
  unused(now: Date, due: Date, unit: LimitUnit): number {
    const [from, to] = [now.getTime(), due.getTime()]
    if (from >= to) return 0
    switch (unit) {
      case 'urgentHour':
        return to - from
      case 'workHour':
        return this.#coordinate(to) - this.#coordinate(from)
      case 'workday':
        return this.#workdaysBefore[this.#dayAt(to) + 1]! - this.#workdaysBefore[this.#dayAt(from) + 1]!
      case 'day':
        return this.#dayAt(to) - this.#dayAt(from)
    }
  }

  /** The instant that lies a limit before a due instant, for reminders: '2 工作时 before', '1 工作日 before' (then: at that day's close). */
  before(due: Date, limit: Limit): Date {
    const amount = amountOf(limit)
    const at = due.getTime()
    switch (limit.unit) {
      case 'urgentHour':
        return new Date(at - amount)
      case 'workHour':
        return this.#instantAt(this.#coordinate(at) - amount)
      case 'workday':
      case 'day':
        return this.due(due, -amount, limit.unit)
    }
  }

  /** Office time between two instants, negative when `to` is before `from`. */
  workMillisBetween(from: Date, to: Date): number {
    return this.#coordinate(to.getTime()) - this.#coordinate(from.getTime())
  }

  /** What is left at `now`, or by how much it is late. At the due instant itself nothing is left and nothing is late. */
  remaining(now: Date, due: Date, unit: LimitUnit): Remaining {
    const overdue = now.getTime() > due.getTime()
    const office = unit === 'workHour' || unit === 'workday'
    const millis = Math.abs(office ? this.workMillisBetween(now, due) : due.getTime() - now.getTime())
    let days = 0
    if (unit === 'workday' || unit === 'day') {
      days = overdue ? Math.floor(millis / (office ? this.dayMillisAt(due) : DAY_MS)) : this.unused(now, due, unit)
    }
    return { unit, overdue, millis, days }
  }

  /** Whether a deadline with this start and end may still move: only units that count working days can. */
  isOpen(start: Date, due: Date, unit: LimitUnit): boolean {
    if (unit === 'urgentHour' || unit === 'day') return false
    const first = this.#dayAt(start.getTime()) + (unit === 'workday' ? 1 : 0)
    const last = this.#dayAt(due.getTime())
    return last >= first && this.#openBefore[last + 1]! > this.#openBefore[first]!
  }

  #dayAt(millis: number): number {
    const day = Math.floor((millis + this.#offset) / DAY_MS) - EPOCH_DAY
    if (!(day >= 0 && day < DAY_COUNT)) throw new RangeError(`The calendar counts from ${FIRST_YEAR} to ${LAST_YEAR}`)
    return day
  }

  #dayOfDate(date: string): number {
    if (!isCalendarDate(date)) throw new RangeError(`Not a date: ${date}`)
    const day = dayNumber(date)
    if (!(day >= 0 && day < DAY_COUNT)) throw new RangeError(`The calendar counts from ${FIRST_YEAR} to ${LAST_YEAR}`)
    return day
  }

  #workday(ordinal: number): number {
    const day = this.#workdays[ordinal]
    if (day === undefined) throw new RangeError(`The calendar counts from ${FIRST_YEAR} to ${LAST_YEAR}`)
    return day
  }

  #hoursOn(day: number): Hours {
    let i = this.#hours.length - 1
    while (this.#hours[i]!.fromDay > day) i--
    return this.#hours[i]!
  }

  #closeOf(day: number): Date {
    return this.#at(day, this.#hoursOn(day).close)
  }

  #at(day: number, millisOfDay: number): Date {
    return new Date((EPOCH_DAY + day) * DAY_MS + millisOfDay - this.#offset)
  }

  /** Office time since the beginning of the index. */
  #coordinate(millis: number): number {
    const day = this.#dayAt(millis)
    const before = this.#officeBefore[day]!
    if (this.#officeBefore[day + 1]! === before) return before
    const { opens, closes } = this.#hoursOn(day)
    const time = millis + this.#offset - (EPOCH_DAY + day) * DAY_MS
    let office = 0
    for (let i = 0; i < opens.length && time > opens[i]!; i++) office += Math.min(time, closes[i]!) - opens[i]!
    return before + office
  }

  /** The earliest instant with this coordinate, so that a limit ends at a closing time and not at the next opening. */
  #instantAt(coordinate: number): Date {
    // The first working day at whose end this much office time has passed.
    let [low, high] = [0, this.#workdays.length]
    while (low < high) {
      const middle = (low + high) >>> 1
      if (this.#officeBefore[this.#workdays[middle]! + 1]! >= coordinate) high = middle
      else low = middle + 1
    }
    const day = this.#workday(low)
    const { opens, closes } = this.#hoursOn(day)
    let rest = coordinate - this.#officeBefore[day]!
    let i = 0
    while (rest > closes[i]! - opens[i]!) {
      rest -= closes[i]! - opens[i]!
      i++
    }
    return this.#at(day, opens[i]! + rest)
  }
}

function dayNumber(date: string): number {
  return Date.parse(date) / DAY_MS - EPOCH_DAY
}

/** True for a limit that can be counted: positive, finite, whole where it counts days. */
export function isLimit(limit: Limit): boolean {
  if (!(Number.isFinite(limit.value) && limit.value > 0)) return false
  return limit.unit === 'workHour' || limit.unit === 'urgentHour' || Number.isInteger(limit.value)
}

/** A limit in the unit's smallest steps: milliseconds for hours, days otherwise. */
export function amountOf(limit: Limit): number {
  if (!isLimit(limit)) throw new RangeError(`Not a limit: ${limit.value} ${limit.unit}`)
  return limit.unit === 'workHour' || limit.unit === 'urgentHour' ? Math.round(limit.value * HOUR_MS) : limit.value
}

/**
 * Whether a deadline is 暂定 under this calendar: it counts working days, and between its start and its end lies a day that a
 * notice not yet entered may turn. A stored deadline that was 暂定 and is no longer needs one last recomputation.
 */
export function isProvisionalDeadline(calendar: WorkCalendar, start: Date, due: Date, unit: LimitUnit): boolean {
  return calendar.isOpen(start, due, unit)
}

/** The part of a calendar from one year on, small enough to send to a screen. Earlier years then read as not announced. */
export function calendarSince(data: CalendarData, year: number): CalendarData {
  const first = `${year}-01-01`
  return {
    ...data,
    days: Object.fromEntries(Object.entries(data.days).filter(([date]) => date >= first)),
    announcedYears: data.announcedYears.filter((announced) => announced >= year),
  }
}
