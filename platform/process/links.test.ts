import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Actor, HeldPost } from '#platform/access/actor.ts'
import { writePending } from '#platform/command/command.ts'
import { type Context, Pending } from '#platform/command/context.ts'
import { sql } from '#platform/db/db.ts'
import { AppError } from '#platform/errors/app-error.ts'
import { findCase } from '#platform/process/case.store.ts'
import type { ActionDef, ProcessDefinition, StateDef } from '#platform/process/definition.ts'
import { type ActInput, actOnCase, type StartInput, startCase } from '#platform/process/engine.ts'
import { openPart, partsPatch } from '#platform/process/link.effects.ts'
import { linksOf } from '#platform/process/link.store.ts'
import { type TestCounty, testActor, withTestCounty } from '#platform/testing/test-county.ts'

const TOWN = '320506103'
const VILLAGE = '320506103001'
const both = (text: string) => ({ 'zh-CN': text, en: text })
const work = (name: string, more: Partial<StateDef> = {}): StateDef => ({
  name: both(name),
  phase: 'work',
  assign: { unit: 'county:command', role: 'dutyChief' },
  ...more,
})
const end = (name: string): StateDef => ({ name: both(name), phase: 'work', final: true })
const step = (from: string[], to: ActionDef['to'], more: Partial<ActionDef> = {}): ActionDef => ({
  name: both('办理'),
  kind: 'main',
  from,
  to,
  who: { assignee: true },
  ...more,
})

const LINKED: ProcessDefinition = {
  key: 'linked',
  version: 1,
  name: both('关联试验'),
  numberPrefix: 'L-{town}',
  phases: [{ key: 'work', name: both('办理') }],
  initial: 'open',
  links: { mainEnded: 'mainEnded', partsEnded: 'partsEnded' },
  start: { name: both('开始'), permission: null, clocks: ['reply'] },
  clocks: {
    reply: { name: both('答复'), limit: { from: 'data.limits.reply', fallback: { value: 5, unit: 'workday' } } },
    rest: {
      name: both('缓办'),
      limit: { until: 'data.until', fallback: { value: 3, unit: 'day' } },
      onDue: 'wake',
    },
  },
  states: {
    open: work('待办'),
    merged: { name: both('已并入'), phase: 'work', waits: true },
    parted: { name: both('分办中'), phase: 'work', waits: true },
    resting: work('缓办'),
    done: end('办结'),
    dropped: end('作废'),
  },
  actions: {
    close: step(['open'], 'done', {
      form: { type: 'object', properties: { reply: { type: 'string' } } },
      keep: ['reply'],
      guards: [{ cel: '!has(data.openParts) || data.openParts == 0', text: both('还有拆分件') }],
    }),
    drop: step(['open'], 'dropped'),
    merge: step(['open'], 'merged', {
      form: { type: 'object', required: ['mainCase'], properties: { mainCase: { type: 'integer', format: 'case' } } },
      effects: [{ name: 'process.merge' }],
    }),
    unmerge: step(['merged'], 'open', { who: { permission: 'test.link' }, effects: [{ name: 'process.unmerge' }] }),
    mainEnded: step(['merged'], [{ when: "form.state == 'done'", to: 'done' }, { to: 'open' }], {
      who: { system: true },
      form: { type: 'object', properties: { state: { type: 'string' }, reply: { type: 'string' } } },
      keep: ['reply'],
    }),
    split: step(['open'], 'parted', { effects: [{ name: 'test.split' }] }),
    partsEnded: step(['parted'], 'open', { who: { system: true } }),
    rest: step(['open'], 'resting', {
      form: { type: 'object', properties: { until: { type: 'string', format: 'date' } } },
      keep: ['until'],
      clocks: { pause: ['reply'], start: ['rest'] },
    }),
    wake: step(['resting'], 'open', { who: { system: true }, clocks: { resume: ['reply'], stop: ['rest'] } }),
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
          const effects = made.services.effects as Map<string, never>
          effects.set('test.split', (async ({ context, case: whole }: { context: Context; case: never }) => {
            const parts = []
            for (const title of ['甲', '乙'])
              parts.push(await openPart(context, whole, { kind: 'part', definitionKey: 'linked', title, form: {} }))
            return partsPatch(whole, parts, 'part')
          }) as never)
          await made.inCounty(async (tx) => {
            await sql`
              insert into process_definition (key, version, status, body, created_at, published_at)
              values ('linked', 1, 'published', ${JSON.stringify(LINKED)}::json, ${made.clock.now()}, ${made.clock.now()})`.execute(
              tx,
            )
            await sql`update access_revision set revision = revision + 1`.execute(tx)
          })
          made.house.forget()
          ready()
          return new Promise<void>((resolve) => {
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

async function chief(accountId = 901): Promise<Actor> {
  const unit = (await county.here()).directory.unitByCode('320506-command')!
  const post: HeldPost = {
    postId: accountId * 10,
    role: 'dutyChief',
    unitId: unit.id,
    unitCode: unit.code,
    unitName: unit.name,
    division: unit.division,
    acting: false,
  }
  return testActor(
    accountId,
    [
      { permission: 'process.case.view', division: '320506', line: null },
      { permission: 'test.link', division: '320506', line: null },
    ],
    { posts: [post], unitIds: [unit.id] },
  )
}

async function as<T>(actor: Actor, body: (context: Context) => Promise<T>): Promise<T> {
  const here = await county.here()
  return county.inCounty(async (tx) => {
    const context: Context = {
      tx,
      actor,
      now: county.clock.now(),
      services: county.services,
      here,
      pending: new Pending(),
      request: { traceId: 'test', address: null },
    }
    const result = await body(context)
    await writePending(context, { route: 'test' })
    return result
  })
}

const open = async (more: Partial<StartInput> = {}) =>
  as(await chief(), (context) =>
    startCase(context, {
      definitionKey: 'linked',
      title: '试验',
      source: 'test',
      form: {},
      townCode: TOWN,
      villageCode: VILLAGE,
      ...more,
    }),
  )
const act = async (caseId: number, action: string, more: Partial<ActInput> = {}) =>
  as(await chief(), (context) => actOnCase(context, { caseId, action, ...more }))
const merge = (id: number, mainCase: number) => act(id, 'merge', { form: { mainCase } })
const load = (id: number) => county.inCounty(async (tx) => (await findCase(tx, id, false))!)
const dueOf = async (id: number, key = 'reply') => (await load(id)).clocks.find((c) => c.key === key)!.state.dueAt
const codeOf = (doing: Promise<unknown>) =>
  doing.then(
    () => 'done',
    (error: unknown) => (error instanceof AppError ? error.code : String(error)),
  )
const actionsOf = async (id: number) => (await load(id)).done.map((hop) => hop.action)

describe('merging', () => {
  it('waits with its main case, makes its earlier deadline rule, and both end with one answer', async () => {
    const main = await open()
    const early = await open({ data: { limits: { reply: { value: 2, unit: 'workday' } } } })
    const own = await dueOf(main.id)
    await merge(early.id, main.id)
    expect((await load(early.id)).case.state).toBe('merged')
    expect((await load(early.id)).items).toEqual([])
    expect(await dueOf(main.id)).toEqual(await dueOf(early.id))
    expect((await load(main.id)).items[0]).toBeDefined()
    expect((await load(main.id)).case.dueAt).toEqual(await dueOf(early.id))
    expect(await actionsOf(main.id)).toEqual(['start', 'absorbed'])
    expect(own > (await dueOf(main.id))).toBe(true)

    await act(main.id, 'close', { form: { reply: '已清理' } })
    const ended = await load(early.id)
    expect(ended.case.state).toBe('done')
    expect(ended.case.data.reply).toBe('已清理')
    expect(await county.inCounty((tx) => linksOf(tx, early.id))).toEqual([
      { kind: 'merged', fromCaseId: early.id, toCaseId: main.id },
    ])
  })

  it('is undone: the case goes on by itself, the main one has its own deadline again', async () => {
    const main = await open()
    const own = await dueOf(main.id)
    const first = await open({ data: { limits: { reply: { value: 2, unit: 'workday' } } } })
    const second = await open({ data: { limits: { reply: { value: 3, unit: 'workday' } } } })
    await merge(first.id, main.id)
    await merge(second.id, main.id)
    await act(first.id, 'unmerge')
    expect((await load(first.id)).case.state).toBe('open')
    expect(await dueOf(main.id)).toEqual(await dueOf(second.id))
    await act(second.id, 'unmerge')
    expect(await dueOf(main.id)).toEqual(own)
    expect((await load(main.id)).case.data.mergedCount).toBe(0)
    expect(await county.inCounty((tx) => linksOf(tx, main.id))).toEqual([])
    // And may be merged again.
    await merge(first.id, main.id)
    expect((await load(main.id)).case.data.mergedCount).toBe(1)
  })

  it('lets the merged case go on where the main one ends without an answer', async () => {
    const main = await open()
    const other = await open()
    await merge(other.id, main.id)
    await act(main.id, 'drop')
    expect((await load(other.id)).case.state).toBe('open')
    expect(await county.inCounty((tx) => linksOf(tx, other.id))).toEqual([])
  })

  it('is refused where it would lose, leak or loop', async () => {
    const main = await open()
    const other = await open()
    const secret = await open({ secrecy: 'secret' })
    expect(await codeOf(merge(main.id, main.id))).toBe('process.merge_itself')
    expect(await codeOf(merge(main.id, 999_999))).toBe('process.merge_unknown')
    expect(await codeOf(merge(secret.id, main.id))).toBe('process.merge_less_secret')
    await merge(other.id, main.id)
    expect(await codeOf(merge(main.id, (await open()).id))).toBe('process.merge_is_main')
    expect(await codeOf(merge((await open()).id, other.id))).toBe('process.merge_chain')
    const closed = await open()
    await act(closed.id, 'close')
    expect(await codeOf(merge((await open()).id, closed.id))).toBe('process.merge_closed')
  })

  it('lets whoever takes part in the main case see what was merged, whenever they joined', async () => {
    const main = await open()
    const other = await open()
    await merge(other.id, main.id)
    const unseen = (await load(other.id)).partyAccountIds
    await as(await chief(977), (context) => actOnCase(context, { caseId: main.id, action: 'rest', form: {} }))
    expect(unseen).not.toContain(977)
    expect((await load(other.id)).partyAccountIds).toContain(977)
  })
})

describe('parts', () => {
  it('hold the whole back until the last of them has ended', async () => {
    const whole = await open()
    await act(whole.id, 'split')
    const parts = (await county.inCounty((tx) => linksOf(tx, whole.id))).map((link) => link.fromCaseId)
    expect(parts).toHaveLength(2)
    expect((await load(whole.id)).case.state).toBe('parted')
    expect((await load(whole.id)).case.data.openParts).toBe(2)
    await act(parts[0]!, 'close')
    expect((await load(whole.id)).case.state).toBe('parted')
    await act(parts[1]!, 'drop')
    expect((await load(whole.id)).case.state).toBe('open')
    expect(await actionsOf(whole.id)).toEqual(['start', 'split', 'partEnded', 'partEnded', 'partsEnded'])
    await act(whole.id, 'close')
    expect((await load(whole.id)).case.state).toBe('done')
  })
})

describe('a planned moment', () => {
  it('wakes the case on the day, late for nobody, and the held limit goes on', async () => {
    const resting = await open()
    await act(resting.id, 'rest', { form: { until: '2026-10-20' } })
    const { clocks } = await load(resting.id)
    expect(clocks.find((clock) => clock.key === 'reply')!.state.pausedAt).not.toBeNull()
    county.clock.set(new Date('2026-10-21T01:00:00Z'))
    await county.settle()
    const woken = await load(resting.id)
    expect(woken.case.state).toBe('open')
    expect(woken.case.overdue).toBe(false)
    expect(woken.clocks.find((clock) => clock.key === 'rest')!.overdue).toBe(false)
    expect(await actionsOf(resting.id)).toEqual(['start', 'rest', 'wake'])
  })
})

describe('a deadline from outside', () => {
  it('rules where it is earlier, also over a pause, and nowhere else', async () => {
    const now = county.clock.now()
    const cap = new Date(now.getTime() + 86_400_000)
    const capped = await open({ clockCaps: { reply: cap } })
    expect(await dueOf(capped.id)).toEqual(cap)
    const loose = await open({ clockCaps: { reply: new Date(now.getTime() + 90 * 86_400_000) } })
    const plain = await open()
    expect(await dueOf(loose.id)).toEqual(await dueOf(plain.id))
  })
})
