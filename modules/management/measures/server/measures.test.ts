import { describe, expect, it } from 'vitest'
import { PARTS } from '#modules/management/measures/domain/parts.ts'
import { RECOUNT_JOB } from '#modules/management/measures/server/case-moved.handler.ts'
import { CELLS, foldMeasures } from '#modules/management/measures/server/fold-measures.ts'
import { sql } from '#platform/db/db.ts'
import { startCase } from '#platform/process/engine.ts'
import { unknownNames } from '#platform/rollup/flow-counting.ts'
import { logInAs } from '#platform/testing/log-in-as.ts'
import { type TestCounty, withTestCounty } from '#platform/testing/test-county.ts'

/** Monday 10:00. */
const AT = { at: '2026-10-12T02:00:00Z' }
const MUDU = { townCode: '320506103', villageCode: '320506103001' }
const LUZHI = { townCode: '320506100', villageCode: '320506100007' }

const open = (county: TestCounty, extra: object = {}) =>
  county.asSystem((context) =>
    startCase(context, { definitionKey: 'report', title: '路灯不亮', source: 'resident', form: {}, ...MUDU, ...extra }),
  )

const PERIOD = 'period=range&from=2026-09-01&to=2026-12-31'
// biome-ignore lint/suspicious/noExplicitAny: answers of every shape
const figure = (answer: any, key: string) => answer.items.find((item: any) => item.measure.key === key).figure

/** All facts and what they are folded into, as text to compare. */
const facts = (county: TestCounty) =>
  county.inCounty(async (tx) => {
    const columns = sql.raw(
      ['case_id', 'day::text', 'unit_id', 'town_code', 'line_code', 'secret', ...PARTS].join(', '),
    )
    const { rows } = await sql`select ${columns} from measures_fact order by case_id, day, unit_id`.execute(tx)
    return rows
  })

describe('access', () => {
  it('a town reads its own; others are not found; grid workers have none; the county reads all', () =>
    withTestCounty(async (county) => {
      await open(county)
      await open(county, LUZHI)
      await open(county, { ...LUZHI, secrecy: 'secret' })
      await county.settle()
      const director = await logInAs(county, 'cmd-gao')
      const mudu = await logInAs(county, 'md-chen')
      const luzhi = await logInAs(county, 'lz-shen')
      const reported = async (session: typeof mudu, rest = '') =>
        figure(await session.get(`/measures?${PERIOD}${rest}`), 'reported').value
      expect(await reported(director)).toBe(2)
      expect(await reported(mudu)).toBe(1)
      expect(await reported(luzhi)).toBe(1)
      expect(await reported(director, '&town=320506100')).toBe(1)
      for (const path of [
        `/measures?${PERIOD}&town=320506100`,
        `/measures?${PERIOD}&village=320506100007`,
        `/measures/objects?${PERIOD}&by=village&town=320506100`,
        `/measures/cases?${PERIOD}&measure=reported&side=numerator&town=320506100`,
        `/measures/cases-export?${PERIOD}&measure=reported&side=numerator&town=320506100&format=csv`,
        `/measures-export?${PERIOD}&town=320506100&format=csv`,
      ])
        expect((await mudu.raw('GET', path)).status, path).toBe(404)
      const worker = await logInAs(county, 'md-zhao')
      expect((await worker.raw('GET', `/measures?${PERIOD}`)).status).toBe(403)
      // Towns stand in the order of their codes, and a town sees but itself.
      const towns = (await director.get(`/measures/objects?${PERIOD}&by=town`)).items.map(
        (item: { key: string }) => item.key,
      )
      expect(towns).toEqual(towns.toSorted())
      expect(towns).toHaveLength(14)
      const own = await mudu.get(`/measures/objects?${PERIOD}&by=town`)
      expect(own.items.map((item: { key: string }) => item.key)).toEqual(['320506103'])
    }, AT))

  it('a grant for one grid gives no measures: they would be those of its worker', () =>
    withTestCounty(async (county) => {
      await county.inCounty((tx) =>
        sql`insert into access_grant (account_id, permission, division_code, reason, valid_from)
            select id, 'measures.read', '320506103001002', '测试', '2020-01-01' from auth_account where login = 'md-zhao'`.execute(
          tx,
        ),
      )
      await county.inCounty((tx) => sql`update access_revision set revision = revision + 1`.execute(tx))
      county.house.forget()
      const worker = await logInAs(county, 'md-zhao')
      const answer = await worker.raw('GET', `/measures?${PERIOD}`)
      expect([answer.status, answer.body.code]).toEqual([403, 'measures.no_area'])
    }, AT))

  it('no table of measures knows accounts or posts', () =>
    withTestCounty(async (county) => {
      const { rows } = await county.inCounty((tx) =>
        sql<{ name: string }>`select table_name || '.' || column_name as name from information_schema.columns
          where table_schema = ${tx.county.schema} and table_name like 'measures\\_%'
            and (column_name like '%account%' or column_name like '%post%' or column_name like '%person%' or column_name = 'grid_code')`.execute(
          tx,
        ),
      )
      expect(rows).toEqual([])
    }, AT))
})

describe('facts', () => {
  it('follow a change of the calendar', () =>
    withTestCounty(async (county) => {
      await open(county)
      await county.settle()
      /** Closings due on the days, asked in a week when they are over. */
      const due = async () => {
        const now = county.clock.now()
        county.clock.set('2026-10-22T02:00:00Z')
        const director = await logInAs(county, 'cmd-gao')
        const on = async (day: string) =>
          figure(await director.get(`/measures?period=day&from=${day}`), 'closedOnTime').denominator
        const found = [await on('2026-10-19'), await on('2026-10-20')]
        county.clock.set(now)
        return found
      }
      // Five working days from Monday the 12th.
      expect(await due()).toEqual([1, 0])
      const bureau = await logInAs(county, 'data-gu')
      const day = { kind: 'holiday', name: '台风停工', basis: '吴政办〔2026〕12 号' }
      expect((await bureau.raw('PUT', '/calendar/days/2026-10-14', day)).status).toBe(200)
      await county.settle()
      expect(await due()).toEqual([0, 1])
    }, AT))

  it('are the same when everything is counted anew, and folded counts are the facts added up', () =>
    withTestCounty(async (county) => {
      const cases = [await open(county), await open(county, LUZHI), await open(county, { lineCode: 'water' })]
      await county.settle()
      const before = await facts(county)
      expect(before.length).toBeGreaterThanOrEqual(cases.length)
      await county.inCounty((tx) =>
        sql`update measures_fact set reported = 7 where case_id = ${cases[0]!.id}`.execute(tx),
      )
      await county.inCounty((tx) =>
        sql`insert into job_job (kind, payload, run_at, created_at) values (${RECOUNT_JOB}, '{}', ${county.clock.now()}, ${county.clock.now()})`.execute(
          tx,
        ),
      )
      await county.settle()
      expect(await facts(county)).toEqual(before)
      await county.inCounty(async (tx) => {
        // Counts made of nothing but the facts.
        await sql`delete from measures_delta`.execute(tx)
        await sql`delete from measures_count`.execute(tx)
        const names = sql.raw(PARTS.join(', '))
        await sql`insert into measures_delta (day, unit_id, town_code, village_code, line_code, source, ${names})
          select day, unit_id, town_code, village_code, line_code, source, ${names} from measures_fact`.execute(tx)
        while ((await foldMeasures(tx, 2)) > 0);
        const sums = sql.raw(PARTS.map((part) => `coalesce(sum(${part}), 0)::int as ${part}`).join(', '))
        const folded =
          await sql`select by_kind, place, line, grain, day::text, by_key, ${sums} from measures_count group by 1, 2, 3, 4, 5, 6 order by 1, 2, 3, 4, 5, 6`.execute(
            tx,
          )
        const direct =
          await sql`select b.by_kind, p.place, l.line, g.grain, g.day::text, b.by_key, ${sums} from measures_fact t ${sql.raw(CELLS)} group by 1, 2, 3, 4, 5, 6 order by 1, 2, 3, 4, 5, 6`.execute(
            tx,
          )
        expect(folded.rows).toEqual(direct.rows)
      })
    }, AT))
})

describe('a composite', () => {
  it('is published with a document by the data bureau, over shares of outcomes only, and stands beside areas', () =>
    withTestCounty(async (county) => {
      await open(county)
      await county.settle()
      const bureau = await logInAs(county, 'data-gu')
      const body = { name: '镇街办理质效', documentNumber: '吴数〔2026〕8 号', validFrom: '2026-10-01' }
      const refused = await bureau.raw('POST', '/measures/composite', { ...body, weights: { reported: 1 } })
      expect([refused.status, refused.body.code]).toEqual([422, 'measures.bad_weights'])
      const chief = await logInAs(county, 'md-chen')
      expect((await chief.raw('POST', '/measures/composite', { ...body, weights: { validRate: 1 } })).status).toBe(403)
      await bureau.post('/measures/composite', { ...body, weights: { validRate: 3, closedOnTime: 1 } })
      const answer = await bureau.get(`/measures/objects?${PERIOD}&by=town`)
      expect(answer.composite).toMatchObject({ documentNumber: body.documentNumber })
      const scores = Object.fromEntries(
        answer.items.map((item: { key: string; composite: number }) => [item.key, item.composite]),
      )
      expect(scores['320506103']).toBe(100)
      expect(scores['320506100']).toBeNull()
      expect((await bureau.get(`/measures/objects?${PERIOD}&by=source`)).composite).toBeNull()
    }, AT))
})

describe('what a flow says it counts for', () => {
  it('names only actions, states and clocks that its shipped versions know', () =>
    withTestCounty(async (county) => {
      const { definitions } = await county.here()
      const { countings } = county.services
      expect(countings.size).toBeGreaterThan(0)
      for (const counting of countings.values()) {
        const shipped = county.house.modules.flatMap((module) => module.definitions ?? [])
        const versions = [
          definitions.current(counting.flow).body,
          ...shipped.filter((body) => body.key === counting.flow),
        ]
        expect(unknownNames(counting, versions), counting.flow).toEqual([])
        expect(unknownNames({ ...counting, filed: ['planted'] }, versions)).toEqual(['planted'])
      }
    }, AT))
})
