import { randomBytes } from 'node:crypto'
import type { Readable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { parse } from 'csv-parse/sync'
import ExcelJS from 'exceljs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Actor } from '#platform/access/actor.ts'
import { type Context, Pending } from '#platform/command/context.ts'
import { sql } from '#platform/db/db.ts'
import type { Call, StreamAnswer } from '#platform/http/server.ts'
import { type CaseFilters, COUNT_CAP, caseNumbers, countCases } from '#platform/process/case-list.ts'
import { startCase } from '#platform/process/engine.ts'
import { exportCasesHandler } from '#platform/process/export-cases.raw.ts'
import { type TestCounty, testActor, withTestCounty } from '#platform/testing/test-county.ts'

const ROWS = 100_000
const GRID = '320506103001001'
const HEAD =
  '编号,标题,流程,环节,状态,类别,条线,级别,来源,镇街,村（社区）,地点,承办单位,上报时间,时限,是否超时,结案时间'.split(
    ',',
  )

let county: TestCounty
let leave: () => void
let left: Promise<void>

beforeAll(
  () =>
    new Promise<void>((ready, fail) => {
      left = withTestCounty(
        async (made) => {
          county = made
          await fillGrid()
          ready()
          await new Promise<void>((resolve) => {
            leave = resolve
          })
        },
        { at: '2026-10-12T01:00:00Z' },
      )
      left.catch(fail)
    }),
)

afterAll(() => {
  leave?.()
  return left
})

/** A grid with more cases than any count or page holds. */
async function fillGrid(): Promise<void> {
  const { id, body } = (await county.here()).definitions.current('report')
  await county.inCounty((tx) =>
    sql`
      insert into process_case (number, definition_id, definition_key, state, phase, title, source, town_code, village_code,
          grid_code, opened_at, last_hop_at)
      select 'WZ-MD-20260901-' || n, ${id}, 'report', 'reported', ${body.states.reported!.phase}, '路灯不亮 ' || n, 'grid',
          ${GRID.slice(0, 9)}, ${GRID.slice(0, 12)}, ${GRID}, ${new Date(0)}, ${new Date(0)}
        from generate_series(100001, ${100_000 + ROWS}) n`.execute(tx),
  )
}

const gridWorker = testActor(7, [{ permission: 'process.case.view', division: GRID, line: null }])
const director = testActor(8, [{ permission: 'process.case.view', division: '320506', line: null }])

async function ask(actor: Actor, input: CaseFilters & { format: 'xlsx' | 'csv' }) {
  const call = { here: await county.here(), actor, input, info: { traceId: 'test', address: null } }
  return (await exportCasesHandler.handle(county.house, call as unknown as Call)) as StreamAnswer & { body: Readable }
}

const lastAudit = () =>
  county.inCounty(async (tx) => {
    const { rows } = await sql<{ subject: string; account_id: number }>`
      select subject, account_id from command_audit where route = 'process.export_cases' order by id desc limit 1`.execute(
      tx,
    )
    return rows[0]
  })
const rowsOf = (subject: string | undefined) => Number(/rows=(\d+)$/.exec(subject ?? '')?.[1])

setFlagsFromString('--expose-gc')
const collect = runInNewContext('gc') as () => void
const heap = () => {
  collect()
  return process.memoryUsage().heapUsed
}

describe('export of cases', () => {
  it('a hundred thousand rows leave in the memory that ten thousand need, and are audited', async () => {
    const { headers, body } = await ask(gridWorker, { format: 'csv' })
    expect(decodeURIComponent(headers['content-disposition']!)).toContain('案件 2026-10-12.csv')
    let lines = 0
    let early = 0
    let late = 0
    for await (const chunk of body) {
      for (const byte of chunk as Buffer) if (byte === 10) lines += 1
      if (early === 0 && lines > ROWS * 0.1) early = heap()
      if (late === 0 && lines > ROWS * 0.9) late = heap()
    }
    expect(lines).toBe(ROWS + 1)
    expect(late - early).toBeLessThan(20 * 1024 * 1024)
    expect(await lastAudit()).toEqual({ account_id: 7, subject: `cases?format=csv rows=${ROWS}` })
  })

  it('is read no faster than it is taken; broken off, the audit tells what had left', async () => {
    const { body } = await ask(gridWorker, { format: 'xlsx', town: GRID.slice(0, 9) })
    const reader = body[Symbol.asyncIterator]()
    await reader.next()
    await reader.return!()
    await expect.poll(async () => (await lastAudit())?.subject).toContain('format=xlsx')
    const audit = await lastAudit()
    expect(audit!.subject).toContain(`town=${GRID.slice(0, 9)}`)
    expect(rowsOf(audit!.subject)).toBeGreaterThan(0)
    expect(rowsOf(audit!.subject)).toBeLessThan(ROWS / 4)
  })

  it('has the columns of the list in words, formulas disarmed, times in Chinese time', async () => {
    const unit = (await county.here()).directory.unitByCode('320506-fire')!
    await county.asSystem((context) =>
      startCase(context, {
        definitionKey: 'report',
        title: '=HYPERLINK("http://x")',
        source: 'resident',
        form: { text: '路口积水' },
        severity: 2,
        townCode: '320506100',
        placeText: '甫里公园东侧',
        unitId: unit.id,
      }),
    )
    const csv = await buffer((await ask(director, { format: 'csv', town: '320506100' })).body)
    const [head, row, ...rest] = parse(csv, { bom: true }) as string[][]
    expect(head).toEqual(HEAD)
    expect(rest).toEqual([])
    const cell = (title: string) => row![HEAD.indexOf(title)]
    expect(cell('编号')).toMatch(/^WZ-LZ-20261012-\d+$/)
    expect(cell('标题')).toBe('\'=HYPERLINK("http://x")')
    expect(cell('流程')).toMatch(/\p{Script=Han}/u)
    expect(cell('级别')).toBe('橙')
    expect(cell('来源')).toBe('居民上报')
    expect(cell('镇街')).toBe('甪直镇')
    expect(cell('地点')).toBe('甫里公园东侧')
    expect(cell('承办单位')).toBe(unit.name)
    expect(cell('上报时间')).toBe('2026-10-12 09:00:00')
    expect(cell('时限')).toMatch(/^2026-1\d-\d\d \d\d:\d\d:\d\d$/)
    expect(cell('是否超时')).toBe('否')
    expect(cell('结案时间')).toBe('')

    const { headers, body } = await ask(director, { format: 'xlsx', town: '320506100' })
    expect(headers['content-type']).toContain('spreadsheetml')
    const book = new ExcelJS.Workbook()
    await book.xlsx.load((await buffer(body)) as unknown as Parameters<typeof book.xlsx.load>[0])
    const sheet = book.worksheets[0]!
    expect((sheet.getRow(1).values as string[]).slice(1)).toEqual(HEAD)
    expect(sheet.rowCount).toBe(2)
    expect(sheet.getCell('B2').value).toBe('=HYPERLINK("http://x")')
  })

  it('of nothing is a table with its head only, for the public there is none', async () => {
    const nobody = testActor(9, [])
    expect(parse(await buffer((await ask(nobody, { format: 'csv' })).body), { bom: true })).toEqual([HEAD])
    const visitor: Actor = { kind: 'public', secret: randomBytes(8).toString('hex') }
    expect(parse(await buffer((await ask(visitor, { format: 'csv' })).body), { bom: true })).toEqual([HEAD])
  })
})

describe('numbers of a grid', () => {
  it('are exact beyond the cap of counts, which says that it is one', async () => {
    const here = await county.here()
    await county.inCounty(async (tx) => {
      const context: Context = {
        tx,
        actor: gridWorker,
        now: county.clock.now(),
        services: county.services,
        here,
        pending: new Pending(),
        request: { traceId: 'test', address: null },
      }
      expect((await caseNumbers(context)).reduce((sum, row) => sum + row.amount, 0)).toBe(ROWS)
      expect(await countCases(context, {})).toEqual({ count: ROWS, capped: false })
      expect(await countCases(context, { source: 'grid' })).toEqual({ count: COUNT_CAP, capped: true })
    })
  })
})
