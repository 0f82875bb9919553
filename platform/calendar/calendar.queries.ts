import { holdsPermission } from '#platform/access/actor.ts'
import { listCalendarDays, listCalendarYears, loadCalendar } from '#platform/calendar/calendar.store.ts'
import { checkYear, getCalendar, getPublicCalendar, getYear, listYears } from '#platform/calendar/contract.ts'
import { checkNotice } from '#platform/calendar/holiday-notice.ts'
import { calendarSince, WorkCalendar } from '#platform/calendar/work-calendar.ts'
import { query } from '#platform/command/command.ts'
import type { Context } from '#platform/command/context.ts'
import { sql } from '#platform/db/db.ts'

export const MANAGE_DAYS = 'calendar.day.manage'

const thisYear = ({ here, now }: Context) => Number(here.calendar.dateAt(now).slice(0, 4))

async function countProvisional({ tx }: Context): Promise<number> {
  const { rows } = await sql<{ clocks: number }>`
    select count(*) as clocks from process_clock where provisional and stopped_at is null`.execute(tx)
  return rows[0]!.clocks
}

/** A year as its page shows it, from the tables: right also in the transaction that has just changed it. */
export async function yearPage(context: Context, year: number) {
  const { tx, actor } = context
  const row = (await listCalendarYears(tx)).find((candidate) => candidate.year === year)
  const data = await loadCalendar(tx)
  const dates = new WorkCalendar(data).year(year)
  return {
    ...presentYear(row ?? emptyYear(year)),
    entered: await listCalendarDays(tx, year),
    dates,
    workdays: dates.filter((day) => day.workday).length,
    officeHours: data.officeHours,
    can: { manage: holdsPermission(actor, MANAGE_DAYS) },
  }
}

type YearRow = Awaited<ReturnType<typeof listCalendarYears>>[number]

const presentYear = (row: YearRow) => ({ ...row, announcedAt: row.announcedAt?.toISOString() ?? null })

const emptyYear = (year: number): YearRow => ({
  year,
  announced: false,
  notice: null,
  noticeUrl: null,
  publishedOn: null,
  announcedAt: null,
})

/** From last year on: what open and lately closed cases count by. */
export const getCalendarQuery = query(getCalendar, async (context) =>
  calendarSince(await loadCalendar(context.tx), thisYear(context) - 1),
)

/** From this year on: a reporter's page only counts what is to come. */
export const getPublicCalendarQuery = query(getPublicCalendar, async (context) =>
  calendarSince(context.here.calendar.data, thisYear(context)),
)

export const listYearsQuery = query(listYears, async (context) => {
  const rows = await listCalendarYears(context.tx)
  const now = thisYear(context)
  for (const year of [now, now + 1]) if (!rows.some((row) => row.year === year)) rows.push(emptyYear(year))
  return {
    items: rows.sort((a, b) => b.year - a.year).map(presentYear),
    provisionalClocks: await countProvisional(context),
    can: { manage: holdsPermission(context.actor, MANAGE_DAYS) },
  }
})

export const getYearQuery = query(getYear, (context, { year }) => yearPage(context, year))

export const checkYearQuery = query(checkYear, async (context, notice) => ({
  problems: checkNotice(notice).map(({ code, date, name }) => ({ code, date: date ?? null, name: name ?? null })),
  provisionalClocks: await countProvisional(context),
}))
