import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import * as contract from '../contract.ts'
import { cleanPhone, phoneProblem } from './phone-check.ts'

const accepted = new RegExp(
  (contract.reportPublicly.input.properties.reporterPhone as unknown as { pattern: string }).pattern,
)

describe('a phone number', () => {
  it('may be left out', () => {
    expect(phoneProblem('')).toBeUndefined()
    expect(phoneProblem('   ')).toBeUndefined()
  })

  it('is taken as people write it', () => {
    expect(cleanPhone('199 0000 5007')).toBe('19900005007')
    expect(cleanPhone('１９９００００５００７')).toBe('19900005007')
    expect(cleanPhone('199-0000-5007')).toBe('19900005007')
    expect(cleanPhone('+86 19900005007')).toBe('+8619900005007')
    expect(cleanPhone('(0512) 6625—1234')).toBe('05126625-1234')
    for (const typed of ['199 0000 5007', '199-0000-5007', '+86-19900005007', '0512-66251234', '051266251234'])
      expect(phoneProblem(typed)).toBeUndefined()
  })

  it('says what is wrong', () => {
    expect(phoneProblem('1990000500')).toBe('short')
    expect(phoneProblem('199000050071')).toBe('long')
    expect(phoneProblem('12345')).toBe('unknown')
    expect(phoneProblem('不方便')).toBe('unknown')
  })

  it('never passes here and fails at the server', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(...'0123456789１９+- ()'), maxLength: 16 }), (typed) => {
        const phone = cleanPhone(typed)
        if (phone && phoneProblem(typed) === undefined) expect(phone).toMatch(accepted)
      }),
    )
  })
})
