import { expect, it } from 'vitest'
import { sql } from '#platform/db/db.ts'
import { withTestCounty } from '#platform/testing/test-county.ts'
import { clockOf, ENFORCEMENT, FIRE, People, VILLAGE } from './loop-test-people.ts'
import { openReport } from './open-report.ts'

const CABLE =
  '二单元一楼有人从家里拉电线到楼道给电动车充电，晚上整夜插着，老人小孩都从这里走。要是没地方充，能不能在小区里建个车棚？'

/** Wednesday 2026-09-30 and the day after, in the county's time. */
const at = (time: string) => new Date(`2026-${time}+08:00`)

it('a charging cable in a stairwell: verified, merged with a city order, returned, ruled on, done again, answered, taken up again', () =>
  withTestCounty(
    async (county) => {
      const people = new People(county)
      const moment = (time: string) => county.clock.set(at(time))

      // 16:20 The resident tells it; danger is said first.
      const app = await county.app()
      const said = await app.inject({
        method: 'POST',
        url: '/test/api/v1/public/reports',
        headers: { 'idempotency-key': 'b8d3f0a2-6a52-4c1c-9d64-0c1f5e0b7a11' },
        payload: {
          text: CABLE,
          villageCode: VILLAGE,
          placeText: '香溪花苑 12 幢 2 单元楼道',
          reporterPhone: '19900005007',
        },
      })
      expect(said.statusCode, said.body).toBe(200)
      const main = said.json<{ number: string; followCode: string; danger: string[] }>()
      expect(main.danger).toContain('119')
      const id = await idOf(main.number)
      const reporter = { ...main, id, quarantined: false, cookie: '' }

      moment('09-30T16:22:10')
      const accepted = await people.act('md-zhou', id, 'accept')
      expect(accepted.case.className).toContain('飞线充电')
      expect(accepted.trace[0].why[0].params.words).not.toBe('')
      await people.act('md-zhou', id, 'orderVerify', { request: '请到现场看、拍、劝导' })

      moment('09-30T16:41:18')
      await people.act('md-wang', id, 'verify', { finding: '属实，楼道拉线充电一辆，已劝导，车主不在，未入户' })
      moment('09-30T16:44:02')
      await people.act('md-chen', id, 'fileCase')

      // 16:46 The city's order about the same stairwell: five working days, the holidays skipped, the Saturday counted.
      moment('09-30T16:46:00')
      const due = at('10-13T17:30:00')
      const city = await county.asSystem(async (context) => {
        const { state } = await openReport(context, {
          text: '香溪花苑12幢二单元楼道有人拉线给电动车充电，要求处理',
          source: 'hotline',
          villageCode: VILLAGE,
          placeText: '香溪花苑 12 幢',
          replyBy: due,
          origin: { data: { cityDueAt: due.toISOString() }, why: [], words: 'SZ20260930' },
        })
        return state.id
      })
      moment('09-30T16:46:20')
      await people.act('md-chen', city, 'merge', { mainCase: id })
      const merged = await people.get('md-chen', id)
      expect(clockOf(merged, 'reply').dueAt).toBe(due.toISOString())
      expect(merged.links).toMatchObject([{ kind: 'merged', direction: 'in', case: { id: city } }])

      moment('09-30T16:47:12')
      await people.act('md-xu', id, 'dispatch', { unitId: await people.unit(ENFORCEMENT), reason: '先派镇综合执法局' })
      moment('09-30T16:58:40')
      await people.act('md-wu', id, 'returnCase', { clause: '第一类', reason: '不在赋权清单' })

      // 17:20 The county centre rules: 24 hours in a row for the brigade, eight office hours for who helps.
      moment('09-30T17:20:00')
      const property = await people.unit(`${VILLAGE}-property`)
      const ruled = await people.act('cmd-gao', id, 'rule', {
        unitId: await people.unit(FIRE),
        coUnitIds: [await people.unit(ENFORCEMENT), property],
        reason: '楼道飞线充电由消防救援大队主办',
      })
      expect(ruled.case).toMatchObject({ state: 'dispatched', unit: { code: FIRE } })
      expect(clockOf(ruled, 'handle').limit).toEqual({ value: 24, unit: 'urgentHour' })
      expect(clockOf(ruled, 'handle').dueAt).toBe(at('10-01T17:20:00').toISOString())
      expect(clockOf(ruled, 'assist').dueAt).toBe(at('10-09T09:50:00').toISOString())
      expect(ruled.data.ruling).toMatch(/^CD-2026-\d+$/)
      await people.refused('fire-sun', id, 'returnCase', { clause: '第一类', reason: '再退一次试试' }, 'process.guard')

      moment('09-30T17:26:03')
      await people.act('fire-sun', id, 'sign')
      moment('09-30T19:30:41')
      const done = {
        result: '已送达责令改正通知书，第一处飞线已拆除',
        reply: '您反映的楼道飞线充电已全部拆除并经现场核查。',
      }
      await people.act('fire-sun', id, 'feedback', done)

      // 20:10 Another grid worker finds a second cable.
      moment('09-30T20:09:00')
      await people.act('md-chen', id, 'orderInspect')
      moment('09-30T20:10:22')
      const again = await people.act('md-zhao', id, 'inspectFail', { finding: '二楼窗口又拉出一根线，返工' })
      expect(again.case.state).toBe('handling')
      moment('10-01T10:12:09')
      await people.act('fire-sun', id, 'feedback', done)
      moment('10-01T10:39:00')
      await people.act('md-chen', id, 'orderInspect')
      moment('10-01T10:40:33')
      const passed = await people.act('md-zhao', id, 'inspectPass', { finding: '两次看过，无复拉' })
      expect(clockOf(passed, 'handle').overdue).toBe(false)

      // “Build a shed” is not answered.
      moment('10-01T10:52:10')
      const split = await people.act('fire-qian', id, 'followUp', {
        requests: ['希望在小区里建个充电车棚'],
        unitId: await people.unit('320506-housing'),
      })
      const child = split.links.find((link: { kind: string }) => link.kind === 'follow')!.case.id as number
      moment('10-01T11:20:00')
      await people.act('fire-qian', id, 'signReply')
      moment('10-01T11:25:00')
      expect((await people.act('md-chen', id, 'close')).case.state).toBe('closed')
      // Both are answered; the city calls back by itself.
      expect((await people.get('md-chen', city)).case.state).toBe('awaitingCity')
      expect((await people.get('md-chen', city)).data.reply).toBe(done.reply)
      expect((await people.get('md-chen', child)).case.state).toBe('reported')
      expect((await people.follow(reporter)).reply.text).toBe(done.reply)

      moment('10-01T14:26:40')
      const rated = await app.inject({
        method: 'POST',
        url: '/test/api/v1/public/reports/rate',
        headers: { 'idempotency-key': 'b8d3f0a2-6a52-4c1c-9d64-0c1f5e0b7a12' },
        payload: { number: main.number, followCode: main.followCode, score: 3 },
      })
      expect(rated.statusCode, rated.body).toBe(200)

      // 10-09 The city is not satisfied.
      moment('10-09T09:30:00')
      const page = await people.act('md-chen', city, 'redo', { reason: '市回访不满意：楼上仍有拉线' })
      const redone = page.links.find((link: { kind: string }) => link.kind === 'redo')!.case.id as number
      expect((await people.get('md-chen', redone)).data.suggestedUnitId).toBe(await people.unit(FIRE))

      // The trace tells every hop to the second, by whom, and why.
      const trace = (await people.get('md-chen', id)).trace as { action: string; at: string; unitName: string | null }[]
      expect(trace.map(({ action }) => action)).toEqual(
        'start accept orderVerify verify fileCase absorbed dispatch returnCase rule sign feedback orderInspect inspectFail feedback orderInspect inspectPass followUp signReply close evaluate'.split(
          ' ',
        ),
      )
      expect(trace.find(({ action }) => action === 'rule')).toMatchObject({ at: at('09-30T17:20:00').toISOString() })

      async function idOf(number: string): Promise<number> {
        return county.inCounty(async (tx) => {
          const { rows } = await sql<{ id: number }>`select id from process_case where number = ${number}`.execute(tx)
          return rows[0]!.id
        })
      }
    },
    { at: '2026-09-30T08:20:05Z' },
  ))
