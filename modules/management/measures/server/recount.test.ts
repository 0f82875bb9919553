import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { PARTS } from '#modules/management/measures/domain/parts.ts'
import type { Actor, StaffActor } from '#platform/access/actor.ts'
import { sql } from '#platform/db/db.ts'
import { AppError } from '#platform/errors/app-error.ts'
import { findCase } from '#platform/process/case.store.ts'
import { actOnCase, actOnLoaded, startCase } from '#platform/process/engine.ts'
import { logInAs, type Session } from '#platform/testing/log-in-as.ts'
import { type TestCounty, withTestCounty } from '#platform/testing/test-county.ts'

/**
 * Numbers are compared with a second count, written apart from the first: plain SQL over traces and clocks, with the formulas
 * of domain.md 2.6 and 5 spelled out once more.
 */
const HOUR = 3_600_000
/** Villages of two towns, each with who is on duty there. */
const PLACES = [
  { village: '320506103001', clerk: 'md-zhou', chief: 'md-chen', dispatcher: 'md-xu', grid: ['md-zhao', 'md-wang'] },
  {
    village: '320506100007',
    clerk: 'lz-ma',
    chief: 'lz-shen',
    dispatcher: 'lz-zhao',
    grid: ['lz-fuli-g1', 'lz-fuli-g2'],
  },
]
/** Units that handle: code, who handles, who signs. */
const UNITS = [
  ['320506103-enforcement', 'md-wu', 'md-tian'],
  ['320506100-enforcement', 'lz-wu', 'lz-xiong'],
  ['320506-fire', 'fire-sun', 'fire-qian'],
  ['320506103001-committee', 'md-xiangxi-desk', 'md-xiangxi-lead'],
] as const
const LINES = ['emergency-fire', 'urban-construction', null]
const SOURCES = ['resident', 'grid', 'hotline']

interface Step {
  pick: number
  hours: number
  unit: number
  score: number
}
interface Plan {
  place: number
  line: number
  source: number
  daysAgo: number
  steps: Step[]
}

const plan = fc.record<Plan>({
  place: fc.nat(1),
  line: fc.nat(2),
  source: fc.nat(2),
  daysAgo: fc.constantFrom(0, 0, 3, 40),
  steps: fc.array(
    fc.record({
      pick: fc.nat(99),
      hours: fc.constantFrom(0, 0, 0.2, 0.2, 1, 5, 30, 200),
      unit: fc.nat(UNITS.length - 1),
      score: fc.integer({ min: 1, max: 5 }),
    }),
    { minLength: 6, maxLength: 32 },
  ),
})

type Choice = [who: string, action: string, form: Record<string, unknown>]

/** What may be tried in a state: mostly the way on, often what goes back or aside. */
function choices(
  state: string,
  place: (typeof PLACES)[number],
  unitCode: string | undefined,
  step: Step,
  ids: number[],
  main: number | undefined,
): Choice | undefined {
  const { clerk, chief, dispatcher, grid } = place
  const [, handler, leader] = UNITS.find(([code]) => code === unitCode) ?? UNITS[0]
  const words = '按规定办理，情况属实'
  // Now and then what can be done in many states.
  if (step.pick % 12 === 11)
    return [chief, 'setSecrecy', { secrecy: step.pick % 2 ? 'secret' : 'internal', reason: words }]
  if (step.pick % 9 === 8 && main !== undefined && ['reported', 'accepted', 'filed'].includes(state))
    return [clerk, 'merge', { mainCase: main, reason: words }]
  const cancel: Choice = [chief, 'cancel', { reason: words, reply: '已作废，谢谢您的反映。' }]
  const table: Record<string, Choice[]> = {
    reported: [
      [clerk, 'accept', {}],
      [clerk, 'accept', {}],
      [clerk, 'accept', {}],
      [clerk, 'reject', { reason: '不属于受理范围', reply: '您反映的事项请拨打城管热线，谢谢。' }],
    ],
    accepted: [
      [chief, 'fileCase', step.pick % 7 === 0 ? { secrecy: 'secret' } : {}],
      [chief, 'fileCase', {}],
      [clerk, 'orderVerify', {}],
    ],
    verifying: [
      [grid[0]!, 'verify', { finding: words }],
      [grid[0]!, 'verify', { finding: words }],
      [grid[0]!, 'verifyFail', { finding: words }],
    ],
    // Mostly to the town's own, so that a unit also gets back what it returned.
    filed: [
      [dispatcher, 'dispatch', { unitId: ids[step.unit < 2 ? PLACES.indexOf(place) : step.unit], reason: words }],
    ],
    dispatched: [
      [handler, 'sign', {}],
      [handler, 'sign', {}],
      [handler, 'sign', {}],
      [handler, 'sign', {}],
      [handler, 'returnCase', { clause: '清单第三条', reason: words }],
      [handler, 'returnCase', { clause: '清单第三条', reason: words }],
      [chief, 'escalate', { reason: '镇里办不了，提请区级派遣办理' }],
    ],
    handling: [
      [handler, 'feedback', { result: words, reply: '已经处置完毕，感谢反映。' }],
      [handler, 'feedback', { result: words, reply: '已经处置完毕，感谢反映。' }],
      [handler, 'feedback', { result: words, reply: '已经处置完毕，感谢反映。' }],
      [handler, 'feedback', { result: words, reply: '已经处置完毕，感谢反映。' }],
      [handler, 'feedback', { result: words, reply: '已经处置完毕，感谢反映。' }],
      [handler, 'feedback', { result: words, reply: '已经处置完毕，感谢反映。' }],
      [handler, 'requestExtension', { extensionAsked: 1, reason: words }],
      [chief, 'approveExtension', { extendBy: 1 }],
      [handler, 'handle', { progress: words }],
      [leader, 'askDefer', { deferUntil: '2027-06-01', reason: '汛期不能施工，待水位退了再办。' }],
      [chief, 'grantDefer', {}],
      [
        'cmd-gao',
        'suspend',
        { minutes: '联席会议纪要三号', reason: '一时难以解决，先行挂账处理。', shown: '难题已列入挂账，每季复核。' },
      ],
    ],
    suspended: [[chief, 'resumeSuspended', { reason: words }]],
    deferred: [[handler, 'endDefer', {}]],
    merged: [[clerk, 'unmerge', { reason: words }]],
    escalated: [['cmd-yuan', 'dispatch', { unitId: ids[step.unit], reason: words }]],
    handled: [[chief, 'orderInspect', {}]],
    inspecting: [
      [grid[1]!, 'inspectPass', {}],
      [grid[1]!, 'inspectPass', {}],
      [grid[1]!, 'inspectPass', {}],
      [grid[1]!, 'inspectPass', {}],
      [grid[1]!, 'inspectFail', { finding: words }],
    ],
    replying: [
      [leader, 'signReply', {}],
      [leader, 'signReply', {}],
      [leader, 'signReply', {}],
      [leader, 'signReply', {}],
      [leader, 'sendBack', { reason: words }],
    ],
    inspected: [[place === PLACES[0] ? 'md-fu' : 'lz-hao', 'close', {}]],
    closed: [['reporter', 'evaluate', { score: step.score }]],
  }
  const now = table[state]
  if (!now) return undefined
  return step.pick === 42 ? cancel : now[step.pick % now.length]!
}

/** Plays the plans with the county's people and its clock; refusals of the engine are no events. */
async function play(county: TestCounty, plans: Plan[]): Promise<void> {
  const { directory, definitions } = await county.here()
  const { actions } = definitions.current('report').body
  const ids = UNITS.map(([code]) => directory.unitByCode(code)!.id)
  const actors = new Map<string, Actor>()
  const actorOf = async (login: string): Promise<Actor> => {
    let actor = actors.get(login)
    if (!actor) {
      const org = county.house.modules.find((module) => module.actorOf)!
      actor = await county.inCounty(async (tx) => {
        const { rows } = await sql<{ id: number }>`select id from auth_account where login = ${login}`.execute(tx)
        return (await org.actorOf!(tx, rows[0]!.id, county.clock.now())) as StaffActor
      })
      actors.set(login, actor)
    }
    return actor
  }
  interface Played {
    id: number
    state: string
    unitId: number | null
    place: (typeof PLACES)[number]
  }
  /** Earlier cases that were left on the way: others are merged into them, and they go on now and then. */
  const left: Played[] = []
  for (const { place: at, line, source, daysAgo, steps } of plans) {
    const place = PLACES[at]!
    // History that is brought in lies before what the county already has; its steps follow it in its own time.
    let now = new Date(county.clock.now().getTime() - daysAgo * 24 * HOUR)
    const opened = await county.asSystem((context) =>
      startCase(
        { ...context, now },
        {
          definitionKey: 'report',
          title: '楼道里的灯不亮',
          source: SOURCES[source]!,
          form: {},
          townCode: place.village.slice(0, 9),
          villageCode: place.village,
          lineCode: LINES[line]!,
          ...(daysAgo > 0 ? { openedAt: now } : {}),
        },
      ),
    )
    const mine: Played = { id: opened.id, state: opened.state, unitId: opened.unitId, place }
    for (const step of steps) {
      now = new Date(now.getTime() + step.hours * HOUR)
      if (daysAgo === 0 && now > county.clock.now()) county.clock.set(now)
      if (now > county.clock.now()) break
      const older = daysAgo === 0 && step.pick % 4 === 2 ? left[step.pick % Math.max(1, left.length)] : undefined
      const target = older ?? mine
      const code = target.unitId === null ? undefined : directory.unit(target.unitId)?.code
      const main = left.find((other) => other !== target && other.place === target.place)?.id
      const choice = choices(target.state, target.place, code, step, ids, main)
      if (!choice) continue
      const [who, action, form] = choice
      if (actions[action]?.effects?.some(({ name }) => !county.services.effects.has(name))) continue
      try {
        const after = await county.asSystem(async (context) => {
          const given = { ...context, now, history: daysAgo > 0 }
          const input = { caseId: target.id, action, form }
          if (who === 'reporter') {
            const loaded = (await findCase(context.tx, target.id, true))!
            return actOnLoaded({ ...given, actor: { kind: 'public', secret: 'test' } }, loaded, input)
          }
          return actOnCase({ ...given, actor: await actorOf(who) }, input)
        })
        target.state = after.state
        target.unitId = after.unitId
      } catch (error) {
        if (!(error instanceof AppError)) throw error
      }
    }
    left.push(mine)
    for (const other of left) {
      // What was merged ends with its main one.
      const found = await county.inCounty((tx) => findCase(tx, other.id, false))
      other.state = found!.case.state
      other.unitId = found!.case.unitId
    }
  }
}

type Recounted = Record<string, number>

interface Ask {
  from: string
  to: string
  town?: string
  village?: string
  line?: string
  unit?: number
  source?: string
}

/** The second count. `seen` is the condition for secret cases, over `c`. */
async function recount(county: TestCounty, ask: Ask, login: string): Promise<Recounted> {
  const today = (await county.here()).calendar.dateAt(county.clock.now())
  const object = [
    ask.town ? sql`c.town_code = ${ask.town}` : sql`true`,
    ask.village ? sql`c.village_code = ${ask.village}` : sql`true`,
    ask.line ? sql`c.line_code = ${ask.line}` : sql`true`,
    ask.source ? sql`c.source = ${ask.source}` : sql`true`,
  ]
  return county.inCounty(async (tx) => {
    const { rows } = await sql<{ name: string; n: number }>`
      with me as (select a.id from auth_account a where a.login = ${login}),
      held as (select p.unit_id, p.role from org_post_holding h join org_post p on p.id = h.post_id, me where h.account_id = me.id),
      c as (
        select c.id, c.state, coalesce(c.unit_id, 0) as own, c.opened_at, c.closed_at from process_case c
         where c.definition_key = 'report' and ${sql.join(object, sql` and `)}
           and (c.secrecy <> 'secret'
             or exists (select 1 from process_party y, me where y.case_id = c.id and y.named and y.account_id = me.id)
             or exists (select 1 from process_work_item w, me where w.case_id = c.id and w.account_id = me.id)
             or exists (select 1 from process_work_item w join held on held.unit_id = w.unit_id and held.role = w.role
                         where w.case_id = c.id and w.account_id is null))),
      t as (
        select c.id, c.own, c.state, c.opened_at, c.closed_at, t.hop, t.at, t.action, t.to_state, t.unit_id, t.form from c join process_trace t on t.case_id = c.id),
      d as (
        select *, lead(turn) over w as next_turn, lead(unit_id) over w as next_unit, lead(turn, 2) over w as second_turn, lead(unit_id, 2) over w as second_unit
          from (select *, case when action = 'returnCase' then 'r' else 'd' end as turn from t
                 where action in ('dispatch', 'returnCase') or (action = 'rule' and to_state = 'dispatched')) x
        window w as (partition by id order by hop)),
      h as (
        select *, lead(action) over (partition by id order by hop) as next_action from t
         where action in ('feedback', 'inspectFail', 'sendBack')),
      limits (name, key, begins, done, undone) as (values
        ('accept', 'accept', array['start'], array['fileCase', 'reject', 'escalate', 'split', 'selfHandle'], array[]::text[]),
        ('verify', 'verify', array['orderVerify'], array['verify', 'verifyFail'], array[]::text[]),
        ('sign', 'sign', array['dispatch', 'rule'], array['sign'], array[]::text[]),
        ('handle', 'handle', array['dispatch', 'rule'], array['feedback'], array['inspectFail', 'sendBack']),
        ('inspect', 'inspect', array['orderInspect'], array['inspectPass', 'inspectFail'], array[]::text[]),
        ('reply', 'reply', array['start'], array['close', 'mainEnded'], array[]::text[])),
      k as (
        select c.id, c.own, l.name, (k.state ->> 'dueAt')::timestamptz as due, k.paused or k.stopped_at is not null as held,
          (select min(t.at) from t where t.id = c.id and t.action = any(l.done)
             and (t.action <> 'mainEnded' or t.to_state in ('closed', 'awaitingCity'))
             and t.hop > (select coalesce(max(b.hop), 0) from t b where b.id = c.id and b.action = any(l.begins || l.undone))) as done_at
          from c join process_clock k on k.case_id = c.id join limits l on l.key = k.key
         where c.state <> 'cancelled'),
      due as (
        select id, own, name, (due at time zone 'Asia/Shanghai')::date as day, done_at is not null as done, done_at <= due as met
          from k where done_at is not null or not held),
      e (name, at, unit, id) as (
        select 'reported', opened_at, own, id from c
        union all select 'reported_valid', opened_at, own, id from c where state not in ('rejected', 'cancelled')
        union all select 'accepted', min(at), own, id from t where action = 'accept' group by own, id
        union all select 'accepted_filed', min(at), own, id from t where action = 'accept' and exists (select 1 from t f where f.id = t.id and f.action = 'fileCase') group by own, id
        union all select 'dispatched', at, case when next_turn = 'r' then next_unit else own end, id from d where turn = 'd'
        union all select 'dispatched_returned', at, next_unit, id from d where turn = 'd' and next_turn = 'r'
        union all select 'returned_invalid', at, unit_id, id from d
          where turn = 'r' and next_turn = 'd' and unit_id = case when second_turn = 'r' then second_unit else own end
        union all select 'handled', at, own, id from h where action = 'feedback'
        union all select 'handled_reworked', at, own, id from h where action = 'feedback' and next_action <> 'feedback'
        union all select 'finished', at, own, id from h where action = 'feedback' and next_action is null and state <> 'cancelled'
        union all select 'closed', max(at), own, id from t where (action = 'close' or (action = 'mainEnded' and to_state in ('closed', 'awaitingCity'))) and closed_at is not null and state <> 'cancelled' group by own, id
        union all select 'closed_local', max(t.at), t.own, t.id from t join org_unit u on u.id = t.own
          where (t.action = 'close' or (t.action = 'mainEnded' and t.to_state in ('closed', 'awaitingCity'))) and t.closed_at is not null and t.state <> 'cancelled' and length(u.division_code) = 12 group by t.own, t.id
        union all select 'rated', at, own, id from t where action = 'evaluate'
        union all select 'rated_satisfied', at, own, id from t where action = 'evaluate' and (form ->> 'score')::int >= 3)
      select name, count(*) as n from (
        select name, unit, (at at time zone 'Asia/Shanghai')::date as day from e
        union all select name || '_due', own, day from due where day < ${today}::date or done
        union all select name || '_done', own, day from due where done
        union all select name || '_met', own, day from due where met) x
       where day between ${ask.from}::date and ${ask.to}::date and ${ask.unit ? sql`unit = ${ask.unit}` : sql`true`}
       group by name
      union all
      select 'minutes', sum(floor(extract(epoch from h.at - (select max(d.at) from d where d.id = h.id and d.turn = 'd')) / 60))::int
        from h where h.action = 'feedback' and h.next_action is null and h.state <> 'cancelled'
         and (h.at at time zone 'Asia/Shanghai')::date between ${ask.from}::date and ${ask.to}::date
         and ${ask.unit ? sql`h.own = ${ask.unit}` : sql`true`}`.execute(tx)
    return Object.fromEntries(rows.map((row) => [row.name, Number(row.n ?? 0)]))
  })
}

/** Numerator and denominator of each measure, once more. */
function expected(r: Recounted): Record<string, [number, number | null]> {
  const n = (name: string) => r[name] ?? 0
  return {
    reported: [n('reported'), null],
    validRate: [n('reported_valid'), n('reported')],
    verifyOnTime: [n('verify_met'), n('verify_due')],
    filedRate: [n('accepted_filed'), n('accepted')],
    dispatchRight: [n('dispatched') - n('dispatched_returned'), n('dispatched')],
    returnedInvalid: [n('returned_invalid'), null],
    handledRate: [n('handle_done'), n('handle_due')],
    handledOnTime: [n('handle_met'), n('handle_due')],
    overdueRate: [n('handle_due') - n('handle_met'), n('handle_due')],
    reworkRate: [n('handled_reworked'), n('handled')],
    handlingTime: [n('minutes'), n('finished')],
    inspectOnTime: [n('inspect_met'), n('inspect_due')],
    closedRate: [n('reply_done'), n('reply_due')],
    closedOnTime: [n('reply_met'), n('reply_due')],
    localRate: [n('closed_local'), n('closed')],
    satisfied: [n('rated_satisfied'), n('rated')],
    signedOnTime: [n('sign_met'), n('sign_due')],
    doneOnTime: [n('reply_met'), n('reply_due')],
    responded: [n('accept_met'), n('accept_due')],
  }
}

/** Who asks, and what of the object is theirs. */
const READERS: { login: string; own: Partial<Ask> }[] = [
  { login: 'cmd-gao', own: {} },
  { login: 'md-chen', own: { town: '320506103' } },
  { login: 'fire-qian', own: { line: 'emergency-fire' } },
  { login: 'md-xiangxi-lead', own: { village: '320506103001' } },
]

interface RandomAsk {
  reader: number
  object: number
  from: number
  days: number
}

const ask = fc.record<RandomAsk>({
  reader: fc.nat(READERS.length - 1),
  object: fc.nat(6),
  from: fc.integer({ min: -60, max: 25 }),
  days: fc.constantFrom(0, 6, 29, 62, 100),
})

const shift = (day: string, by: number) =>
  new Date(Date.parse(`${day}T00:00:00Z`) + by * 86_400_000).toISOString().slice(0, 10)
const query = (values: Record<string, unknown>) =>
  new URLSearchParams(Object.entries(values).filter(([, v]) => v !== undefined) as [string, string][]).toString()

async function compare(county: TestCounty, asks: readonly RandomAsk[]): Promise<void> {
  const { calendar, directory } = await county.here()
  const today = calendar.dateAt(county.clock.now())
  const sessions = new Map<string, Session>()
  for (const { reader, object, from, days } of asks) {
    const { login, own } = READERS[reader]!
    const session = sessions.get(login) ?? (await logInAs(county, login))
    sessions.set(login, session)
    const start = shift(today, from)
    const period = { from: start, to: shift(start, days) }
    const inOwn: Partial<Ask>[] = [
      {},
      {},
      { source: 'hotline' },
      { unit: directory.unitByCode('320506103-enforcement')!.id },
      { line: 'emergency-fire' },
      own.line || own.village ? {} : { town: '320506103', village: '320506103001' },
      own.village ? {} : { town: '320506103', unit: directory.unitByCode('320506-fire')!.id, source: 'grid' },
    ]
    const wanted: Ask = { ...period, ...inOwn[object]! }
    const told = await session.get(`/measures?${query({ period: 'range', ...wanted })}`)
    const second = await recount(county, { ...wanted, ...own }, login)
    const wantedFigures = expected(second)
    const figures = Object.fromEntries(
      told.items.map(
        (item: { measure: { key: string }; figure: { numerator: number; denominator: number | null } }) => [
          item.measure.key,
          [item.figure.numerator, item.figure.denominator],
        ],
      ),
    )
    expect(figures, JSON.stringify({ login, wanted, today })).toEqual(wantedFigures)
    // A number opens exactly its cases.
    for (const [key, [numerator, denominator]] of Object.entries(wantedFigures).slice(object % 3, 19))
      for (const [side, number] of [
        ['numerator', numerator],
        ['denominator', denominator],
      ] as const) {
        if (number === null) continue
        if ((key.length + reader + days) % 3 !== 0) continue
        const list = await session.get(`/measures/cases?${query({ period: 'range', ...wanted, measure: key, side })}`)
        const sum = list.items.reduce((total: number, row: { amount: number }) => total + row.amount, 0)
        expect([list.total, sum, list.next], `${login} ${key} ${side}`).toEqual([number, number, null])
      }
  }
}

describe('measures', () => {
  it('are what a second count over traces and clocks finds, whatever happened, and each opens exactly its cases', async () => {
    await withTestCounty(
      async (county) => {
        await fc.assert(
          fc.asyncProperty(
            fc.array(plan, { minLength: 8, maxLength: 14 }),
            fc.array(ask, { minLength: 8, maxLength: 10 }),
            async (plans, asks) => {
              await play(county, plans)
              await county.settle()
              await compare(county, asks)
            },
          ),
          { numRuns: 6, endOnFailure: true },
        )
        // The histories were not empty of what is to be counted.
        const { rows } = await county.inCounty((tx) =>
          sql<
            Record<string, number>
          >`select ${sql.raw(PARTS.map((part) => `sum(${part}) as ${part}`).join(', '))} from measures_fact`.execute(
            tx,
          ),
        )
        const sums = rows[0]!
        for (const part of [
          'reported_valid',
          'accepted_filed',
          'dispatched_returned',
          'handled',
          'sign_met',
          'handle_done',
          'reply_due',
        ])
          expect(Number(sums[part] ?? 0), part).toBeGreaterThan(0)
      },
      { at: '2026-10-12T02:00:00Z' },
    )
  }, 300_000)
})
