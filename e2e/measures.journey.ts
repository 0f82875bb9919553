import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Desk, Town, written } from './support/town.ts'

let town: Town

beforeAll(async () => {
  town = await Town.open(written)
})
afterAll(() => town?.close())

interface Figures {
  items: { measure: { key: string }; figure: { numerator: number; denominator: number | null } }[]
}

/** The period that the written cases lie in, once all of them are counted. */
async function counted(desk: Desk): Promise<{ days: string; figures: Figures }> {
  const days = 'period=range&from=2026-09-01&to=2026-11-30'
  let before = -1
  for (let tries = 0; tries < 60; tries++) {
    const answer = await desk.ask(`/measures?${days}`)
    expect(answer.status, answer.text).toBe(200)
    const figures = JSON.parse(answer.text) as Figures
    const reported = figures.items.find((item) => item.measure.key === 'reported')!.figure.numerator
    if (reported > 0 && reported === before) return { days, figures }
    before = reported
    await desk.page.waitForTimeout(500)
  }
  throw new Error('the written cases are never counted')
}

describe('measures', () => {
  it('tell the county how a period went; a number opens its cases; areas stand in the order of their codes', async () => {
    const desk = await town.official('cmd-gao')
    const { days, figures } = await counted(desk)
    await desk.goto('/measures?period=week')
    await desk.page.getByRole('button', { name: '前一期' }).click()
    await desk.settled()
    await desk.look('measures')
    await desk.goto(`/measures?${days}`)
    await desk.page.locator('.y-ms-objects').scrollIntoViewIfNeeded()
    await desk.look('measures-objects')
    const due = figures.items.find((item) => item.measure.key === 'handledOnTime')!.figure.denominator!
    expect(due).toBeGreaterThan(0)
    const row = desk.page.getByRole('row').filter({ hasText: '按期处置率' }).first()
    await row.getByRole('link', { name: String(due), exact: true }).click()
    await desk.page.waitForURL(/\/measures\/cases/)
    await desk.settled()
    await desk.page.getByText(new RegExp(`分母 ${due}`)).waitFor()
    await desk.look('measures-cases')
    const times = await desk.page.locator('tbody td.num').allInnerTexts()
    expect(times.reduce((sum, text) => sum + Number(text), 0)).toBe(due)
    await desk.page.locator('tbody a').first().click()
    await desk.page.getByRole('heading', { name: '办理经过' }).waitFor()

    await desk.page.goBack()
    await desk.settled()
    await desk.page.getByRole('link', { name: '回到指标' }).click()
    await desk.settled()
    const names = await desk.page.locator('.y-ms-objects tbody td:first-child').allInnerTexts()
    expect(names).toHaveLength(14)
    expect(await desk.page.locator('main').innerText()).not.toMatch(/第\s*\d+\s*名|排行/)
    await desk.page.getByRole('button', { name: /^镇街/ }).click()
    await desk.page.getByRole('searchbox', { name: /镇街/ }).fill('木渎')
    await desk.page.keyboard.press('Enter')
    await desk.settled()
    await desk.page.waitForURL(/town=320506103/)
    await desk.page.getByText('香溪', { exact: false }).first().waitFor()
    await desk.check('measures of a town')
  })

  it('a town reads its own and nobody else’s', async () => {
    const desk = await town.official('md-chen')
    const { days } = await counted(desk)
    await desk.goto(`/measures?${days}`)
    await desk.page.getByText('范围：木渎').waitFor()
    expect(await desk.page.locator('.y-ms-objects tbody td:first-child').allInnerTexts()).toHaveLength(1)
    expect((await desk.ask(`/measures?${days}&town=320506100`)).status).toBe(404)
  })
})
