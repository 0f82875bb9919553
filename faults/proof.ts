import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'
import { SCHEMA } from './installation.ts'
import type { Acknowledged } from './load.ts'

/** What should be zero is zero; `problems` names what is not. */
export interface Proof {
  cases: number
  acknowledged: number
  hops: number
  timersFired: number
  notices: number
  problems: string[]
}

async function withCounty<T>(url: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: url, options: `-c search_path=${SCHEMA}` })
  client.on('error', () => {})
  await client.connect()
  try {
    return await work(client)
  } finally {
    await client.end()
  }
}

async function count(client: pg.Client, query: string): Promise<number> {
  const { rows } = await client.query<{ n: string }>(query)
  return Number(rows[0]!.n)
}

const BACKLOG = {
  'due timers not fired': 'select count(*) as n from process_timer where fired_at is null and due_at <= now()',
  // Reports run on seconds here; what opens by itself beside them (a consultation) has the deadlines of its own flow.
  'timers to come': `
    select count(*) as n from process_timer t join process_case c on c.id = t.case_id
     where t.fired_at is null and c.definition_key = 'report'`,
  'jobs not done': 'select count(*) as n from job_job',
  'rollup rows not folded': 'select count(*) as n from rollup_delta',
  'evidence not sequenced': 'select count(*) as n from evidence_entry where log_index is null',
}

/** Waits until background work has nothing left; what stays is told by name. */
export async function drain(url: string, limitMs = 180_000): Promise<string[]> {
  return withCounty(url, async (client) => {
    let left: string[] = []
    for (const end = performance.now() + limitMs; performance.now() < end; await sleep(300)) {
      left = []
      for (const [name, query] of Object.entries(BACKLOG)) {
        const n = await count(client, query)
        if (n > 0) left.push(`${n} ${name}`)
      }
      if (left.length === 0) return []
    }
    return left
  })
}

/** Nothing of these may exist. */
const IMPOSSIBLE = {
  'case without exactly one command that made it': `
    select count(*) as n from process_case c
     where c.definition_key = 'report' and (select count(*) from command_idempotency i
             where i.route in ('loop.report_publicly', 'loop.report_by_staff') and i.result ->> 'caseId' = c.id::text) <> 1`,
  'command with a key but without a result': `
    select count(*) as n from command_idempotency where result is null`,
  'number given twice': `
    select count(*) as n from (select number from process_case group by number having count(*) > 1) as twice`,
  'gap in the numbers': `
    select coalesce(sum(last), 0) - (select count(*) from process_case) as n from process_number`,
  'case whose hops are not 1, 2, 3 …': `
    select count(*) as n from (
      select c.id from process_case c join process_trace t on t.case_id = c.id
       group by c.id, c.hop having count(*) <> c.hop or min(t.hop) <> 1 or max(t.hop) <> c.hop) as torn`,
  'action done twice': `
    select count(*) as n from (
      select case_id, action from process_trace where actor_kind = 'staff'
       group by case_id, action having count(*) > 1) as twice`,
  'action without exactly one command': `
    select (select count(*) from process_trace where actor_kind = 'staff' and action <> 'start')
         - (select count(*) from command_idempotency where route = 'process.act') as n`,
  'command without exactly one audit row': `
    select (select count(*) from command_audit where outcome = 'done' and route in
              ('process.act', 'loop.report_publicly', 'loop.report_by_staff'))
         - (select count(*) from command_idempotency where route in
              ('process.act', 'loop.report_publicly', 'loop.report_by_staff')) as n`,
  'hop without exactly one fact': `
    select (select count(*) from process_trace) - (select count(*) from evidence_entry where kind like 'case.%') as n`,
  // The timers of a clock that was stopped are gone; what fired stays in the trace.
  'timer fired twice': `
    select count(*) as n from (
      select case_id, action, why -> 0 -> 'params' ->> 'clock', why -> 0 -> 'params' ->> 'level' from process_trace
       where action in ('overdue', 'escalated') group by 1, 2, 3, 4 having count(*) > 1) as twice`,
  'timer fired without its hop': `
    select count(*) as n from process_timer t
     where t.fired_at is not null and t.kind in ('due', 'escalate') and not exists (
       select 1 from process_trace h
        where h.case_id = t.case_id and h.action = case t.kind when 'due' then 'overdue' else 'escalated' end
          and (h.why -> 0 -> 'params' ->> 'level')::int = t.level
          and (h.why -> 0 -> 'params' ->> 'dueAt')::timestamptz = t.due_at)`,
  'notice of a timer sent twice': `
    select count(*) as n from (
      select account_id, case_id, kind, params from notify_message where kind like 'process.%' and params ? 'clock'
       group by account_id, case_id, kind, params having count(*) > 1) as twice`,
  'job given up': 'select count(*) as n from job_job where failed_at is not null',
  'count that differs from a recount': `
    select count(*) as n from (
      select definition_key, phase, state, coalesce(town_code, '') as town, coalesce(village_code, '') as village,
             coalesce(line_code, '') as line, overdue, count(*) as amount
        from process_case group by 1, 2, 3, 4, 5, 6, 7) as c
      full join (
      select definition_key, phase, state, town_code as town, village_code as village, line_code as line, overdue,
             sum(amount) as amount
        from (select definition_key, phase, state, town_code, village_code, line_code, overdue, amount from rollup_count
              union all
              select definition_key, phase, state, town_code, village_code, line_code, overdue, amount from rollup_delta)
          as every group by 1, 2, 3, 4, 5, 6, 7 having sum(amount) <> 0) as r
      using (definition_key, phase, state, town, village, line, overdue)
     where c.amount is distinct from r.amount`,
  'report without its text': `
    select count(*) as n from process_case c
     where c.definition_key = 'report' and not exists (select 1 from loop_report r where r.case_id = c.id)`,
  'case outside the search index': `
    select count(*) as n from process_case c where not exists (select 1 from search_document d where d.case_id = c.id)`,
}

/** Looks for anything that was lost, torn or done twice. */
export async function prove(url: string, acknowledged: readonly Acknowledged[]): Promise<Proof> {
  return withCounty(url, async (client) => {
    const problems: string[] = []
    for (const [name, query] of Object.entries(IMPOSSIBLE)) {
      const n = await count(client, query)
      if (n !== 0) problems.push(`${name}: ${n}`)
    }
    const { rows } = await client.query<{ key: string; number: string | null; case_id: string | null }>(
      `select i.key, c.number, i.result ->> 'caseId' as case_id
         from command_idempotency i left join process_case c on c.id::text = i.result ->> 'caseId'`,
    )
    const known = new Map(rows.map((row) => [row.key, row]))
    const { rows: hops } = await client.query<{ place: string }>(
      `select case_id || ' ' || action as place from process_trace where actor_kind = 'staff'`,
    )
    const done = new Set(hops.map((row) => row.place))
    const lost = acknowledged.filter((command) => {
      const row = known.get(command.key)
      if (!row) return true
      return command.kind === 'report'
        ? row.number !== command.number
        : row.case_id !== String(command.caseId) || !done.has(`${command.caseId} ${command.action}`)
    })
    if (lost.length > 0) problems.push(`acknowledged and lost: ${lost.length}`)
    const numbers = acknowledged.filter((command) => command.kind === 'report').map((command) => command.number)
    if (new Set(numbers).size !== numbers.length) problems.push('one number was given to two reports')
    return {
      cases: await count(client, 'select count(*) as n from process_case'),
      acknowledged: acknowledged.length,
      hops: await count(client, 'select count(*) as n from process_trace'),
      timersFired: await count(client, 'select count(*) as n from process_timer where fired_at is not null'),
      notices: await count(client, 'select count(*) as n from notify_message'),
      problems,
    }
  })
}
