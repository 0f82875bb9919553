import { describe, expect, it } from 'vitest'
import type { EffectiveGrant } from '#platform/access/actor.ts'
import {
  announceYearCommand,
  putLocalDayCommand,
  removeLocalDayCommand,
  setOfficeHoursCommand,
  undoChangeCommand,
} from '#platform/calendar/calendar.commands.ts'
import { listChangesQuery } from '#platform/calendar/calendar.queries.ts'
import { loadCalendar } from '#platform/calendar/calendar.store.ts'
import { previewChangeQuery } from '#platform/calendar/preview-change.query.ts'
import { daysOffByRule } from '#platform/calendar/statutory-days.ts'
import { type Command, type Query, runCommand, runQuery } from '#platform/command/command.ts'
import { sql } from '#platform/db/db.ts'
import type { ProcessDefinition } from '#platform/process/definition.ts'
import { startCase } from '#platform/process/engine.ts'
import { type TestCounty, testActor, withTestCounty } from '#platform/testing/test-county.ts'

const manager: EffectiveGrant[] = [{ permission: 'calendar.day.manage', division: '320506', line: null }]
const request = { traceId: 'test', address: null }
let keys = 0
// biome-ignore lint/suspicious/noExplicitAny: routes of every shape
async function act(county: TestCounty, body: Command<any>, input: object): Promise<any> {
  keys += 1
  return runCommand(county.services, await county.here(), body, {
    actor: testActor(1, manager),
    input,
    idempotencyKey: `change-${keys}`,
    request,
  })
}
// biome-ignore lint/suspicious/noExplicitAny: routes of every shape
async function ask(county: TestCounty, body: Query<any>, input: object, grants = manager): Promise<any> {
  return runQuery(county.services, await county.here(), body, { actor: testActor(1, grants), input, request })
}
const refused = (work: Promise<unknown>) =>
  work.then(
    () => 'accepted',
    (error) => error.code as string,
  )
const calendarOf = (county: TestCounty) =>
  county.inCounty(async (tx) => {
    const { revision: _, ...data } = await loadCalendar(tx)
    return data
  })

/** Two clocks, one in days and one in hours; the least that a change of the calendar can move. */
const flow: ProcessDefinition = {
  key: 'limits',
  version: 1,
  name: { 'zh-CN': '时限试验', en: 'Limits' },
  numberPrefix: 'L-{town}',
  phases: [{ key: 'work', name: { 'zh-CN': '办理', en: 'Work' } }],
  initial: 'open',
  start: { name: { 'zh-CN': '开始', en: 'Start' }, permission: null, clocks: ['answer', 'visit'] },
  clocks: {
    answer: { name: { 'zh-CN': '答复', en: 'Answer' }, limit: { fallback: { value: 5, unit: 'workday' } } },
    visit: { name: { 'zh-CN': '核实', en: 'Visit' }, limit: { fallback: { value: 12, unit: 'workHour' } } },
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
    close: { name: { 'zh-CN': '办结', en: 'Close' }, kind: 'main', from: ['open'], to: 'done', who: { system: true } },
  },
}

async function openCases(county: TestCounty, count: number): Promise<void> {
  await county.inCounty(async (tx) => {
    await sql`
      insert into process_definition (key, version, status, body, created_at, published_at)
      values (${flow.key}, 1, 'published', ${JSON.stringify(flow)}::jsonb, ${county.clock.now()}, ${county.clock.now()})`.execute(
      tx,
    )
    await sql`update access_revision set revision = revision + 1`.execute(tx)
  })
  county.house.forget()
  for (let i = 0; i < count; i++)
    await county.asSystem((context) =>
      startCase(context, {
        definitionKey: flow.key,
        title: `第 ${i} 件`,
        source: 'test',
        form: {},
        townCode: '320506103',
      }),
    )
}
const dues = (county: TestCounty) =>
  county.inCounty(async (tx) => {
    const { rows } = await sql<{ due: string }>`
      select state->>'dueAt' as due from process_clock where stopped_at is null order by case_id, key`.execute(tx)
    return rows.map(({ due }) => due)
  })

const SUMMER = [
  { from: '09:00', to: '12:00' },
  { from: '14:00', to: '18:00' },
]

describe('a change of the calendar', () => {
  it('moves as many deadlines as its preview said, and its undoing puts them back', () =>
    withTestCounty(
      async (county) => {
        await openCases(county, 3)
        const before = await dues(county)
        expect(before.length).toBeGreaterThan(2)
        for (const [preview, body, input] of [
          [
            { day: { date: '2026-11-12', kind: 'holiday' } },
            putLocalDayCommand,
            { date: '2026-11-12', kind: 'holiday', name: '台风停工', basis: '吴政办发〔2026〕31 号' },
          ],
          [
            { hours: { from: '2026-11-11', hours: SUMMER } },
            setOfficeHoursCommand,
            { from: '2026-11-11', hours: SUMMER },
          ],
        ] as const) {
          const told = await ask(county, previewChangeQuery, preview)
          expect(told).toMatchObject({ problem: null, complete: true, clocks: before.length, earlier: 0 })
          expect(await dues(county)).toEqual(before)
          await act(county, body, input)
          await county.settle()
          const after = await dues(county)
          expect(after.filter((due, i) => due !== before[i])).toHaveLength(told.later)
          expect(told.later).toBeGreaterThan(0)
          expect(told.moves.reduce((sum: number, move: { clocks: number }) => sum + move.clocks, 0)).toBe(told.later)

          const [change] = (await ask(county, listChangesQuery, {})).items
          expect(change).toMatchObject({ undone: false, can: { undo: true } })
          expect(await ask(county, previewChangeQuery, { undo: change.id })).toMatchObject({
            earlier: told.later,
            later: 0,
          })
          await act(county, undoChangeCommand, { id: change.id })
          await county.settle()
          expect(await dues(county)).toEqual(before)
          expect(await refused(act(county, undoChangeCommand, { id: change.id }))).toBe('calendar.change_undone')
        }
      },
      { at: '2026-11-11T10:00:00+08:00' },
    ))

  it('is kept with what was there before, and undone only while it is the last word', () =>
    withTestCounty(
      async (county) => {
        const first = await calendarOf(county)
        const date = '2026-11-12'
        await act(county, putLocalDayCommand, {
          date,
          kind: 'holiday',
          name: '台风停工',
          basis: '吴政办发〔2026〕31 号',
        })
        await act(county, putLocalDayCommand, { date, kind: 'holiday', name: '台风停工、停课' })
        const { items } = await ask(county, listChangesQuery, {})
        expect(items).toMatchObject([
          { subjectKind: 'day', subject: date, before: { name: '台风停工' }, after: { name: '台风停工、停课' } },
          {
            before: null,
            after: { kind: 'holiday', name: '台风停工' },
            basis: '吴政办发〔2026〕31 号',
            can: { undo: false },
          },
        ])
        expect(await refused(act(county, undoChangeCommand, { id: items[1].id }))).toBe('calendar.change_superseded')
        const undone = await act(county, undoChangeCommand, { id: items[0].id, basis: '录错' })
        expect(undone).toMatchObject({ undoes: items[0].id, after: { name: '台风停工' }, basis: '录错' })
        await act(county, removeLocalDayCommand, { date, basis: '台风未到' })
        expect(await calendarOf(county)).toEqual(first)
        const [removal] = (await ask(county, listChangesQuery, { limit: 1 })).items
        await act(county, undoChangeCommand, { id: removal.id })
        const { rows } = await county.inCounty((tx) =>
          sql<{ name: string; basis: string }>`select name, basis from calendar_day where source = 'local'`.execute(tx),
        )
        expect(rows).toEqual([{ name: '台风停工', basis: '吴政办发〔2026〕31 号' }])

        const page = await ask(county, listChangesQuery, { limit: 2 })
        const rest = await ask(county, listChangesQuery, { limit: 10, cursor: page.next })
        expect([...page.items, ...rest.items].map(({ id }) => id)).toEqual([5, 4, 3, 2, 1])
        expect(rest.next).toBeNull()
        // Anybody may read it, only who manages the calendar may undo.
        const read = await ask(county, listChangesQuery, {}, [])
        expect(read.items.some((item: { can: { undo: boolean } }) => item.can.undo)).toBe(false)
      },
      { at: '2026-11-11T10:00:00+08:00' },
    ))

  it('of a notice is undone to the notice before', () =>
    withTestCounty(async (county) => {
      const first = await calendarOf(county)
      const days = [...daysOffByRule(2027)].map(([date, name]) => ({ date, kind: 'holiday' as const, name }))
      const notice = { year: 2027, notice: '国办发明电〔2026〕9 号（演示）', days }
      await act(county, announceYearCommand, notice)
      const entered = await calendarOf(county)
      await act(county, announceYearCommand, {
        ...notice,
        days: [...days, { date: '2027-01-09', kind: 'workday', name: '调休' }],
      })
      const [correction, entry] = (await ask(county, listChangesQuery, {})).items
      expect(correction).toMatchObject({
        subject: '2027',
        before: { days: days.length },
        after: { days: days.length + 1 },
      })
      await act(county, undoChangeCommand, { id: correction.id })
      expect(await calendarOf(county)).toEqual(entered)
      await act(county, undoChangeCommand, { id: entry.id })
      expect(await calendarOf(county)).toEqual(first)
    }))

  it('is refused in words before it is written', () =>
    withTestCounty(
      async (county) => {
        const day = (date: string, kind: string) => ask(county, previewChangeQuery, { day: { date, kind } })
        const problem = async (answer: Promise<{ problem: { code: string } | null }>) => (await answer).problem?.code
        expect(await problem(day('2026-11-12', 'workday'))).toBe('calendar.day_as_it_is')
        expect(await problem(day('2026-10-01', 'workday'))).toBe('calendar.day_from_notice')
        expect(await problem(day('2026-11-12', 'none'))).toBe('calendar.day_not_local')
        expect(await problem(day('2026-02-30', 'holiday'))).toBe('calendar.date_invalid')
        const hours = (from: string, to = SUMMER) => ask(county, previewChangeQuery, { hours: { from, hours: to } })
        expect(await problem(hours('2026-11-10'))).toBe('calendar.hours_in_past')
        expect(await problem(hours('2026-11-11', [...SUMMER].reverse()))).toBe('calendar.office_hours_invalid')
        const { officeHours } = await calendarOf(county)
        expect(await problem(hours('2026-11-11', officeHours))).toBe('calendar.hours_as_they_are')
        expect(await refused(act(county, setOfficeHoursCommand, { from: '2026-11-10', hours: SUMMER }))).toBe(
          'calendar.hours_in_past',
        )
        expect(await refused(act(county, undoChangeCommand, { id: 999 }))).toBe('calendar.change_not_found')
        await act(county, setOfficeHoursCommand, { from: '2026-11-11', hours: SUMMER })
        const [change] = (await ask(county, listChangesQuery, {})).items
        county.clock.set(new Date('2026-11-12T10:00:00+08:00'))
        // Half a day was worked by them: what was counted stays counted.
        expect(await refused(act(county, undoChangeCommand, { id: change.id }))).toBe('calendar.hours_in_past')
      },
      { at: '2026-11-11T10:00:00+08:00' },
    ))
})
