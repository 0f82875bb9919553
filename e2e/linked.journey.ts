import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Desk, Town } from './support/town.ts'

let town: Town
beforeAll(async () => {
  town = await Town.open()
})
afterAll(() => town?.close())

const FIRST = '香溪花苑12幢二单元门口的店招伸出来一米多，风一吹就晃，怕掉下来砸人'
const AGAIN = '还是香溪花苑12幢二单元门口那块店招，伸出来一米多，风吹就晃，怕砸到孩子'
const TWO = '香溪花苑东门的路灯坏了三盏，晚上一片黑；东门外的台阶也塌了一角'

const desks = new Map<string, Desk>()

async function at(login: string, id: number): Promise<Desk> {
  const desk = desks.get(login) ?? (await town.official(login))
  desks.set(login, desk)
  await desk.goto(`/cases/${id}`)
  await desk.page.getByRole('heading', { name: '办理经过' }).waitFor()
  await desk.settled()
  return desk
}
const act = async (login: string, id: number, action: string, fields: Record<string, string> = {}) => {
  const desk = await at(login, id)
  await desk.act(action, fields)
  return desk
}

async function report(text: string): Promise<number> {
  const clerk = desks.get('md-zhou') ?? (await town.official('md-zhou'))
  desks.set('md-zhou', clerk)
  await clerk.goto('/loop/report')
  const form = clerk.page.locator('main form')
  await clerk.fill(form, '发生了什么', text)
  await clerk.fill(form, '来源', '窗口代报')
  await clerk.fill(form, '村（社区）', '香溪社区')
  await clerk.fill(form, '具体地点', '香溪花苑 12 幢')
  await clerk.page.getByRole('button', { name: '上报', exact: true }).click()
  await clerk.page.getByRole('heading', { name: '办理经过' }).waitFor()
  return clerk.caseId
}

async function handle(id: number): Promise<void> {
  await act('md-xu', id, '派遣', { 主办单位: '木渎镇综合行政执法局', 派往其他单位的理由: '店招归口' })
  await act('md-wu', id, '签收')
  await act('md-wu', id, '反馈处置结果', { 处置结果: '已经处理好', 拟答复: '您反映的问题已经处理好，请放心。' })
  await act('md-chen', id, '派核查')
  await act('md-zhao', id, '核查通过', { 现场情况: '现场看过，已经好了' })
  await act('md-tian', id, '审签同意')
}

describe('cases that belong together', () => {
  it('are merged from the panel, taken out, merged again, and answered once', async () => {
    const first = await report(FIRST)
    await act('md-zhou', first, '受理')
    const second = await report(AGAIN)
    const merge = async () => {
      const clerk = await at('md-zhou', second)
      await clerk.page
        .locator('.y-similar li', { has: clerk.page.locator(`a[href$="/cases/${first}"]`) })
        .getByRole('button', { name: '并入此件' })
        .click()
      const drawer = clerk.page.getByRole('dialog')
      await drawer.getByText('审签后的答复同时送达').waitFor()
      await clerk.settled()
      return { clerk, drawer }
    }
    const { clerk, drawer } = await merge()
    await clerk.look('case-merge')
    await drawer.getByRole('button', { name: '并入此件' }).click()
    await clerk.expectState('已并案')
    await clerk.page.getByRole('heading', { name: '已并入' }).waitFor()
    await act('md-zhou', second, '拆出并案', { 为什么不是同一件: '再核对一下地点' })
    await clerk.expectState('待受理')
    await (await merge()).drawer.getByRole('button', { name: '并入此件' }).click()
    await clerk.expectState('已并案')

    await act('md-chen', first, '立案')
    await handle(first)
    const chief = await at('md-chen', first)
    await chief.page.getByRole('heading', { name: '并入本件 1' }).waitFor()
    await chief.look('case-with-merged')
    await chief.act('结案并答复')
    await (await at('md-chen', second)).expectState('已结案')
  })

  it('a case is split, waits for its parts and rolls up; a supervision order is answered before it closes', async () => {
    const whole = await report(TWO)
    await act('md-zhou', whole, '受理')
    await act('md-chen', whole, '立案')
    const chief = await act('md-chen', whole, '拆分', {
      '拆成哪几件（每件一句话）': '东门的路灯坏了三盏，晚上一片黑\n东门外的台阶塌了一角',
    })
    await chief.expectState('分办中')
    await chief.look('case-split')
    const parts = await chief.page
      .locator('.y-relc', { hasText: '拆分件 2' })
      .locator('a')
      .evaluateAll((links) => links.map((link) => Number(link.getAttribute('href')!.split('/').at(-1))))
    expect(parts).toHaveLength(2)
    for (const [index, part] of parts.entries()) {
      await act('md-zhou', part, '受理')
      await act('md-chen', part, '立案')
      if (index === 0) {
        await act('md-xu', part, '派遣', { 主办单位: '木渎镇综合行政执法局', 派往其他单位的理由: '店招归口' })
        await act('cmd-gao', part, '橙色督办', { 督办事由: '路灯多日不亮，群众反映强烈', '反馈时限（工作时）': '4' })
        const unit = await at('md-wu', part)
        await unit.look('case-supervised')
        await unit.act('督办反馈', { 整改情况: '已联系路灯所，今天换好三盏灯泡' })
        await unit.act('签收')
        await unit.act('反馈处置结果', { 处置结果: '已经处理好', 拟答复: '您反映的路灯已经修好，请放心。' })
        await act('md-chen', part, '派核查')
        await act('md-zhao', part, '核查通过', { 现场情况: '现场看过，已经好了' })
        await act('md-tian', part, '审签同意')
      } else await handle(part)
      await act('md-chen', part, '结案并答复')
    }
    await (await at('md-chen', whole)).expectState('待结案')
    await act('md-chen', whole, '结案并答复')
    await chief.look('case-rolled-up')
    await chief.expectState('已结案')
  })
})
