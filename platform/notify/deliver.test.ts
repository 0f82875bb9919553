import { createHmac, timingSafeEqual } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { loadConfig } from '#platform/config/config.ts'
import { sql } from '#platform/db/db.ts'
import { runDueJobs } from '#platform/jobs/jobs.ts'
import { type Delivery, deliver } from '#platform/notify/deliver.ts'
import { countCases, pageOfCases } from '#platform/process/case-list.ts'
import { startCase } from '#platform/process/engine.ts'
import { logInAs } from '#platform/testing/log-in-as.ts'
import { TestRelay } from '#platform/testing/smtp-relay.ts'
import { type TestCounty, withTestCounty } from '#platform/testing/test-county.ts'

const PHONE = '13900001234'
const SECRET = 'test-secret-0123456789abcdef'
const SMS: Delivery = { channel: 'sms', target: PHONE, kind: 'loop.replied', params: { number: 'WZ-MD-1' } }

interface Call {
  headers: IncomingHttpHeaders
  body: string
}

/** A provider that answers what the test says, one answer after the other; the last one stays. */
class Provider {
  readonly calls: Call[] = []
  answers: { status?: number; body?: string; silent?: boolean }[] = []
  readonly #server: Server

  constructor() {
    this.#server = createServer((request, response) => {
      const chunks: Buffer[] = []
      request.on('data', (chunk: Buffer) => chunks.push(chunk))
      request.on('end', () => {
        this.calls.push({ headers: request.headers, body: Buffer.concat(chunks).toString('utf8') })
        const answer = this.answers.length > 1 ? this.answers.shift()! : (this.answers[0] ?? {})
        if (answer.silent) return
        response.writeHead(answer.status ?? 200, { location: 'http://127.0.0.1:1/elsewhere' }).end(answer.body ?? '{}')
      })
    })
  }

  async open(): Promise<string> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve))
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/in`
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections()
    await new Promise((resolve) => this.#server.close(resolve))
  }
}

let provider = new Provider()
afterEach(() => provider.close())

/** A county whose house reads its providers from the file that `settings` becomes. */
function withProvider(
  settings: (url: string) => unknown,
  work: (county: TestCounty) => Promise<void>,
  flags: { demo?: boolean } = {},
) {
  return withTestCounty(async (county) => {
    provider = new Provider()
    const file = join(county.varDir, 'delivery.json')
    writeFileSync(file, JSON.stringify(settings(await provider.open())))
    const { varDir, databaseUrl } = county
    const config = loadConfig(
      {
        YITI_VAR: varDir,
        DATABASE_URL: databaseUrl,
        YITI_DELIVERY: file,
        HOOK_SECRET: SECRET,
        SMS_TOKEN: 'sms-token-1',
      },
      flags,
    )
    Object.assign(county.services, { config })
    await work(county)
  })
}

const send = (county: TestCounty, ...deliveries: Delivery[]) =>
  county.asSystem(async (context) => {
    for (const delivery of deliveries) await deliver(context, delivery)
  })
/** One round of jobs: what fails is put off and not tried again here. */
async function work(county: TestCounty): Promise<void> {
  for (let round = 0; round < 20; round++)
    if ((await runDueJobs(county.services, await county.here(), county.house.handlers)) === 0) return
}
const rowsOf = (county: TestCounty) =>
  county.inCounty(async (tx) => {
    const { rows } = await sql<{ channel: string; outcome: string; detail: string | null; tries: number }>`
      select channel, outcome, detail, tries from notify_delivery order by id`.execute(tx)
    return rows
  })

const sms = (url: string, more: object = {}) => ({
  // biome-ignore lint/suspicious/noTemplateCurlyInString: so are references to secrets written
  headers: { Authorization: 'Bearer ${env:SMS_TOKEN}' },
  url,
  body: { to: ['{target}'], tpl: '{template}', sign: '{county}', args: '{params}', text: '{text}', ref: '{id}', n: 1 },
  accepts: { path: 'result.code', is: ['OK', 0] },
  templates: { 'loop.replied': 'T-9' },
  timeoutSeconds: 1,
  ...more,
})
const OK = { body: '{"result":{"code":"OK"}}' }

describe('a text message', () => {
  it('fills the body that the configuration gives, and is sent once', () =>
    withProvider(
      (url) => ({ counties: { test: { sms: sms(url) } } }),
      async (county) => {
        provider.answers = [OK]
        await send(county, SMS)
        await work(county)
        await work(county)
        expect(provider.calls).toHaveLength(1)
        const { name } = (await county.here()).county
        expect(provider.calls[0]!.headers.authorization).toBe('Bearer sms-token-1')
        expect(JSON.parse(provider.calls[0]!.body)).toEqual({
          to: [PHONE],
          tpl: 'T-9',
          sign: name,
          args: { number: 'WZ-MD-1' },
          text: `【${name}】您反映的事项（编号 WZ-MD-1）已有办理结果，请凭查询码查看。`,
          ref: 'yiti-test-1',
          n: 1,
        })
        expect(await rowsOf(county)).toEqual([{ channel: 'sms', outcome: 'sent', detail: null, tries: 1 }])
      },
    ))

  it('that passes by for now is tried again later under the same id, and holds up no other', () =>
    withProvider(
      (url) => ({ all: { sms: sms(url) } }),
      async (county) => {
        provider.answers = [
          { status: 503, body: `busy ${PHONE}` },
          { body: '{"result":{"code":"LIMIT"}}' },
          { silent: true },
          OK,
        ]
        await send(county, SMS)
        for (const [tries, detail] of [
          [1, 'http_503'],
          [2, 'not_accepted'],
          [3, 'timeout'],
        ] as const) {
          await work(county)
          expect(await rowsOf(county)).toEqual([{ channel: 'sms', outcome: 'failed', detail, tries }])
          county.clock.advance(3_600_000)
        }
        const kept = await county.inCounty(async (tx) => {
          const { rows } = await sql<{ last_error: string }>`select last_error from job_job`.execute(tx)
          return rows
        })
        expect(kept).toEqual([{ last_error: 'not delivered: timeout' }])
        await send(county, { ...SMS, params: { number: 'WZ-MD-2' } })
        await work(county)
        expect((await rowsOf(county)).map((row) => row.outcome)).toEqual(['sent', 'sent'])
        const ids = provider.calls.map((call) => JSON.parse(call.body).ref)
        expect(ids.filter((id) => id === 'yiti-test-1')).toHaveLength(4)
        expect(ids.filter((id) => id === 'yiti-test-2')).toHaveLength(1)
      },
    ))

  it('already sent is not sent again when a job beside it fails and the batch begins anew', () =>
    withProvider(
      (url) => ({ all: { sms: sms(url) } }),
      async (county) => {
        provider.answers = [OK, { status: 500 }, { status: 500 }]
        await send(county, SMS, { ...SMS, params: { number: 'WZ-MD-2' } })
        await work(county)
        const ids = provider.calls.map((call) => JSON.parse(call.body).ref)
        expect(ids.filter((id) => id === 'yiti-test-1')).toHaveLength(1)
        expect((await rowsOf(county)).map((row) => row.outcome)).toEqual(['sent', 'failed'])
      },
    ))

  it('that is refused, redirected or for no mobile number is given up at once', () =>
    withProvider(
      (url) => ({ all: { sms: sms(url) } }),
      async (county) => {
        provider.answers = [{ status: 400 }, { status: 307 }]
        await send(county, SMS, SMS, { ...SMS, target: '0512-66251234' })
        await work(county)
        expect(provider.calls).toHaveLength(2)
        expect((await rowsOf(county)).map(({ outcome, detail }) => [outcome, detail])).toEqual([
          ['refused', 'http_400'],
          ['refused', 'http_307'],
          ['refused', 'not_a_mobile'],
        ])
      },
    ))
})

describe('an e-mail', () => {
  it('goes through the relay of the county', async () => {
    const relay = await TestRelay.open({ offers: [] })
    try {
      await withProvider(
        () => ({
          all: {
            email: { host: '127.0.0.1', port: relay.port, security: 'none', from: '一体 <noreply@yiti.example>' },
          },
        }),
        async (county) => {
          await send(county, { ...SMS, channel: 'email', target: 'office@town.example' })
          await work(county)
          expect(await rowsOf(county)).toMatchObject([{ channel: 'email', outcome: 'sent' }])
          const [head, body] = relay.messages[0]!.split('\r\n\r\n') as [string, string]
          expect(head).toContain('To: office@town.example')
          expect(head).toContain('Message-ID: <yiti-test-1@yiti.example>')
          expect(Buffer.from(body, 'base64').toString('utf8')).toContain('WZ-MD-1')
        },
      )
    } finally {
      await relay.close()
    }
  })
})

describe('a webhook', () => {
  it('gets signed references of notices, and nothing of what a case says', () =>
    withProvider(
      // biome-ignore lint/suspicious/noTemplateCurlyInString: so are references to secrets written
      (url) => ({ all: { webhook: { url, secret: '${env:HOOK_SECRET}' } } }),
      async (county) => {
        const accounts = await county.inCounty(async (tx) => {
          const { rows } = await sql<{ id: number; login: string }>`
            select id, login from auth_account where login in ('md-chen', 'md-zhou') order by id`.execute(tx)
          return rows
        })
        await county.asSystem(async ({ pending }) => {
          pending.jobs.push({
            kind: 'notify.in_app',
            payload: {
              accountIds: accounts.map(({ id }) => id),
              kind: 'process.escalate',
              params: { number: 'WZ-MD-1', title: '路灯不亮', level: 2, clock: 'handle' },
            },
          })
        })
        await work(county)
        expect(provider.calls).toHaveLength(1)
        const { headers, body } = provider.calls[0]!
        expect(JSON.parse(body)).toEqual({
          type: 'process.escalate',
          timestamp: county.clock.now().toISOString(),
          data: {
            county: 'test',
            logins: accounts.map(({ login }) => login),
            caseId: null,
            number: 'WZ-MD-1',
            level: 2,
          },
        })
        const [version, signature] = String(headers['webhook-signature']).split(',') as [string, string]
        const signed = `${headers['webhook-id']}.${headers['webhook-timestamp']}.${body}`
        expect(version).toBe('v1')
        expect(
          timingSafeEqual(Buffer.from(signature, 'base64'), createHmac('sha256', SECRET).update(signed).digest()),
        ).toBe(true)
        expect(Number(headers['webhook-timestamp']) * 1000).toBe(county.clock.now().getTime())
      },
    ))
})

describe('without a provider', () => {
  it('nothing is said to have been sent: the case and the list tell it, to those who see the case', () =>
    withProvider(
      () => ({}),
      async (county) => {
        const [told, untold] = await county.asSystem(async (context) => {
          const start = (title: string) =>
            startCase(context, {
              definitionKey: 'report',
              title,
              source: 'grid',
              townCode: '320506103',
              villageCode: null,
              gridCode: null,
              form: { text: title },
            })
          return [await start('路灯不亮'), await start('井盖缺失')]
        })
        await county.settle()
        await send(county, { ...SMS, caseId: told!.id })
        await work(county)
        expect(await rowsOf(county)).toEqual([{ channel: 'sms', outcome: 'not_configured', detail: null, tries: 1 }])
        const chief = await logInAs(county, 'md-chen')
        expect(await chief.get(`/deliveries?caseId=${told!.id}`)).toMatchObject({
          items: [{ channel: 'sms', outcome: 'not_configured', kind: 'loop.replied' }],
        })
        expect(JSON.stringify(await chief.get(`/deliveries?caseId=${told!.id}`))).not.toContain(PHONE)
        expect(await chief.get(`/deliveries?caseId=${untold!.id}`)).toEqual({ items: [] })
        expect((await chief.raw('GET', '/deliveries?caseId=999999')).status).toBe(404)
        const elsewhere = await logInAs(county, 'lz-shen')
        expect((await elsewhere.raw('GET', `/deliveries?caseId=${told!.id}`)).status).toBe(404)
        await county.asSystem(async (context) => {
          const page = await pageOfCases(context, { undelivered: true }, null, 10)
          expect(page.rows.map(({ id }) => id)).toEqual([told!.id])
          expect(await countCases(context, { undelivered: true })).toEqual({ count: 1, capped: false })
        })
      },
    ))

  it('the demo writes a file, with the number masked', () =>
    withProvider(
      () => ({}),
      async (county) => {
        await send(county, SMS)
        await work(county)
        expect(await rowsOf(county)).toMatchObject([{ outcome: 'sent' }])
        const text = await readFile(join(county.varDir, 'outgoing', 'test', 'sms.jsonl'), 'utf8')
        expect(JSON.parse(text)).toMatchObject({ to: '139****1234', kind: 'loop.replied' })
        expect(text).not.toContain(PHONE)
      },
      { demo: true },
    ))
})
