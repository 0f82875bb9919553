import type { FastifyInstance } from 'fastify'
import { describe, expect, it } from 'vitest'
import { logInAs } from '#platform/testing/log-in-as.ts'
import { type TestCounty, withTestCounty } from '#platform/testing/test-county.ts'

const VILLAGE = '320506103001'

async function report(app: FastifyInstance, text: string) {
  const answer = await app.inject({
    method: 'POST',
    url: '/test/api/v1/public/reports',
    headers: { 'idempotency-key': `k-${text.length}-${Math.random().toString(36).slice(2)}` },
    payload: {
      text,
      villageCode: VILLAGE,
      placeText: '香溪花苑 12 幢 2 单元楼道',
      reporterName: '李文华',
      reporterPhone: '19900005007',
    },
  })
  expect(answer.statusCode, answer.body).toBe(200)
  return { ...answer.json<{ number: string; followCode: string; danger: string[] }>(), cookies: answer.cookies }
}

describe('report, from the resident to the rating, over the API', () => {
  it('goes through all stages by its people, and the three-people rule holds', async () => {
    await withTestCounty(
      async (county: TestCounty) => {
        const app = await county.app()
        const { number, followCode, danger } = await report(
          app,
          '二单元一楼有人从家里拉电线到楼道给电动车充电，晚上整夜插着。电话19900005007',
        )
        expect(danger).toContain('119')
        const clerk = await logInAs(county, 'md-zhou')
        const chief = await logInAs(county, 'md-chen')
        const dispatcher = await logInAs(county, 'md-xu')
        const found = await clerk.get(`/cases?q=${encodeURIComponent(number)}&count=true`)
        expect(found.items).toHaveLength(1)
        const id = found.items[0].id as number
        expect(JSON.stringify(found)).not.toContain('19900005007')
        let page = await clerk.get(`/cases/${id}`)
        expect(page.case.state).toBe('reported')
        expect(page.case.className).toContain('飞线充电')
        expect(page.actions.map((action: { key: string }) => action.key)).toContain('accept')

        county.clock.advance(125_000)
        page = await clerk.act(id, 'accept')
        // Another's stale version is refused and nothing is lost.
        await clerk.refused(id, 'orderVerify', { version: 1 }, 'process.version_conflict')
        county.clock.advance(60_000)
        await chief.act(id, 'fileCase')
        await dispatcher.act(id, 'dispatch')
        page = await dispatcher.get(`/cases/${id}`)
        expect(page.case.state).toBe('dispatched')
        expect(page.case.unit.code).toBe('320506-fire')
        expect(page.trace.at(-1).why.length).toBeGreaterThan(0)
        const fire = await logInAs(county, 'fire-sun')
        await chief.refused(id, 'sign', {}, 'platform.forbidden')
        county.clock.advance(348_000)
        await fire.act(id, 'sign')
        await fire.act(id, 'feedback', { result: '两处均已拆除', reply: '您反映的飞线充电已拆除。' })
        await chief.act(id, 'orderInspect')
        const worker = await logInAs(county, 'md-zhao')
        await worker.act(id, 'inspectPass', { finding: '现场已无拉线' })
        const leader = await logInAs(county, 'fire-qian')
        await leader.act(id, 'signReply')
        // Who handled may not close: neither by right nor by the separation of persons.
        await fire.refused(id, 'close', {}, 'platform.forbidden')
        await chief.act(id, 'close')

        const follow = await app.inject({
          method: 'POST',
          url: '/test/api/v1/public/reports/follow',
          payload: { number, followCode },
        })
        expect(follow.statusCode, follow.body).toBe(200)
        expect(follow.json().reply.text).toContain('已拆除')
        expect(follow.json().canRate).toBe(true)
        const wrong = await app.inject({
          method: 'POST',
          url: '/test/api/v1/public/reports/follow',
          payload: { number, followCode: 'AAAAAAAA' },
        })
        expect(wrong.statusCode).toBe(404)
        const rated = await app.inject({
          method: 'POST',
          url: '/test/api/v1/public/reports/rate',
          headers: { 'idempotency-key': 'rate-0001' },
          payload: { number, followCode, score: 3, comment: '车棚希望早点有说法' },
        })
        expect(rated.statusCode, rated.body).toBe(200)
        expect(rated.json().rating.score).toBe(3)
        const again = await app.inject({
          method: 'POST',
          url: '/test/api/v1/public/reports/rate',
          headers: { 'idempotency-key': 'rate-0002' },
          payload: { number, followCode, score: 5 },
        })
        expect(again.statusCode).toBe(409)
        // After the ruling of 2026-09-30 on charging cables in stairwells.
      },
      { at: '2026-10-12T02:00:00Z' },
    )
  })

  it('repeats a call under the same key without a second case, and refuses another body under it', async () => {
    await withTestCounty(async (county) => {
      const app = await county.app()
      const send = (text: string, cookie?: string) =>
        app.inject({
          method: 'POST',
          url: '/test/api/v1/public/reports',
          headers: { 'idempotency-key': 'same-key-1', ...(cookie ? { cookie } : {}) },
          payload: { text, villageCode: VILLAGE },
        })
      const first = await send('路口的路灯不亮已经三天了')
      const visitor = first.cookies.find((cookie) => cookie.name.startsWith('yiti_visitor'))!
      const cookie = `${visitor.name}=${visitor.value}`
      const second = await send('路口的路灯不亮已经三天了', cookie)
      expect(second.json()).toEqual(first.json())
      expect((await send('另一件事情完全不同', cookie)).statusCode).toBe(422)
      // A stranger with the same key gets a case of his own, never the other's follow-up code.
      const stranger = await send('路口的路灯不亮已经三天了')
      expect(stranger.json().followCode).not.toBe(first.json().followCode)
    })
  })
})
