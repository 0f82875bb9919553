import { setTimeout as sleep } from 'node:timers/promises'
import { runAsSystem } from '#platform/command/command.ts'
import type { CountyServices } from '#platform/command/services.ts'
import { sql } from '#platform/db/db.ts'
import { sealEvidence } from '#platform/evidence/evidence-log.ts'
import { fileRoomOf } from '#platform/files/files.raw.ts'
import { sweepOrphans } from '#platform/files/uploads.ts'
import { JOB_BATCH, runDueJobs } from '#platform/jobs/jobs.ts'
import type { House } from '#platform/module/house.ts'
import { fireDueTimers } from '#platform/process/timers.ts'
import { foldRollups } from '#platform/rollup/rollup.ts'

const IDLE_MS = 250
const ROLLUP_BATCH = 5000
const ERROR_PAUSE_MS = 1500
const SEAL_EVERY_MS = 2000
const SWEEP_EVERY_MS = 3_600_000
const DAY_MS = 86_400_000
/** Repeated calls of phones that were offline are answered for so long. */
const IDEMPOTENCY_DAYS = 30
/** Wall and monotonic clock may differ by so much before due work pauses: somebody has set the clock. */
const CLOCK_LIMIT_MS = 60_000

interface Step {
  run: (house: House, here: CountyServices) => Promise<number>
  /** Rest after a round in which something was done, but less than a batch: what comes meanwhile shares the next transaction. */
  gatherMs: number
  batch: number
}

const STEPS: Record<string, Step> = {
  timers: { run: (house, here) => fireDueTimers(house.services, here), gatherMs: 0, batch: 1 },
  jobs: { run: (house, here) => runDueJobs(house.services, here, house.handlers), gatherMs: 50, batch: JOB_BATCH },
  // Numbers count folded and unfolded rows alike, so that nobody waits for this.
  rollup: {
    run: (house, here) => house.services.pool.inCounty(here.county, (tx) => foldRollups(tx, ROLLUP_BATCH)),
    gatherMs: IDLE_MS,
    batch: ROLLUP_BATCH,
  },
}

/**
 * Background work of a server process: timers, jobs, rollups, evidence, housekeeping, county by county. Several processes
 * may run it on one database; everything is claimed by row locks or advisory locks.
 */
export class Worker {
  readonly #house: House
  readonly #abort = new AbortController()
  readonly #loops: Promise<void>[] = []
  readonly #wallOffset = Date.now() - performance.now()

  constructor(house: House) {
    this.#house = house
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

  async #loop(step: (here: CountyServices) => Promise<number>, pauseAfter: (worked: number) => number): Promise<void> {
    const { signal } = this.#abort
    while (!signal.aborted) {
      let worked = 0
      let failed = false
      if (this.#clockIsSound()) {
        try {
          for (const county of await this.#house.counties()) {
            if (signal.aborted) break
            if (county.level !== this.#house.migrationLevel) continue
            // A copy restored for looking: its residents were told already, its log is signed elsewhere.
            if (county.settings.copyOf !== undefined) continue
            worked += await step(await this.#house.countyBySlug(county.slug))
          }
        } catch (error) {
          failed = true
          this.#house.services.log.warn({ err: error }, 'background work failed; it is tried again')
        }
      } else failed = true
      const pause = failed ? ERROR_PAUSE_MS : pauseAfter(worked)
      if (pause > 0) await sleep(pause, undefined, { signal }).catch(() => {})
    }
  }

  /** Due work pauses and alarms when somebody has moved the wall clock. */
  #clockIsSound(): boolean {
    const skew = Date.now() - performance.now() - this.#wallOffset
    this.#house.metrics.skew(skew / 1000)
    if (Math.abs(skew) <= CLOCK_LIMIT_MS) return true
    this.#house.services.log.error({ skewSeconds: Math.round(skew / 1000) }, 'the clock was moved: due work pauses')
    return false
  }

  async #seal(here: CountyServices): Promise<number> {
    const { pool, clock } = this.#house.services
    const { sequenced } = await sealEvidence((work) => pool.inCounty(here.county, work), here.keys, clock)
    return sequenced
  }

  async #sweep(here: CountyServices): Promise<number> {
    const { services } = this.#house
    const swept = await sweepOrphans(fileRoomOf(services, here), DAY_MS)
    await runAsSystem(services, here, 'housekeeping', ({ tx, now }) =>
      sql`delete from command_idempotency where at < ${new Date(now.getTime() - IDEMPOTENCY_DAYS * DAY_MS)}`.execute(
        tx,
      ),
    )
    return swept.unattached + swept.withoutRow + swept.temporary
  }
}
