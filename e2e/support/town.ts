import { type ChildProcess, spawn } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { mkdtempSync, rmSync, statSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import axe from 'axe-core'
import pg from 'pg'
import {
  type Browser,
  type BrowserContext,
  type BrowserContextOptions,
  chromium,
  type Locator,
  type Page,
} from 'playwright-core'
import { expect, inject } from 'vitest'
import { loadJointReviews } from '#modules/services/joint-review/demo/load-joint-reviews.ts'
import { loadWrittenCases } from '#modules/services/loop/demo/load-written-cases.ts'
import type { CountyServices } from '#platform/command/services.ts'
import { loadConfig } from '#platform/config/config.ts'
import { createKeyRing } from '#platform/crypto/key-ring.ts'
import { sql } from '#platform/db/db.ts'
import type { Pool } from '#platform/db/pool.ts'
import { createLog } from '#platform/logs/log.ts'
import { House } from '#platform/module/house.ts'
import { loadModules } from '#platform/module/load-modules.ts'
import type { DemoLoad } from '#platform/module/module.ts'
import { TEST_COUNTY, withDatabase } from '#platform/testing/test-database.ts'

const ROOT = join(import.meta.dirname, '../..')
const SHOTS = join(ROOT, 'docs/screenshots')
export const PASSWORD = 'Yiti-demo-2026'

/** What a journey does to its county before anybody opens a page. */
export type Prepare = (load: DemoLoad, pool: Pool, here: CountyServices) => Promise<void>

/** The written cases and joint reviews of the demo county. */
export const written: Prepare = async (load) => {
  await loadWrittenCases(load)
  await loadJointReviews(load)
}

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

  /** Starts `yiti serve` as a process of its own on a clone of the migrated template, filled as `prepare` says. */
  static async open(prepare?: Prepare): Promise<Town> {
    const serverUrl = inject('serverUrl')
    const database = `yiti_test_${process.ppid}_${randomUUID().slice(0, 8)}`
    await admin(serverUrl, `create database ${database} template ${inject('template')}`)
    const varDir = mkdtempSync(join(tmpdir(), 'yiti-e2e-'))
    await createKeyRing(join(varDir, 'keys', `${TEST_COUNTY.slug}.json`), { county: TEST_COUNTY.slug, now: new Date() })
    const databaseUrl = withDatabase(serverUrl, database)
    // Pictures for the documents show the county by its name.
    await admin(databaseUrl, `update yiti.county set name = '吴中区' where slug = '${TEST_COUNTY.slug}'`)
    if (prepare) await fill(databaseUrl, varDir, prepare)
    const port = await freePort()
    const server = spawn(process.execPath, [join(ROOT, 'apps/server/yiti.ts'), 'serve', '--port', String(port)], {
      env: {
        ...process.env,
        YITI_VAR: varDir,
        DATABASE_URL: databaseUrl,
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

  /** A desk with nobody logged in; `options` for another size of window. */
  async desk(options: BrowserContextOptions = {}): Promise<Desk> {
    const context = await this.#browser.newContext({
      viewport: { width: 1440, height: 900 },
      locale: 'zh-CN',
      acceptDownloads: true,
      ...options,
    })
    this.#open.push(context)
    return new Desk(await context.newPage(), `${this.url}/console`)
  }

  /** An official at the desk, logged in through the log-in page. */
  async official(login: string, options: BrowserContextOptions = {}): Promise<Desk> {
    const desk = await this.desk(options)
    await desk.logIn(login)
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

  /** Skeletons gone, pictures drawn, nothing asked of the server for a moment. */
  async settled(): Promise<void> {
    await this.page.waitForLoadState('load')
    await this.page.waitForFunction(
      () =>
        document.querySelector('h1, [role="heading"]') !== null &&
        document.querySelectorAll('[aria-busy="true"]').length === 0 &&
        [...document.images].every((image) => image.complete || image.loading === 'lazy'),
    )
    await this.page.evaluate(() => document.fonts.ready)
    await this.#quiet()
  }

  /** No answer has come in for 150 ms; a stream of changes stays open and does not count. */
  async #quiet(): Promise<void> {
    await this.page.evaluate(
      () =>
        new Promise<void>((resolve) => {
          let seen = -1
          const timer = setInterval(() => {
            const now = performance.getEntriesByType('resource').length
            if (now === seen) {
              clearInterval(timer)
              resolve()
            }
            seen = now
          }, 150)
        }),
    )
  }

  /** Takes the picture that the documents show and checks the page. */
  async look(name: string): Promise<void> {
    await this.settled()
    const path = join(SHOTS, `${name}.png`)
    await this.page.screenshot({ path, animations: 'disabled' })
    expect(statSync(path).size, `size of ${name}.png`).toBeLessThan(400_000)
    await this.check(name)
  }

  /** Neither an axe violation nor a script error may be left, and the page never scrolls sideways. */
  async check(name: string): Promise<void> {
    await this.settled()
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
    const sideways = await this.page.evaluate(
      () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
    )
    await this.page.evaluate(() => window.scrollTo(0, 0))
    expect(found, `axe on ${name}`).toEqual([])
    expect(sideways, `sideways scroll on ${name}`).toBeLessThanOrEqual(0)
    expect(this.errors, `script errors on ${name}`).toEqual([])
  }
}

export class Desk extends Face {
  async logIn(login: string): Promise<void> {
    await this.page.goto(`${this.base}/login`)
    await this.page.getByRole('textbox', { name: '账号' }).fill(login)
    await this.page.getByRole('textbox', { name: '密码' }).fill(PASSWORD)
    await this.page.getByRole('button', { name: '登录', exact: true }).click()
    await this.page.getByRole('heading', { name: '待办' }).waitFor()
  }

  /** Finds a case by number or words through the list, as one would. */
  async openCase(words: string): Promise<void> {
    await this.goto(`/cases?q=${encodeURIComponent(words)}`)
    await this.page.locator('main a[href*="/cases/"]').first().click()
    await this.page.getByRole('heading', { name: '办理经过' }).waitFor()
    await this.settled()
  }

  /** The answer of the interface to this person, with the rights of this log-in. */
  async ask(path: string): Promise<{ status: number; text: string }> {
    const answer = await this.page.request.get(`${this.base.replace(/\/console$/, '/api/v1')}${path}`)
    return { status: answer.status(), text: await answer.text() }
  }

  /** Id of the case that is open. */
  get caseId(): number {
    return Number(/\/cases\/(\d+)/.exec(this.page.url())?.[1])
  }

  /** Presses an action, fills its form by the labels that are shown, and waits until the action is gone. */
  async act(action: string, fields: Record<string, string> = {}): Promise<void> {
    const bar = this.page.getByRole('region', { name: '可办操作' })
    const button = bar.getByRole('button', { name: action, exact: true })
    if ((await button.count()) > 0) await button.click()
    else {
      await bar.getByRole('button', { name: '更多操作' }).click()
      await this.page.getByRole('menuitem', { name: action, exact: true }).click()
    }
    const form = this.page.getByRole('dialog')
    await form.waitFor()
    for (const [label, value] of Object.entries(fields)) await this.fill(form, label, value)
    await form.getByRole('button', { name: action, exact: true }).click()
    await form.waitFor({ state: 'hidden' })
    await button.waitFor({ state: 'hidden' })
    await this.settled()
  }

  /** Fills one field of a form as a person does: types, picks, or finds and picks; several picks are divided by `；`. */
  async fill(form: Locator, label: string, value: string): Promise<void> {
    const field = form
      .locator('[data-field]')
      .filter({ has: this.page.locator('label, legend', { hasText: label }) })
      .first()
    if ((await field.evaluate((node) => node.tagName)) === 'FIELDSET') {
      await field.getByText(value, { exact: true }).click()
      return
    }
    const combobox = field.getByRole('combobox')
    if ((await combobox.count()) === 0) {
      await field.locator('input, textarea').first().fill(value)
      return
    }
    for (const one of value.split('；')) {
      await combobox.fill(one)
      await this.page.locator('.ant-select-item-option', { hasText: one }).first().click()
    }
    // A list that stays open for more choices would lie over what comes next.
    if ((await combobox.getAttribute('aria-expanded')) === 'true') await field.locator('label').click()
  }

  /** The state that the page shows. */
  async expectState(text: string): Promise<void> {
    await this.page.getByText(text).first().waitFor({ timeout: 10_000 })
  }
}

export class Phone extends Face {}

/** Runs `prepare` in a house of this process; the server starts only afterwards. */
async function fill(databaseUrl: string, varDir: string, prepare: Prepare): Promise<void> {
  const config = loadConfig({ YITI_VAR: varDir, DATABASE_URL: databaseUrl })
  const house = new House({ config, log: createLog({ level: 'warn' }), databaseUrl, modules: await loadModules() })
  try {
    const here = await house.countyBySlug(TEST_COUNTY.slug)
    const { pool } = house.services
    await prepare(
      {
        services: house.services,
        here,
        async actor(login) {
          const id = await pool.inCounty(here.county, async (tx) => {
            const { rows } = await sql<{ id: number }>`select id from auth_account where login = ${login}`.execute(tx)
            return rows[0]?.id
          })
          return id === undefined ? undefined : house.actorOf(here, id, -1)
        },
        progress: () => {},
        signal: new AbortController().signal,
      },
      pool,
      here,
    )
  } finally {
    await house.close()
  }
}

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
