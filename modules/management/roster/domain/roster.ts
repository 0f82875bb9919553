import type { WorkCalendar } from '#platform/calendar/work-calendar.ts'

/** A shift (班次) of the county. */
export interface Shift {
  readonly code: string
  readonly name: string
  /** HH:MM, county time. */
  readonly from: string
  /** HH:MM; at or before `from` it ends on the next day. */
  readonly to: string
  readonly days: 'every' | 'workday' | 'restday'
}

export interface Span {
  readonly startsAt: Date
  readonly endsAt: Date
}

/** A shift of a desk on a day in which somebody has to be there. */
export interface Slot {
  readonly deskId: number
  readonly day: string
  readonly shift: string
}

export interface Duty extends Slot, Span {
  readonly accountId: number
}

const DAY_MS = 86_400_000

/** YYYY-MM-DD, so many days on. */
export function addDays(day: string, days: number): string {
  return new Date(Date.parse(`${day}T00:00:00Z`) + days * DAY_MS).toISOString().slice(0, 10)
}

/** The Monday of the week in which a day lies. */
export function mondayOf(day: string): string {
  const weekday = new Date(`${day}T00:00:00Z`).getUTCDay()
  return addDays(day, -((weekday + 6) % 7))
}

export function weekOf(monday: string): string[] {
  return [0, 1, 2, 3, 4, 5, 6].map((n) => addDays(monday, n))
}

/** When a shift of a day begins and ends. */
export function spanOf(calendar: Pick<WorkCalendar, 'instant'>, day: string, shift: Pick<Shift, 'from' | 'to'>): Span {
  return {
    startsAt: calendar.instant(day, shift.from),
    endsAt: calendar.instant(shift.to <= shift.from ? addDays(day, 1) : day, shift.to),
  }
}

/** Whether a shift is held on a day: every day, on working days, or on days off and holidays. */
export function heldOn(calendar: Pick<WorkCalendar, 'isWorkday'>, day: string, shift: Pick<Shift, 'days'>): boolean {
  return shift.days === 'every' || (shift.days === 'workday') === calendar.isWorkday(day)
}

/** Shifts that desks must man on these days; `extra` are those that modes add, with the time for which they hold. */
export function slotsOf(
  calendar: Pick<WorkCalendar, 'isWorkday' | 'instant'>,
  days: readonly string[],
  shifts: readonly Shift[],
  desks: readonly { id: number; shifts: readonly string[] }[],
  extra: readonly { deskId: number; shifts: readonly string[]; since: Date; until: Date }[] = [],
): Slot[] {
  return desks.flatMap((desk) =>
    days.flatMap((day) =>
      shifts.flatMap((shift) => {
        if (!heldOn(calendar, day, shift)) return []
        const { startsAt, endsAt } = spanOf(calendar, day, shift)
        const needed =
          desk.shifts.includes(shift.code) ||
          extra.some(
            (one) =>
              one.deskId === desk.id && one.shifts.includes(shift.code) && one.since < endsAt && startsAt < one.until,
          )
        return needed ? [{ deskId: desk.id, day, shift: shift.code }] : []
      }),
    ),
  )
}

const slotKey = ({ deskId, day, shift }: Slot) => `${deskId} ${day} ${shift}`

/** Slots that nobody is down for. */
export function gapsIn(slots: readonly Slot[], duties: readonly Slot[]): Slot[] {
  const manned = new Set(duties.map(slotKey))
  return slots.filter((slot) => !manned.has(slotKey(slot)))
}

export function overlap(a: Span, b: Span): boolean {
  return a.startsAt < b.endsAt && b.startsAt < a.endsAt
}

/** Pairs of duties of one person at the same time, each named once. */
export function doublesIn<D extends Duty>(duties: readonly D[]): [D, D][] {
  const byPerson = new Map<number, D[]>()
  for (const duty of duties) byPerson.set(duty.accountId, [...(byPerson.get(duty.accountId) ?? []), duty])
  const found: [D, D][] = []
  for (const own of byPerson.values()) {
    own.sort((a, b) => a.startsAt.getTime() - b.startsAt.getTime())
    for (const [index, first] of own.entries())
      for (let next = index + 1; next < own.length && own[next]!.startsAt < first.endsAt; next++)
        found.push([first, own[next]!])
  }
  return found
}

/** Duties that fall into an absence of who has them. */
export function absentIn<D extends Duty>(
  duties: readonly D[],
  absences: readonly (Span & { accountId: number })[],
): D[] {
  return duties.filter((duty) =>
    absences.some((absence) => absence.accountId === duty.accountId && overlap(absence, duty)),
  )
}

export interface Copied {
  taken: { day: string; shift: string; accountId: number }[]
  /** Not taken over, and why. */
  left: {
    day: string
    shift: string
    accountId: number
    why: 'taken' | 'no_shift' | 'absent' | 'double' | 'gone' | 'past'
  }[]
}

/**
 * A week of one desk from the week before: the same person on the same weekday and shift. A holiday has other shifts than a
 * working day; what does not fit is left out with its reason, never moved elsewhere.
 */
export function copyWeek(input: {
  from: readonly { day: string; shift: string; accountId: number }[]
  days: number
  slots: readonly Slot[]
  /** What the new week has already. */
  present: readonly { day: string; shift: string }[]
  span(day: string, shift: string): Span
  /** Other duties and absences of people, by account. */
  busy(accountId: number, span: Span): 'double' | 'absent' | null
  mayServe(accountId: number): boolean
  now: Date
}): Copied {
  const needed = new Set(input.slots.map(({ day, shift }) => `${day} ${shift}`))
  const present = new Set(input.present.map(({ day, shift }) => `${day} ${shift}`))
  const copied: Copied = { taken: [], left: [] }
  const given: (Span & { accountId: number })[] = []
  for (const { day: then, shift, accountId } of input.from) {
    const day = addDays(then, input.days)
    const one = { day, shift, accountId }
    const key = `${day} ${shift}`
    const leave = (why: Copied['left'][number]['why']) => copied.left.push({ ...one, why })
    if (!needed.has(key)) {
      leave('no_shift')
      continue
    }
    const span = input.span(day, shift)
    if (span.startsAt < input.now) leave('past')
    else if (present.has(key)) leave('taken')
    else if (!input.mayServe(accountId)) leave('gone')
    else if (given.some((other) => other.accountId === accountId && overlap(other, span))) leave('double')
    else {
      const busy = input.busy(accountId, span)
      if (busy) leave(busy)
      else {
        copied.taken.push(one)
        given.push({ ...span, accountId })
      }
    }
  }
  return copied
}
