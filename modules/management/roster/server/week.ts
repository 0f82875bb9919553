import { orgDirectory, raiseRevision } from '#modules/foundation/org/public.ts'
import type { getWeek } from '#modules/management/roster/contract.ts'
import {
  absentIn,
  addDays,
  type Duty,
  doublesIn,
  gapsIn,
  mondayOf,
  overlap,
  type Shift,
  type Slot,
  slotsOf,
  spanOf,
  weekOf,
} from '#modules/management/roster/domain/roster.ts'
import { accountOf, mayPlan } from '#modules/management/roster/server/roster.policy.ts'
import {
  absencesBetween,
  type Desk,
  dutiesBetween,
  dutiesOfPeople,
  endActing,
  insertActing,
  insertDuties,
  listDesks,
  listShifts,
  lockRoster,
  peopleOf,
  removeDuties,
} from '#modules/management/roster/server/roster.store.ts'
import { isCalendarDate } from '#platform/calendar/work-calendar.ts'
import type { Context } from '#platform/command/context.ts'
import type { RouteOutput } from '#platform/contract/route.ts'
import { sql, type Tx } from '#platform/db/db.ts'
import { AppError } from '#platform/errors/app-error.ts'

export function presentDesk(context: Pick<Context, 'actor' | 'here'>, desk: Desk) {
  const unit = orgDirectory(context.here).unit(desk.unitId)!
  return {
    id: desk.id,
    name: desk.name,
    role: desk.role,
    unit: { id: unit.id, name: unit.name, shortName: unit.shortName },
    townCode: desk.townCode,
    phone: desk.phone,
    shifts: desk.shifts,
    can: { plan: mayPlan(context.actor, unit) },
  }
}

/** @throws AppError `roster.not_a_monday` (422) */
export function checkMonday(monday: string): string {
  if (!isCalendarDate(monday) || mondayOf(monday) !== monday) throw new AppError('roster.not_a_monday', { status: 422 })
  return monday
}

/** Shifts that modes add to desks in a span of time. */
export async function modeShifts(tx: Tx, from: Date, to: Date) {
  const { rows } = await sql<{ deskId: number; shifts: string[]; since: Date; until: Date }>`
    select d.desk_id as "deskId", d.shifts, p.since, coalesce(p.off_at, p.until) as until
      from roster_mode_period p join roster_mode_desk d on d.mode_id = p.mode_id
     where p.since < ${to} and coalesce(p.off_at, p.until) > ${from}`.execute(tx)
  return rows
}

/** The slots of desks in a week, those that modes add included. */
export async function weekSlots(context: Context, monday: string, desks: Desk[], shifts: Shift[]): Promise<Slot[]> {
  const { calendar } = context.here
  const from = calendar.instant(monday, '00:00')
  const extra = await modeShifts(context.tx, from, calendar.instant(addDays(monday, 8), '00:00'))
  return slotsOf(calendar, weekOf(monday), shifts, desks, extra)
}

/** A week as the screen shows it. */
export async function presentWeek(
  context: Context,
  monday: string,
  filter: { unitId?: number; deskId?: number } = {},
): Promise<RouteOutput<typeof getWeek>> {
  const { tx, here, now } = context
  const { calendar } = here
  const shifts = await listShifts(tx)
  const desks = await listDesks(tx, {
    ...(filter.unitId === undefined ? {} : { unitId: filter.unitId }),
    ...(filter.deskId === undefined ? {} : { id: filter.deskId }),
  })
  const duties = await dutiesBetween(
    tx,
    monday,
    addDays(monday, 6),
    desks.map(({ id }) => id),
  )
  const slots = await weekSlots(context, monday, desks, shifts)
  const people = [...new Set(duties.map(({ accountId }) => accountId))]
  const from = calendar.instant(addDays(monday, -1), '00:00')
  const to = calendar.instant(addDays(monday, 8), '00:00')
  // A person may be down for another desk, or for the night before, outside of what is shown.
  const all = await dutiesOfPeople(tx, people, from, to)
  const shown = new Set(duties.map(({ id }) => id))
  const away = new Set(absentIn(duties, await absencesBetween(tx, from, to, people)).map(({ id }) => id))
  return {
    monday,
    today: calendar.dateAt(now),
    days: weekOf(monday).map((day) => {
      const { workday, name } = calendar.dayInfo(day)
      return { day, workday, name }
    }),
    shifts: [...shifts],
    desks: desks.map((desk) => presentDesk(context, desk)),
    duties: duties.map((duty) => ({
      id: duty.id,
      deskId: duty.deskId,
      day: duty.day,
      shift: duty.shift,
      person: { id: duty.accountId, name: duty.name },
      startsAt: duty.startsAt.toISOString(),
      endsAt: duty.endsAt.toISOString(),
      acting: duty.holdingId !== null,
      absent: away.has(duty.id),
    })),
    slots,
    gaps: gapsIn(slots, duties),
    doubles: doublesIn(all)
      .filter((pair) => pair.some(({ id }) => shown.has(id)))
      .map((pair) => ({
        person: { id: pair[0].accountId, name: pair[0].name },
        duties: pair.map(({ id }) => id),
      })),
  }
}

export type Wanted = { day: string; shift: string; accountId: number }

/** Why a person cannot serve in a shift, or null; other duties than `except` count. */
export async function busyReason(
  tx: Tx,
  accountId: number,
  span: { startsAt: Date; endsAt: Date },
  except: readonly number[] = [],
): Promise<'double' | 'absent' | null> {
  const own = await dutiesOfPeople(tx, [accountId], span.startsAt, span.endsAt)
  if (own.some((duty) => !except.includes(duty.id))) return 'double'
  return (await absencesBetween(tx, span.startsAt, span.endsAt, [accountId])).length > 0 ? 'absent' : null
}

/**
 * Makes one desk's coming shifts of a span of days be what is wanted: what stays keeps its row, what goes gives back its
 * acting rights, what comes gets them where the person does not hold the desk's role himself. Shifts that have begun stay.
 * @returns how many duties came and went
 */
export async function replaceDuties(
  context: Context,
  desk: Desk,
  from: string,
  to: string,
  wanted: readonly Wanted[],
): Promise<{ added: number; removed: number }> {
  const { tx, here, now, actor } = context
  const shifts = new Map((await listShifts(tx)).map((shift) => [shift.code, shift]))
  await lockRoster(tx)
  const present = await dutiesBetween(tx, from, to, [desk.id])
  const key = (one: Wanted) => `${one.day} ${one.shift} ${one.accountId}`
  const asked = new Map(wanted.map((one) => [key(one), one]))
  const people = await peopleOf(tx, desk.unitId, now)
  const names = new Map(people.map(({ id, name }) => [id, name]))
  const holders = new Set(people.filter(({ role }) => role === desk.role).map(({ id }) => id))
  const begun = (at: Date) => !context.history && at <= now
  const gone = present.filter((duty) => !asked.has(key(duty)))
  if (gone.some((duty) => begun(duty.startsAt))) throw new AppError('roster.past_shift', { status: 409 })
  const known = new Set(present.map(key))
  const coming: (Duty & { name: string })[] = []
  for (const one of asked.values()) {
    if (known.has(key(one))) continue
    const shift = shifts.get(one.shift)
    if (!shift || !isCalendarDate(one.day) || one.day < from || one.day > to)
      throw new AppError('roster.no_such_shift', { status: 422 })
    const span = spanOf(here.calendar, one.day, shift)
    if (begun(span.startsAt)) throw new AppError('roster.past_shift', { status: 409 })
    const name = names.get(one.accountId)
    if (name === undefined) throw new AppError('roster.person_not_of_unit', { status: 422 })
    coming.push({ deskId: desk.id, day: one.day, shift: one.shift, accountId: one.accountId, name, ...span })
  }
  await endActing(
    tx,
    gone.flatMap(({ holdingId }) => holdingId ?? []),
    now,
    '值班表调整',
  )
  await removeDuties(
    tx,
    gone.map(({ id }) => id),
  )
  await checkFree(tx, coming)
  const stand = coming.filter((duty) => !holders.has(duty.accountId))
  const post = people.find(({ role }) => role === desk.role)
  if (stand.length > 0 && !post) throw new AppError('roster.role_unheld', { status: 409, params: { desk: desk.name } })
  const holdings = await insertActing(
    tx,
    stand.map((duty) => ({
      postId: post!.postId,
      accountId: duty.accountId,
      forAccountId: post!.id,
      since: duty.startsAt,
      until: duty.endsAt,
      away: false,
    })),
    `值班：${desk.name}`,
    accountOf(actor),
    now,
  )
  await insertDuties(
    tx,
    coming.map(({ name, ...duty }) => ({
      ...duty,
      holdingId:
        holdings[stand.findIndex((s) => s.accountId === duty.accountId && s.startsAt === duty.startsAt)] ?? null,
    })),
    accountOf(actor),
    now,
  )
  const touched = gone.some(({ holdingId }) => holdingId !== null) || holdings.length > 0
  if (touched) await raiseRevision(tx)
  for (const [slot, duty] of new Map(coming.map((duty) => [`${duty.day} ${duty.shift}`, duty])))
    if (duty.endsAt > now)
      context.pending.jobs.push({
        kind: 'roster.shift_ended',
        payload: { deskId: desk.id, day: slot.split(' ')[0], shift: duty.shift },
        runAt: duty.endsAt,
      })
  return { added: coming.length, removed: gone.length }
}

/** @throws AppError `roster.double_booked`, `roster.person_absent` (409) */
async function checkFree(tx: Tx, coming: readonly (Duty & { name: string })[]): Promise<void> {
  if (coming.length === 0) return
  const from = new Date(Math.min(...coming.map(({ startsAt }) => startsAt.getTime())))
  const to = new Date(Math.max(...coming.map(({ endsAt }) => endsAt.getTime())))
  const people = [...new Set(coming.map(({ accountId }) => accountId))]
  const others = await dutiesOfPeople(tx, people, from, to)
  const twice =
    doublesIn(coming)[0]?.[0] ??
    coming.find((duty) => others.some((other) => other.accountId === duty.accountId && overlap(other, duty)))
  if (twice) throw new AppError('roster.double_booked', { status: 409, params: { name: twice.name, day: twice.day } })
  const away = absentIn(coming, await absencesBetween(tx, from, to, people))[0]
  if (away) throw new AppError('roster.person_absent', { status: 409, params: { name: away.name, day: away.day } })
}
