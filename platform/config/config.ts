import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { type Static, type TSchema, Type } from 'typebox'
import { Value } from 'typebox/value'
import { DeliverySettings, readDelivery } from '#platform/config/delivery-settings.ts'

/** Folder of this installation: where package.json stands. */
export const repositoryRoot = path.resolve(fileURLToPath(new URL('../..', import.meta.url)))

const LOOPBACK = new Set(['127.0.0.1', '::1', 'localhost'])

interface Setting<S extends TSchema> {
  /** Environment variable. */
  env: string
  schema: S
  /** Raw text when the variable is unset or empty; undefined = the setting may be absent. */
  initial?: string
  /** What a right value looks like, for the person who has to mend it. */
  zh: string
  en: string
  /** Never repeated in a message. */
  secret?: boolean
}

const setting = <S extends TSchema>(value: Setting<S>): Setting<S> => value

const optional = <S extends TSchema>(schema: S) => Type.Union([schema, Type.Undefined()])

const settings = {
  port: setting({
    env: 'PORT',
    schema: Type.Integer({ minimum: 0, maximum: 65_535 }),
    initial: '8080',
    zh: '0–65535 的整数（0 表示任选空闲端口）',
    en: 'an integer from 0 to 65535 (0 = any free port)',
  }),
  host: setting({
    env: 'YITI_HOST',
    schema: Type.String({ minLength: 1, pattern: '^[0-9A-Za-z.:-]+$' }),
    initial: '127.0.0.1',
    zh: '要监听的地址，例如 127.0.0.1 或 0.0.0.0',
    en: 'an address to listen on, e.g. 127.0.0.1 or 0.0.0.0',
  }),
  publicUrl: setting({
    env: 'YITI_PUBLIC_URL',
    schema: optional(Type.String({ pattern: '^https?://[^/\\s]+(/[^\\s]*)?$' })),
    zh: '居民访问本平台的网址，例如 https://yiti.example.gov.cn',
    en: 'the address under which people reach this platform, e.g. https://yiti.example.gov.cn',
  }),
  varDir: setting({
    env: 'YITI_VAR',
    schema: Type.String({ minLength: 1 }),
    initial: 'var',
    zh: '数据目录的路径',
    en: 'the path of the data directory',
  }),
  databaseUrl: setting({
    env: 'DATABASE_URL',
    schema: optional(Type.String({ pattern: '^postgres(ql)?://\\S+$' })),
    zh: 'postgres:// 或 postgresql:// 开头的地址；不设则使用自带数据库',
    en: 'an address that begins with postgres:// or postgresql://; leave it out for the built-in database',
    secret: true,
  }),
  databasePool: setting({
    env: 'YITI_DB_POOL',
    schema: Type.Integer({ minimum: 2, maximum: 90 }),
    initial: '16',
    zh: '2–90 的整数（数据库连接数）',
    en: 'an integer from 2 to 90 (database connections)',
  }),
  databasePrepared: setting({
    env: 'YITI_DB_PREPARED',
    schema: Type.Boolean(),
    initial: 'true',
    zh: 'true 或 false（经 pgbouncer 事务池连接时用 false）',
    en: 'true or false (false behind a transaction-pooling pgbouncer)',
  }),
  demo: setting({
    env: 'YITI_DEMO',
    schema: Type.Boolean(),
    initial: 'false',
    zh: 'true 或 false（是否装入演示数据和演示账号）',
    en: 'true or false (load demo data and demo accounts)',
  }),
  workers: setting({
    env: 'YITI_WORKERS',
    schema: Type.Integer({ minimum: 0, maximum: 32 }),
    initial: '2',
    zh: '0–32 的整数（同时处理的后台任务数，0 表示本进程不处理）',
    en: 'an integer from 0 to 32 (background jobs at a time, 0 = none in this process)',
  }),
  crypto: setting({
    env: 'YITI_CRYPTO',
    schema: Type.Union([Type.Literal('standard'), Type.Literal('national')]),
    initial: 'standard',
    zh: 'standard（国际算法）或 national（国密 SM2/SM3/SM4）',
    en: 'standard, or national for SM2/SM3/SM4',
  }),
  keyDir: setting({
    env: 'YITI_KEYS',
    schema: optional(Type.String({ minLength: 1 })),
    zh: '存放密钥文件的目录；不设则为数据目录下的 keys',
    en: 'the directory of the key files; keys under the data directory when left out',
  }),
  deliveryFile: setting({
    env: 'YITI_DELIVERY',
    schema: optional(Type.String({ minLength: 1 })),
    zh: '短信、邮件、接口推送的设置文件（JSON）的路径',
    en: 'the path of the file (JSON) that sets up text messages, e-mail and webhooks',
  }),
  tlsCert: setting({
    env: 'YITI_TLS_CERT',
    schema: optional(Type.String({ minLength: 1 })),
    zh: '证书文件（PEM）的路径',
    en: 'the path of a certificate file (PEM)',
  }),
  tlsKey: setting({
    env: 'YITI_TLS_KEY',
    schema: optional(Type.String({ minLength: 1 })),
    zh: '证书私钥文件（PEM）的路径',
    en: 'the path of the private key file (PEM)',
  }),
  rateLimits: setting({
    env: 'YITI_RATE_LIMITS',
    schema: Type.Boolean(),
    initial: 'true',
    zh: 'true 或 false（公众接口的频次限制，只有压测时关）',
    en: 'true or false (limits on public routes; off only for load tests)',
  }),
  trustProxy: setting({
    env: 'YITI_TRUST_PROXY',
    schema: Type.Boolean(),
    initial: 'false',
    zh: 'true 或 false（前面有反向代理时用 true）',
    en: 'true or false (true behind a reverse proxy)',
  }),
  logLevel: setting({
    env: 'YITI_LOG_LEVEL',
    schema: Type.Union(
      (['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const).map((level) => Type.Literal(level)),
    ),
    initial: 'info',
    zh: 'fatal、error、warn、info、debug、trace、silent 之一',
    en: 'one of fatal, error, warn, info, debug, trace, silent',
  }),
  logFormat: setting({
    env: 'YITI_LOG_FORMAT',
    schema: Type.Union([Type.Literal('auto'), Type.Literal('plain'), Type.Literal('json')]),
    initial: 'auto',
    zh: 'auto（终端用 plain，其余用 json）、plain 或 json',
    en: 'auto (plain on a terminal, json elsewhere), plain or json',
  }),
}

type Settings = typeof settings
type Values = { [K in keyof Settings]: Static<Settings[K]['schema']> }

/** Everything that can be set from outside, checked once and never changed afterwards. */
export type Config = Readonly<
  Omit<Values, 'keyDir' | 'deliveryFile'> & {
    /** Absolute. */
    keyDir: string
    /** Through which providers messages go out. */
    delivery: DeliverySettings
    /** `YITI_*` variables that no setting reads, most likely misspelt: worth a warning at start. */
    unknown: readonly string[]
  }
>

/** Settings given on the command line; they win over the environment. */
export type ConfigFlags = Partial<Pick<Values, 'demo' | 'port' | 'host' | 'varDir'>>

/** All bad values at once, worded in Chinese and English for the person at the terminal. */
export class ConfigError extends Error {
  readonly problems: readonly { zh: string; en: string }[]

  constructor(problems: readonly { zh: string; en: string }[]) {
    super(`配置有误 / bad configuration\n${problems.map(({ zh, en }) => `  ${zh}\n  ${en}`).join('\n')}`)
    this.name = 'ConfigError'
    this.problems = problems
  }
}

/**
 * Reads and checks the configuration. This is the only place that looks at the environment.
 * Relative paths are taken from the installation folder. Throws `ConfigError` with every problem found.
 */
export function loadConfig(env: Record<string, string | undefined> = process.env, flags: ConfigFlags = {}): Config {
  const problems: { zh: string; en: string }[] = []
  const values: Record<string, unknown> = {}
  for (const [key, { env: name, schema, initial, zh, en, secret }] of Object.entries(settings)) {
    const raw = env[name]?.trim() || initial
    const flag = flags[key as keyof ConfigFlags]
    if (flag === undefined && raw === undefined) continue
    const value = flag ?? parse(raw as string, schema)
    if (Value.Check(schema, value)) values[key] = value
    else {
      const shown = secret ? '' : `“${flag ?? raw}”`
      problems.push({ zh: `${name} 的值${shown}不对，应为${zh}。`, en: `${name}: ${shown} is not ${en}.` })
    }
  }

  const given = values as Values
  if ((given.tlsCert === undefined) !== (given.tlsKey === undefined)) {
    problems.push({
      zh: 'YITI_TLS_CERT 和 YITI_TLS_KEY 必须同时给出。',
      en: 'YITI_TLS_CERT and YITI_TLS_KEY go together.',
    })
  }
  if (given.demo && given.host && !LOOPBACK.has(given.host)) {
    problems.push({
      zh: `演示账号的口令是公开的，开启演示时只能监听本机地址（127.0.0.1），不能是 ${given.host}。`,
      en: `demo accounts have public passwords: with the demo on, listen on 127.0.0.1 only, not on ${given.host}.`,
    })
  }
  const file = (name: string | undefined) => (name === undefined ? undefined : path.resolve(repositoryRoot, name))
  const { deliveryFile, ...rest } = given
  const delivery = deliveryFile === undefined ? undefined : readDelivery(file(deliveryFile)!, env)
  problems.push(...(delivery?.problems ?? []))
  if (problems.length > 0) throw new ConfigError(problems)

  const varDir = path.resolve(repositoryRoot, given.varDir)
  const known = new Set([...Object.values(settings).map(({ env: name }) => name), ...(delivery?.used ?? [])])
  return Object.freeze({
    ...rest,
    varDir,
    keyDir: given.keyDir === undefined ? path.join(varDir, 'keys') : path.resolve(repositoryRoot, given.keyDir),
    tlsCert: file(given.tlsCert),
    tlsKey: file(given.tlsKey),
    delivery: delivery?.settings ?? new DeliverySettings(),
    unknown: Object.freeze(Object.keys(env).filter((name) => name.startsWith('YITI_') && !known.has(name))),
  })
}

/** Text to the type of the schema; what cannot be read is left as text, and the check then names it. */
function parse(raw: string, schema: TSchema): unknown {
  const type = (schema as { type?: string }).type
  if (type === 'integer') return /^-?\d{1,15}$/.test(raw) ? Number(raw) : raw
  if (type === 'boolean') return { true: true, '1': true, false: false, '0': false }[raw.toLowerCase()] ?? raw
  return raw
}
