/** The county's working calendar in the database. Every change locks the one row of calendar_setting first and raises its revision. */
import { type CountyRef, sql, type Tx } from '#platform/db/db.ts'
import { AppError } from '#platform/errors/app-error.ts'
import { checkNotice, type HolidayNotice, type NoticeDay } from './holiday-notice.ts'
import {
  areOfficeHours,
  type CalendarData,
  type DayKind,
  isCalendarDate,
  type OfficeHours,
  WorkCalendar,
} from './work-calendar.ts'

/** The whole calendar. Throws `calendar.not_set_up` in a county that was not seeded. */
export async function loadCalendar(tx: Tx): Promise<CalendarData> {
  const { rows } = await sql<CalendarData>`
    select s.revision, s.time_zone as "timeZone", s.utc_offset_minutes as "utcOffsetMinutes",
      (select json_agg(json_build_object('from', to_char(h.opens, 'HH24:MI'), 'to', to_char(h.closes, 'HH24:MI')) order by h.seq)
       from calendar_office_hours h) as "officeHours",
      (select coalesce(json_object_agg(to_char(d.date, 'YYYY-MM-DD'), json_build_object('kind', d.kind, 'name', d.name) order by d.date), '{}')
       from calendar_day d) as days,
      (select coalesce(json_agg(y.year order by y.year), '[]') from calendar_year y where y.announced) as "announcedYears"
    from calendar_setting s`.execute(tx)
  const calendar = rows[0]
  if (!calendar) throw new AppError('calendar.not_set_up', { status: 503 })
  return calendar
}

/** The revision that a cached calendar must have to be current. 0 when the county was not seeded. */
export async function findCalendarRevision(tx: Tx): Promise<number> {
  const { rows } = await sql<{ revision: number }>`select revision from calendar_setting`.execute(tx)
  return rows[0]?.revision ?? 0
}

/**
 * Calendars of the counties a process serves, rebuilt only when their revision has moved. A statement that reads other rows
 * anyway can bring the revision along (`select …, (select revision from calendar_setting)`) and pass it, which saves a round trip.
 */
export class CalendarCache {
  readonly #calendars = new Map<string, WorkCalendar>()

  async get(tx: Tx, revision?: number): Promise<WorkCalendar> {
    const county = tx.county.schema
    const current = revision ?? (await findCalendarRevision(tx))
    const known = this.#calendars.get(county)
    // Not "older than": a reader in an older snapshot must get the calendar of its snapshot.
    if (known && known.data.revision === current) return known
    const calendar = new WorkCalendar(await loadCalendar(tx))
    this.#calendars.set(county, calendar)
    return calendar
  }

  /** For a county that was dropped or restored: a restored one may carry a revision that was used before. */
  forget(county: CountyRef): void {
    this.#calendars.delete(county.schema)
  }
}

export interface CalendarYearRow {
  year: number
  announced: boolean
  notice: string | null
  noticeUrl: string | null
  publishedOn: string | null
  announcedAt: Date | null
}

/** Years with a row, newest first. */
export async function listCalendarYears(tx: Tx): Promise<CalendarYearRow[]> {
  const { rows } = await sql<CalendarYearRow>`
    select year, announced, notice, notice_url as "noticeUrl", to_char(published_on, 'YYYY-MM-DD') as "publishedOn",
      announced_at as "announcedAt"
    from calendar_year order by year desc`.execute(tx)
  return rows
}

export interface CalendarDayRow extends NoticeDay {
  source: 'notice' | 'local'
  noticeYear: number | null
}

/** Entered days of a year and the days of the year before that its notice turned, in order. */
export async function listCalendarDays(tx: Tx, year: number): Promise<CalendarDayRow[]> {
  const { rows } = await sql<CalendarDayRow>`
    select to_char(date, 'YYYY-MM-DD') as date, kind, name, source, notice_year as "noticeYear"
    from calendar_day
    where date >= make_date(${year}::int, 1, 1) and date < make_date(${year}::int + 1, 1, 1) or notice_year = ${year}
    order by calendar_day.date`.execute(tx)
  return rows
}

/** Creates the calendar's one row and its office hours if the county has none. True when it was created. */
export async function createCalendar(
  tx: Tx,
  setting: { timeZone: string; utcOffsetMinutes: number; officeHours: OfficeHours[] },
  now: Date,
): Promise<boolean> {
  const { numAffectedRows } = await sql`
    insert into calendar_setting (revision, time_zone, utc_offset_minutes, changed_at)
    values (1, ${setting.timeZone}, ${setting.utcOffsetMinutes}, ${now})
    on conflict do nothing`.execute(tx)
  if (!numAffectedRows) return false
  await writeOfficeHours(tx, setting.officeHours)
  return true
}

/**
 * Enters a year's holiday notice, or corrects it: its days replace those of an earlier entry and win over local days of the
 * same date. Refuses what cannot be right (`checkNotice`). Returns the new revision; provisional deadlines must then be
 * recomputed (README.md).
 */
export async function announceYear(tx: Tx, notice: HolidayNotice, now: Date): Promise<number> {
  const [problem] = checkNotice(notice)
  if (problem) {
    throw new AppError(problem.code, {
      status: 422,
      params: { date: problem.date ?? null, name: problem.name ?? null },
    })
  }
  const revision = await bumpRevision(tx, now)
  await sql`
    insert into calendar_year (year, announced, notice, notice_url, published_on, announced_at)
    values (${notice.year}, true, ${notice.notice}, ${notice.noticeUrl ?? null}, ${notice.publishedOn ?? null}::date, ${now})
    on conflict (year) do update set announced = true, notice = excluded.notice, notice_url = excluded.notice_url,
      published_on = excluded.published_on, announced_at = excluded.announced_at`.execute(tx)
  await sql`delete from calendar_day where notice_year = ${notice.year}`.execute(tx)
  await sql`
    insert into calendar_day (date, kind, name, source, notice_year)
    select d.date, d.kind, d.name, 'notice', ${notice.year}::smallint
    from json_to_recordset(${JSON.stringify(notice.days)}::json) as d (date date, kind text, name text)
    on conflict (date) do update set kind = excluded.kind, name = excluded.name, source = excluded.source,
      notice_year = excluded.notice_year`.execute(tx)
  return revision
}

/**
 * Takes a notice back that was entered by mistake: the year follows the statutory days again. Returns the new revision; all
 * open clocks must then be recomputed.
 */
export async function withdrawYear(tx: Tx, year: number, now: Date): Promise<number> {
  const revision = await bumpRevision(tx, now)
  await sql`delete from calendar_day where notice_year = ${year}`.execute(tx)
  await sql`
    update calendar_year set announced = false, notice = null, notice_url = null, published_on = null, announced_at = null
    where year = ${year}`.execute(tx)
  return revision
}

/**
 * Sets a local day off or working day. A date that a notice has set is refused: it is changed in the notice. Returns the new
 * revision; all open clocks must then be recomputed.
 */
export async function upsertLocalDay(
  tx: Tx,
  day: { date: string; kind: DayKind; name: string },
  now: Date,
): Promise<number> {
  assertDate(day.date)
  if (!day.name.trim()) throw new AppError('calendar.day_name_missing', { status: 422 })
  const revision = await bumpRevision(tx, now)
  const { numAffectedRows } = await sql`
    insert into calendar_day (date, kind, name, source) values (${day.date}::date, ${day.kind}, ${day.name}, 'local')
    on conflict (date) do update set kind = excluded.kind, name = excluded.name
    where calendar_day.source = 'local'`.execute(tx)
  if (!numAffectedRows) throw new AppError('calendar.day_from_notice', { status: 409, params: { date: day.date } })
  return revision
}

/** Removes a local day; the date is again what its weekday or the rule says. Returns the new revision. */
export async function removeLocalDay(tx: Tx, date: string, now: Date): Promise<number> {
  assertDate(date)
  const revision = await bumpRevision(tx, now)
  const { rows } = await sql<{ source: string }>`
    select source from calendar_day where date = ${date}::date`.execute(tx)
  if (rows[0]?.source === 'notice') throw new AppError('calendar.day_from_notice', { status: 409, params: { date } })
  await sql`delete from calendar_day where date = ${date}::date and source = 'local'`.execute(tx)
  return revision
}

/** Sets the office hours. Returns the new revision; all open clocks must then be recomputed. */
export async function setOfficeHours(tx: Tx, hours: OfficeHours[], now: Date): Promise<number> {
  const revision = await bumpRevision(tx, now)
  await sql`delete from calendar_office_hours`.execute(tx)
  await writeOfficeHours(tx, hours)
  return revision
}

async function writeOfficeHours(tx: Tx, hours: OfficeHours[]): Promise<void> {
  if (!areOfficeHours(hours)) throw new AppError('calendar.office_hours_invalid', { status: 422 })
  await sql`
    insert into calendar_office_hours (seq, opens, closes)
    select h.seq, h."from", h."to" from json_to_recordset(${JSON.stringify(hours.map((h, seq) => ({ seq, ...h })))}::json)
      as h (seq smallint, "from" time, "to" time)`.execute(tx)
}

async function bumpRevision(tx: Tx, now: Date): Promise<number> {
  const { rows } = await sql<{ revision: number }>`
    update calendar_setting set revision = revision + 1, changed_at = ${now} returning revision`.execute(tx)
  const revision = rows[0]?.revision
  if (revision === undefined) throw new AppError('calendar.not_set_up', { status: 503 })
  return revision
}

function assertDate(date: string): void {
  if (!isCalendarDate(date)) throw new AppError('calendar.date_invalid', { status: 422, params: { date } })
}
