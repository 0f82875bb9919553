import { type ChildProcess, spawn } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import axe from 'axe-core'
import pg from 'pg'
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core'
import { expect, inject } from 'vitest'
import { createKeyRing } from '#platform/crypto/key-ring.ts'
import { TEST_COUNTY, withDatabase } from '#platform/testing/test-database.ts'

const ROOT = join(import.meta.dirname, '../..')
const SHOTS = join(ROOT, 'docs/screenshots')
export const PASSWORD = 'Yiti-demo-2026'

/** A served county with a browser: what every journey plays in. */
export class Town {
  readonly url: string
  readonly #browser: Browser
  readonly #server: ChildProcess
  readonly #varDir: string
  readonly #database: string
  readonly #serverUrl: string
  readonly #open: BrowserContext[] = []

  private constructor(parts: {
    url: string
    browser: Browser
    server: ChildProcess
    varDir: string
    database: string
    serverUrl: string
  }) {
    this.url = parts.url
    this.#browser = parts.browser
    this.#server = parts.server
    this.#varDir = parts.varDir
    this.#database = parts.database
    this.#serverUrl = parts.serverUrl
  }

  /** Starts `yiti serve` as a process of its own on a clone of the migrated template. */
  static async open(): Promise<Town> {
    const serverUrl = inject('serverUrl')
    const database = `yiti_test_${process.ppid}_${randomUUID().slice(0, 8)}`
    await admin(serverUrl, `create database ${database} template ${inject('template')}`)
    const varDir = mkdtempSync(join(tmpdir(), 'yiti-e2e-'))
    await createKeyRing(join(varDir, 'keys', `${TEST_COUNTY.slug}.json`), { county: TEST_COUNTY.slug, now: new Date() })
    const port = await freePort()
    const server = spawn(process.execPath, [join(ROOT, 'apps/server/yiti.ts'), 'serve', '--port', String(port)], {
      env: {
        ...process.env,
        YITI_VAR: varDir,
        DATABASE_URL: withDatabase(serverUrl, database),
        YITI_LOG_LEVEL: 'warn',
      },
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    })
    const url = `http://127.0.0.1:${port}/${TEST_COUNTY.slug}`
    await up(`http://127.0.0.1:${port}/health/ready`)
    const browser = await chromium.launch({
      executablePath: process.env.CHROMIUM_PATH ?? '/usr/bin/chromium',
      args: [
        '--headless',
        '--no-sandbox',
        '--disable-gpu',
        '--disable-quic',
        '--no-first-run',
        '--disable-background-networking',
        '--disable-component-update',
        '--disable-sync',
      ],
    })
    return new Town({ url, browser, server, varDir, database, serverUrl })
  }

  async close(): Promise<void> {
    for (const context of this.#open) await context.close().catch(() => {})
    await this.#browser.close()
    this.#server.kill('SIGTERM')
    await new Promise((resolve) => this.#server.once('exit', resolve))
    await admin(this.#serverUrl, `drop database if exists ${this.#database} with (force)`)
    rmSync(this.#varDir, { recursive: true, force: true })
  }

  /** An official at the desk, logged in through the log-in page. */
  async official(login: string): Promise<Desk> {
    const context = await this.#browser.newContext({
      viewport: { width: 1440, height: 900 },
      locale: 'zh-CN',
      acceptDownloads: true,
    })
    this.#open.push(context)
    const page = await context.newPage()
    const desk = new Desk(page, `${this.url}/console`, login)
    await desk.logIn()
    return desk
  }

  /** A phone without any log-in. */
  async phone(): Promise<Phone> {
    const context = await this.#browser.newContext({
      viewport: { width: 390, height: 844 },
      deviceScaleFactor: 2,
      isMobile: true,
      hasTouch: true,
      locale: 'zh-CN',
    })
    this.#open.push(context)
    return new Phone(await context.newPage(), `${this.url}/m`)
  }
}

/** A page with what every journey asks of it: no script error, no axe violation, a picture of it. */
class Face {
  readonly page: Page
  readonly base: string
  readonly errors: string[] = []

  constructor(page: Page, base: string) {
    this.page = page
    this.base = base
    page.setDefaultTimeout(30_000)
    page.on('pageerror', (error) => this.errors.push(String(error)))
  }

  async goto(path: string): Promise<void> {
    await this.page.goto(`${this.base}${path}`)
    await this.settled()
  }

  /** Network at rest and skeletons gone. */
  async settled(): Promise<void> {
    await this.page.waitForLoadState('networkidle', { timeout: 15_000 }).catch(() => {})
    await this.page
      .waitForFunction(() => document.querySelectorAll('[aria-busy="true"]').length === 0, undefined, {
        timeout: 15_000,
      })
      .catch(() => {})
  }

  /** Takes the picture that the documents show and runs axe; neither a violation nor a script error may be left. */
  async look(name: string): Promise<void> {
    await this.settled()
    await this.page.screenshot({ path: join(SHOTS, `${name}.png`), animations: 'disabled' })
    // What lies half under a fixed bar is judged where one would look at it.
    await this.page.evaluate(() => window.scrollTo(0, document.body.scrollHeight))
    await this.page.evaluate(axe.source)
    const found = await this.page.evaluate(async () => {
      // biome-ignore lint/suspicious/noExplicitAny: axe puts itself on the window
      const result = await (window as any).axe.run(document, {
        runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'],
      })
      return (result.violations as { id: string; nodes: { html: string; failureSummary?: string }[] }[]).map(
        ({ id, nodes }) =>
          `${id}: ${nodes
            .slice(0, 3)
            .map((node) => `${node.html.slice(0, 160)} — ${node.failureSummary?.slice(0, 200)}`)
            .join(' | ')}`,
      )
    })
    expect(found, `axe on ${name}`).toEqual([])
    expect(this.errors, `script errors on ${name}`).toEqual([])
  }
}

export class Desk extends Face {
  readonly login: string
  constructor(page: Page, base: string, login: string) {
    super(page, base)
    this.login = login
  }

  async logIn(): Promise<void> {
    await this.page.goto(`${this.base}/login`)
    await this.page.getByRole('textbox', { name: '账号' }).fill(this.login)
    await this.page.getByRole('textbox', { name: '密码' }).fill(PASSWORD)
    await this.page.getByRole('button', { name: '登录', exact: true }).click()
    await this.page.getByRole('heading', { name: '待办' }).waitFor()
  }

  /** Finds a case by number through the search box, as one would. */
  async openCase(number: string): Promise<void> {
    await this.page.goto(`${this.base}/cases?q=${encodeURIComponent(number)}`)
    await this.page.getByText(number).first().waitFor()
    await this.page.locator('main a[href*="/cases/"]').first().click()
    await this.page.getByRole('heading', { name: '办理经过' }).waitFor()
    await this.settled()
  }

  /** Presses an action and, where it has a form, fills it by the labels that are shown. */
  async act(action: string, fields: Record<string, string> = {}): Promise<void> {
    const bar = this.page.getByRole('region', { name: '可办操作' })
    const button = bar.getByRole('button', { name: action, exact: true })
    if ((await button.count()) > 0) await button.click()
    else {
      await bar.getByRole('button', { name: '更多操作' }).click()
      await this.page.getByRole('menuitem', { name: action, exact: true }).click()
    }
    const form = this.page.getByRole('dialog')
    await Promise.race([form.waitFor(), button.waitFor({ state: 'hidden' })])
    if (await form.isVisible()) {
      for (const [label, value] of Object.entries(fields)) await this.fill(label, value)
      await form.getByRole('button', { name: action, exact: true }).click()
      await form.waitFor({ state: 'hidden' })
    }
    await button.waitFor({ state: 'hidden' })
    await this.settled()
  }

  async fill(label: string, value: string): Promise<void> {
    const form = this.page.getByRole('dialog')
    const field = form.getByLabel(label)
    // A choice among few is a group of buttons whose words are what one clicks.
    if ((await field.count()) === 0) {
      await form.getByText(value, { exact: true }).first().click()
      return
    }
    const role = await field.first().getAttribute('role')
    if (role === 'combobox') {
      for (const one of value.split('；')) {
        await field.first().fill(one)
        await this.page.locator('.ant-select-item-option', { hasText: one }).first().click()
      }
      await this.page.keyboard.press('Escape').catch(() => {})
      return
    }
    if (role === 'radiogroup' || (await field.first().evaluate((node) => node.tagName)) === 'FIELDSET') {
      await form.getByText(value, { exact: true }).click()
      return
    }
    await field.first().fill(value)
  }

  /** The state that the head of the case shows. */
  async expectState(text: string): Promise<void> {
    await this.page.getByText(text).first().waitFor({ timeout: 10_000 })
  }
}

export class Phone extends Face {}

async function admin(url: string, text: string): Promise<void> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    await client.query(text)
  } finally {
    await client.end()
  }
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer()
    probe.once('error', reject)
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address()
      probe.close(() => resolve(typeof address === 'object' && address ? address.port : 0))
    })
  })
}

async function up(url: string): Promise<void> {
  for (let attempt = 0; attempt < 150; attempt++) {
    const answer = await fetch(url).catch(() => undefined)
    if (answer?.ok) return
    await sleep(200)
  }
  throw new Error('the server did not come up')
}
