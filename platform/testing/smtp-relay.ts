import { type AddressInfo, createServer, type Server, type Socket } from 'node:net'
import { createSecureContext, TLSSocket } from 'node:tls'

/** Known to everybody and good for nothing but this test; localhost until 2120. */
const KEY = `-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgCTH7f3iP+NZi1WeU
hPgHR0Z+bRkGxhYOqKdcGYuFA3+hRANCAASWVbtRgpOiOBYPW/jG16EicN0REC7U
0tj8yH9BIr56KBT9Oy1SlvmBlJSUm3GBzB87kUWos7IIpLT6VObTpXEn
-----END PRIVATE KEY-----`
export const CERTIFICATE = `-----BEGIN CERTIFICATE-----
MIIBaDCCAQ2gAwIBAgIBATAKBggqhkjOPQQDAjAUMRIwEAYDVQQDDAlsb2NhbGhv
c3QwIBcNMjAwMTAxMDAwMDAwWhgPMjEyMDAxMDEwMDAwMDBaMBQxEjAQBgNVBAMM
CWxvY2FsaG9zdDBZMBMGByqGSM49AgEGCCqGSM49AwEHA0IABJZVu1GCk6I4Fg9b
+MbXoSJw3REQLtTS2PzIf0EivnooFP07LVKW+YGUlJSbcYHMHzuRRaizsgiktPpU
5tOlcSejTjBMMA8GA1UdEwEB/wQFMAMBAf8wGgYDVR0RBBMwEYIJbG9jYWxob3N0
hwR/AAABMB0GA1UdDgQWBBSZ5MixyKobnNwMrQhn0m+qicV8YTAKBggqhkjOPQQD
AgNJADBGAiEAzgUzYL9lqm7+O6QpP7JgGFnYPvF2HMVC0JU9mtL2F3cCIQD3a9AV
9VBf0P61ErDGC5BVo73hTv3bJx1lNWV9N1NmEg==
-----END CERTIFICATE-----`

export interface RelayOptions {
  /** What EHLO offers; STARTTLS is taken off once the line is protected. */
  offers?: string[]
  implicitTls?: boolean
  /** Another answer to a command, by its first word; `data` for the message itself. `null`: no answer at all. */
  answers?: Record<string, string | null>
  /** Sent in the same packet behind the answer to STARTTLS, as somebody on the line would. */
  injected?: string
}

/** What came in, in order. */
export interface Received {
  command: string
  protected: boolean
}

/** A mail relay that takes everything down. */
export class TestRelay {
  readonly received: Received[] = []
  readonly messages: string[] = []
  readonly #server: Server
  readonly #sockets = new Set<Socket>()

  private constructor(server: Server) {
    this.#server = server
  }

  static async open(options: RelayOptions = {}): Promise<TestRelay> {
    const server = createServer()
    const relay = new TestRelay(server)
    server.on('connection', (socket) => {
      relay.#sockets.add(socket)
      socket.on('error', () => {})
      if (options.implicitTls) relay.#talk(secure(socket), options, true, true)
      else relay.#talk(socket, options, false, true)
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    return relay
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port
  }

  async close(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy()
    await new Promise((resolve) => this.#server.close(resolve))
  }

  #talk(socket: Socket, options: RelayOptions, safe: boolean, greet: boolean): void {
    let text = ''
    let inData = false
    let secrets = 0
    const say = (answer: string) => socket.write(`${answer}\r\n`)
    socket.on('error', () => {})
    if (greet) say('220 relay.test ESMTP')
    const take = (line: string): boolean => {
      this.received.push({ command: line, protected: safe })
      const word = line.split(' ')[0]!.toUpperCase()
      const own = options.answers?.[word]
      if (own !== undefined) {
        if (own !== null) say(own)
        return true
      }
      if (secrets > 0) say(--secrets > 0 ? '334 UGFzc3dvcmQ6' : '235 ok')
      else if (word === 'EHLO') {
        const offers = (options.offers ?? ['STARTTLS', 'AUTH PLAIN LOGIN']).filter((o) => !safe || o !== 'STARTTLS')
        const lines = ['relay.test greets you', ...offers]
        socket.write(lines.map((l, i) => `250${i === lines.length - 1 ? ' ' : '-'}${l}\r\n`).join(''))
      } else if (word === 'STARTTLS') {
        socket.removeAllListeners('data')
        socket.write(`220 go ahead\r\n${options.injected ?? ''}`, () =>
          this.#talk(secure(socket), options, true, false),
        )
        return false
      } else if (line === 'AUTH LOGIN') {
        secrets = 2
        say('334 VXNlcm5hbWU6')
      } else if (word === 'AUTH') say('235 ok')
      else if (word === 'DATA') {
        inData = true
        say('354 end with a dot')
      } else if (word === 'QUIT') {
        say('221 bye')
        socket.end()
      } else say('250 ok')
      return true
    }
    socket.on('data', (chunk) => {
      text += chunk.toString('latin1')
      for (;;) {
        const end = text.indexOf(inData ? '\r\n.\r\n' : '\r\n')
        if (end < 0) return
        const piece = text.slice(0, end)
        text = text.slice(end + (inData ? 5 : 2))
        if (inData) {
          inData = false
          this.messages.push(piece.replace(/^\.\./gm, '.'))
          say(options.answers?.data ?? '250 queued')
        } else if (!take(piece)) return
      }
    })
  }
}

function secure(socket: Socket): Socket {
  return new TLSSocket(socket, { isServer: true, secureContext: createSecureContext({ key: KEY, cert: CERTIFICATE }) })
}
