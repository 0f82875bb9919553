import fc from 'fast-check'
import { afterEach, describe, expect, it } from 'vitest'
import type { DeliveryError } from '#platform/notify/delivery.ts'
import { composeMail, mailSender } from '#platform/notify/mail.ts'
import { type SmtpServer, sendMail, stuffed } from '#platform/notify/smtp.ts'
import { CERTIFICATE, type RelayOptions, TestRelay } from '#platform/testing/smtp-relay.ts'

const MESSAGE = 'Subject: x\r\n\r\nfirst\r\n.\r\n..second\r\nlast'
const envelope = { from: 'a@yiti.example', to: 'b@town.example', message: MESSAGE }

let relay: TestRelay | undefined
afterEach(async () => {
  await relay?.close()
  relay = undefined
})

async function send(options: RelayOptions, server: Partial<SmtpServer> = {}): Promise<TestRelay> {
  relay = await TestRelay.open(options)
  await sendMail(
    {
      host: '127.0.0.1',
      port: relay.port,
      security: 'starttls',
      ca: CERTIFICATE,
      user: 'yiti',
      password: '密码-pass',
      timeoutSeconds: 5,
      ...server,
    },
    envelope,
  )
  return relay
}

async function failure(options: RelayOptions, server: Partial<SmtpServer> = {}) {
  const error = await send(options, server).then(
    () => undefined,
    (reason: DeliveryError) => reason,
  )
  expect(error?.name).toBe('DeliveryError')
  return { detail: error!.detail, final: error!.final }
}

const base64 = (text: string) => Buffer.from(text, 'utf8').toString('base64')

describe('a mail relay', () => {
  it('is spoken to over TLS before anything is told: log-in, people, message', async () => {
    const { received, messages } = await send({})
    expect(messages).toEqual([MESSAGE])
    expect(received.filter((r) => !r.protected).map((r) => r.command.split(' ')[0])).toEqual(['EHLO', 'STARTTLS'])
    expect(received.filter((r) => r.protected).map((r) => r.command)).toEqual([
      'EHLO [127.0.0.1]',
      `AUTH PLAIN ${base64('\0yiti\0密码-pass')}`,
      'MAIL FROM:<a@yiti.example>',
      'RCPT TO:<b@town.example>',
      'DATA',
      'QUIT',
    ])
  })

  it('that knows AUTH LOGIN only is logged in to so; TLS from the first byte and an open relay work as well', async () => {
    const login = await send({ offers: ['STARTTLS', 'SIZE 1000', 'AUTH LOGIN'] })
    expect(login.received.map((r) => r.command)).toEqual(expect.arrayContaining([base64('yiti'), base64('密码-pass')]))
    expect(login.messages).toHaveLength(1)
    await login.close()
    const implicit = await send({ implicitTls: true }, { security: 'tls' })
    expect(implicit.received.every((r) => r.protected)).toBe(true)
    expect(implicit.messages).toHaveLength(1)
    await implicit.close()
    const open = await send({ offers: [] }, { security: 'none', user: undefined, password: undefined })
    expect(open.received.map((r) => r.command.split(' ')[0])).toEqual(['EHLO', 'MAIL', 'RCPT', 'DATA', 'QUIT'])
  })

  it('that offers no TLS, another certificate or an answer put in front of TLS gets no word more', async () => {
    expect(await failure({ offers: ['AUTH PLAIN'] })).toEqual({ detail: 'no_starttls', final: false })
    expect(relay!.received.map((r) => r.command.split(' ')[0])).toEqual(['EHLO'])
    await relay!.close()
    const stranger = await TestRelay.open({})
    relay = stranger
    await expect(
      sendMail({ host: '127.0.0.1', port: stranger.port, security: 'starttls', timeoutSeconds: 5 }, envelope),
    ).rejects.toMatchObject({ final: false })
    expect(stranger.received.map((r) => r.command.split(' ')[0])).toEqual(['EHLO', 'STARTTLS'])
    await stranger.close()
    expect(await failure({ injected: '250 ok\r\n' })).toEqual({ detail: 'smtp_injected', final: false })
  })

  it.each([
    ['recipient unknown', { RCPT: '550 no such user b@town.example' }, { detail: 'smtp_550', final: true }],
    ['mailbox full for now', { RCPT: '452 later' }, { detail: 'smtp_452', final: false }],
    ['message refused', { data: '554 spam' }, { detail: 'smtp_554', final: true }],
    ['wrong password', { AUTH: '535 no' }, { detail: 'smtp_535', final: false }],
    ['no answer', { MAIL: null }, { detail: 'timeout', final: false }],
    ['nonsense', { MAIL: 'hello?' }, { detail: 'smtp_answer', final: false }],
  ])('says why not: %s', async (_what, answers, expected) => {
    expect(await failure({ answers }, { timeoutSeconds: 1 })).toEqual(expected)
    expect(relay!.messages.length).toBe('data' in answers ? 1 : 0)
  })

  it('nobody listens on is a passing failure', async () => {
    const closed = await TestRelay.open()
    const { port } = closed
    await closed.close()
    await expect(
      sendMail({ host: '127.0.0.1', port, security: 'none', timeoutSeconds: 2 }, envelope),
    ).rejects.toMatchObject({ detail: 'econnrefused', final: false })
  })
})

describe('a mail', () => {
  it('carries any text whole, in lines that every relay takes', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.string({ unit: 'grapheme' }), (text, subject) => {
        const message = composeMail({
          from: { name: '吴中区', address: 'a@yiti.example' },
          to: 'b@town.example',
          subject,
          text,
          id: 'yiti-test-1',
          at: new Date('2026-09-30T01:02:03Z'),
        })
        expect(message).toMatch(/^[\x20-\x7e\r\n]*$/)
        const [head, body] = message.split('\r\n\r\n') as [string, string]
        for (const line of message.split('\r\n')) expect(line.length).toBeLessThanOrEqual(90)
        expect(Buffer.from(body, 'base64').toString('utf8')).toBe(
          Buffer.from(text.replace(/\r\n|\r|\n/g, '\r\n'), 'utf8').toString('utf8'),
        )
        const words = /\r\nSubject: (.*(?:\r\n .*)*)\r\n/.exec(head)![1]!
        const decoded = words
          .split('\r\n ')
          .map((w) => (w.startsWith('=?') ? Buffer.from(w.slice(10, -2), 'base64').toString('utf8') : w))
          .join('')
        expect(decoded).toBe(Buffer.from(subject.replace(/\s+/g, ' ').trim(), 'utf8').toString('utf8'))
        expect(head).toContain('\r\nDate: Wed, 30 Sep 2026 01:02:03 +0000\r\n')
      }),
    )
  })

  it('has no line that ends it early, and the relay takes off what was put before its dots', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom('.', '..', 'a', '', '.b')), (lines) => {
        const sent = stuffed(lines.join('\r\n'))
        expect(`\r\n${sent}`).not.toContain('\r\n.\r\n')
        expect(sent.replace(/^\.\./gm, '.')).toBe(lines.join('\r\n').replace(/\r\n$/, ''))
      }),
    )
  })

  it('goes to no address that could carry a command', async () => {
    relay = await TestRelay.open({ offers: [] })
    const mail = mailSender({ host: '127.0.0.1', port: relay.port, security: 'none', from: '一体 <a@yiti.example>' })
    const message = {
      id: 'yiti-test-1',
      channel: 'email' as const,
      county: { slug: 'test', name: '测试区' },
      kind: 'loop.replied',
      caseId: 1,
      params: { number: 'WZ-1' },
      at: new Date('2026-09-30T01:02:03Z'),
      text: '已有办理结果',
      subject: '【测试区】WZ-1 已有办理结果',
    }
    for (const target of ['b@x.example>\r\nRCPT TO:<c@y.example', '李@x.example', 'nobody', ''])
      await expect(mail({ ...message, target })).rejects.toMatchObject({ detail: 'not_an_address', final: true })
    expect(relay.received).toEqual([])
    await mail({ ...message, target: 'b@x.example' })
    expect(relay.messages[0]).toContain(`From: =?utf-8?B?${base64('一体')}?= <a@yiti.example>`)
  })
})
