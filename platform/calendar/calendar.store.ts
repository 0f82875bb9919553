/** The county's working calendar in the database. Every change locks the one row of calendar_setting first and raises its revision. */
import { type CountyRef, sql, type Tx } from '#platform/db/db.ts'
import { AppError } from '#platform/errors/app-error.ts'
import { checkNotice, type HolidayNotice, type NoticeDay } from './holiday-notice.ts'
import {
  areOfficeHours,
  type CalendarData,
  type DayKind,
  FIRST_YEAR,
  isCalendarDate,
  type OfficeHours,
  WorkCalendar,
} from './work-calendar.ts'

/** The day from which a county's first office hours hold. */
export const FIRST_DAY = `${FIRST_YEAR}-01-01`

/** The whole calendar. Throws `calendar.not_set_up` in a county that was not seeded. */
export async function loadCalendar(tx: Tx): Promise<CalendarData> {
  const { rows } = await sql<Omit<CalendarData, 'officeHours' | 'laterHours'> & { periods: HoursPeriod[] }>`
    select s.revision, s.time_zone as "timeZone", s.utc_offset_minutes as "utcOffsetMinutes",
      (select json_agg(json_build_object('from', p.valid_from, 'hours', p.hours) order by p.valid_from)
       from (select to_char(h.valid_from, 'YYYY-MM-DD') as valid_from,
               json_agg(json_build_object('from', to_char(h.opens, 'HH24:MI'), 'to', to_char(h.closes, 'HH24:MI')) order by h.seq) as hours
             from calendar_office_hours h group by h.valid_from) p) as "periods",
      (select coalesce(json_object_agg(to_char(d.date, 'YYYY-MM-DD'), json_build_object('kind', d.kind, 'name', d.name) order by d.date), '{}')
       from calendar_day d) as days,
      (select coalesce(json_agg(y.year order by y.year), '[]') from calendar_year y where y.announced) as "announcedYears"
    from calendar_setting s`.execute(tx)
  if (!rows[0]) throw new AppError('calendar.not_set_up', { status: 503 })
  const { periods, ...calendar } = rows[0]
  const [first, ...laterHours] = periods
  return { ...calendar, officeHours: first!.hours, laterHours }
}

/** Office hours that hold from a date on. */
export interface HoursPeriod {
  /** YYYY-MM-DD */
  from: string
  hours: OfficeHours[]
}

/** What a day, a year or a stretch of office hours was or became, as the record of changes keeps it. */
export type ChangeState =
  | { kind: DayKind; name: string; basis: string | null }
  | { hours: OfficeHours[] }
  | { notice: string; noticeUrl: string | null; publishedOn: string | null; days: NoticeDay[] }

export interface CalendarChangeRow {
  id: number
  at: Date
  accountId: number | null
  /** `day` with a date, `hours` with the date they begin, `year` with a year. */
  subjectKind: 'day' | 'hours' | 'year'
  subject: string
  /** Null where there was nothing, or is nothing any more. */
  before: ChangeState | null
  after: ChangeState | null
  /** Document or reason. */
  basis: string | null
  undoes: number | null
  undoneBy: number | null
}

/** Changes of the calendar, newest first, older than `before` if that is given. */
export async function listCalendarChanges(
  tx: Tx,
  { before, limit, id }: { before?: number; limit: number; id?: number },
): Promise<CalendarChangeRow[]> {
  const { rows } = await sql<CalendarChangeRow>`
    select c.id, c.at, c.account_id as "accountId", c.subject_kind as "subjectKind", c.subject, c.before, c.after, c.basis,
      c.undoes, (select u.id from calendar_change u where u.undoes = c.id) as "undoneBy"
    from calendar_change c
    where (${before ?? null}::bigint is null or c.id < ${before ?? null}) and (${id ?? null}::bigint is null or c.id = ${id ?? null})
    order by c.id desc limit ${limit}`.execute(tx)
  return rows
}

/** Keeps a change of the calendar; returns its id. */
export async function recordChange(tx: Tx, change: Omit<CalendarChangeRow, 'id' | 'undoneBy'>): Promise<number> {
  const { rows } = await sql<{ id: number }>`
    insert into calendar_change (at, account_id, subject_kind, subject, before, after, basis, undoes)
    values (${change.at}, ${change.accountId}, ${change.subjectKind}, ${change.subject},
      ${change.before ? JSON.stringify(change.before) : null}::jsonb, ${change.after ? JSON.stringify(change.after) : null}::jsonb,
      ${change.basis}, ${change.undoes})
    returning id`.execute(tx)
  return rows[0]!.id
}

/** What a subject of a change is now, in the form in which changes are kept. */
export async function stateOfSubject(
  tx: Tx,
  kind: CalendarChangeRow['subjectKind'],
  subject: string,
): Promise<ChangeState | null> {
  if (kind === 'hours') {
    const { officeHours, laterHours = [] } = await loadCalendar(tx)
    const periods = [{ from: FIRST_DAY, hours: officeHours }, ...laterHours]
    const found = periods.find(({ from }) => from === subject)
    return found ? { hours: found.hours } : null
  }
  if (kind === 'day') {
    const { rows } = await sql<{ kind: DayKind; name: string; basis: string | null }>`
      select kind, name, basis from calendar_day where date = ${subject}::date and source = 'local'`.execute(tx)
    return rows[0] ?? null
  }
  const year = Number(subject)
  const row = (await listCalendarYears(tx)).find((candidate) => candidate.year === year)
  if (!row?.announced) return null
  const days = (await listCalendarDays(tx, year)).filter(({ noticeYear }) => noticeYear === year)
  return {
    notice: row.notice ?? '',
    noticeUrl: row.noticeUrl,
    publishedOn: row.publishedOn,
    days: days.map(({ date, kind: dayKind, name }) => ({ date, kind: dayKind, name })),
  }
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
  /** Document of a local day (依据文件). */
  basis: string | null
}

/** Entered days of a year and the days of the year before that its notice turned, in order. */
export async function listCalendarDays(tx: Tx, year: number): Promise<CalendarDayRow[]> {
  const { rows } = await sql<CalendarDayRow>`
    select to_char(date, 'YYYY-MM-DD') as date, kind, name, source, notice_year as "noticeYear", basis
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
  await writeOfficeHours(tx, FIRST_DAY, setting.officeHours)
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
      notice_year = excluded.notice_year, basis = null`.execute(tx)
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
  day: { date: string; kind: DayKind; name: string; basis?: string | null },
  now: Date,
): Promise<number> {
  assertDate(day.date)
  if (!day.name.trim()) throw new AppError('calendar.day_name_missing', { status: 422 })
  const revision = await bumpRevision(tx, now)
  const { numAffectedRows } = await sql`
    insert into calendar_day (date, kind, name, source, basis)
    values (${day.date}::date, ${day.kind}, ${day.name}, 'local', ${day.basis ?? null})
    on conflict (date) do update set kind = excluded.kind, name = excluded.name, basis = excluded.basis
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

/**
 * Sets the office hours that hold from a date on, up to the next date that has hours of its own. Returns the new revision; all
 * open clocks must then be recomputed.
 */
export async function setOfficeHours(tx: Tx, period: HoursPeriod, now: Date): Promise<number> {
  assertDate(period.from)
  const revision = await bumpRevision(tx, now)
  await sql`delete from calendar_office_hours where valid_from = ${period.from}::date`.execute(tx)
  await writeOfficeHours(tx, period.from, period.hours)
  return revision
}

/** Takes back the office hours that begin on a date: those before hold on. The first ones stay. Returns the new revision. */
export async function removeOfficeHours(tx: Tx, from: string, now: Date): Promise<number> {
  assertDate(from)
  const revision = await bumpRevision(tx, now)
  await sql`
    delete from calendar_office_hours where valid_from = ${from}::date and valid_from > ${FIRST_DAY}::date`.execute(tx)
  return revision
}

async function writeOfficeHours(tx: Tx, from: string, hours: OfficeHours[]): Promise<void> {
  if (!areOfficeHours(hours)) throw new AppError('calendar.office_hours_invalid', { status: 422 })
  await sql`
    insert into calendar_office_hours (valid_from, seq, opens, closes)
    select ${from}::date, h.seq, h."from", h."to" from json_to_recordset(${JSON.stringify(hours.map((h, seq) => ({ seq, ...h })))}::json)
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
