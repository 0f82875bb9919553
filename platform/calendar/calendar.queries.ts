import { holdsPermission } from '#platform/access/actor.ts'
import {
  type CalendarChangeRow,
  type ChangeState,
  FIRST_DAY,
  listCalendarChanges,
  listCalendarDays,
  listCalendarYears,
  loadCalendar,
  stateOfSubject,
} from '#platform/calendar/calendar.store.ts'
import {
  checkYear,
  getCalendar,
  getPublicCalendar,
  getYear,
  listChanges,
  listYears,
} from '#platform/calendar/contract.ts'
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
  const calendar = new WorkCalendar(data)
  const dates = calendar.year(year)
  return {
    ...presentYear(row ?? emptyYear(year)),
    entered: await listCalendarDays(tx, year),
    dates,
    workdays: dates.filter((day) => day.workday).length,
    officeHours: [...calendar.officeHoursOn(calendar.dateAt(context.now))],
    hoursPeriods: [{ from: FIRST_DAY, hours: data.officeHours }, ...(data.laterHours ?? [])],
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

/** Whether nothing has been changed since: what a change left is still what is there. */
export async function isLatest(context: Context, change: CalendarChangeRow): Promise<boolean> {
  const state = await stateOfSubject(context.tx, change.subjectKind, change.subject)
  return sameState(state, change.after)
}

/** Equal whatever the order in which a database keeps the keys of an object. */
export function sameState(a: ChangeState | null, b: ChangeState | null): boolean {
  return canonicalText(a) === canonicalText(b)
}

function canonicalText(value: unknown): string {
  return JSON.stringify(value, (_key, part: unknown) =>
    part && typeof part === 'object' && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1)))
      : part,
  )
}

/** Hours that have begun are not taken back: time would be counted anew that people have worked by. */
export function hoursHaveBegun(context: Context, change: CalendarChangeRow): boolean {
  return change.subjectKind === 'hours' && change.subject < context.here.calendar.dateAt(context.now)
}

function presentState(state: ChangeState | null) {
  if (!state || 'hours' in state) return state
  return 'kind' in state ? { kind: state.kind, name: state.name } : { notice: state.notice, days: state.days.length }
}

/** A change as the record shows it. */
export async function presentChange(context: Context, change: CalendarChangeRow) {
  const { actor, here } = context
  const undone = change.undoneBy !== null
  return {
    id: change.id,
    at: change.at.toISOString(),
    byName: change.accountId === null ? null : here.directory.accountName(change.accountId),
    subjectKind: change.subjectKind,
    subject: change.subject,
    before: presentState(change.before),
    after: presentState(change.after),
    basis: change.basis,
    undoes: change.undoes,
    undone,
    can: {
      undo:
        !undone &&
        holdsPermission(actor, MANAGE_DAYS) &&
        !hoursHaveBegun(context, change) &&
        (await isLatest(context, change)),
    },
  }
}

export const listChangesQuery = query(listChanges, async (context, { cursor, limit = 20 }) => {
  const rows = await listCalendarChanges(context.tx, { ...(cursor ? { before: cursor } : {}), limit: limit + 1 })
  const items = []
  for (const row of rows.slice(0, limit)) items.push(await presentChange(context, row))
  return { items, next: rows.length > limit ? items.at(-1)!.id : null }
})
