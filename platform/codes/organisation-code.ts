/** Organisation codes (组织机构代码), GB 11714-1997: eight characters and a check character. */

const WEIGHTS = [3, 7, 9, 10, 5, 8, 4, 2] as const

/** The ninth character for the first eight. */
export function organisationCodeCheckDigit(first8: string): string {
  let sum = 0
  for (let i = 0; i < 8; i++) sum += Number.parseInt(first8[i]!, 36) * WEIGHTS[i]!
  const digit = 11 - (sum % 11)
  return digit === 10 ? 'X' : digit === 11 ? '0' : String(digit)
}

/** Nine characters, with or without the hyphen before the last. Returns the form without, or undefined. */
export function parseOrganisationCode(text: string): string | undefined {
  const code = text
    .normalize('NFKC')
    .replace(/\s/g, '')
    .toUpperCase()
    .replace(/^(.{8})-(.)$/, '$1$2')
  if (!/^[0-9A-Z]{8}[0-9X]$/.test(code)) return undefined
  return organisationCodeCheckDigit(code) === code[8] ? code : undefined
}
