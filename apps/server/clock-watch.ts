/** Wall and monotonic clock may drift apart by so much before due work pauses: somebody has set the clock, or the machine slept. */
const LIMIT_MS = 60_000
/** A clock that has gone on evenly for so long after it was moved is taken as right: whoever moved it by mistake has had time to see. */
const SETTLE_MS = 10 * 60_000

export interface ClockReading {
  sound: boolean
  /** How far the wall clock was moved against the monotonic one. */
  skewMs: number
  /** `sound` is not what it was at the last reading. */
  changed: boolean
}

/**
 * Tells whether the wall clock can be trusted with deadlines. After a jump it cannot, until the clock is set back or has
 * stood the new time for ten minutes: a wrong year must not make ten thousand cases overdue, and a sleep of the machine
 * must not stop due work until somebody restarts it.
 */
export class ClockWatch {
  readonly #wall: () => number
  readonly #monotonic: () => number
  #base: number
  #moved: { offset: number; since: number } | undefined
  #sound = true

  constructor(wall: () => number = Date.now, monotonic: () => number = () => performance.now()) {
    this.#wall = wall
    this.#monotonic = monotonic
    this.#base = wall() - monotonic()
  }

  read(): ClockReading {
    const now = this.#monotonic()
    const offset = this.#wall() - now
    if (this.#moved && Math.abs(offset - this.#moved.offset) <= LIMIT_MS && now - this.#moved.since >= SETTLE_MS)
      this.#base = offset
    const skewMs = offset - this.#base
    const sound = Math.abs(skewMs) <= LIMIT_MS
    if (sound) this.#moved = undefined
    else if (!this.#moved || Math.abs(offset - this.#moved.offset) > LIMIT_MS) this.#moved = { offset, since: now }
    const changed = sound !== this.#sound
    this.#sound = sound
    return { sound, skewMs, changed }
  }
}
