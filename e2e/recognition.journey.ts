import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openReport } from '#modules/services/loop/server/open-report.ts'
import { writePending } from '#platform/command/command.ts'
import { type Context, Pending } from '#platform/command/context.ts'
import type { DemoLoad } from '#platform/module/module.ts'
import { actOnCase } from '#platform/process/engine.ts'
import { type Desk, Town } from './support/town.ts'

const CABLE = { code: 'G0206', name: '安全隐患—飞线充电' }
const LAMP = { code: 'C0121', name: '公用设施—路灯' }
const DECIDED: [string, string][] = [
  ['有住户把线甩到楼下接电瓶车，老人从这里走很担心', CABLE.code],
  ['电瓶车停在过道里接着线，夜里一直接着', CABLE.code],
  ['隔壁又在窗口甩线下来接电瓶车，劝了不听', CABLE.code],
  ['一楼窗台甩出来一根线，下面停两辆电瓶车', CABLE.code],
  ['三楼窗口甩线接电瓶车，下雨天也这样', CABLE.code],
  ['晚上一片漆黑看不见路，走路要打手电', LAMP.code],
  ['这一段晚上漆黑，老人摔过一次，走路看不见', LAMP.code],
  ['天黑以后看不见台阶，走路全靠手电', LAMP.code],
  ['晚上走路看不见，漆黑一片已经半个月', LAMP.code],
  ['健身点晚上漆黑，看不见器材', LAMP.code],
  ['转弯那里晚上看不见，漆黑，骑车危险', LAMP.code],
]

/** Reports of the last weeks whose class the clerk decided. */
async function decided({ services, here, actor }: DemoLoad): Promise<void> {
  const clerk = (await actor('md-zhou'))!
  for (const [text, classCode] of DECIDED)
    await services.pool.inCounty(here.county, async (tx) => {
      const context = (): Context => ({
        tx,
        actor: clerk,
        now: new Date(),
        services,
        here,
        pending: new Pending(),
        request: { traceId: 'journey', address: null },
      })
      const opening = context()
      const { state } = await openReport(opening, { text, villageCode: '320506103001', source: 'window' })
      await writePending(opening, { route: 'journey' })
      const accepting = context()
      await actOnCase(accepting, { caseId: state.id, action: 'accept', form: { classCode } })
      await writePending(accepting, { route: 'journey' })
    })
}

let town: Town
beforeAll(async () => {
  town = await Town.open(decided)
})
afterAll(() => town?.close())

/** Takes a report down at the desk and opens its case. */
async function report(clerk: Desk, text: string): Promise<void> {
  await clerk.goto('/loop/report')
  const { page } = clerk
  const form = page.locator('main')
  await clerk.fill(form, '发生了什么', text)
  await clerk.fill(form, '来源', '窗口代报')
  await clerk.fill(form, '村（社区）', '香溪社区')
  await page.getByRole('button', { name: '上报', exact: true }).click()
  await page.getByRole('heading', { name: '办理经过' }).waitFor()
  await clerk.settled()
}

describe('recognition learns from what people decide', () => {
  it('a correction becomes an example, a candidate is trained and runs in the shadow, the director switches, the next report is read by it', async () => {
    const clerk = await town.official('md-zhou')
    await report(clerk, '楼上把线从窗口甩下来接电瓶车，孩子天天路过')
    await clerk.act('受理', { 类别: CABLE.name })

    const director = await town.official('cmd-gao')
    const { page } = director
    await director.goto('/loop/recognition/labels?task=class')
    await page.getByText('楼上把线从窗口甩下来').first().waitFor()
    expect(await page.locator('main tbody tr').count()).toBe(DECIDED.length + 1)
    await director.look('recognition-corrections')

    await page.getByRole('link', { name: '模型', exact: true }).click()
    await page.getByRole('button', { name: '训练候选模型' }).click()
    await page.getByRole('columnheader', { name: /候选/ }).getByRole('button', { name: '切换为在用' }).waitFor()
    await director.look('recognition-models')

    await director.goto('/loop/recognition?task=line')
    await page.getByText('出厂模型').first().waitFor()
    await director.look('recognition-line')

    await report(clerk, '又有人从窗口甩线下来接电瓶车')
    await director.goto('/loop/recognition/shadow?task=class')
    const row = page.locator('main tbody tr', { hasText: '又有人从窗口甩线下来' })
    expect(await row.innerText()).toContain(CABLE.name)
    await director.look('recognition-shadow')
    await page.getByRole('button', { name: '切换为在用' }).click()
    const form = page.getByRole('dialog')
    await form.getByLabel('理由').fill('影子运行与人工一致，换用新版')
    await form.getByRole('button', { name: '切换在用模型' }).click()
    await form.waitFor({ state: 'hidden' })
    await page.getByRole('link', { name: '变更记录' }).click()
    await page.getByText('职责清单词语 → 第 1 版').waitFor()
    await director.look('recognition-changes')

    await report(clerk, '窗口甩线接电瓶车，又是那一户')
    await clerk.page
      .getByText(/模型识别为“安全隐患—飞线充电”，把握 \d+%/)
      .first()
      .waitFor()
  })
})
