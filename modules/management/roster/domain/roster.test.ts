import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { WorkCalendar } from '#platform/calendar/work-calendar.ts'
import {
  absentIn,
  addDays,
  copyWeek,
  type Duty,
  doublesIn,
  gapsIn,
  mondayOf,
  overlap,
  type Shift,
  slotsOf,
  spanOf,
  weekOf,
} from './roster.ts'

const calendar = new WorkCalendar({
  revision: 1,
  timeZone: 'Asia/Shanghai',
  utcOffsetMinutes: 480,
  officeHours: [
    { from: '09:00', to: '12:00' },
    { from: '13:30', to: '17:30' },
  ],
  days: {
    '2026-10-01': { kind: 'holiday', name: '国庆节' },
    '2026-10-02': { kind: 'holiday', name: '国庆节' },
    '2026-10-10': { kind: 'workday', name: '调休上班' },
  },
  announcedYears: [2026],
})
const SHIFTS: Shift[] = [
  { code: 'day', name: '白班', from: '09:00', to: '17:30', days: 'workday' },
  { code: 'restday', name: '休息日白班', from: '09:00', to: '17:30', days: 'restday' },
  { code: 'night', name: '夜班', from: '17:30', to: '09:00', days: 'every' },
]

describe('shifts', () => {
  it('a night ends on the next morning, where the day begins', () => {
    const night = spanOf(calendar, '2026-09-30', SHIFTS[2]!)
    expect(night.startsAt.toISOString()).toBe('2026-09-30T09:30:00.000Z')
    expect(night.endsAt.toISOString()).toBe('2026-10-01T01:00:00.000Z')
    expect(spanOf(calendar, '2026-10-01', SHIFTS[1]!).startsAt).toEqual(night.endsAt)
  })

  it('holidays and make-up days have the shifts of what they are, not of their weekday', () => {
    const slots = slotsOf(calendar, ['2026-09-30', '2026-10-01', '2026-10-10'], SHIFTS, [
      { id: 1, shifts: ['day', 'restday', 'night'] },
    ])
    expect(slots.map(({ day, shift }) => `${day} ${shift}`)).toEqual([
      '2026-09-30 day',
      '2026-09-30 night',
      '2026-10-01 restday',
      '2026-10-01 night',
      '2026-10-10 day',
      '2026-10-10 night',
    ])
  })

  it('a mode adds shifts to a desk only while it is on', () => {
    const extra = {
      deskId: 2,
      shifts: ['night'],
      since: calendar.instant('2026-10-01', '12:00'),
      until: calendar.instant('2026-10-02', '12:00'),
    }
    const slots = slotsOf(calendar, weekOf('2026-09-28'), SHIFTS, [{ id: 2, shifts: [] }], [extra])
    expect(slots.map(({ day }) => day)).toEqual(['2026-10-01'])
  })

  it('a week begins on Monday', () => {
    expect([mondayOf('2026-10-01'), mondayOf('2026-10-04'), mondayOf('2026-10-05')]).toEqual([
      '2026-09-28',
      '2026-09-28',
      '2026-10-05',
    ])
  })
})

const dutyOf = (deskId: number, day: number, shift: number, accountId: number): Duty => {
  const date = addDays('2026-09-28', day)
  return { deskId, day: date, shift: SHIFTS[shift]!.code, accountId, ...spanOf(calendar, date, SHIFTS[shift]!) }
}
const anyDuty = fc
  .tuple(
    fc.integer({ min: 1, max: 3 }),
    fc.integer({ min: 0, max: 6 }),
    fc.integer({ min: 0, max: 2 }),
    fc.integer({ min: 1, max: 5 }),
  )
  .map(([desk, day, shift, person]) => dutyOf(desk, day, shift, person))
const dutiesOf = fc.uniqueArray(anyDuty, {
  maxLength: 40,
  selector: (duty) => `${duty.deskId} ${duty.day} ${duty.shift} ${duty.accountId}`,
})

describe('gaps and double bookings', () => {
  it('doubles are exactly the pairs of one person that share an instant', () =>
    fc.assert(
      fc.property(dutiesOf, (duties) => {
        const name = (duty: Duty) => `${duty.deskId} ${duty.day} ${duty.shift} ${duty.accountId}`
        const pair = (a: Duty, b: Duty) => [name(a), name(b)].sort().join(' | ')
        const naive = duties.flatMap((a, i) =>
          duties.slice(i + 1).flatMap((b) => (a.accountId === b.accountId && overlap(a, b) ? [pair(a, b)] : [])),
        )
        expect(
          doublesIn(duties)
            .map(([a, b]) => pair(a, b))
            .sort(),
        ).toEqual(naive.sort())
      }),
    ))

  it('a slot is a gap or manned, never both, and what is filled leaves no gap', () =>
    fc.assert(
      fc.property(dutiesOf, (duties) => {
        const slots = slotsOf(calendar, weekOf('2026-09-28'), SHIFTS, [
          { id: 1, shifts: ['day', 'restday', 'night'] },
          { id: 2, shifts: ['night'] },
        ])
        const gaps = gapsIn(slots, duties)
        for (const slot of slots) {
          const manned = duties.some((d) => d.deskId === slot.deskId && d.day === slot.day && d.shift === slot.shift)
          expect(gaps.includes(slot)).toBe(!manned)
        }
        const filled = [...duties, ...gaps.map((slot) => ({ ...slot, accountId: 9 }))]
        expect(gapsIn(slots, filled)).toEqual([])
      }),
    ))

  it('back to back is no double; an absence that begins when the shift ends does not touch it', () => {
    const day = dutyOf(1, 0, 0, 1)
    const night = dutyOf(1, 0, 2, 1)
    expect(doublesIn([day, night])).toEqual([])
    const after = { accountId: 1, startsAt: day.endsAt, endsAt: night.endsAt }
    expect(absentIn([day, night], [after])).toEqual([night])
  })

  it('a copied week has no double booking, nobody who is away or gone, and only shifts of the new week', () =>
    fc.assert(
      fc.property(dutiesOf, fc.integer({ min: 1, max: 5 }), fc.integer({ min: 1, max: 5 }), (duties, away, gone) => {
        const mine = duties.filter((duty) => duty.deskId === 1)
        const slots = slotsOf(calendar, weekOf('2026-10-05'), SHIFTS, [{ id: 1, shifts: ['day', 'restday', 'night'] }])
        const span = (day: string, shift: string) => spanOf(calendar, day, SHIFTS.find((one) => one.code === shift)!)
        const { taken, left } = copyWeek({
          from: mine,
          days: 7,
          slots,
          present: [],
          span,
          busy: (accountId) => (accountId === away ? 'absent' : null),
          mayServe: (accountId) => accountId !== gone,
          now: calendar.instant('2026-10-05', '00:00'),
        })
        expect(taken.length + left.length).toBe(mine.length)
        expect(doublesIn(taken.map((one) => ({ ...one, deskId: 1, ...span(one.day, one.shift) })))).toEqual([])
        for (const one of taken) {
          expect([away, gone]).not.toContain(one.accountId)
          expect(slots.some((slot) => slot.day === one.day && slot.shift === one.shift)).toBe(true)
        }
      }),
    ))
})
