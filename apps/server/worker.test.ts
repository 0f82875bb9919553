import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { sql } from '#platform/db/db.ts'
import { Pool } from '#platform/db/pool.ts'
import { type TestCounty, withTestCounty } from '#platform/testing/test-county.ts'
import { ClockWatch } from './clock-watch.ts'
import { Worker } from './worker.ts'

const MINUTE = 60_000

/** A job that is due, of a kind that nobody handles: background work takes it away. */
async function addJob(county: TestCounty): Promise<number> {
  return county.inCounty(async (tx) => {
    const { rows } = await sql<{ id: number }>`
      insert into job_job (kind, payload, run_at, created_at)
      values ('test.nothing', '{}', ${county.clock.now()}, ${county.clock.now()}) returning id`.execute(tx)
    return rows[0]!.id
  })
}

async function isWaiting(county: TestCounty, job: number): Promise<boolean> {
  return county.inCounty(async (tx) => {
    const { rows } = await sql`select 1 from job_job where id = ${job}`.execute(tx)
    return rows.length > 0
  })
}

async function until(reached: () => Promise<boolean>): Promise<void> {
  while (!(await reached())) await sleep(20)
}

describe('background work', () => {
  it('goes on in every county when one cannot be served', () =>
    withTestCounty(async (county) => {
      const owner = new Pool({ url: county.databaseUrl, max: 1 })
      // Comes first in every round; there are no keys for it.
      await owner.pg.query(`
        insert into yiti.county (slug, name, parent_name, region_prefix, schema_name, level, created_at)
        select 'broken', '坏区', parent_name, '320507', 'county_broken', level, created_at - interval '1 day'
          from yiti.county where slug = 'test'`)
      await owner.close()
      // Else the first rounds would not know of it.
      county.house.forget()
      const job = await addJob(county)
      const worker = new Worker(county.house)
      worker.start()
      try {
        await until(async () => !(await isWaiting(county, job)))
      } finally {
        await worker.stop()
      }
    }))

  it('pauses while the clock is not to be trusted, says so, and goes on', () =>
    withTestCounty(async (county) => {
      let wall = 0
      let monotonic = 0
      const app = await county.app()
      const ready = async () => {
        const answer = await app.inject({ method: 'GET', url: '/health/ready' })
        return [answer.statusCode, answer.json().clock]
      }
      const worker = new Worker(
        county.house,
        new ClockWatch(
          () => wall,
          () => monotonic,
        ),
      )
      worker.start()
      try {
        const first = await addJob(county)
        await until(async () => !(await isWaiting(county, first)))
        expect(await ready()).toEqual([200, undefined])

        wall += 3 * 365 * 24 * 60 * MINUTE
        await until(async () => (await ready())[0] === 503)
        expect(await ready()).toEqual([503, 'moved'])
        const second = await addJob(county)
        // The machine was asleep: nobody sets this clock back, it just goes on.
        wall += 10 * MINUTE
        monotonic += 10 * MINUTE
        await until(async () => !(await isWaiting(county, second)))
        await until(async () => (await ready())[0] === 200)
      } finally {
        await worker.stop()
      }
    }))
})

describe('the watch over the clock', () => {
  function make() {
    let wall = 1_000_000
    let monotonic = 0
    const watch = new ClockWatch(
      () => wall,
      () => monotonic,
    )
    return {
      pass: (ms: number) => {
        wall += ms
        monotonic += ms
        return watch.read()
      },
      move: (ms: number) => {
        wall += ms
        return watch.read()
      },
    }
  }

  it('bears small corrections and time that passes', () => {
    const clock = make()
    expect(clock.move(-50_000).sound).toBe(true)
    expect(clock.pass(90 * 24 * 60 * MINUTE).sound).toBe(true)
  })

  it.each([61_000, -61_000, 40 * 365 * 24 * 60 * MINUTE])('stops at a jump of %d ms until it is undone', (jump) => {
    const clock = make()
    expect(clock.move(jump)).toEqual({ sound: false, skewMs: jump, changed: true })
    expect(clock.pass(9 * MINUTE)).toMatchObject({ sound: false, changed: false })
    expect(clock.move(-jump)).toEqual({ sound: true, skewMs: 0, changed: true })
  })

  it('takes a new time that has stood for ten minutes, and only one that has stood', () => {
    const clock = make()
    clock.move(5 * MINUTE)
    expect(clock.pass(9 * MINUTE).sound).toBe(false)
    clock.move(5 * MINUTE)
    expect(clock.pass(9 * MINUTE).sound).toBe(false)
    expect(clock.pass(MINUTE)).toEqual({ sound: true, skewMs: 0, changed: true })
    expect(clock.move(-2 * MINUTE).sound).toBe(false)
  })
})
