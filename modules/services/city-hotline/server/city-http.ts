import { lookup } from 'node:dns'
import { request as httpRequest } from 'node:http'
import { request as httpsRequest } from 'node:https'
import { BlockList, isIP, type LookupFunction } from 'node:net'
import { Value } from 'typebox/value'
import { DeliveryError } from '#platform/notify/delivery.ts'
import { seal, verify } from '../domain/envelope.ts'
import { Envelope } from '../domain/envelope-shape.ts'
import { type Adapter, envelopeKeys } from './adapter.store.ts'

/** More than this of an answer is not taken: a daily list of a big county stays far below. */
const ANSWER_LIMIT = 2 * 1024 * 1024
export const TIMEOUT_MS = 10_000
const PASSING = new Set([408, 425, 429])

/** Addresses that are never another office's server: this machine, link-local ones (metadata of clouds), none, many. */
const NEVER = new BlockList()
for (const [net, bits, family] of [
  ['0.0.0.0', 8, 'ipv4'],
  ['127.0.0.0', 8, 'ipv4'],
  ['169.254.0.0', 16, 'ipv4'],
  ['224.0.0.0', 3, 'ipv4'],
  ['::', 127, 'ipv6'],
  ['fe80::', 10, 'ipv6'],
  ['ff00::', 8, 'ipv6'],
] as const)
  NEVER.addSubnet(net, bits, family)

function forbidden(address: string): boolean {
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)
  const plain = mapped ? mapped[1]! : address
  return NEVER.check(plain, isIP(plain) === 6 ? 'ipv6' : 'ipv4')
}

/** Looks a name up and gives only addresses that may be called: what is checked is what is connected to. */
const careful: LookupFunction = (hostname, options, callback) => {
  lookup(hostname, { ...options, all: true }, (error, found) => {
    if (error) return callback(error, '', 4)
    const allowed = found.filter(({ address }) => !forbidden(address))
    if (allowed.length === 0) return callback(Object.assign(new Error('not allowed'), { code: 'EADDRESS' }), '', 4)
    return options.all ? callback(null, allowed) : callback(null, allowed[0]!.address, allowed[0]!.family)
  })
}

/**
 * Whether an address may stand in the setting. Only TLS: replies are about people. The simulated centre of a demo is on this
 * machine, without.
 */
export function addressIsRight(address: string, simulated: boolean): boolean {
  let url: URL
  try {
    url = new URL(address)
  } catch {
    return false
  }
  if (url.username || url.password || url.search || url.hash) return false
  const host = url.hostname.replace(/^\[|\]$/g, '')
  if (simulated) return url.protocol === 'http:' && host === '127.0.0.1'
  return url.protocol === 'https:' && !(isIP(host) !== 0 && forbidden(host)) && host !== 'localhost'
}

/**
 * Asks the city's interface: one signed call, one signed answer.
 * @throws DeliveryError final for a refusal or a wrong setting, passing for what may be better later
 */
export async function askCity(adapter: Adapter, what: string, content: unknown, now: Date): Promise<unknown> {
  const keys = envelopeKeys(adapter)
  if (!keys || !adapter.address || !addressIsRight(adapter.address, adapter.simulated))
    throw new DeliveryError('not_configured', true)
  const url = new URL(`${adapter.address.replace(/\/$/, '')}/${what}`)
  const answer = await post(url, JSON.stringify(seal(keys, content, now)), adapter.simulated)
  let envelope: unknown
  try {
    envelope = JSON.parse(answer)
  } catch {
    throw new DeliveryError('answer_unreadable')
  }
  if (!Value.Check(Envelope, envelope)) throw new DeliveryError('answer_unreadable')
  // An answer belongs to its call; only its signature counts, clocks may differ.
  const verdict = verify(keys, envelope, new Date(envelope.timestamp * 1000))
  if (verdict !== 'good') throw new DeliveryError('answer_not_signed')
  try {
    return JSON.parse(envelope.content)
  } catch {
    throw new DeliveryError('answer_unreadable')
  }
}

/** Redirects are not followed: what is signed goes only where the setting says. */
function post(url: URL, body: string, simulated: boolean): Promise<string> {
  return new Promise((resolve, reject) => {
    const call = (url.protocol === 'https:' ? httpsRequest : httpRequest)(
      url,
      {
        method: 'POST',
        headers: {
          'content-type': 'application/json; charset=utf-8',
          'content-length': Buffer.byteLength(body),
          'user-agent': 'yiti',
        },
        agent: false,
        signal: AbortSignal.timeout(TIMEOUT_MS),
        ...(simulated ? {} : { lookup: careful }),
      },
      (answer) => {
        const chunks: Buffer[] = []
        let bytes = 0
        answer.on('data', (chunk: Buffer) => {
          bytes += chunk.length
          if (bytes > ANSWER_LIMIT) {
            reject(new DeliveryError('answer_too_large', true))
            answer.destroy()
          } else chunks.push(chunk)
        })
        answer.on('error', (error) => reject(codeOf(error)))
        answer.on('end', () => {
          const status = answer.statusCode ?? 0
          if (status >= 200 && status < 300) resolve(Buffer.concat(chunks).toString('utf8'))
          else reject(new DeliveryError(`http_${status}`, status < 500 && !PASSING.has(status)))
        })
      },
    )
    call.on('error', (error) => reject(codeOf(error)))
    call.end(body)
  })
}

function codeOf(error: Error & { code?: unknown }): DeliveryError {
  if (error.name === 'AbortError' || error.name === 'TimeoutError') return new DeliveryError('timeout')
  const code = String(error.code ?? 'no_connection').toLowerCase()
  return new DeliveryError(/^\w{1,40}$/.test(code) ? code : 'no_connection')
}
