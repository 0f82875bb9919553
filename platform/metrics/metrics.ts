import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client'

/** Figures of one server process in Prometheus text form. */
export class Metrics {
  readonly #registry = new Registry()
  readonly #requests = new Histogram({
    name: 'yiti_request_seconds',
    help: 'Time of requests by route and status',
    labelNames: ['route', 'status'],
    buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5],
    registers: [this.#registry],
  })
  readonly #work = new Counter({
    name: 'yiti_background_total',
    help: 'Jobs, timers, deltas and evidence entries worked on',
    labelNames: ['kind', 'county'],
    registers: [this.#registry],
  })
  readonly #clockSkew = new Gauge({
    name: 'yiti_clock_skew_seconds',
    help: 'Wall clock minus monotonic clock since start; due work pauses beyond 60 s',
    registers: [this.#registry],
  })

  constructor() {
    collectDefaultMetrics({ register: this.#registry, prefix: 'yiti_' })
  }

  observe(route: string, status: number, milliseconds: number): void {
    this.#requests.observe({ route, status: String(status) }, milliseconds / 1000)
  }

  worked(kind: string, county: string, amount: number): void {
    if (amount > 0) this.#work.inc({ kind, county }, amount)
  }

  skew(seconds: number): void {
    this.#clockSkew.set(seconds)
  }

  text(): Promise<string> {
    return this.#registry.metrics()
  }
}
