/** What stands in the place of a secret. */
const HIDDEN = '***'

/** Keys whose value is never written, whatever it is. Compared in lower case without `-` and `_`. */
const SECRET_KEYS = new Set([
  'password',
  'passwd',
  'pwd',
  'newpassword',
  'oldpassword',
  'passphrase',
  'secret',
  'clientsecret',
  'totp',
  'totpsecret',
  'otp',
  'token',
  'accesstoken',
  'refreshtoken',
  'sessionid',
  'csrf',
  'csrftoken',
  'apikey',
  'privatekey',
  'masterkey',
  'authorization',
  'proxyauthorization',
  'cookie',
  'cookies',
  'setcookie',
  'xcsrftoken',
  'databaseurl',
  'phone',
  'mobile',
  'telephone',
  'idnumber',
  'idcard',
])

/** What people put between the digits of one number; about what the search index takes for one. */
const GAP = '[\\s\\-‐-―−－()（）[\\]._．·•]{0,3}'
const OCTET = '(?:25[0-5]|2[0-4]\\d|1?\\d?\\d)'
/** Four bytes in dots are an address in the network, not a telephone. */
const NO_ADDRESS = `(?!${OCTET}(?:\\.${OCTET}){3}(?![\\d.]))`
/** Neither inside a longer number nor behind its decimal point. */
const ALONE = '(?<!\\d)(?<!\\d\\.)'
/** 13.812 is a measure; nobody writes a telephone so. */
const NO_MEASURE = '(?!\\d{1,2}\\.\\d)'
const ABROAD = `(?:(?:[+＋]|00)?86${GAP})?`

/** Mainland mobile numbers, however grouped, with or without 86. */
const MOBILE = new RegExp(`${ALONE}${ABROAD}${NO_ADDRESS}${NO_MEASURE}1${GAP}[3-9](?:${GAP}\\d){9}(?!\\d)`, 'g')
/** Landlines with their area code: 010 and 02x with eight digits, 03xx to 09xx with seven or eight. */
const LANDLINE = new RegExp(
  `${ALONE}${ABROAD}0(?:(?:10|2\\d)${GAP}[2-9](?:${GAP}\\d){7}|[3-9]\\d{2}${GAP}[2-9](?:${GAP}\\d){6,7})(?!\\d)`,
  'g',
)
/** Seven or eight digits that are said to be a telephone. */
const LOCAL = new RegExp(`(?<=(?:电话|座机|联系方式|号码)[^\\d\\n]{0,4})[2-9](?:${GAP}\\d){6,7}(?!\\d)`, 'g')
/** Spelt in characters: 一八三五七九〇二四六四, 幺三八… */
const SPELT =
  /(?<![〇零一幺二两三四五六七八九])[一幺][三四五六七八九][〇零一幺二两三四五六七八九]{9}(?![〇零一幺二两三四五六七八九])/g
/** 18-digit citizen numbers; the check digit is not tested, a mistyped one identifies a person as well. */
const CITIZEN = new RegExp(
  `(?<!\\d)[1-9]\\d{5}${GAP}(?:18|19|20)\\d{2}${GAP}(?:0[1-9]|1[0-2])${GAP}(?:0[1-9]|[12]\\d|3[01])${GAP}\\d{3}${GAP}[\\dXx](?![\\dXx])`,
  'g',
)
/** Bank cards: UnionPay numbers of 16 to 19 digits. */
const CARD = new RegExp(`${ALONE}62(?:${GAP}\\d){14,17}(?!\\d)`, 'g')
/** Digits that are not plain ones, and marks that nobody sees between digits. */
const DRESSED = /(?![0-9])[\p{N}\p{M}\p{Cf}]/u

const BEARER = /\b(bearer|basic)\s+[\w.~+/=-]{6,}/gi
const URL_PASSWORD = /(\b[a-z][\w+.-]*:\/\/[^\s:/@]*:)[^\s@/]+@/gi
const ASSIGNMENT =
  /\b(pass(?:word|wd|phrase)?|pwd|secret|token|api[_-]?key|set-cookie|cookie)(\s*[=:]\s*)[^\s,;&"'\\]+/gi
const CHINESE_ASSIGNMENT = /(口令|密码)(\s*[=:：是为]\s*)[^\s,，;；。"'\\]+/g

const MAX_DEPTH = 8

/** Hides mobile numbers, citizen numbers, passwords, cookies and credentials inside a text. */
export function redactText(text: string): string {
  return redactNumbers(text)
    .replace(URL_PASSWORD, `$1${HIDDEN}@`)
    .replace(BEARER, `$1 ${HIDDEN}`)
    .replace(ASSIGNMENT, `$1$2${HIDDEN}`)
    .replace(CHINESE_ASSIGNMENT, `$1$2${HIDDEN}`)
}

/**
 * Masks what identifies a person by a number: mobile and landline numbers, citizen and bank card numbers, also in full-width
 * or spelt digits and however they are grouped. Everything else stays as written, letter by letter.
 * @param options.landlines `false` leaves landlines: where an office tells the number at which it is reached
 */
export function maskNumbers(text: string, options: { landlines?: boolean } = {}): string {
  const written = text.replace(SPELT, (number) => `${number.slice(0, 3)}****${number.slice(-4)}`)
  const { plain, spans } = DRESSED.test(written) ? undressed(written) : { plain: written, spans: undefined }
  const found = numbersIn(plain, options.landlines !== false)
  if (found.length === 0) return written
  let result = ''
  let taken = 0
  for (const { start, end, mask } of found) {
    const from = spans?.[start]?.[0] ?? start
    if (from < taken) continue
    result += written.slice(taken, from) + mask
    taken = spans ? (spans[end]?.[0] ?? written.length) : end
  }
  return result + written.slice(taken)
}

function redactNumbers(text: string): string {
  return maskNumbers(text)
}

/**
 * The text with plain digits and without invisible marks, and where each of its characters stood: only what is masked is
 * replaced, since the punctuation of a Chinese text would not survive a normalisation.
 */
function undressed(text: string): { plain: string; spans: [number, number][] } {
  let plain = ''
  const spans: [number, number][] = []
  let at = 0
  for (const character of text) {
    const end = at + character.length
    if (!/[\p{M}\p{Cf}]/u.test(character))
      for (const unit of character.normalize('NFKC').split('')) {
        plain += unit
        spans.push([at, end])
      }
    at = end
  }
  return { plain, spans }
}

interface FoundNumber {
  start: number
  end: number
  mask: string
}

/** Personal numbers of a plain text in order; where two kinds fit, the longer kind counts. */
function numbersIn(plain: string, landlines: boolean): FoundNumber[] {
  const found: FoundNumber[] = []
  const look = (pattern: RegExp, masked: (digits: string) => string) => {
    for (const { 0: number, index: start } of plain.matchAll(pattern)) {
      const end = start + number.length
      if (!found.some((other) => start < other.end && other.start < end))
        found.push({ start, end, mask: masked(number.replace(/\D/g, '')) })
    }
  }
  const ends = (digits: string) => `${digits.slice(0, 3)}****${digits.slice(-4)}`
  look(CITIZEN, (digits) => `${digits.slice(0, 6)}${HIDDEN}`)
  look(CARD, ends)
  look(MOBILE, (digits) => ends(digits.slice(-11)))
  if (landlines) {
    look(LANDLINE, ends)
    look(LOCAL, () => HIDDEN)
  }
  return found.sort((a, b) => a.start - b.start)
}

/**
 * A copy of `value` fit for a log: values of secret keys are gone, texts and numbers are cleaned, at any depth.
 * The value itself is left alone. Cycles and everything deeper than eight levels become a mark.
 */
export function redactValue(value: unknown): unknown {
  return copy(value, 0, new Set())
}

function copy(value: unknown, depth: number, above: Set<object>): unknown {
  if (typeof value === 'string') return redactText(value)
  if (typeof value === 'number' || typeof value === 'bigint') {
    const text = String(value)
    const clean = Number.isInteger(value) || typeof value === 'bigint' ? redactNumbers(text) : text
    return clean === text ? value : clean
  }
  if (typeof value !== 'object' || value === null) return value
  if (value instanceof Date) return value
  if (ArrayBuffer.isView(value) || value instanceof ArrayBuffer) return `[${value.byteLength} bytes]`
  if (above.has(value)) return '[circular]'
  if (depth >= MAX_DEPTH) return '[deep]'
  above.add(value)
  let result: unknown
  if (value instanceof Error) result = copyError(value, depth, above)
  else if (Array.isArray(value)) result = value.map((item) => copy(item, depth + 1, above))
  else if (value instanceof Set) result = [...value].map((item) => copy(item, depth + 1, above))
  else if (value instanceof Map) result = copyEntries(value, depth, above)
  else result = copyEntries(Object.entries(value), depth, above)
  above.delete(value)
  return result
}

function copyEntries(entries: Iterable<[unknown, unknown]>, depth: number, above: Set<object>) {
  const result: Record<string, unknown> = {}
  for (const [key, item] of entries) {
    const name = redactNumbers(String(key))
    const secret = SECRET_KEYS.has(name.toLowerCase().replace(/[-_]/g, '')) && item !== undefined && item !== null
    result[name] = secret ? HIDDEN : copy(item, depth + 1, above)
  }
  return result
}

/**
 * Errors keep their name, code and place. `detail`, `where` and `hint` of a database error quote the row's values,
 * so they are left out.
 */
function copyError(error: Error, depth: number, above: Set<object>) {
  const { code, status, cause, constraint, table, schema, column } = error as Error & Record<string, unknown>
  const result: Record<string, unknown> = { type: error.name, message: redactText(error.message) }
  const extra = { code, status, constraint, table, schema, column }
  for (const [key, item] of Object.entries(extra)) if (item !== undefined) result[key] = copy(item, depth + 1, above)
  if (error.stack) result.stack = redactText(error.stack)
  if (cause !== undefined) result.cause = copy(cause, depth + 1, above)
  if (error instanceof AggregateError) result.errors = error.errors.map((item) => copy(item, depth + 1, above))
  return result
}
