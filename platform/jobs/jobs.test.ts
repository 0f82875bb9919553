import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { sql } from '#platform/db/db.ts'
import { APP_ROLE } from '#platform/db/migrate.ts'
import { Pool } from '#platform/db/pool.ts'
import { type JobHandler, type JobHandlers, runDueJobs } from '#platform/jobs/jobs.ts'
import { House } from '#platform/module/house.ts'
import { type TestCounty, withTestCounty } from '#platform/testing/test-county.ts'

let county: TestCounty
let leave: () => void
let left: Promise<void>

beforeAll(
  () =>
    new Promise<void>((ready, fail) => {
      left = withTestCounty(async (made) => {
        county = made
        const { county: registered } = await county.here()
        // The application's role makes no tables.
        const owner = new Pool({ url: county.databaseUrl, max: 1 })
        await owner
          .inCounty(registered, async (tx) => {
            // Where jobs leave their mark, in the same transaction as the job itself.
            await sql`create table test_mark (id bigint generated always as identity, job text)`.execute(tx)
            await sql`grant select, insert, delete on test_mark to ${sql.ref(APP_ROLE)}`.execute(tx)
          })
          .finally(() => owner.close())
        ready()
        await new Promise<void>((resolve) => {
          leave = resolve
        })
      })
      left.catch(fail)
    }),
)

afterAll(() => {
  leave?.()
  return left
})

beforeEach(() =>
  county.inCounty(async (tx) => {
    await sql`delete from job_job`.execute(tx)
    await sql`delete from test_mark`.execute(tx)
  }),
)

const put = (jobs: { kind?: string; name: string; aggregate?: string; runAt?: Date }[]) =>
  county.asSystem(async ({ pending }) => {
    for (const { kind = 'test', name, aggregate, runAt } of jobs)
      pending.jobs.push({
        kind,
        payload: { name },
        ...(aggregate ? { aggregate } : {}),
        ...(runAt ? { runAt } : {}),
      })
  })
const marks = () =>
  county.inCounty(async (tx) => {
    const { rows } = await sql<{ job: string }>`select job from test_mark order by id`.execute(tx)
    return rows.map((row) => row.job)
  })
const waiting = () =>
  county.inCounty(async (tx) => {
    const { rows } = await sql<{
      name: string
      attempts: number
      run_at: Date
      failed_at: Date | null
      last_error: string | null
    }>`
      select payload ->> 'name' as name, attempts, run_at, failed_at, last_error from job_job order by id`.execute(tx)
    return rows
  })

const mark: JobHandler = async ({ tx }, { name }) => {
  await sql`insert into test_mark (job) values (${String(name)})`.execute(tx)
}
const handlers = (handler: JobHandler): JobHandlers => new Map([['test', [handler]]])
const run = async (list: JobHandlers) => runDueJobs(county.services, await county.here(), list)
async function runAll(list: JobHandlers): Promise<void> {
  for (let round = 0; (await run(list)) > 0; round++) if (round > 500) throw new Error('jobs never come to rest')
}

describe('jobs', () => {
  it('are written with the change that causes them, or not at all', async () => {
    await county
      .asSystem(async ({ pending, tx }) => {
        pending.jobs.push({ kind: 'test', payload: { name: 'never' } })
        await sql`select 1 / 0`.execute(tx)
      })
      .catch(() => {})
    await put([{ name: 'once' }])
    await runAll(handlers(mark))
    expect(await marks()).toEqual(['once'])
    expect(await waiting()).toEqual([])
  })

  it('of one aggregate run in the order they were written, whatever their time; others do not wait for them', async () => {
    const later = new Date(county.clock.now().getTime() + 60_000)
    await put([
      { name: 'a1', aggregate: 'case:1', runAt: later },
      { name: 'a2', aggregate: 'case:1' },
      { name: 'b1', aggregate: 'case:2' },
      { name: 'free' },
    ])
    await runAll(handlers(mark))
    expect((await marks()).sort()).toEqual(['b1', 'free'])
    county.clock.advance(60_000)
    await runAll(handlers(mark))
    expect((await marks()).filter((name) => name.startsWith('a'))).toEqual(['a1', 'a2'])
  })

  it('of a lane of their own hold up none of the others while they wait for somebody', async () => {
    await county.asSystem(async ({ pending }) => {
      pending.jobs.push({ kind: 'outward', payload: { name: 'sent' } })
      pending.jobs.push({ kind: 'outward', payload: { name: 'sent too' } })
    })
    await put([{ name: 'inside' }])
    let answer = () => {}
    const answered = new Promise<void>((resolve) => {
      answer = resolve
    })
    let asked = () => {}
    const reached = new Promise<void>((resolve) => {
      asked = resolve
    })
    const list: JobHandlers = new Map([
      ['test', [mark]],
      [
        'outward',
        [
          async (context, payload) => {
            asked()
            await answered
            await mark(context, payload)
          },
        ],
      ],
    ])
    const here = await county.here()
    const outward = { only: ['outward'], limit: 1 }
    const sending = runDueJobs(county.services, here, list, outward)
    await reached
    expect(await runDueJobs(county.services, here, list, { except: ['outward'] })).toBe(1)
    expect(await marks()).toEqual(['inside'])
    answer()
    expect(await sending).toBe(1)
    expect((await waiting()).map(({ name }) => name)).toEqual(['sent too'])
    expect(await runDueJobs(county.services, here, list, outward)).toBe(1)
    expect(await marks()).toEqual(['inside', 'sent', 'sent too'])
  })

  it('that fail are put off further each time, hold up their aggregate only, and leave no half-done work', async () => {
    await put([
      { name: 'bad', aggregate: 'case:1' },
      { name: 'after', aggregate: 'case:1' },
      { name: 'other', aggregate: 'case:2' },
    ])
    let broken = true
    const list = handlers(async (context, payload) => {
      await mark(context, payload)
      if (payload.name === 'bad' && broken) throw new Error('no answer')
    })
    const begin = county.clock.now().getTime()
    await runAll(list)
    expect(await marks()).toEqual(['other'])
    const [first] = await waiting()
    expect(first).toMatchObject({ name: 'bad', attempts: 1, last_error: 'no answer', failed_at: null })
    const delays: number[] = [first!.run_at.getTime() - begin]
    for (let attempt = 2; attempt <= 4; attempt++) {
      const at = (await waiting())[0]!.run_at
      county.clock.set(at)
      await runAll(list)
      delays.push((await waiting())[0]!.run_at.getTime() - at.getTime())
    }
    for (const [index, delay] of delays.entries()) expect(delay).toBeGreaterThan(delays[index - 1] ?? 0)
    broken = false
    county.clock.set((await waiting())[0]!.run_at)
    await runAll(list)
    expect(await marks()).toEqual(['other', 'bad', 'after'])
    expect(await waiting()).toEqual([])
  })

  it('that never succeed are given up, kept for a person to see, and let the next of their aggregate on', async () => {
    await put([
      { name: 'hopeless', aggregate: 'case:1' },
      { name: 'after', aggregate: 'case:1' },
    ])
    const list = handlers(async (context, payload) => {
      if (payload.name === 'hopeless') throw new Error('x'.repeat(2000))
      await mark(context, payload)
    })
    for (let day = 0; day < 20; day++) {
      county.clock.advance(24 * 3_600_000)
      await runAll(list)
    }
    expect(await marks()).toEqual(['after'])
    const left = await waiting()
    expect(left).toHaveLength(1)
    expect(left[0]).toMatchObject({ name: 'hopeless', attempts: 8 })
    expect(left[0]!.failed_at).not.toBeNull()
    expect(left[0]!.last_error!.length).toBeLessThanOrEqual(500)
  })

  it('nobody listens to go; all who listen are called', async () => {
    await put([{ kind: 'event:test.nobody', name: 'x' }, { name: 'y' }])
    await runAll(new Map([['test', [mark, mark]]]))
    expect(await marks()).toEqual(['y', 'y'])
    expect(await waiting()).toEqual([])
  })

  it('with two servers: each done once, in order within its aggregate, also where some fail at first', async () => {
    const names: string[] = []
    for (let n = 0; n < 120; n++) names.push(`${n % 10}.${Math.floor(n / 10)}`)
    await put(names.map((name) => ({ name, aggregate: `case:${name.split('.')[0]}` })))
    const { services, house } = county
    const second = new House({
      config: services.config,
      log: services.log,
      databaseUrl: county.databaseUrl,
      modules: house.modules,
      clock: county.clock,
    })
    const failedOnce = new Set<string>()
    const list = handlers(async (context, payload) => {
      await mark(context, payload)
      const name = String(payload.name)
      if (name.endsWith('.5') && !failedOnce.has(name)) {
        failedOnce.add(name)
        throw new Error('at first')
      }
    })
    try {
      const { slug } = (await county.here()).county
      for (let round = 0; round < 60 && (await waiting()).length > 0; round++) {
        await Promise.all(
          [house, second, house, second].map(async (own) => {
            for (let n = 0; n < 4; n++) await runDueJobs(own.services, await own.countyBySlug(slug), list)
          }),
        )
        county.clock.advance(3_600_000)
      }
    } finally {
      await second.close()
    }
    const done = await marks()
    expect([...done].sort()).toEqual([...names].sort())
    for (let aggregate = 0; aggregate < 10; aggregate++) {
      const own = done.filter((name) => name.startsWith(`${aggregate}.`))
      expect(own).toEqual(names.filter((name) => name.startsWith(`${aggregate}.`)))
    }
  })
})
