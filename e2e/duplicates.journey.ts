import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Desk, Town, written } from './support/town.ts'

let town: Town
beforeAll(async () => {
  town = await Town.open(written)
})
afterAll(() => town?.close())

const FIRST = '香溪花苑12幢二单元楼道有人从家里拉电线给电动车充电，晚上整夜插着，老人小孩都从这里走'
const AGAIN = '又来麻烦你们，香溪花苑12幢楼道里还在给电动车充电，电线从一楼家里拉出来，整夜插着'

async function write(desk: Desk, text: string): Promise<void> {
  await desk.goto('/loop/report')
  const form = desk.page.locator('main form')
  await desk.fill(form, '发生了什么', text)
  await desk.fill(form, '来源', '窗口代报')
  await desk.fill(form, '村（社区）', '香溪社区')
  await desk.fill(form, '具体地点', '香溪花苑 12 幢')
}

describe('a matter that is reported twice', () => {
  it('is shown to the clerk while the second report is taken down, and on the page of either case', async () => {
    const clerk = await town.official('md-zhou')
    const { page } = clerk
    await write(clerk, FIRST)
    await page.getByRole('button', { name: '上报', exact: true }).click()
    await page.getByRole('heading', { name: '办理经过' }).waitFor()
    const first = clerk.caseId

    await write(clerk, AGAIN)
    const found = page.locator('.y-similar section', { hasText: '可能重复' })
    const link = found.locator(`a[href$="/cases/${first}"]`)
    await link.waitFor()
    expect(await found.innerText()).toContain('同一村（社区）')
    await clerk.look('report-duplicate')
    await page.getByRole('button', { name: '上报', exact: true }).click()
    await page.getByRole('heading', { name: '办理经过' }).waitFor()
    const second = clerk.caseId
    expect(second).not.toBe(first)

    await link.waitFor()
    expect(await found.innerText()).toMatch(/很可能|可能/)
    await clerk.look('case-duplicate')
    await link.click()
    await page.waitForURL(`**/cases/${first}`)
    await page.locator(`.y-similar a[href$="/cases/${second}"]`).waitFor()

    // Another town's clerk is told nothing of either.
    const elsewhere = await town.official('lz-ma')
    expect((await elsewhere.ask(`/loop/cases/${first}/similar`)).status).toBe(404)
  })
})
