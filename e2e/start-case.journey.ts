import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { sql } from '#platform/db/db.ts'
import { Town } from './support/town.ts'

/** The flow that the page "Add a flow" brings. */
const page = readFileSync(new URL('../docs/how-to/add-a-flow.md', import.meta.url), 'utf8')
const definition = JSON.parse(/```json file: seal-use\.process\.json\n([\s\S]*?)^```$/m.exec(page)![1]!)

let town: Town
beforeAll(async () => {
  town = await Town.open(async (load, pool, here) => {
    await pool.inCounty(here.county, async (tx) => {
      const now = load.services.clock.now()
      await sql`
        insert into process_definition (key, version, status, body, created_at, published_at)
        values (${definition.key}, 1, 'published', ${JSON.stringify(definition)}::json, ${now}, ${now})`.execute(tx)
      await sql`update access_revision set revision = revision + 1`.execute(tx)
    })
  })
})
afterAll(() => town?.close())

it('a flow that is only data is found in the menu, filled in and on its way', async () => {
  const village = await town.official('md-xiangxi-desk')
  const { page } = village
  await page.getByRole('navigation').getByRole('link', { name: '申请用印' }).click()
  await page.getByRole('heading', { name: '用印申请 · 申请用印' }).waitFor()
  await village.settled()
  await village.check('start-case')
  await page.getByRole('button', { name: '申请用印' }).click()
  const main = page.locator('main')
  await village.fill(main, '文件名称', '关于香溪社区换届的请示')
  await village.fill(main, '份数', '3')
  await page.getByRole('button', { name: '申请用印' }).click()
  await page.getByRole('heading', { name: '用印：关于香溪社区换届的请示' }).waitFor()

  const office = await town.official('md-wan')
  await office.openCase('换届的请示')
  await office.act('用印', { 实际用印份数: '3' })
  expect(await office.page.locator('main').innerText()).toContain('已用印')
})
