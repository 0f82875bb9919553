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

/** Mainland mobile numbers, with or without 86 and the usual 3-4-4 spacing. */
const MOBILE = /(?<!\d)(?:\+?86[- ]?)?(1[3-9]\d)[- ]?\d{4}[- ]?(\d{4})(?!\d)/g
/** 18-digit citizen numbers; the check digit is not tested, a mistyped one identifies a person as well. */
const CITIZEN = /(?<!\d)([1-9]\d{5})(?:18|19|20)\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])\d{3}[\dXx](?![\dXx])/g
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

function redactNumbers(text: string): string {
  return text.replace(CITIZEN, `$1${HIDDEN}`).replace(MOBILE, `$1****$2`)
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
    const clean = redactNumbers(text)
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
