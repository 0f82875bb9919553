import { describe, expect, it } from 'vitest'
import type { EffectiveGrant } from '#platform/access/actor.ts'
import type { Context } from '#platform/command/context.ts'
import { sql } from '#platform/db/db.ts'
import { startCase } from '#platform/process/engine.ts'
import { testActor, withTestCounty } from '#platform/testing/test-county.ts'
import { type Compared, findSimilarCases } from './similar-cases.ts'

const VILLAGE = '320506103001'
const OTHER_TOWN = '320506100'
const HOME = { lon: 120.51, lat: 31.25 }
const NOW = new Date('2026-09-30T01:00:00Z')
const daysAgo = (days: number) => new Date(NOW.getTime() - days * 86_400_000)

const CABLE = '香溪花苑12幢二单元楼道有人从家里拉电线给电动车充电，整夜插着'
const AGAIN = '打扰了，香溪花苑12幢楼道里又有人给电动车充电，电线是从家里拉出来的，邻居都很有意见'

async function open(context: Context, text: string, more: Record<string, unknown> = {}): Promise<number> {
  const state = await startCase(context, {
    definitionKey: 'report',
    title: text.slice(0, 20),
    source: 'hotline',
    form: {},
    data: { text },
    searchText: text,
    townCode: VILLAGE.slice(0, 9),
    villageCode: VILLAGE,
    place: HOME,
    openedAt: daysAgo(1),
    ...more,
  })
  return state.id
}

async function close(context: Context, id: number, at: Date): Promise<void> {
  await sql`update process_case set closed_at = ${at}, state = 'closed' where id = ${id}`.execute(context.tx)
}

const asked = (text: string, more: Partial<Compared> = {}): Compared => ({
  title: text.slice(0, 20),
  text,
  placeText: null,
  place: null,
  villageCode: null,
  townCode: null,
  classCode: null,
  at: NOW,
  closedAt: null,
  caseId: null,
  definitionKeys: ['report'],
  ...more,
})

describe('similar cases', () => {
  it('are the same matter in other words, with reasons; past ones stand apart; none is an answer', async () => {
    await withTestCounty(async (county) => {
      await county.asSystem(async (context) => {
        const cable = await open(context, CABLE)
        const rubbish = await open(context, '香溪花苑门口垃圾桶满了好几天没人清，苍蝇很多')
        const old = await open(context, '香溪花苑12幢楼道拉电线给电动车充电，整夜插着', { openedAt: daysAgo(300) })
        await close(context, old, daysAgo(290))
        const lately = await open(context, '香溪花苑楼道里拉电线给电动车充电，整夜插着没人管', {
          openedAt: daysAgo(25),
        })
        await close(context, lately, daysAgo(20))

        const found = await findSimilarCases(
          context,
          asked(AGAIN, { place: { lon: HOME.lon, lat: HOME.lat + 0.0009 } }),
        )
        expect(found.duplicates.map(({ caseId }) => caseId)).toEqual([cable, lately])
        expect(found.past.map(({ caseId }) => caseId)).toEqual([old])
        expect(found.duplicates[0]!.metres).toBe(100)
        expect(found.duplicates[0]!.days).toBe(1)
        const keys = found.duplicates[0]!.why.map(({ key }) => key)
        expect(keys).toEqual(['similar.why.words', 'similar.why.metres', 'similar.why.days'])
        expect(String(found.duplicates[0]!.why[0]!.params.words)).toContain('电动车')

        // A case is not its own duplicate; others are its.
        const own = await findSimilarCases(context, asked(CABLE, { caseId: cable, place: HOME, at: daysAgo(1) }))
        expect(own.duplicates.map(({ caseId }) => caseId)).not.toContain(cable)
        expect(own.duplicates.map(({ caseId }) => caseId)).not.toContain(rubbish)
        const same = await findSimilarCases(context, asked(CABLE))
        expect(same.duplicates[0]!.why[0]!.key).toBe('similar.why.same_text')

        for (const text of ['请问身份证到期换领要带什么材料', '！！！！', '啊'])
          expect(await findSimilarCases(context, asked(text)), text).toEqual({ duplicates: [], past: [] })
      })
    })
  })

  it('at one spot are found by few words, and words alone find nothing in another town', async () => {
    await withTestCounty(async (county) => {
      await county.asSystem(async (context) => {
        const lamp = await open(context, '路灯不亮')
        const far = await open(context, '路灯不亮', {
          townCode: OTHER_TOWN,
          villageCode: null,
          place: { lon: 120.8, lat: 31.26 },
        })
        const near = { place: HOME, villageCode: VILLAGE, townCode: VILLAGE.slice(0, 9) }
        const { duplicates } = await findSimilarCases(context, asked('这里的路灯不亮', near))
        expect(duplicates.map(({ caseId }) => caseId)).toEqual([lamp])
        expect(duplicates.map(({ caseId }) => caseId)).not.toContain(far)
      })
    })
  })

  it('stay inside what the asker may see, as the list does; a hidden one takes no place from a visible one', async () => {
    await withTestCounty(async (county) => {
      await county.asSystem(async (context) => {
        const mine = await open(context, CABLE, { openedAt: daysAgo(9) })
        const secret = await open(context, CABLE, { secrecy: 'secret' })
        const elsewhere = await open(context, CABLE, { townCode: OTHER_TOWN, villageCode: null })
        const onLine = await open(context, CABLE, {
          townCode: OTHER_TOWN,
          villageCode: null,
          lineCode: 'emergency-fire',
        })
        // Hidden ones enough to fill every list of candidates.
        for (let i = 0; i < 60; i++) await open(context, CABLE, { townCode: OTHER_TOWN, villageCode: null })

        const seen = async (grants: EffectiveGrant[], unitIds: number[] = []) => {
          const actor = testActor(7, grants, { unitIds })
          const { duplicates, past } = await findSimilarCases({ ...context, actor }, asked(AGAIN, { place: HOME }))
          return [...duplicates, ...past].map(({ caseId }) => caseId).sort((a, b) => a - b)
        }
        const view = (division: string, line: string | null = null): EffectiveGrant => ({
          permission: 'process.case.view',
          division,
          line,
        })
        expect(await seen([view(VILLAGE.slice(0, 9))])).toEqual([mine])
        expect(await seen([view(VILLAGE)])).toEqual([mine])
        expect(await seen([view('320506', 'emergency-fire')])).toEqual([onLine])
        expect(await seen([])).toEqual([])
        await sql`
          insert into process_party (case_id, unit_id, role, since) values (${elsewhere}, 777, 'handle', ${NOW})`.execute(
          context.tx,
        )
        expect(await seen([], [777])).toEqual([elsewhere])
        expect(await seen([view(VILLAGE)], [777])).toEqual([mine, elsewhere])
        expect(await seen([view('320506')])).not.toContain(secret)
        await sql`
          insert into process_party (case_id, account_id, role, named, since) values (${secret}, 7, 'x', true, ${NOW})`.execute(
          context.tx,
        )
        expect(await seen([view(VILLAGE)])).toEqual([mine, secret])
      })
    })
  })
})
