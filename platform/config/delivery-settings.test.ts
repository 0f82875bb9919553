// biome-ignore-all lint/suspicious/noTemplateCurlyInString: so are references to secrets written
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { inspect } from 'node:util'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type Config, ConfigError, loadConfig } from '#platform/config/config.ts'

const SMS = {
  url: 'https://sms.example/send',
  headers: { Authorization: 'Bearer ${env:SMS_TOKEN}' },
  body: { phone: '{target}', content: '{text}' },
}
const EMAIL = {
  host: 'mail.example',
  security: 'starttls',
  user: 'yiti',
  password: '${file:mail.key}',
  from: 'a@b.example',
}
const HOOK = { url: 'https://hook.example/in', secret: '${env:YITI_HOOK_SECRET}' }
const ENV = { SMS_TOKEN: 'geheim-eins', YITI_HOOK_SECRET: 'geheim-zwei-0123456789abcdef' }

let dir: string
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'yiti-delivery-'))
  writeFileSync(join(dir, 'mail.key'), 'geheim-drei\n')
})
afterEach(() => rmSync(dir, { recursive: true, force: true }))

function load(content: unknown, env: Record<string, string> = ENV): Config {
  const file = join(dir, 'delivery.json')
  writeFileSync(file, typeof content === 'string' ? content : JSON.stringify(content))
  return loadConfig({ YITI_DELIVERY: file, ...env })
}
function problemsOf(content: unknown, env?: Record<string, string>): string {
  try {
    load(content, env)
  } catch (error) {
    expect(error).toBeInstanceOf(ConfigError)
    return (error as Error).message
  }
  throw new Error('the settings were accepted')
}

describe('delivery settings', () => {
  it('are by channel for all counties, and by county where it has its own; null turns a channel off', () => {
    const own = { ...SMS, url: 'https://sms.wuzhong.example/send' }
    const { delivery } = load({ all: { sms: SMS, webhook: HOOK }, counties: { wuzhong: { sms: own, webhook: null } } })
    expect(delivery.channel('wuzhong', 'sms')?.url).toBe(own.url)
    expect(delivery.channel('sample', 'sms')?.url).toBe(SMS.url)
    expect(delivery.channel('wuzhong', 'webhook')).toBeUndefined()
    expect(delivery.channel('sample', 'webhook')?.url).toBe(HOOK.url)
    expect(delivery.channel('sample', 'email')).toBeUndefined()
    expect(loadConfig({}).delivery.channel('sample', 'sms')).toBeUndefined()
  })

  it('take secrets from the environment or a file only, and show them to nobody', () => {
    const config = load({ all: { sms: SMS, email: EMAIL, webhook: HOOK } })
    expect(config.delivery.channel('x', 'sms')?.headers?.Authorization).toBe('Bearer geheim-eins')
    expect(config.delivery.channel('x', 'email')?.password).toBe('geheim-drei')
    expect(config.unknown).toEqual([])
    for (const shown of [JSON.stringify(config), inspect(config, { depth: 9, showHidden: true })])
      expect(shown).not.toContain('geheim')

    const message = problemsOf({
      all: {
        sms: { ...SMS, headers: { 'X-Api-Key': 'offen' }, body: { appSecret: 'offen', phone: '{target}' } },
        email: { ...EMAIL, password: 'offen' },
      },
    })
    for (const at of ['all.sms.headers.X-Api-Key', 'all.sms.body.appSecret', 'all.email.password'])
      expect(message).toContain(`${at} 是密钥`)
    expect(message).not.toContain('offen')
  })

  it.each([
    ['a secret that is not there', { all: { sms: SMS } }, {}, 'SMS_TOKEN'],
    ['a file that is not there', { all: { email: { ...EMAIL, password: '${file:no.key}' } } }, ENV, 'no.key'],
    ['a misspelt channel', { all: { smss: SMS } }, ENV, 'all.smss'],
    ['a misspelt field', { all: { sms: { ...SMS, hedaers: {} } } }, ENV, 'all.sms'],
    [
      'an open line',
      { counties: { a: { sms: { ...SMS, url: 'http://sms.example/send' } } } },
      ENV,
      'counties.a.sms.url',
    ],
    ['a log-in over an open line', { all: { email: { ...EMAIL, security: 'none' } } }, ENV, 'all.email'],
    ['a short key', { all: { webhook: { ...HOOK, secret: '${env:SMS_TOKEN}' } } }, ENV, 'all.webhook.secret'],
    ['what is no JSON', '{', ENV, 'JSON'],
    ['another layout', { sms: SMS }, ENV, 'counties'],
  ])('refuse %s and say where', (_what, content, env, where) => {
    expect(problemsOf(content, env)).toContain(where)
  })

  it('may go to this machine without TLS', () => {
    expect(load({ all: { sms: { ...SMS, url: 'http://127.0.0.1:9/x' } } }).delivery.channel('a', 'sms')).toBeDefined()
  })
})
