import { randomUUID } from 'node:crypto'
import { Readable } from 'node:stream'
import fc from 'fast-check'
import type { FastifyInstance } from 'fastify'
import sharp from 'sharp'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { StaffActor } from '#platform/access/actor.ts'
import { openSession } from '#platform/auth/session.store.ts'
import { seedCalendar } from '#platform/calendar/seed-calendar.ts'
import { pathParams, type Route } from '#platform/contract/route.ts'
import { createKeyRing } from '#platform/crypto/key-ring.ts'
import { registerCounty } from '#platform/db/counties.ts'
import { sql } from '#platform/db/db.ts'
import { migrateCounty, readMigrations } from '#platform/db/migrate.ts'
import { Pool } from '#platform/db/pool.ts'
import { fileRoomOf } from '#platform/files/files.raw.ts'
import { attachFiles, receiveUpload } from '#platform/files/uploads.ts'
import { allRoutes, cookieNames } from '#platform/http/server.ts'
import { keyPath } from '#platform/module/house.ts'
import { findCase, type LoadedCase } from '#platform/process/case.store.ts'
import { maySee } from '#platform/process/engine.ts'
import { type TestCounty, withTestCounty } from '#platform/testing/test-county.ts'

const COUNTY = '320506'
const TOWN = '320506103'
const VILLAGE = '320506103001'
const OTHER_TOWN = '320506100'
const MISSING = 999_999_999
const MISSING_UUID = '00000000-0000-4000-8000-000000000000'
const CSRF = 'a-token-of-this-browser'

// biome-ignore lint/suspicious/noExplicitAny: answers of every shape
type Answer = { status: number; body: any; text: string }
interface Person {
  accountId: number
  headers: Record<string, string>
}

let county: TestCounty
let app: FastifyInstance
let leave: () => void
let left: Promise<void>
let routes: Route[]
/** An official without any post or grant. */
let nobody: Person
/** Holds every permission in the whole county. */
let everything: Person
/** Administers units, accounts and grants of one town and nothing else. */
let townAdmin: Person

beforeAll(
  () =>
    new Promise<void>((ready, fail) => {
      left = withTestCounty(
        async (made) => {
          county = made
          app = await county.app()
          routes = allRoutes(county.house)
          nobody = await newOfficial('nobody-at-all', [])
          const spaces = new Set([...county.services.permissions].map((name) => `${name.split('.')[0]}.*`))
          everything = await newOfficial('every-permission', [...spaces], COUNTY)
          townAdmin = await newOfficial(
            'town-admin',
            ['org.*', 'access.*', 'grid.*', 'loop.callback.*', 'loop.report.*', 'knowledge.*', 'city_hotline.*'],
            TOWN,
          )
          ready()
          await new Promise<void>((resolve) => {
            leave = resolve
          })
        },
        { at: '2026-10-12T02:00:00Z' },
      )
      left.catch(fail)
    }),
)

afterAll(() => {
  leave?.()
  return left
})

async function newOfficial(login: string, permissions: string[], division = COUNTY): Promise<Person> {
  await county.inCounty(async (tx) => {
    const now = county.clock.now()
    const { rows } = await sql<{ id: number }>`
      insert into auth_account (login, display_name, password_hash, created_at)
      values (${login}, ${login}, 'none', ${now}) returning id`.execute(tx)
    for (const permission of permissions)
      await sql`
        insert into access_grant (account_id, permission, division_code, reason, valid_from)
        values (${rows[0]!.id}, ${permission}, ${division}, '测试', ${new Date(0)})`.execute(tx)
    await sql`update access_revision set revision = revision + 1`.execute(tx)
  })
  county.house.forget()
  return enter(login)
}

/** A session as a log-in leaves it, without the password work. */
async function enter(login: string): Promise<Person> {
  return county.inCounty(async (tx) => {
    const { rows } = await sql<{ id: number }>`select id from auth_account where login = ${login}`.execute(tx)
    const accountId = rows[0]!.id
    const { token } = await openSession(tx, accountId, county.clock.now(), null, null)
    const names = cookieNames('test')
    return {
      accountId,
      headers: { cookie: `${names.session}=${token}; ${names.csrf}=${CSRF}`, 'x-yiti-csrf': CSRF },
    }
  })
}

interface Schema {
  type?: string | string[]
  const?: unknown
  anyOf?: Schema[]
  pattern?: string
  format?: string
  minLength?: number
  minimum?: number
  minItems?: number
  items?: Schema
  required?: string[]
  properties?: Record<string, Schema>
}

/** The least value that a schema accepts, so that a refusal is never one of the input's shape. */
function least(schema: Schema): unknown {
  if (schema.const !== undefined) return schema.const
  if (schema.anyOf) return least(schema.anyOf[0]!)
  switch (Array.isArray(schema.type) ? schema.type[0] : schema.type) {
    case 'object':
      return Object.fromEntries((schema.required ?? []).map((name) => [name, least(schema.properties![name]!)]))
    case 'array':
      return Array.from({ length: schema.minItems ?? 0 }, () => least(schema.items!))
    case 'integer':
    case 'number':
      return Math.max(schema.minimum ?? 1, 1)
    case 'boolean':
      return true
    case 'string': {
      if (schema.format === 'uuid') return MISSING_UUID
      if (schema.format === 'date') return '2026-10-12'
      if (schema.format === 'date-time') return '2026-10-12T02:00:00Z'
      if (schema.pattern)
        return fc.sample(
          fc
            .stringMatching(new RegExp(schema.pattern))
            .filter((text) => text.length >= (schema.minLength ?? 0) && text.length <= 40),
          { numRuns: 1, seed: 1 },
        )[0]
      return 'x'.repeat(Math.max(schema.minLength ?? 1, 1))
    }
    default:
      return {}
  }
}

type Values = Record<string, unknown>

async function call(
  route: Route,
  headers: Record<string, string>,
  values: Values = {},
  county = 'test',
): Promise<Answer> {
  const input = { ...(least(route.input as Schema) as Values), ...values }
  const inPath = pathParams(route.path)
  const path = inPath.reduce(
    (text, name) => text.replace(`:${name}`, encodeURIComponent(String(input[name]))),
    route.path,
  )
  const rest = Object.fromEntries(Object.entries(input).filter(([name]) => !inPath.includes(name)))
  const query = route.method === 'GET' ? `?${new URLSearchParams(rest as Record<string, string>)}` : ''
  const boundary = 'yiti'
  const upload = `--${boundary}\r\ncontent-disposition: form-data; name="file"; filename="a.txt"\r\n\r\nx\r\n--${boundary}--\r\n`
  const answer = await app.inject({
    method: route.method,
    url: `/${county}/api/v1${path}${query}`,
    headers: { ...(route.upload ? { 'content-type': `multipart/form-data; boundary=${boundary}` } : {}), ...headers },
    ...(route.upload ? { payload: upload } : route.method === 'GET' ? {} : { payload: rest }),
  })
  let body: unknown = {}
  try {
    body = answer.json()
  } catch {
    // a file
  }
  return { status: answer.statusCode, body, text: answer.body }
}

const withKey = (headers: Record<string, string>) => ({ ...headers, 'idempotency-key': randomUUID() })
const withoutCsrf = ({ cookie }: Record<string, string>) => ({ cookie: cookie! })
const routeNamed = (name: string) => routes.find((route) => route.name === name)!
const tell = (route: Route, answer: Answer) => `${route.name}: ${answer.status} ${answer.body.code ?? ''}`
/** What a stranger learns of an answer: everything but the id under which it is logged. */
const learned = ({ status, body, text }: Answer) => ({
  status,
  body: body.code ? { ...body, traceId: '' } : text,
})

describe('two counties', () => {
  it('a session of one is nothing in the other, under either name of the cookie', async () => {
    const pool = new Pool({ url: county.databaseUrl, max: 1 })
    try {
      await registerCounty(pool, { slug: 'other', name: '邻区', parentName: '苏州市', regionPrefix: '320507' })
      const modules = county.house.modules.map((module) => `${module.layer}/${module.name}`)
      const { county: other } = await migrateCounty(pool, 'other', readMigrations(modules))
      await pool.inCounty(other, (tx) => seedCalendar(tx, county.clock.now()))
    } finally {
      await pool.close()
    }
    await createKeyRing(keyPath(county.services.config, 'other'), { county: 'other', now: county.clock.now() })
    county.house.forget()
    const route = routeNamed('process.list_cases')
    expect((await call(route, everything.headers)).status).toBe(200)
    const token = everything.headers.cookie!.match(/yiti_session_test=([^;]+)/)![1]
    for (const name of [cookieNames('test').session, cookieNames('other').session]) {
      const answer = await call(route, { cookie: `${name}=${token}` }, {}, 'other')
      expect(tell(route, answer)).toBe('process.list_cases: 401 auth.log_in_first')
    }
  })
})

describe('cases', () => {
  type Name = 'mudu' | 'luzhi' | 'secret' | 'fire'
  interface Made {
    id: number
    number: string
    fileId: string
    loaded: LoadedCase
  }
  const made = {} as Record<Name, Made>
  let people: Record<string, Person>
  let line: string
  const PHONE = '19900005007'
  const WORD = '路灯不亮'

  async function report(villageCode: string, text: string): Promise<{ id: number; number: string }> {
    const answer = await call(
      routeNamed('loop.report_publicly'),
      { 'idempotency-key': randomUUID() },
      { text, villageCode, reporterName: '李文华', reporterPhone: PHONE },
    )
    expect(answer.status, answer.text).toBe(200)
    const { rows } = await county.inCounty((tx) =>
      sql<{ id: number }>`select id from process_case where number = ${answer.body.number}`.execute(tx),
    )
    return { id: rows[0]!.id, number: answer.body.number }
  }

  const actorOf = (person: Person): Promise<StaffActor> =>
    county.inCounty(async (tx) => {
      const org = county.house.modules.find((module) => module.actorOf)!
      return (await org.actorOf!(tx, person.accountId, county.clock.now()))!
    })

  beforeAll(async () => {
    const { rows } = await county.inCounty((tx) =>
      sql<{ code: string }>`
        select code from area_division where code like ${`${OTHER_TOWN}%`} and length(code) = 12
         order by code limit 1`.execute(tx),
    )
    const opened: Record<Name, { id: number; number: string }> = {
      mudu: await report(VILLAGE, `香溪花苑门口${WORD}`),
      luzhi: await report(rows[0]!.code, `甫里公园东侧${WORD}`),
      secret: await report(VILLAGE, `二楼有人打孩子，楼道${WORD}`),
      fire: await report(VILLAGE, `一楼从家里拉电线到楼道给电动车充电，${WORD}`),
    }
    const { directory } = await county.here()
    line = await county.inCounty(async (tx) => (await findCase(tx, opened.fire.id, false))!.case.lineCode!)
    expect(line).toBeTruthy()
    people = {
      everything,
      nobody,
      muduClerk: await enter('md-zhou'),
      luzhiClerk: await enter('lz-ma'),
      director: await enter('cmd-gao'),
      fireHandler: await enter('fire-sun'),
      takenPart: await newOfficial('took-part', []),
      named: await newOfficial('named-on-it', []),
      lineOnly: await newOfficial('line-only', []),
    }
    await county.inCounty(async (tx) => {
      await sql`update process_case set secrecy = 'secret' where id = ${opened.secret.id}`.execute(tx)
      await sql`update process_work_item set secrecy = 'secret' where case_id = ${opened.secret.id}`.execute(tx)
      const parties: [number, number | null, number | null, boolean][] = [
        [opened.luzhi.id, null, people.takenPart!.accountId, true],
        [opened.secret.id, null, people.named!.accountId, true],
        [opened.secret.id, null, people.takenPart!.accountId, false],
        [opened.mudu.id, directory.unitByCode(`${COUNTY}-fire`)!.id, null, false],
      ]
      for (const [caseId, unitId, accountId, named] of parties)
        await sql`
          insert into process_party (case_id, unit_id, account_id, role, named, since, town_code, village_code, grid_code,
              line_code)
          select id, ${unitId}::bigint, ${accountId}::bigint, 'test', ${named}, ${county.clock.now()}, town_code,
              village_code, grid_code, line_code
            from process_case where id = ${caseId}`.execute(tx)
      await sql`
        insert into access_grant (account_id, permission, division_code, line_code, reason, valid_from)
        values (${people.lineOnly!.accountId}, 'process.case.view', ${COUNTY}, ${line}, '测试', ${new Date(0)})`.execute(
        tx,
      )
      await sql`update access_revision set revision = revision + 1`.execute(tx)
    })
    county.house.forget()
    const photo = await sharp({ create: { width: 8, height: 8, channels: 3, background: '#7799aa' } })
      .jpeg()
      .toBuffer()
    const room = fileRoomOf(county.services, await county.here())
    const clerk = await actorOf(people.muduClerk!)
    for (const name of Object.keys(opened) as Name[]) {
      const { id, number } = opened[name]
      const file = await receiveUpload(room, Readable.from([photo]), { name: 'a.jpg', actor: clerk })
      const loaded = await county.inCounty(async (tx) => {
        await attachFiles(tx, [file.id], { kind: 'case', id }, clerk, county.clock.now())
        return (await findCase(tx, id, false))!
      })
      made[name] = { id, number, fileId: file.id, loaded }
    }
  })

  /** The cases somebody sees, by the rule that writes follow. */
  async function seenBy(person: Person): Promise<Name[]> {
    const actor = await actorOf(person)
    return (Object.keys(made) as Name[]).filter((name) => maySee(actor, made[name].loaded))
  }

  it('are seen inside the territory, on the line, by having taken part; secret ones by name or with the work in hand', async () => {
    const seen = Object.fromEntries(
      await Promise.all(Object.entries(people).map(async ([who, person]) => [who, await seenBy(person)])),
    )
    const onLine = (Object.keys(made) as Name[]).filter(
      (name) => name !== 'secret' && made[name].loaded.case.lineCode === line,
    )
    expect(seen).toMatchObject({
      everything: ['mudu', 'luzhi', 'fire'],
      nobody: [],
      muduClerk: ['mudu', 'secret', 'fire'],
      luzhiClerk: ['luzhi'],
      director: ['mudu', 'luzhi', 'fire'],
      takenPart: ['luzhi'],
      named: ['secret'],
      lineOnly: onLine,
    })
    expect(seen.fireHandler).toContain('mudu')
  })

  // Every route that takes a case: what it is asked, what somebody gets who sees it. Never 404 then.
  const single: Record<string, { values: (one: Made) => Values; missing: Values; sees: number[] }> = {
    'process.get_case': { values: ({ id }) => ({ id }), missing: { id: MISSING }, sees: [200] },
    // A version nobody has, so that nothing is ever done: refused for another reason than sight.
    'process.act': {
      values: ({ id }) => ({ id, action: 'accept', version: MISSING }),
      missing: { id: MISSING, action: 'accept', version: MISSING },
      sees: [403, 409],
    },
    // In a format that it does not come in: whoever may see it is told so.
    'documents.render_case': {
      values: ({ id }) => ({ id, template: 'case-file', format: 'docx' }),
      missing: { id: MISSING, template: 'case-file', format: 'docx' },
      sees: [422],
    },
    'files.download': { values: ({ fileId }) => ({ fileId }), missing: { fileId: MISSING_UUID }, sees: [200] },
    'loop.get_reporter': { values: ({ id }) => ({ id }), missing: { id: MISSING }, sees: [200] },
    'loop.similar_to_case': { values: ({ id }) => ({ id }), missing: { id: MISSING }, sees: [200] },
    'city_hotline.get_order_of_case': { values: ({ id }) => ({ id }), missing: { id: MISSING }, sees: [200] },
    // On a case of another flow: whoever sees it is told so.
    'mediation.get_parties': { values: ({ id }) => ({ id }), missing: { id: MISSING }, sees: [409] },
    'mediation.record_party': { values: ({ id }) => ({ id }), missing: { id: MISSING }, sees: [409] },
    'mediation.remove_party': { values: ({ id }) => ({ id }), missing: { id: MISSING }, sees: [409] },
    'consultation.get_pack': { values: ({ id }) => ({ id }), missing: { id: MISSING }, sees: [409] },
  }

  it.each(Object.entries(single))('%s: outside reads as absent, inside is answered', async (name, probe) => {
    const route = routeNamed(name)
    for (const [who, person] of Object.entries(people)) {
      const seen = await seenBy(person)
      const absent = await call(route, withKey(person.headers), probe.missing)
      expect(tell(route, absent)).toBe(`${name}: 404 platform.not_found`)
      for (const one of Object.keys(made) as Name[]) {
        const answer = await call(route, withKey(person.headers), probe.values(made[one]))
        if (seen.includes(one)) expect(probe.sees, `${who} ${one} ${tell(route, answer)}`).toContain(answer.status)
        else expect(learned(answer), `${who} ${one}`).toEqual(learned(absent))
      }
    }
  })

  it('cases named in a body or a query read the same', async () => {
    const naming = routes.filter((route) => 'caseId' in route.input.properties)
    expect(naming.map((route) => route.name).sort()).toEqual([
      'joint_review.list_panel',
      'loop.suggest',
      'notify.list_deliveries',
    ])
    for (const route of naming) {
      const { name } = route
      const absent = await call(route, everything.headers, { caseId: MISSING })
      expect(tell(route, absent)).toBe(`${name}: 404 platform.not_found`)
      expect(learned(await call(route, everything.headers, { caseId: made.secret.id }))).toEqual(learned(absent))
      expect((await call(route, everything.headers, { caseId: made.mudu.id })).status).toBe(200)
    }
  })

  it('list, count, search by number, text and phone, export, numbers and inbox show the same cases', async () => {
    const list = routeNamed('process.list_cases')
    for (const [who, person] of Object.entries(people)) {
      const seen = await seenBy(person)
      const numbers = seen.map((name) => made[name].number).sort()
      const found = async (values: Values) => {
        const { body } = await call(list, person.headers, { ...values, count: true })
        expect(body.count, who).toBe(body.items.length)
        return body.items.map((item: { number: string }) => item.number).sort()
      }
      expect(await found({}), who).toEqual(numbers)
      expect(await found({ q: WORD }), who).toEqual(numbers)
      expect(await found({ q: PHONE }), who).toEqual(numbers)
      for (const name of Object.keys(made) as Name[])
        expect(await found({ q: made[name].number }), `${who} ${name}`).toEqual(
          seen.includes(name) ? [made[name].number] : [],
        )
      const similar = await call(routeNamed('loop.find_similar'), person.headers, {
        text: `一楼从家里拉电线到楼道给电动车充电，${WORD}`,
        villageCode: VILLAGE,
      })
      if (similar.status === 200) {
        const alike: string[] = [...similar.body.duplicates, ...similar.body.past].map((each) => each.case.number)
        expect(
          alike.filter((number) => !numbers.includes(number)),
          who,
        ).toEqual([])
        if (seen.includes('fire')) expect(alike, who).toContain(made.fire.number)
      } else expect(tell(routeNamed('loop.find_similar'), similar), who).toContain('403')
      const exported = await call(routeNamed('process.export_cases'), person.headers, { format: 'csv' })
      expect(exported.status).toBe(200)
      expect([...exported.text.matchAll(/[A-Z]{2}-[A-Z]+-\d{8}-\d+/g)].map(String).sort(), who).toEqual(numbers)
      const totals = await call(routeNamed('process.get_numbers'), person.headers)
      expect(totals.body.total, who).toBe(seen.length)
      const inbox = await call(routeNamed('process.list_inbox'), person.headers)
      const waiting: number[] = inbox.body.items.map((item: { caseId: number }) => item.caseId)
      const ids = seen.map((name) => made[name].id)
      expect(
        waiting.filter((id) => !ids.includes(id)),
        who,
      ).toEqual([])
    }
  })

  it('a reporter’s number is masked until a purpose is stated, and not unmasked for who only looks on', async () => {
    const route = routeNamed('loop.get_reporter')
    const { id } = made.mudu
    const masked = await call(route, people.muduClerk!.headers, { id })
    expect(masked.text).not.toContain(PHONE)
    expect((await call(route, people.fireHandler!.headers, { id, purpose: '了解情况' })).status).toBe(403)
    const read = await call(route, people.muduClerk!.headers, { id, purpose: '回访核实' })
    expect(read.body.phone).toBe(PHONE)
    const { rows } = await county.inCounty((tx) =>
      sql<{ account_id: number; purpose: string }>`
        select account_id, purpose from access_person_read where case_id = ${id}`.execute(tx),
    )
    expect(rows).toEqual([{ account_id: people.muduClerk!.accountId, purpose: '回访核实' }])
  })

  it('the audit of an export says by whom, by what filters and how many, never what was searched for', async () => {
    await call(routeNamed('process.export_cases'), people.muduClerk!.headers, { format: 'csv', q: PHONE, open: 'true' })
    const { rows } = await county.inCounty((tx) =>
      sql<{ account_id: number; subject: string; outcome: string }>`
        select account_id, subject, outcome from command_audit where route = 'process.export_cases'
         order by id desc limit 1`.execute(tx),
    )
    expect(rows).toEqual([
      { account_id: people.muduClerk!.accountId, subject: expect.stringContaining('rows=3'), outcome: 'done' },
    ])
    expect(rows[0]!.subject).toContain('open=true')
    expect(rows[0]!.subject).not.toContain(PHONE)
  })

  it('every route with an id in its path has a case here or below', () => {
    const asking = routes.filter((route) => pathParams(route.path).length > 0).map((route) => route.name)
    const covered = new Set([...Object.keys(single), ...Object.keys(hidden), ...Object.keys(open)])
    for (const name of asking) expect(covered.has(name), `give this route a case: ${name}`).toBe(true)
    for (const name of covered) expect(asking, `no such route: ${name}`).toContain(name)
  })
})

/** Rows that only their owner or an administrator of their place sees: to others they read as absent. */
const hidden: Record<string, { outside: () => Promise<Values>; missing: Values; absent?: number }> = {
  'loop.record_callback': {
    outside: async () => ({ id: await callbackAway(), outcome: 'busy' }),
    missing: { id: MISSING, outcome: 'busy' },
  },
  'loop.report_consultation': { outside: async () => ({ id: await questionAway() }), missing: { id: MISSING } },
  // Ending a session that is gone is no error; ending another's does as little.
  'auth.revoke_session': {
    outside: async () => ({ sessionId: await sessionOf(everything) }),
    missing: { sessionId: MISSING_UUID },
    absent: 200,
  },
  'org.withdraw_grant': { outside: async () => ({ grantId: (await away()).grantId }), missing: { grantId: MISSING } },
  ...Object.fromEntries(
    [
      'org.get_account',
      'org.change_account',
      'org.disable_account',
      'org.enable_account',
      'org.unlock_account',
      'org.create_reset_link',
      'org.sign_handover',
      'org.preview_handover',
    ].map((name) => [name, { outside: async () => ({ id: (await away()).accountId }), missing: { id: MISSING } }]),
  ),
  ...Object.fromEntries(
    ['roster.get_log', 'roster.list_log_cases', 'roster.sign_log', 'roster.take_log', 'roster.render_log'].map(
      (name) => {
        const more = {
          ...(name.endsWith('cases') ? { number: 'open' } : {}),
          ...(name.endsWith('render_log') ? { format: 'pdf' } : {}),
        }
        return [
          name,
          { outside: async () => ({ logId: (await rosterAway()).log, ...more }), missing: { logId: MISSING, ...more } },
        ]
      },
    ),
  ),
  'roster.answer_swap': {
    outside: async () => ({ swapId: (await rosterAway()).swap, answer: 'agreed' }),
    missing: { swapId: MISSING, answer: 'agreed' },
  },
  'roster.end_absence': {
    outside: async () => ({ absenceId: (await rosterAway()).absence }),
    missing: { absenceId: MISSING },
  },
  ...Object.fromEntries(
    ['city_hotline.get_order', 'city_hotline.ask_return', 'city_hotline.ask_extension'].map((name) => {
      const more = {
        ...(name.includes('ask') ? { reason: '不是本镇职责范围' } : {}),
        ...(name.endsWith('extension') ? { until: '2026-11-12T02:00:00Z' } : {}),
      }
      return [
        name,
        { outside: async () => ({ orderId: await cityOrderAway(), ...more }), missing: { orderId: MISSING, ...more } },
      ]
    }),
  ),
  // The exchange with the city is the whole county's.
  'city_hotline.resend_message': {
    outside: async () => ({ messageId: 1 }),
    missing: { messageId: MISSING },
    absent: 403,
  },
  ...Object.fromEntries(
    ['city_hotline.get_run', 'city_hotline.mend', 'city_hotline.export_run'].map((name) => [
      name,
      { outside: async () => ({ runId: await cityRun() }), missing: { runId: MISSING }, absent: 403 },
    ]),
  ),
  ...Object.fromEntries(
    ['grid.get_grid', 'grid.change_facts', 'grid.settle_grid'].map((name) => [
      name,
      { outside: async () => ({ code: await gridAway() }), missing: { code: `${TOWN}999999` } },
    ]),
  ),
  ...Object.fromEntries(
    ['grid.get_change', 'grid.get_effect', 'grid.save_change', 'grid.publish_change', 'grid.withdraw_change'].map(
      (name) => [name, { outside: async () => ({ id: await changeAway() }), missing: { id: MISSING } }],
    ),
  ),
  ...Object.fromEntries(
    ['get_import', 'check_import', 'start_import', 'cancel_import', 'resume_import', 'download_errors'].map((name) => [
      `orders.${name}`,
      { outside: async () => ({ id: await importAway() }), missing: { id: MISSING } },
    ]),
  ),
}

/** An import of the whole county. */
async function importAway(): Promise<number> {
  return county.inCounty(async (tx) => {
    const { rows } = await sql<{ id: number }>`
      insert into imports_import (consumer, account_id, division, file_name, file_digest, format, titles, state, row_count,
        chunk_count, created_at)
      values ('orders', ${everything.accountId}, ${COUNTY}, 'a.csv', ${Buffer.alloc(32)}, 'csv', '[]', 'staged', 0, 0,
        ${county.clock.now()})
      returning id`.execute(tx)
    return rows[0]!.id
  })
}

/** What every official may read; `change` is refused out of one's place. */
const open: Record<string, { why: string; change?: () => Promise<Values> }> = {
  'knowledge.get_article': { why: 'articles are open to every official' },
  'knowledge.retire_article': { why: 'articles hold in the whole county; nothing of a place is in the id' },
  'knowledge.judge_article': { why: 'every official who reads an article may say that it helped or is wrong' },
  'knowledge.settle_feedback': { why: 'articles hold in the whole county; nothing of a place is in the id' },
  'process.get_definition': { why: 'how cases run is open to every official' },
  'process.publish_definition': { why: 'definitions hold in the whole county; nothing of a place is in the id' },
  'calendar.get_year': { why: 'the calendar is open' },
  'calendar.announce_year': { why: 'the calendar holds in the whole county' },
  'calendar.withdraw_year': { why: 'the calendar holds in the whole county' },
  'calendar.check_year': { why: 'the calendar holds in the whole county' },
  'calendar.put_local_day': { why: 'the calendar holds in the whole county' },
  'calendar.remove_local_day': { why: 'the calendar holds in the whole county' },
  'calendar.undo_change': { why: 'the calendar holds in the whole county' },
  'org.get_unit': { why: 'units are open to every official' },
  'org.change_unit': { why: 'units are open', change: async () => ({ id: (await away()).unitId }) },
  'org.retire_unit': { why: 'units are open', change: async () => ({ id: (await away()).unitId }) },
  'org.create_post': { why: 'units are open', change: async () => ({ unitId: (await away()).unitId }) },
  'org.retire_post': { why: 'posts are open', change: async () => ({ postId: (await away()).postId }) },
  'org.appoint': { why: 'posts are open', change: async () => ({ postId: (await away()).postId }) },
  'org.end_holding': { why: 'who holds a post is open', change: async () => ({ holdingId: (await away()).holdingId }) },
  'roster.get_week': { why: 'who is on duty is open to every official' },
  'roster.export_roster': { why: 'who is on duty is open to every official' },
  'roster.copy_last_week': { why: 'a week is no row; each desk is asked for its unit' },
  'roster.list_candidates': { why: 'desks are open; the roster only by who keeps it' },
  'roster.save_week': { why: 'desks are open; the roster only by who keeps it' },
  'roster.set_desk': { why: 'desks are open; the roster only by who keeps it' },
  'roster.ask_swap': { why: 'who is on duty is open; only the own shift is given away' },
  'roster.name_backup': { why: 'posts are open; who stands in is named by who keeps the roster' },
  'roster.preview_mode': { why: 'modes hold in the whole county and are open to read' },
  'roster.change_mode': { why: 'modes hold in the whole county and are open to read' },
  'roster.switch_mode_on': { why: 'modes hold in the whole county and are open to read' },
  'roster.switch_mode_off': { why: 'modes hold in the whole county and are open to read' },
  'duties.get_class': { why: 'classes are open to every official' },
  'duties.change_class': { why: 'duties hold in the whole county and are open to read' },
  'duties.end_item': { why: 'duties hold in the whole county and are open to read' },
  'duties.end_ruling': { why: 'rulings hold in the whole county and are open to read' },
  'duties.get_edition': { why: 'published versions are open to every official, drafts to who keeps the list' },
  'duties.edition_file': {
    why: 'duties hold in the whole county',
    change: async () => ({ editionId: await edition() }),
  },
  'duties.publish_edition': {
    why: 'duties hold in the whole county',
    change: async () => ({ editionId: await edition(), documentNumber: '吴编办〔2026〕1 号', validFrom: '2027-01-04' }),
  },
  'duties.withdraw_edition': {
    why: 'duties hold in the whole county',
    change: async () => ({ editionId: await edition() }),
  },
  'duties.undo_edition': {
    why: 'duties hold in the whole county',
    change: async () => ({ editionId: await edition(), documentNumber: '吴编办〔2026〕1 号', validFrom: '2027-01-04' }),
  },
  'duties.try_history': {
    why: 'duties hold in the whole county',
    change: async () => ({ editionId: await edition() }),
  },
}

const sessionOf = ({ accountId }: Person) =>
  county.inCounty(async (tx) => {
    const { rows } = await sql<{ id: string }>`
      select id::text as id from auth_session where account_id = ${accountId} and revoked_at is null limit 1`.execute(
      tx,
    )
    return rows[0]!.id
  })

/** A unit, a post, a holding, its holder and a grant of another town than the administrator's. */
let awayRows: Promise<{ unitId: number; postId: number; holdingId: number; accountId: number; grantId: number }>
function away() {
  awayRows ??= county.inCounty(async (tx) => {
    const { rows } = await sql<{ unit: number; post: number; holding: number; account: number }>`
      select u.id as unit, p.id as post, h.id as holding, h.account_id as account
        from org_post_holding h join org_post p on p.id = h.post_id join org_unit u on u.id = p.unit_id
       where u.code = ${`${OTHER_TOWN}-command`} and h.until is null order by h.id limit 1`.execute(tx)
    const found = rows[0]!
    const granted = await sql<{ id: number }>`
      insert into access_grant (account_id, permission, division_code, reason, valid_from)
      values (${found.account}, 'process.case.view', ${OTHER_TOWN}, '测试', ${new Date(0)}) returning id`.execute(tx)
    return {
      unitId: found.unit,
      postId: found.post,
      holdingId: found.holding,
      accountId: found.account,
      grantId: granted.rows[0]!.id,
    }
  })
  return awayRows
}

/** A shift log, a swap and an absence of another town than the administrator's. */
let rosterRows: Promise<{ log: number; swap: number; absence: number }> | undefined
function rosterAway() {
  rosterRows ??= county.inCounty(async (tx) => {
    const now = county.clock.now()
    const desk = await sql<{ id: number; account: number }>`
      select d.id, h.account_id as account from roster_desk d join org_post p on p.unit_id = d.unit_id and p.role = d.role
        join org_post_holding h on h.post_id = p.id where d.town_code = ${OTHER_TOWN} order by h.id limit 1`.execute(tx)
    const { id, account } = desk.rows[0]!
    const other = await sql<{ id: number }>`select min(id) as id from auth_account where id <> ${account}`.execute(tx)
    const log = await sql<{ id: number }>`
      insert into roster_log (desk_id, day, shift_code, starts_at, ends_at, next_ends_at, on_duty, drafted_at)
      values (${id}, '2026-10-10', 'day', ${now}, ${now}, ${now}, ${[account]}::bigint[], ${now}) returning id`.execute(
      tx,
    )
    const swap = await sql<{ id: number }>`
      insert into roster_swap (desk_id, day, shift_code, asked_by, asked_of, reason, asked_at)
      values (${id}, '2026-12-01', 'day', ${account}, ${other.rows[0]!.id}, '测试', ${now}) returning id`.execute(tx)
    const absence = await sql<{ id: number }>`
      insert into roster_absence (account_id, kind, since, until, entered_at)
      values (${account}, 'trip', ${now}, ${new Date(now.getTime() + 86_400_000)}, ${now}) returning id`.execute(tx)
    return { log: log.rows[0]!.id, swap: swap.rows[0]!.id, absence: absence.rows[0]!.id }
  })
  return rosterRows
}

/** A grid of another town than the administrator's, and a change drafted there. */
const gridAway = () =>
  county.inCounty(async (tx) => {
    const { rows } = await sql<{ code: string }>`
      select code from area_division where level = 15 and starts_with(code, ${OTHER_TOWN}) order by code limit 1`.execute(
      tx,
    )
    return rows[0]!.code
  })

/** A call-back and a question of another town than the administrator's. */
const callbackAway = () =>
  county.inCounty(async (tx) => {
    const { rows } = await sql<{ id: number }>`
      insert into loop_callback (case_id, reason, state, most_tries, town_code, asked_at, not_before)
      select max(id), 'sample', 'open', 3, ${OTHER_TOWN}, ${county.clock.now()}, ${county.clock.now()} from process_case
      on conflict (case_id) do update set reason = excluded.reason returning id`.execute(tx)
    return rows[0]!.id
  })

/** An order of the city whose case lies in another town. */
const cityOrderAway = () =>
  county.inCounty(async (tx) => {
    const { rows } = await sql<{ id: number }>`
      insert into city_hotline_order (number, kind, received_at, arrived_at, state, digest, payload_sealed, via)
      values ('SZ-AWAY', '求助', ${county.clock.now()}, ${county.clock.now()}, 'toSign', '-', ${Buffer.from('-')}, 'push')
      on conflict (number) do update set via = excluded.via returning id`.execute(tx)
    await sql`
      insert into city_hotline_round (order_id, round, case_id, opened_at)
      select ${rows[0]!.id}, 1, min(id), ${county.clock.now()} from process_case where town_code = ${OTHER_TOWN}
      on conflict do nothing`.execute(tx)
    return rows[0]!.id
  })

const cityRun = () =>
  county.inCounty(async (tx) => {
    const { rows } = await sql<{ id: number }>`
      insert into city_hotline_run (day, at, via, ours, theirs, sent, differing)
      values ('2026-10-12', ${county.clock.now()}, 'api', 0, 0, 0, 0) returning id`.execute(tx)
    return rows[0]!.id
  })

const questionAway = () =>
  county.inCounty(async (tx) => {
    const { rows } = await sql<{ id: number }>`
      insert into knowledge_consultation (at, channel, outcome, question, question_sealed, town_code)
      values (${county.clock.now()}, 'phone', 'unanswered', '助餐点几点开门', ${Buffer.from('-')}, ${OTHER_TOWN})
      returning id`.execute(tx)
    return rows[0]!.id
  })

let awayChange: Promise<number> | undefined
function changeAway() {
  awayChange ??= county.inCounty(async (tx) => {
    const { rows } = await sql<{ id: number }>`
      insert into grid_change (kind, state, title, reason, town_code, plan, created_by, created_at, updated_at, edited_by)
      values ('draw', 'draft', '别镇的调整', '测试', ${OTHER_TOWN}, '[]', ${everything.accountId}, ${county.clock.now()},
        ${county.clock.now()}, ${[everything.accountId]}::bigint[]) returning id`.execute(tx)
    return rows[0]!.id
  })
  return awayChange
}

let draftEdition: Promise<number> | undefined
/** A draft of the duty book. */
function edition() {
  draftEdition ??= county.inCounty(async (tx) => {
    const { rows } = await sql<{ id: number }>`
      insert into duties_edition (kind, state, title, document_number, valid_from, sheets, target, changes, problems, created_at)
      values ('import', 'draft', '测试', '吴编办〔2026〕1 号', '2027-01-04', '[{"kind": "items", "titles": [], "rows": []}]', '{}', '[]',
        '[]', ${county.clock.now()}) returning id`.execute(tx)
    return rows[0]!.id
  })
  return draftEdition
}

describe('administration', () => {
  it.each(Object.entries(hidden))('%s: out of one’s place reads as absent', async (name, probe) => {
    const route = routeNamed(name)
    const absent = await call(route, withKey(townAdmin.headers), probe.missing)
    expect(absent.status, tell(route, absent)).toBe(probe.absent ?? 404)
    const outside = await call(route, withKey(townAdmin.headers), await probe.outside())
    expect(learned(outside), tell(route, outside)).toEqual(learned(absent))
    // Whatever was said, nothing was done.
    expect((await call(routeNamed('auth.get_me'), everything.headers)).status).toBe(200)
  })

  it.each(Object.entries(open).filter(([, { change }]) => change))(
    '%s: what is open to read is not open to change',
    async (name, { change }) => {
      const route = routeNamed(name)
      const answer = await call(route, withKey(townAdmin.headers), await change!())
      expect(answer.status, tell(route, answer)).toBe(403)
    },
  )

  it('duties and calendar of the whole county are not for an administrator of one town', async () => {
    const town = await newOfficial('town-duties', ['duties.*'], TOWN)
    const { rows } = await county.inCounty((tx) =>
      sql<{ code: string; item: number; ruling: number }>`
        select (select min(code) from duties_class) as code,
          (select min(id) from duties_item where valid_to is null) as item,
          (select min(id) from duties_ruling) as ruling`.execute(tx),
    )
    const { code, item, ruling } = rows[0]!
    for (const [name, values] of [
      ['duties.change_class', { code }],
      ['duties.end_item', { itemId: item, validTo: '2027-01-01', documentNumber: '吴编办〔2026〕1 号' }],
      ['duties.end_ruling', { rulingId: ruling }],
      ['duties.edition_file', { editionId: await edition() }],
      ['duties.withdraw_edition', { editionId: await edition(), reason: '试' }],
      ['duties.try_history', { editionId: await edition() }],
    ] as const) {
      const route = routeNamed(name)
      const answer = await call(route, withKey(town.headers), values)
      expect(tell(route, answer)).toBe(`${name}: 403 platform.forbidden`)
    }
  })
})

// Last, because the public routes among them leave cases behind.
describe('every route', () => {
  it('says who may knock, and a permission that exists or why none is asked', () => {
    expect(routes.length).toBeGreaterThan(60)
    for (const route of routes) {
      expect(['public', 'staff'], route.name).toContain(route.audience)
      if (route.permission === null) expect(route.why, route.name).toBeTruthy()
      else expect(county.services.permissions, route.name).toContain(route.permission)
    }
  })

  it('of the staff is closed without a session, and of the public open', async () => {
    for (const route of routes) {
      const answer = await call(route, { 'idempotency-key': randomUUID() })
      if (route.audience === 'staff') expect(tell(route, answer)).toBe(`${route.name}: 401 auth.log_in_first`)
      else {
        expect(answer.body.code, route.name).not.toBe('auth.log_in_first')
        expect(answer.status, route.name).toBeLessThan(500)
      }
    }
  })

  it('of the staff tells a stranger nothing of its shape: what is sent wrong reads 401 as well', async () => {
    for (const route of routes.filter((candidate) => candidate.audience === 'staff')) {
      const closed = `${route.name}: 401 auth.log_in_first`
      const wrong = { nonsense: 'x', ...Object.fromEntries(pathParams(route.path).map((name) => [name, 'x'])) }
      expect(tell(route, await call(route, {}, wrong))).toBe(closed)
      if (route.method === 'GET') continue
      for (const [type, payload] of [
        ['application/json', '{"broken'],
        ['application/x-unheard-of', 'x'],
      ]) {
        const url = `/test/api/v1${route.path.replaceAll(/:[a-zA-Z]+/g, 'x')}`
        const answer = await app.inject({ method: route.method, url, headers: { 'content-type': type }, payload })
        expect(`${route.name}: ${answer.statusCode} ${answer.json().code}`).toBe(closed)
      }
    }
  })

  it('that asks a permission refuses who has none before it looks at what was sent', async () => {
    for (const route of routes.filter((candidate) => candidate.permission !== null))
      expect(tell(route, await call(route, withKey(nobody.headers), { nonsense: 'x' }))).toBe(
        `${route.name}: 403 platform.forbidden`,
      )
  })

  it('takes neither a made-up session, nor an ended one, nor one of a disabled account', async () => {
    const route = routeNamed('process.list_cases')
    const names = cookieNames('test')
    expect((await call(route, { cookie: `${names.session}=${'x'.repeat(43)}` })).status).toBe(401)
    const gone = await newOfficial('left-last-year', ['process.*'])
    expect((await call(route, gone.headers)).status).toBe(200)
    await county.inCounty(async (tx) => {
      await sql`update auth_account set disabled_at = ${county.clock.now()} where id = ${gone.accountId}`.execute(tx)
      await sql`update access_revision set revision = revision + 1`.execute(tx)
    })
    expect((await call(route, gone.headers)).status).toBe(401)
    const out = await newOfficial('logged-out', ['process.*'])
    expect((await call(routeNamed('auth.log_out'), withKey(out.headers))).status).toBe(200)
    expect((await call(route, out.headers)).status).toBe(401)
  })

  it('that asks a permission refuses who has none', async () => {
    const asking = routes.filter((route) => route.permission !== null)
    expect(asking.length).toBeGreaterThan(20)
    for (const route of asking)
      expect(tell(route, await call(route, withKey(nobody.headers)))).toBe(`${route.name}: 403 platform.forbidden`)
  })

  it('that is not a GET refuses a staff session without its CSRF token, and any foreign origin', async () => {
    for (const route of routes.filter((candidate) => candidate.method !== 'GET')) {
      if (route.audience === 'staff') {
        const bare = await call(route, withKey(withoutCsrf(everything.headers)))
        expect(tell(route, bare)).toBe(`${route.name}: 403 platform.csrf`)
        const wrong = await call(route, withKey({ ...everything.headers, 'x-yiti-csrf': 'guess' }))
        expect(tell(route, wrong)).toBe(`${route.name}: 403 platform.csrf`)
      }
      for (const origin of ['https://evil.example', 'null']) {
        const headers = route.audience === 'staff' ? everything.headers : {}
        const foreign = await call(route, withKey({ ...headers, origin }))
        expect(tell(route, foreign)).toBe(`${route.name}: 403 platform.csrf`)
      }
    }
  })

  it('that changes something asks for an idempotency key', async () => {
    for (const { route } of county.house.commands) {
      const headers = route.audience === 'staff' ? everything.headers : {}
      expect(tell(route, await call(route, headers))).toBe(`${route.name}: 400 platform.idempotency_key_needed`)
      const short = await call(route, { ...headers, 'idempotency-key': 'short' })
      expect(tell(route, short)).toBe(`${route.name}: 400 platform.idempotency_key_needed`)
    }
  })

  it('answers 404 in a county that does not exist, before anything else', async () => {
    for (const route of routes)
      expect(tell(route, await call(route, withKey(everything.headers), {}, 'nowhere'))).toBe(
        `${route.name}: 404 platform.not_found`,
      )
  })
})
