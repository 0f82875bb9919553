import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { setUpOrg, wuzhongSeed } from '#modules/foundation/org/public.ts'
import { classNames, loadDuties } from '#modules/management/duties/server/duties.store.ts'
import { setUp } from '#modules/management/duties/server/set-up.ts'
import type { EffectiveGrant } from '#platform/access/actor.ts'
import { type Command, type Query, runCommand, runQuery } from '#platform/command/command.ts'
import { sql } from '#platform/db/db.ts'
import { type TestCounty, testActor, withTestCounty } from '#platform/testing/test-county.ts'
import { dryRunQuery } from './dry-run.query.ts'
import {
  addRulingCommand,
  changeClassCommand,
  endItemCommand,
  endRulingCommand,
  putItemCommand,
} from './duties.commands.ts'
import {
  getClassQuery,
  getOptionsQuery,
  listClassesQuery,
  listItemsQuery,
  previewRouteQuery,
} from './duties.queries.ts'

const COUNTY = '320506'
const TOWN = '320506103'
const VILLAGE = '320506103001'
const grant = (permission: string, division = COUNTY, line: string | null = null): EffectiveGrant => ({
  permission,
  division,
  line,
})
const bureau = [grant('duties.list.manage'), grant('duties.ruling.make'), grant('process.case.view')]

const MORNING = '2026-09-30T09:00:00+08:00'

/** One county with the demo district's units serves all tests but the first: each works on a kind of place of its own. */
let county: TestCounty
let leave: () => void
let left: Promise<void>

beforeAll(
  () =>
    new Promise<void>((ready, failed) => {
      left = withTestCounty(async (own) => {
        await own.inCounty((tx) => setUpOrg(tx, wuzhongSeed()))
        county = own
        const end = new Promise<void>((resolve) => {
          leave = resolve
        })
        ready()
        await end
      })
      left.catch(failed)
    }),
)

beforeEach(() => {
  county.clock.set(MORNING)
  county.house.forget()
})

afterAll(() => {
  leave?.()
  return left
})

let keys = 0
async function act(body: Command, input: object, grants = bureau): Promise<never> {
  keys += 1
  return runCommand(county.services, await county.here(), body, {
    actor: testActor(1, grants),
    input,
    idempotencyKey: `test-${keys}`,
    request: { traceId: 'test', address: null },
  }) as Promise<never>
}
async function ask(body: Query, input: object, grants = bureau) {
  return runQuery(county.services, await county.here(), body, {
    actor: testActor(1, grants),
    input,
    request: { traceId: 'test', address: null },
    // biome-ignore lint/suspicious/noExplicitAny: answers of every shape
  }) as Promise<any>
}
const refused = (work: Promise<unknown>) =>
  work.then(
    () => 'accepted',
    (error: { code: string }) => error.code,
  )
// biome-ignore lint/suspicious/noExplicitAny: routes of every shape
const any = (body: unknown) => body as any

const item = {
  classCode: 'G0206',
  placeKind: 'factory',
  list: 'basic',
  clauseNumber: '第一类第 201 条',
  clause: '企业厂区内飞线充电由镇街安监办处置。',
  lead: 'town:safety',
  co: ['town:enforcement'],
  documentNumber: '吴编办〔2026〕11 号',
  validFrom: '2026-09-30',
}

describe('the shipped duties', () => {
  it('fill the demo district once, and no other county', () =>
    withTestCounty(async (own) => {
      const counts = () =>
        own.inCounty(async (tx) => {
          const { rows } = await sql<{ c: number; i: number; r: number; k: number }>`
            select (select count(*) from duties_class) as c, (select count(*) from duties_item) as i,
              (select count(*) from duties_ruling) as r, (select count(*) from duties_place_kind) as k`.execute(tx)
          return rows[0]!
        })
      const first = await counts()
      expect(first.c).toBeGreaterThan(200)
      expect(first.i).toBeGreaterThanOrEqual(first.c)
      expect(Math.min(first.r, first.k)).toBeGreaterThan(0)
      const here = await own.here()
      await own.inCounty((tx) => setUp(tx, here.county))
      expect(await counts()).toEqual(first)

      await own.inCounty(async (tx) => {
        await sql`delete from duties_ruling`.execute(tx)
        await sql`delete from duties_item`.execute(tx)
        await sql`delete from duties_village_item`.execute(tx)
        await sql`delete from duties_class`.execute(tx)
        await sql`delete from duties_place_kind`.execute(tx)
        await setUp(tx, { ...here.county, slug: 'elsewhere', regionPrefix: '430100' })
      })
      expect((await counts()).c).toBe(0)
    }))

  it('route script A: the township before the ruling, the fire brigade after it', async () => {
    const place = { classCode: 'G0206', placeKind: 'stairwell', town: TOWN, village: VILLAGE }
    county.clock.set('2026-09-30T16:47:00+08:00')
    expect(await ask(any(previewRouteQuery), place)).toMatchObject({
      lead: { code: `${TOWN}-enforcement` },
      list: 'basic',
      rulingNumber: null,
    })
    county.clock.set('2026-09-30T17:20:00+08:00')
    const ruled = await ask(any(previewRouteQuery), place)
    expect(ruled).toMatchObject({ lead: { code: `${COUNTY}-fire` }, rulingNumber: 'CD-2026-017' })
    expect(ruled.co.map((unit: { code: string }) => unit.code)).toContain(`${TOWN}-enforcement`)
    expect(ruled.why[0].key).toBe('duties.why.lead')
    // Without a place the desk of the county decides.
    expect(await ask(any(previewRouteQuery), { classCode: 'G0206' })).toMatchObject({
      lead: null,
      triage: { code: `${COUNTY}-command` },
    })
  })

  it('lead somewhere from every class, kind of place and village that has a town', async () => {
    const { directory } = await county.here()
    const duties = await county.inCounty(loadDuties)
    const stuck = duties.book.classes.flatMap(({ code }) =>
      duties.book.placeKinds
        .filter(
          ({ code: placeKind }) =>
            !duties.route(
              { classCode: code, placeKind, townCode: TOWN, villageCode: VILLAGE, at: county.clock.now() },
              directory,
              COUNTY,
            ).lead,
        )
        .map(({ code: placeKind }) => `${code} ${placeKind}`),
    )
    expect(stuck).toEqual([])
  })

  it('can be found and read', async () => {
    const found = await ask(any(listClassesQuery), { q: '飞线' })
    expect(found.items.map((entry: { code: string }) => entry.code)).toContain('G0206')
    const all = await ask(any(listClassesQuery), {})
    expect(all.majors.reduce((sum: number, major: { count: number }) => sum + major.count, 0)).toBe(all.items.length)
    expect((await county.inCounty(classNames)).get('G0206')).toBe('安全隐患—飞线充电')
    expect((await county.here()).directory.className('G0206')).toBe('安全隐患—飞线充电')

    const page = await ask(any(getClassQuery), { code: 'G0206' })
    expect(page.items.length).toBeGreaterThan(1)
    expect(page.limits.handle).toEqual({ value: 24, unit: 'urgentHour' })
    const recovered = await ask(any(listItemsQuery), { list: 'recovered' })
    expect(recovered.counts).toEqual({ basic: 0, assist: 0, recovered: recovered.items.length })
    const { units } = await ask(any(getOptionsQuery), {})
    const named = [...page.items, ...recovered.items].flatMap(({ lead, co }) => [lead, ...co])
    for (const { name } of [...named, ...units]) expect(name).not.toMatch(/^[a-z]+:/)
    expect(units).toContainEqual({ code: 'village:property', name: '物业服务企业', mayLead: false })
  })
})

describe('changing a class', () => {
  it('sets limits and words at once, with a reason, for who manages its line', async () => {
    const { limits, severity, secrecy, keywords, filingConditions, closingCriteria } = await ask(any(getClassQuery), {
      code: 'G0206',
    })
    const body = {
      code: 'G0206',
      limits,
      severity,
      secrecy,
      keywords,
      filingConditions,
      closingCriteria,
      reason: '试行',
    }
    const change = (part: object, grants = bureau) => act(any(changeClassCommand), { ...body, ...part }, grants)
    expect(await refused(change({}, [grant('duties.list.manage', COUNTY, 'water')]))).toBe('platform.forbidden')
    const half = { ...limits, reply: { value: 1.5, unit: 'workday' } }
    expect(await refused(change({ limits: half }))).toBe('duties.limit_whole_days')
    expect(await refused(change({ code: 'G9999' }))).toBe('platform.not_found')
    const handle = { value: 12, unit: 'urgentHour' }
    expect(await change({ limits: { ...limits, handle }, keywords: ['蜘蛛网充电'] })).toMatchObject({
      limits: { handle },
      marking: { limit: 'D' },
    })
    const duties = await county.inCounty(loadDuties)
    expect(duties.limitsOf('G0206')?.handle).toEqual(handle)
    expect(duties.suggestClasses('楼下的蜘蛛网充电', 1)[0]?.code).toBe('G0206')
  })
})

describe('changing the list', () => {
  it('needs a document, the right, and a leader that the list allows', async () => {
    const put = (change: object, grants = bureau) => refused(act(any(putItemCommand), { ...item, ...change }, grants))
    expect(await put({ documentNumber: ' ' })).toBe('duties.document_missing')
    expect(await put({ documentNumber: '领导同意' })).toBe('duties.document_missing')
    expect(await put({}, [grant('duties.list.manage', TOWN)])).toBe('platform.forbidden')
    expect(await put({}, [grant('duties.list.manage', COUNTY, 'water')])).toBe('platform.forbidden')
    expect(await put({ lead: 'county:fire' })).toBe('duties.lead_basic')
    expect(await put({ list: 'assist' })).toBe('duties.lead_assist')
    expect(await put({ list: 'recovered' })).toBe('duties.lead_recovered')
    expect(await put({ lead: 'town:wizards' })).toBe('duties.unit_unknown')
    expect(await put({ lead: 'village:property' })).toBe('duties.unit_limited')
    expect(await put({ co: ['town:safety'] })).toBe('duties.unit_twice')
    expect(await put({ classCode: 'G9999' })).toBe('duties.class_unknown')
    expect(await put({ placeKind: 'moon' })).toBe('duties.place_kind_unknown')
    expect(await put({ validFrom: '2026-02-30' })).toBe('duties.date_invalid')
    expect(await put({ placeKind: 'housing-estate' })).toBe('duties.item_exists')
    const line = [grant('duties.list.manage', COUNTY, 'emergency-fire')]
    expect(await put({ placeKind: 'green-space' }, line)).toBe('accepted')
  })

  it('lets versions follow each other by effective date, at once for routing, with audit and evidence', async () => {
    const lead = async () => {
      const here = await county.here()
      return county.inCounty(async (tx) => {
        const question = { classCode: 'G0206', placeKind: 'factory', townCode: TOWN, villageCode: null }
        const found = (await loadDuties({ ...tx, county: here.county })).route(
          { ...question, at: county.clock.now() },
          here.directory,
          COUNTY,
        )
        return `${found.lead?.kind} ${found.documentNumber}`
      })
    }
    const before = await lead()
    const added = (await act(any(putItemCommand), item)) as { id: number; code: string; current: boolean }
    expect(added).toMatchObject({ code: expect.stringMatching(/^B-\d{3}$/), current: true, validTo: null })
    expect(await lead()).toBe('safety 吴编办〔2026〕11 号')

    const next = { ...item, lead: 'town:enforcement', co: [], documentNumber: '吴编办〔2026〕15 号' }
    expect(await refused(act(any(putItemCommand), { ...next, replaces: added.id }))).toBe('duties.version_order')
    const revised = (await act(any(putItemCommand), {
      ...next,
      replaces: added.id,
      validFrom: '2026-11-01',
    })) as { id: number; code: string; current: boolean }
    expect(revised).toMatchObject({ code: added.code, current: false })
    expect(await lead()).toBe('safety 吴编办〔2026〕11 号')
    const late = { ...next, validFrom: '2026-12-01' }
    expect(await refused(act(any(putItemCommand), { ...late, replaces: added.id }))).toBe('duties.item_changed')
    expect(await refused(act(any(putItemCommand), { ...late, placeKind: 'market', replaces: revised.id }))).toBe(
      'duties.item_elsewhere',
    )
    county.clock.set('2026-11-01T00:00:00+08:00')
    expect(await lead()).toBe('enforcement 吴编办〔2026〕15 号')
    const versions = await ask(any(listItemsQuery), {
      classCode: 'G0206',
      placeKind: 'factory',
      history: true,
    })
    expect(versions.items.map((row: { validFrom: string; validTo: string }) => [row.validFrom, row.validTo])).toEqual([
      ['2026-11-01', null],
      ['2026-09-30', '2026-11-01'],
    ])

    const end = { itemId: revised.id, validTo: '2026-11-02' }
    expect(await refused(act(any(endItemCommand), { ...end, documentNumber: '' }))).toBe('duties.document_missing')
    await act(any(endItemCommand), { ...end, documentNumber: '吴编办〔2026〕16 号' })
    expect(await refused(act(any(endItemCommand), { ...end, documentNumber: '吴编办〔2026〕16 号' }))).toBe(
      'duties.item_ended',
    )
    county.clock.set('2026-11-02T00:00:00+08:00')
    expect(await lead()).toBe(before)

    const subjects = [added, revised].map(({ id }) => `duties_item:${id}`)
    const { rows } = await county.inCounty((tx) =>
      sql<{ audits: number; facts: number }>`
          select (select count(*) from command_audit where subject = any(${subjects}::text[]) and outcome = 'done') as audits,
            (select count(*) from evidence_entry where subject = any(${subjects}::text[])) as facts`.execute(tx),
    )
    expect(rows[0]).toEqual({ audits: 3, facts: 3 })
  })
})

describe('rulings', () => {
  it('go before the list once made, until they are taken back', async () => {
    const body = {
      classCode: 'G0206',
      placeKinds: ['street'],
      question: '沿街商铺飞线由谁办？',
      facts: '商铺向外拉线充电，镇执法局与安监办意见不一。',
      decision: '镇街安监办主办。',
      lead: 'town:safety',
      co: ['town:enforcement'],
      reason: '属安全隐患。',
    }
    const add = (change: object, grants = bureau) => refused(act(any(addRulingCommand), { ...body, ...change }, grants))
    expect(await add({}, [grant('duties.ruling.make', TOWN)])).toBe('platform.forbidden')
    expect(await add({ number: 'CD-2026-017' })).toBe('duties.ruling_number_taken')
    expect(await add({ decidedAt: '2027-01-01T00:00:00Z' })).toBe('duties.ruling_in_future')
    // 家庭暴力 was taken back by the county (list 3).
    expect(await add({ classCode: 'G0108', placeKinds: ['any'] })).toBe('duties.ruling_recovered')

    const where = { classCode: 'G0206', placeKind: 'street', town: TOWN }
    const made = (await act(any(addRulingCommand), body)) as { id: number; number: string }
    expect(made.number).toMatch(/^CD-2026-\d{3}$/)
    expect(await ask(any(previewRouteQuery), where)).toMatchObject({
      lead: { code: `${TOWN}-safety` },
      rulingNumber: made.number,
    })
    county.clock.advance(1000)
    await act(any(endRulingCommand), { rulingId: made.id, reason: '清单已修订' })
    expect(await ask(any(previewRouteQuery), where)).toMatchObject({ rulingNumber: null })
  })
})

describe('the dry run', () => {
  it('tells which past cases would have gone elsewhere, and only those that the actor sees', async () => {
    const past = [
      ...['waters', 'waters', 'housing-estate', 'market'].map((placeKind) => ({ placeKind, classCode: 'G0206' })),
      { placeKind: 'waters', classCode: 'G0206', secrecy: 'secret' },
      { placeKind: 'waters', classCode: 'C0102' },
    ]
    await county.inCounty(async (tx) => {
      await sql`
          with flow as (
            insert into process_definition (key, version, status, body, created_at)
            values ('past', 1, 'retired', '{"key": "past"}', ${county.clock.now()}) returning id)
          insert into process_case (number, definition_id, definition_key, state, phase, title, source, opened_at, last_hop_at,
            class_code, secrecy, town_code, village_code, data)
          select 'P-' || p.nr, flow.id, 'past', 'open', 'work', '往日案件', 'grid', ${county.clock.now()}, ${county.clock.now()},
            p."classCode", coalesce(p.secrecy, 'public'), ${TOWN}, ${VILLAGE}, jsonb_build_object('placeKind', p."placeKind")
            from flow, rows from (json_to_recordset(${JSON.stringify(past)}::json)
              as ("placeKind" text, "classCode" text, secrecy text)) with ordinality
              as p ("placeKind", "classCode", secrecy, nr)`.execute(tx)
    })
    const { documentNumber: _, ...change } = { ...item, placeKind: 'waters' }
    const answer = await ask(any(dryRunQuery), change)
    expect(answer).toMatchObject({ looked: 5, matched: 4, ruled: 0, changed: 2, changedOpen: 2, conflicts: [] })
    expect(answer.moves).toMatchObject([
      {
        townCode: TOWN,
        placeKind: 'waters',
        from: { code: `${COUNTY}-fire` },
        to: { code: `${TOWN}-safety` },
        count: 2,
      },
    ])
    expect(answer.moves[0].examples).toHaveLength(2)
    // Nothing was written.
    expect((await ask(any(listItemsQuery), { placeKind: 'waters', classCode: 'G0206' })).items).toEqual([])

    expect(await ask(any(dryRunQuery), change, [grant('duties.list.manage')])).toMatchObject({
      looked: 0,
      matched: 0,
      moves: [],
    })
  })
})
