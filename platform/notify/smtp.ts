import { createConnection, isIPv6, type Socket } from 'node:net'
import { connect as connectTls, type TLSSocket } from 'node:tls'
import { DeliveryError } from '#platform/notify/delivery.ts'

/** A mail relay (RFC 5321). */
export interface SmtpServer {
  host: string
  port: number
  /** `starttls`: the line is protected after the greeting or nothing is sent; `tls`: from the first byte. */
  security: 'starttls' | 'tls' | 'none'
  /** PEM, where the relay's authority is not a public one. */
  ca?: string
  user?: string | undefined
  password?: string | undefined
  /** For each answer of the relay. */
  timeoutSeconds: number
}

export interface Envelope {
  from: string
  to: string
  /** The whole message, lines ended by CRLF. */
  message: string
}

interface Reply {
  code: number
  lines: string[]
}

/** Longer than any answer of a well-behaved relay. */
const ANSWER_LIMIT = 32 * 1024

/**
 * Hands one message to a relay: EHLO, STARTTLS, AUTH (PLAIN, else LOGIN), MAIL, RCPT, DATA, QUIT.
 * @throws DeliveryError `smtp_<code>` (final for a 5xx on sender, recipient or message), `timeout`, `no_starttls`, …
 */
export async function sendMail(server: SmtpServer, envelope: Envelope): Promise<void> {
  const line = await Line.open(server)
  try {
    await line.expect(220, await line.read())
    let offers = await hello(line)
    if (server.security === 'starttls') {
      if (!offers.has('STARTTLS')) throw new DeliveryError('no_starttls')
      await line.ask('STARTTLS', 220)
      await line.protect(server)
      // What was offered over the open line may have been put there by somebody else.
      offers = await hello(line)
    }
    if (server.user !== undefined) await logIn(line, offers.get('AUTH') ?? '', server.user, server.password ?? '')
    await line.ask(`MAIL FROM:<${envelope.from}>`, 250)
    await line.ask(`RCPT TO:<${envelope.to}>`, 250, 251)
    await line.ask('DATA', 354)
    await line.ask(`${stuffed(envelope.message)}\r\n.`, 250)
    // The message is taken; how the relay says good-bye changes nothing.
    await line.ask('QUIT', 221).catch(() => {})
  } finally {
    line.close()
  }
}

/** A line that begins with a dot gets another one (RFC 5321, 4.5.2); bare line ends become CRLF. */
export function stuffed(message: string): string {
  return message
    .replace(/\r\n|\r|\n/g, '\r\n')
    .replace(/\r\n$/, '')
    .replace(/^\./gm, '..')
}

async function hello(line: Line): Promise<Map<string, string>> {
  const { lines } = await line.ask(`EHLO ${line.ownName}`, 250)
  return new Map(
    lines.slice(1).map((offer) => {
      const [name = '', ...rest] = offer.toUpperCase().split(' ')
      return [name, rest.join(' ')] as const
    }),
  )
}

async function logIn(line: Line, offered: string, user: string, password: string): Promise<void> {
  const ways = offered.split(' ')
  const base64 = (text: string) => Buffer.from(text, 'utf8').toString('base64')
  try {
    if (ways.includes('PLAIN')) await line.ask(`AUTH PLAIN ${base64(`\0${user}\0${password}`)}`, 235)
    else if (ways.includes('LOGIN')) {
      await line.ask('AUTH LOGIN', 334)
      await line.ask(base64(user), 334)
      await line.ask(base64(password), 235)
    } else throw new DeliveryError('no_auth')
  } catch (error) {
    // A wrong password is mended by the operator, after which the message goes out: never final.
    throw error instanceof DeliveryError ? new DeliveryError(error.detail) : error
  }
}

/** The connection: whole answers in, one command at a time out. */
class Line {
  #socket: Socket | TLSSocket
  readonly #timeout: number
  #text = ''
  #waiting: { resolve: (reply: Reply) => void; reject: (error: Error) => void } | undefined
  #broken: DeliveryError | undefined
  #leave: () => void = () => {}

  private constructor(socket: Socket | TLSSocket, timeoutSeconds: number) {
    this.#socket = socket
    this.#timeout = timeoutSeconds * 1000
    this.#listen()
  }

  static async open({ host, port, security, ca, timeoutSeconds }: SmtpServer): Promise<Line> {
    const socket = security === 'tls' ? connectTls({ port, ...tlsOptions(host, ca) }) : createConnection({ host, port })
    await ready(socket, security === 'tls' ? 'secureConnect' : 'connect', timeoutSeconds)
    return new Line(socket, timeoutSeconds)
  }

  /** Address literal of this end: always a valid EHLO name, and no machine name leaves the house. */
  get ownName(): string {
    const address = this.#socket.localAddress ?? '127.0.0.1'
    return isIPv6(address) ? `[IPv6:${address}]` : `[${address}]`
  }

  async ask(command: string, ...wanted: number[]): Promise<Reply> {
    const reply = this.read()
    this.#socket.write(`${command}\r\n`)
    return this.expect(wanted, await reply)
  }

  async expect(wanted: number | number[], reply: Reply): Promise<Reply> {
    if ([wanted].flat().includes(reply.code)) return reply
    throw new DeliveryError(`smtp_${reply.code}`, reply.code >= 500)
  }

  read(): Promise<Reply> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => this.#fail(new DeliveryError('timeout')), this.#timeout)
      const settled =
        <T>(then: (value: T) => void) =>
        (value: T) => {
          clearTimeout(timer)
          this.#waiting = undefined
          then(value)
        }
      this.#waiting = { resolve: settled(resolve), reject: settled(reject) }
      if (this.#broken) this.#waiting.reject(this.#broken)
      else this.#deliver()
    })
  }

  /** Puts TLS on the line. Nothing that came over the open line is taken for an answer after it. */
  async protect({ host, ca, timeoutSeconds }: SmtpServer): Promise<void> {
    if (this.#text !== '') throw new DeliveryError('smtp_injected')
    const open = this.#socket
    this.#leave()
    const socket = connectTls({ socket: open, ...tlsOptions(host, ca) })
    await ready(socket, 'secureConnect', timeoutSeconds)
    this.#socket = socket
    this.#listen()
  }

  close(): void {
    this.#socket.destroy()
  }

  #listen(): void {
    const socket = this.#socket
    const onData = (chunk: Buffer) => {
      this.#text += chunk.toString('latin1')
      if (this.#text.length > ANSWER_LIMIT) this.#fail(new DeliveryError('smtp_answer'))
      else this.#deliver()
    }
    const onError = (error: Error) => this.#fail(new DeliveryError(lineError(error)))
    const onClose = () => this.#fail(new DeliveryError('connection_closed'))
    socket.on('data', onData).on('error', onError).on('close', onClose)
    this.#leave = () => socket.off('data', onData).off('error', onError).off('close', onClose)
  }

  #fail(error: DeliveryError): void {
    this.#broken ??= error
    this.#waiting?.reject(this.#broken)
  }

  /** Gives the reader a whole answer: lines `250-…` up to one without the hyphen. */
  #deliver(): void {
    if (!this.#waiting) return
    const whole = /^(?:\d{3}-[^\n]*\n)*\d{3}(?: [^\n]*)?\r?\n/.exec(this.#text)?.[0]
    if (whole === undefined) {
      if (/^(?!\d{3}[- \r\n])[^\n]*\n/.test(this.#text)) this.#fail(new DeliveryError('smtp_answer'))
      return
    }
    this.#text = this.#text.slice(whole.length)
    const lines = whole.trimEnd().split(/\r?\n/)
    this.#waiting.resolve({ code: Number(whole.slice(0, 3)), lines: lines.map((line) => line.slice(4)) })
  }
}

function tlsOptions(host: string, ca: string | undefined) {
  return {
    servername: /^[\d.]+$/.test(host) || isIPv6(host) ? '' : host,
    host,
    minVersion: 'TLSv1.2' as const,
    ...(ca ? { ca } : {}),
  }
}

function ready(socket: Socket, event: 'connect' | 'secureConnect', timeoutSeconds: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => fail(new DeliveryError('timeout')), timeoutSeconds * 1000)
    const onError = (error: Error) => fail(new DeliveryError(lineError(error)))
    const onClose = () => fail(new DeliveryError('connection_closed'))
    const stop = () => {
      clearTimeout(timer)
      socket.off('error', onError).off('close', onClose)
    }
    const fail = (error: DeliveryError) => {
      stop()
      // Whatever the socket still says after it was given up must not end the process.
      socket.on('error', () => {})
      socket.destroy()
      reject(error)
    }
    socket.once('error', onError).once('close', onClose)
    socket.once(event, () => {
      stop()
      resolve()
    })
  })
}

function lineError(error: Error): string {
  const code = String((error as { code?: unknown }).code ?? 'no_connection').toLowerCase()
  return /^\w{1,60}$/.test(code) ? code : 'no_connection'
}
