import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Desk, Town, written } from './support/town.ts'

let town: Town
const desks = new Map<string, Desk>()

/** One log-in for all the pages that a person opens here. */
async function deskOf(login: string): Promise<Desk> {
  const desk = desks.get(login) ?? (await town.official(login))
  desks.set(login, desk)
  return desk
}

beforeAll(async () => {
  town = await Town.open(written)
})
afterAll(() => town?.close())

/** Pages that the menu and the tabs lead to; `in` follows the first link of the list to what stands behind it. */
const PAGES: readonly { name: string; login: string; path: string; in?: [name: string, link: string] }[] = [
  { name: 'cases', login: 'cmd-gao', path: '/cases' },
  { name: 'numbers', login: 'cmd-gao', path: '/numbers' },
  { name: 'duties', login: 'data-gu', path: '/duties' },
  { name: 'rulings', login: 'data-gu', path: '/duties/rulings' },
  { name: 'classes', login: 'data-gu', path: '/duties/classes', in: ['class', 'a.t[href*="/duties/classes/"]'] },
  { name: 'processes', login: 'data-gu', path: '/processes' },
  { name: 'units', login: 'data-gu', path: '/org', in: ['unit', 'a.t:has-text("集成指挥中心")'] },
  { name: 'accounts', login: 'data-gu', path: '/org/accounts' },
  { name: 'grants', login: 'data-gu', path: '/org/grants' },
  { name: 'handovers', login: 'data-gu', path: '/org/handovers' },
  { name: 'vacancies', login: 'data-gu', path: '/org/vacancies' },
  { name: 'account', login: 'data-gu', path: '/account' },
]

describe('every page of the desk', () => {
  for (const { name, login, path, in: inner } of PAGES)
    it(`${path} opens, is whole and shows itself for the documents`, async () => {
      const desk = await deskOf(login)
      await desk.goto(path)
      await desk.look(name)
      if (!inner) return
      await desk.page.locator(inner[1]).first().click()
      await desk.page.waitForURL((url) => !url.pathname.endsWith(path))
      await desk.look(inner[0])
    })

  it('what a caller tells is recognised while the clerk types', async () => {
    const desk = await deskOf('md-zhou')
    await desk.goto('/loop/report')
    await desk.fill(
      desk.page.locator('main'),
      '发生了什么',
      '市民来电：金枫路路灯坏了三盏，晚上一片黑，老人不敢出门散步。',
    )
    await desk.fill(desk.page.locator('main'), '来源', '市 12345')
    await desk.fill(desk.page.locator('main'), '村（社区）', '金枫社区')
    await desk.page.getByText('公用设施—路灯').first().waitFor()
    await desk.look('report-by-staff')
  })

  it('the preview says where a class would go, and why', async () => {
    const desk = await deskOf('data-gu')
    await desk.goto('/duties/preview')
    await desk.fill(desk.page.locator('main'), '类别', '飞线充电')
    await desk.fill(desk.page.locator('main'), '镇街', '木渎镇')
    await desk.page.getByRole('button', { name: '看派到哪里' }).click()
    await desk.page.locator('main').getByText('消防救援大队').first().waitFor()
    await desk.look('routing-preview')
  })

  it('the inbox of a chief is full of what is due next', async () => {
    const desk = await deskOf('md-chen')
    await desk.goto('/')
    await desk.page.locator('tr.item').nth(9).waitFor()
    await desk.look('inbox')
    await desk.page.locator('tr.item input[type=checkbox]').first().check()
    await desk.look('inbox-chosen')
    await desk.page.keyboard.press('Escape')
    await desk.page.getByRole('button', { name: /通知|消息/ }).click()
    await desk.look('news')
  })

  it('a case tells what was said, where, and each hop of its way', async () => {
    const desk = await deskOf('fire-he')
    await desk.openCase('消防通道被电瓶车占满')
    await desk.page.locator('.y-photos img').first().waitFor()
    await desk.look('case')
    await desk.page.getByRole('link', { name: '流程图' }).click()
    await desk.page.waitForURL(/\/processes\/\d+/)
    await desk.page.locator('.react-flow__node').first().waitFor()
    await desk.look('process-of-case')
  })

  it('a joint review shows its opinions and scores once they are open', async () => {
    const desk = await deskOf('approval-tang')
    await desk.goto('/cases?definition=joint_review&open=no')
    await desk.page.locator('main a[href*="/cases/"]').first().click()
    await desk.page.getByRole('heading', { name: '办理经过' }).waitFor()
    await desk.look('joint-review-case')
  })

  it('a local day and new office hours: what they would move is told before, and undone afterwards', async () => {
    const desk = await deskOf('data-gu')
    const { page } = desk
    await desk.goto('/calendar')
    await page.getByRole('button', { name: '本级调整一天' }).click()
    const form = page.getByRole('dialog')
    // A working day in the coming weeks, so that running deadlines lie on both sides of it.
    const calendar = JSON.parse((await desk.ask('/calendar/years/2026')).text) as {
      dates: { date: string; workday: boolean }[]
    }
    const today = new Date().toISOString().slice(0, 10)
    const date = calendar.dates.filter((day) => day.workday && day.date > today)[1]?.date ?? '2026-12-24'
    await pickDate(desk, '日期', date)
    await desk.fill(form, '这一天', '放假')
    await desk.fill(form, '原因', '台风停工')
    await desk.fill(form, '依据文件', '吴政办发〔2026〕31 号（演示）')
    const effect = form.getByRole('region', { name: '对在办时限的影响' })
    await effect.getByText(/个推后|个提前/).waitFor()
    await desk.look('calendar-day')
    // Closed by mistake: what was typed is there again.
    await page.keyboard.press('Escape')
    await form.waitFor({ state: 'hidden' })
    await page.getByRole('button', { name: '本级调整一天' }).click()
    await form.getByText(/已恢复/).waitFor()
    await form.getByRole('button', { name: '保存并重算时限' }).click()
    await form.waitFor({ state: 'hidden' })
    const record = page.getByRole('complementary')
    await record.getByText(`${date} 改为放假（台风停工）`).waitFor()
    await desk.look('calendar')

    await page.getByRole('button', { name: '调整办公时间' }).click()
    await form.getByRole('textbox', { name: '第 2 段上班时间' }).fill('1400')
    await form.getByRole('textbox', { name: '第 2 段下班时间' }).fill('18')
    await desk.fill(form, '依据文件', '吴政办发〔2026〕32 号（演示）')
    await effect.getByText(/个推后|个提前/).waitFor()
    await desk.look('office-hours')
    await form.getByRole('button', { name: '保存并重算时限' }).click()
    await form.waitFor({ state: 'hidden' })
    await record.getByText('09:00–12:00，14:00–18:00', { exact: true }).waitFor()

    for (const what of ['办公时间 09:00–12:00，14:00–18:00', '改为放假（台风停工）']) {
      await record.getByRole('button', { name: new RegExp(`^撤销 .*${what}`) }).click()
      await effect.getByText(/在办时限/).waitFor()
      await form.getByRole('button', { name: '保存并重算时限' }).click()
      await form.waitFor({ state: 'hidden' })
      await desk.settled()
    }
    await record.getByText('本年度没有本级调整').waitFor()
    expect(await record.getByText('已撤销').count()).toBe(2)
  })

  it('a flow is drawn, listed and edited', async () => {
    const desk = await deskOf('data-gu')
    await desk.goto('/processes')
    await desk.page.locator('main a.t').filter({ hasText: '联合会审' }).first().click()
    await desk.page.locator('.react-flow__node').first().waitFor()
    await desk.look('process')
    await desk.page.getByRole('button', { name: '表格' }).click()
    await desk.look('process-tables')
    await desk.page.getByRole('button', { name: '定义数据' }).click()
    await desk.look('process-editor')
  })

  it('an account, and what would be handed over when its person leaves', async () => {
    const desk = await deskOf('data-gu')
    await desk.goto('/org/accounts?q=th-ma')
    await desk.page.locator('a.t[href*="/org/accounts/"]').first().click()
    await desk.page.waitForURL(/\/org\/accounts\/\d+$/)
    await desk.look('account-of-person')
    await desk.page.locator('a[href$="/handover"]').click()
    await desk.page.waitForURL(/\/handover$/)
    await desk.look('handover')
  })

  it('a page that is not there says so', async () => {
    const desk = await deskOf('data-gu')
    await desk.goto('/nowhere')
    await desk.look('not-found')
  })

  it('log-in says in Chinese what is wrong', async () => {
    const desk = await town.desk()
    await desk.page.goto(`${desk.base}/login`)
    await desk.page.getByRole('textbox', { name: '账号' }).fill('md-chen')
    await desk.page.getByRole('textbox', { name: '密码' }).fill('wrong-password')
    await desk.page.getByRole('button', { name: '登录', exact: true }).click()
    await desk.page.getByText('账号或密码不对').waitFor()
    await desk.look('log-in')
  })
})

describe('every page of the phone', () => {
  it('home, large type, report, follow, about', async () => {
    const phone = await town.phone()
    await phone.goto('/')
    await phone.look('mobile-home-first')
    await phone.goto('/follow')
    await phone.look('mobile-follow-empty')
    await phone.goto('/about')
    await phone.look('mobile-about')
    await phone.goto('/nowhere')
    await phone.look('mobile-not-found')
    await phone.goto('/')
    await phone.page.getByRole('button', { name: '大字版' }).click()
    await phone.look('mobile-elder')
    await phone.goto('/report')
    await phone.look('mobile-elder-report')
  })
})

describe('a phone without a network', () => {
  it('opens the pages, keeps a report, and sends it once with the time at which it was finished', async () => {
    const phone = await town.phone()
    const { page } = phone
    await phone.goto('/')
    await page.waitForFunction(() => navigator.serviceWorker.controller !== null)
    await page.context().setOffline(true)
    await page.goto(`${phone.base}/report`)
    await page.getByRole('heading', { name: '报事' }).waitFor()
    const text = '香溪花苑 3 幢楼下的路灯三天不亮了，晚上看不清台阶。'
    await page.getByLabel('说一句发生了什么').fill(text)
    await page.getByRole('button', { name: '提交' }).click()
    await page.getByText('已存在这部手机上，等网络').waitFor()
    await phone.look('mobile-offline')
    const finished = Date.now()
    // The browser was closed meanwhile.
    await page.goto(`${phone.base}/report`)
    await page.getByText('已存在这部手机上，等网络').waitFor()
    expect(await page.getByLabel('说一句发生了什么').inputValue()).toBe(text)
    await page.context().setOffline(false)
    await page.waitForURL(/\/sent\//)
    await page.getByText('您报的事已经收到').waitFor()

    const number = decodeURIComponent(page.url().split('/').at(-1)!)
    const desk = await deskOf('cmd-gao')
    const found = JSON.parse((await desk.ask(`/cases?q=${number}`)).text) as { items: { id: number }[] }
    expect(found.items).toHaveLength(1)
    const { trace } = JSON.parse((await desk.ask(`/cases/${found.items[0]!.id}`)).text) as {
      trace: { at: string; deviceAt: string | null }[]
    }
    const { at, deviceAt } = trace[0]!
    expect(Date.parse(deviceAt!)).toBeLessThanOrEqual(finished)
    expect(Date.parse(at)).toBeGreaterThan(Date.parse(deviceAt!))
  })
})

describe('twice as large', () => {
  it('the inbox and a case stay whole at 200 %', async () => {
    const desk = await town.official('md-chen', { viewport: { width: 720, height: 450 }, deviceScaleFactor: 2 })
    await desk.check('inbox at 200 %')
    await desk.look('inbox-zoomed')
    await desk.openCase('香溪花苑')
    await desk.look('case-zoomed')
    await desk.goto('/cases')
    await desk.check('cases at 200 %')
  })
})

describe('in English', () => {
  it('no Chinese wording is left in the frame, the menus and the heads of pages', async () => {
    const desk = await town.official('md-chen')
    const { page } = desk
    await page.locator('button.y-who').click()
    await page.getByRole('menuitem', { name: 'English' }).click()
    await page.getByRole('heading', { name: 'To do' }).waitFor()
    await desk.look('inbox-english')
    for (const path of ['/', '/cases', '/numbers', '/processes', '/calendar', '/account', '/duties', '/org']) {
      await desk.goto(path)
      expect(await chineseWording(desk), `Chinese words on ${path}`).toEqual([])
    }
  })

  it('a case, its trace and the forms of its actions are in English too, as is the list with its conditions', async () => {
    const desk = await town.official('fire-he')
    const { page } = desk
    await page.locator('button.y-who').click()
    await page.getByRole('menuitem', { name: 'English' }).click()
    await page.getByRole('heading', { name: 'To do' }).waitFor()
    await desk.goto(`/cases?q=${encodeURIComponent('消防通道被电瓶车占满')}`)
    await page.locator('main a[href*="/cases/"]').first().click()
    await page.locator('.y-actbar button').first().waitFor()
    await desk.settled()
    expect(await chineseWording(desk, CASE_WORDS), 'Chinese words on a case').toEqual([])
    await desk.look('case-english')

    const actions = await page.locator('.y-actbar button').allInnerTexts()
    const opened: string[] = []
    for (const name of actions) {
      await page.locator('.y-actbar').getByRole('button', { name, exact: true }).click()
      const form = page.getByRole('dialog').filter({ has: page.locator('[data-field]') })
      if (
        !(await form.waitFor({ timeout: 3000 }).then(
          () => true,
          () => false,
        ))
      ) {
        await page.keyboard.press('Escape')
        continue
      }
      await desk.settled()
      expect(await chineseWording(desk, FORM_WORDS), `Chinese words in the form of ${name}`).toEqual([])
      opened.push(name)
      await page.keyboard.press('Escape')
      await form.waitFor({ state: 'hidden' })
      if (opened.length === 2) break
    }
    expect(opened, `of ${actions.join(', ')}`).toHaveLength(2)
  })
})

describe('the list of cases', () => {
  it('is narrowed by chips that stand in the address, by keyboard, and cleared by one click', async () => {
    const desk = await deskOf('cmd-gao')
    const { page } = desk
    await desk.goto('/cases')
    const shown = async () => Number(/共 (\d+)/.exec(await page.locator('.y-data-foot').innerText())?.[1])
    const all = await shown()
    const chip = (name: string) => page.locator('.y-data-bar').getByRole('button', { name: new RegExp(`^${name}`) })

    await chip('状态').focus()
    await page.keyboard.press('Enter')
    const typed = page.getByRole('searchbox', { name: '在状态中查找' })
    await typed.fill('待立案')
    await page.keyboard.press('Enter')
    await page.waitForURL(/state=/)
    await desk.settled()
    const closed = await shown()
    expect(closed).toBeGreaterThan(0)
    expect(closed).toBeLessThan(all)

    await page.getByRole('button', { name: '更多条件' }).click()
    await page.getByRole('menuitem', { name: '来源' }).click()
    await page.getByRole('menuitemradio', { name: '居民上报' }).click()
    await page.waitForURL(/source=resident/)
    await chip('上报时间').click()
    await page.getByRole('button', { name: '今年', exact: true }).click()
    await page.waitForURL(/from=\d{4}-01-01/)
    await desk.settled()
    await desk.look('cases-narrowed')
    // The link is the list: another window shows the same.
    const link = page.url()
    const narrowed = (await page.locator('.y-data-foot').count()) ? await shown() : 0
    expect(narrowed).toBeLessThanOrEqual(closed)
    await desk.goto('/')
    await page.goto(link)
    await desk.settled()
    expect((await page.locator('.y-data-foot').count()) ? await shown() : 0).toBe(narrowed)

    await page.getByRole('button', { name: '清除条件' }).first().click()
    await page.waitForURL((url) => url.search === '')
    await desk.settled()
    expect(await shown()).toBe(all)
  })
})

const PAGE_WORDS =
  'nav.y-nav a, nav.y-nav h2, nav.y-nav footer, main h1, th[scope=col], .y-tabs a, .y-pagehead button.y-btn, label'
/** Of a case: heads of its parts, labels of what was filled in, actions, and why some are not open. Its title is data. */
const CASE_WORDS = 'main h2, main dt, .y-actbar button, .y-actbar .why, .y-trace h3, .y-back'
const FORM_WORDS = '[role=dialog] label, [role=dialog] legend, [role=dialog] button, [role=dialog] h2'

/** Types a date into its field as one does, and leaves the field. */
async function pickDate(desk: Desk, label: string, date: string): Promise<void> {
  const box = desk.page.getByRole('dialog').getByRole('textbox', { name: label })
  await box.fill(date)
  await box.press('Enter')
}

/** Words of the house in Chinese: navigation, headings, columns, buttons, placeholders. Data is not asked. */
function chineseWording(desk: Desk, where = PAGE_WORDS): Promise<string[]> {
  return desk.page.evaluate((where) => {
    const found = new Set<string>()
    const take = (text: string | null) => {
      if (text && /\p{Script=Han}/u.test(text)) found.add(text.trim().slice(0, 60))
    }
    for (const node of document.querySelectorAll(where)) {
      // What stands small beside a heading is data.
      for (const part of node.querySelectorAll('small')) part.setAttribute('hidden', '')
      take((node as HTMLElement).innerText)
      for (const part of node.querySelectorAll('small')) part.removeAttribute('hidden')
    }
    for (const node of document.querySelectorAll('input[placeholder]')) take(node.getAttribute('placeholder'))
    return [...found]
  }, where)
}
