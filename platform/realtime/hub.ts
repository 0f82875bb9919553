import type { FastifyReply } from 'fastify'
import pg from 'pg'
import type { StaffActor } from '#platform/access/actor.ts'
import { liveSessions } from '#platform/auth/session.store.ts'
import type { House } from '#platform/module/house.ts'
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
  sessionId: string
  unitIds: ReadonlySet<number>
  /** At what revision of posts and grants the units were read, and when. */
  revision: number | undefined
  readAt: number
  reply: FastifyReply
}

export const CHANNEL = 'yiti_change'
const HEARTBEAT_MS = 25_000
/** A stream outlives log-out, revocation or the loss of a post by no more. */
const REVIEW_MS = 5_000
/** Posts begin and end by time, too. */
const UNITS_TTL_MS = 300_000

/**
 * Passes changes on to open event streams of this process. Only the relay job notifies; each server process listens on one
 * connection of its own and comes back by itself when the database was away.
 */
export class Hub {
  readonly #listeners = new Set<Listener>()
  readonly #house: House
  readonly #url: string
  #client: pg.Client | undefined
  #closed = false
  #retry: NodeJS.Timeout | undefined
  readonly #beat: NodeJS.Timeout
  readonly #review: NodeJS.Timeout
  #reviewing = false

  constructor(house: House, url: string, reviewMs = REVIEW_MS) {
    this.#house = house
    this.#url = url
    this.#beat = setInterval(() => {
      for (const listener of this.#listeners) listener.reply.raw.write(': beat\n\n')
    }, HEARTBEAT_MS)
    this.#beat.unref()
    this.#review = setInterval(() => void this.#reviewAll(), reviewMs)
    this.#review.unref()
    void this.#connect()
  }

  /** Keeps a reply open as an event stream until the browser leaves or the session ends. */
  add(county: string, actor: StaffActor, reply: FastifyReply): void {
    const listener: Listener = {
      county,
      sessionId: actor.sessionId,
      unitIds: new Set(actor.unitIds),
      revision: undefined,
      readAt: performance.now(),
      reply,
    }
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
    clearInterval(this.#review)
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
      this.#house.services.log.debug({ err: error }, 'no connection for changes yet')
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

  /** Ends the streams of sessions that ended, and gives the others the units that their people have now. */
  async #reviewAll(): Promise<void> {
    if (this.#reviewing) return
    this.#reviewing = true
    for (const [county, listeners] of Map.groupBy(this.#listeners, (listener) => listener.county))
      try {
        await this.#reviewCounty(county, listeners)
      } catch (error) {
        this.#house.services.log.warn({ err: error, county }, 'event streams could not be looked after; tried again')
      }
    this.#reviewing = false
  }

  async #reviewCounty(slug: string, listeners: Listener[]): Promise<void> {
    const { services } = this.#house
    const here = await this.#house.countyBySlug(slug)
    const ids = [...new Set(listeners.map(({ sessionId }) => sessionId))]
    const { revision, accountOf } = await liveSessions(services.pool, here.county, ids, services.clock.now())
    await this.#house.noteRevision(here, revision)
    for (const listener of listeners) {
      const accountId = accountOf.get(listener.sessionId)
      const stale = listener.revision !== revision || performance.now() - listener.readAt > UNITS_TTL_MS
      if (accountId !== undefined && !stale) continue
      const actor = accountId === undefined ? undefined : await this.#house.actorOf(here, accountId, revision)
      if (!actor) {
        listener.reply.raw.end()
        continue
      }
      listener.unitIds = new Set(actor.unitIds)
      listener.revision = revision
      listener.readAt = performance.now()
    }
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
