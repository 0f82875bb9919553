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
