import { readFileSync } from 'node:fs'
import type { EmailSettings } from '#platform/config/delivery-settings.ts'
import { DeliveryError, fill, type Send } from '#platform/notify/delivery.ts'
import { sendMail } from '#platform/notify/smtp.ts'

/** Addresses as relays without SMTPUTF8 take them; nothing that could end a line or open another command. */
const ADDRESS = /^[\w.!#$%&'*+/=?^`{|}~-]{1,64}@[A-Za-z0-9.-]{1,190}$/
const PORTS = { tls: 465, starttls: 587, none: 25 }

/** E-mail through the relay of the configuration. */
export function mailSender(settings: EmailSettings): Send {
  const { name, address } = sender(settings.from)
  return async ({ id, target, kind, params, county, at, text, subject }) => {
    if (!ADDRESS.test(target)) throw new DeliveryError('not_an_address', true)
    const values = { ...params, kind, county: county.name }
    const own = (texts: Record<string, string> | undefined, shipped: string) => {
      const given = texts?.[kind] ?? texts?.['*']
      return given === undefined ? shipped : fill(given, values)
    }
    await sendMail(
      {
        host: settings.host,
        port: settings.port ?? PORTS[settings.security],
        security: settings.security,
        user: settings.user,
        password: settings.password,
        timeoutSeconds: settings.timeoutSeconds ?? 20,
        ...(settings.caFile === undefined ? {} : { ca: readFileSync(settings.caFile, 'utf8') }),
      },
      {
        from: address,
        to: target,
        message: composeMail({
          from: { name, address },
          to: target,
          subject: own(settings.subjects, subject),
          text: own(settings.texts, text),
          id,
          at,
        }),
      },
    )
  }
}

/** `一体 <noreply@a.example>` or the bare address. */
function sender(from: string): { name: string; address: string } {
  const [, name = '', address = ''] = /^(?:(.*?)\s*<)?([^<>]+)>?$/.exec(from.trim()) ?? []
  if (!ADDRESS.test(address)) throw new DeliveryError('bad_from')
  return { name, address }
}

/** A plain text message in UTF-8 (RFC 5322, 2045, 2047); the body in Base64, so that no relay on the way changes it. */
export function composeMail(mail: {
  from: { name: string; address: string }
  to: string
  subject: string
  text: string
  id: string
  at: Date
}): string {
  const { from, to, subject, text, id, at } = mail
  const body = Buffer.from(text.replace(/\r\n|\r|\n/g, '\r\n'), 'utf8').toString('base64')
  return [
    `From: ${from.name ? `${headerWords(from.name)} <${from.address}>` : from.address}`,
    `To: ${to}`,
    `Subject: ${headerWords(subject)}`,
    `Date: ${at.toUTCString().replace('GMT', '+0000')}`,
    `Message-ID: <${id}@${from.address.split('@')[1]}>`,
    'Auto-Submitted: auto-generated',
    'MIME-Version: 1.0',
    'Content-Type: text/plain; charset=utf-8',
    'Content-Transfer-Encoding: base64',
    '',
    ...(body.match(/.{1,76}/g) ?? ['']),
    '',
  ].join('\r\n')
}

/** Encoded words of at most 75 characters, never split inside a character; folded one to a line. */
function headerWords(text: string): string {
  const line = text.replace(/\s+/g, ' ').trim()
  // Plain words stay readable; what could be taken for something else is encoded like Chinese.
  if (/^[A-Za-z0-9 .,:/()-]{0,60}$/.test(line)) return line
  const words: string[] = []
  let word = ''
  for (const character of line) {
    if (Buffer.byteLength(word + character, 'utf8') > 45) {
      words.push(word)
      word = ''
    }
    word += character
  }
  words.push(word)
  return words.map((part) => `=?utf-8?B?${Buffer.from(part, 'utf8').toString('base64')}?=`).join('\r\n ')
}
