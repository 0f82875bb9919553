import { afterAll, beforeAll, expect, it } from 'vitest'
import { loadRoster } from '#modules/management/roster/demo/load-roster.ts'
import { sql } from '#platform/db/db.ts'
import { Town } from './support/town.ts'

let town: Town
let log: { id: number; leaving: string; coming: string }
beforeAll(async () => {
  town = await Town.open(async (load, pool, here) => {
    await loadRoster(load)
    log = await pool.inCounty(here.county, async (tx) => {
      const { rows } = await sql<typeof log>`
        select l.id, a.login as leaving, b.login as coming from roster_log l
          join auth_account a on a.id = l.on_duty[1] join auth_account b on b.id = l.coming[1]
         where a.id <> b.id order by l.id desc limit 1`.execute(tx)
      return rows[0]!
    })
  })
})
afterAll(() => town?.close())

it('a shift is handed over by its log', async () => {
  const leaving = await town.official(log.leaving)
  await leaving.goto(`/shift-logs/${log.id}`)
  await leaving.page.getByRole('button', { name: '交班签字' }).click()
  const form = leaving.page.getByRole('dialog')
  await leaving.fill(form, '交班补充', '二号泵站已通知水务值守，接班后回访一次')
  await form.getByRole('button', { name: '交班签字' }).click()
  await form.waitFor({ state: 'hidden' })
  const coming = await town.official(log.coming)
  await coming.goto(`/shift-logs/${log.id}`)
  await coming.page.getByRole('button', { name: '接班签字' }).click()
  await coming.page.getByRole('dialog').getByRole('button', { name: '接班签字' }).click()
  await coming.page.getByRole('dialog').waitFor({ state: 'hidden' })
  await coming.look('shift-log')
  expect(await coming.page.locator('main').innerText()).toContain('二号泵站已通知水务值守')
  await coming.goto('/roster')
  await coming.look('roster-week')
})

it('汛期 is switched on with its document, tells everybody, and is switched off', async () => {
  const director = await town.official('cmd-gao')
  await director.goto('/modes')
  await director.page.getByRole('button', { name: '启动汛期' }).click()
  const form = director.page.getByRole('dialog')
  await director.fill(form, '启动文号', '吴汛〔2026〕3 号')
  const until = form.locator('[data-field]').filter({ hasText: '计划解除时间' }).locator('input')
  await until.click()
  await until.fill('2035-10-08 17:30')
  await director.page.locator('.ant-picker-ok button:visible').click()
  await form.getByRole('button', { name: '启动汛期' }).click()
  await form.waitFor({ state: 'hidden' })
  await director.page.getByText('执行中').first().waitFor()
  await director.look('modes')
  const phone = await town.phone()
  await phone.goto('/')
  await phone.page.getByText('汛期已到').waitFor()
  await director.page.reload()
  await director.page.getByText('汛期模式：').first().waitFor()
  await director.page.getByRole('button', { name: '解除汛期' }).click()
  await director.fill(form, '解除依据', '解除防汛应急响应，吴汛〔2026〕4 号')
  await form.getByRole('button', { name: '解除汛期' }).click()
  await form.waitFor({ state: 'hidden' })
  await director.page.getByText('高明远：解除防汛应急响应').first().waitFor()
  await director.page.getByText('未启动').first().waitFor()
})
