import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  creditCodeCheckDigit,
  fictionalCreditCode,
  isCreditCode,
  parseCreditCode,
} from '#platform/codes/credit-code.ts'
import { fictionalIdNumber, idNumberCheckDigit, isIdNumber, parseIdNumber } from '#platform/codes/id-number.ts'
import { organisationCodeCheckDigit, parseOrganisationCode } from '#platform/codes/organisation-code.ts'

// Published test data of issue9/is (gb11643_test.go), sp42/aj-framework (TestIdCardService) and dromara/hutool (CreditCodeUtilTest).
const ID_NUMBERS = [
  '350303199002033073',
  '331122197905116239',
  '513330199111066159',
  '33050219880702447x',
  '33050219880702447X',
  '310230199104010311',
  '31023019910401075X',
  '310230199104012413',
]
const ID_NUMBERS_15 = ['350303900203307', '330502880702447']
const ID_NUMBERS_WRONG = ['111111111111111111', '330502198807024471', '33050288070244', '3305028807024411']
const CREDIT_CODES = ['91310110666007217T', '91350100M000100Y43', '91310115591693856A']
const CREDIT_CODES_WRONG = ['91350211M00013FA1N', '91350100M000100Y4A']

describe('identity numbers (GB 11643)', () => {
  it.each(ID_NUMBERS)('accepts %s', (number) => expect(isIdNumber(number)).toBe(true))
  it.each(ID_NUMBERS_WRONG)('refuses %s', (number) => expect(isIdNumber(number)).toBe(false))

  it('lengthens numbers of 15 digits', () => {
    expect(parseIdNumber(ID_NUMBERS_15[0]!)?.number).toBe('350303199002033073')
    expect(parseIdNumber(ID_NUMBERS_15[1]!)?.number).toBe('33050219880702447X')
  })

  it('reads division, birth date and sex, through spaces and full-width digits', () => {
    expect(parseIdNumber(' ３３１１２２ 19790511 6239')).toEqual({
      number: '331122197905116239',
      regionCode: '331122',
      birthDate: '1979-05-11',
      sex: 'male',
    })
  })

  it('refuses dates that do not exist and provinces that do not exist', () => {
    const withCheck = (first17: string) => first17 + idNumberCheckDigit(first17)
    expect(isIdNumber(withCheck('32050619900229001'))).toBe(false)
    expect(isIdNumber(withCheck('99050619900228001'))).toBe(false)
    expect(isIdNumber(withCheck('32050619900228001'))).toBe(true)
  })

  it('finds every single wrong digit and every swap of neighbours', () => {
    fc.assert(
      fc.property(
        fc.date({ min: new Date('1930-01-01'), max: new Date('2020-12-31'), noInvalidDate: true }),
        fc.integer({ min: 1, max: 999 }),
        fc.integer({ min: 0, max: 16 }),
        fc.integer({ min: 1, max: 9 }),
        (born, sequence, place, step) => {
          const number = fictionalIdNumber(born.toISOString().slice(0, 10), sequence)
          expect(parseIdNumber(number)).toMatchObject({ number, regionCode: '320999' })
          const digits = [...number]
          digits[place] = String((Number(digits[place]) + step) % 10)
          expect(isIdNumber(digits.join(''))).toBe(false)
          const swapped = [...number]
          const next = Math.min(place + 1, 16)
          ;[swapped[place], swapped[next]] = [swapped[next]!, swapped[place]!]
          if (swapped.join('') !== number) expect(isIdNumber(swapped.join(''))).toBe(false)
        },
      ),
    )
  })
})

describe('credit codes (GB 32100)', () => {
  it.each(CREDIT_CODES)('accepts %s', (code) => expect(isCreditCode(code)).toBe(true))
  it.each(CREDIT_CODES_WRONG)('refuses %s', (code) => expect(isCreditCode(code)).toBe(false))

  it('refuses letters that the standard leaves out', () => {
    for (const letter of 'IOSVZ') expect(isCreditCode(`9131011066600721${letter}T`)).toBe(false)
  })

  it('makes invented codes whose both check characters hold, and finds every single wrong character', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 999_999 }), fc.integer({ min: 8, max: 16 }), (sequence, place) => {
        const code = fictionalCreditCode(sequence)
        const parsed = parseCreditCode(code)
        expect(parsed?.regionCode).toBe('320999')
        expect(parseOrganisationCode(parsed!.organisationCode)).toBe(parsed!.organisationCode)
        const altered = [...code]
        altered[place] = altered[place] === '7' ? '8' : '7'
        expect(isCreditCode(altered.join(''))).toBe(false)
      }),
    )
    expect(creditCodeCheckDigit('91310110666007217')).toBe('T')
  })
})

describe('organisation codes (GB 11714)', () => {
  it('are the ones inside credit codes', () => {
    for (const code of CREDIT_CODES) {
      const inside = parseCreditCode(code)!.organisationCode
      expect(parseOrganisationCode(inside)).toBe(inside)
      expect(parseOrganisationCode(`${inside.slice(0, 8)}-${inside[8]}`)).toBe(inside)
    }
  })
  it('writes 10 as X and 11 as 0', () => {
    const digits = Array.from({ length: 2000 }, (_, i) => organisationCodeCheckDigit(String(i).padStart(8, '0')))
    expect(new Set(digits)).toEqual(new Set('0123456789X'))
    expect(digits[0]).toBe('0')
  })
  it('refuses a wrong check character', () => expect(parseOrganisationCode('66600721-8')).toBeUndefined())
})
