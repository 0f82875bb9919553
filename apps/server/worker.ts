import { setTimeout as sleep } from 'node:timers/promises'
import { forgetStrangers } from '#platform/auth/log-in.ts'
import { runAsSystem } from '#platform/command/command.ts'
import type { CountyServices } from '#platform/command/services.ts'
import { sql } from '#platform/db/db.ts'
import { sealEvidence } from '#platform/evidence/evidence-log.ts'
import { fileRoomOf } from '#platform/files/files.raw.ts'
import { sweepOrphans } from '#platform/files/uploads.ts'
import { JOB_BATCH, runDueJobs } from '#platform/jobs/jobs.ts'
import type { House } from '#platform/module/house.ts'
import { OUTWARD_JOBS } from '#platform/notify/deliver.ts'
import { fireDueTimers } from '#platform/process/timers.ts'
import { foldRollups } from '#platform/rollup/rollup.ts'
import { ClockWatch } from './clock-watch.ts'

const IDLE_MS = 250
const ROLLUP_BATCH = 5000
const ERROR_PAUSE_MS = 1500
const SEAL_EVERY_MS = 2000
const SWEEP_EVERY_MS = 3_600_000
const DAY_MS = 86_400_000
/** Repeated calls of phones that were offline are answered for so long. */
const IDEMPOTENCY_DAYS = 30

interface Step {
  run: (house: House, here: CountyServices) => Promise<number>
  /** Rest after a round in which something was done, but less than a batch: what comes meanwhile shares the next transaction. */
  gatherMs: number
  batch: number
}

const STEPS: Record<string, Step> = {
  timers: { run: (house, here) => fireDueTimers(house.services, here), gatherMs: 0, batch: 1 },
  jobs: {
    run: (house, here) =>
      runDueJobs(house.services, here, house.handlers, { except: [...OUTWARD_JOBS, ...longJobs(house)] }),
    gatherMs: 50,
    batch: JOB_BATCH,
  },
  // What computes for long: one at a time, and nothing else waits for it.
  long: {
    run: async (house, here) => {
      const only = longJobs(house)
      return only.length === 0 ? 0 : runDueJobs(house.services, here, house.handlers, { only, limit: 1 })
    },
    gatherMs: 0,
    batch: 1,
  },
  // Others' servers may be slow or dead: one message at a time, and nothing else waits for it.
  deliveries: {
    run: (house, here) => runDueJobs(house.services, here, house.handlers, { only: OUTWARD_JOBS, limit: 1 }),
    gatherMs: 0,
    batch: 1,
  },
  // Numbers count folded and unfolded rows alike, so that nobody waits for this.
  rollup: {
    run: (house, here) => house.services.pool.inCounty(here.county, (tx) => foldRollups(tx, ROLLUP_BATCH)),
    gatherMs: IDLE_MS,
    batch: ROLLUP_BATCH,
  },
}

function longJobs({ modules }: House): string[] {
  return modules.flatMap(({ longJobs = [] }) => [...longJobs])
}

/**
 * Background work of a server process: timers, jobs, rollups, evidence, housekeeping, county by county. Several processes
 * may run it on one database; everything is claimed by row locks or advisory locks.
 */
export class Worker {
  readonly #house: House
  readonly #abort = new AbortController()
  readonly #loops: Promise<void>[] = []
  readonly #clock: ClockWatch

  constructor(house: House, clock = new ClockWatch()) {
    this.#house = house
    this.#clock = clock
  }

  start(): void {
    for (const [kind, { run, gatherMs, batch }] of Object.entries(STEPS))
      this.#loops.push(
        this.#loop(
          (here) => this.#count(kind, here, run(this.#house, here)),
          (worked) => (worked >= batch ? 0 : worked > 0 ? gatherMs : IDLE_MS),
        ),
      )
    this.#loops.push(
      this.#loop(
        (here) => this.#count('evidence', here, this.#seal(here)),
        () => SEAL_EVERY_MS,
      ),
    )
    this.#loops.push(
      this.#loop(
        (here) => this.#sweep(here),
        () => SWEEP_EVERY_MS,
      ),
    )
  }

  /** Lets what is under way finish. */
  async stop(): Promise<void> {
    this.#abort.abort()
    await Promise.allSettled(this.#loops)
  }

  async #count(kind: string, here: CountyServices, work: Promise<number>): Promise<number> {
    const amount = await work
    this.#house.metrics.worked(kind, here.county.slug, amount)
    return amount
  }

  /** One kind of work. Each county rests by itself: one that fails keeps none of the others waiting. */
  async #loop(step: (here: CountyServices) => Promise<number>, pauseAfter: (worked: number) => number): Promise<void> {
    const { signal } = this.#abort
    const due = new Map<string, number>()
    while (!signal.aborted) {
      const slugs = await this.#countiesToServe()
      let next = performance.now() + (slugs ? pauseAfter(0) : ERROR_PAUSE_MS)
      for (const slug of slugs ?? []) {
        if (signal.aborted) break
        let at = due.get(slug) ?? 0
        if (at <= performance.now()) {
          at = performance.now() + (await this.#serve(slug, step, pauseAfter))
          due.set(slug, at)
        }
        next = Math.min(next, at)
      }
      const pause = next - performance.now()
      if (pause > 0) await sleep(pause, undefined, { signal }).catch(() => {})
    }
  }

  /** Does the work of one county; yields how long it rests then. */
  async #serve(
    slug: string,
    step: (here: CountyServices) => Promise<number>,
    pauseAfter: (worked: number) => number,
  ): Promise<number> {
    if (!this.#clockIsSound()) return ERROR_PAUSE_MS
    try {
      return pauseAfter(await step(await this.#house.countyBySlug(slug)))
    } catch (error) {
      this.#house.services.log.warn({ err: error, county: slug }, 'background work failed; it is tried again')
      return ERROR_PAUSE_MS
    }
  }

  async #countiesToServe(): Promise<string[] | undefined> {
    try {
      return (await this.#house.counties())
        .filter(
          (county) =>
            county.level === this.#house.migrationLevel &&
            // A copy restored for looking: its residents were told already, its log is signed elsewhere.
            county.settings.copyOf === undefined,
        )
        .map(({ slug }) => slug)
    } catch (error) {
      this.#house.services.log.warn({ err: error }, 'background work cannot see the counties; it is tried again')
      return undefined
    }
  }

  /** Due work pauses and alarms when somebody has moved the wall clock. */
  #clockIsSound(): boolean {
    const { sound, skewMs, changed } = this.#clock.read()
    this.#house.metrics.skew(skewMs / 1000)
    this.#house.clockMoved = !sound
    if (changed && sound) this.#house.services.log.warn('the clock is taken as right: due work goes on')
    if (changed && !sound)
      this.#house.services.log.error(
        { skewSeconds: Math.round(skewMs / 1000) },
        'the clock was moved: due work pauses until it is set back or has stood for ten minutes',
      )
    return sound
  }

  async #seal(here: CountyServices): Promise<number> {
    const { pool, clock } = this.#house.services
    const { sequenced } = await sealEvidence((work) => pool.inCounty(here.county, work), here.keys, clock)
    return sequenced
  }

  async #sweep(here: CountyServices): Promise<number> {
    const { services } = this.#house
    const swept = await sweepOrphans(fileRoomOf(services, here), DAY_MS)
    await runAsSystem(services, here, 'housekeeping', async ({ tx, now }) => {
      await sql`delete from command_idempotency where at < ${new Date(now.getTime() - IDEMPOTENCY_DAYS * DAY_MS)}`.execute(
        tx,
      )
      await forgetStrangers(tx, now)
    })
    return swept.unattached + swept.withoutRow + swept.temporary
  }
}
