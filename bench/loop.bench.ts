/**
 * Report lifecycles per second over public HTTP, everything on: shipped definition, classification, routing, audit,
 * evidence, idempotency, sessions. Server, database and load share this machine.
 *
 *   npm run -s bench -- loop --cases 1000000 --clients 16 --seconds 60
 *
 * One lifecycle: report (resident) → accept → file → dispatch → sign → feedback (by its people) → search by number, which
 * must show the new state. The store is kept in `var/bench` and reused; `--cases` grows it first.
 */
import { spawn } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { mkdirSync } from 'node:fs'
import { Agent, request } from 'node:http'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import pg from 'pg'
import { setUpCounties } from '#apps/server/counties.ts'
import { systemClock } from '#platform/clock/clock.ts'
import { loadConfig } from '#platform/config/config.ts'
import { sql } from '#platform/db/db.ts'
import { startEmbeddedPostgres } from '#platform/db/embedded/embedded-postgres.ts'
import { createLog } from '#platform/logs/log.ts'
import { House } from '#platform/module/house.ts'
import { loadModules } from '#platform/module/load-modules.ts'
import { seedCases } from './loop-seed.ts'

const ROOT = join(import.meta.dirname, '..')
const PASSWORD = 'Yiti-demo-2026'
const COUNTY = { slug: 'bench', name: '吴中区', parentName: '苏州市', regionPrefix: '320506', demo: true }

const TEXTS = [
  '小区门口的垃圾桶满了好几天没人清，苍蝇很多，请尽快处理',
  '路口有一盏路灯不亮，晚上过马路看不清',
  '楼道里有人从家里拉电线给电动车充电，晚上整夜插着',
  '菜场后巷的下水道堵了，脏水流到路面上',
  '沿街店铺把货摆到人行道上，推婴儿车过不去',
  '村口道路破损有一个大坑，骑车差点摔倒',
  '河面上漂着一片水草和塑料瓶',
  '工地半夜还在施工，吵得睡不着',
]

interface Session {
  cookie: string
  csrf: string
}

interface Answer {
  status: number
  // biome-ignore lint/suspicious/noExplicitAny: answers of several routes
  body: any
  cookies: string[]
}

class Client {
  readonly #agent: Agent
  readonly #port: number
  constructor(port: number, sockets: number) {
    this.#port = port
    this.#agent = new Agent({ keepAlive: true, maxSockets: sockets })
  }

  call(method: string, path: string, body?: unknown, session?: Session): Promise<Answer> {
    const payload = body === undefined ? undefined : JSON.stringify(body)
    return new Promise((resolve, reject) => {
      const call = request(
        {
          host: '127.0.0.1',
          port: this.#port,
          agent: this.#agent,
          method,
          path: `/${COUNTY.slug}/api/v1${path}`,
          headers: {
            ...(payload ? { 'content-type': 'application/json', 'content-length': Buffer.byteLength(payload) } : {}),
            ...(method === 'GET' ? {} : { 'idempotency-key': randomUUID() }),
            ...(session ? { cookie: session.cookie, 'x-yiti-csrf': session.csrf } : {}),
          },
        },
        (answer) => {
          const chunks: Buffer[] = []
          answer.on('data', (chunk: Buffer) => chunks.push(chunk))
          answer.on('end', () => {
            const text = Buffer.concat(chunks).toString()
            let parsed: unknown = text
            try {
              parsed = JSON.parse(text)
            } catch {
              // an error page
            }
            resolve({ status: answer.statusCode ?? 0, body: parsed, cookies: answer.headers['set-cookie'] ?? [] })
          })
        },
      )
      call.on('error', reject)
      call.end(payload)
    })
  }

  async logIn(login: string): Promise<Session> {
    const answer = await this.call('POST', '/auth/log-in', { login, password: PASSWORD })
    if (answer.status !== 200) throw new Error(`log-in of ${login}: ${answer.status} ${JSON.stringify(answer.body)}`)
    const pairs = answer.cookies.map((cookie) => cookie.split(';')[0]!)
    return { cookie: pairs.join('; '), csrf: pairs.find((pair) => pair.startsWith('yiti_csrf'))!.split('=')[1]! }
  }
}

interface Crew {
  village: string
  clerk: Session
  chief: Session
  dispatcher: Session
}

/** Latencies in milliseconds. */
function figures(values: number[]) {
  const sorted = [...values].sort((a, b) => a - b)
  const at = (share: number) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0
  const round = (value: number) => Math.round(value * 10) / 10
  return {
    mean: round(sorted.reduce((sum, value) => sum + value, 0) / (sorted.length || 1)),
    p50: round(at(0.5)),
    p95: round(at(0.95)),
    p99: round(at(0.99)),
  }
}

export async function run(args: string[]): Promise<void> {
  const { values } = parseArgs({
    args,
    options: {
      cases: { type: 'string', default: '0' },
      clients: { type: 'string', default: '16' },
      seconds: { type: 'string', default: '30' },
      port: { type: 'string', default: '8391' },
      raw: { type: 'boolean', default: false },
    },
  })
  const target = Number(values.cases)
  const clients = Number(values.clients)
  const seconds = Number(values.seconds)
  const port = Number(values.port)
  const varDir = join(ROOT, 'var', 'bench', target === 0 ? 'empty' : 'full')
  mkdirSync(varDir, { recursive: true })
  const log = createLog({ level: 'warn', format: 'plain' })
  const postgres = await startEmbeddedPostgres({ dir: join(varDir, 'postgres'), log })
  const config = loadConfig({ YITI_VAR: varDir, DATABASE_URL: postgres.socketUrl, YITI_LOG_LEVEL: 'warn' })
  const modules = await loadModules()
  await setUpCounties({ config, log, databaseUrl: postgres.socketUrl, modules, clock: systemClock }, [COUNTY])

  const server = spawn(
    process.execPath,
    [
      ...(process.env.BENCH_PROF ? ['--cpu-prof', `--cpu-prof-dir=${process.env.BENCH_PROF}`] : []),
      join(ROOT, 'apps/server/yiti.ts'),
      'serve',
      '--port',
      String(port),
    ],
    {
      env: {
        ...process.env,
        YITI_VAR: varDir,
        DATABASE_URL: postgres.socketUrl,
        YITI_LOG_LEVEL: 'warn',
        YITI_RATE_LIMITS: 'false',
      },
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    },
  )
  try {
    const client = new Client(port, clients)
    await ready(client)
    const crews = await logInCrews(client, postgres.socketUrl)
    const handlers = new Map<number, Session>()
    if (target > 0) await fill(client, crews, handlers, postgres.socketUrl, config, target)
    await quiet(postgres.socketUrl)
    // Warm-up: plans, caches, JIT.
    await drive(client, crews, handlers, clients, Math.min(5, seconds), postgres.socketUrl)
    const result = await drive(client, crews, handlers, clients, seconds, postgres.socketUrl)
    const reads = await measureReads(client, crews[0]!)
    const rawRatio = values.raw ? await rawLifecycles(postgres.socketUrl, clients, Math.min(10, seconds)) : undefined
    const { rows } = await query<{ n: string; bytes: string }>(
      postgres.socketUrl,
      `select count(*)::text as n, pg_database_size(current_database())::text as bytes from county_${COUNTY.slug}.process_case`,
    )
    process.stdout.write(
      `${JSON.stringify({
        bench: 'loop',
        cases: Number(rows[0]!.n),
        bytesPerCase: Math.round(Number(rows[0]!.bytes) / Number(rows[0]!.n)),
        clients,
        seconds,
        ...result,
        reads,
        ...(rawRatio
          ? {
              raw: rawRatio,
              ratioToRaw: Math.round((result.lifecyclesPerSecond / rawRatio.lifecyclesPerSecond) * 100) / 100,
            }
          : {}),
      })}\n`,
    )
  } finally {
    server.kill('SIGTERM')
    await new Promise((resolve) => server.once('exit', resolve))
    await postgres.stop()
  }
}

async function query<T extends pg.QueryResultRow>(
  url: string,
  text: string,
  values: unknown[] = [],
): Promise<pg.QueryResult<T>> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    return await client.query<T>(text, values)
  } finally {
    await client.end()
  }
}

async function ready(client: Client): Promise<void> {
  for (let attempt = 0; attempt < 120; attempt++) {
    const answer = await client.call('GET', '/public/entry').catch(() => undefined)
    if (answer?.status === 200) return
    await sleep(500)
  }
  throw new Error('the server did not come up')
}

/** One crew per town with a complete desk: clerk, chief, dispatcher, and a village of the town. */
async function logInCrews(client: Client, url: string): Promise<Crew[]> {
  const schema = `county_${COUNTY.slug}`
  const { rows } = await query<{ town: string; village: string; clerk: string; chief: string; dispatcher: string }>(
    url,
    `with desk as (
       select u.division_code as town, p.role, min(a.login) as login
         from ${schema}.org_unit u join ${schema}.org_post p on p.unit_id = u.id
         join ${schema}.org_post_holding h on h.post_id = p.id join ${schema}.auth_account a on a.id = h.account_id
        where u.kind = 'command' and length(u.division_code) = 9 group by 1, 2)
     select c.town, (select min(code) from ${schema}.area_division d where d.parent_code = c.town) as village,
       c.login as clerk, f.login as chief, d.login as dispatcher
       from desk c join desk f on f.town = c.town and f.role = 'dutyChief'
       join desk d on d.town = c.town and d.role = 'dispatcher' where c.role = 'intakeClerk' order by 1`,
  )
  const crews: Crew[] = []
  for (const row of rows)
    crews.push({
      village: row.village,
      clerk: await client.logIn(row.clerk),
      chief: await client.logIn(row.chief),
      dispatcher: await client.logIn(row.dispatcher),
    })
  return crews
}

/** Logs in the handler of whatever unit a case was dispatched to, once. */
async function handlerOf(
  client: Client,
  handlers: Map<number, Session>,
  unitId: number,
  url: string,
): Promise<Session> {
  let session = handlers.get(unitId)
  if (!session) {
    const schema = `county_${COUNTY.slug}`
    const { rows } = await query<{ login: string }>(
      url,
      `select a.login from ${schema}.org_post p join ${schema}.org_post_holding h on h.post_id = p.id
         join ${schema}.auth_account a on a.id = h.account_id where p.unit_id = $1 and p.role = 'handler' order by 1 limit 1`,
      [unitId],
    )
    if (!rows[0]) throw new Error(`unit ${unitId} has no handler`)
    session = await client.logIn(rows[0].login)
    handlers.set(unitId, session)
  }
  return session
}

/** Commands of one lifecycle; the search after them is a read. */
const COMMANDS = 6

interface Result {
  lifecyclesPerSecond: number
  commandsPerLifecycle: number
  mean: number
  p50: number
  p95: number
  p99: number
  errors: number
  stale: number
  lifecycles: number
}

async function drive(
  client: Client,
  crews: Crew[],
  handlers: Map<number, Session>,
  clients: number,
  seconds: number,
  url: string,
): Promise<Result> {
  const latencies: number[] = []
  let lifecycles = 0
  let errors = 0
  let stale = 0
  const until = performance.now() + seconds * 1000
  const began = performance.now()
  let serial = 0
  const timed = async (method: string, path: string, body?: unknown, session?: Session): Promise<Answer> => {
    const start = performance.now()
    const answer = await client.call(method, path, body, session)
    latencies.push(performance.now() - start)
    if (answer.status !== 200) {
      errors++
      throw new Error(`${method} ${path}: ${answer.status} ${JSON.stringify(answer.body).slice(0, 300)}`)
    }
    return answer
  }
  const one = async () => {
    const nr = serial++
    const crew = crews[nr % crews.length]!
    const opened = await timed('POST', '/public/reports', {
      text: `${TEXTS[nr % TEXTS.length]}（第 ${nr} 件）`,
      villageCode: crew.village,
      placeText: `演示路 ${nr % 300} 号`,
      reporterName: '李文华',
      reporterPhone: `199${String(10_000_000 + (nr % 89_999_999)).padStart(8, '0')}`,
    })
    const found = await timed('GET', `/cases?q=${opened.body.number}`, undefined, crew.clerk)
    const { id } = found.body.items[0]
    let version = 1
    const act = async (session: Session, action: string, form?: object) => {
      const answer = await timed(
        'POST',
        `/cases/${id}/actions/${action}`,
        { version, ...(form ? { form } : {}) },
        session,
      )
      version = answer.body.version
      return answer.body
    }
    await act(crew.clerk, 'accept')
    await act(crew.chief, 'fileCase')
    const dispatched = await act(crew.dispatcher, 'dispatch')
    const handler = await handlerOf(client, handlers, dispatched.unit.id, url)
    await act(handler, 'sign')
    await act(handler, 'feedback', { result: '已到现场处置完毕', reply: '您反映的问题已处置完毕。' })
    const after = await timed('GET', `/cases?q=${opened.body.number}`, undefined, crew.chief)
    if (after.body.items[0]?.state !== 'handled') stale++
    lifecycles++
  }
  await Promise.all(
    Array.from({ length: clients }, async () => {
      while (performance.now() < until) {
        try {
          await one()
        } catch (error) {
          if (errors < 5) process.stderr.write(`${(error as Error).message}\n`)
          await sleep(20)
        }
      }
    }),
  )
  const elapsed = (performance.now() - began) / 1000
  return {
    lifecyclesPerSecond: Math.round((lifecycles / elapsed) * 10) / 10,
    commandsPerLifecycle: COMMANDS,
    ...figures(latencies),
    errors,
    stale,
    lifecycles,
  }
}

/** Grows the store: real lifecycles first, which are the patterns of the copies. */
async function fill(
  client: Client,
  crews: Crew[],
  handlers: Map<number, Session>,
  url: string,
  config: ReturnType<typeof loadConfig>,
  target: number,
): Promise<void> {
  const house = new House({ config, log: createLog({ level: 'warn' }), databaseUrl: url, modules: await loadModules() })
  try {
    const here = await house.countyBySlug(COUNTY.slug)
    const { rows } = await house.services.pool.inCounty(here.county, (tx) =>
      sql<{ n: number }>`select count(*) as n from process_case`.execute(tx),
    )
    if (rows[0]!.n >= target) return
    await drive(client, crews, handlers, 8, 4, url)
    await closeSome(client, crews, url)
    const patterns = await house.services.pool.inCounty(here.county, async (tx) => {
      const closed = await sql<{ id: number }>`
        select id from process_case where closed_at is not null order by id limit 40`.execute(tx)
      const open = await sql<{ id: number }>`
        select id from process_case where closed_at is null order by id limit 2`.execute(tx)
      return { closed: closed.rows.map((row) => row.id), open: open.rows.map((row) => row.id) }
    })
    if (patterns.closed.length === 0) throw new Error('no closed pattern case')
    // About two in a hundred copies are open: 20,000 open cases beside 980,000 closed ones.
    const patternIds = [...patterns.closed, ...patterns.closed, ...patterns.open].slice(0, 100)
    let told = 0
    await seedCases(house.services.pool, here, target, { patternIds }, (done) => {
      if (done - told >= 100_000) {
        told = done
        process.stderr.write(`${done} cases\n`)
      }
    })
    await quiet(url)
    await query(url, 'vacuum analyze')
  } finally {
    await house.close()
  }
}

/** Carries some handled cases to their end, so that closed patterns exist. */
async function closeSome(client: Client, crews: Crew[], url: string): Promise<void> {
  const schema = `county_${COUNTY.slug}`
  const { rows } = await query<{ id: number; version: number; town: string; village: string; unit: number }>(
    url,
    `select id::int, version, town_code as town, village_code as village, unit_id::int as unit
       from ${schema}.process_case where state = 'handled' order by id limit 60`,
  )
  for (const row of rows) {
    const crew = crews.find((candidate) => candidate.village.startsWith(row.town))
    if (!crew) continue
    const login = async (unitSql: string, values: unknown[]) => {
      const found = await query<{ login: string }>(
        url,
        `select a.login from ${schema}.org_post p join ${schema}.org_unit u on u.id = p.unit_id
           join ${schema}.org_post_holding h on h.post_id = p.id join ${schema}.auth_account a on a.id = h.account_id
          where ${unitSql} order by 1 limit 1`,
        values,
      )
      return client.logIn(found.rows[0]!.login)
    }
    const worker = await login("p.role = 'gridWorker' and u.division_code = $1", [row.village])
    const leader = await login("p.role = 'unitLeader' and u.id = $1", [row.unit])
    let { version } = row
    for (const [session, action] of [
      [crew.chief, 'orderInspect'],
      [worker, 'inspectPass'],
      [leader, 'signReply'],
      [crew.chief, 'close'],
    ] as const) {
      const answer = await client.call('POST', `/cases/${row.id}/actions/${action}`, { version }, session)
      if (answer.status !== 200) throw new Error(`${action}: ${JSON.stringify(answer.body).slice(0, 300)}`)
      version = answer.body.version
    }
  }
}

/** Waits until background work has caught up, so that a run measures itself. */
async function quiet(url: string): Promise<void> {
  const schema = `county_${COUNTY.slug}`
  for (let attempt = 0; attempt < 3600; attempt++) {
    const { rows } = await query<{ n: string }>(
      url,
      `select ((select count(*) from ${schema}.job_job where failed_at is null) + (select count(*) from ${schema}.rollup_delta)
        + (select count(*) from ${schema}.process_timer where fired_at is null and due_at < now())
        + (select count(*) from (select 1 from ${schema}.evidence_entry where log_index is null limit 1000) waiting))::text as n`,
    )
    if (Number(rows[0]!.n) < 50) return
    await sleep(1000)
  }
}

async function measureReads(client: Client, crew: Crew) {
  const director = await client.logIn('cmd-gao')
  const clerk = await client.logIn('md-xiangxi-g1').catch(() => crew.clerk)
  const measure = async (path: string, session: Session) => {
    const times: number[] = []
    for (let round = 0; round < 40; round++) {
      const start = performance.now()
      const answer = await client.call('GET', path, undefined, session)
      if (answer.status !== 200)
        throw new Error(`${path}: ${answer.status} ${JSON.stringify(answer.body).slice(0, 200)}`)
      if (round >= 5) times.push(performance.now() - start)
    }
    return figures(times)
  }
  const who = { countyAdministrator: director, townClerk: crew.clerk, villageWorker: clerk }
  const result: Record<string, Record<string, ReturnType<typeof figures>>> = {}
  for (const [name, session] of Object.entries(who))
    result[name] = {
      inbox: await measure('/inbox', session),
      list: await measure('/cases?count=true', session),
      openList: await measure('/cases?open=true&definition=report', session),
      numbers: await measure('/numbers', session),
      searchWord: await measure(`/cases?q=${encodeURIComponent('路灯')}`, session),
      searchRare: await measure(`/cases?q=${encodeURIComponent('差点摔倒')}`, session),
    }
  return result
}

/**
 * The same rows written on raw connections by prepared statements, without HTTP, rules, access or rendering: what the
 * database alone would take for a lifecycle.
 */
async function rawLifecycles(url: string, clients: number, seconds: number) {
  const schema = `county_${COUNTY.slug}`
  const { rows } = await query<{ id: string }>(
    url,
    `select id::text from ${schema}.process_case where state = 'handled' limit 1`,
  )
  const pattern = Number(rows[0]!.id)
  let lifecycles = 0
  const until = performance.now() + seconds * 1000
  const began = performance.now()
  await Promise.all(
    Array.from({ length: clients }, async (_, worker) => {
      const client = new pg.Client({ connectionString: url, options: '-c jit=off' })
      await client.connect()
      await client.query(`set search_path to ${schema}`)
      let serial = 0
      while (performance.now() < until) {
        const number = `RAW-${process.pid}-${worker}-${Date.now()}-${serial++}`
        let id = 0
        for (let command = 0; command < COMMANDS; command++) {
          await client.query('begin')
          await client.query({
            name: 'idem',
            text: 'insert into command_idempotency (actor_key, route, key, body_hash, at) values ($1, $2, $3, $4, now())',
            values: [`raw${worker}`, 'raw', randomUUID(), Buffer.alloc(32)],
          })
          if (command === 0) {
            const made = await client.query({
              name: 'case',
              text: `insert into process_case (number, definition_id, definition_key, state, phase, title, class_code, severity,
                  secrecy, source, town_code, village_code, line_code, place_text, unit_id, opened_at, due_at, last_hop_at, data)
                select $1, definition_id, definition_key, 'reported', 'intake', title, class_code, severity, secrecy, source,
                  town_code, village_code, line_code, place_text, null, now(), due_at, now(), data
                  from process_case where id = $2 returning id`,
              values: [number, pattern],
            })
            id = Number(made.rows[0].id)
          } else {
            await client.query({
              name: 'lock',
              text: 'select 1 from process_case where id = $1 for update',
              values: [id],
            })
            await client.query({
              name: 'move',
              text: 'update process_case set version = version + 1, hop = hop + 1, last_hop_at = now() where id = $1',
              values: [id],
            })
          }
          await client.query({
            name: 'hop',
            text: `with a as (insert into process_trace (case_id, hop, at, action, to_state, actor_kind) values ($1, $2, now(), 'raw', 'raw', 'staff')),
              b as (insert into command_audit (at, route, actor_kind, subject, outcome) values (now(), 'raw', 'staff', 'case:' || $1, 'done')),
              c as (insert into rollup_delta (definition_key, phase, state, town_code, village_code, line_code, overdue, amount)
                    values ('report', 'intake', 'reported', '', '', '', false, 1), ('report', 'intake', 'reported', '', '', '', false, -1)),
              d as (insert into job_job (kind, aggregate, payload, run_at, created_at) values ('event:raw', 'raw:' || $1, '{}', now(), now()))
              insert into evidence_entry (created_at, kind, subject, schema_version, content, salt, leaf)
              values (now(), 'raw', 'case:' || $1, 1, $3, $4, $5)`,
            values: [id, command + 1, Buffer.from('{}'), Buffer.alloc(16), Buffer.alloc(32)],
          })
          await client.query('commit')
        }
        await client.query({
          name: 'find',
          text: 'select id, state from process_case where number = $1',
          values: [number],
        })
        lifecycles++
      }
      await client.end()
    }),
  )
  return { lifecyclesPerSecond: Math.round((lifecycles / ((performance.now() - began) / 1000)) * 10) / 10 }
}
