/** A phone number as typed, ready to send: full-width digits, spaces and brackets fall away. */
export function cleanPhone(typed: string): string {
  return typed
    .normalize('NFKC')
    .replace(/[\s()（）.·]/g, '')
    .replace(/[—–－]/g, '-')
    .replace(/^(\+?86)?-?(1[3-9])/, '$1$2')
    .replace(/^((?:\+?86)?1[3-9]\d)-?(\d{4})-?(\d{4})$/, '$1$2$3')
}

const MOBILE = /^(\+?86)?1[3-9][0-9]{9}$/
const LANDLINE = /^0[0-9]{2,3}-?[0-9]{7,8}$/

/** What is wrong with a number, as a wording key; undefined when it can be sent. Empty is fine: a number is optional. */
export function phoneProblem(typed: string): 'short' | 'long' | 'unknown' | undefined {
  const phone = cleanPhone(typed)
  if (!phone || MOBILE.test(phone) || LANDLINE.test(phone)) return undefined
  if (/^1[3-9]\d*$/.test(phone)) return phone.length < 11 ? 'short' : 'long'
  return 'unknown'
}
