import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Limit, WorkCalendar } from '#platform/calendar/work-calendar.ts'
import { MODE_CLOCKS, type ModeRule, rulesFor, underRules } from './mode.ts'

const calendar = new WorkCalendar({
  revision: 1,
  timeZone: 'Asia/Shanghai',
  utcOffsetMinutes: 480,
  officeHours: [
    { from: '09:00', to: '12:00' },
    { from: '13:30', to: '17:30' },
  ],
  days: {},
  announcedYears: [2026],
})
const now = calendar.instant('2026-07-06', '09:00')
const NORMAL = {
  verify: { value: 4, unit: 'workHour' },
  sign: { value: 2, unit: 'workHour' },
  handle: { value: 5, unit: 'workday' },
  inspect: { value: 1, unit: 'workday' },
  reply: { value: 2, unit: 'workday' },
} satisfies Record<string, Limit>

const anyLimit: fc.Arbitrary<Limit> = fc.record({
  value: fc.integer({ min: 1, max: 10 }),
  unit: fc.constantFrom('workHour', 'urgentHour', 'workday', 'day'),
})
const anyRule: fc.Arbitrary<ModeRule> = fc.record({
  modeId: fc.integer({ min: 1, max: 3 }),
  classPrefix: fc.constantFrom('E01', 'E0103', 'E02', 'C01'),
  limits: fc.dictionary(fc.constantFrom(...MODE_CLOCKS), anyLimit),
  severity: fc.option(fc.integer({ min: 1, max: 4 })),
})

describe('limits in a mode', () => {
  it('the class itself speaks before its group, once for each mode', () => {
    const rule = (modeId: number, classPrefix: string): ModeRule => ({
      modeId,
      classPrefix,
      limits: {},
      severity: null,
    })
    const found = rulesFor([rule(1, 'E01'), rule(1, 'E0103'), rule(2, 'E01'), rule(2, 'E02')], 'E0103')
    expect(found.map((one) => `${one.modeId} ${one.classPrefix}`)).toEqual(['1 E0103', '2 E01'])
  })

  it('no rule, no change; clocks that no rule names keep the class’s limit', () =>
    fc.assert(
      fc.property(fc.array(anyRule, { maxLength: 6 }), (rules) => {
        const fitting = rulesFor(rules, 'E0103')
        const { limits, severity } = underRules(calendar, now, { limits: NORMAL, severity: 3 }, fitting)
        for (const clock of MODE_CLOCKS) {
          const named = fitting.flatMap((rule) => rule.limits[clock] ?? [])
          if (named.length === 0) expect(limits[clock]).toEqual(NORMAL[clock])
          else {
            const due = calendar.deadline(now, limits[clock]).at.getTime()
            expect(named).toContainEqual(limits[clock])
            for (const other of named) expect(due).toBeLessThanOrEqual(calendar.deadline(now, other).at.getTime())
          }
        }
        expect(severity).toBeLessThanOrEqual(3)
      }),
    ))

  it('on and off again gives what was before: the class’s limits are never written to', () =>
    fc.assert(
      fc.property(fc.array(anyRule, { minLength: 1, maxLength: 6 }), (rules) => {
        const before = structuredClone(NORMAL)
        underRules(calendar, now, { limits: NORMAL, severity: 3 }, rulesFor(rules, 'E0103'))
        expect(NORMAL).toEqual(before)
        expect(underRules(calendar, now, { limits: NORMAL, severity: 3 }, []).limits).toEqual(before)
      }),
    ))

  it('severity only grows graver', () => {
    const at = (severity: number | null, rule: number | null) =>
      underRules(calendar, now, { limits: {}, severity }, [{ limits: {}, severity: rule }]).severity
    expect([at(3, 2), at(2, 3), at(0, 2), at(4, null), at(null, null)]).toEqual([2, 2, 2, 4, null])
  })
})
