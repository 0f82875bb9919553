import { grantsFor } from '#platform/access/actor.ts'
import { predicateHolds, scopeOf } from '#platform/access/policy.ts'
import { hoursHaveBegun, isLatest, MANAGE_DAYS, presentChange, yearPage } from '#platform/calendar/calendar.queries.ts'
import * as store from '#platform/calendar/calendar.store.ts'
import {
  announceYear,
  putLocalDay,
  removeLocalDay,
  setOfficeHours,
  undoChange,
  withdrawYear,
} from '#platform/calendar/contract.ts'
import { type Adjustment, findProblem } from '#platform/calendar/preview-change.query.ts'
import { FIRST_YEAR, LAST_YEAR, type OfficeHours, WorkCalendar } from '#platform/calendar/work-calendar.ts'
import { command } from '#platform/command/command.ts'
import type { Context } from '#platform/command/context.ts'
import { sql, type Tx } from '#platform/db/db.ts'
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

/**
 * Does a change of one subject and keeps what it was before and is afterwards. Subjects are locked by the calendar's one row,
 * which every change of the store takes first; the state before is read under that lock.
 */
async function recorded(
  context: Context,
  entry: { kind: store.CalendarChangeRow['subjectKind']; subject: string; basis: string | null; undoes?: number },
  change: () => Promise<number>,
): Promise<{ revision: number; id: number }> {
  const { tx, actor, now } = context
  await sql`select revision from calendar_setting for update`.execute(tx)
  const before = await store.stateOfSubject(tx, entry.kind, entry.subject)
  const revision = await change()
  const after = await store.stateOfSubject(tx, entry.kind, entry.subject)
  const id = await store.recordChange(tx, {
    at: now,
    accountId: actor.kind === 'staff' ? actor.accountId : null,
    subjectKind: entry.kind,
    subject: entry.subject,
    before,
    after,
    basis: entry.basis?.trim() || null,
    undoes: entry.undoes ?? null,
  })
  return { revision, id }
}

async function refuseProblem(context: Context, change: Adjustment): Promise<void> {
  const problem = await findProblem(context, change)
  if (problem) {
    const status = /_invalid$|_range$|_past$/.test(problem.code) ? 422 : 409
    throw new AppError(problem.code, { status, params: problem.params as Record<string, string> })
  }
}

/** Enters or corrects a year's holiday notice. */
export const announceYearCommand = command(announceYear, {
  async perform(context, notice) {
    requireWhole(context)
    const { tx, now } = context
    const earlier = (await store.listCalendarYears(tx)).find((row) => row.year === notice.year)
    const { revision } = await recorded(
      context,
      { kind: 'year', subject: String(notice.year), basis: notice.notice },
      () => store.announceYear(tx, notice, now),
    )
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
    const { revision } = await recorded(context, { kind: 'year', subject: String(year), basis: reason }, () =>
      store.withdrawYear(tx, year, now),
    )
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
  async perform(context, { date, kind, name, basis = '' }) {
    requireWhole(context)
    yearOf(date)
    await refuseProblem(context, { day: { date, kind } })
    const { revision } = await recorded(context, { kind: 'day', subject: date, basis }, () =>
      store.upsertLocalDay(context.tx, { date, kind, name, basis: basis.trim() || null }, context.now),
    )
    await changed(context, {
      subject: `calendar_day:${date}`,
      kind: 'calendar.day_set',
      content: { date, kind, name, basis, revision },
      which: 'all',
      cause: { key: `calendar.why.local_${kind}`, params: { date, name } },
    })
    return { ref: { date } }
  },
  present: (context, _ref, { date }) => yearPage(context, yearOf(date)),
})

/** Removes such a day. */
export const removeLocalDayCommand = command(removeLocalDay, {
  async perform(context, { date, basis = '' }) {
    requireWhole(context)
    const year = yearOf(date)
    await refuseProblem(context, { day: { date, kind: 'none' } })
    const day = (await store.listCalendarDays(context.tx, year)).find((candidate) => candidate.date === date)!
    const { revision } = await recorded(context, { kind: 'day', subject: date, basis }, () =>
      store.removeLocalDay(context.tx, date, context.now),
    )
    await changed(context, {
      subject: `calendar_day:${date}`,
      kind: 'calendar.day_removed',
      content: { date, basis, revision },
      which: 'all',
      cause: { key: 'calendar.why.local_removed', params: { date, name: day.name } },
    })
    return { ref: { date } }
  },
  present: (context, _ref, { date }) => yearPage(context, yearOf(date)),
})

const hoursText = (hours: readonly OfficeHours[]) => hours.map(({ from, to }) => `${from}–${to}`).join('、')

/** Sets the office hours of every working day from a date on, today if none is given. */
export const setOfficeHoursCommand = command(setOfficeHours, {
  async perform(context, { hours, from: asked, basis = '' }) {
    requireWhole(context)
    const from = asked ?? context.here.calendar.dateAt(context.now)
    yearOf(from)
    await refuseProblem(context, { hours: { from, hours } })
    const { revision } = await recorded(context, { kind: 'hours', subject: from, basis }, () =>
      store.setOfficeHours(context.tx, { from, hours }, context.now),
    )
    await changed(context, {
      subject: 'calendar_office_hours',
      kind: 'calendar.office_hours_set',
      content: { from, hours, basis, revision },
      which: 'all',
      cause: { key: 'calendar.why.office_hours', params: { date: from, hours: hoursText(hours) } },
    })
    return { ref: { from, revision } }
  },
  async present(context, ref) {
    const { from } = ref as { from: string }
    const data = await store.loadCalendar(context.tx)
    return { officeHours: [...new WorkCalendar(data).officeHoursOn(from)], from, revision: data.revision }
  },
})

/** Puts back what was there before a change, if nothing has been changed since. */
export const undoChangeCommand = command(undoChange, {
  async perform(context, { id, basis = '' }) {
    requireWhole(context)
    const { tx, now } = context
    const [change] = await store.listCalendarChanges(tx, { id, limit: 1 })
    if (!change) throw new AppError('calendar.change_not_found', { status: 404 })
    if (change.undoneBy !== null) throw new AppError('calendar.change_undone', { status: 409 })
    if (hoursHaveBegun(context, change))
      throw new AppError('calendar.hours_in_past', { status: 422, params: { date: change.subject } })
    if (!(await isLatest(context, change))) throw new AppError('calendar.change_superseded', { status: 409 })
    const { subjectKind: kind, subject } = change
    const back = await recorded(context, { kind, subject, basis, undoes: id }, () => putBack(tx, change, now))
    await changed(context, {
      subject: `calendar_change:${id}`,
      kind: 'calendar.change_undone',
      content: { change: id, kind, subject, basis, revision: back.revision },
      which: 'all',
      cause: causeOfUndoing(change),
    })
    return { ref: { id: back.id } }
  },
  async present(context, ref) {
    const { id } = ref as { id: number }
    const [row] = await store.listCalendarChanges(context.tx, { id, limit: 1 })
    return presentChange(context, row!)
  },
})

function putBack(tx: Tx, { subject, subjectKind, before }: store.CalendarChangeRow, now: Date): Promise<number> {
  if (before === null) {
    if (subjectKind === 'day') return store.removeLocalDay(tx, subject, now)
    if (subjectKind === 'hours') return store.removeOfficeHours(tx, subject, now)
    return store.withdrawYear(tx, Number(subject), now)
  }
  if ('kind' in before) return store.upsertLocalDay(tx, { date: subject, ...before }, now)
  if ('hours' in before) return store.setOfficeHours(tx, { from: subject, hours: before.hours }, now)
  return store.announceYear(tx, { year: Number(subject), ...before }, now)
}

function causeOfUndoing({ subject, subjectKind, before, after }: store.CalendarChangeRow): WhyPart {
  if (subjectKind === 'hours') {
    return before && 'hours' in before
      ? { key: 'calendar.why.office_hours', params: { date: subject, hours: hoursText(before.hours) } }
      : { key: 'calendar.why.hours_removed', params: { date: subject } }
  }
  if (subjectKind === 'day') {
    const name = [before, after].flatMap((state) => (state && 'name' in state ? [state.name] : []))[0] ?? ''
    return before && 'kind' in before
      ? { key: `calendar.why.local_${before.kind}`, params: { date: subject, name } }
      : { key: 'calendar.why.local_removed', params: { date: subject, name } }
  }
  return before && 'notice' in before
    ? { key: 'calendar.why.announced', params: { year: subject, notice: before.notice } }
    : {
        key: 'calendar.why.withdrawn',
        params: { year: subject, reason: after && 'notice' in after ? after.notice : '' },
      }
}
