import { readFileSync } from 'node:fs'
import ExcelJS from 'exceljs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Desk, Town, written } from './support/town.ts'

let town: Town

beforeAll(async () => {
  town = await Town.open(written)
})
afterAll(() => town?.close())

/** A day ahead, so that a version can be prepared for it whenever this is played. */
const ahead = (days: number) => new Date(Date.now() + days * 86_400_000 + 8 * 3_600_000).toISOString().slice(0, 10)
const FROM = ahead(20)
const XLSX = 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet'

async function downloaded(desk: Desk, name: string): Promise<ExcelJS.Workbook> {
  const [file] = await Promise.all([desk.page.waitForEvent('download'), desk.page.getByRole('link', { name }).click()])
  const book = new ExcelJS.Workbook()
  // biome-ignore lint/suspicious/noExplicitAny: the library's own Buffer type
  await book.xlsx.load(readFileSync(await file.path()) as any)
  return book
}

/** Writes into the row of a class and kind of place, by the titles as they stand. */
function write(book: ExcelJS.Workbook, classCode: string, title: string, value: string): void {
  const sheet = book.getWorksheet('职责清单')!
  const titles = sheet.getRow(2).values as unknown[]
  for (let row = 3; row <= sheet.rowCount; row++)
    if (sheet.getCell(row, 2).text === classCode && sheet.getCell(row, titles.indexOf('场所')).text === '不限')
      sheet.getCell(row, titles.indexOf(title)).value = value
}

async function send(desk: Desk, book: ExcelJS.Workbook, name: string): Promise<void> {
  await desk.goto('/duties/editions/import')
  await desk.page
    .getByLabel('Excel 文件')
    .first()
    .setInputFiles({ name, mimeType: XLSX, buffer: Buffer.from(await book.xlsx.writeBuffer()) })
  await desk.page.getByLabel('编办文号').fill('吴编办〔2026〕18 号')
  await desk.page.getByLabel('生效日').fill(FROM)
}

describe('the duty list', () => {
  it('goes out as Excel, comes back with a fault, is mended, tried on past cases and published for a day', async () => {
    const desk = await town.official('data-gu')
    await desk.goto('/duties/editions')
    const book = await downloaded(desk, '导出 Excel')
    write(book, 'E0504', '主办', '镇街不存在的局')
    await send(desk, book, '职责清单 修订.xlsx')
    await desk.look('duties-import')
    await desk.page.getByRole('button', { name: '试导入' }).click()
    await desk.page.waitForURL(/\/duties\/editions\/\d+/)
    await desk.page.getByText('本县（市、区）没有这样的单位：镇街不存在的局').waitFor()
    await desk.look('duties-faults')
    expect(await desk.page.getByRole('button', { name: '发布', exact: true }).count()).toBe(0)

    const toMend = await downloaded(desk, '下载错误表')
    const names = JSON.parse((await desk.ask('/duties/options')).text) as { units: { code: string; name: string }[] }
    write(toMend, 'E0504', '主办', names.units.find(({ code }) => code === 'town:safety')!.name)
    await send(desk, toMend, '职责清单 修订.xlsx')
    await desk.page.getByRole('button', { name: '试导入' }).click()
    await desk.page.getByText('没有错误，可以发布。').waitFor()
    await desk.page.getByRole('button', { name: '试算以往案件' }).click()
    await desk.page.getByText(/件会改派/).waitFor()
    await desk.page.getByRole('columnheader', { name: '改派' }).waitFor()
    await desk.look('duties-trial')
    expect(await desk.page.locator('main a[href*="/cases/"]').count()).toBeGreaterThan(0)

    await desk.page.getByRole('button', { name: '发布', exact: true }).click()
    const form = desk.page.getByRole('dialog')
    await form.getByRole('button', { name: '发布', exact: true }).click()
    await desk.page.getByText('待生效').first().waitFor()
    await desk.goto('/duties/editions')
    await desk.look('duties-editions')

    const routed = async (on: string) =>
      JSON.parse((await desk.ask(`/duties/route?classCode=E0504&placeKind=street&town=320506103&on=${on}`)).text).lead
        .code
    expect([await routed(ahead(19)), await routed(FROM)]).toEqual(['320506103-enforcement', '320506103-safety'])

    // The first case of the trial opens.
    await desk.page.getByRole('link', { name: '职责清单 修订.xlsx' }).first().click()
    await desk.page.getByRole('button', { name: '试算以往案件' }).click()
    await desk.page.locator('main a[href*="/cases/"]').first().click()
    await desk.page.getByRole('heading', { name: '办理经过' }).waitFor()
    expect(desk.errors).toEqual([])
  })
})
