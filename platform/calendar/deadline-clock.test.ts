import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  type ClockJson,
  type ClockState,
  clockFromJson,
  clockRemaining,
  extendClock,
  isOverdue,
  pauseClock,
  recomputeClock,
  resumeClock,
  startClock,
  stopClock,
  usedAt,
} from './deadline-clock.ts'
import { seededCalendarData } from './seed-calendar.ts'
import { HOUR_MS, type Limit, type LimitUnit, WorkCalendar } from './work-calendar.ts'

const data = seededCalendarData()
const calendar = new WorkCalendar(data)
const at = (text: string): Date => new Date(`${text.replace(' ', 'T')}+08:00`)
const local = (date: Date): string =>
  new Date(date.getTime() + 8 * HOUR_MS).toISOString().slice(0, 16).replace('T', ' ')

const start = (when: string, value: number, unit: LimitUnit) => startClock(calendar, at(when), { value, unit })
const pause = (clock: ClockState, when: string) => pauseClock(calendar, clock, at(when))
const resume = (clock: ClockState, when: string) => resumeClock(calendar, clock, at(when))

describe('working days', () => {
  it('gives back every working day that begins while paused (papers missing)', () => {
    let clock = start('2026-11-02 10:00', 10, 'workday')
    expect(local(clock.dueAt)).toBe('2026-11-16 17:30')
    clock = pause(clock, '2026-11-04 15:00') // left: 11-05, 06, 09, 10, 11, 12, 13, 16
    clock = resume(clock, '2026-11-10 09:30')
    expect(clock.left).toBe(8)
    expect(local(clock.dueAt)).toBe('2026-11-20 17:30')
  })

  it('stays when paused and resumed on one day', () => {
    const clock = start('2026-11-02 10:00', 10, 'workday')
    expect(resume(pause(clock, '2026-11-04 09:30'), '2026-11-04 17:00').dueAt).toEqual(clock.dueAt)
  })

  it('paused over 国庆 loses nothing: no working day begins', () => {
    const clock = start('2026-09-29 10:00', 3, 'workday') // 09-30, 10-08, 10-09
    expect(local(clock.dueAt)).toBe('2026-10-09 17:30')
    expect(resume(pause(clock, '2026-09-30 18:00'), '2026-10-07 20:00').dueAt).toEqual(clock.dueAt)
  })

  it('paused on its last day ends at the first close at or after the resumption', () => {
    const clock = pause(start('2026-11-02 10:00', 1, 'workday'), '2026-11-03 16:00')
    expect(local(resume(clock, '2026-11-05 11:00').dueAt)).toBe('2026-11-05 17:30')
    expect(local(resume(clock, '2026-11-05 17:30').dueAt)).toBe('2026-11-05 17:30')
    expect(local(resume(clock, '2026-11-05 20:00').dueAt)).toBe('2026-11-06 17:30')
    expect(local(resume(clock, '2026-11-07 11:00').dueAt)).toBe('2026-11-09 17:30') // a Saturday
    // and an extension still gives a whole day
    expect(local(extendClock(calendar, resume(clock, '2026-11-05 20:00'), { value: 1, unit: 'workday' }).dueAt)).toBe(
      '2026-11-09 17:30',
    )
  })
})

describe('hours', () => {
  it('keeps unused office time to the millisecond, over lunch and the holiday', () => {
    let clock = start('2026-09-30 17:20', 8, 'workHour')
    clock = pause(clock, '2026-10-08 09:20') // used 10 + 20 minutes
    clock = resume(clock, '2026-10-08 14:00') // left 7 h 30: 3 h 30 today, 3 h before lunch, 1 h after
    expect(local(clock.dueAt)).toBe('2026-10-09 14:30')
    expect(usedAt(calendar, clock, at('2026-10-08 14:30'))).toBe(HOUR_MS)
  })

  it('keeps unused consecutive hours', () => {
    const clock = resume(pause(start('2026-09-30 17:20', 24, 'urgentHour'), '2026-09-30 20:20'), '2026-10-02 08:00')
    expect(local(clock.dueAt)).toBe('2026-10-03 05:00')
  })

  it('shows what is left as it was when paused', () => {
    const clock = pause(start('2026-11-03 09:00', 4, 'workHour'), '2026-11-03 10:00')
    expect(clockRemaining(calendar, clock, at('2026-11-06 10:00'))).toEqual({
      unit: 'workHour',
      overdue: false,
      millis: 3 * HOUR_MS,
      days: 0,
    })
    expect(isOverdue(clock, at('2026-11-06 10:00'))).toBe(false)
  })
})

describe('late, stopped, extended', () => {
  it('a missed deadline stays missed', () => {
    const clock = start('2026-11-03 09:00', 1, 'workHour')
    const resumed = resume(pause(clock, '2026-11-03 11:00'), '2026-11-05 09:00')
    expect(resumed.dueAt).toEqual(clock.dueAt)
    expect(isOverdue(resumed, at('2026-11-05 09:00'))).toBe(true)
    expect(recomputeClock(calendar, resumed)).toBe(resumed)
    // used before and after the pause, not in it
    expect(usedAt(calendar, resumed, at('2026-11-05 10:00'))).toBe(3 * HOUR_MS)
  })

  it('stops for good and keeps what it used', () => {
    const clock = stopClock(calendar, start('2026-11-03 11:00', 4, 'workHour'), at('2026-11-03 14:00'))
    expect(clock.usedMillis).toBe(1.5 * HOUR_MS)
    expect(usedAt(calendar, clock, at('2026-11-09 14:00'))).toBe(1.5 * HOUR_MS)
    expect(isOverdue(clock, at('2026-11-09 14:00'))).toBe(false)
    expect(pause(clock, '2026-11-04 10:00')).toBe(clock)
    expect(resume(clock, '2026-11-04 10:00')).toBe(clock)
    expect(extendClock(calendar, clock, { value: 1, unit: 'workHour' })).toBe(clock)
    expect(stopClock(calendar, clock, at('2026-11-05 10:00'))).toBe(clock)
  })

  it('says that nothing changed by returning the same object', () => {
    const clock = start('2026-11-03 11:00', 4, 'workHour')
    expect(resume(clock, '2026-11-03 12:00')).toBe(clock)
    const paused = pause(clock, '2026-11-03 12:00')
    expect(pause(paused, '2026-11-03 13:00')).toBe(paused)
  })

  it('extends from the due time, also while paused', () => {
    const clock = start('2026-09-30 16:46', 5, 'workday')
    const longer = extendClock(calendar, clock, { value: 5, unit: 'workday' })
    expect(local(longer.dueAt)).toBe('2026-10-20 17:30')
    expect(longer.limit).toEqual({ value: 10, unit: 'workday' })
    const paused = extendClock(calendar, pause(clock, '2026-10-08 10:00'), { value: 5, unit: 'workday' })
    expect(resume(paused, '2026-10-08 10:00').dueAt).toEqual(longer.dueAt)
    expect(() => extendClock(calendar, clock, { value: 2, unit: 'workHour' })).toThrow(RangeError)
  })
})

describe('a notice is entered', () => {
  const days = { ...data.days }
  for (const day of ['05', '06', '07', '08', '09', '10', '11', '12'])
    days[`2027-02-${day}`] = { kind: 'holiday', name: '春节' }
  days['2027-02-14'] = { kind: 'workday', name: '春节调休' }
  const announced = new WorkCalendar({ ...data, days, announcedYears: [...data.announcedYears, 2027] })

  it('moves a provisional deadline once and takes the mark off', () => {
    const clock = start('2027-02-03 10:00', 3, 'workday') // 02-04, then by rule 02-11, 02-12
    expect(clock).toMatchObject({ provisional: true })
    expect(local(clock.dueAt)).toBe('2027-02-12 17:30')
    const moved = recomputeClock(announced, clock)
    expect(moved.provisional).toBe(false)
    expect(local(moved.dueAt)).toBe('2027-02-15 17:30') // 02-04, Sunday 02-14, 02-15
    expect(recomputeClock(announced, moved)).toBe(moved)
  })

  it('also while paused', () => {
    const clock = recomputeClock(announced, pause(start('2027-02-03 10:00', 3, 'workday'), '2027-02-04 15:00'))
    expect(local(clock.dueAt)).toBe('2027-02-15 17:30')
    expect(local(resumeClock(announced, clock, at('2027-02-14 10:00')).dueAt)).toBe('2027-02-16 17:30')
  })
})

describe('always', () => {
  const instant = fc
    .integer({ min: at('2025-01-01 00:00').getTime(), max: at('2027-12-31 00:00').getTime() })
    .map((ms) => new Date(ms))
  const span = fc.integer({ min: 0, max: 20 * 86_400_000 })
  const limit: fc.Arbitrary<Limit> = fc.oneof(
    fc.record({
      value: fc.integer({ min: 1, max: 100 * 3600 }).map((s) => s / 3600),
      unit: fc.constantFrom<LimitUnit>('workHour', 'urgentHour'),
    }),
    fc.record({ value: fc.integer({ min: 1, max: 30 }), unit: fc.constantFrom<LimitUnit>('workday', 'day') }),
  )
  const plus = (date: Date, millis: number) => new Date(date.getTime() + millis)

  it('a pause of no length changes nothing', () => {
    fc.assert(
      fc.property(instant, limit, span, (begin, l, later) => {
        const clock = startClock(calendar, begin, l)
        const then = plus(begin, later)
        const again = resumeClock(calendar, pauseClock(calendar, clock, then), then)
        expect(again.dueAt).toEqual(clock.dueAt)
        expect(usedAt(calendar, again, plus(then, 5))).toBe(usedAt(calendar, clock, plus(then, 5)))
      }),
    )
  })

  it('what was unused at the pause is unused at the resumption', () => {
    fc.assert(
      fc.property(instant, limit, span, span, (begin, l, later, long) => {
        const clock = startClock(calendar, begin, l)
        const [held, on] = [plus(begin, later), plus(begin, later + long)]
        const resumed = resumeClock(calendar, pauseClock(calendar, clock, held), on)
        if (held > clock.dueAt) {
          expect(resumed.dueAt).toEqual(clock.dueAt)
          return
        }
        expect(resumed.dueAt >= clock.dueAt).toBe(true)
        const before = calendar.unused(held, clock.dueAt, l.unit)
        const after = calendar.unused(on, resumed.dueAt, l.unit)
        if (l.unit.endsWith('Hour') || before > 0) expect(after).toBe(before)
        else {
          // the last day: in time, and not longer than to the next close
          expect(resumed.dueAt >= on).toBe(true)
          expect(after).toBeLessThanOrEqual(1)
        }
      }),
    )
  })

  it('used and left make up what was granted in hours, however often it was paused', () => {
    fc.assert(
      fc.property(instant, limit, fc.array(span, { maxLength: 6 }), (begin, l, steps) => {
        if (!l.unit.endsWith('Hour')) return
        let clock = startClock(calendar, begin, l)
        let now = begin
        steps.forEach((step, i) => {
          now = plus(now, step)
          clock = i % 2 === 0 ? pauseClock(calendar, clock, now) : resumeClock(calendar, clock, now)
        })
        const left = clockRemaining(calendar, clock, now)
        if (!left.overdue) expect(usedAt(calendar, clock, now) + left.millis).toBe(Math.round(l.value * HOUR_MS))
      }),
    )
  })

  it('extending by parts is extending at once', () => {
    fc.assert(
      fc.property(
        instant,
        limit,
        fc.integer({ min: 1, max: 20 }),
        fc.integer({ min: 1, max: 20 }),
        (begin, l, a, b) => {
          const clock = startClock(calendar, begin, l)
          const parts = extendClock(calendar, extendClock(calendar, clock, { ...l, value: a }), { ...l, value: b })
          expect(parts.dueAt).toEqual(extendClock(calendar, clock, { ...l, value: a + b }).dueAt)
          expect(parts.dueAt).toEqual(startClock(calendar, begin, { ...l, value: l.value + a + b }).dueAt)
        },
      ),
    )
  })

  it('survives JSON', () => {
    fc.assert(
      fc.property(instant, limit, span, (begin, l, later) => {
        const clock = pauseClock(calendar, startClock(calendar, begin, l), plus(begin, later))
        expect(clockFromJson(JSON.parse(JSON.stringify(clock)) as ClockJson)).toEqual(clock)
      }),
    )
  })

  it('recomputing under the same calendar changes nothing', () => {
    fc.assert(
      fc.property(instant, limit, span, span, (begin, l, later, long) => {
        const clock = resumeClock(
          calendar,
          pauseClock(calendar, startClock(calendar, begin, l), plus(begin, later)),
          plus(begin, later + long),
        )
        expect(recomputeClock(calendar, clock)).toBe(clock)
      }),
    )
  })
})
