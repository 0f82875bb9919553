import { afterAll, beforeAll, expect, it } from 'vitest'
import { Town } from './support/town.ts'

let town: Town
beforeAll(async () => {
  town = await Town.open()
})
afterAll(() => town?.close())

/** A day from today, as forms take it. */
const day = (days: number) =>
  new Date(Date.now() + days * 86_400_000).toLocaleDateString('sv-SE', { timeZone: 'Asia/Shanghai' })

it('a dispute is asked for, mediated, agreed and followed until the agreement is being kept', async () => {
  const village = await town.official('md-xiangxi-desk')
  const { page } = village
  await page.getByRole('navigation').getByRole('link', { name: '申请调解' }).click()
  await page.getByRole('heading', { name: '矛盾调解 · 申请调解' }).waitFor()
  await village.settled()
  const main = page.locator('main')
  await village.fill(main, '纠纷类别', '邻里')
  await village.fill(main, '一句话说明争议事项', '楼上渗水损坏吊顶')
  await village.fill(main, '主要事实', '被申请人家卫生间防水老化，申请人家吊顶受损。')
  await village.fill(main, '由哪一级调解委员会调解', '村社区')
  await village.fill(main, '各方是否愿意调解', '各方愿意')
  await page.getByRole('button', { name: '申请调解' }).click()
  await page.getByRole('heading', { name: '邻里纠纷：楼上渗水损坏吊顶' }).waitFor()

  for (const [side, name] of [
    ['申请人', '赵明亮'],
    ['被申请人', '钱桂兰'],
  ] as const) {
    await page.getByRole('button', { name: '登记当事人' }).click()
    const drawer = page.getByRole('dialog')
    await drawer.waitFor()
    await village.fill(drawer, '身份', side)
    await village.fill(drawer, '姓名或名称', name)
    await drawer.getByRole('button', { name: '登记当事人' }).click()
    await drawer.waitFor({ state: 'hidden' })
  }
  await page.getByText('钱*兰').waitFor()
  await village.settled()
  expect(await main.innerText()).not.toContain('赵明亮')
  await village.act('受理', { 对方意见: '同意调解' })
  await fillIn(village, '记录一次调解', {
    调解日期: day(0),
    地点: '社区调解室',
    到场情况: '各方到场',
    经过和各方意见: '被申请人愿意修好防水，双方谈妥补偿。',
  })
  await fillIn(village, '达成协议', {
    回访日期: day(10),
    协议内容: '被申请人修好防水并补偿吊顶修复费用。',
    '履行方式、地点和期限': '十日内完成。',
  })
  await village.act('不申请司法确认')
  await village.expectState('履行中')
  expect(await page.getByRole('button', { name: '登记当事人' }).count()).toBe(0)
  await village.look('mediation')
})

/** An action with a day in it, which counts once it is confirmed; it comes first, since that key also hands in what is complete. The button may stay, as a session keeps the case where it is. */
async function fillIn(
  village: Awaited<ReturnType<Town['official']>>,
  action: string,
  fields: Record<string, string>,
): Promise<void> {
  const { page } = village
  const bar = page.getByRole('region', { name: '可办操作' })
  const button = bar.getByRole('button', { name: action, exact: true })
  if ((await button.count()) > 0) await button.click()
  else {
    await bar.getByRole('button', { name: '更多操作' }).click()
    await page.getByRole('menuitem', { name: action, exact: true }).click()
  }
  const form = page.getByRole('dialog')
  await form.waitFor()
  for (const [label, value] of Object.entries(fields)) {
    await village.fill(form, label, value)
    if (/^\d{4}-\d{2}-\d{2}$/.test(value)) await page.keyboard.press('Enter')
  }
  await form.getByRole('button', { name: action, exact: true }).click()
  await form.waitFor({ state: 'hidden' })
  await village.settled()
}
