import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Context, Pending } from '#platform/command/context.ts'
import { sql } from '#platform/db/db.ts'
import { caseNumbers, countCases } from '#platform/process/case-list.ts'
import type { ProcessDefinition } from '#platform/process/definition.ts'
import { actOnCase, startCase } from '#platform/process/engine.ts'
import { foldRollups } from '#platform/rollup/rollup.ts'
import { type TestCounty, testActor, withTestCounty } from '#platform/testing/test-county.ts'

const COUNTY = '320506'
const TOWNS = ['320506101', '320506102']

const both = (text: string) => ({ 'zh-CN': text, en: text })
const owner = { unit: 'county:command', role: 'dutyChief' }
const who = { system: true }
const flow: ProcessDefinition = {
  key: 'counted',
  version: 1,
  name: both('计数试验'),
  numberPrefix: 'T-{town}',
  phases: [
    { key: 'early', name: both('前') },
    { key: 'late', name: both('后') },
  ],
  initial: 'open',
  start: { name: both('开始'), permission: null, clocks: ['whole'] },
  clocks: { whole: { name: both('时限'), limit: { fallback: { value: 1, unit: 'workHour' } } } },
  states: {
    open: { name: both('待办'), phase: 'early', assign: owner },
    work: { name: both('办理'), phase: 'late', assign: owner },
    done: { name: both('办结'), phase: 'late', final: true },
  },
  actions: {
    go: { name: both('办'), kind: 'main', from: ['open', 'work'], to: 'work', who },
    back: { name: both('退'), kind: 'side', from: ['work'], to: 'open', who },
    close: { name: both('结'), kind: 'main', from: ['open', 'work'], to: 'done', who },
    reopen: { name: both('重办'), kind: 'side', from: ['done'], to: 'work', who, clocks: { start: ['whole'] } },
  },
}

let county: TestCounty
let leave: () => void
let left: Promise<void>

beforeAll(
  () =>
    new Promise<void>((ready, fail) => {
      left = withTestCounty(
        async (made) => {
          county = made
          await county.inCounty(async (tx) => {
            await sql`
              insert into process_definition (key, version, status, body, created_at, published_at)
              values ('counted', 1, 'published', ${JSON.stringify(flow)}::json, ${new Date(0)}, ${new Date(0)})`.execute(
              tx,
            )
            await sql`update access_revision set revision = revision + 1`.execute(tx)
          })
          county.house.forget()
          ready()
          await new Promise<void>((resolve) => {
            leave = resolve
          })
        },
        { at: '2026-10-12T01:00:00Z' },
      )
      left.catch(fail)
    }),
)

afterAll(() => {
  leave?.()
  return left
})

const director = testActor(1, [{ permission: 'process.case.view', division: COUNTY, line: null }])
const townClerk = testActor(2, [{ permission: 'process.case.view', division: TOWNS[0]!, line: null }])

/** Numbers by the rollup and by counting rows, both in one snapshot. */
async function compare(): Promise<void> {
  const here = await county.here()
  await county.house.services.pool.inCounty(
    here.county,
    async (tx) => {
      const counted = await sql<{ key: string; amount: number }>`
        select concat_ws('|', definition_key, phase, state, coalesce(town_code, ''), coalesce(line_code, ''),
                 overdue and closed_at is null) as key, count(*) as amount
          from process_case group by 1 order by 1`.execute(tx)
      const context = (actor: Context['actor']): Context => ({
        tx,
        actor,
        now: county.clock.now(),
        services: county.services,
        here,
        pending: new Pending(),
        request: { traceId: 'test', address: null },
      })
      const numbers = await caseNumbers(context(director))
      const byKey = numbers
        .map((row) => ({
          key: [row.definitionKey, row.phase, row.state, row.townCode, row.lineCode, row.overdue ? 't' : 'f'].join('|'),
          amount: row.amount,
        }))
        .sort((a, b) => (a.key < b.key ? -1 : 1))
      const collated = counted.rows.sort((a, b) => (a.key < b.key ? -1 : 1))
      expect(byKey).toEqual(collated)
      const inTown = counted.rows.filter((row) => row.key.split('|')[3] === TOWNS[0])
      expect(await countCases(context(townClerk), {})).toEqual({
        count: inTown.reduce((sum, row) => sum + row.amount, 0),
        capped: false,
      })
    },
    'read',
  )
}

const fold = async (batch: number) => {
  const here = await county.here()
  return county.services.pool.inCounty(here.county, (tx) => foldRollups(tx, batch))
}
const unfolded = () =>
  county.inCounty(async (tx) => {
    const { rows } = await sql<{ n: number }>`select count(*) as n from rollup_delta`.execute(tx)
    return rows[0]!.n
  })

type Move =
  | { kind: 'start'; town: string | null; line: string | null }
  | { kind: 'act'; which: number; action: string }
  | { kind: 'wait'; minutes: number }
  | { kind: 'fold'; batch: number }

const move: fc.Arbitrary<Move> = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant('start' as const),
      town: fc.option(fc.constantFrom(...TOWNS)),
      line: fc.constantFrom(null, 'fire'),
    }),
  },
  {
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constant('act' as const),
      which: fc.nat({ max: 50 }),
      action: fc.constantFrom('go', 'back', 'close', 'reopen'),
    }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('wait' as const), minutes: fc.integer({ min: 1, max: 90 }) }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('fold' as const), batch: fc.constantFrom(1, 3, 1000) }) },
)

describe('case numbers', () => {
  const ids: number[] = []

  async function make(one: Move): Promise<void> {
    if (one.kind === 'start')
      ids.push(
        await county.asSystem(async (context) => {
          const { id } = await startCase(context, {
            definitionKey: 'counted',
            title: '计数',
            source: 'test',
            form: {},
            townCode: one.town,
            lineCode: one.line,
          })
          return id
        }),
      )
    else if (one.kind === 'act' && ids.length > 0)
      await county
        .asSystem((context) =>
          actOnCase(context, { caseId: ids[one.which % ids.length]!, action: one.action }).then(() => undefined),
        )
        .catch((error: { code?: string }) => expect(error.code).toBe('process.wrong_state'))
    else if (one.kind === 'wait') {
      county.clock.advance(one.minutes * 60_000)
      await county.settle()
    } else if (one.kind === 'fold') await fold(one.batch)
  }

  it('equal a recount of the rows after every step of any history, folded or not', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(move, { minLength: 1, maxLength: 12 }), async (moves) => {
        for (const one of moves) {
          await make(one)
          await compare()
        }
      }),
      { numRuns: 25 },
    )
    const { rows } = await county.inCounty((tx) =>
      sql<{ late: number; done: number }>`
        select count(*) filter (where overdue) as late, count(*) filter (where closed_at is not null) as done
          from process_case`.execute(tx),
    )
    expect(Math.min(rows[0]!.late, rows[0]!.done)).toBeGreaterThan(0)
  })

  it('equal it while writers write and several folders fold at once', async () => {
    const moves = fc.sample(move, { numRuns: 60, seed: 7 }).filter((one) => one.kind !== 'wait')
    let busy = true
    const writers = [0, 1, 2].map(async (lane) => {
      for (const [index, one] of moves.entries()) if (index % 3 === lane) await make(one)
    })
    const folders = [1, 4].map(async (batch) => {
      while (busy) await fold(batch)
    })
    const reader = (async () => {
      while (busy) await compare()
    })()
    await Promise.all(writers).finally(() => {
      busy = false
    })
    await Promise.all([...folders, reader])
    await compare()
  })

  it('folding takes everything in the end, keeps what it took, and leaves no empty rows to count', async () => {
    while ((await fold(1000)) > 0);
    expect(await unfolded()).toBe(0)
    await compare()
    await make({ kind: 'start', town: TOWNS[0]!, line: null })
    await make({ kind: 'act', which: ids.length - 1, action: 'close' })
    expect(await unfolded()).toBe(3)
    expect(await fold(2)).toBe(2)
    await compare()
    expect(await fold(2)).toBe(1)
    await compare()
  })
})
