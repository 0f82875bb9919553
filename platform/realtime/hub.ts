import type { FastifyReply } from 'fastify'
import pg from 'pg'
import type { Log } from '#platform/logs/log.ts'
import { CHANGE_EVENT } from '#platform/realtime/events.raw.ts'

/** One change that open screens should hear of; carries ids only, the screen asks again under its own rights. */
export interface Change {
  county: string
  caseId: number
  /** Units whose work changed. */
  unitIds: number[]
}

interface Listener {
  county: string
  unitIds: ReadonlySet<number>
  reply: FastifyReply
}

export const CHANNEL = 'yiti_change'
const HEARTBEAT_MS = 25_000

/**
 * Passes changes on to open event streams of this process. Only the relay job notifies; each server process listens on one
 * connection of its own and comes back by itself when the database was away.
 */
export class Hub {
  readonly #listeners = new Set<Listener>()
  readonly #url: string
  readonly #log: Log
  #client: pg.Client | undefined
  #closed = false
  #retry: NodeJS.Timeout | undefined
  readonly #beat: NodeJS.Timeout

  constructor(url: string, log: Log) {
    this.#url = url
    this.#log = log
    this.#beat = setInterval(() => {
      for (const listener of this.#listeners) listener.reply.raw.write(': beat\n\n')
    }, HEARTBEAT_MS)
    this.#beat.unref()
    void this.#connect()
  }

  /** Keeps a reply open as an event stream until the browser leaves. */
  add(county: string, unitIds: readonly number[], reply: FastifyReply): void {
    const listener: Listener = { county, unitIds: new Set(unitIds), reply }
    reply.raw.writeHead(200, {
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-store',
      connection: 'keep-alive',
      'x-accel-buffering': 'no',
    })
    reply.raw.write('retry: 3000\n\n')
    if (this.#closed) {
      reply.raw.end()
      return
    }
    this.#listeners.add(listener)
    reply.raw.on('close', () => this.#listeners.delete(listener))
  }

  /** Ends every stream; browsers come back by themselves to whoever serves next. Safe to repeat. */
  async close(): Promise<void> {
    if (this.#closed) return
    this.#closed = true
    clearInterval(this.#beat)
    clearTimeout(this.#retry)
    for (const listener of this.#listeners) listener.reply.raw.end()
    await this.#client?.end().catch(() => {})
  }

  async #connect(): Promise<void> {
    if (this.#closed) return
    const client = new pg.Client({ connectionString: this.#url, application_name: 'yiti changes' })
    client.on('error', () => this.#again())
    client.on('end', () => this.#again())
    client.on('notification', (message) => this.#pass(message.payload ?? ''))
    try {
      await client.connect()
      await client.query(`listen ${CHANNEL}`)
      this.#client = client
    } catch (error) {
      this.#log.debug({ err: error }, 'no connection for changes yet')
      this.#again()
    }
  }

  #again(): void {
    this.#client = undefined
    if (this.#closed || this.#retry) return
    this.#retry = setTimeout(() => {
      this.#retry = undefined
      void this.#connect()
    }, 1000)
    this.#retry.unref()
  }

  #pass(payload: string): void {
    let change: Change
    try {
      change = JSON.parse(payload) as Change
    } catch {
      return
    }
    const text = `event: ${CHANGE_EVENT}\ndata: ${JSON.stringify({ caseId: change.caseId })}\n\n`
    for (const listener of this.#listeners)
      if (listener.county === change.county && change.unitIds.some((id) => listener.unitIds.has(id)))
        listener.reply.raw.write(text)
  }
}
