import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Actor, EffectiveGrant, HeldPost } from '#platform/access/actor.ts'
import { writePending } from '#platform/command/command.ts'
import { type Context, Pending } from '#platform/command/context.ts'
import { sql } from '#platform/db/db.ts'
import { AppError } from '#platform/errors/app-error.ts'
import { House } from '#platform/module/house.ts'
import { findCase } from '#platform/process/case.store.ts'
import { pageOfCases } from '#platform/process/case-list.ts'
import type { ActionDef, ProcessDefinition, StateDef } from '#platform/process/definition.ts'
import { type ActInput, actOnCase, maySee, type StartInput, startCase, whyNot } from '#platform/process/engine.ts'
import { getCaseQuery } from '#platform/process/get-case.query.ts'
import { fireDueTimers } from '#platform/process/timers.ts'
import { type TestCounty, testActor, withTestCounty } from '#platform/testing/test-county.ts'

const COUNTY = '320506'
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
const flow = (key: string, body: Partial<ProcessDefinition>): ProcessDefinition => ({
  key,
  version: 1,
  name: both('试验'),
  numberPrefix: 'T-{town}',
  phases: [{ key: 'work', name: both('办理') }],
  initial: 'open',
  start: { name: both('开始'), permission: null },
  clocks: {},
  states: {},
  actions: {},
  ...body,
})

let county: TestCounty
let leave: () => void
let left: Promise<void>

beforeAll(
  () =>
    new Promise<void>((ready, fail) => {
      left = withTestCounty(
        (made) => {
          county = made
          ready()
          return new Promise<void>((resolve) => {
            leave = resolve
          })
        },
        // A Monday at nine, with two ordinary weeks behind it.
        { at: '2026-10-12T01:00:00Z' },
      )
      left.catch(fail)
    }),
)

afterAll(() => {
  leave?.()
  return left
})

async function publish(...definitions: ProcessDefinition[]): Promise<void> {
  await county.inCounty(async (tx) => {
    for (const body of definitions)
      await sql`
        insert into process_definition (key, version, status, body, created_at, published_at)
        values (${body.key}, ${body.version}, 'published', ${JSON.stringify(body)}::json, ${county.clock.now()},
          ${county.clock.now()})`.execute(tx)
    await sql`update access_revision set revision = revision + 1`.execute(tx)
  })
  county.house.forget()
}

const unitId = async (code: string) => (await county.here()).directory.unitByCode(`${COUNTY}-${code}`)!.id

/** Somebody who holds posts; without a grant of its own unless given. */
async function person(
  accountId: number,
  posts: [unit: string, role: string][],
  grants: EffectiveGrant[] = [],
): Promise<Actor> {
  const { directory } = await county.here()
  const held = posts.map(([code, role], index): HeldPost => {
    const unit = directory.unitByCode(`${COUNTY}-${code}`)!
    return {
      postId: accountId * 10 + index,
      role,
      unitId: unit.id,
      unitCode: unit.code,
      unitName: unit.name,
      division: unit.division,
      acting: false,
    }
  })
  return testActor(accountId, grants, { posts: held, unitIds: [...new Set(held.map((post) => post.unitId))] })
}

const chiefs = (accountId: number) => person(accountId, [['command', 'dutyChief']])

async function as<T>(actor: Actor, body: (context: Context) => Promise<T>, now = county.clock.now()): Promise<T> {
  const here = await county.here()
  return county.inCounty(async (tx) => {
    const context: Context = {
      tx,
      actor,
      now,
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

const start = (actor: Actor, definitionKey: string, more: Partial<StartInput> = {}) =>
  as(actor, (context) =>
    startCase(context, {
      definitionKey,
      title: '试验',
      source: 'test',
      form: {},
      townCode: TOWN,
      villageCode: VILLAGE,
      ...more,
    }),
  )
const act = (actor: Actor, caseId: number, action: string, more: Partial<ActInput> = {}) =>
  as(actor, (context) => actOnCase(context, { caseId, action, ...more }))
const codeOf = (doing: Promise<unknown>) =>
  doing.then(
    () => 'done',
    (error: unknown) => (error instanceof AppError ? error.code : String(error)),
  )
const load = (id: number) => county.inCounty(async (tx) => (await findCase(tx, id, false))!)

interface TimerRow {
  clock_key: string
  kind: string
  level: number
  due_at: Date
  fired_at: Date | null
}
const timersOfCase = (id: number) =>
  county.inCounty(async (tx) => {
    const { rows } = await sql<TimerRow>`
      select clock_key, kind, level, due_at, fired_at from process_timer where case_id = ${id}
       order by due_at, level`.execute(tx)
    return rows
  })
const traceOfCase = (id: number) =>
  county.inCounty(async (tx) => {
    const { rows } = await sql<{ hop: number; action: string }>`
      select hop, action from process_trace where case_id = ${id} order by hop`.execute(tx)
    return rows.map((row) => row.action)
  })
/** The timers of the test county, alone: jobs stay where they are. */
async function fire(): Promise<void> {
  const here = await county.here()
  while ((await fireDueTimers(county.services, here)) > 0);
}
const moment = (local: string) => new Date(`${local}+08:00`)
const setClock = (local: string) => county.clock.set(moment(local))

describe('what an action asks', () => {
  beforeAll(() =>
    publish(
      flow('rules', {
        states: { open: work('待办'), checked: work('待核'), done: end('办结') },
        actions: {
          handle: step(['open'], 'checked', {
            form: {
              type: 'object',
              properties: { amount: { type: 'integer' }, remark: { type: 'string' } },
              required: ['amount'],
              additionalProperties: false,
            },
            keep: ['amount'],
            guards: [
              { cel: 'form.amount > 0', text: both('数量须大于零') },
              { cel: 'data.limit == 0 || form.amount <= data.limit', text: both('超出上限') },
            ],
          }),
          undo: step(['checked'], 'open', { once: 1 }),
          close: step(['checked'], 'done', { separate: ['handle'] }),
          remark: step(['open', 'checked'], 'stay', { kind: 'side' }),
          lift: step(['open'], 'stay', {
            kind: 'side',
            guards: [{ cel: 'has(data.held) && data.held', text: both('没有搁置'), quiet: true }],
          }),
          extend: step(['open'], 'stay', {
            kind: 'side',
            guards: [{ cel: 'has(data.limit)', text: both('没有上限') }],
          }),
          approve: step(['checked'], 'stay', {
            kind: 'side',
            who: { permission: 'process.case.view' },
            guards: [{ cel: "actor.role == 'unitLeader'", text: both('由分管负责人同意'), quiet: true }],
          }),
          receive: step(['checked'], 'stay', {
            kind: 'side',
            guards: [{ cel: "actor.role == 'unitLeader'", text: both('由分管负责人接收'), quiet: true }],
          }),
          choose: step(
            ['open'],
            [
              { when: "form.way == 'end'", to: 'done' },
              { when: "form.way == 'on'", to: 'checked' },
            ],
          ),
        },
      }),
    ),
  )

  it('guards read case data and form, and refuse in the words of the definition', async () => {
    const chief = await chiefs(1)
    const { id } = await start(chief, 'rules', { data: { limit: 5 } })
    expect(await codeOf(act(chief, id, 'handle', { form: {} }))).toBe('process.form_invalid')
    expect(await codeOf(act(chief, id, 'handle', { form: { amount: 1, more: 1 } }))).toBe('process.form_invalid')
    expect(await codeOf(act(chief, id, 'handle', { form: { amount: 0 } }))).toBe('process.guard')
    await expect(act(chief, id, 'handle', { form: { amount: 6 } })).rejects.toMatchObject({
      code: 'process.guard',
      params: { zh: '超出上限' },
    })
    const before = await load(id)
    expect(before.case).toMatchObject({ state: 'open', version: 1, hop: 1, data: { limit: 5 } })
    const after = await act(chief, id, 'handle', { form: { amount: 5, remark: '不进案件数据' } })
    expect(after).toMatchObject({ state: 'checked', version: 2, hop: 2 })
    expect(after.data).toMatchObject({ limit: 5, amount: 5 })
    expect(after.data).not.toHaveProperty('remark')
    // A guard that cannot be evaluated is not passed.
    const bare = await start(chief, 'rules')
    expect(await codeOf(act(chief, bare.id, 'handle', { form: { amount: 1 } }))).toBe('process.guard')
  })

  it('what a guard refuses whatever is filled in is not offered, and told unless nobody would look for it', async () => {
    const chief = await chiefs(1)
    const offered = async (data: Record<string, unknown>) => {
      const { id } = await start(chief, 'rules', { data })
      const page = await as(chief, (context) => getCaseQuery.run(context, { id }))
      return {
        actions: page.actions.map(({ key }) => key).filter((key) => ['handle', 'lift', 'extend'].includes(key)),
        refused: page.refused.map(({ key, code }) => [key, code]),
      }
    }
    expect(await offered({})).toEqual({ actions: ['handle'], refused: [['extend', 'process.guard']] })
    expect(await offered({ held: true, limit: 1 })).toEqual({ actions: ['handle', 'lift', 'extend'], refused: [] })
  })

  it('who holds several posts acts in the one that a guard lets pass, but on work of a post only in that post', async () => {
    const view: EffectiveGrant[] = [{ permission: 'process.case.view', division: COUNTY, line: null }]
    const both = await person(
      41,
      [
        ['command', 'dutyChief'],
        ['fire', 'unitLeader'],
      ],
      view,
    )
    const { id } = await start(both, 'rules')
    await act(both, id, 'choose', { form: { way: 'on' } })
    const offered = async (actor: Actor) =>
      (await as(actor, (context) => getCaseQuery.run(context, { id }))).actions
        .map(({ key }) => key)
        .filter((key) => key === 'approve' || key === 'receive')
    expect(await offered(both)).toEqual(['approve'])
    expect(await codeOf(act(both, id, 'receive'))).toBe('process.guard')
    await act(both, id, 'approve')
    const { rows } = await county.inCounty((tx) =>
      sql<{ post_id: number; unit_id: number }>`
        select post_id, unit_id from process_trace where case_id = ${id} and action = 'approve'`.execute(tx),
    )
    expect(rows).toEqual([{ post_id: 411, unit_id: await unitId('fire') }])
    // Named, a post is taken as it is; with no post that passes there is nothing to offer.
    expect(await codeOf(act(both, id, 'approve', { postId: 410 }))).toBe('process.guard')
    expect(await offered(await person(42, [['command', 'dutyChief']], view))).toEqual([])
  })

  it('branches of a target are tried in order; none that fits is an error and changes nothing', async () => {
    const chief = await chiefs(1)
    const { id } = await start(chief, 'rules')
    expect(await codeOf(act(chief, id, 'choose', { form: { way: 'nowhere' } }))).toBe('process.no_target')
    expect((await load(id)).case.version).toBe(1)
    expect((await act(chief, id, 'choose', { form: { way: 'on' } })).state).toBe('checked')
    const other = await start(chief, 'rules')
    const ended = await act(chief, other.id, 'choose', { form: { way: 'end' } })
    expect(ended.closedAt).toEqual(county.clock.now())
    expect((await load(other.id)).items).toEqual([])
    expect(await codeOf(act(chief, other.id, 'remark'))).toBe('process.wrong_state')
  })

  it('who handled may not close, whatever posts he holds; `once` counts over the whole case', async () => {
    const one = await chiefs(1)
    const two = await chiefs(2)
    const { id } = await start(one, 'rules', { data: { limit: 0 } })
    await act(one, id, 'handle', { form: { amount: 1 } })
    expect(await codeOf(act(one, id, 'close'))).toBe('process.separate_person')
    await act(one, id, 'undo')
    await act(two, id, 'handle', { form: { amount: 1 } })
    expect(await codeOf(act(one, id, 'undo'))).toBe('process.only_once')
    // Handling long ago counts too.
    expect(await codeOf(act(one, id, 'close'))).toBe('process.separate_person')
    expect(await codeOf(act(two, id, 'close'))).toBe('process.separate_person')
    expect((await act(await chiefs(3), id, 'close')).state).toBe('done')
  })

  it('a stale version is refused, the seen one is accepted, and both of two at once never pass', async () => {
    const chief = await chiefs(1)
    const { id } = await start(chief, 'rules')
    await act(chief, id, 'remark', { version: 1 })
    await expect(act(chief, id, 'remark', { version: 1 })).rejects.toMatchObject({
      code: 'process.version_conflict',
      params: { version: 2 },
    })
    const outcomes = await Promise.all(
      [1, 2, 3].map(async (account) => codeOf(act(await chiefs(account), id, 'remark', { version: 2 }))),
    )
    expect(outcomes.sort()).toEqual(['done', 'process.version_conflict', 'process.version_conflict'])
    expect((await load(id)).case).toMatchObject({ version: 3, hop: 3 })
    expect(await traceOfCase(id)).toEqual(['start', 'remark', 'remark'])
  })

  it('unknown action, foreign case and missing case: 404 alike; without the work item: 403', async () => {
    const { id } = await start(await chiefs(1), 'rules')
    expect(await codeOf(act(await chiefs(1), id, 'fly'))).toBe('process.action_unknown')
    const stranger = await person(50, [['fire', 'handler']])
    expect(await codeOf(act(stranger, id, 'remark'))).toBe('platform.not_found')
    expect(await codeOf(act(stranger, 999_999, 'remark'))).toBe('platform.not_found')
    const viewer = await person(51, [], [{ permission: 'process.case.view', division: TOWN, line: null }])
    expect(await codeOf(act(viewer, id, 'remark'))).toBe('platform.forbidden')
  })
})

describe('whose work it is', () => {
  beforeAll(() =>
    publish(
      flow('owners', {
        states: {
          open: work('待派'),
          away: work('待签收', { assign: { unit: 'case.unit', role: 'handler' } }),
          nowhere: work('无主', { assign: { unit: 'town:no-such-kind', role: 'handler' } }),
          back: work('退回本人', { assign: { unit: 'starter.unit', role: 'dutyChief', account: 'starter' } }),
          done: end('办结'),
        },
        actions: {
          send: step(['open'], 'away'),
          lose: step(['open', 'away'], 'nowhere'),
          give: step(['nowhere'], 'back'),
          close: step(['back'], 'done'),
        },
      }),
    ),
  )

  it('falls to the duty chief of the command centre where no unit is found, so that nothing is nobody’s', async () => {
    const chief = await chiefs(1)
    const { id } = await start(chief, 'owners')
    await act(chief, id, 'lose')
    const { items } = await load(id)
    const triage = (await county.here()).directory.triage()!
    expect(items).toMatchObject([{ slot: 'main', state: 'nowhere', unitId: triage.id, role: 'dutyChief' }])
    const lost = await start(chief, 'owners')
    await act(chief, lost.id, 'send')
    expect((await load(lost.id)).items).toMatchObject([{ state: 'away', unitId: triage.id, role: 'dutyChief' }])
  })

  it('goes to the unit of the case, which keeps sight of it afterwards; to a person in his own name', async () => {
    const chief = await chiefs(1)
    const fire = await person(60, [['fire', 'handler']])
    const { id } = await start(chief, 'owners', { unitId: await unitId('fire') })
    expect(maySee(fire, await load(id))).toBe(false)
    await act(chief, id, 'send')
    expect(await codeOf(act(chief, id, 'lose'))).toBe('platform.forbidden')
    await act(fire, id, 'lose')
    await act(chief, id, 'give')
    const loaded = await load(id)
    expect(maySee(fire, loaded)).toBe(true)
    expect(loaded.items).toMatchObject([{ accountId: 1, role: 'dutyChief' }])
    expect(await codeOf(act(await chiefs(2), id, 'close'))).toBe('platform.forbidden')
    expect((await act(chief, id, 'close')).state).toBe('done')
  })

  it('hands a secret case to people who then see it, and to nobody else of the unit', async () => {
    const chief = await chiefs(1)
    const handler = await person(61, [['fire', 'handler']])
    const leader = await person(62, [['fire', 'unitLeader']])
    const { id } = await start(chief, 'owners', { unitId: await unitId('fire'), secrecy: 'secret' })
    await act(chief, id, 'send')
    const away = await load(id)
    expect(maySee(handler, away)).toBe(true)
    expect(maySee(leader, away)).toBe(false)
    await act(handler, id, 'lose')
    expect(maySee(handler, await load(id))).toBe(true)
    expect(maySee(await person(63, [['fire', 'handler']]), await load(id))).toBe(false)
  })
})

describe('clocks', () => {
  beforeAll(() =>
    publish(
      flow('clocked', {
        start: { name: both('开始'), permission: null, clocks: ['whole'] },
        clocks: {
          whole: {
            name: both('总时限'),
            limit: { fallback: { value: 3, unit: 'workday' } },
            near: 0.5,
            escalate: [
              { after: { value: 1, unit: 'workday' }, to: { unit: 'county:command', role: 'dutyChief' } },
              { after: { value: 2, unit: 'workday' }, to: { unit: 'county:command', role: 'countyDirector' } },
            ],
          },
          sign: { name: both('签收'), limit: { from: 'data.limits.sign', fallback: { value: 2, unit: 'workHour' } } },
        },
        states: { open: work('办理', { clock: 'sign' }), done: end('办结') },
        actions: {
          begin: step(['open'], 'stay', { clocks: { start: ['sign'] } }),
          signed: step(['open'], 'stay', { clocks: { stop: ['sign'] } }),
          hold: step(['open'], 'stay', { clocks: { pause: ['whole', 'sign'] } }),
          goOn: step(['open'], 'stay', { clocks: { resume: ['whole', 'sign'] } }),
          longer: step(['open'], 'stay', { clocks: { extend: 'whole' } }),
          close: step(['open'], 'done'),
        },
      }),
    ),
  )

  it('start with the case or an action, by the case’s own limit where it has one', async () => {
    setClock('2026-10-12T09:00:00')
    const chief = await chiefs(1)
    const opened = await start(chief, 'clocked')
    expect(opened.dueAt).toEqual(moment('2026-10-15T17:30:00'))
    const units = () =>
      as(testActor(1, [{ permission: 'process.case.view', division: COUNTY, line: null }]), async (context) => [
        (await getCaseQuery.run(context, { id: opened.id })).case.clockUnit,
        (await pageOfCases(context, { definition: 'clocked' }, null, 1)).rows[0]!.clockUnit,
      ])
    expect(await units()).toEqual(['workday', 'workday'])
    const begun = await act(chief, opened.id, 'begin')
    // The nearest deadline leads.
    expect(begun.dueAt).toEqual(moment('2026-10-12T11:00:00'))
    expect(await units()).toEqual(['workHour', 'workHour'])
    const own = await start(chief, 'clocked', { data: { limits: { sign: { value: 4, unit: 'workHour' } } } })
    expect((await act(chief, own.id, 'begin')).dueAt).toEqual(moment('2026-10-12T14:30:00'))
  })

  it('and trace never go back in time, however late a step that waited for the case was sent', async () => {
    const chief = await chiefs(1)
    const began = moment('2026-10-12T09:00:00')
    await fc.assert(
      fc.asyncProperty(
        fc.array(
          fc.record({
            action: fc.constantFrom('begin', 'signed', 'hold', 'goOn', 'timers'),
            minute: fc.integer({ min: 0, max: 9 * 24 * 60 }),
          }),
          { minLength: 2, maxLength: 6 },
        ),
        async (steps) => {
          county.clock.set(began)
          const { id } = await start(chief, 'clocked')
          let last = began
          for (const { action, minute } of steps) {
            const sent = new Date(began.getTime() + minute * 60_000)
            if (action === 'timers') {
              county.clock.set(sent)
              await fireDueTimers(county.services, await county.here())
            } else await as(chief, (context) => actOnCase(context, { caseId: id, action }), sent)
            const loaded = await county.inCounty((tx) => findCase(tx, id, false))
            const at = loaded!.case.lastHopAt
            if (action !== 'timers') expect(at).toEqual(sent > last ? sent : last)
            expect(at.getTime()).toBeGreaterThanOrEqual(last.getTime())
            const sign = loaded!.clocks.find(({ key }) => key === 'sign')
            if (action === 'begin') expect(sign!.state.startedAt).toEqual(at)
            last = at
          }
          const { rows } = await county.inCounty((tx) =>
            sql<{ at: Date }>`select at from process_trace where case_id = ${id} order by hop`.execute(tx),
          )
          const times = rows.map(({ at }) => at.getTime())
          expect(times).toEqual([...times].sort((a, b) => a - b))
          expect(times.at(-1)).toBe(last.getTime())
        },
      ),
      { numRuns: 12 },
    )
  })

  it('stand still and go on with what was left, timers with them', async () => {
    setClock('2026-10-12T09:00:00')
    const chief = await chiefs(1)
    const { id } = await start(chief, 'clocked')
    await act(chief, id, 'begin')
    const kinds = async () =>
      (await timersOfCase(id)).map((timer) => `${timer.clock_key} ${timer.kind} ${timer.level}`).sort()
    expect(await kinds()).toEqual(['sign due 0', 'whole due 0', 'whole escalate 1', 'whole escalate 2', 'whole near 0'])
    setClock('2026-10-12T10:30:00')
    const held = await act(chief, id, 'hold')
    expect(held.dueAt).toBeNull()
    expect(await kinds()).toEqual([])
    setClock('2026-10-14T09:00:00')
    await fire()
    const on = await act(chief, id, 'goOn')
    expect(on.dueAt).toEqual(moment('2026-10-14T09:30:00'))
    expect(await kinds()).toEqual(['sign due 0', 'whole due 0', 'whole escalate 1', 'whole escalate 2', 'whole near 0'])
    await act(chief, id, 'signed')
    // Two days, 13 and 14, are given back.
    expect((await load(id)).case.dueAt).toEqual(moment('2026-10-19T17:30:00'))
    expect(await kinds()).not.toContain('sign due 0')
    const closed = await act(chief, id, 'close')
    expect(closed).toMatchObject({ dueAt: null, overdue: false })
    expect(await kinds()).toEqual([])
    expect((await load(id)).clocks.every((clock) => clock.state.stoppedAt !== null)).toBe(true)
  })

  it('extended, an overdue case is in time again and its deadline fires anew', async () => {
    setClock('2026-10-12T09:00:00')
    const chief = await chiefs(1)
    const { id } = await start(chief, 'clocked')
    setClock('2026-10-15T17:31:00')
    await fire()
    const late = await load(id)
    // Timers never raise the version: what a person has on screen stays good.
    expect(late.case).toMatchObject({ overdue: true, version: 1, hop: 2 })
    const longer = await act(chief, id, 'longer', { version: 1, form: { extendBy: 2 } })
    expect(longer).toMatchObject({ overdue: false, dueAt: moment('2026-10-19T17:30:00') })
    setClock('2026-10-19T17:31:00')
    await fire()
    expect((await load(id)).case.overdue).toBe(true)
    expect(await traceOfCase(id)).toEqual(['start', 'overdue', 'longer', 'overdue'])
  })

  it('overdue and held, a case still escalates once it goes on, each level once', async () => {
    setClock('2026-10-12T09:00:00')
    const chief = await chiefs(1)
    const { id } = await start(chief, 'clocked')
    setClock('2026-10-16T17:31:00')
    await fire()
    expect(await traceOfCase(id)).toEqual(['start', 'overdue', 'escalated'])
    await act(chief, id, 'hold')
    setClock('2026-10-19T09:00:00')
    await fire()
    expect(await traceOfCase(id)).toEqual(['start', 'overdue', 'escalated', 'hold'])
    await act(chief, id, 'goOn')
    setClock('2026-10-20T09:00:00')
    await fire()
    expect(await traceOfCase(id)).toEqual(['start', 'overdue', 'escalated', 'hold', 'goOn', 'escalated'])
    expect((await load(id)).case.overdue).toBe(true)
  })

  it('a clock stopped late is late, also where no timer was there to say so', async () => {
    setClock('2026-10-12T09:00:00')
    const chief = await chiefs(1)
    const { id } = await start(chief, 'clocked')
    await act(chief, id, 'begin')
    setClock('2026-10-12T11:00:01')
    await act(chief, id, 'signed')
    const { clocks, case: state } = await load(id)
    expect(clocks.find((clock) => clock.key === 'sign')).toMatchObject({ overdue: true })
    expect(state.overdue).toBe(false)
  })

  it('the near-due notice is given once for a deadline, not again after a pause', async () => {
    setClock('2026-10-12T09:00:00')
    const chief = await chiefs(1)
    const { id } = await start(chief, 'clocked')
    setClock('2026-10-15T09:00:00')
    await fire()
    await act(chief, id, 'hold')
    setClock('2026-10-15T10:00:00')
    await act(chief, id, 'goOn')
    expect((await timersOfCase(id)).map((timer) => timer.kind)).toEqual(['due', 'escalate', 'escalate'])
  })

  it('each level fires exactly once, with two servers racing', async () => {
    setClock('2026-10-12T09:00:00')
    const chief = await chiefs(1)
    const ids: number[] = []
    for (let n = 0; n < 12; n++) ids.push((await start(chief, 'clocked')).id)
    const { house, services } = county
    const second = new House({
      config: services.config,
      log: services.log,
      databaseUrl: county.databaseUrl,
      modules: house.modules,
      clock: county.clock,
    })
    try {
      const slug = (await county.here()).county.slug
      // What fired at the first moment does not fire again at the next.
      for (const at of ['2026-10-16T09:00:00', '2026-10-16T17:31:00', '2026-10-30T09:00:00']) {
        setClock(at)
        const racers = Array.from({ length: 6 }, async (_, n) => {
          const own = n % 2 === 0 ? house : second
          for (let round = 0; round < 3; round++) await fireDueTimers(own.services, await own.countyBySlug(slug))
        })
        await Promise.all(racers)
      }
      await fire()
    } finally {
      await second.close()
    }
    for (const id of ids) {
      expect(await traceOfCase(id)).toEqual(['start', 'overdue', 'escalated', 'escalated'])
      const timers = await timersOfCase(id)
      expect(timers).toHaveLength(4)
      expect(timers.every((timer) => timer.fired_at !== null)).toBe(true)
      const loaded = await load(id)
      expect(loaded.case).toMatchObject({ version: 1, hop: 4, overdue: true })
    }
    const { rows } = await county.inCounty((tx) =>
      sql<{ case_id: number; n: number }>`
        select (payload ->> 'caseId')::bigint as case_id, count(*) as n from job_job
         where kind = 'notify.in_app' and payload ->> 'kind' = 'process.escalate'
           and (payload ->> 'caseId')::bigint = any(${ids}::bigint[]) group by 1`.execute(tx),
    )
    expect(new Map(rows.map((row) => [row.case_id, row.n]))).toEqual(new Map(ids.map((id) => [id, 2])))
  })

  it('of what is brought in from the past nobody is told; what is still to come is told as ever', async () => {
    const told = async (id: number) => {
      const { rows } = await county.inCounty((tx) =>
        sql<{ kind: string }>`
          select payload ->> 'kind' as kind from job_job
           where kind = 'notify.in_app' and (payload ->> 'caseId')::bigint = ${id} order by id`.execute(tx),
      )
      return rows.map(({ kind }) => kind)
    }
    const chief = await chiefs(1)
    setClock('2026-10-30T09:00:00')
    // Due on the 20th, escalated on the 21st and the 22nd.
    const over = await start(chief, 'clocked', { openedAt: moment('2026-10-15T09:00:00') })
    // The notice was due yesterday; the deadline is on Monday.
    const running = await start(chief, 'clocked', { openedAt: moment('2026-10-28T09:00:00') })
    const played = await as(
      chief,
      async (context) => {
        const past: Context = { ...context, history: true }
        const { id } = await startCase(past, { definitionKey: 'clocked', title: '试验', source: 'test', form: {} })
        return actOnCase({ ...past, now: moment('2026-10-15T10:00:00') }, { caseId: id, action: 'begin' })
      },
      moment('2026-10-15T09:00:00'),
    )
    await fire()
    for (const { id } of [over, played]) {
      expect(await told(id)).toEqual([])
      expect((await traceOfCase(id)).slice(-1)).toEqual(['overdue'])
      expect((await load(id)).case.overdue).toBe(true)
    }
    expect(await told(running.id)).toEqual([])
    setClock('2026-11-02T18:00:00')
    await fire()
    expect(await told(running.id)).toEqual(['process.due'])
    setClock('2026-11-05T09:00:00')
    await fire()
    expect(await told(running.id)).toEqual(['process.due', 'process.escalate', 'process.escalate'])
    // What is done with an old case today is not of the past.
    await act(chief, over.id, 'begin')
    setClock('2026-11-05T17:00:00')
    await fire()
    expect(await told(over.id)).toEqual(['process.due'])
  })
})

describe('a definition that changes', () => {
  it('leaves running cases on the version they began with', async () => {
    const first = flow('pinned', {
      states: { open: work('旧'), done: end('办结') },
      actions: { close: step(['open'], 'done') },
    })
    await publish(first)
    const chief = await chiefs(1)
    const old = await start(chief, 'pinned')
    await publish({
      ...first,
      version: 2,
      states: { open: work('新'), extra: work('加一步'), done: end('办结') },
      actions: { go: step(['open'], 'extra'), close: step(['extra'], 'done') },
    })
    const fresh = await start(chief, 'pinned')
    expect(fresh.definitionId).not.toBe(old.definitionId)
    expect(await codeOf(act(chief, fresh.id, 'close'))).toBe('process.wrong_state')
    expect(await codeOf(act(chief, old.id, 'go'))).toBe('process.action_unknown')
    const page = await as(chief, (context) => getCaseQuery.run(context, { id: old.id }))
    expect(page.case.stateName['zh-CN']).toBe('旧')
    // The page is drawn and labelled by it.
    expect(page.definitionId).toBe(old.definitionId)
    expect(page.actions.map((action) => action.key)).toEqual(['close'])
    expect((await act(chief, old.id, 'close')).state).toBe('done')
    expect((await act(chief, fresh.id, 'go')).state).toBe('extra')
  })
})

describe('branches side by side', () => {
  const parallel = (key: string, need: 'all' | number, sealed: boolean) =>
    flow(key, {
      states: {
        open: {
          name: both('会签'),
          phase: 'work',
          parallel: { over: 'data.panel', by: 'account', role: 'expert', sealed, join: { need, action: 'tally' } },
        },
        summed: work('汇总'),
        done: end('办结'),
      },
      actions: {
        vote: step(['open'], 'stay', {
          submission: true,
          form: { type: 'object', properties: { score: { type: 'integer' } }, required: ['score'] },
          keep: ['score'],
        }),
        tally: step(['open'], 'summed', { who: { system: true } }),
        again: step(['summed'], 'open'),
        close: step(['summed'], 'done'),
      },
    })
  beforeAll(() => publish(parallel('all', 'all', false), parallel('some', 2, false), parallel('sealed', 'all', true)))

  const panel = [71, 72, 73]
  const voter = (accountId: number) => person(accountId, [])
  const open = async (key: string) => start(await chiefs(1), key, { data: { panel } })

  it('`all`: goes on with the last one, once, also when they come at the same moment', async () => {
    const { id } = await open('all')
    const outcomes = await Promise.all(
      panel.map(async (account) =>
        codeOf(act(await voter(account), id, 'vote', { version: 1, form: { score: account } })),
      ),
    )
    expect(outcomes).toEqual(['done', 'done', 'done'])
    const { case: state, items } = await load(id)
    expect(state.state).toBe('summed')
    expect([...(state.data.openResults as { score: number }[])].map((form) => form.score).sort()).toEqual(panel)
    expect((await traceOfCase(id)).filter((action) => action === 'tally')).toHaveLength(1)
    expect(items).toMatchObject([{ slot: 'main', role: 'dutyChief' }])
  })

  it('nobody submits twice, and nobody who has no branch submits at all', async () => {
    const { id } = await open('all')
    const first = await voter(71)
    await act(first, id, 'vote', { form: { score: 1 } })
    expect(await codeOf(act(first, id, 'vote', { form: { score: 2 } }))).toBe('platform.forbidden')
    const all: EffectiveGrant[] = [{ permission: 'process.case.view', division: COUNTY, line: null }]
    expect(await codeOf(act(await person(70, [], all), id, 'vote', { form: { score: 2 } }))).toBe('platform.forbidden')
    expect(await codeOf(act(first, id, 'tally'))).toBe('platform.forbidden')
    expect((await load(id)).items.map((item) => item.slot)).toEqual(['account:72', 'account:73'])
  })

  it('n of m: goes on with the nth, who is late is told so', async () => {
    const { id } = await open('some')
    await act(await voter(71), id, 'vote', { form: { score: 1 } })
    expect((await load(id)).case.state).toBe('open')
    await act(await voter(73), id, 'vote', { form: { score: 3 } })
    const { case: state } = await load(id)
    expect(state.state).toBe('summed')
    expect(state.data.openResults).toEqual([{ score: 1 }, { score: 3 }])
    expect(await codeOf(act(await voter(72), id, 'vote', { form: { score: 2 } }))).toBe('process.wrong_state')
  })

  it('a second round starts empty and does not mix with the first', async () => {
    const { id } = await open('some')
    for (const account of [71, 72]) await act(await voter(account), id, 'vote', { form: { score: 1 } })
    await act(await chiefs(1), id, 'again')
    expect((await load(id)).items).toHaveLength(3)
    await act(await voter(71), id, 'vote', { form: { score: 5 } })
    expect((await load(id)).case.state).toBe('open')
    await act(await voter(73), id, 'vote', { form: { score: 5 } })
    expect((await load(id)).case.data.openResults).toEqual([{ score: 5 }, { score: 5 }])
  })

  it('without anybody to ask the case cannot get there', async () => {
    expect(await codeOf(start(await chiefs(1), 'all', { data: { panel: [] } }))).toBe('process.no_branches')
    expect(await codeOf(start(await chiefs(1), 'all'))).toBe('process.no_branches')
  })

  it('sealed: neither rows, trace, data nor page tell anything before all are in; then all at once', async () => {
    const { id } = await open('sealed')
    const secret = 8_675_309
    await act(await voter(71), id, 'vote', { form: { score: secret }, note: `给 ${secret} 分` })
    const rest = await voter(72)
    const peek = () => as(rest, (context) => getCaseQuery.run(context, { id }))
    const tables = () =>
      county.inCounty(async (tx) => {
        const { rows } = await sql<{ text: string }>`
          select c.data::text || coalesce((select string_agg(coalesce(t.form::text, '') || coalesce(t.note, ''), ' ')
                   from process_trace t where t.case_id = c.id), '')
              || coalesce((select string_agg(coalesce(s.form::text, '') || encode(s.sealed, 'escape'), ' ')
                   from process_submission s where s.case_id = c.id), '') as text
            from process_case c where c.id = ${id}`.execute(tx)
        return rows[0]!.text
      })
    expect(JSON.stringify(await peek())).not.toContain(String(secret))
    // Nothing was filled in that the trace could unfold.
    expect((await peek()).trace.at(-1)).toMatchObject({ action: 'vote', form: null, note: null })
    expect(await tables()).not.toContain(String(secret))
    await act(rest, id, 'vote', { form: { score: 2 } })
    expect(await tables()).not.toContain(String(secret))
    await act(await voter(73), id, 'vote', { form: { score: 3 } })
    expect(JSON.stringify(await peek())).toContain(String(secret))
    expect((await load(id)).case.data.openResults).toHaveLength(3)
  })
})

describe('what the page offers', () => {
  it('names units, people and classes that were filled in, so that nobody reads an id', async () => {
    const form = (properties: Record<string, object>) => ({ type: 'object', properties })
    await publish(
      flow('named', {
        states: { open: work('办理'), done: end('办结') },
        start: { name: both('开始'), permission: null, form: form({ about: { type: 'string', format: 'class' } }) },
        actions: {
          hand: step(['open'], 'stay', {
            form: form({
              unitId: { type: 'integer', format: 'unit' },
              co: { type: 'array', format: 'units', items: { type: 'integer' } },
              people: { type: 'array', items: { type: 'integer', format: 'account' } },
              days: { type: 'integer' },
            }),
          }),
          close: step(['open'], 'done'),
        },
      }),
    )
    const { directory } = await county.here()
    const chief = await chiefs(1)
    const { id } = await start(chief, 'named', { form: { about: 'G0206' } })
    const [fire, water] = [await unitId('fire'), await unitId('water')]
    await act(chief, id, 'hand', { form: { unitId: fire, co: [fire, water], people: [1], days: water } })
    const { names } = await as(chief, (context) => getCaseQuery.run(context, { id }))
    expect(names).toEqual({
      [`unit:${fire}`]: directory.unit(fire)!.name,
      [`unit:${water}`]: directory.unit(water)!.name,
      'account:1': directory.accountName(1),
      'class:G0206': directory.className('G0206'),
    })
  })

  it('is what the engine accepts, and what it refuses is refused with the reason shown', async () => {
    const free = { type: 'object', properties: { amount: { type: 'integer' } } }
    await publish(
      flow('offered', {
        states: {
          open: work('待办'),
          away: work('待签收', { assign: { unit: 'case.unit', role: 'handler' } }),
          votes: {
            name: both('会签'),
            phase: 'work',
            parallel: { over: 'data.panel', by: 'account', role: 'expert', join: { need: 'all', action: 'tally' } },
          },
          done: end('办结'),
        },
        actions: {
          take: step(['open'], 'stay', { form: free }),
          send: step(['open'], 'away', { separate: ['take'] }),
          sign: step(['away'], 'stay', { once: 1 }),
          ask: step(['open', 'away'], 'votes', {
            who: { permission: 'process.definition.manage' },
            kind: 'side',
          }),
          vote: step(['votes'], 'stay', { who: { permission: 'process.case.view' }, submission: true }),
          tally: step(['votes'], 'open', { who: { system: true } }),
          withdraw: step(['open', 'away', 'votes'], 'done', { who: { starter: true }, kind: 'danger' }),
          both: step(['away'], 'open', { who: { assignee: true, permission: 'loop.report.submit' }, kind: 'side' }),
          rate: step(['done'], 'stay', { who: { reporter: true } }),
          reopen: step(['done'], 'open', { who: { permission: 'process.definition.manage' }, separate: ['start'] }),
        },
      }),
    )
    const fireUnit = await unitId('fire')
    const one = await chiefs(101)
    const panel = [101, 102, 104]
    const opener = { data: { panel }, unitId: fireUnit }
    const cases: number[] = []
    const made = async (actions: [Actor, string][], more: Partial<StartInput> = {}) => {
      const { id } = await start(one, 'offered', { ...opener, ...more })
      for (const [actor, action] of actions) await act(actor, id, action)
      cases.push(id)
    }
    const system: Actor = { kind: 'system', name: 'test' }
    await made([])
    await made([[one, 'take']])
    await made([[await chiefs(102), 'send']])
    await made([
      [one, 'send'],
      [await person(103, [['fire', 'handler']]), 'sign'],
    ])
    await made([[system, 'ask']])
    await made([
      [system, 'ask'],
      [await person(102, [], [{ permission: 'process.case.view', division: COUNTY, line: null }]), 'vote'],
    ])
    await made([[one, 'withdraw']])
    await made([], { secrecy: 'secret', townCode: null, villageCode: null })
    await made([[one, 'send']], { secrecy: 'secret', lineCode: 'fire' })

    const someone = fc.record({
      accountId: fc.constantFrom(101, 102, 103, 104, 105),
      posts: fc.uniqueArray(
        fc.constantFrom<[string, string]>(['command', 'dutyChief'], ['fire', 'handler'], ['fire', 'unitLeader']),
        { maxLength: 2 },
      ),
      grants: fc.array(
        fc.record({
          permission: fc.constantFrom(
            'process.case.view',
            'process.definition.manage',
            'loop.report.submit',
            'process.*',
          ),
          division: fc.constantFrom(COUNTY, TOWN, '320506104', VILLAGE),
          line: fc.constantFrom(null, 'fire', 'housing'),
        }),
        { maxLength: 3 },
      ),
    })
    const seen = { offered: 0, refused: 0, hidden: 0 }
    await fc.assert(
      fc.asyncProperty(someone, fc.constantFrom(...cases), async ({ accountId, posts, grants }, id) => {
        const actor = await person(accountId, posts, grants)
        await as(actor, async (context) => {
          const { tx, here } = context
          const loaded = (await findCase(tx, id, false))!
          const shelved = here.definitions.byId(loaded.case.definitionId)
          const page = await getCaseQuery.run(context, { id }).catch((error: AppError) => error)
          if (!maySee(actor, loaded)) {
            expect(page).toMatchObject({ status: 404 })
            seen.hidden += 1
          }
          for (const action of Object.keys(shelved.body.actions)) {
            await sql`savepoint trial`.execute(tx)
            const outcome = await codeOf(actOnCase(context, { caseId: id, action, version: loaded.case.version }))
            await sql`rollback to savepoint trial`.execute(tx)
            if (page instanceof AppError) {
              expect(outcome).toBe('platform.not_found')
              continue
            }
            const refusal = whyNot(context, shelved, loaded, action)
            expect(`${action}: ${refusal?.code ?? 'done'}`).toBe(`${action}: ${outcome}`)
            expect(page.actions.some((offer) => offer.key === action)).toBe(outcome === 'done')
            const shown = page.refused.find((entry) => entry.key === action)
            if (shown) expect(shown.code).toBe(outcome)
            seen[outcome === 'done' ? 'offered' : 'refused'] += 1
          }
          context.pending.deltas.length = 0
          context.pending.facts.length = 0
          context.pending.jobs.length = 0
        })
      }),
      { numRuns: 80 },
    )
    // Nothing is proven where one of the three never occurs.
    expect(Math.min(seen.offered, seen.refused, seen.hidden)).toBeGreaterThan(0)
  })

  it('every piece of open work lies with somebody who sees the case', async () => {
    const { rows } = await county.inCounty((tx) =>
      sql<{ id: number }>`
        select w.id from process_work_item w where not exists (
          select 1 from process_party p where p.case_id = w.case_id
             and (p.account_id = w.account_id or (w.account_id is null and p.unit_id = w.unit_id)))`.execute(tx),
    )
    expect(rows).toEqual([])
  })
})
