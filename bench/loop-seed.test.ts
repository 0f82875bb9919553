import { randomUUID } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { sql, type Tx } from '#platform/db/db.ts'
import { sealEvidence } from '#platform/evidence/evidence-log.ts'
import { verifyLog } from '#platform/evidence/verify-log.ts'
import { logInAs, type Session } from '#platform/testing/log-in-as.ts'
import { type TestCounty, withTestCounty } from '#platform/testing/test-county.ts'
import { seedCases } from './loop-seed.ts'

const TEXT = '二单元有人从家里拉电线到楼道给电动车充电，晚上整夜插着'

/** In these a lifecycle leaves rows that are not copied, each for its reason. */
const NOT_COPIED: Record<string, string> = {
  auth_session: 'log-ins of the people, not of a case',
  command_idempotency: 'calls of the last 30 days, seeded as many as there would be',
  process_number: 'one row a day and place',
  rollup_count: 'recounted below',
  rollup_delta: 'recounted below',
  measures_fact: 'made anew from trace and clocks by the module',
  measures_delta: 'made anew from trace and clocks by the module',
  measures_count: 'made anew from trace and clocks by the module',
  measures_state: 'one row of the county',
  evidence_tile: 'grown by the sequencer from the copied entries',
  evidence_checkpoint: 'signed by the sequencer',
}

describe('cases seeded in bulk', () => {
  it('equal commanded ones in every table but for identity, number, village and its people, and live on like them', async () => {
    await withTestCounty(
      async (county) => {
        const before = await rowsPerTable(county)
        const crew = {
          clerk: await logInAs(county, 'md-zhou'),
          chief: await logInAs(county, 'md-chen'),
          dispatcher: await logInAs(county, 'md-xu'),
          handler: await logInAs(county, 'fire-sun'),
          worker: await logInAs(county, 'md-zhao'),
          leader: await logInAs(county, 'fire-qian'),
        }
        const closed = await handled(county, crew, 1)
        await crew.chief.act(closed, 'orderInspect')
        await crew.worker.act(closed, 'inspectPass')
        await crew.leader.act(closed, 'signReply')
        await crew.chief.act(closed, 'close')
        const open = await handled(county, crew, 2)
        await county.settle()
        const after = await rowsPerTable(county)

        const here = await county.here()
        const patternIds = [closed, open]
        await seedCases(county.services.pool, here, 12, { patternIds })
        // What follows from trace and clocks is counted, not copied; the comparison below holds it against the pattern's.
        await county.inCounty((tx) =>
          sql`insert into job_job (kind, payload, run_at, created_at)
              values ('measures.recount', '{}', ${county.clock.now()}, ${county.clock.now()})`.execute(tx),
        )
        await county.settle()
        await sealEvidence((work) => county.inCounty(work), here.keys, county.clock)

        const tables = await tablesOfCases(county)
        const grown = [...after].filter(([table, n]) => n > before.get(table)!).map(([table]) => table)
        expect(grown.filter((table) => !tables.some((of) => of.table === table) && !(table in NOT_COPIED))).toEqual([])
        const copies = await county.inCounty(async (tx) => {
          const { rows } = await sql<{ id: number; number: string; village: string; state: string }>`
            select id, number, village_code as village, state from process_case where id <> all(${patternIds}::bigint[])
             order by id`.execute(tx)
          return rows
        })
        expect(copies).toHaveLength(10)
        expect(new Set(copies.map(({ number }) => number)).size).toBe(10)
        expect(new Set(copies.map(({ village }) => village)).size).toBeGreaterThan(2)
        expect(copies.map(({ state }) => state)).toEqual(Array.from({ length: 5 }, () => ['closed', 'handled']).flat())
        await county.inCounty(async (tx) => {
          for (const [index, pattern] of patternIds.entries()) {
            const told = await rowsOf(tx, tables, pattern)
            for (const table of ['process_case', 'process_trace', 'evidence_entry', 'search_document', 'command_audit'])
              expect(told[table]!.length, table).toBeGreaterThan(0)
            for (const copy of copies.filter((_, i) => i % 2 === index))
              expect(await rowsOf(tx, tables, copy.id)).toEqual(told)
          }
          expect((await verifyLog(tx, here.keys)).ok).toBe(true)
          const { rows } = await sql`
            select * from (
              select phase, state, town_code, village_code, line_code, sum(amount) as n
                from (select phase, state, town_code, village_code, line_code, amount from rollup_count
                      union all select phase, state, town_code, village_code, line_code, amount from rollup_delta) d
               group by 1, 2, 3, 4, 5 having sum(amount) <> 0
              except
              select phase, state, coalesce(town_code, ''), coalesce(village_code, ''), coalesce(line_code, ''), count(*)
                from process_case group by 1, 2, 3, 4, 5) wrong`.execute(tx)
          expect(rows).toEqual([])
        })

        // A copy is found like any case, and its people go on with it.
        const copy = copies[1]!
        const found = await crew.clerk.get(`/cases?q=${copy.number}`)
        expect(found.items.map((item: { id: number }) => item.id)).toEqual([copy.id])
        expect((await crew.clerk.get(`/cases?q=${encodeURIComponent('楼道 整夜')}&count=true`)).count).toBe(12)
        const moved = await crew.chief.act(copy.id, 'orderInspect')
        const same = await crew.chief.act(open, 'orderInspect')
        expect(moved.case.state).toBe(same.case.state)
        expect(moved.trace.length).toBe(same.trace.length)
      },
      { at: '2026-10-12T02:00:00Z' },
    )
  })
})

type Crew = Record<'clerk' | 'chief' | 'dispatcher' | 'handler' | 'worker' | 'leader', Session>

/** A case of the village of 香溪, reported by a resident and handled by the fire brigade. */
async function handled(county: TestCounty, crew: Crew, nr: number): Promise<number> {
  const app = await county.app()
  const answer = await app.inject({
    method: 'POST',
    url: '/test/api/v1/public/reports',
    headers: { 'idempotency-key': randomUUID() },
    payload: {
      text: `${TEXT}（第 ${nr} 件）`,
      villageCode: '320506103001',
      placeText: '香溪花苑 12 幢',
      reporterName: '李文华',
      reporterPhone: '19900005007',
    },
  })
  expect(answer.statusCode, answer.body).toBe(200)
  const found = await crew.clerk.get(`/cases?q=${answer.json().number}`)
  const { id } = found.items[0]
  await crew.clerk.act(id, 'accept')
  await crew.chief.act(id, 'fileCase')
  await crew.dispatcher.act(id, 'dispatch')
  await crew.handler.act(id, 'sign')
  await crew.handler.act(id, 'feedback', { result: '现场已拆除', reply: '您反映的飞线充电已拆除。' })
  return id
}

interface TableOfCases {
  table: string
  key: string
}

/** Every table of the county whose rows name a case. */
async function tablesOfCases(county: TestCounty): Promise<TableOfCases[]> {
  return county.inCounty(async (tx) => {
    const { rows } = await sql<TableOfCases>`
      select table_name as table, column_name as key from information_schema.columns
       where table_schema = current_schema()
         and (column_name in ('case_id', 'subject') or (table_name = 'process_case' and column_name = 'id'))
       order by 1`.execute(tx)
    return rows
  })
}

async function rowsPerTable(county: TestCounty): Promise<Map<string, number>> {
  return county.inCounty(async (tx) => {
    const { rows } = await sql<{ table: string }>`
      select table_name as table from information_schema.tables
       where table_schema = current_schema() and table_type = 'BASE TABLE' order by 1`.execute(tx)
    const counts = new Map<string, number>()
    for (const { table } of rows) {
      const found = await sql<{ n: number }>`select count(*) as n from ${sql.raw(table)}`.execute(tx)
      counts.set(table, found.rows[0]!.n)
    }
    return counts
  })
}

/** All rows that name a case, with what may differ between a pattern and its copy made alike. */
async function rowsOf(tx: Tx, tables: TableOfCases[], id: number): Promise<Record<string, string[]>> {
  const { rows: known } = await sql<{ number: string; village: string; unit: number; post: number; account: number }>`
    select c.number, c.village_code as village, u.id as unit, p.id as post, h.account_id as account
      from process_case c join org_unit u on u.division_code = c.village_code
      join org_post p on p.unit_id = u.id and p.role = 'gridWorker' join org_post_holding h on h.post_id = p.id
      join auth_account a on a.id = h.account_id
     where c.id = ${id} order by a.login limit 1`.execute(tx)
  const { number, village, unit, post, account } = known[0]!
  const tail = number.split('-').at(-1)!
  const found: Record<string, string[]> = {}
  for (const { table, key } of tables) {
    const value = key === 'subject' ? `case:${id}` : id
    const { rows } = await sql<{ row: Record<string, unknown> }>`
      select to_jsonb(t) as row from ${sql.raw(table)} t where ${sql.raw(key)} = ${value}`.execute(tx)
    found[table] = rows
      .map(({ row }) => {
        // Identity of the row, and what is random or placed by the log.
        for (const name of ['id', 'case_id', 'salt', 'leaf', 'log_index', 'place', 'trace_id']) delete row[name]
        if (typeof row.content === 'string' && table === 'evidence_entry')
          row.content = Buffer.from(row.content.slice(2), 'hex').toString()
        if (typeof row.tokens === 'string')
          row.tokens = row.tokens
            .split(' ')
            .map((token) => (token === `'@b${Math.floor(id / 8192)}'` ? '<block>' : token))
            .map((token) => (token === `'${tail}'` ? '<tail>' : token))
            .map((token) => (token === `'${number.toLowerCase()}'` ? '<number>' : token))
            .sort()
        return JSON.stringify(row)
          .replaceAll(number, '<number>')
          .replaceAll(village, '<village>')
          .replaceAll(`"unit_id":${unit},`, '"unit_id":"<committee>",')
          .replaceAll(`"post_id":${post},`, '"post_id":"<worker>",')
          .replaceAll(`"account_id":${account},`, '"account_id":"<worker>",')
          .replaceAll(`\\"actor\\":${account},`, '<worker>,')
          .replaceAll(`case:${id}"`, 'case:<id>"')
      })
      .sort()
  }
  return found
}
