import { describe, expect, it } from 'vitest'
import { actorOf } from '#modules/foundation/org/public.ts'
import type { Context } from '#platform/command/context.ts'
import { sql, type Tx } from '#platform/db/db.ts'
import { AppError } from '#platform/errors/app-error.ts'
import { type TestCounty, withTestCounty } from '#platform/testing/test-county.ts'
import { openReport, openReports, type ReportInput, readyReport } from './open-report.ts'

const INPUTS: ReportInput[] = [
  {
    text: '二单元有人从家里拉电线到楼道给电动车充电，请打 19900005007 联系我',
    placeText: '香溪花苑 12 幢',
    villageCode: '320506103001',
    reporterName: '李文华',
    reporterPhone: '199 0000 5007',
    source: 'hotline',
    openedAt: new Date('2026-09-28T02:00:00Z'),
    replyBy: new Date('2026-10-08T09:30:00Z'),
    origin: {
      data: { imported: 'DR00001', outsideNumber: 'A-1' },
      why: [{ key: 'test', params: { row: 2 } }],
      words: 'DR00001',
    },
  },
  { text: '路灯不亮已经一个星期了', townCode: '320506103', source: 'window' },
  { text: '隔壁经常打孩子，哭声很大', villageCode: '320506103001', source: 'hotline', reporterName: '王芳' },
  { text: '想问一下垃圾什么时候清运', source: 'import', title: '垃圾清运', place: { lon: 120.52, lat: 31.26 } },
]

describe('reports opened together', () => {
  it('leave in every table what each would leave by itself', () =>
    withTestCounty(async (county) => {
      const one: number[] = []
      await asClerk(county, async (context) => {
        for (const input of INPUTS) one.push((await openReport(context, input)).state.id)
      })
      const many = await asClerk(county, async (context) => {
        const ready = []
        for (const input of INPUTS) ready.push(await readyReport(context, input))
        return (await openReports(context, ready)).map(({ id }) => id)
      })
      await county.inCounty(async (tx) => {
        const tables = await tablesOfCases(tx)
        for (const [i, id] of one.entries()) {
          const told = await rowsOf(tx, tables, id)
          for (const table of [
            'process_case',
            'process_trace',
            'process_clock',
            'process_timer',
            'process_work_item',
            'process_party',
            'search_document',
            'evidence_entry',
            'loop_report',
            'loop_recognition_prediction',
          ])
            if (i !== 2 || table !== 'loop_recognition_prediction')
              expect(told[table]!.length, `${table} ${i}`).toBeGreaterThan(0)
          expect(await rowsOf(tx, tables, many[i]!)).toEqual(told)
        }
        const { rows } = await sql<{ subject: string; n: number }>`
          select aggregate as subject, count(*) as n from job_job where kind = 'event:process.case_moved' group by 1`.execute(
          tx,
        )
        expect(rows.map(({ subject }) => subject).sort()).toEqual([...one, ...many].map((id) => `case:${id}`).sort())
        const wrong = await sql`
          select state, town_code, sum(amount) from rollup_delta group by 1, 2
          except select state, coalesce(town_code, ''), count(*) from process_case group by 1, 2`.execute(tx)
        expect(wrong.rows).toEqual([])
      })
      const found = await county.inCounty((tx) =>
        sql<{ number: string }>`select number from process_case order by id`.execute(tx),
      )
      expect(new Set(found.rows.map(({ number }) => number)).size).toBe(8)
    }))

  it('are refused one by one, and what is refused leaves nothing', () =>
    withTestCounty(async (county) => {
      await asClerk(county, async (context) => {
        await expect(readyReport(context, { ...INPUTS[1]!, classCode: 'X-9' })).rejects.toThrow(AppError)
        await expect(readyReport(context, { ...INPUTS[1]!, townCode: '320507100' })).rejects.toThrow(AppError)
      })
      const { rows } = await county.inCounty((tx) =>
        sql<{ n: number }>`select count(*) as n from process_case`.execute(tx),
      )
      expect(rows[0]!.n).toBe(0)
    }))
})

async function asClerk<T>(county: TestCounty, work: (context: Context) => Promise<T>): Promise<T> {
  return county.asSystem(async (context) => {
    const { rows } = await sql<{ id: number }>`select id from auth_account where login = 'md-zhou'`.execute(context.tx)
    const actor = (await actorOf(context.tx, rows[0]!.id, context.now))!
    return work({ ...context, actor })
  })
}

async function tablesOfCases(tx: Tx): Promise<{ table: string; key: string }[]> {
  const { rows } = await sql<{ table: string; key: string }>`
    select table_name as table, column_name as key from information_schema.columns
     where table_schema = current_schema() and table_name <> 'command_audit'
       and (column_name in ('case_id', 'subject') or (table_name = 'process_case' and column_name = 'id'))
     order by 1`.execute(tx)
  return rows
}

/** All rows that name a case but those of audit (one row a call), made alike where they name the case or are random. */
async function rowsOf(tx: Tx, tables: { table: string; key: string }[], id: number): Promise<Record<string, string[]>> {
  const { rows: known } = await sql<{ number: string }>`select number from process_case where id = ${id}`.execute(tx)
  const { number } = known[0]!
  const tail = number.split('-').at(-1)!
  const found: Record<string, string[]> = {}
  for (const { table, key } of tables) {
    const { rows } = await sql<{ row: Record<string, unknown> }>`
      select to_jsonb(t) as row from ${sql.raw(table)} t where ${sql.raw(key)} = ${key === 'subject' ? `case:${id}` : id}`.execute(
      tx,
    )
    found[table] = rows
      .map(({ row }) => {
        for (const name of [
          'id',
          'case_id',
          'salt',
          'leaf',
          'log_index',
          'place_in_log',
          'trace_id',
          'follow_code_hash',
        ])
          delete row[name]
        // Ciphertexts differ each time; their length does not.
        for (const name of ['text_sealed', 'reporter_name', 'reporter_phone', 'follow_code_sealed'])
          if (typeof row[name] === 'string') row[name] = (row[name] as string).length
        if (typeof row.content === 'string' && table === 'evidence_entry')
          row.content = Buffer.from(row.content.slice(2), 'hex').toString()
        if (typeof row.tokens === 'string')
          row.tokens = row.tokens
            .split(' ')
            .map((token) => (token === `'${tail}'` ? '<tail>' : token))
            .sort()
            .join(' ')
        return JSON.stringify(row)
          .replaceAll(number, '<number>')
          .replaceAll(number.toLowerCase(), '<number>')
          .replaceAll(`case:${id}"`, 'case:<id>"')
      })
      .map((text) => (table === 'search_document' ? text.split(' ').sort().join(' ') : text))
      .sort()
  }
  return found
}
