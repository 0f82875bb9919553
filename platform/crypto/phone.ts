/**
 * A Chinese telephone number in the one form that tokens are made of: mobile `13812345678`, landline with area code
 * `051265251234`, service number `12345` or `4008001234`. Accepts spaces, hyphens, brackets, full-width digits, +86 and 0086.
 * Returns undefined for what cannot be a number.
 */
export function normalisePhone(text: string): string | undefined {
  let digits = text.normalize('NFKC').replace(/[\s\-‐-―−()]/g, '')
  const abroad = /^(?:\+86|0086|86(?=1[3-9]\d{9}$))/.exec(digits)
  if (abroad) {
    digits = digits.slice(abroad[0].length)
    // From abroad the 0 of an area code is left out.
    if (/^(?:10\d{8}|2\d{9}|[3-9]\d{9,10})$/.test(digits) && !/^[48]00/.test(digits)) digits = `0${digits}`
  }
  if (/^1[3-9]\d{9}$/.test(digits)) return digits
  // Area codes: 010 and 02x with eight digits, 03xx … 09xx with seven or eight.
  if (/^0(?:10|2\d)[2-9]\d{7}$/.test(digits) || /^0[3-9]\d{2}[2-9]\d{6,7}$/.test(digits)) return digits
  // 400 and 800 numbers; 110, 119, 120; 12345, 10086; 95598.
  if (/^[48]00\d{7}$/.test(digits) || /^1[12]\d$/.test(digits) || /^(?:1\d{4}|9\d{4,5})$/.test(digits)) return digits
  return undefined
}
