import { join } from 'node:path'
import { Ajv } from 'ajv'
import addFormats from 'ajv-formats'
import type { StaffActor } from '#platform/access/actor.ts'
import { loadCalendar } from '#platform/calendar/calendar.store.ts'
import { WorkCalendar } from '#platform/calendar/work-calendar.ts'
import { type Clock, systemClock } from '#platform/clock/clock.ts'
import type { Command, Query } from '#platform/command/command.ts'
import type { CountyServices, Services } from '#platform/command/services.ts'
import type { Config } from '#platform/config/config.ts'
import { type KeyRing, openKeyRing } from '#platform/crypto/key-ring.ts'
import { type County, listCounties } from '#platform/db/counties.ts'
import { sql } from '#platform/db/db.ts'
import { APP_ROLE, migrationLevel, readMigrations } from '#platform/db/migrate.ts'
import { Pool } from '#platform/db/pool.ts'
import type { CaseDocument } from '#platform/documents/case-document.ts'
import { AppError, notFound } from '#platform/errors/app-error.ts'
import type { RawHandler } from '#platform/http/raw-handler.ts'
import { loadWording, type Wording } from '#platform/i18n/wording.ts'
import type { JobHandler } from '#platform/jobs/jobs.ts'
import type { Log } from '#platform/logs/log.ts'
import { Metrics } from '#platform/metrics/metrics.ts'
import type { Module } from '#platform/module/module.ts'
import {
  PLATFORM_PERMISSIONS,
  platformCommands,
  platformHandlers,
  platformQueries,
  platformRaw,
} from '#platform/module/platform-parts.ts'
import { loadDefinitions } from '#platform/process/definition-shelf.ts'
import type { Effect } from '#platform/process/effect.ts'
import { linkEffects } from '#platform/process/link.effects.ts'
import type { Hub } from '#platform/realtime/hub.ts'
import type { FlowCounting } from '#platform/rollup/flow-counting.ts'

/** How long a county may be served from memory before its revision is looked at again (requests with a session look at once). */
const REVISION_TTL_MS = 1000
/** Acting posts begin and end by time, so cached rights are short-lived even without a change. */
const ACTOR_TTL_MS = 20_000

interface LoadedCounty {
  services: CountyServices
  revision: number
  checkedAt: number
}

export interface HouseOptions {
  config: Config
  log: Log
  databaseUrl: string
  modules: readonly Module[]
  clock?: Clock
}

/** One running server process: modules put together, counties in memory, the pool. */
export class House {
  readonly services: Services
  readonly modules: readonly Module[]
  readonly commands: readonly Command[]
  readonly queries: readonly Query[]
  readonly raw: readonly RawHandler[]
  readonly handlers: ReadonlyMap<string, readonly JobHandler[]>
  readonly wording: Wording
  readonly metrics = new Metrics()
  /** Demo data on its way in, for the log-in page. */
  readonly loading = new Map<string, { county: string; what: string; done: number; total: number }>()
  /** Set by the background work of this process while it pauses because the wall clock was moved. */
  clockMoved = false
  /** Set by a serving process; without it event streams stay empty. */
  hub: Hub | undefined
  readonly migrationLevel: string
  readonly #counties = new Map<string, LoadedCounty>()
  readonly #loading = new Map<string, Promise<LoadedCounty>>()
  readonly #rings = new Map<string, KeyRing>()
  readonly #actors = new Map<string, { actor: StaffActor | undefined; at: number }>()
  #registry: { counties: County[]; at: number } = { counties: [], at: 0 }

  constructor(options: HouseOptions) {
    const { config, log, modules } = options
    this.modules = modules
    this.wording = loadWording()
    this.migrationLevel = migrationLevel(readMigrations(modules.map((module) => `${module.layer}/${module.name}`)))
    const effects = new Map<string, Effect>(Object.entries(linkEffects))
    const handlers = new Map<string, JobHandler[]>()
    const permissions = new Set<string>(PLATFORM_PERMISSIONS.map((permission) => permission.name))
    const on = (kind: string, handler: JobHandler) => handlers.set(kind, [...(handlers.get(kind) ?? []), handler])
    for (const [kind, handler] of Object.entries(platformHandlers)) on(kind, handler)
    for (const module of modules) {
      for (const [name, effect] of Object.entries(module.effects ?? {})) {
        if (effects.has(name)) throw new Error(`two modules export the effect ${name}`)
        effects.set(name, effect)
      }
      for (const [kind, handler] of Object.entries(module.handlers ?? {})) on(kind, handler)
      for (const permission of module.permissions) permissions.add(permission.name)
      for (const needed of module.dependsOn)
        if (!modules.some((other) => other.name === needed))
          throw new Error(`${module.name} needs the module ${needed}`)
    }
    const documents = new Map<string, CaseDocument[]>()
    for (const module of modules)
      for (const [flow, list] of Object.entries(module.documents ?? {})) {
        const known = documents.get(flow) ?? []
        for (const document of list)
          if (known.some((other) => other.key === document.key))
            throw new Error(`two documents of ${flow} are named ${document.key}`)
          else known.push(document)
        documents.set(flow, known)
      }
    const countings = new Map<string, FlowCounting>()
    for (const counting of modules.flatMap((module) => module.countings ?? [])) {
      if (countings.has(counting.flow)) throw new Error(`two modules say what ${counting.flow} counts for`)
      countings.set(counting.flow, counting)
    }
    this.handlers = handlers
    this.commands = [...platformCommands, ...modules.flatMap((module) => module.commands ?? [])]
    this.queries = [...platformQueries, ...modules.flatMap((module) => module.queries ?? [])]
    this.raw = [...platformRaw, ...modules.flatMap((module) => module.raw ?? [])]
    const ajv = new Ajv({ allErrors: true, strict: false, coerceTypes: false })
    addFormats.default(ajv)
    // Formats by which the screens choose a control; the value itself is checked by type.
    for (const format of ['file', 'unit', 'units', 'account', 'place', 'multiline', 'class', 'case'])
      ajv.addFormat(format, true)
    this.services = {
      config,
      log,
      clock: options.clock ?? systemClock,
      pool: new Pool({
        url: options.databaseUrl,
        role: APP_ROLE,
        max: config.databasePool,
        prepared: config.databasePrepared,
        onError: (error) => log.warn({ err: error }, 'database connection lost'),
      }),
      effects,
      permissions,
      documents,
      countings,
      hopNames: new Map(modules.flatMap((module) => Object.entries(module.hopNames ?? {}))),
      ajv,
      county: (slug) => this.countyBySlug(slug),
    }
  }

  /** All counties of the registry, re-read at most every second. */
  async counties(): Promise<County[]> {
    if (Date.now() - this.#registry.at > REVISION_TTL_MS)
      this.#registry = { counties: await listCounties(this.services.pool), at: Date.now() }
    return this.#registry.counties
  }

  async firstCounty(): Promise<string> {
    const first = (await this.counties())[0]
    if (!first) throw new AppError('platform.no_county', { status: 503 })
    return first.slug
  }

  /** A county ready to serve. 404 where unknown, 503 while it is not migrated. */
  async countyBySlug(slug: string): Promise<CountyServices> {
    const loaded = this.#counties.get(slug)
    if (loaded) {
      if (Date.now() - loaded.checkedAt < REVISION_TTL_MS) return loaded.services
      loaded.checkedAt = Date.now()
      await this.#refreshKeys(loaded.services)
      const revision = await this.#revisionOf(loaded.services.county)
      return revision === loaded.revision ? loaded.services : (await this.#load(slug)).services
    }
    return (await this.#load(slug)).services
  }

  /** Tells what revision a session check saw; loads the county anew before the request goes on when it has moved. */
  async noteRevision(here: CountyServices, revision: number): Promise<void> {
    const loaded = this.#counties.get(here.county.slug)
    if (loaded && loaded.revision < revision) await this.#load(here.county.slug)
  }

  /** Posts and grants of an account at this revision. */
  async actorOf(here: CountyServices, accountId: number, revision: number): Promise<StaffActor | undefined> {
    const { slug } = here.county
    const key = `${slug} ${accountId} ${revision}`
    const known = this.#actors.get(key)
    const now = this.services.clock.now()
    if (known && Math.abs(now.getTime() - known.at) < ACTOR_TTL_MS) return known.actor
    const org = this.modules.find((module) => module.actorOf)
    if (!org?.actorOf) throw new Error('no module tells posts and grants of an account')
    const actor = await this.services.pool.inCounty(here.county, (tx) => org.actorOf!(tx, accountId, now), 'read')
    if (this.#actors.size > 5000) this.#actors.clear()
    this.#actors.set(key, { actor, at: now.getTime() })
    return actor
  }

  /** Maps a county's host name to its path prefix. */
  rewriteUrl(host: string | undefined, url: string): string {
    const county = this.#registry.counties.find((candidate) => candidate.host && candidate.host === host?.split(':')[0])
    if (!county || url.startsWith(`/${county.slug}/`) || /^\/(assets|health|metrics)\b/.test(url)) return url
    return `/${county.slug}${url}`
  }

  /** Whether this process can be given requests: deadlines of a clock that was moved would be wrong. */
  async readiness(): Promise<{ ready: boolean; counties: Record<string, string>; clock?: 'moved' }> {
    try {
      const counties = await listCounties(this.services.pool)
      const states = Object.fromEntries(
        counties.map((county) => [county.slug, county.level === this.migrationLevel ? 'ready' : 'not migrated']),
      )
      return {
        ready: !this.clockMoved && counties.length > 0 && Object.values(states).every((state) => state === 'ready'),
        counties: states,
        ...(this.clockMoved ? { clock: 'moved' as const } : {}),
      }
    } catch {
      return { ready: false, counties: {} }
    }
  }

  /** Forgets what is in memory, after keys or counties were changed by this process. */
  forget(): void {
    this.#counties.clear()
    this.#rings.clear()
    this.#actors.clear()
    this.#registry = { counties: [], at: 0 }
  }

  close(): Promise<void> {
    return this.services.pool.close()
  }

  async #revisionOf(county: County): Promise<number> {
    return this.services.pool.inCounty(county, async (tx) => {
      const { rows } = await sql<{ revision: number }>`select revision from access_revision`.execute(tx)
      return rows[0]!.revision
    })
  }

  /** A key made by another process is used from here on; a key file that cannot be read now leaves the keys in memory. */
  async #refreshKeys({ county, keys }: CountyServices): Promise<void> {
    try {
      await keys.refresh()
    } catch (error) {
      this.services.log.error({ err: error, county: county.slug }, 'the key file cannot be read again')
    }
  }

  #load(slug: string): Promise<LoadedCounty> {
    let loading = this.#loading.get(slug)
    if (!loading) {
      loading = this.#read(slug).finally(() => this.#loading.delete(slug))
      this.#loading.set(slug, loading)
    }
    return loading
  }

  async #read(slug: string): Promise<LoadedCounty> {
    let county = (await this.counties()).find((candidate) => candidate.slug === slug)
    if (!county || county.level !== this.migrationLevel) {
      this.#registry = { counties: await listCounties(this.services.pool), at: Date.now() }
      county = this.#registry.counties.find((candidate) => candidate.slug === slug)
    }
    if (!county) throw notFound()
    if (county.level !== this.migrationLevel) throw new AppError('platform.not_migrated', { status: 503 })
    const keys = await this.#ring(county)
    const loaded = await this.services.pool.inCounty(
      county,
      async (tx) => {
        const revision = await sql<{ revision: number }>`select revision from access_revision`.execute(tx)
        const classNames = new Map<string, string>()
        for (const module of this.modules)
          for (const [code, name] of (await module.classNames?.(tx)) ?? []) classNames.set(code, name)
        const org = this.modules.find((module) => module.directory)
        if (!org?.directory) throw new Error('no module keeps the directory of units')
        return {
          revision: revision.rows[0]!.revision,
          checkedAt: Date.now(),
          services: {
            county: county!,
            keys,
            calendar: new WorkCalendar(await loadCalendar(tx)),
            directory: await org.directory(tx, classNames, this.services.clock),
            definitions: await loadDefinitions(tx),
          },
        }
      },
      'read',
    )
    this.#counties.set(slug, loaded)
    return loaded
  }

  async #ring(county: County): Promise<KeyRing> {
    let ring = this.#rings.get(county.slug)
    if (!ring) {
      ring = await openKeyRing(keyPath(this.services.config, county.slug))
      this.#rings.set(county.slug, ring)
    }
    return ring
  }
}

/** Key file of a county; never inside the database or its backups. */
export function keyPath(config: Config, slug: string): string {
  return join(config.keyDir, `${slug}.json`)
}
