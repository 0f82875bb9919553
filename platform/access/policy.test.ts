import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Actor, EffectiveGrant, HeldPost } from '#platform/access/actor.ts'
import { widestGrants } from '#platform/access/participation.ts'
import { all, any, caseVisibility, predicateHolds, predicateSql, scopeOf } from '#platform/access/policy.ts'
import { type Context, Pending } from '#platform/command/context.ts'
import { blindTokens } from '#platform/crypto/blind-token.ts'
import { sql, type Tx } from '#platform/db/db.ts'
import { type CaseState, findCase, insertCase, type LoadedCase } from '#platform/process/case.store.ts'
import { type CaseFilters, caseNumbers, casesById, countCases, pageOfCases } from '#platform/process/case-list.ts'
import { deltaOf, maySee, scopedRow } from '#platform/process/engine.ts'
import { exportedCases } from '#platform/process/export-cases.raw.ts'
import { indexCase, PHONE_DOMAIN } from '#platform/search/case-index.ts'
import { type TestCounty, testActor, withTestCounty } from '#platform/testing/test-county.ts'

const COUNTY = '320506'
const TOWNS = ['320506101', '320506102', '320506103']
const VILLAGES = TOWNS.flatMap((town) => [`${town}001`, `${town}002`])
const GRIDS = VILLAGES.flatMap((village) => [`${village}001`, `${village}002`])
const LINES = ['lighting', 'fire', 'housing']
const UNITS = [11, 12, 13, 14, 15]
const ACCOUNTS = [1001, 1002, 1003, 1004, 1005, 1006]
const ROLES = ['handler', 'dutyChief']
const STATES = ['reported', 'accepted', 'dispatched', 'closed']
const PHONES = ['13900005001', '13900005002']
const WORDS = ['路灯不亮', '占用消防通道', '电梯停运']

/** A place of a case: down to a grid, a village, a town, or nowhere in particular. */
const place = fc.oneof(
  fc.constant({ townCode: null, villageCode: null, gridCode: null }),
  fc.constantFrom(...TOWNS).map((townCode) => ({ townCode, villageCode: null, gridCode: null })),
  fc.constantFrom(...VILLAGES).map((code) => ({ townCode: code.slice(0, 9), villageCode: code, gridCode: null })),
  fc.constantFrom(...GRIDS).map((code) => ({
    townCode: code.slice(0, 9),
    villageCode: code.slice(0, 12),
    gridCode: code,
  })),
)

const party = fc
  .record({
    unitId: fc.option(fc.constantFrom(...UNITS)),
    accountId: fc.option(fc.constantFrom(...ACCOUNTS)),
    role: fc.constantFrom('start', 'lead', 'expert'),
    named: fc.boolean(),
  })
  .filter(({ unitId, accountId }) => unitId !== null || accountId !== null)

const item = fc.oneof(
  fc.record({ unitId: fc.constantFrom(...UNITS), role: fc.constantFrom(...ROLES), accountId: fc.constant(null) }),
  fc.record({
    unitId: fc.option(fc.constantFrom(...UNITS)),
    role: fc.constantFrom(...ROLES),
    accountId: fc.constantFrom(...ACCOUNTS),
  }),
)

const madeCase = fc.record({
  place,
  lineCode: fc.option(fc.constantFrom(...LINES)),
  secrecy: fc.constantFrom('public' as const, 'internal' as const, 'secret' as const),
  state: fc.constantFrom(...STATES),
  overdue: fc.boolean(),
  severity: fc.integer({ min: 0, max: 4 }),
  source: fc.constantFrom('resident', 'patrol'),
  unitId: fc.option(fc.constantFrom(...UNITS)),
  words: fc.constantFrom(...WORDS),
  phone: fc.option(fc.constantFrom(...PHONES)),
  parties: fc.uniqueArray(party, {
    maxLength: 3,
    selector: ({ unitId, accountId, role }) => `${unitId}|${accountId}|${role}`,
  }),
  items: fc.array(item, { maxLength: 2 }),
})
type MadeCase = typeof madeCase extends fc.Arbitrary<infer T> ? T : never

const grant: fc.Arbitrary<EffectiveGrant> = fc.record({
  permission: fc.constantFrom('process.case.view', 'process.case.*', 'process.*', 'loop.report.submit'),
  division: fc.oneof(
    { weight: 1, arbitrary: fc.constant(COUNTY) },
    { weight: 3, arbitrary: fc.constantFrom(...TOWNS) },
    { weight: 3, arbitrary: fc.constantFrom(...VILLAGES) },
    { weight: 3, arbitrary: fc.constantFrom(...GRIDS) },
  ),
  line: fc.option(fc.constantFrom(...LINES)),
})

const official: fc.Arbitrary<Actor> = fc
  .record({
    accountId: fc.constantFrom(...ACCOUNTS, 9999),
    grants: fc.array(grant, { maxLength: 4 }),
    posts: fc.array(fc.tuple(fc.constantFrom(...UNITS), fc.constantFrom(...ROLES)), { maxLength: 2 }),
  })
  .map(({ accountId, grants, posts }) =>
    testActor(accountId, grants, {
      unitIds: [...new Set(posts.map(([unitId]) => unitId))],
      posts: posts.map(
        ([unitId, role], index): HeldPost => ({
          postId: index + 1,
          role,
          unitId,
          unitCode: `u${unitId}`,
          unitName: `单位${unitId}`,
          division: COUNTY,
          acting: false,
        }),
      ),
    }),
  )

const filters: fc.Arbitrary<CaseFilters> = fc.record(
  {
    state: fc.constantFrom(...STATES),
    town: fc.constantFrom(...TOWNS),
    village: fc.constantFrom(...VILLAGES),
    line: fc.constantFrom(...LINES),
    overdue: fc.boolean(),
    open: fc.boolean(),
    severity: fc.integer({ min: 0, max: 4 }),
    source: fc.constantFrom('resident', 'patrol'),
    unit: fc.constantFrom(...UNITS),
  },
  { requiredKeys: [] },
)

/** Only what the numbers are kept by, so that the count comes out of the rollup. */
const rolledFilters = filters.map(({ open: _, severity: __, source: ___, unit: ____, ...rest }) => rest)

interface Stored {
  made: MadeCase
  loaded: LoadedCase
}

/** The county's random cases, as rows; half of the numbers folded, half not. */
async function storeCases(county: TestCounty, amount: number): Promise<Stored[]> {
  const { definitions, keys } = await county.here()
  const { id: definitionId, body } = definitions.current('report')
  const made = fc.sample(madeCase, { numRuns: amount, seed: 20_260_930 })
  return county.asSystem(async ({ tx, now, pending }) => {
    const ids: number[] = []
    for (const [index, one] of made.entries()) {
      const state: CaseState = {
        id: 0,
        number: `WZ-MD-20260930-${String(index + 1).padStart(4, '0')}`,
        definitionId,
        definitionKey: 'report',
        state: one.state,
        phase: body.states[one.state]!.phase,
        title: `${one.words} ${index}`,
        classCode: null,
        severity: one.severity,
        secrecy: one.secrecy,
        source: one.source,
        ...one.place,
        lineCode: one.lineCode,
        placeText: null,
        place: null,
        unitId: one.unitId,
        starterAccountId: null,
        openedAt: now,
        closedAt: body.states[one.state]!.final ? now : null,
        dueAt: null,
        provisional: false,
        overdue: one.overdue,
        version: 1,
        hop: 1,
        lastHopAt: now,
        data: {},
      }
      state.id = await insertCase(tx, state)
      ids.push(state.id)
      const tokens = one.phone ? blindTokens(keys, PHONE_DOMAIN, one.phone) : []
      await indexCase(tx, state, '', tokens)
      pending.deltas.push({ ...deltaOf(state), amount: 1 })
    }
    await storeWork(tx, ids, made, now)
    const stored: Stored[] = []
    for (const [index, id] of ids.entries())
      stored.push({ made: made[index]!, loaded: (await findCase(tx, id, false))! })
    return stored.reverse()
  })
}

async function storeWork(tx: Tx, ids: number[], made: MadeCase[], now: Date): Promise<void> {
  const parties = made.flatMap((one, index) =>
    one.parties.map((entry) => ({ case_id: ids[index], unit_id: entry.unitId, account_id: entry.accountId, ...entry })),
  )
  await sql`
    insert into process_party (case_id, unit_id, account_id, role, named, since, town_code, village_code, grid_code, line_code)
    select c.id, p.unit_id, p.account_id, p.role, p.named, ${now}, c.town_code, c.village_code, c.grid_code, c.line_code
      from json_to_recordset(${JSON.stringify(parties)}::json)
        as p (case_id bigint, unit_id bigint, account_id bigint, role text, named boolean)
      join process_case c on c.id = p.case_id`.execute(tx)
  const items = made.flatMap((one, index) =>
    one.items.map((entry, slot) => ({
      case_id: ids[index],
      slot: `s${slot}`,
      unit_id: entry.unitId,
      role: entry.role,
      account_id: entry.accountId,
    })),
  )
  await sql`
    insert into process_work_item (case_id, slot, definition_key, state, phase, unit_id, role, account_id, title, number,
        severity, secrecy, source, opened_at)
    select c.id, w.slot, c.definition_key, c.state, c.phase, w.unit_id, w.role, w.account_id, c.title, c.number,
        c.severity, c.secrecy, c.source, ${now}
      from json_to_recordset(${JSON.stringify(items)}::json)
        as w (case_id bigint, slot text, unit_id bigint, role text, account_id bigint)
      join process_case c on c.id = w.case_id`.execute(tx)
}

function passes(filters: CaseFilters, { case: c }: LoadedCase): boolean {
  const open = c.closedAt === null
  return (
    (filters.state === undefined || c.state === filters.state) &&
    (filters.town === undefined || c.townCode === filters.town) &&
    (filters.village === undefined || c.villageCode === filters.village) &&
    (filters.line === undefined || c.lineCode === filters.line) &&
    (filters.overdue === undefined || (c.overdue && open) === filters.overdue) &&
    (filters.open === undefined || open === filters.open) &&
    (filters.severity === undefined || c.severity === filters.severity) &&
    (filters.source === undefined || c.source === filters.source) &&
    (filters.unit === undefined || c.unitId === filters.unit)
  )
}

/** All pages of the list, so that going on from a page is tried too. */
async function wholeList(context: Context, filters: CaseFilters): Promise<number[]> {
  const ids: number[] = []
  let before: number | null = null
  do {
    const page = await pageOfCases(context, filters, before, 40)
    ids.push(...page.rows.map((row) => row.id))
    before = page.next
  } while (before !== null)
  return ids
}

describe('case policy', () => {
  it('gives list, count, export, search, numbers and the single case the same rows', async () => {
    await withTestCounty(async (county) => {
      const stored = await storeCases(county, 240)
      // Half of the changes folded into the counts, half not: numbers must not care.
      await county.inCounty((tx) =>
        sql`with taken as (delete from rollup_delta where id % 2 = 0
              returning definition_key, phase, state, town_code, village_code, line_code, overdue, amount)
            insert into rollup_count (definition_key, phase, state, town_code, village_code, line_code, overdue, amount)
            select definition_key, phase, state, town_code, village_code, line_code, overdue, sum(amount) from taken
             group by 1, 2, 3, 4, 5, 6, 7`.execute(tx),
      )
      const here = await county.here()
      const ids = (rows: Stored[]) => rows.map(({ loaded }) => loaded.case.id)
      let sizes = 0
      const check = (actor: Actor, asked: CaseFilters, rolled: CaseFilters, words: string, phone: string) =>
        county.inCounty(async (tx) => {
          const context: Context = {
            tx,
            actor,
            now: county.clock.now(),
            services: county.services,
            here,
            pending: new Pending(),
            request: { traceId: 't', address: null },
          }
          const visible = stored.filter(({ loaded }) => maySee(actor, loaded))
          sizes += visible.length
          const policy = caseVisibility(actor)
          expect(ids(stored.filter(({ loaded }) => predicateHolds(policy, scopedRow(loaded))))).toEqual(ids(visible))
          const bySql = await sql<{ id: number }>`
            select c.id from process_case c where ${predicateSql(policy, 'c')} order by c.id desc`.execute(tx)
          expect(bySql.rows.map((row) => row.id)).toEqual(ids(visible))
          expect(await wholeList(context, {})).toEqual(ids(visible))
          const amongGiven = await casesById(context, ids(stored))
          expect(amongGiven.map((row) => row.id)).toEqual(ids(visible))
          const numbers = await caseNumbers(context)
          expect(numbers.reduce((sum, row) => sum + row.amount, 0)).toBe(visible.length)
          for (const row of numbers)
            expect(
              visible.filter(
                ({ loaded: { case: c } }) =>
                  c.state === row.state &&
                  (c.townCode ?? '') === row.townCode &&
                  (c.lineCode ?? '') === row.lineCode &&
                  (c.overdue && c.closedAt === null) === row.overdue,
              ),
            ).toHaveLength(row.amount)

          for (const some of [asked, rolled]) {
            const matching = ids(visible.filter(({ loaded }) => passes(some, loaded)))
            expect(await wholeList(context, some)).toEqual(matching)
            expect(await countCases(context, some)).toEqual({ count: matching.length, capped: false })
            const exported: number[] = []
            for await (const page of exportedCases(county.services, context, some)) exported.push(page.id)
            expect(exported).toEqual(matching)
          }

          const byWords = ids(visible.filter(({ made }) => made.words === words))
          expect(await wholeList(context, { q: words })).toEqual(byWords)
          expect(await countCases(context, { q: words })).toEqual({ count: byWords.length, capped: false })
          const byPhone = ids(visible.filter(({ made }) => made.phone === phone))
          expect(await wholeList(context, { q: phone })).toEqual(byPhone)
          const some = stored[visible.length % stored.length]!
          expect(await wholeList(context, { q: some.loaded.case.number })).toEqual(
            visible.includes(some) ? [some.loaded.case.id] : [],
          )
        })
      await fc.assert(
        fc.asyncProperty(
          official,
          filters,
          rolledFilters,
          fc.constantFrom(...WORDS),
          fc.constantFrom(...PHONES),
          async (actor, asked, rolled, words, phone) => check(actor, asked, rolled, words, phone),
        ),
        { numRuns: 100 },
      )
      // The property says something only where actors see some and not all.
      expect(sizes).toBeGreaterThan(stored.length)
      expect(sizes).toBeLessThan(100 * stored.length)
      await check({ kind: 'system', name: 'test' }, {}, {}, WORDS[0]!, PHONES[0]!)
      await check({ kind: 'public', secret: 'x' }, {}, {}, WORDS[0]!, PHONES[0]!)
    })
  }, 240_000)

  it('keeps a secret case to the people named on it and to whom its open work is handed', () => {
    const chief = testActor(1, [{ permission: 'process.*', division: COUNTY, line: null }], {
      unitIds: [11],
      posts: [
        { postId: 1, role: 'dutyChief', unitId: 11, unitCode: 'u', unitName: 'u', division: COUNTY, acting: false },
      ],
    })
    const row = { townCode: TOWNS[0]!, villageCode: null, gridCode: null, lineCode: null, secrecy: 'secret' }
    const sees = (more: object) => predicateHolds(caseVisibility(chief), { ...row, ...more })
    expect(sees({})).toBe(false)
    expect(sees({ partyAccountIds: [1], partyUnitIds: [11] })).toBe(false)
    expect(sees({ namedAccountIds: [1] })).toBe(true)
    expect(sees({ openWork: [{ unitId: 11, role: 'dutyChief', accountId: null }] })).toBe(true)
    expect(sees({ openWork: [{ unitId: 11, role: 'handler', accountId: null }] })).toBe(false)
    expect(sees({ openWork: [{ unitId: 11, role: 'dutyChief', accountId: 2 }] })).toBe(false)
  })
})

describe('grants', () => {
  const row = fc.record({ place, lineCode: fc.option(fc.constantFrom(...LINES)) })

  it('the widest of them let through exactly what all of them let through', () => {
    fc.assert(
      fc.property(fc.array(grant, { maxLength: 6 }), row, (grants, { place, lineCode }) => {
        const scoped = { ...place, lineCode }
        expect(predicateHolds(scopeOf(widestGrants(grants)), scoped)).toBe(predicateHolds(scopeOf(grants), scoped))
      }),
    )
  })

  it('the widest of them are some of them, none contained in another, whatever their order', () => {
    fc.assert(
      fc.property(fc.array(grant, { maxLength: 6 }), (grants) => {
        const widest = widestGrants(grants)
        for (const one of widest) expect(grants).toContain(one)
        expect(widestGrants(widest)).toEqual(widest)
        const key = ({ division, line }: EffectiveGrant) => `${division}|${line}`
        expect(new Set(widest.map(key)).size).toBe(widest.length)
        expect(
          widestGrants([...grants].reverse())
            .map(key)
            .sort(),
        ).toEqual(widest.map(key).sort())
      }),
    )
  })

  it('more grants never show less', () => {
    fc.assert(
      fc.property(fc.array(grant, { maxLength: 4 }), grant, row, (grants, one, { place, lineCode }) => {
        const scoped = { ...place, lineCode }
        fc.pre(predicateHolds(scopeOf(grants), scoped))
        expect(predicateHolds(scopeOf([...grants, one]), scoped)).toBe(true)
      }),
    )
  })

  it('nothing granted, nothing seen; simplification of and / or keeps the meaning', () => {
    const scoped = { townCode: TOWNS[0]!, villageCode: null, gridCode: null, lineCode: null }
    expect(predicateHolds(scopeOf([]), scoped)).toBe(false)
    const leaf = fc.constantFrom(
      { kind: 'always' as const },
      { kind: 'never' as const },
      { kind: 'within' as const, division: TOWNS[0]! },
      { kind: 'within' as const, division: TOWNS[1]! },
    )
    fc.assert(
      fc.property(fc.array(leaf, { maxLength: 4 }), (parts) => {
        const each = parts.map((part) => predicateHolds(part, scoped))
        expect(predicateHolds(all(...parts), scoped)).toBe(each.every(Boolean))
        expect(predicateHolds(any(...parts), scoped)).toBe(each.some(Boolean))
      }),
    )
  })
})
