import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Town } from './support/town.ts'

/** Every page of the console that the menu or a link leads to, by somebody who may open it. */
const PAGES: readonly [name: string, login: string, path: string][] = [
  ['cases', 'cmd-gao', '/cases'],
  ['numbers', 'cmd-gao', '/numbers'],
  ['report-by-staff', 'md-zhou', '/loop/report'],
  ['duties', 'data-gu', '/duties'],
  ['rulings', 'data-gu', '/duties/rulings'],
  ['classes', 'data-gu', '/duties/classes'],
  ['routing-preview', 'data-gu', '/duties/preview'],
  ['processes', 'data-gu', '/processes'],
  ['calendar', 'data-gu', '/calendar'],
  ['units', 'data-gu', '/org'],
  ['accounts', 'data-gu', '/org/accounts'],
  ['grants', 'data-gu', '/org/grants'],
  ['handovers', 'data-gu', '/org/handovers'],
  ['vacancies', 'data-gu', '/org/vacancies'],
  ['account', 'data-gu', '/account'],
]

let town: Town
beforeAll(async () => {
  town = await Town.open()
})
afterAll(() => town?.close())

describe('every page', () => {
  it('opens without a script error or an axe violation, and shows itself for the documents', async () => {
    const desks = new Map<string, Awaited<ReturnType<Town['official']>>>()
    for (const [name, login, path] of PAGES) {
      const desk = desks.get(login) ?? (await town.official(login))
      desks.set(login, desk)
      await desk.goto(path)
      expect(await desk.page.locator('h1').count(), `${path} has a heading`).toBeGreaterThan(0)
      await desk.look(name)
    }
  })

  it('shows the log-in page with what is wrong in Chinese', async () => {
    const phone = await town.phone()
    await phone.page.setViewportSize({ width: 1440, height: 900 })
    await phone.page.goto(`${town.url}/console/login`)
    await phone.page.getByRole('textbox', { name: '账号' }).fill('md-chen')
    await phone.page.getByRole('textbox', { name: '密码' }).fill('wrong-password')
    await phone.page.getByRole('button', { name: '登录', exact: true }).click()
    await phone.page.getByText('账号或密码不对').waitFor()
    await phone.look('log-in')
  })
})
