import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { loadArticles } from '#modules/services/knowledge/demo/load-articles.ts'
import { openReport } from '#modules/services/loop/server/open-report.ts'
import { runAsSystem } from '#platform/command/command.ts'
import { sql } from '#platform/db/db.ts'
import { type Desk, type Prepare, Town } from './support/town.ts'

/** The knowledge base, and one case that has ended and asks for a call. */
const prepare: Prepare = async (load, _pool, here) => {
  await loadArticles(load)
  await runAsSystem(load.services, here, 'journey', async (context) => {
    const { state } = await openReport(context, {
      text: '香溪花苑东门口的路灯坏了三盏，晚上一片黑',
      villageCode: '320506103001',
      reporterName: '李文华',
      reporterPhone: '19900005007',
      source: 'hotline',
    })
    await sql`
      update process_case set state = 'closed', phase = 'rating', closed_at = ${context.now} where id = ${state.id}`.execute(
      context.tx,
    )
    await sql`
      insert into loop_callback (case_id, reason, state, most_tries, town_code, village_code, asked_at, not_before)
      values (${state.id}, 'sample', 'open', 3, ${state.townCode}, ${state.villageCode}, ${context.now}, ${context.now})`.execute(
      context.tx,
    )
  })
}

let town: Town
beforeAll(async () => {
  town = await Town.open(prepare)
})
afterAll(() => town?.close())

const PHONE = '13900005123'
const form = (desk: Desk) => desk.page.locator('main form')

describe('who calls or comes to the window', () => {
  it('asks a question, is answered, and no order is made; the same number is known the next time', async () => {
    const desk = await town.official('md-zhou')
    const { page } = desk
    await desk.goto('/loop/desk')
    await desk.fill(form(desk), '报事人电话', PHONE)
    await desk.fill(form(desk), '发生了什么', '你好，我的社保卡丢了，想问一下到哪里补')
    const hit = page.getByRole('button', { name: /社保卡丢了怎么挂失和补办/ })
    await hit.click()
    await desk.look('desk-question')
    // Nothing is lost when the page is loaded anew.
    await page.waitForTimeout(600)
    await page.reload()
    await desk.settled()
    expect(await form(desk).locator('textarea').first().inputValue()).toContain('社保卡丢了')
    await page.getByRole('button', { name: /社保卡丢了怎么挂失和补办/ }).click()
    await page.getByRole('button', { name: '记为咨询，已答复' }).click()
    await page.getByText('已记为咨询，没有立单').waitFor()
    expect(await form(desk).locator('textarea').first().inputValue()).toBe('')

    await desk.fill(form(desk), '报事人电话', PHONE)
    const caller = page.getByRole('region', { name: '同一号码以往' })
    await caller.getByText('社保卡丢了').waitFor()
    const cases = JSON.parse((await desk.ask(`/cases?q=${PHONE}`)).text)
    expect(cases.items).toEqual([])
  })

  it('tells what is in a chat: it is read, names nobody, and becomes a report with number and code', async () => {
    const desk = await town.official('md-zhou')
    const { page } = desk
    await desk.goto('/loop/desk')
    await page.getByRole('button', { name: '粘贴聊天' }).click()
    await page
      .getByRole('dialog')
      .locator('textarea')
      .fill(
        `李阿姨 16:20\n香溪花苑12幢二单元楼道冒烟，有人拉电线充电，打我电话 ${PHONE}\n[图片]\n网格员小王 16:21\n收到，李阿姨我马上来`,
      )
    await page.getByText('读出 2 条').waitFor()
    await page.getByRole('dialog').getByText('收到，某某我马上来').click()
    await desk.look('desk-chat')
    await page.getByRole('button', { name: '填入接办台' }).click()
    await page.getByRole('dialog').waitFor({ state: 'hidden' })
    const text = await form(desk).locator('textarea').first().inputValue()
    expect(text).toBe('香溪花苑12幢二单元楼道冒烟，有人拉电线充电，打我电话')
    await page.getByRole('alert').getByText('119').waitFor()
    await page.getByRole('region', { name: '同一号码以往' }).waitFor()
    await page.getByRole('searchbox', { name: '找村（社区）或网格' }).fill('香溪社区')
    await page
      .locator('.find')
      .getByRole('button', { name: /香溪社区/ })
      .first()
      .click()
    await desk.look('desk-report')
    await page.setViewportSize({ width: 720, height: 450 })
    await desk.check('desk at 200 %')
    await page.setViewportSize({ width: 1440, height: 900 })
    await page.getByRole('button', { name: '上报', exact: true }).click()
    await page.getByText('已上报，请告诉对方').waitFor()
    expect(await page.locator('.done .code').innerText()).toMatch(/^[2-9A-Z]{4} [2-9A-Z]{4}$/)
    await desk.look('desk-done')
    await page.locator('.done a').click()
    await page.getByRole('heading', { name: '办理经过' }).waitFor()
    expect(await page.locator('main').innerText()).not.toContain('李阿姨')
  })

  it('is called back after the closing, and the result is one row', async () => {
    const desk = await town.official('cmd-yan')
    const { page } = desk
    await desk.goto('/loop/callbacks')
    await desk.look('callbacks')
    await page.getByRole('button', { name: '打电话' }).first().click()
    const drawer = page.getByRole('dialog')
    await drawer.getByText(/1\d{10}/).waitFor()
    await desk.fill(drawer, '接通了吗', '接通')
    await desk.fill(drawer, '问题解决了吗', '是')
    await desk.fill(drawer, '满意吗', '满意')
    await drawer.getByRole('button', { name: '记下结果' }).click()
    await drawer.waitFor({ state: 'hidden' })
    await page.getByRole('link', { name: '已回访' }).click()
    await page.getByText('已解决').waitFor()
    await desk.check('call-backs done')
  })

  it('asks what nobody could answer: the numbers open their rows, and one press makes a report', async () => {
    const desk = await town.official('cmd-yan')
    const { page } = desk
    await desk.goto('/knowledge/questions')
    await page.getByText('没有答上来的').waitFor()
    await desk.look('questions')
    await desk.goto('/knowledge')
    await desk.look('knowledge')
    await page.locator('main a[href*="/knowledge/articles/"]').first().click()
    await desk.check('article')
  })

  it('looks it up on the phone without a log-in', async () => {
    const phone = await town.phone()
    await phone.goto('/answers')
    await phone.page.getByRole('searchbox').fill('垃圾几点可以扔')
    await phone.page.getByText('垃圾怎么分、什么时候投放？').waitFor()
    await phone.look('phone-answers')
  })
})
