import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createLog, newTraceId, traceIdOf } from '#platform/logs/log.ts'

function capture(options: Parameters<typeof createLog>[0] = {}) {
  const lines: string[] = []
  const log = createLog({ level: 'trace', ...options, destination: { write: (line) => void lines.push(line) } })
  return { log, text: () => lines.join(''), last: () => JSON.parse(lines.at(-1) ?? 'null') }
}

const PHONE = '13812345678'
const CITIZEN = '32099919800101123X'

describe('what is written', () => {
  it('carries level, time, message and the trace id of the child', () => {
    const { log, last } = capture()
    const traceId = newTraceId()
    log.child({ traceId }).info({ caseId: 42 }, 'case %s closed', 'A-1')
    expect(last()).toMatchObject({ level: 'info', traceId, caseId: 42, msg: 'case A-1 closed' })
    expect(Date.parse(last().time)).not.toBeNaN()
  })

  it('keeps the type, code, place and cause of an error, without the values a database error quotes', () => {
    const { log, last } = capture()
    const failure = Object.assign(new Error('duplicate key'), { code: '23505', detail: 'Key (name)=(王小明) exists' })
    log.error(new Error('saving failed', { cause: failure }))
    expect(last()).toMatchObject({ level: 'error', msg: 'saving failed', err: { cause: { code: '23505' } } })
    expect(last().err.stack).toContain('log.test.ts')
    expect(JSON.stringify(last())).not.toContain('王小明')
  })

  it('reads well on a terminal', () => {
    const { log, text } = capture({ format: 'plain' })
    log.warn({ port: 8080 }, '端口被占用')
    expect(text()).toMatch(/^\d\d:\d\d:\d\d WARN 端口被占用 port=8080\n$/)
  })
})

describe('what is not written', () => {
  it.each([
    ['plain', PHONE],
    ['inside Chinese text', `来电人${PHONE}称楼道堆物`],
    ['country code', `+86${PHONE}`],
    ['country code without plus', `86${PHONE}`],
    ['spaced', '138 1234 5678'],
    ['hyphens', '138-1234-5678'],
  ])('a phone number: %s', (_name, text) => {
    const { log, text: out } = capture()
    log.info(text)
    log.info({ note: text }, 'x')
    log.info('%s', text)
    log.info({ list: [{ deep: { text } }] })
    log.child({ text }).info('y')
    log.error(new Error(text))
    expect(out().replace(/[- ]/g, '')).not.toMatch(/1381234/)
    expect(out()).toContain('138****5678')
  })

  it('a phone number given as a number or as a key, and the line stays JSON', () => {
    const { log, last } = capture()
    log.info({ tel: 13812345678, big: 13812345678n, [PHONE]: 1 }, 'n %d', 13812345678)
    expect(last()).toMatchObject({ tel: '138****5678', big: '138****5678', '138****5678': 1 })
    expect(JSON.stringify(last())).not.toContain('1234')
  })

  it('a citizen number', () => {
    const { log, text } = capture()
    log.info({ person: { id: CITIZEN } }, `身份证 ${CITIZEN}`)
    expect(text()).not.toContain('19800101')
    expect(text()).toContain('320999***')
  })

  it('passwords, cookies and credentials, by key', () => {
    const { log, last } = capture()
    log.info({
      password: 'geheim',
      req: {
        headers: {
          authorization: 'Bearer geheim',
          cookie: 'a=geheim',
          'set-cookie': ['geheim'],
          'x-csrf-token': 'geheim',
        },
      },
      body: { new_password: 'geheim', phone: '0512-66660000', idNumber: 1 },
      ok: 'seen',
    })
    expect(JSON.stringify(last())).not.toMatch(/geheim|0512/)
    expect(last().ok).toBe('seen')
  })

  it.each([
    'password=geheim',
    'password: geheim',
    '口令：geheim',
    '密码是geheim',
    'Authorization: Bearer geheim123',
    'Cookie: sid=geheim',
    'postgres://yiti:geheim@localhost/yiti',
    'https://x/?token=geheim&a=1',
  ])('a credential inside a text: %s', (message) => {
    const { log, text } = capture()
    log.warn(message)
    log.warn({ message })
    expect(text()).not.toContain('geheim')
  })

  it('any phone number in any surroundings', () => {
    const phone = fc
      .tuple(fc.integer({ min: 3, max: 9 }), fc.integer({ min: 0, max: 999_999_999 }))
      .map(([second, rest]) => `1${second}${String(rest).padStart(9, '0')}`)
    const around = fc.string({ unit: 'grapheme' }).filter((text) => !/\d/.test(text.normalize('NFKC')))
    fc.assert(
      fc.property(phone, around, around, (number, before, after) => {
        const { log, text, last } = capture()
        log.info({ note: before + number + after }, '%s', before + number + after)
        expect(last()).toBeTruthy()
        expect(text()).not.toContain(number)
      }),
    )
  })
})

describe('what stays', () => {
  it('numbers that are no phone numbers: times, case numbers, amounts', () => {
    const { log, last } = capture()
    const kept = { at: 1763959000000, caseNo: 'WZ-20260930-000123', cents: 12345678901, hotline: '12345' }
    log.info(kept)
    expect(last()).toMatchObject(kept)
  })

  it('the object that was logged, unchanged', () => {
    const { log } = capture()
    const value: Record<string, unknown> = { password: 'x', at: new Date(0) }
    value.self = value
    log.info(value, 'cycle')
    expect(value.password).toBe('x')
  })
})

describe('traceIdOf', () => {
  it('reads a W3C header and refuses anything else', () => {
    expect(traceIdOf('00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01')).toBe(
      '4bf92f3577b34da6a3ce929d0e0e4736',
    )
    for (const bad of [undefined, '', 'x', `00-${'0'.repeat(32)}-00f067aa0ba902b7-01`])
      expect(traceIdOf(bad)).toBeUndefined()
  })
})
