import { buffer, text } from 'node:stream/consumers'
import { parse } from 'csv-parse/sync'
import ExcelJS from 'exceljs'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { inspectOfficeFile } from '#platform/files/office-file.ts'
import type { Column } from './column.ts'
import { readTable } from './read-table.ts'
import { writeCsv } from './write-csv.ts'
import { columnLetters, writeXlsx } from './write-xlsx.ts'

interface Row {
  number: string
  count: number | null
  cents: number
  at: Date | null
  day: string
  late: boolean
}

const columns: Column<Row>[] = [
  { title: '编号', type: 'text', value: (row) => row.number },
  { title: '次数', type: 'integer', value: (row) => row.count },
  { title: '金额（元）', type: 'yuan', value: (row) => row.cents },
  { title: '上报时间', type: 'dateTime', value: (row) => row.at },
  { title: '到期日', type: 'date', value: (row) => row.day },
  { title: '超期', type: 'boolean', value: (row) => row.late },
]

const rows: Row[] = [
  {
    number: '320999199001010018',
    count: 3,
    cents: 6_000_005,
    at: new Date('2026-09-30T08:20:05Z'),
    day: '2026-10-13',
    late: true,
  },
  {
    number: '=HYPERLINK("http://x","甲")',
    count: null,
    cents: -5,
    at: new Date('2026-12-31T16:00:00Z'),
    day: '2027-01-01',
    late: false,
  },
  { number: ' 空格与<标签>&"引号"\n第二行\u0001 ', count: 0, cents: 0, at: null, day: '', late: false },
]

async function collect<T>(source: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = []
  for await (const item of source) all.push(item)
  return all
}

describe('writeXlsx', () => {
  it('is read by another program with types, wall clock times and digits intact', async () => {
    const file = await buffer(writeXlsx(columns, rows, { sheet: '待办/导出' }))
    expect(await inspectOfficeFile(file)).toBe('xlsx')
    const book = new ExcelJS.Workbook()
    await book.xlsx.load(file as unknown as ArrayBuffer)
    const sheet = book.worksheets[0]!
    expect(sheet.name).toBe('待办 导出')
    const values = (row: number) => (sheet.getRow(row).values as unknown[]).slice(1)
    expect(values(1)).toEqual(['编号', '次数', '金额（元）', '上报时间', '到期日', '超期'])
    expect(values(2)).toEqual([
      '320999199001010018',
      3,
      60_000.05,
      new Date('2026-09-30T16:20:05Z'),
      new Date('2026-10-13T00:00:00Z'),
      '是',
    ])
    expect(sheet.getCell('A3').type).toBe(ExcelJS.ValueType.String)
    expect(sheet.getCell('A3').value).toBe('=HYPERLINK("http://x","甲")')
    expect(sheet.getCell('D3').value).toEqual(new Date('2027-01-01T00:00:00Z'))
    expect(sheet.getCell('A4').value).toBe(' 空格与<标签>&"引号"\n第二行 ')
    expect(sheet.getCell('D2').numFmt).toBe('yyyy-mm-dd hh:mm:ss')
  })

  it('makes a whole file of no rows, and gives equal files for equal rows', async () => {
    const empty = await readTable(await buffer(writeXlsx(columns, [])), 'a.xlsx')
    expect(await collect(empty.rows)).toEqual([])
    expect(await buffer(writeXlsx(columns, rows))).toEqual(await buffer(writeXlsx(columns, rows)))
  })

  it('takes rows only as fast as they are read, and stops the source when the reader goes away', async () => {
    let made = 0
    let close: () => void
    const closed = new Promise<void>((resolve) => {
      close = resolve
    })
    async function* endless() {
      try {
        for (;;) yield { ...rows[0]!, number: `${made++}-${Math.random()}` }
      } finally {
        close()
      }
    }
    const stream = writeXlsx(columns, endless())
    await stream[Symbol.asyncIterator]().next()
    // Nobody reads on: the source comes to rest. Without back pressure it never would.
    let still = 0
    for (let round = 0, seen = -1; still < 1000 && round < 200_000; round++) {
      await new Promise((resolve) => setImmediate(resolve))
      still = made === seen ? still + 1 : 0
      seen = made
    }
    expect(still).toBe(1000)
    stream.destroy()
    await closed
  })

  it('breaks off with the error of the source', async () => {
    async function* failing() {
      yield rows[0]!
      throw new Error('the connection is gone')
    }
    await expect(buffer(writeXlsx(columns, failing()))).rejects.toThrow('the connection is gone')
  })

  it('names columns as spreadsheets do', () => {
    expect([0, 25, 26, 51, 701, 702].map(columnLetters)).toEqual(['A', 'Z', 'AA', 'AZ', 'ZZ', 'AAA'])
  })
})

describe('writeCsv', () => {
  it('begins with a byte order mark and disarms formulas', async () => {
    const csv = await text(writeCsv(columns, rows))
    // text() takes the mark off, as every decoder does.
    expect((await buffer(writeCsv(columns, rows))).subarray(0, 3)).toEqual(Buffer.from([0xef, 0xbb, 0xbf]))
    expect(csv.split('\r\n').slice(0, 3)).toEqual([
      '编号,次数,金额（元）,上报时间,到期日,超期',
      '320999199001010018,3,60000.05,2026-09-30 16:20:05,2026-10-13,是',
      `"'=HYPERLINK(""http://x"",""甲"")",,-0.05,2027-01-01 00:00:00,2027-01-01,否`,
    ])
  })

  it('no text field can begin a formula, and every text comes back as it was', async () => {
    const cell = fc.oneof(
      fc.string({ unit: 'grapheme', minLength: 1 }),
      fc
        .tuple(fc.constantFrom('=', '+', '-', '@', "'", "'=", '\t', '＝', "''+"), fc.string())
        .map((parts) => parts.join('')),
    )
    const texts: Column<string[]>[] = [
      { title: '甲', type: 'text', value: (row) => row[0] },
      { title: '乙', type: 'text', value: (row) => row[1] },
    ]
    await fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(cell, cell), { minLength: 1, maxLength: 5 }), async (written) => {
        const wellFormed = written.map((row) => row.map((field) => field.replace(/\r\n?/g, '\n').replaceAll('\0', '')))
        const file = await buffer(writeCsv(texts, wellFormed))
        // As any program that opens the file would see the fields.
        const fields = parse(file, { bom: true, relax_column_count: true }).flat()
        for (const field of fields) expect(field).not.toMatch(/^[=+@＝＋＠\t-]/)
        const read = await readTable(file, 'a.csv')
        const back = (await collect(read.rows)).map(({ cells }) => cells.map((value) => value ?? ''))
        expect(back).toEqual(wellFormed.filter((row) => row.some((field) => field.trim() !== '')))
      }),
      { numRuns: 200 },
    )
  })
})
