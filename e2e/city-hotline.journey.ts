import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { CityMessage } from '#modules/services/city-hotline/domain/city-message.ts'
import { setAdapter } from '#modules/services/city-hotline/server/adapter.ts'
import { CityCentre } from '#modules/services/city-hotline/simulated/city-centre.ts'
import { runAsSystem } from '#platform/command/command.ts'
import { type Desk, Town } from './support/town.ts'

const KEYS = {
  keyId: 'journey',
  signature: 'hmacSha256',
  secret: 'a-secret-of-this-journey',
  otherPublicKey: null,
} as const
const NUMBER = 'SZ-2026-093012'

let town: Town
let centre: CityCentre

beforeAll(async () => {
  centre = new CityCentre(KEYS, () => new Date())
  const address = await centre.listen()
  town = await Town.open(async ({ services, here }) => {
    await runAsSystem(services, here, 'journey', (context) =>
      setAdapter(
        context,
        {
          form: 'api',
          inbound: 'push',
          address,
          keyId: KEYS.keyId,
          signature: KEYS.signature,
          secret: KEYS.secret,
          cityPublicKey: null,
          pollMinutes: 1,
          simulated: true,
        },
        null,
      ),
    )
  })
  const due = new Date(Date.now() + 30 * 3_600_000)
  const order = centre.give(NUMBER, {
    title: '香溪花苑 12 幢楼道飞线充电',
    content: '木渎镇香溪社区香溪花苑 12 幢 2 单元有人从家里拉电线到楼道给电动车充电，晚上整夜插着，请处理。',
    kind: '投诉',
    callerName: '李文华',
    callerPhone: '19900005007',
    address: '木渎镇香溪社区香溪花苑 12 幢 2 单元楼道',
    town: '木渎镇',
    signDueAt: new Date(Date.now() + 3_600_000).toISOString(),
    replyDueAt: due.toISOString(),
  })
  const urged = centre.remark('urge', NUMBER, '反映人再次来电，请加快办理')
  // What overtakes its order waits for it.
  await push(urged)
  await push(order)
})
afterAll(async () => {
  await town?.close()
  await centre?.close()
})

async function push(message: CityMessage): Promise<void> {
  const answer = await fetch(`${town.url}/api/v1/city-hotline/orders`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(centre.push([message])),
  })
  expect(answer.status, await answer.text()).toBe(200)
}

const desks = new Map<string, Desk>()

/** Does an action as somebody, over the interface. */
async function act(login: string, id: number, action: string, form?: Record<string, unknown>): Promise<void> {
  const desk = desks.get(login) ?? (await town.official(login))
  desks.set(login, desk)
  const api = desk.base.replace(/\/console$/, '/api/v1')
  const page = JSON.parse((await desk.ask(`/cases/${id}`)).text) as { version: number }
  const csrf = (await desk.page.context().cookies()).find(({ name }) => name.startsWith('yiti_csrf'))!.value
  const answer = await desk.page.request.post(`${api}/cases/${id}/actions/${action}`, {
    headers: { 'x-yiti-csrf': csrf, 'idempotency-key': randomUUID() },
    data: { version: page.version, ...(form ? { form } : {}) },
  })
  expect(answer.status(), `${login} ${action}: ${await answer.text()}`).toBe(200)
}

async function until(what: string, holds: () => boolean | Promise<boolean>): Promise<void> {
  for (let tries = 0; tries < 360; tries++) {
    if (await holds()) return
    await new Promise((resolve) => setTimeout(resolve, 250))
  }
  throw new Error(`never: ${what}`)
}

describe('an order of the city’s 12345', () => {
  it('shows both clocks, goes through the county, is answered, and comes back after 不满意', async () => {
    const chief = await town.official('md-chen')
    desks.set('md-chen', chief)
    await until('the order comes in', async () => {
      const answer = await chief.ask('/city-hotline/orders')
      return (JSON.parse(answer.text) as { items: unknown[] }).items.length === 1
    })
    await chief.goto('/city-hotline')
    await chief.page.getByText('模拟市中心').waitFor()
    await chief.look('city-orders')
    await chief.check('city orders')
    await chief.page.getByRole('link', { name: '香溪花苑 12 幢楼道飞线充电' }).click()
    await chief.page.getByText('反映人再次来电，请加快办理').waitFor()
    await chief.page.getByRole('link', { name: /^案件 / }).click()
    await chief.page.waitForURL(/\/cases\/\d+/)
    await chief.page.getByRole('heading', { name: /居民怎么说/ }).waitFor()
    await chief.page.getByRole('heading', { name: `市 12345 工单 ${NUMBER}` }).waitFor()
    await chief.settled()
    await chief.page.getByText('市答复时限', { exact: true }).waitFor()
    await chief.page.getByText('本级答复时限', { exact: true }).waitFor()
    await chief.page.getByText('以此为准').waitFor()
    await chief.look('city-order-case')
    const id = Number(/cases\/(\d+)/.exec(chief.page.url())![1])

    const steps: [string, string, Record<string, unknown>?][] = [
      ['md-zhou', 'accept'],
      ['md-chen', 'fileCase'],
      ['md-xu', 'dispatch'],
      ['fire-sun', 'sign'],
      ['fire-sun', 'feedback', { result: '两处拉线均已拆除', reply: '您反映的飞线充电已拆除，社区每周巡查。' }],
      ['md-chen', 'orderInspect'],
      ['md-zhao', 'inspectPass', { finding: '现场已无拉线' }],
      ['fire-qian', 'signReply'],
      ['md-chen', 'close'],
    ]
    for (const [login, action, form] of steps) await act(login, id, action, form)
    await until('receipt and reply are with the city', () => centre.taken.length === 2)
    expect(centre.taken.map(({ kind }) => kind)).toEqual(['sign', 'reply'])
    await chief.goto(`/cases/${id}`)
    await chief.page.getByText('已反馈待市回访').first().waitFor()

    await push(centre.visit(NUMBER, false, '反映人说又装上了', new Date(Date.now() + 60 * 3_600_000).toISOString()))
    await until('taken up again', async () => {
      const answer = await chief.ask('/city-hotline/orders?show=redo')
      return (JSON.parse(answer.text) as { items: unknown[] }).items.length === 1
    })
    await chief.goto('/city-hotline?show=redo')
    await chief.page.getByText('第 2 轮').waitFor()
    await chief.page.getByRole('link', { name: '待受理' }).click()
    await chief.page.waitForURL(/\/cases\/\d+/)
    await chief.page.getByRole('heading', { name: `市 12345 工单 ${NUMBER}` }).waitFor()
    await chief.page.getByText('反映人说又装上了').waitFor()
    await chief.settled()
    await chief.look('city-order-redo')
    await chief.check('case that is taken up again')

    const director = await town.official('cmd-gao')
    await director.goto('/city-hotline/reconciliations')
    await director.page.getByRole('button', { name: '现在对账' }).click()
    await director.page.getByRole('dialog').getByRole('button', { name: '现在对账' }).click()
    await director.page.getByText('两边一致').first().waitFor()
    await director.look('city-reconciliation')
    await director.check('reconciliation')
    expect([...chief.errors, ...director.errors]).toEqual([])
  })
})
