// biome-ignore-all lint/suspicious/noTemplateCurlyInString: so are references to secrets written
import { readFileSync } from 'node:fs'
import path from 'node:path'
import { type Static, type TObject, type TProperties, Type } from 'typebox'
import { Value } from 'typebox/value'

export type Channel = 'sms' | 'email' | 'webhook'

const closed = <P extends TProperties>(properties: P): TObject<P> =>
  Type.Object(properties, { additionalProperties: false })

const Url = Type.String({ pattern: '^https?://[^\\s/?#@]+([/?#]\\S*)?$', maxLength: 500 })
const Timeout = Type.Optional(Type.Integer({ minimum: 1, maximum: 60 }))
const Texts = Type.Optional(Type.Record(Type.String(), Type.String({ minLength: 1, maxLength: 500 })))

/** A provider of text messages with an HTTP interface of its own; the body is a template, see `platform/notify/http-sms.ts`. */
const SmsShape = closed({
  url: Url,
  headers: Type.Optional(Type.Record(Type.String({ pattern: '^[A-Za-z0-9-]{1,60}$' }), Type.String({ minLength: 1 }))),
  body: Type.Union([Type.Record(Type.String(), Type.Unknown()), Type.Array(Type.Unknown())]),
  /** Many providers answer 200 to what they refuse: where in the answer it says so, and which values mean yes. */
  accepts: Type.Optional(
    closed({
      path: Type.String({ minLength: 1, maxLength: 100 }),
      is: Type.Array(Type.Union([Type.String(), Type.Number(), Type.Boolean()]), { minItems: 1 }),
    }),
  ),
  /** The provider's template by kind of message. */
  templates: Texts,
  /** Wording by kind of message, where the shipped one is not wanted. */
  texts: Texts,
  timeoutSeconds: Timeout,
})

const EmailShape = closed({
  host: Type.String({ pattern: '^[0-9A-Za-z.:-]{1,253}$' }),
  port: Type.Optional(Type.Integer({ minimum: 1, maximum: 65_535 })),
  /** `starttls` (usual, port 587), `tls` (port 465), or `none` for a relay that asks for no log-in. */
  security: Type.Union([Type.Literal('starttls'), Type.Literal('tls'), Type.Literal('none')]),
  /** Certificate authority of the relay (PEM file), where it is not a public one. */
  caFile: Type.Optional(Type.String({ minLength: 1 })),
  user: Type.Optional(Type.String({ minLength: 1, maxLength: 200 })),
  password: Type.Optional(Type.String({ minLength: 1 })),
  from: Type.String({ minLength: 3, maxLength: 200 }),
  subjects: Texts,
  texts: Texts,
  timeoutSeconds: Timeout,
})

const WebhookShape = closed({
  url: Url,
  /** Key of the signature; at least 24 characters. */
  secret: Type.String({ minLength: 24 }),
  timeoutSeconds: Timeout,
})

const SHAPES = { sms: SmsShape, email: EmailShape, webhook: WebhookShape }
const CHANNELS = Object.keys(SHAPES) as Channel[]

export type SmsSettings = Static<typeof SmsShape>
export type EmailSettings = Static<typeof EmailShape>
export type WebhookSettings = Static<typeof WebhookShape>

interface Channels {
  sms?: SmsSettings | null
  email?: EmailSettings | null
  webhook?: WebhookSettings | null
}

/**
 * Through which providers messages leave the platform, for all counties and county by county. Secrets stand in private
 * fields: neither a log nor an inspection of the configuration shows them.
 */
export class DeliverySettings {
  readonly #all: Channels
  readonly #counties: ReadonlyMap<string, Channels>

  constructor(all: Channels = {}, counties: ReadonlyMap<string, Channels> = new Map()) {
    this.#all = all
    this.#counties = counties
  }

  /** The provider of a county's channel, or undefined where none is set up. */
  channel<C extends Channel>(county: string, channel: C): NonNullable<Channels[C]> | undefined {
    const own = this.#counties.get(county)?.[channel]
    // `null` turns a channel off for a county that all others have.
    return (own === undefined ? this.#all[channel] : own) ?? undefined
  }
}

type Problem = { zh: string; en: string }

/** Values that are secrets: they are given by reference only, so that the file can be shown, copied and kept in a repository. */
const SECRET_NAME = /^(password|secret)$|authori[sz]ation|token$|api-?key|app-?(key|secret)/i
const REFERENCE = /\$\{(env|file):([^}]*)\}/g

/**
 * Reads the file that `YITI_DELIVERY` names. `${env:NAME}` stands for an environment variable, `${file:PATH}` for the text of a
 * file (a mounted secret). Every problem found is named by where it stands; no value is repeated.
 */
export function readDelivery(
  file: string,
  env: Record<string, string | undefined>,
): { settings: DeliverySettings; problems: Problem[]; used: string[] } {
  const problems: Problem[] = []
  const used: string[] = []
  const bad = (at: string, zh: string, en: string) =>
    problems.push({ zh: `YITI_DELIVERY：${at} ${zh}。`, en: `YITI_DELIVERY: ${at} ${en}.` })
  const none = { settings: new DeliverySettings(), problems, used }

  let raw: unknown
  try {
    raw = JSON.parse(readFileSync(file, 'utf8'))
  } catch (error) {
    if (error instanceof SyntaxError) bad(file, '不是合格的 JSON', 'is not valid JSON')
    else bad(file, '读不出来', 'cannot be read')
    return none
  }
  if (!isRecord(raw) || Object.keys(raw).some((key) => key !== 'all' && key !== 'counties')) {
    bad(file, '只能有 all 和 counties 两项', 'may hold `all` and `counties` only')
    return none
  }

  const resolve = (value: unknown, at: string, secret: boolean): unknown => {
    if (Array.isArray(value)) return value.map((item, index) => resolve(item, `${at}[${index}]`, secret))
    if (isRecord(value))
      return Object.fromEntries(
        Object.entries(value).map(([key, item]) => [key, resolve(item, `${at}.${key}`, SECRET_NAME.test(key))]),
      )
    if (typeof value !== 'string') return value
    if (secret && value.replaceAll(REFERENCE, '') === value && !/^\{[\w.]+\}$/.test(value)) {
      bad(at, '是密钥，请写成 ${env:变量名} 或 ${file:文件}', 'is a secret: write ${env:NAME} or ${file:PATH}')
      return value
    }
    return value.replaceAll(REFERENCE, (_whole, kind: string, name: string) => {
      if (kind === 'env') {
        used.push(name)
        const found = env[name]?.trim()
        if (found) return found
        bad(at, `用到的环境变量 ${name} 没有设`, `needs the environment variable ${name}, which is not set`)
        return ''
      }
      try {
        const text = readFileSync(path.resolve(path.dirname(file), name), 'utf8').trim()
        if (text) return text
      } catch {
        // Said below.
      }
      bad(at, `用到的文件 ${name} 读不出来或是空的`, `needs the file ${name}, which is empty or cannot be read`)
      return ''
    })
  }

  const channelsOf = (given: unknown, at: string): Channels => {
    if (given === undefined) return {}
    if (!isRecord(given)) {
      bad(at, '应为对象', 'must be an object')
      return {}
    }
    const found: Record<string, unknown> = {}
    for (const [name, value] of Object.entries(given)) {
      const where = `${at}.${name}`
      if (!CHANNELS.includes(name as Channel))
        bad(where, '不是通道（sms、email、webhook）', 'is no channel (sms, email, webhook)')
      else if (value === null) found[name] = null
      else {
        const before = problems.length
        const resolved = resolve(value, where, false)
        // What lacks its secret is not judged further: the length of nothing is no second problem.
        if (problems.length > before) continue
        const shape = SHAPES[name as Channel]
        for (const error of Value.Errors(shape, resolved).slice(0, 3))
          bad(`${where}${error.instancePath.replaceAll('/', '.')}`, '的值不对', `is not right (${error.keyword})`)
        if (problems.length === before) {
          check(name as Channel, resolved as Record<string, unknown>, where)
          found[name] = resolved
        }
      }
    }
    return found as Channels
  }

  const check = (channel: Channel, value: Record<string, unknown>, at: string) => {
    if (typeof value.url === 'string' && !isProtected(value.url))
      bad(`${at}.url`, '应为 https 地址（本机除外）', 'must be https (except on this machine)')
    if (channel !== 'email') return
    if ((value.user === undefined) !== (value.password === undefined))
      bad(at, 'user 和 password 须同时给出', 'needs user and password together')
    if (value.security === 'none' && value.user !== undefined)
      bad(at, '不加密的连接不能登录', 'cannot log in over an unprotected connection')
    if (typeof value.caFile === 'string') value.caFile = path.resolve(path.dirname(file), value.caFile)
  }

  const all = channelsOf(raw.all, 'all')
  const counties = new Map<string, Channels>()
  if (raw.counties !== undefined && !isRecord(raw.counties)) bad('counties', '应为对象', 'must be an object')
  else
    for (const [slug, given] of Object.entries(raw.counties ?? {}))
      counties.set(slug, channelsOf(given, `counties.${slug}`))
  return { settings: new DeliverySettings(all, counties), problems, used }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** Telephone numbers do not travel over an open line; a relay on the same machine is none. */
function isProtected(url: string): boolean {
  try {
    const { protocol, hostname } = new URL(url)
    return protocol === 'https:' || ['localhost', '127.0.0.1', '[::1]'].includes(hostname)
  } catch {
    return false
  }
}
