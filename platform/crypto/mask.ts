/**
 * What is shown of personal data before somebody states a purpose. Enough to recognise, not enough to use.
 */

/** 13812345678 → 138****5678; other numbers keep their last four digits. */
export function maskPhone(phone: string): string {
  if (phone.length === 11) return `${phone.slice(0, 3)}****${phone.slice(7)}`
  if (phone.length <= 4) return '*'.repeat(phone.length)
  return '*'.repeat(phone.length - 4) + phone.slice(-4)
}

/** 王小明 → 王*明, 王明 → 王*. */
export function maskName(name: string): string {
  const letters = [...name]
  if (letters.length <= 1) return '*'.repeat(letters.length)
  if (letters.length === 2) return `${letters[0]}*`
  return `${letters[0]}${'*'.repeat(letters.length - 2)}${letters.at(-1)}`
}

/** Keeps the six digits of the division and the last two: 320999********1234 → 320999**********34. */
export function maskIdNumber(idNumber: string): string {
  if (idNumber.length <= 8) return '*'.repeat(idNumber.length)
  return idNumber.slice(0, 6) + '*'.repeat(idNumber.length - 8) + idNumber.slice(-2)
}
