import { afterAll, beforeAll, expect, it } from 'vitest'
import { Town } from './support/town.ts'

let town: Town
beforeAll(async () => {
  town = await Town.open()
})
afterAll(() => town?.close())

it('a town calls two units, one reports, and both sides see who is awaited until when', async () => {
  const chief = await town.official('md-chen')
  const { page } = chief
  await page.getByRole('navigation').getByRole('link', { name: '吹哨', exact: true }).click()
  await page.getByRole('heading', { name: '吹哨报到 · 吹哨' }).waitFor()
  await chief.settled()
  const main = page.locator('main')
  await chief.fill(main, '哨别', '应急哨')
  await chief.fill(main, '事项', '楼道电动车集中充电')
  await chief.fill(main, '为什么吹哨、要各单位做什么', '多辆电动车在楼道充电，请到场联合清理。')
  await chief.fill(main, '集合地点', '香溪花苑南门')
  await chief.fill(main, '报到单位', '木渎镇综合行政执法局；吴中区消防救援大队')
  await page.getByRole('button', { name: '吹哨', exact: true }).click()
  await page.getByRole('heading', { name: '应急哨：楼道电动车集中充电' }).waitFor()
  await page.getByText('2 个单位，已到 0 个').waitFor()

  const called = await town.official('md-wu')
  await called.openCase('楼道电动车集中充电')
  await called.act('报到', { 到场人员: '执法队员 3 人' })
  await called.page.getByText('2 个单位，已到 1 个').waitFor()
  await page.reload()
  await page.getByText('2 个单位，已到 1 个').waitFor()
  const said = await main.innerText()
  expect(said).toContain('执法队员 3 人')
  expect(said).toContain('待报到')
  await chief.look('whistle')
})
