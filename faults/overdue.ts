import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'
import { openDatabase } from '#apps/server/database.ts'
import { openReport } from '#modules/services/loop/server/open-report.ts'
import { runAsSystem } from '#platform/command/command.ts'
import { loadConfig } from '#platform/config/config.ts'
import { sql } from '#platform/db/db.ts'
import { createLog } from '#platform/logs/log.ts'
import { House } from '#platform/module/house.ts'
import { loadModules } from '#platform/module/load-modules.ts'
import { actOnCase } from '#platform/process/engine.ts'
import { seedCases } from '../bench/loop-seed.ts'
import {
  freePort,
  type Installation,
  makeInstallation,
  SCHEMA,
  type ServerProcess,
  SLUG,
  startServer,
} from './installation.ts'

export interface OverdueReport {
  cases: number
  /** Cases whose work nobody holds. */
  unassigned: number
  timers: number
  notices: number
  /** Timers that had fired when one of the two workers was killed. */
  firedAtKill: number
  seconds: number
  timersPerSecond: number
  problems: string[]
}

const VILLAGE = '320506103001'

/**
 * A backlog of overdue cases, a third of them without anybody who holds the work, is worked off by two servers at once, one of
 * which is killed in the middle. Everything must be told and escalated once per level, whatever the backlog.
 */
export async function runOverdue(
  installation: Installation,
  { cases, say = () => {} }: { cases: number; say?: (what: string) => void },
): Promise<OverdueReport> {
  await makeInstallation(installation)
  const config = loadConfig({
    YITI_VAR: installation.dir,
    ...(installation.databaseUrl ? { DATABASE_URL: installation.databaseUrl } : {}),
  })
  const database = await openDatabase(config, createLog({ level: 'error' }), true)
  const servers: ServerProcess[] = []
  const client = new pg.Client({ connectionString: database.url, options: `-c search_path=${SCHEMA}` })
  client.on('error', () => {})
  try {
    await seed(config, database.url, cases, say)
    await client.connect()
    const count = async (query: string) => Number((await client.query<{ n: string }>(query)).rows[0]!.n)
    await client.query(`
      update process_work_item set unit_id = null, account_id = null where case_id % 3 = 0;
      update process_timer t set fired_at = null, retry_at = null, attempts = 0, due_at = date_trunc('second', now()) - interval '10 days'
        + interval '1 hour' * (t.level * 24 + case t.kind when 'near' then 0 when 'due' then 6 else 12 end)
        + interval '1 minute' * array_position(array['accept', 'verify', 'sign', 'handle', 'assist', 'inspect', 'reply'], t.clock_key)
        + interval '1 second' * (t.case_id % 60);
      update process_clock set due_at = now() - interval '9 days' where stopped_at is null and not paused;
      delete from notify_message where kind like 'process.%';
      analyze process_timer; analyze process_work_item; analyze process_case;`)
    const timers = await count('select count(*) as n from process_timer where fired_at is null')
    const unassigned = await count(`select count(distinct case_id) as n from process_work_item where unit_id is null`)
    say(`${timers} timers of ${cases} cases are due`)
    const began = performance.now()
    for (let n = 0; n < 2; n++)
      servers.push(startServer({ ...installation, databaseUrl: database.url }, await freePort()))
    const fired = () => count('select count(*) as n from process_timer where fired_at is not null')
    let firedAtKill = 0
    while (firedAtKill < timers / 4) {
      await sleep(100)
      firedAtKill = await fired()
    }
    await servers[0]!.kill()
    say(`one worker is killed after ${firedAtKill} timers`)
    const left = `select (select count(*) from process_timer where fired_at is null and due_at <= now())
                       + (select count(*) from job_job where failed_at is null) as n`
    let last = 0
    for (let open = await count(left); open > 0; open = await count(left)) {
      if (performance.now() - last > 10_000) {
        last = performance.now()
        say(`${open} timers and jobs left`)
      }
      await sleep(500)
    }
    const seconds = (performance.now() - began) / 1000
    const problems: string[] = []
    for (const [name, query] of Object.entries(IMPOSSIBLE)) {
      const n = await count(query)
      if (n > 0) problems.push(`${n} × ${name}`)
    }
    return {
      cases,
      unassigned,
      timers,
      notices: await count(`select count(*) as n from notify_message where kind like 'process.%'`),
      firedAtKill,
      seconds: Math.round(seconds * 10) / 10,
      timersPerSecond: Math.round(timers / seconds),
      problems,
    }
  } finally {
    await Promise.all(servers.map((server) => server.stop()))
    await client.end().catch(() => {})
    await database.stop()
  }
}

/** Two real cases, one of which has a unit; the others are copies of them. */
async function seed(
  config: ReturnType<typeof loadConfig>,
  url: string,
  cases: number,
  say: (what: string) => void,
): Promise<void> {
  const house = new House({
    config,
    log: createLog({ level: 'error' }),
    databaseUrl: url,
    modules: await loadModules(),
  })
  try {
    const here = await house.countyBySlug(SLUG)
    const patternIds = await runAsSystem(house.services, here, 'overdue', async (context) => {
      const ids: number[] = []
      for (const text of ['路灯坏了三盏，晚上一片黑', '窨井盖破损，路过很危险']) {
        const { state } = await openReport(context, { text, source: 'hotline', villageCode: VILLAGE })
        ids.push(state.id)
      }
      await actOnCase(context, { caseId: ids[0]!, action: 'accept' })
      await actOnCase(context, { caseId: ids[0]!, action: 'fileCase', form: {} })
      const unit = here.directory.unitByCode('320506103-enforcement')!
      await actOnCase(context, { caseId: ids[0]!, action: 'dispatch', form: { unitId: unit.id, reason: '按清单派遣' } })
      return ids
    })
    await seedCases(house.services.pool, here, cases, { patternIds }, (done) => {
      if (done % 20_000 === 0) say(`${done} cases`)
    })
    await house.services.pool.inCounty(here.county, (tx) => sql`delete from job_job`.execute(tx))
  } finally {
    await house.services.pool.close()
  }
}

/** None of these may exist when everything is worked off. */
const IMPOSSIBLE = {
  'deadline passed without exactly one hop': `
    select count(*) as n from process_timer t
     where t.kind = 'due' and (
       select count(*) from process_trace h where h.case_id = t.case_id and h.action = 'overdue'
          and (h.why -> 0 -> 'params' ->> 'dueAt')::timestamptz = t.due_at) <> 1`,
  'level without exactly one escalation': `
    select count(*) as n from process_timer t
     where t.kind = 'escalate' and (
       select count(*) from process_trace h where h.case_id = t.case_id and h.action = 'escalated'
          and (h.why -> 0 -> 'params' ->> 'level')::int = t.level
          and (h.why -> 0 -> 'params' ->> 'dueAt')::timestamptz = t.due_at) <> 1`,
  'case that is not marked overdue': 'select count(*) as n from process_case where closed_at is null and not overdue',
  'work that is not marked overdue': `
    select count(*) as n from process_work_item w join process_case c on c.id = w.case_id where not w.overdue`,
  'notice given twice': `
    select count(*) as n from (
      select account_id, case_id, kind, params from notify_message where kind like 'process.%'
       group by account_id, case_id, kind, params having count(*) > 1) as twice`,
  'notice more or fewer than people to tell': `
    select abs((select coalesce(sum((h.why -> 0 -> 'params' ->> 'told')::int), 0) from process_trace h
                 where h.action in ('overdue', 'escalated'))
             - (select count(*) from notify_message where kind in ('process.due', 'process.escalate'))) as n`,
  'job given up': 'select count(*) as n from job_job where failed_at is not null',
}
