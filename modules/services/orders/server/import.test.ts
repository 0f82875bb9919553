import { Readable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import ExcelJS from 'exceljs'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { sql } from '#platform/db/db.ts'
import { runDueJobs } from '#platform/jobs/jobs.ts'
import { encodeGb18030 } from '#platform/tables/encode-gb18030.ts'
import { readTable } from '#platform/tables/read-table.ts'
import { writeXlsx } from '#platform/tables/write-xlsx.ts'
import { logInAs, type Session } from '#platform/testing/log-in-as.ts'
import { type TestCounty, withTestCounty } from '#platform/testing/test-county.ts'

const HEAD = ['工单编号', '诉求内容', '来电时间', '所属镇街', '社区', '详细地址', '市民姓名', '联系电话', '备注']
const good = (n: number, extra: Partial<Record<string, string>> = {}): string[] =>
  HEAD.map(
    (title) =>
      extra[title] ??
      {
        工单编号: `SZ-${n}`,
        诉求内容: `香溪花苑 ${n} 幢路灯不亮，晚上看不清路`,
        来电时间: '2026-09-29 10:20',
        所属镇街: '木渎镇',
        社区: '香溪社区',
        详细地址: `香溪花苑 ${n} 幢`,
        市民姓名: '李文华',
        联系电话: '19900005007',
        备注: '无',
      }[title] ??
      '',
  )
const csvOf = (rows: string[][], head = HEAD) =>
  [head, ...rows].map((cells) => cells.map((cell) => `"${cell.replaceAll('"', '""')}"`).join(',')).join('\r\n')
const gbk = (rows: string[][], head = HEAD) => encodeGb18030(csvOf(rows, head))
const xlsx = (rows: string[][], head = HEAD): Promise<Buffer> =>
  buffer(
    writeXlsx(
      head.map((title, at) => ({ title, type: 'text' as const, value: (row: string[]) => row[at] ?? null })),
      rows,
    ),
  )

// biome-ignore lint/suspicious/noExplicitAny: answers of every shape
type Answer = any

async function send(
  county: TestCounty,
  session: Session,
  file: Buffer,
  name: string,
): Promise<{ status: number; body: Answer }> {
  const app = await county.app()
  const boundary = 'yiti-test'
  const answer = await app.inject({
    method: 'POST',
    url: '/test/api/v1/orders/imports',
    headers: { ...session.headers, 'content-type': `multipart/form-data; boundary=${boundary}` },
    payload: Buffer.concat([
      Buffer.from(`--${boundary}\r\ncontent-disposition: form-data; name="file"; filename="${name}"\r\n\r\n`),
      file,
      Buffer.from(`\r\n--${boundary}--\r\n`),
    ]),
  })
  return { status: answer.statusCode, body: answer.json() }
}

const SETTINGS = { source: 'hotline', origin: '市12345' }

async function tryOut(
  county: TestCounty,
  session: Session,
  file: Buffer,
  name: string,
  change: Answer = {},
): Promise<Answer> {
  const sent = await send(county, session, file, name)
  expect(sent.status, JSON.stringify(sent.body)).toBe(200)
  await session.post(`/orders/imports/${sent.body.id}/check`, {
    mapping: sent.body.mapping,
    settings: SETTINGS,
    ...change,
  })
  await county.settle()
  return session.get(`/orders/imports/${sent.body.id}`)
}

async function takeAll(county: TestCounty, session: Session, id: number): Promise<Answer> {
  await session.post(`/orders/imports/${id}/start`, {})
  await county.settle()
  return session.get(`/orders/imports/${id}`)
}

async function errorFile(county: TestCounty, session: Session, id: number): Promise<Buffer> {
  const app = await county.app()
  const answer = await app.inject({ url: `/test/api/v1/orders/imports/${id}/errors`, headers: session.headers })
  expect(answer.statusCode, answer.body.slice(0, 200)).toBe(200)
  return answer.rawPayload
}

const countCases = (county: TestCounty) =>
  county.inCounty(
    async (tx) => (await sql<{ n: number }>`select count(*) as n from process_case`.execute(tx)).rows[0]!.n,
  )

/** One job at a time, as a worker would do. */
const step = async (county: TestCounty) =>
  runDueJobs(county.services, await county.here(), county.house.handlers, { only: ['imports.step'], limit: 1 })

describe('import of orders', () => {
  it('tries out, takes what is right, gives back what is not in its own format, and takes that when it is mended', () =>
    withTestCounty(async (county) => {
      const clerk = await logInAs(county, 'md-zhou')
      const rows = [
        good(1),
        good(2, { 联系电话: '1390' }),
        good(3, { 社区: '没有这个村' }),
        good(4, { 诉求内容: '' }),
        good(1),
        good(6, { 来电时间: '2027-01-01', 备注: '𠮷字' }),
        HEAD,
        good(8, { 联系电话: '匿名', 市民姓名: '' }),
      ]
      const tried = await tryOut(county, clerk, gbk(rows), '工单.csv')
      expect([tried.state, tried.encoding, tried.check]).toEqual([
        'checked',
        'gb18030',
        { rows: 8, good: 2, errors: 5, duplicates: 1 },
      ])
      expect(await countCases(county)).toBe(0)
      expect(tried.problems.map((p: Answer) => [p.row, p.texts.join()])).toEqual([
        [3, '“联系电话”应为 11 位手机号，或区号加号码'],
        [4, '“社区”没有“没有这个村”，请填村（社区）名称或 12 位区划代码'],
        [5, '“诉求内容”不能为空'],
        [6, '与本文件第 2 行重复'],
        [7, '“来电时间”在将来，请核对'],
        [8, '这一行是表头，不是数据，请删去'],
      ])
      const done = await takeAll(county, clerk, tried.id)
      expect([done.state, done.done, done.good, done.errors, done.duplicates]).toEqual(['done', 8, 2, 5, 1])

      const cases = await clerk.get(`/cases?q=${done.number}&count=true`)
      expect(cases.count).toBe(2)
      const page = await clerk.get(`/cases/${cases.items.at(-1).id}`)
      expect(page.case.openedAt).toBe('2026-09-29T02:20:00.000Z')
      expect(page.case.source).toBe('hotline')
      expect((await clerk.get('/cases?q=SZ-8')).items).toHaveLength(1)
      const notices = await clerk.get('/notices')
      expect(notices.items.map((n: Answer) => [n.kind, n.params.count])).toEqual([['orders.imported', 2]])

      const file = await errorFile(county, clerk, done.id)
      const text = new TextDecoder('gb18030').decode(file)
      expect(text).toContain('原第 3 行：“联系电话”应为 11 位手机号')
      expect(text).toContain('𠮷字')
      const table = await readTable(file, 'a.csv', {})
      expect(table.titles).toEqual([...HEAD, '错误原因'])
      const bad: string[][] = []
      for await (const row of table.rows) bad.push(row.cells.map((cell) => String(cell ?? '')))
      const mended = bad
        .filter((cells) => cells[0]!.startsWith('SZ'))
        .map((cells) => good(Number(cells[0]!.slice(3))).concat(cells.at(-1)!))
      const second = await tryOut(county, clerk, gbk(mended, [...HEAD, '错误原因']), '待修改.csv')
      expect(second.check).toEqual({ rows: 4, good: 4, errors: 0, duplicates: 0 })
      expect((await takeAll(county, clerk, second.id)).good).toBe(4)
      expect(await countCases(county)).toBe(6)

      // The same file once more: everything is known.
      const again = await send(county, clerk, gbk(mended, [...HEAD, '错误原因']), '待修改.csv')
      expect(again.body.sameFile.number).toBe(second.number)
      await clerk.post(`/orders/imports/${again.body.id}/check`, { mapping: again.body.mapping, settings: SETTINGS })
      await county.settle()
      expect((await clerk.get(`/orders/imports/${again.body.id}`)).check).toEqual({
        rows: 4,
        good: 0,
        errors: 0,
        duplicates: 4,
      })
    }))

  it('takes Excel files with headings, merged group titles, numbers, dates and formulas as people make them', () =>
    withTestCounty(async (county) => {
      const clerk = await logInAs(county, 'md-zhou')
      const book = new ExcelJS.Workbook()
      const sheet = book.addWorksheet('工单')
      sheet.addRow(['吴中区 12345 工单导出表'])
      sheet.mergeCells('A1:F1')
      sheet.addRow(['基本信息', '', '', '诉求人', '', ''])
      sheet.mergeCells('A2:C2')
      sheet.addRow(['编号', '主要内容（必填）', '来电时间', '联系人', '手机号', '镇（街道）'])
      sheet.addRow([
        20260001,
        '香溪花苑门口垃圾没有清运',
        new Date('2026-09-29T10:20:00Z'),
        '李文华',
        19900005007,
        '木渎',
      ])
      sheet.addRow([20260002, '胥江路路灯不亮', 46294.5, '王芳', '1.99E+10', '木渎镇'])
      sheet.addRow([
        { formula: 'A4+2', result: 20260003 },
        '金山路窨井盖松动',
        '2026年9月28日 9:05',
        '',
        '',
        '320506103',
      ])
      sheet.addRow([
        20260004,
        '金山路窨井盖缺失',
        '2026.9.28',
        '',
        '',
        { formula: 'X', result: { error: '#N/A' } as never },
      ])
      const tried = await tryOut(county, clerk, Buffer.from(await book.xlsx.writeBuffer()), '导出.xlsx')
      expect(tried.check).toEqual({ rows: 4, good: 2, errors: 2, duplicates: 0 })
      expect(tried.problems.map((p: Answer) => [p.row, p.texts.join()])).toEqual([
        [5, '“手机号”被表格改成了科学计数，请把该列设为文本后重新填写'],
        [7, '“镇（街道）”的公式没有算出结果（#N/A），请改为文字'],
      ])
      expect(tried.columns[4].samples[0]).toBe('199******07')
      const done = await takeAll(county, clerk, tried.id)
      const { rows } = await county.inCounty((tx) =>
        sql<{
          at: Date
          town: string
        }>`select opened_at as at, town_code as town from process_case order by id`.execute(tx),
      )
      expect(done.good).toBe(2)
      expect(rows.map(({ at }) => at.toISOString())).toEqual(['2026-09-29T02:20:00.000Z', '2026-09-28T01:05:00.000Z'])
      const mended = await readTable(await errorFile(county, clerk, done.id), 'a.xlsx')
      expect(mended.titles.at(-1)).toBe('错误原因')
    }))

  it('stops between pieces, goes on where it stopped, and survives a kill in the middle of a piece', () =>
    withTestCounty(async (county) => {
      const clerk = await logInAs(county, 'md-zhou')
      const tried = await tryOut(county, clerk, await xlsx(Array.from({ length: 1100 }, (_, n) => good(n))), '多.xlsx')
      expect(tried.check.good).toBe(1100)
      await clerk.post(`/orders/imports/${tried.id}/start`, {})
      expect(await step(county)).toBe(1)
      const stopped = await clerk.post(`/orders/imports/${tried.id}/cancel`, {})
      expect([stopped.state, stopped.good, await countCases(county)]).toEqual(['cancelled', 500, 500])
      await step(county)
      expect(await countCases(county)).toBe(500)
      await clerk.post(`/orders/imports/${tried.id}/resume`, {})

      // The worker dies with everything of the piece written and nothing committed: its connection is cut.
      const here = await county.here()
      const real = county.house.handlers.get('imports.step')!
      const dying = new Map(county.house.handlers).set('imports.step', [
        ...real,
        async ({ tx }) => {
          await sql`select pg_terminate_backend(pg_backend_pid())`.execute(tx)
        },
      ])
      await runDueJobs(county.services, here, dying, { only: ['imports.step'], limit: 1 }).catch(() => {})
      expect(await countCases(county)).toBe(500)
      county.clock.advance(3_600_000)
      await step(county)
      expect(await countCases(county)).toBe(1000)
      await county.settle()
      const done = await clerk.get(`/orders/imports/${tried.id}`)
      expect([done.state, done.good, done.done]).toEqual(['done', 1100, 1100])
      const { rows } = await county.inCounty((tx) =>
        sql<{ n: number; rows: number; numbers: number }>`
          select count(*) as n, count(distinct row_number) as rows, count(distinct outside_number) as numbers from orders_order`.execute(
          tx,
        ),
      )
      expect(rows[0]).toEqual({ n: 1100, rows: 1100, numbers: 1100 })
    }))

  it('keeps a clerk to the own town and others out of its imports', () =>
    withTestCounty(async (county) => {
      const [clerk, other, worker] = [
        await logInAs(county, 'md-zhou'),
        await logInAs(county, 'lz-ma'),
        await logInAs(county, 'md-zhao'),
      ]
      const elsewhere = good(2, { 所属镇街: '甪直镇', 社区: '' })
      const placeless = good(3, { 所属镇街: '', 社区: '', 详细地址: '' })
      const tried = await tryOut(county, clerk, gbk([good(1), elsewhere, placeless]), 'a.csv')
      expect(tried.check).toEqual({ rows: 3, good: 2, errors: 1, duplicates: 0 })
      expect(tried.problems[0].texts).toEqual(['地点不在您可以导入的辖区内，请由所在镇街或区级导入'])
      expect((await other.raw('GET', `/orders/imports/${tried.id}`)).status).toBe(404)
      for (const what of ['start', 'cancel', 'resume'])
        expect((await other.raw('POST', `/orders/imports/${tried.id}/${what}`, {})).status).toBe(404)
      expect((await other.raw('GET', `/orders/imports/${tried.id}/errors`)).status).toBe(404)
      expect((await other.get('/orders/imports')).items).toEqual([])
      expect((await worker.raw('GET', '/orders/imports')).status).toBe(403)
      expect((await send(county, worker, gbk([good(1)]), 'a.csv')).status).toBe(403)
      await takeAll(county, clerk, tried.id)
      const { rows } = await county.inCounty((tx) =>
        sql<{ town: string }>`select distinct town_code as town from process_case`.execute(tx),
      )
      expect(rows).toEqual([{ town: '320506103' }])
    }))

  it('says of a bad file what is wrong with it, and keeps nothing of it', () =>
    withTestCounty(async (county) => {
      const clerk = await logInAs(county, 'md-zhou')
      const refused = async (file: Buffer, name: string) => {
        const { status, body } = await send(county, clerk, file, name)
        return [status, body.code]
      }
      expect(await refused(Buffer.alloc(0), 'a.csv')).toEqual([422, 'tables.empty'])
      expect(await refused(Buffer.from('%PDF-1.7'), 'a.pdf')).toEqual([415, 'tables.format_unknown'])
      expect(await refused(gbk([]), 'a.csv')).toEqual([422, 'imports.no_rows'])
      expect(await refused(Buffer.alloc(21 * 1024 * 1024, 0x61), 'a.csv')).toEqual([413, 'tables.too_large'])
      const mixed = Buffer.concat([
        gbk([good(1)]),
        Buffer.from('\r\n'),
        Buffer.from(csvOf([good(2)]).split('\r\n')[1]!),
      ])
      expect(await refused(mixed, 'a.csv')).toEqual([422, 'tables.encoding_mixed'])
      expect(await refused(gbk([['1', '2']], ['内容', '内容']), 'a.csv')).toEqual([422, 'tables.column_twice'])
      expect((await clerk.get('/orders/imports')).items).toEqual([])
      const sent = await send(county, clerk, gbk([['a', 'b']], ['甲', '乙']), 'a.csv')
      const { status, body } = await clerk.raw('POST', `/orders/imports/${sent.body.id}/check`, {
        mapping: {},
        settings: SETTINGS,
      })
      expect([status, body.code]).toEqual([422, 'imports.column_needed'])
      expect((await clerk.raw('POST', `/orders/imports/${sent.body.id}/start`, {})).body.code).toBe(
        'imports.not_checked',
      )
    }))

  it('of any file every row is taken, refused or known, and what the error file gives back is exactly what was refused', () =>
    withTestCounty(async (county) => {
      const clerk = await logInAs(county, 'md-zhou')
      const cell = fc.oneof(
        fc.constantFrom(
          '',
          '木渎镇',
          '甪直',
          '香溪社区',
          '19900005007',
          '46294.5',
          '2026-09-28',
          'SZ-1',
          '#N/A',
          '=1+1',
          '路灯不亮请修理',
        ),
        fc.string({ maxLength: 12 }).map((text) => text.replace(/["\r\n\0]/g, '')),
      )
      await fc.assert(
        fc.asyncProperty(
          fc.array(
            fc.oneof(
              fc.array(cell, { minLength: HEAD.length, maxLength: HEAD.length }),
              fc.integer({ min: 1, max: 6 }).map((n) => good(n)),
            ),
            { minLength: 1, maxLength: 25 },
          ),
          async (rows) => {
            const sent = await send(county, clerk, Buffer.from(`\ufeff${csvOf(rows)}`), 'a.csv')
            if (sent.status !== 200) return expect(sent.body.code).toBe('imports.no_rows')
            const { id } = sent.body
            await clerk.post(`/orders/imports/${id}/check`, { mapping: sent.body.mapping, settings: SETTINGS })
            await county.settle()
            const tried = await clerk.get(`/orders/imports/${id}`)
            expect(tried.check.good + tried.check.errors + tried.check.duplicates).toBe(tried.rows)
            if (!tried.can.start) return
            const before = await countCases(county)
            const done = await takeAll(county, clerk, id)
            expect(done.good + done.errors + done.duplicates).toBe(done.rows)
            expect([done.good, done.errors, done.duplicates]).toEqual([
              tried.check.good,
              tried.check.errors,
              tried.check.duplicates,
            ])
            expect(await countCases(county)).toBe(before + done.good)
            if (done.errors === 0) return
            const table = await readTable(await errorFile(county, clerk, id), 'a.csv', { titles: HEAD })
            let given = 0
            for await (const _ of table.rows) given++
            expect(given).toBe(done.errors)
          },
        ),
        { numRuns: 12 },
      )
    }))
})

it('a stream that breaks off is no file', async () => {
  const broken = Readable.from(
    (async function* () {
      yield Buffer.from('工单编号,诉求内容\r\n')
      throw new Error('cut')
    })(),
  )
  const { readStaged } = await import('#platform/imports/stage-file.ts')
  const { orderConsumer } = await import('./order.consumer.ts')
  await expect(readStaged(orderConsumer, broken, 'a.csv')).rejects.toThrow('cut')
})
