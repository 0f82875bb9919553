import { writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { encodeGb18030 } from '#platform/tables/encode-gb18030.ts'
import { Town } from './support/town.ts'

let town: Town
beforeAll(async () => {
  town = await Town.open()
})
afterAll(() => town?.close())

const HEAD = '工单编号,主要内容,来电时间,所属镇街,社区,详细地址,市民姓名,联系电话'
const rows = Array.from({ length: 24 }, (_, n) => {
  const phone = n === 4 ? '1390' : '19900005007'
  const village = n === 9 ? '没有这个村' : '香溪社区'
  return `SZ-${1000 + (n === 12 ? 11 : n)},香溪花苑 ${n + 1} 幢路灯不亮晚上看不清路,2026-09-0${1 + (n % 9)} 10:20,木渎镇,${village},香溪花苑 ${n + 1} 幢,李文华,${phone}`
})

it('a clerk brings in a file of orders: columns, dry run, import, its cases, and the rows to mend', async () => {
  const file = join(tmpdir(), `orders-${process.pid}.csv`)
  writeFileSync(file, encodeGb18030([HEAD, ...rows].join('\r\n')))
  const clerk = await town.official('md-zhou')
  const { page } = clerk
  await page.getByRole('navigation').getByRole('link', { name: '导入工单' }).click()
  await page.getByText('还没有导入过').waitFor()
  await page.getByLabel('选择文件，或拖到这里').setInputFiles(file)
  await page.getByRole('heading', { name: '列的对应' }).waitFor()
  expect(await page.getByLabel('诉求内容对应的列').locator('option:checked').innerText()).toBe('主要内容')
  await page.getByLabel('来源名称').fill('市12345')
  await clerk.settled()
  await clerk.check('orders-columns')
  await page.getByRole('button', { name: '试运行' }).click()
  await page.getByRole('heading', { name: '试运行结果（尚未登记）' }).waitFor()
  await clerk.settled()
  await clerk.look('orders-dry-run')
  await page.getByText('与本文件第 13 行重复').waitFor()
  await page.getByRole('button', { name: '导入 21 件' }).click()
  await page.getByRole('heading', { name: '导入结果' }).waitFor()
  await page.getByRole('link', { name: '查看这 21 件' }).waitFor()
  await clerk.settled()
  await clerk.look('orders-done')
  const coming = page.waitForEvent('download')
  await page.getByRole('link', { name: '下载待修改的 2 行' }).click()
  expect((await coming).suggestedFilename()).toBe('DR00001 待修改.csv')
  await page.getByRole('link', { name: '查看这 21 件' }).click()
  await page.waitForURL(/\/cases\?q=DR00001/)
  await clerk.settled()
  expect(await page.locator('main').innerText()).toContain('路灯不亮')
})
