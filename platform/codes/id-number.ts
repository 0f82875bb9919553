/** Citizen identity numbers (公民身份号码), GB 11643-1999. */

const WEIGHTS = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2] as const
const CHECK_DIGITS = '10X98765432'
/** First two digits of GB/T 2260 codes, with 81–83 for residents of Hong Kong, Macao and Taiwan. */
const PROVINCES = new Set(
  '11 12 13 14 15 21 22 23 31 32 33 34 35 36 37 41 42 43 44 45 46 50 51 52 53 54 61 62 63 64 65 71 81 82 83'.split(' '),
)
/** A county code that is assigned to nobody: numbers in it are invented. */
export const FICTIONAL_REGION = '320999'

export interface IdNumber {
  /** 18 characters, X in upper case. */
  number: string
  /** Division of first registration, six digits. */
  regionCode: string
  /** `YYYY-MM-DD`. */
  birthDate: string
  sex: 'male' | 'female'
}

/** The 18th character for the first 17 digits (ISO 7064 MOD 11-2). */
export function idNumberCheckDigit(first17: string): string {
  let sum = 0
  for (let i = 0; i < 17; i++) sum += Number(first17[i]) * WEIGHTS[i]!
  return CHECK_DIGITS[sum % 11]!
}

/**
 * Reads an identity number of 18 characters, or of 15 digits (issued before 1999, born 19xx), which is lengthened.
 * Returns undefined when form, province, birth date or check digit are wrong. Future birth dates are the caller's to judge.
 */
export function parseIdNumber(text: string): IdNumber | undefined {
  const compact = text.normalize('NFKC').replace(/\s/g, '').toUpperCase()
  let number = compact
  if (/^\d{15}$/.test(compact)) {
    const first17 = `${compact.slice(0, 6)}19${compact.slice(6)}`
    number = first17 + idNumberCheckDigit(first17)
  }
  if (!/^[1-9]\d{16}[\dX]$/.test(number)) return undefined
  if (!PROVINCES.has(number.slice(0, 2))) return undefined
  if (idNumberCheckDigit(number) !== number[17]) return undefined
  const birthDate = `${number.slice(6, 10)}-${number.slice(10, 12)}-${number.slice(12, 14)}`
  if (!isDate(birthDate)) return undefined
  return {
    number,
    regionCode: number.slice(0, 6),
    birthDate,
    sex: Number(number[16]) % 2 === 1 ? 'male' : 'female',
  }
}

export function isIdNumber(text: string): boolean {
  return parseIdNumber(text) !== undefined
}

/**
 * An invented number with a valid check digit, in a region that does not exist.
 * @param birthDate `YYYY-MM-DD`
 * @param sequence 1 … 999; odd for men, even for women
 */
export function fictionalIdNumber(birthDate: string, sequence: number): string {
  if (!isDate(birthDate)) throw new RangeError(`not a date: ${birthDate}`)
  if (!Number.isInteger(sequence) || sequence < 1 || sequence > 999) throw new RangeError('sequence is 1 … 999')
  const first17 = FICTIONAL_REGION + birthDate.replaceAll('-', '') + String(sequence).padStart(3, '0')
  return first17 + idNumberCheckDigit(first17)
}

function isDate(text: string): boolean {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text) || text < '1800') return false
  const date = new Date(`${text}T00:00:00Z`)
  return !Number.isNaN(date.getTime()) && date.toISOString().startsWith(text)
}
