import { describe, expect, it } from 'vitest'
import { sql } from '#platform/db/db.ts'
import { type TestCounty, withTestCounty } from '#platform/testing/test-county.ts'
import { seal } from '../domain/envelope.ts'
import { AT, caseOf, Desk, DUE, KEYS, ORDER, pass, withCentre } from './hotline-test-county.ts'

async function orders(county: TestCounty) {
  const { rows } = await county.inCounty((tx) =>
    sql<{ number: string; state: string; round: number; reply_due_at: Date | null }>`
      select number, state, round, reply_due_at from city_hotline_order order by number`.execute(tx),
  )
  return rows
}

const outgoing = async (county: TestCounty) =>
  (
    await county.inCounty((tx) =>
      sql<{ kind: string; state: string; tries: number; detail: string | null }>`
        select kind, state, tries, detail from city_hotline_message order by id`.execute(tx),
    )
  ).rows

async function push(county: TestCounty, payload: unknown) {
  const app = await county.app()
  const answer = await app.inject({
    method: 'POST',
    url: '/test/api/v1/city-hotline/orders',
    payload: payload as object,
  })
  return { status: answer.statusCode, body: answer.json() }
}

describe('a city order', () => {
  it('is one case with both clocks, receipt and reply, and after 不满意 a linked one', () =>
    withTestCounty(
      (county) =>
        withCentre(county, async (centre) => {
          const desk = new Desk(county)
          centre.give('SZ20261012001', ORDER)
          await pass(county, 6)
          const id = await caseOf(county, 'SZ20261012001')
          const clerk = await desk.as('md-zhou')
          const page = await clerk.get(`/cases/${id}`)
          expect(page.case).toMatchObject({
            source: 'city12345',
            state: 'reported',
            title: ORDER.title,
            villageName: expect.stringContaining('香溪'),
          })
          expect(page.clocks.find((clock: { key: string }) => clock.key === 'reply').dueAt).toBe(DUE)
          const found = await clerk.get('/cases?q=SZ20261012001')
          expect(found.items.map((item: { id: number }) => item.id)).toEqual([id])
          expect(JSON.stringify(await clerk.get('/city-hotline/orders'))).not.toContain('19900005007')
          expect((await clerk.get('/city-hotline/orders?q=19900005007')).items).toHaveLength(1)
          expect((await clerk.get('/city-hotline/orders?q=13800000000')).items).toHaveLength(0)

          await desk.toSigned(id)
          await pass(county, 1)
          expect(centre.taken.map(({ kind, round }) => [kind, round])).toEqual([['sign', 1]])
          expect(await orders(county)).toMatchObject([{ state: 'signed', round: 1 }])
          await desk.toClosed(id)
          await pass(county, 1)
          expect(centre.taken.map(({ kind }) => kind)).toEqual(['sign', 'reply'])
          expect(centre.taken[1]!.words).toContain('已拆除')
          expect((await (await desk.as('md-chen')).get(`/cases/${id}`)).case.state).toBe('awaitingCity')
          expect(await orders(county)).toMatchObject([{ state: 'replied' }])

          const again = '2026-10-20T09:30:00.000Z'
          centre.visit('SZ20261012001', false, '反映人说又装上了', again)
          await pass(county, 6)
          expect(await orders(county)).toMatchObject([{ state: 'toSign', round: 2, reply_due_at: new Date(again) }])
          const redone = await caseOf(county, 'SZ20261012001', 2)
          const second = await (await desk.as('md-zhou')).get(`/cases/${redone}`)
          expect(second.case.state).toBe('reported')
          expect(second.links.map((link: { kind: string; case: { id: number } }) => [link.kind, link.case.id])).toEqual(
            [['redo', id]],
          )
          expect(second.data).toMatchObject({ cityNumber: 'SZ20261012001', cityRound: 2, cityDueAt: again })
          const both = await (await desk.as('md-zhou')).get('/cases?q=SZ20261012001')
          expect(both.items.map((item: { id: number }) => item.id).sort()).toEqual([id, redone])
          await desk.toSigned(redone)
          await desk.toClosed(redone)
          await pass(county, 1)
          centre.visit('SZ20261012001', true, '满意')
          await pass(county, 6)
          expect(centre.taken.map(({ kind, round }) => `${kind}${round}`)).toEqual([
            'sign1',
            'reply1',
            'sign2',
            'reply2',
          ])
          expect(await orders(county)).toMatchObject([{ state: 'done', round: 2 }])
          expect((await (await desk.as('md-chen')).get(`/cases/${redone}`)).case.state).toBe('evaluated')
          // The panel stands on both cases, and says which rounds there are.
          const { found: panel } = await (await desk.as('md-chen')).get(`/city-hotline/cases/${id}/order`)
          expect(panel.rounds.map((round: { caseId: number }) => round.caseId)).toEqual([id, redone])
        }),
      AT,
    ))

  it('that is merged counts as signed for, and is answered with the case it went into; the earlier deadline rules', () =>
    withTestCounty(
      (county) =>
        withCentre(county, async (centre) => {
          const desk = new Desk(county)
          const main = await (await desk.as('md-zhou')).post('/loop/reports', {
            text: '二单元一楼有人从家里拉电线到楼道给电动车充电，晚上整夜插着',
            villageCode: '320506103001',
            source: 'window',
          })
          centre.give('SZ1101', ORDER)
          await pass(county, 6)
          const id = await caseOf(county, 'SZ1101')
          await desk.act('md-zhou', id, 'merge', { mainCase: main.id, reason: '同一楼道同一件事' })
          await pass(county, 1)
          expect(centre.taken.map(({ kind }) => kind)).toEqual(['sign'])
          const page = await (await desk.as('md-chen')).get(`/cases/${main.id}`)
          expect(page.clocks.find((clock: { key: string }) => clock.key === 'reply').dueAt).toBe(DUE)
          await desk.toSigned(main.id)
          await desk.toClosed(main.id)
          await pass(county, 1)
          expect(centre.taken.map(({ kind }) => kind)).toEqual(['sign', 'reply'])
          expect(centre.taken[1]!.words).toContain('已拆除')
          expect(await orders(county)).toMatchObject([{ state: 'replied' }])
        }),
      AT,
    ))

  it('asks the city for more time and to take it back; the city decides', () =>
    withTestCounty(
      (county) =>
        withCentre(county, async (centre) => {
          const desk = new Desk(county)
          centre.give('SZ1001', ORDER)
          centre.give('SZ1002', {
            ...ORDER,
            title: '香溪花苑 3 幢楼道堆物',
            content: '香溪社区香溪花苑 3 幢楼道堆满纸箱，走不过去',
          })
          await pass(county, 6)
          const id = await caseOf(county, 'SZ1001')
          const chief = await desk.as('md-chen')
          const { found } = await chief.get(`/city-hotline/cases/${id}/order`)
          expect(found.mayAnswer).toBe(true)
          const path = `/city-hotline/orders/${found.order.id}`
          const until = '2026-10-19T09:30:00.000Z'
          const early = await chief.raw('POST', `${path}/extension`, { until: DUE, reason: '要等物业进场施工' })
          expect([early.status, early.body.code]).toEqual([422, 'city_hotline.not_later'])
          await chief.post(`${path}/extension`, { until, reason: '要等物业进场施工' })
          const twice = await chief.raw('POST', `${path}/extension`, { until, reason: '要等物业进场施工' })
          expect([twice.status, twice.body.code]).toEqual([409, 'city_hotline.asked_already'])
          await pass(county, 1)
          centre.answer(centre.taken[0]!.key, true, '同意')
          centre.remark('urge', 'SZ1001', '反映人再次来电')
          await pass(county, 6)
          const page = await (await desk.as('md-chen')).get(`/cases/${id}`)
          expect(page.data.cityDueAt).toBe(until)
          expect(page.trace.map((hop: { action: string }) => hop.action)).toEqual([
            'start',
            'cityExtended',
            'cityUrged',
          ])
          const own = page.clocks.find((clock: { key: string }) => clock.key === 'reply').dueAt
          expect(Date.parse(own)).toBeGreaterThan(Date.parse(DUE))
          const news = await (await desk.as('md-chen')).get('/notices')
          expect(news.items.map((item: { kind: string }) => item.kind)).toEqual(
            expect.arrayContaining(['city_hotline.urged', 'city_hotline.extended']),
          )

          const other = await caseOf(county, 'SZ1002')
          const { found: second } = await (await desk.as('md-chen')).get(`/city-hotline/cases/${other}/order`)
          await (await desk.as('md-chen')).post(`/city-hotline/orders/${second.order.id}/return`, {
            reason: '楼道堆物属市消防大队专项，不是本区职责',
          })
          await pass(county, 1)
          expect((await orders(county)).map(({ state }) => state)).toEqual(['toSign', 'returning'])
          centre.answer(centre.taken.find(({ kind }) => kind === 'return')!.key, true, '同意退单')
          await pass(county, 6)
          expect((await orders(county)).map(({ state }) => state)).toEqual(['toSign', 'returned'])
          expect((await (await desk.as('md-chen')).get(`/cases/${other}`)).case.state).toBe('cancelled')
          // Nothing more goes to the city about what it took back.
          expect(centre.taken.filter(({ number }) => number === 'SZ1002').map(({ kind }) => kind)).toEqual(['return'])
        }),
      AT,
    ))
})

describe('the way to the city', () => {
  it('keeps messages for hours while the city is down and sends each once, in their sequence', () =>
    withTestCounty(
      (county) =>
        withCentre(county, async (centre) => {
          const desk = new Desk(county)
          centre.give('SZ2001', ORDER)
          await pass(county, 6)
          const id = await caseOf(county, 'SZ2001')
          centre.faults.down = true
          await desk.toSigned(id)
          await desk.toClosed(id)
          for (let hour = 0; hour < 12; hour++) await pass(county, 60)
          expect(centre.taken).toEqual([])
          const [sign, reply] = await outgoing(county)
          expect(sign).toMatchObject({ kind: 'sign', state: 'waiting' })
          expect(sign!.tries).toBeGreaterThan(5)
          expect(reply).toMatchObject({ kind: 'reply', state: 'waiting', tries: 0 })
          const listed = await (await desk.as('md-chen')).get('/city-hotline/orders?show=trouble')
          expect(listed.items).toMatchObject([{ number: 'SZ2001', unsent: 2, troubled: 1 }])
          centre.faults.down = false
          centre.faults.errors = 1
          for (let half = 0; half < 6; half++) await pass(county, 31)
          expect(centre.taken.map(({ kind }) => kind)).toEqual(['sign', 'reply'])
          expect(await outgoing(county)).toMatchObject([{ state: 'accepted' }, { state: 'accepted' }])
          const calls = centre.calls
          const polls = 3
          await pass(county, 5 * polls)
          expect(centre.calls - calls).toBeLessThanOrEqual(2 * polls)
        }),
      AT,
    ))

  it('an answer that is lost after the city took the message does not make a second one', () =>
    withTestCounty(
      (county) =>
        withCentre(county, async (centre) => {
          const desk = new Desk(county)
          centre.give('SZ3001', ORDER)
          await pass(county, 6)
          await desk.toSigned(await caseOf(county, 'SZ3001'))
          centre.faults.lostAnswers = 1
          await county.settle()
          expect(centre.taken).toHaveLength(1)
          expect(await outgoing(county)).toMatchObject([{ state: 'waiting', tries: 1 }])
          await pass(county, 2)
          expect(centre.taken).toHaveLength(1)
          expect(await outgoing(county)).toMatchObject([{ state: 'accepted', tries: 2 }])
          // By hand once more: the city has it once all the same.
          const chief = await desk.as('cmd-gao')
          const { items } = await chief.get('/city-hotline/orders')
          const { messages } = await chief.get(`/city-hotline/orders/${items[0].id}`)
          await chief.post(`/city-hotline/messages/${messages[0].id}/resend`, {})
          await county.settle()
          expect(centre.taken).toHaveLength(1)
        }),
      AT,
    ))

  it('what comes twice, in any sequence and before its order, leaves the same', () =>
    withTestCounty(
      (county) =>
        withCentre(county, async (centre) => {
          centre.faults.shuffled = true
          centre.give('SZ4001', ORDER)
          centre.remark('urge', 'SZ4001', '请尽快')
          centre.remark('supervise', 'SZ4001', '专项督办')
          await pass(county, 6)
          await pass(county, 6)
          expect(await orders(county)).toMatchObject([{ number: 'SZ4001', state: 'toSign' }])
          const page = await (await new Desk(county).as('md-chen')).get(`/cases/${await caseOf(county, 'SZ4001')}`)
          expect(page.trace.map((hop: { action: string }) => hop.action).sort()).toEqual([
            'citySupervised',
            'cityUrged',
            'start',
          ])
          const { rows } = await county.inCounty((tx) =>
            sql<{ n: number }>`select count(*) as n from process_case where source = 'city12345'`.execute(tx),
          )
          expect(rows[0]!.n).toBe(1)
        }),
      AT,
    ))
})

describe('calls of the city', () => {
  it('are taken with the agreed signature, of now, and each once', () =>
    withTestCounty(
      (county) =>
        withCentre(
          county,
          async (centre) => {
            const message = centre.give('SZ5001', ORDER)
            const call = centre.push([message])
            expect(await push(county, call)).toMatchObject({ status: 200, body: { results: [{ outcome: 'taken' }] } })
            expect(await push(county, call)).toMatchObject({ status: 409, body: { code: 'city_hotline.replayed' } })
            // The same message in a new call is known.
            expect(await push(county, centre.push([message]))).toMatchObject({
              body: { results: [{ outcome: 'repeated' }] },
            })
            const changed = { ...message, id: 'other', order: { ...ORDER, title: '另一个标题' } }
            expect(await push(county, centre.push([changed]))).toMatchObject({
              body: { results: [{ outcome: 'changed' }] },
            })
            const refused = (payload: unknown) =>
              push(county, payload).then(({ status, body }) => `${status} ${body.code}`)
            const fresh = centre.push([centre.give('SZ5002', ORDER)])
            expect(await refused({ ...fresh, content: fresh.content.replace('SZ5002', 'SZ5003') })).toBe(
              '401 city_hotline.signature_wrong',
            )
            expect(await refused({ ...fresh, timestamp: fresh.timestamp + 1 })).toBe('401 city_hotline.signature_wrong')
            expect(await refused({ ...fresh, nonce: 'another-nonce-0000' })).toBe('401 city_hotline.signature_wrong')
            expect(await refused(seal({ ...KEYS, keyId: 'other' }, { messages: [] }, county.clock.now()))).toBe(
              '401 city_hotline.signature_wrong',
            )
            expect(
              await refused(seal({ ...KEYS, secret: 'not-the-secret-of-both' }, { messages: [] }, county.clock.now())),
            ).toBe('401 city_hotline.signature_wrong')
            expect(await refused(centre.push([message], new Date(county.clock.now().getTime() - 301_000)))).toBe(
              '401 city_hotline.too_old',
            )
            expect(await refused(seal(KEYS, { other: 1 }, county.clock.now()))).toBe('422 city_hotline.content_wrong')
            expect(
              await push(county, centre.push([{ id: 'x', kind: 'order', number: 'SZ5009', at: 'never' }])),
            ).toMatchObject({
              body: { results: [{ id: 'x', outcome: 'refused' }] },
            })
            expect((await orders(county)).map(({ number }) => number)).toEqual(['SZ5001'])
          },
          'push',
        ),
      AT,
    ))

  it('nothing is taken where nothing was agreed on', () =>
    withTestCounty(async (county) => {
      const call = seal(KEYS, { messages: [] }, county.clock.now())
      expect(await push(county, call)).toMatchObject({ status: 401, body: { code: 'city_hotline.signature_wrong' } })
    }, AT))
})

describe('who may', () => {
  it('sees orders of the own place only, answers inside it, and sets up as the bureau', () =>
    withTestCounty(
      (county) =>
        withCentre(county, async (centre) => {
          centre.give('SZ6001', ORDER)
          await pass(county, 6)
          const desk = new Desk(county)
          const id = await caseOf(county, 'SZ6001')
          const { found } = await (await desk.as('md-chen')).get(`/city-hotline/cases/${id}/order`)
          const elsewhere = await desk.as('lz-ma')
          expect((await elsewhere.get('/city-hotline/orders')).items).toEqual([])
          expect((await elsewhere.raw('GET', `/city-hotline/orders/${found.order.id}`)).status).toBe(404)
          expect((await elsewhere.raw('GET', `/city-hotline/cases/${id}/order`)).status).toBe(404)
          const clerk = await desk.as('md-zhou')
          const reason = '不是本镇职责，请转市有关部门'
          expect((await clerk.raw('POST', `/city-hotline/orders/${found.order.id}/return`, { reason })).status).toBe(
            403,
          )
          expect((await clerk.raw('GET', '/city-hotline/adapter')).status).toBe(403)
          const setting = {
            form: 'api',
            inbound: 'poll',
            address: 'https://12345.example.gov.cn/api',
            keyId: 'wz',
            signature: 'hmacSha256',
            cityPublicKey: null,
            pollMinutes: 5,
            secret: 'a-new-secret-0000001',
          }
          expect((await (await desk.as('cmd-gao')).raw('POST', '/city-hotline/adapter', setting)).status).toBe(403)
        }),
      AT,
    ))
})
