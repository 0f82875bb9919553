import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Desk, Town } from './support/town.ts'

const PHOTO = join(import.meta.dirname, '../modules/services/loop/seed/photos/cable.jpg')

let town: Town
beforeAll(async () => {
  town = await Town.open()
})
afterAll(() => town?.close())

describe('a report, from the phone to the rating, each step by its own person', () => {
  it('is told on the phone, accepted, filed, dispatched, handled, inspected, signed, closed and rated', async () => {
    const phone = await town.phone()
    await phone.goto('/report')
    await phone.page
      .getByLabel('说一句发生了什么')
      .fill('二单元一楼有人从家里拉电线到楼道给电动车充电，晚上整夜插着，老人小孩都从这里走。')
    await phone.page.locator('input[type=file]').first().setInputFiles(PHOTO)
    await phone.page.getByText('已传好').first().waitFor({ timeout: 30_000 })
    await phone.page.getByLabel('在哪儿').fill('香溪花苑 12 幢 2 单元一楼楼道')
    await phone.page.getByText('选镇街、村社区').first().click()
    await phone.page.getByLabel('搜村、社区的名字').fill('香溪')
    await phone.page.getByText('香溪社区', { exact: false }).first().click()
    await phone.page.getByText('留个姓名和电话').first().click()
    await phone.page.locator('#report-name').fill('李文华')
    await phone.page.locator('#report-phone').fill('19900005007')
    await phone.look('mobile-report')
    await phone.page.getByRole('button', { name: '提交', exact: true }).click()
    await phone.page.getByText('您报的事已经收到').waitFor({ timeout: 20_000 })
    await phone.look('mobile-sent')
    const words = await phone.page.locator('main').innerText()
    const number = /WZ-[A-Z]+-\d{8}-\d{4,}/.exec(words)![0]

    const clerk = await town.official('md-zhou')
    await clerk.openCase(number)
    await clerk.look('case-reported')
    await clerk.act('受理')
    const chief = await town.official('md-chen')
    await chief.openCase(number)
    await chief.act('立案')
    const dispatcher = await town.official('md-xu')
    await dispatcher.openCase(number)
    await dispatcher.act('派遣')
    await dispatcher.expectState('待签收')

    const handler = await town.official('fire-sun')
    await handler.openCase(number)
    await handler.act('签收')
    await handler.act('反馈处置结果', {
      处置结果: '两处飞线均已拆除，现场张贴提示',
      拟答复: '您反映的楼道飞线充电已于今天全部拆除并经现场核查。',
    })
    await chief.openCase(number)
    await chief.act('派核查')
    const worker = await town.official('md-zhao')
    await worker.openCase(number)
    await worker.act('核查通过', { 现场情况: '现场已无拉线' })
    const leader = await town.official('fire-qian')
    await leader.openCase(number)
    await leader.look('case-to-sign')
    await leader.act('审签同意')
    await chief.openCase(number)
    await chief.act('结案并答复')
    await chief.openCase(number)
    await chief.look('case-closed')
    expect(await chief.page.locator('body').innerText()).toContain('已结案')

    await phone.goto('/follow')
    await phone.look('mobile-follow')
    await phone.goto('/')
    await phone.look('mobile-home')
    await phone.page.getByRole('link', { name: /详情/ }).first().click()
    await phone.page.getByText('您反映的楼道飞线充电已于今天全部拆除').waitFor({ timeout: 15_000 })
    await phone.look('mobile-progress')
    await phone.page.locator('input[name=score][value="3"]').check({ force: true })
    await phone.page.getByRole('button', { name: '评价', exact: true }).click()
    await phone.page.getByRole('button', { name: '确定提交' }).click()
    await phone.page.getByText('您的评价：基本满意').waitFor()
    await phone.look('mobile-rated')
    await chief.openCase(number)
    await chief.expectState('已评价')
  })

  it('is returned, ruled on, done again, extended twice and closed, each step by its own person', async () => {
    const phone = await town.phone()
    await phone.goto('/report')
    await phone.page.getByLabel('说一句发生了什么').fill('门口的店招伸出来一米多，风一吹就晃，怕掉下来砸到接孩子的人。')
    await phone.page.getByLabel('在哪儿').fill('香溪花苑北门沿街')
    await phone.page.getByText('选镇街、村社区').first().click()
    await phone.page.getByLabel('搜村、社区的名字').fill('香溪')
    await phone.page.getByText('香溪社区', { exact: false }).first().click()
    await phone.page.getByRole('button', { name: '提交', exact: true }).click()
    await phone.page.getByText('您报的事已经收到').waitFor({ timeout: 20_000 })
    const number = /WZ-[A-Z]+-\d{8}-\d{4,}/.exec(await phone.page.locator('main').innerText())![0]
    const desks = new Map<string, Desk>()
    const at = async (login: string): Promise<Desk> => {
      const desk = desks.get(login) ?? (await town.official(login))
      desks.set(login, desk)
      await desk.openCase(number)
      return desk
    }
    const act = async (login: string, action: string, fields: Record<string, string> = {}) =>
      (await at(login)).act(action, fields)

    // Verified on order, and found true.
    await act('md-zhou', '受理')
    await act('md-zhou', '派核实', { 请网格员看什么: '请量一下外挑多少' })
    await act('md-wang', '核实属实', { 现场情况: '外挑一米二，底高不到两米' })
    await act('md-chen', '立案')

    // Returned with the clause, ruled on with a helper, and then no longer to be returned.
    await act('md-xu', '派遣', { 主办单位: '木渎镇综合行政执法局', 派往其他单位的理由: '店招归口' })
    await act('md-wu', '退单', { 引用的职责清单条款: '第一类第 12 条', 退单理由: '占用消防通道，不在赋权清单' })
    await (await at('md-xu')).expectState('待派遣')
    await act('cmd-gao', '裁定', {
      裁定的主办单位: '区消防救援大队',
      裁定的协办单位: '木渎镇综合行政执法局',
      裁定理由: '消防通道上的标识由消防救援大队主办',
    })
    const handler = await at('fire-sun')
    await handler.expectState('待签收')
    await handler.look('case-ruled')
    expect(await handler.page.getByRole('region', { name: '可办操作' }).innerText()).toContain(
      '经裁定派来的案件不能退单',
    )
    await act('fire-sun', '签收')

    // Done badly, done again.
    const done = { 处置结果: '店招已改短', 拟答复: '您反映的店招已经改短。' }
    await act('fire-sun', '反馈处置结果', done)
    await act('md-chen', '派核查')
    await act('md-zhao', '核查不通过，返工', { 哪里没有办好: '只改了一半，还挑出半米' })
    await (await at('fire-sun')).expectState('处置中')

    // More time: the duty chief's once, the director's once more.
    const ask = { 延长: '1', 理由: '店主外出，后天回来' }
    await act('fire-sun', '申请延期', ask)
    await act('md-chen', '同意延期', { 准予延长: '1' })
    await act('fire-sun', '申请延期', ask)
    const chief = await at('md-chen')
    expect(await chief.page.getByRole('region', { name: '可办操作' }).innerText()).not.toContain('同意')
    await act('cmd-gao', '同意再次延期', { 准予延长: '1' })

    await act('fire-sun', '反馈处置结果', { ...done, 处置结果: '店招已改短贴墙，底高两米六' })
    await act('md-chen', '派核查')
    await act('md-zhao', '核查通过', { 现场情况: '已贴墙' })
    await act('fire-qian', '退回修改', { 要改什么: '写明完成日期' })
    await act('fire-sun', '反馈处置结果', { ...done, 拟答复: '您反映的店招已于今天改短贴墙。' })
    await act('md-chen', '派核查')
    await act('md-zhao', '核查通过')
    await act('fire-qian', '审签同意')
    await act('md-chen', '结案并答复')
    const closed = await at('md-chen')
    await closed.look('case-after-ruling')
    const told = await closed.page.locator('body').innerText()
    for (const step of ['退单', '裁定', '返工', '同意再次延期', '已结案']) expect(told, step).toContain(step)
    await phone.goto('/')
    await phone.page.getByRole('link', { name: /详情/ }).first().click()
    await phone.page.getByText('您反映的店招已于今天改短贴墙').waitFor({ timeout: 15_000 })
  })
})
