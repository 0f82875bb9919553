import { grantsFor } from '#platform/access/actor.ts'
import { predicateHolds, scopeOf } from '#platform/access/policy.ts'
import { MANAGE_DAYS, yearPage } from '#platform/calendar/calendar.queries.ts'
import * as store from '#platform/calendar/calendar.store.ts'
import { announceYear, putLocalDay, removeLocalDay, setOfficeHours, withdrawYear } from '#platform/calendar/contract.ts'
import { FIRST_YEAR, LAST_YEAR } from '#platform/calendar/work-calendar.ts'
import { command } from '#platform/command/command.ts'
import type { Context } from '#platform/command/context.ts'
import { sql } from '#platform/db/db.ts'
import { AppError } from '#platform/errors/app-error.ts'
import type { WhyPart } from '#platform/process/effect.ts'
import { RECOMPUTE_JOB, type RecomputeOrder } from '#platform/process/recompute-clocks.ts'

/** One calendar holds for the whole county: a grant for a part of it does not reach it. */
function requireWhole({ actor }: Context): void {
  const place = { townCode: null, villageCode: null, gridCode: null, lineCode: null }
  if (actor.kind !== 'system' && !predicateHolds(scopeOf(grantsFor(actor, MANAGE_DAYS)), place))
    throw new AppError('platform.forbidden', { status: 403 })
}

/**
 * What every change of the calendar leaves behind: a new revision for what is in memory, the job that counts deadlines
 * again, and a fact for the evidence log.
 */
async function changed(
  { tx, pending }: Context,
  change: {
    subject: string
    kind: string
    content: Record<string, unknown>
    which: RecomputeOrder['which']
    cause: WhyPart
  },
): Promise<void> {
  await sql`update access_revision set revision = revision + 1`.execute(tx)
  const order: RecomputeOrder = { which: change.which, cause: change.cause }
  pending.jobs.push({ kind: RECOMPUTE_JOB, payload: order })
  pending.subject = change.subject
  pending.facts.push({ kind: change.kind, subject: change.subject, content: change.content })
}

function yearOf(date: string): number {
  const year = Number(date.slice(0, 4))
  if (!(year >= FIRST_YEAR && year <= LAST_YEAR)) throw new AppError('calendar.year_out_of_range', { status: 422 })
  return year
}

/** Enters or corrects a year's holiday notice. */
export const announceYearCommand = command(announceYear, {
  async perform(context, notice) {
    requireWhole(context)
    const { tx, now } = context
    const earlier = (await store.listCalendarYears(tx)).find((row) => row.year === notice.year)
    const revision = await store.announceYear(tx, notice, now)
    await changed(context, {
      subject: `calendar_year:${notice.year}`,
      kind: earlier?.announced ? 'calendar.year_corrected' : 'calendar.year_announced',
      content: { year: notice.year, notice: notice.notice, days: notice.days, revision },
      // A first notice moves only what was 暂定; a correction may move what the earlier one had settled.
      which: earlier?.announced ? 'all' : 'provisional',
      cause: { key: 'calendar.why.announced', params: { year: notice.year, notice: notice.notice } },
    })
    return { ref: { year: notice.year } }
  },
  present: (context, _ref, { year }) => yearPage(context, year),
})

/** Takes back a notice that was entered by mistake. */
export const withdrawYearCommand = command(withdrawYear, {
  async perform(context, { year, reason }) {
    requireWhole(context)
    const { tx, now } = context
    const row = (await store.listCalendarYears(tx)).find((candidate) => candidate.year === year)
    if (!row?.announced) throw new AppError('calendar.year_not_announced', { status: 409, params: { year } })
    const revision = await store.withdrawYear(tx, year, now)
    await changed(context, {
      subject: `calendar_year:${year}`,
      kind: 'calendar.year_withdrawn',
      content: { year, reason, revision },
      which: 'all',
      cause: { key: 'calendar.why.withdrawn', params: { year, reason } },
    })
    return { ref: { year } }
  },
  present: (context, _ref, { year }) => yearPage(context, year),
})

/** Sets a day off or a working day of the county's own. */
export const putLocalDayCommand = command(putLocalDay, {
  async perform(context, { date, kind, name }) {
    requireWhole(context)
    yearOf(date)
    const revision = await store.upsertLocalDay(context.tx, { date, kind, name }, context.now)
    await changed(context, {
      subject: `calendar_day:${date}`,
      kind: 'calendar.day_set',
      content: { date, kind, name, revision },
      which: 'all',
      cause: { key: `calendar.why.local_${kind}`, params: { date, name } },
    })
    return { ref: { date } }
  },
  present: (context, _ref, { date }) => yearPage(context, yearOf(date)),
})

/** Removes such a day. */
export const removeLocalDayCommand = command(removeLocalDay, {
  async perform(context, { date }) {
    requireWhole(context)
    const year = yearOf(date)
    const day = (await store.listCalendarDays(context.tx, year)).find((candidate) => candidate.date === date)
    const revision = await store.removeLocalDay(context.tx, date, context.now)
    if (!day) throw new AppError('calendar.day_not_local', { status: 409, params: { date } })
    await changed(context, {
      subject: `calendar_day:${date}`,
      kind: 'calendar.day_removed',
      content: { date, revision },
      which: 'all',
      cause: { key: 'calendar.why.local_removed', params: { date, name: day.name } },
    })
    return { ref: { date } }
  },
  present: (context, _ref, { date }) => yearPage(context, yearOf(date)),
})

/** Sets the office hours of every working day. */
export const setOfficeHoursCommand = command(setOfficeHours, {
  async perform(context, { hours }) {
    requireWhole(context)
    const revision = await store.setOfficeHours(context.tx, hours, context.now)
    await changed(context, {
      subject: 'calendar_office_hours',
      kind: 'calendar.office_hours_set',
      content: { hours, revision },
      which: 'all',
      cause: {
        key: 'calendar.why.office_hours',
        params: { hours: hours.map(({ from, to }) => `${from}–${to}`).join('、') },
      },
    })
    return { ref: { revision } }
  },
  async present(context) {
    const { officeHours, revision } = await store.loadCalendar(context.tx)
    return { officeHours, revision }
  },
})
