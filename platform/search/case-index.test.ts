import { describe, expect, it } from 'vitest'
import type { Context } from '#platform/command/context.ts'
import { blindToken } from '#platform/crypto/blind-token.ts'
import { nameTokens } from '#platform/crypto/name-tokens.ts'
import { sql } from '#platform/db/db.ts'
import type { CaseState } from '#platform/process/case.store.ts'
import { testActor, withTestCounty } from '#platform/testing/test-county.ts'
import { indexCase, matchCases, PHONE_DOMAIN, reindexScope } from './case-index.ts'

const PHONE = '13900005001'
const TOWN = '320506101'

/** As much of a case as the index reads. */
const caseOf = (id: number, title: string, scope: Partial<CaseState> = {}) =>
  ({
    id,
    number: `WZ-R-20260930-${String(id).padStart(4, '0')}`,
    title,
    placeText: '香溪社区3幢',
    townCode: null,
    villageCode: null,
    gridCode: null,
    lineCode: null,
    ...scope,
  }) as CaseState

describe('the search for cases', () => {
  it('of a frequent word gives the newest cases, and goes on from there; of a rare one every case', async () => {
    await withTestCounty(async (county) => {
      await county.asSystem(async (context) => {
        const { tx } = context
        const NEWEST = 300_000
        // Every row as indexCase writes it, 100 ids apart; the rare word in the oldest one only.
        await indexCase(tx, caseOf(NEWEST, '小区路灯不亮'), '', [])
        const one = await sql<{ tokens: string }>`
          select tokens::text as tokens from search_document where case_id = ${NEWEST}`.execute(tx)
        const block = one.rows[0]!.tokens.match(/@b\d+/)![0]
        expect(block).toBe('@b36')
        await sql`
          insert into search_document (case_id, tokens)
          select i * 100, ts_delete(${one.rows[0]!.tokens}::tsvector, ${block})
                 || array_to_tsvector(array['@b' || (i * 100) / 8192, case when i = 1 then '老井' else '新井' end])
            from generate_series(1, 2999) i`.execute(tx)

        const ids = async (typed: string, before?: number) => {
          const match = await matchCases(context, typed, before)
          const { rows } = await sql<{ id: number }>`
            select c.id from (select case_id as id, '' as number from search_document) c
             where ${match.condition} order by c.id desc`.execute(tx)
          return { ids: rows.map(({ id }) => id), capped: match.capped, none: match.none }
        }
        const frequent = await ids('小区路灯')
        expect(frequent).toMatchObject({ capped: true, none: false })
        expect(frequent.ids).toEqual(Array.from({ length: 1000 }, (_, i) => NEWEST - i * 100))
        const next = await ids('小区路灯', frequent.ids.at(-1))
        expect(next.ids[0]).toBe(frequent.ids.at(-1)! - 100)
        expect(next.ids).toHaveLength(1000)
        expect(await ids('小区路灯', 10_000)).toMatchObject({
          capped: false,
          ids: Array.from({ length: 99 }, (_, i) => 9900 - i * 100),
        })
        expect(await ids('老井')).toEqual({ ids: [100], capped: false, none: false })
        expect(await ids('小区路牌')).toEqual({ ids: [], capped: false, none: true })
      })
    })
  })

  it('finds what was just written, by text, number, phone and name, inside the grants only', async () => {
    await withTestCounty(async (county) => {
      await county.asSystem(async (context) => {
        const { tx, here } = context
        const cable = caseOf(1, '楼道飞线充电', { townCode: TOWN, lineCode: 'emergency-fire' })
        const lamp = caseOf(2, '路灯不亮', { townCode: '320506102', lineCode: 'urban-construction' })
        const cases = [cable, lamp]
        const reporter = [blindToken(here.keys, PHONE_DOMAIN, PHONE), ...nameTokens(here.keys, '陆雅琴')]
        await indexCase(tx, cable, `有人拉线充电，请联系 ${PHONE}，夜里看见的`, reporter)
        await indexCase(tx, lamp, '晚上很黑。', [])

        const found = async (typed: string, as: Context = context) => {
          const match = await matchCases(as, typed)
          if (match.none) return []
          const { rows } = await sql<{ id: number }>`
            select c.id from json_to_recordset(${JSON.stringify(cases)}::json) as c (id bigint, number text)
             where ${match.condition} order by c.id`.execute(tx)
          return rows.map(({ id }) => id)
        }

        expect(await found('飞线充电')).toEqual([1])
        expect(await found('拉线')).toEqual([1])
        expect(await found('3幢')).toEqual([1, 2])
        expect(await found('香溪 路灯')).toEqual([2])
        expect(await found('wz-r-20260930-0002')).toEqual([2])
        expect(await found('WZ-R-2026')).toEqual([1, 2])
        expect(await found(`+86 139-0000-5001`)).toEqual([1])
        expect(await found('陆雅琴')).toEqual([1])
        expect(await found('luyaqin')).toEqual([1])
        expect(await found('lyq')).toEqual([1])
        for (const typed of ['飞线 路灯', '13900005002', '陆雅', "飞线' | '路灯", '', '！'])
          expect(await found(typed), typed).toEqual([])

        const inTown = (division: string, line: string | null = null): Context => ({
          ...context,
          actor: testActor(9, [{ permission: 'process.case.view', division, line }]),
        })
        expect(await found('香溪', inTown(TOWN))).toEqual([1])
        expect(await found('香溪', inTown('320506', 'urban-construction'))).toEqual([2])
        expect(await found('香溪', inTown('320506103'))).toEqual([])
        await reindexScope(tx, lamp, { ...lamp, townCode: '320506103' })
        expect(await found('香溪', inTown('320506103'))).toEqual([2])
        expect(await found('香溪', inTown('320506102'))).toEqual([])

        const { rows } = await sql<{ tokens: string }>`select tokens::text as tokens from search_document`.execute(tx)
        for (const { tokens } of rows) expect(tokens).not.toMatch(/139|5001|陆雅/)
      })
    })
  })

  it('finds an old person of one’s own village, however many bear the name elsewhere, and one of a case one took part in', async () => {
    await withTestCounty(async (county) => {
      await county.asSystem(async (context) => {
        const { tx, here } = context
        const name = nameTokens(here.keys, '陈静')
        const village = '320506101001'
        await indexCase(tx, caseOf(1, '井盖松动', { townCode: TOWN, villageCode: village }), '', name)
        await indexCase(tx, caseOf(2, '树枝挡灯', { townCode: '320506102' }), '', name)
        await indexCase(tx, caseOf(3000, '污水外溢', { townCode: '320506102' }), '', name)
        await sql`
          insert into search_document (case_id, tokens, person_tokens)
          select i, d.tokens, d.person_tokens from search_document d, generate_series(3, 2999) i where d.case_id = 3000`.execute(
          tx,
        )
        const clerk = testActor(9, [{ permission: 'process.case.view', division: village, line: null }])
        const found = async (typed: string, actor = clerk) => {
          const match = await matchCases({ ...context, actor }, typed)
          const { rows } = await sql<{ id: number }>`
            select c.id from (select case_id as id, '' as number from search_document) c
             where ${match.condition} order by c.id`.execute(tx)
          return { ids: rows.map(({ id }) => id), from: match.from }
        }
        expect(await found('陈静')).toEqual({ ids: [1], from: null })
        expect(await found('chenjing')).toEqual({ ids: [1], from: null })
        expect(await found('陈静', testActor(9, []))).toEqual({ ids: [], from: null })

        const { id: definition } = here.definitions.current('report')
        await sql`
          insert into process_case (id, number, definition_id, definition_key, state, phase, title, source, opened_at,
              last_hop_at)
          overriding system value
          values (2, 'WZ-X-2', ${definition}, 'report', 'reported', 'intake', '树枝挡灯', 'grid', ${context.now},
              ${context.now})`.execute(tx)
        await sql`
          insert into process_party (case_id, account_id, role, since) values (2, 9, 'start', ${context.now})`.execute(
          tx,
        )
        expect(await found('陈静')).toEqual({ ids: [1, 2], from: null })
      })
    })
  })
})
