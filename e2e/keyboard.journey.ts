import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { sql } from '#platform/db/db.ts'
import { type Desk, type Prepare, Town, written } from './support/town.ts'

const AMOUNT = 10_000

/** The written cases, and one of them copied until a chief has ten thousand things to do, all late: one open group at any hour. */
const many: Prepare = async (load, pool, here) => {
  await written(load, pool, here)
  await pool.inCounty(here.county, async (tx) => {
    const { rows } = await sql<{ id: number }>`
      select i.case_id as id from process_work_item i where i.state = 'handled' and i.town_code = '320506103'
       order by i.id limit 1`.execute(tx)
    const pattern = rows[0]!.id
    await sql`
      create temporary table copied on commit drop as
      select nextval(pg_get_serial_sequence('process_case', 'id')) as id, n from generate_series(1, ${AMOUNT}) n`.execute(
      tx,
    )
    await copy(tx, 'process_case', pattern, { id: 'm.id', number: "'WZ-MD-20261001-' || lpad(m.n::text, 5, '0')" })
    for (const table of ['process_trace', 'process_clock', 'process_party', 'process_work_item', 'search_document'])
      await copy(tx, table, pattern, {
        case_id: 'm.id',
        ...(table === 'process_work_item'
          ? {
              number: "'WZ-MD-20261001-' || lpad(m.n::text, 5, '0')",
              due_at: "timestamptz '2026-01-05 01:00Z' + m.n * interval '1 minute'",
              overdue: 'true',
            }
          : {}),
      })
  })
}

/** Copies the rows that belong to a case, once for each row of `copied`; other columns than `changed` stay as they are. */
async function copy(
  tx: Parameters<Parameters<Parameters<Prepare>[1]['inCounty']>[1]>[0],
  table: string,
  pattern: number,
  changed: Record<string, string>,
): Promise<void> {
  const owner = 'case_id' in changed ? 'case_id' : 'id'
  const { rows } = await sql<{ name: string }>`
    select column_name as name from information_schema.columns
     where table_schema = current_schema() and table_name = ${table} and is_generated = 'NEVER'
       and (is_identity = 'NO' or column_name = ${owner}) order by ordinal_position`.execute(tx)
  const names = rows.map((row) => row.name)
  await sql`
    insert into ${sql.table(table)} (${sql.join(names.map((name) => sql.ref(name)))}) overriding system value
    select ${sql.join(names.map((name) => sql.raw(changed[name] ?? `t.${name}`)))}
      from copied m join ${sql.table(table)} t on t.${sql.ref(owner)} = ${pattern}`.execute(tx)
}

let town: Town
beforeAll(async () => {
  town = await Town.open(many)
})
afterAll(() => town?.close())

describe('a chief with ten thousand things to do', () => {
  let desk: Desk

  it('has an inbox that stays light and scrolls to its end of what is loaded', async () => {
    desk = await town.official('md-chen')
    const { page } = desk
    await page.locator('tr.item').first().waitFor()
    expect(Number((await page.locator('.y-tabs b').first().innerText()).replace(/\D/g, ''))).toBeGreaterThan(AMOUNT)
    await desk.look('inbox-ten-thousand')
    const list = page.getByRole('region', { name: '待办' }).first()
    for (let turn = 0; turn < 5; turn++) {
      const before = await list.evaluate((node) => node.scrollHeight)
      await list.evaluate((node) => node.scrollTo(0, node.scrollHeight))
      await page.waitForFunction(([node, height]) => (node as HTMLElement).scrollHeight > (height as number), [
        await list.elementHandle(),
        before,
      ] as const)
    }
    // Only what is in view is drawn, however much is loaded.
    expect(await page.locator('tr.item').count()).toBeLessThan(120)
    // At its top again: a row half under the head of the table is no target to be measured.
    await list.evaluate((node) => node.scrollTo(0, 0))
    await desk.check('a long inbox')
  })

  it('works through a case with the keyboard alone', async () => {
    const { page } = desk
    await desk.goto('/')
    await page.keyboard.press('/')
    await page.keyboard.type('飞线充电')
    await page.keyboard.press('Enter')
    await page.waitForURL(/\/cases\?q=/)
    await page.locator('main a.t').first().waitFor()
    await page.goBack()
    await page.locator('tr.item').first().waitFor()
    await page.keyboard.press('j')
    await page.keyboard.press('j')
    await page.keyboard.press('k')
    const row = page.locator('tr.item.cur')
    const title = await row.locator('a.t').innerText()
    const action = (await row.locator('button').innerText()).trim()
    await page.keyboard.press('Enter')
    await page.getByRole('heading', { name: '办理经过' }).waitFor()
    expect(await page.locator('h1').innerText()).toContain(title.split(' · ').at(-1))
    await desk.settled()
    const stateOf = async () => JSON.parse((await desk.ask(`/cases/${desk.caseId}`)).text).case.state as string
    const before = await stateOf()
    await tabTo(desk, `the action ${action}`, () => {
      const at = document.activeElement
      return at?.closest('.y-actbar') !== null && at?.classList.contains('pri') === true
    })
    await page.keyboard.press('Enter')
    await page.getByRole('dialog').waitFor()
    await tabTo(desk, 'the button of the form', () => {
      const at = document.activeElement
      return at?.closest('[role=dialog]') !== null && (at as HTMLButtonElement).type === 'submit'
    })
    await page.keyboard.press('Enter')
    await page.getByRole('dialog').waitFor({ state: 'hidden' })
    await desk.settled()
    expect(await stateOf()).not.toBe(before)
  })
})

/** Presses Tab until the focus is where `there` says; a person would give up after sixty. */
async function tabTo(desk: Desk, what: string, there: () => boolean): Promise<void> {
  for (let press = 0; press < 60; press++) {
    if (await desk.page.evaluate(there)) return
    await desk.page.keyboard.press('Tab')
  }
  throw new Error(`sixty times Tab does not lead to ${what}`)
}
