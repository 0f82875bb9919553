import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { checkAppointment, isCurrent, overlaps } from '#modules/foundation/org/domain/holding.ts'
import { drawInitialPassword } from '#modules/foundation/org/domain/initial-password.ts'

const day = (n: number) => new Date(Date.UTC(2026, 8, n))
const regular = { accountId: 1, since: day(1), until: null, acting: false }
const acting = { accountId: 2, since: day(5), until: day(9), acting: true, forAccountId: 1 }

const code = (work: () => void): string => {
  try {
    work()
    return 'fine'
  } catch (error) {
    return (error as { code: string }).code
  }
}

describe('tenure', () => {
  it('counts from its first instant to before its last', () => {
    expect(isCurrent({ since: day(5), until: day(9) }, day(5))).toBe(true)
    expect(isCurrent({ since: day(5), until: day(9) }, day(9))).toBe(false)
    expect(isCurrent({ since: day(5), until: day(5) }, day(5))).toBe(false)
  })

  it('overlaps exactly where some day counts in both', () => {
    const tenure = fc
      .tuple(fc.integer({ min: 1, max: 12 }), fc.option(fc.integer({ min: 1, max: 6 })))
      .map(([from, length]) => ({ since: day(from), until: length === null ? null : day(from + length) }))
    fc.assert(
      fc.property(tenure, tenure, (a, b) => {
        const shared = Array.from({ length: 40 }, (_, n) => day(n)).some((at) => isCurrent(a, at) && isCurrent(b, at))
        expect(overlaps(a, b)).toBe(shared)
      }),
    )
  })
})

describe('appointments', () => {
  it('lets somebody act for the holder, for a stated time', () => {
    expect(code(() => checkAppointment(acting, [regular]))).toBe('fine')
    expect(code(() => checkAppointment({ ...acting, until: null }, [regular]))).toBe('org.acting_needs_end')
    expect(code(() => checkAppointment({ ...acting, forAccountId: 3 }, [regular]))).toBe('org.acting_needs_holder')
    expect(code(() => checkAppointment(acting, [{ ...regular, until: day(5) }]))).toBe('org.acting_needs_holder')
    expect(code(() => checkAppointment({ ...acting, accountId: 1 }, [regular]))).toBe('org.acting_needs_holder')
  })

  it('refuses the same person twice at once, and an end before the beginning', () => {
    const again = { ...regular, forAccountId: null, since: day(20) }
    expect(code(() => checkAppointment(again, [regular]))).toBe('org.already_holds')
    expect(code(() => checkAppointment(again, [{ ...regular, until: day(20) }]))).toBe('fine')
    expect(code(() => checkAppointment({ ...again, until: day(20) }, []))).toBe('org.until_before_since')
  })
})

describe('initial passwords', () => {
  it('are four groups without characters that are mixed up', () => {
    for (let n = 0; n < 50; n += 1) {
      const password = drawInitialPassword()
      expect(password).toMatch(/^([a-zA-Z2-9]{4}-){3}[a-zA-Z2-9]{4}$/)
      expect(password).not.toMatch(/[0O1lIio]/)
      expect(password).toMatch(/[a-z].*/)
    }
  })
})
