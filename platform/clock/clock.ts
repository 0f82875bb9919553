/** The only source of time for business code, so that tests and demos can set it. */
export interface Clock {
  now(): Date
}

export const systemClock: Clock = { now: () => new Date() }

/** A clock that stands still until it is moved; for tests and for writing believable history. */
export class ManualClock implements Clock {
  #at: number
  constructor(at: string | Date) {
    this.#at = new Date(at).getTime()
  }
  now(): Date {
    return new Date(this.#at)
  }
  set(at: string | Date): void {
    this.#at = new Date(at).getTime()
  }
  advance(milliseconds: number): void {
    this.#at += milliseconds
  }
}
