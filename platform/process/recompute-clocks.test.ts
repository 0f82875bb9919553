import { describe, expect, it } from 'vitest'
import type { EffectiveGrant } from '#platform/access/actor.ts'
import {
  announceYearCommand,
  putLocalDayCommand,
  removeLocalDayCommand,
  setOfficeHoursCommand,
  withdrawYearCommand,
} from '#platform/calendar/calendar.commands.ts'
import {
  checkYearQuery,
  getCalendarQuery,
  getPublicCalendarQuery,
  getYearQuery,
  listYearsQuery,
} from '#platform/calendar/calendar.queries.ts'
import { loadCalendar } from '#platform/calendar/calendar.store.ts'
import { type ClockJson, clockFromJson, recomputeClock } from '#platform/calendar/deadline-clock.ts'
import { daysOffByRule } from '#platform/calendar/statutory-days.ts'
import { WorkCalendar } from '#platform/calendar/work-calendar.ts'
import { type Command, type Query, runCommand, runQuery } from '#platform/command/command.ts'
import { sql } from '#platform/db/db.ts'
import { loadWording } from '#platform/i18n/wording.ts'
import type { ProcessDefinition } from '#platform/process/definition.ts'
import { actOnCase, startCase } from '#platform/process/engine.ts'
import { type TestCounty, testActor, withTestCounty } from '#platform/testing/test-county.ts'

const COUNTY = '320506'
const manager: EffectiveGrant[] = [{ permission: 'calendar.day.manage', division: COUNTY, line: null }]

/** Ten working days with a notice, an escalation and a pause; the least that a deadline needs. */
const flow: ProcessDefinition = {
  key: 'deadlines',
  version: 1,
  name: { 'zh-CN': '时限试验', en: 'Deadlines' },
  numberPrefix: 'T-{town}',
  phases: [{ key: 'work', name: { 'zh-CN': '办理', en: 'Work' } }],
  initial: 'open',
  start: { name: { 'zh-CN': '开始', en: 'Start' }, permission: null, clocks: ['answer'] },
  clocks: {
    answer: {
      name: { 'zh-CN': '答复', en: 'Answer' },
      limit: { fallback: { value: 10, unit: 'workday' } },
      near: 0.8,
      escalate: [{ after: { value: 1, unit: 'workday' }, to: { unit: 'county:command', role: 'dutyChief' } }],
    },
  },
  states: {
    open: {
      name: { 'zh-CN': '办理中', en: 'Open' },
      phase: 'work',
      assign: { unit: 'county:command', role: 'dutyChief' },
      clock: 'answer',
    },
    done: { name: { 'zh-CN': '办结', en: 'Done' }, phase: 'work', final: true },
  },
  actions: {
    pause: {
      name: { 'zh-CN': '暂停', en: 'Pause' },
      kind: 'side',
      from: ['open'],
      to: 'stay',
      who: { system: true },
      clocks: { pause: ['answer'] },
    },
    close: {
      name: { 'zh-CN': '办结', en: 'Close' },
      kind: 'main',
      from: ['open'],
      to: 'done',
      who: { system: true },
    },
  },
}

const NOTICE = {
  year: 2027,
  notice: '国办发明电〔2026〕9 号（演示）',
  publishedOn: '2026-11-10',
  days: [
    ...[...daysOffByRule(2027)].map(([date, name]) => ({ date, kind: 'holiday' as const, name })),
    // Two days more than the rule knows of, one made up for on a Saturday.
    { date: '2027-01-04', kind: 'holiday' as const, name: '元旦' },
    { date: '2027-01-05', kind: 'holiday' as const, name: '元旦' },
    { date: '2027-01-09', kind: 'workday' as const, name: '元旦调休' },
  ],
}

let keys = 0
// biome-ignore lint/suspicious/noExplicitAny: routes of every shape
async function act(county: TestCounty, body: Command<any>, input: object, grants = manager): Promise<any> {
  keys += 1
  return runCommand(county.services, await county.here(), body, {
    actor: testActor(1, grants),
    input,
    idempotencyKey: `calendar-${keys}`,
    request: { traceId: 'test', address: null },
  })
}
// biome-ignore lint/suspicious/noExplicitAny: routes of every shape
async function ask(county: TestCounty, body: Query<any>, input: object): Promise<any> {
  return runQuery(county.services, await county.here(), body, {
    actor: testActor(1, manager),
    input,
    request: { traceId: 'test', address: null },
  })
}
const refused = (work: Promise<unknown>) =>
  work.then(
    () => 'accepted',
    (error: { code: string }) => error.code,
  )

async function publish(county: TestCounty): Promise<void> {
  await county.inCounty(async (tx) => {
    await sql`
      insert into process_definition (key, version, status, body, created_at, published_at)
      values ('deadlines', 1, 'published', ${JSON.stringify(flow)}::jsonb, ${county.clock.now()}, ${county.clock.now()})`.execute(
      tx,
    )
    await sql`update access_revision set revision = revision + 1`.execute(tx)
  })
  county.house.forget()
}

const start = (county: TestCounty) =>
  county.asSystem(async (context) => {
    const { id } = await startCase(context, {
      definitionKey: 'deadlines',
      title: '跨年的答复',
      source: 'test',
      form: {},
      townCode: '320506103',
    })
    return id
  })

async function stateOf(county: TestCounty, id: number) {
  return county.inCounty(async (tx) => {
    const { rows } = await sql<{
      due: Date
      provisional: boolean
      overdue: boolean
      version: number
      hop: number
      item_due: Date
      item_provisional: boolean
      item_overdue: boolean
      clock_due: Date | null
      clock: ClockJson
      timers: [string, string, boolean][]
      trace: [string, { key: string; params: Record<string, string | number> }[] | null][]
    }>`
      select c.due_at as due, c.provisional, c.overdue, c.version, c.hop, w.due_at as item_due,
        w.provisional as item_provisional, w.overdue as item_overdue, k.due_at as clock_due, k.state as clock,
        (select json_agg(json_build_array(t.kind, t.due_at, t.fired_at is not null) order by t.due_at)
           from process_timer t where t.case_id = c.id) as timers,
        (select json_agg(json_build_array(h.action, h.why) order by h.hop)
           from process_trace h where h.case_id = c.id) as trace
        from process_case c join process_clock k on k.case_id = c.id left join process_work_item w on w.case_id = c.id
       where c.id = ${id}`.execute(tx)
    const row = rows[0]!
    return {
      ...row,
      timers: (row.timers ?? []).map(([kind, at, fired]) => [kind, new Date(at).toISOString(), fired]),
    }
  })
}

const at = (local: string) => new Date(`${local}+08:00`)

/** Numbers by flag as the screens count them. */
const numbers = (county: TestCounty) =>
  county.inCounty(async (tx) => {
    const { rows } = await sql<{ open: number; overdue: number }>`
      select coalesce(sum(amount), 0)::integer as open,
             coalesce(sum(amount) filter (where overdue), 0)::integer as overdue
        from rollup_delta where definition_key = 'deadlines'`.execute(tx)
    return rows[0]!
  })

describe('entering the notice of 2027', () => {
  it('moves a provisional deadline with its timers and open work, and writes why', () =>
    withTestCounty(
      async (county) => {
        await publish(county)
        const id = await start(county)
        const before = await stateOf(county, id)
        // By rule: 12-24, 25, 28 to 31, then 2027-01-04 to 07; New Year's Day is the only day off.
        expect(before).toMatchObject({
          due: at('2027-01-07T17:30:00'),
          provisional: true,
          item_provisional: true,
          hop: 1,
        })
        expect((await ask(county, listYearsQuery, {})).provisionalClocks).toBe(1)

        const page = await act(county, announceYearCommand, NOTICE)
        expect(page).toMatchObject({ year: 2027, announced: true, notice: NOTICE.notice })
        expect(page.dates.find((day: { date: string }) => day.date === '2027-01-04')).toMatchObject({ workday: false })
        await county.settle()

        const after = await stateOf(county, id)
        // By notice 01-04 and 01-05 are off and Saturday 01-09 is worked: 01-06, 07, 08, 09.
        const due = at('2027-01-09T17:30:00')
        expect(after).toMatchObject({
          due,
          item_due: due,
          clock_due: due,
          provisional: false,
          item_provisional: false,
          hop: 2,
          version: before.version,
        })
        expect(after.clock).toMatchObject({ dueAt: due.toISOString(), provisional: false })
        expect(after.timers).toEqual([
          ['near', at('2027-01-07T17:30:00').toISOString(), false],
          ['due', due.toISOString(), false],
          ['escalate', at('2027-01-11T17:30:00').toISOString(), false],
        ])
        const [action, why] = after.trace[1]!
        expect(action).toBe('recomputed')
        const wording = loadWording()
        expect(why!.map((part) => wording.say('zh-CN', `text.${part.key}`, part.params)).join('')).toBe(
          '录入 2027 年放假安排（国办发明电〔2026〕9 号（演示）），时限重新计算。答复：由 2027-01-07 17:30 改为 2027-01-09 17:30。',
        )
        expect((await ask(county, listYearsQuery, {})).provisionalClocks).toBe(0)
        const facts = await county.inCounty((tx) =>
          sql<{
            kind: string
          }>`select kind from evidence_entry where kind in ('calendar.year_announced', 'case.recomputed')
            order by kind`.execute(tx),
        )
        expect(facts.rows.map(({ kind }) => kind)).toEqual(['calendar.year_announced', 'case.recomputed'])

        // The second round, and entering the same notice again, find nothing to do.
        county.clock.advance(61_000)
        await county.settle()
        await act(county, announceYearCommand, NOTICE)
        await county.settle()
        expect((await stateOf(county, id)).hop).toBe(2)

        await act(county, withdrawYearCommand, { year: 2027, reason: '录错' })
        await county.settle()
        expect(await stateOf(county, id)).toMatchObject({ due: before.due, provisional: true, hop: 3 })
      },
      { at: '2026-12-23T10:00:00+08:00' },
    ))

  it('leaves closed cases alone, and keeps a paused one paused', () =>
    withTestCounty(
      async (county) => {
        await publish(county)
        const [paused, closed] = [await start(county), await start(county)]
        await county.asSystem((context) => actOnCase(context, { caseId: paused, action: 'pause' }))
        await county.asSystem((context) => actOnCase(context, { caseId: closed, action: 'close' }))
        const done = await stateOf(county, closed)
        await act(county, announceYearCommand, NOTICE)
        await county.settle()
        expect(await stateOf(county, closed)).toEqual(done)
        const kept = await stateOf(county, paused)
        expect(kept).toMatchObject({ clock_due: null, due: null, hop: 3 })
        expect(kept.timers).toEqual([])
        expect(kept.clock.dueAt).toBe(at('2027-01-09T17:30:00').toISOString())
      },
      { at: '2026-12-23T10:00:00+08:00' },
    ))

  it('goes on over batches and counts every open clock right', () =>
    withTestCounty(
      async (county) => {
        await publish(county)
        const first = await start(county)
        // As many cases as three batches hold, copied from the one that was made by the engine.
        await county.inCounty(async (tx) => {
          await sql`
            insert into process_case (number, definition_id, definition_key, state, phase, title, source, opened_at, due_at,
              provisional, last_hop_at)
            select number || '-' || n, definition_id, definition_key, state, phase, title, source, opened_at, due_at, provisional,
              last_hop_at from process_case, generate_series(1, 1200) n where id = ${first}`.execute(tx)
          await sql`
            insert into process_clock (case_id, key, state, due_at, provisional)
            select c.id, k.key, k.state, k.due_at, k.provisional from process_case c, process_clock k
             where k.case_id = ${first} and c.id > ${first}`.execute(tx)
        })
        await act(county, announceYearCommand, NOTICE)
        await county.settle()
        await county.inCounty(async (tx) => {
          const calendar = new WorkCalendar(await loadCalendar(tx))
          const { rows } = await sql<{ state: ClockJson; hop: number; due_at: Date }>`
            select k.state, c.hop, c.due_at from process_clock k join process_case c on c.id = k.case_id`.execute(tx)
          expect(rows).toHaveLength(1201)
          for (const row of rows) {
            const clock = clockFromJson(row.state)
            expect(recomputeClock(calendar, clock)).toBe(clock)
            expect([row.hop, row.due_at]).toEqual([2, clock.dueAt])
          }
        })
      },
      { at: '2026-12-23T10:00:00+08:00' },
    ))
})

describe('other changes of the calendar', () => {
  it('clear a flag whose deadline lies ahead again, and let the timer fire anew', () =>
    withTestCounty(
      async (county) => {
        await publish(county)
        const id = await start(county)
        // 09-30 + 10 working days over 国庆 with the made-up Saturday 10-10: 10-21.
        const due = (await stateOf(county, id)).due
        county.clock.set(new Date(due.getTime() + 1000))
        await county.settle()
        expect(await stateOf(county, id)).toMatchObject({ overdue: true, item_overdue: true })
        expect(await numbers(county)).toEqual({ open: 1, overdue: 1 })

        const date = due.toISOString().slice(0, 10)
        await act(county, putLocalDayCommand, { date, kind: 'holiday', name: '台风停工' })
        await county.settle()
        const moved = await stateOf(county, id)
        expect(moved).toMatchObject({ overdue: false, item_overdue: false })
        expect(moved.due.getTime()).toBeGreaterThan(due.getTime())
        expect(moved.trace.at(-1)![0]).toBe('recomputed')
        expect(await numbers(county)).toEqual({ open: 1, overdue: 0 })

        county.clock.set(new Date(moved.due.getTime() + 1000))
        await county.settle()
        expect(await stateOf(county, id)).toMatchObject({ overdue: true })
        expect(await numbers(county)).toEqual({ open: 1, overdue: 1 })

        // Back again: the first deadline is over, so the flag stays.
        await act(county, removeLocalDayCommand, { date })
        await county.settle()
        expect(await stateOf(county, id)).toMatchObject({ overdue: true, due })
      },
      { at: '2026-09-30T10:00:00+08:00' },
    ))

  it('let new office hours end days at the new hour', () =>
    withTestCounty(async (county) => {
      await publish(county)
      const id = await start(county)
      const hours = [
        { from: '08:30', to: '12:00' },
        { from: '14:00', to: '18:00' },
      ]
      expect(await act(county, setOfficeHoursCommand, { hours })).toMatchObject({ officeHours: hours })
      await county.settle()
      const { due } = await stateOf(county, id)
      expect(due.toISOString().slice(11, 16)).toBe('10:00')
    }))

  it('are for who manages the calendar of the whole county, and say what is wrong', () =>
    withTestCounty(async (county) => {
      const town = [{ permission: 'calendar.day.manage', division: '320506103', line: null }]
      expect(await refused(act(county, announceYearCommand, NOTICE, town))).toBe('platform.forbidden')
      expect(await refused(act(county, announceYearCommand, { ...NOTICE, notice: ' ' }))).toBe(
        'calendar.notice_missing',
      )
      expect(await refused(act(county, withdrawYearCommand, { year: 2030, reason: '试' }))).toBe(
        'calendar.year_not_announced',
      )
      expect(await refused(act(county, removeLocalDayCommand, { date: '2026-11-11' }))).toBe('calendar.day_not_local')
      expect(await refused(act(county, putLocalDayCommand, { date: '2026-10-01', kind: 'workday', name: '试' }))).toBe(
        'calendar.day_from_notice',
      )
      expect(await refused(act(county, putLocalDayCommand, { date: '1999-10-01', kind: 'workday', name: '试' }))).toBe(
        'calendar.year_out_of_range',
      )
      const wrong = { ...NOTICE, notice: '', days: [{ date: '2027-01-06', kind: 'workday', name: '元旦调休' }] }
      const { problems } = await ask(county, checkYearQuery, wrong)
      expect(problems.map(({ code }: { code: string }) => code)).toEqual(
        expect.arrayContaining([
          'calendar.notice_missing',
          'calendar.workday_not_weekend',
          'calendar.statutory_day_missing',
        ]),
      )
    }))
})

describe('what screens read', () => {
  it('is the calendar from last year on, a small one for the public, and every day of a year', () =>
    withTestCounty(async (county) => {
      const full = await ask(county, getCalendarQuery, {})
      expect(full.announcedYears).toEqual([2025, 2026])
      const small = await ask(county, getPublicCalendarQuery, {})
      expect(small.announcedYears).toEqual([2026])
      expect(JSON.stringify(small).length).toBeLessThan(4000)
      expect(new WorkCalendar(small).isWorkday('2026-10-10')).toBe(true)

      const { items } = await ask(county, listYearsQuery, {})
      expect(items.slice(0, 2)).toMatchObject([
        { year: 2027, announced: false },
        { year: 2026, announced: true },
      ])
      const year = await ask(county, getYearQuery, { year: 2026 })
      expect(year.dates).toHaveLength(365)
      expect(year.workdays).toBe(year.dates.filter((day: { workday: boolean }) => day.workday).length)
      expect(year.can.manage).toBe(true)
    }))
})
