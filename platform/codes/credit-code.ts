import { FICTIONAL_REGION } from '#platform/codes/id-number.ts'
import { organisationCodeCheckDigit } from '#platform/codes/organisation-code.ts'

/** Unified social credit codes (统一社会信用代码), GB 32100-2015: 18 characters without I, O, S, V, Z. */

const ALPHABET = '0123456789ABCDEFGHJKLMNPQRTUWXY'
const WEIGHTS = [1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28] as const

export interface CreditCode {
  code: string
  /** Registering department, e.g. `9` market supervision, `1` 编办, `5` civil affairs. */
  department: string
  /** Division of the registering authority, six digits. */
  regionCode: string
  /** The organisation code (GB 11714) inside. */
  organisationCode: string
}

/** The 18th character for the first 17. */
export function creditCodeCheckDigit(first17: string): string {
  let sum = 0
  for (let i = 0; i < 17; i++) sum += ALPHABET.indexOf(first17[i]!) * WEIGHTS[i]!
  return ALPHABET[(31 - (sum % 31)) % 31]!
}

/** Returns undefined when form or check character are wrong. */
export function parseCreditCode(text: string): CreditCode | undefined {
  const code = text.normalize('NFKC').replace(/\s/g, '').toUpperCase()
  if (!/^[0-9A-HJ-NP-RTUWXY]{2}\d{6}[0-9A-HJ-NP-RTUWXY]{10}$/.test(code)) return undefined
  if (creditCodeCheckDigit(code) !== code[17]) return undefined
  return { code, department: code[0]!, regionCode: code.slice(2, 8), organisationCode: code.slice(8, 17) }
}

export function isCreditCode(text: string): boolean {
  return parseCreditCode(text) !== undefined
}

/**
 * An invented firm's code with valid check characters, in a region that does not exist.
 * @param sequence 0 … 999999
 */
export function fictionalCreditCode(sequence: number): string {
  if (!Number.isInteger(sequence) || sequence < 0 || sequence > 999_999) throw new RangeError('sequence is 0 … 999999')
  const first8 = `MA${String(sequence).padStart(6, '0')}`
  const first17 = `91${FICTIONAL_REGION}${first8}${organisationCodeCheckDigit(first8)}`
  return first17 + creditCodeCheckDigit(first17)
}
