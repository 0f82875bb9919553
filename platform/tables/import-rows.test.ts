import { Readable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import ExcelJS from 'exceljs'
import { describe, expect, it } from 'vitest'
import { AppError } from '#platform/errors/app-error.ts'
import type { Column } from './column.ts'
import { collectRowErrors, type ImportColumn, writeErrorFile } from './import-rows.ts'
import { decodeText } from './read-csv.ts'
import { type ReadTableOptions, readTable } from './read-table.ts'
import { writeXlsx } from './write-xlsx.ts'
import { zipStream } from './zip-writer.ts'

/** 姓名,地址 and 香溪社区 in GB18030. */
const gb18030 = Buffer.from('d0d5c3fb2cb5d8d6b70d0ad5c5c8fd2ccfe3cfaac9e7c7f80d0a', 'hex')

async function read(source: Buffer | Readable, name = 'a.xlsx', options: ReadTableOptions = {}) {
  const table = await readTable(source, name, options)
  const rows = []
  for await (const row of table.rows) rows.push(row)
  return { titles: table.titles, rows }
}

async function failure(work: Promise<unknown>): Promise<AppError> {
  return work.then(
    () => {
      throw new Error('did not fail')
    },
    (error) => {
      if (error instanceof AppError) return error
      throw error
    },
  )
}

async function workbook(fill: (sheet: ExcelJS.Worksheet, book: ExcelJS.Workbook) => void): Promise<Buffer> {
  const book = new ExcelJS.Workbook()
  fill(book.addWorksheet('甲'), book)
  return Buffer.from(await book.xlsx.writeBuffer())
}

describe('readTable', () => {
  it('reads what another program wrote: shared and rich text, dates, formulas, gaps, its own row numbers', async () => {
    const file = await workbook((sheet, book) => {
      sheet.addRow(['网格员信息登记表'])
      sheet.addRow([])
      sheet.addRow(['姓名 *', '上岗日期', '年龄', '合计', '在岗'])
      sheet.addRow([
        { richText: [{ text: '沈' }, { font: { bold: true }, text: '国强' }] },
        new Date('2026-09-30T16:20:05Z'),
        41,
        { formula: 'C4*2', result: 82 },
        true,
      ])
      sheet.getCell('A7').value = '顾敏'
      sheet.getCell('C7').value = 35.5
      sheet.getCell('B4').numFmt = 'yyyy"年"m"月"d"日" hh:mm'
      book.addWorksheet('说明').addRow(['填写说明'])
    })
    const { titles, rows } = await read(Readable.from([file]), '登记表.xlsx', { titles: ['姓名', '上岗日期'] })
    expect(titles).toEqual(['姓名 *', '上岗日期', '年龄', '合计', '在岗'])
    expect(rows).toEqual([
      { number: 4, cells: ['沈国强', new Date('2026-09-30T08:20:05Z'), 41, 82, true] },
      { number: 7, cells: ['顾敏', null, 35.5, null, null] },
    ])
  })

  it('skips hidden sheets and reads prefixed XML with phonetic marks', async () => {
    const main = 'xmlns:x="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
    const parts = {
      'xl/workbook.xml': `<x:workbook ${main} xmlns:r="r"><x:sheets><x:sheet name="隐" state="hidden" r:id="a"/><x:sheet name="显" r:id='b'/></x:sheets></x:workbook>`,
      'xl/_rels/workbook.xml.rels': `<Relationships><Relationship Id="a" Type="t/worksheet" Target="worksheets/one.xml"/><Relationship Id="b" Type="t/worksheet" Target="/xl/worksheets/two.xml"/></Relationships>`,
      'xl/worksheets/one.xml': '<worksheet/>',
      'xl/sharedStrings.xml': `<x:sst ${main}><x:si><x:t>姓名</x:t></x:si><x:si><x:t>张&#19977;</x:t><x:rPh sb="0" eb="1"><x:t>zhang</x:t></x:rPh></x:si></x:sst>`,
      'xl/worksheets/two.xml': `<?xml version="1.0"?><!-- a > b --><x:worksheet ${main}><x:sheetData><x:row><x:c t="s"><x:v>0</x:v></x:c></x:row><x:row r='5'><x:c r="A5" t="s"><x:v>1</x:v></x:c><x:c r="C5" t="inlineStr"><x:is><x:t><![CDATA[<备注>]]></x:t></x:is></x:c></x:row></x:sheetData></x:worksheet>`,
    }
    const file = await buffer(
      Readable.from(zipStream(Object.entries(parts).map(([name, xml]) => ({ name, content: [xml] })))),
    )
    const { rows } = await read(file)
    expect(rows).toEqual([{ number: 5, cells: ['张三'] }])
  })

  it('reads CSV in UTF-8, GB18030 and UTF-16, with commas, tabs or semicolons', async () => {
    const expected = { titles: ['姓名', '地址'], rows: [{ number: 2, cells: ['张三', '香溪社区'] }] }
    expect(await read(gb18030, 'a.csv')).toEqual(expected)
    expect(await read(Buffer.from('\ufeff姓名;地址\n张三;香溪社区\n'), 'a.csv')).toEqual(expected)
    expect(await read(Buffer.from('姓名\t地址\r\n张三\t香溪社区'), 'a.txt')).toEqual(expected)
    expect(await read(Buffer.from('\ufeff姓名,地址\n张三,香溪社区', 'utf16le'), 'a.csv')).toEqual(expected)
    const gap = await read(Buffer.from('姓名,地址\n\n"张\n三",香溪社区\n'), 'a.csv')
    expect(gap.rows).toEqual([{ number: 3, cells: ['张\n三', '香溪社区'] }])
    expect(decodeText(gb18030)).toBe('姓名,地址\r\n张三,香溪社区\r\n')
  })

  it('says what is wrong with a file', async () => {
    const codes = async (source: Buffer, name = 'a.xlsx', options: ReadTableOptions = {}) =>
      (await failure(read(source, name, options))).code
    expect(await codes(Buffer.alloc(0))).toBe('tables.empty')
    expect(await codes(Buffer.from('姓名'), 'a.xlsx')).toBe('tables.format_unknown')
    expect(await codes(Buffer.from('d0cf11e0a1b11ae1', 'hex'), 'a.xls')).toBe('tables.old_format')
    expect(await codes(Buffer.from('姓名,姓 名\n1,2'), 'a.csv')).toBe('tables.column_twice')
    expect(await codes(Buffer.from([0x41, 0, 0x42, 0, 0xff]), 'a.csv')).toBe('tables.encoding_unknown')
    expect(await codes(Buffer.from('姓名\n甲\n乙'), 'a.csv', { maxRows: 1 })).toBe('tables.too_many_rows')
    expect(await codes(Buffer.from('姓名\n甲'), 'a.csv', { maxBytes: 5 })).toBe('tables.too_large')
    const missing = await failure(
      read(Buffer.from('登记表\n姓名,年龄\n甲,1'), 'a.csv', { titles: ['姓名', '电话', '地址'] }),
    )
    expect([missing.code, missing.params.titles]).toEqual(['tables.columns_missing', '电话、地址'])
    const doctype = '<!DOCTYPE x [<!ENTITY a "b">]><workbook><sheets><sheet r:id="a"/></sheets></workbook>'
    expect(await codes(await buffer(Readable.from(zipStream([{ name: 'xl/workbook.xml', content: [doctype] }]))))).toBe(
      'tables.damaged',
    )
  })
})

describe('import rows', () => {
  const columns: ImportColumn[] = [
    { key: 'name', title: '姓名', type: 'text', required: true, maxLength: 4 },
    { key: 'identity', title: '身份证号', aliases: ['证件号码'], type: 'text' },
    { key: 'age', title: '年龄', type: 'integer' },
    { key: 'rent', title: '租金', type: 'yuan' },
    { key: 'since', title: '入住日期', type: 'date' },
    { key: 'own', title: '自有', type: 'boolean' },
    { key: 'kind', title: '类型', type: 'text', oneOf: ['出租屋', '自住'] },
  ]
  const csv = [
    '姓名*,证件号码,年龄,租金,入住日期,自有,类型,备注',
    '张三,32099919900101001X,41,"1,200.50",2026年9月30日,是,出租屋,无',
    ',32099919900101001X,四十,1.005,2026-02-30,也许,厂房,',
    '诸葛孔明先生,,１２,￥8元,20260930 16:20,否,自住,',
    '李四,,,,46295,,,',
  ].join('\n')

  it('reads values by type and collects every problem of every row', async () => {
    const table = await readTable(Buffer.from(csv), 'a.csv', { titles: ['姓名'] })
    const { good, bad } = await collectRowErrors(table, columns, (values) =>
      values.name === '李四' ? [{ code: 'population.already_there', params: { name: '李四' } }] : [],
    )
    expect(good).toEqual([
      {
        number: 2,
        values: {
          name: '张三',
          identity: '32099919900101001X',
          age: 41,
          rent: 120_050,
          since: new Date('2026-09-29T16:00:00Z'),
          own: true,
          kind: '出租屋',
        },
      },
    ])
    expect(
      bad.map(({ number, problems }) => [number, problems.map(({ code, params }) => `${code} ${params?.title ?? ''}`)]),
    ).toEqual([
      [
        3,
        [
          'tables.cell_required 姓名',
          'tables.cell_not_integer 年龄',
          'tables.cell_not_money 租金',
          'tables.cell_not_date 入住日期',
          'tables.cell_not_boolean 自有',
          'tables.cell_not_allowed 类型',
        ],
      ],
      [4, ['tables.cell_too_long 姓名']],
      [5, ['population.already_there ']],
    ])
  })

  it('tells when a spreadsheet has eaten the digits of an identity number', async () => {
    const file = await workbook((sheet) => {
      sheet.addRow(['姓名', '身份证号'])
      sheet.addRow(['张三', Number('320999199001010018')])
      sheet.addRow(['李四', 139_0000_0000])
    })
    const { good, bad } = await collectRowErrors(await readTable(file, 'a.xlsx'), columns)
    expect(bad.map(({ problems }) => problems[0]?.code)).toEqual(['tables.cell_digits_lost'])
    expect(good[0]?.values.identity).toBe('13900000000')
  })

  it('gives back a sheet that can be mended and sent again', async () => {
    const table = await readTable(Buffer.from(csv), 'a.csv')
    const { bad } = await collectRowErrors(table, columns)
    const errorFile = await buffer(writeErrorFile(table.titles, bad, ({ code, params }) => `${params?.title}：${code}`))

    const again = await readTable(errorFile, '待修改.xlsx', { titles: ['姓名'] })
    expect(again.titles).toEqual([...table.titles, '错误原因'])
    const second = await collectRowErrors(again, columns)
    expect(second.bad.map(({ problems }) => problems)).toEqual(bad.map(({ problems }) => problems))
    expect(second.bad[0]?.cells.at(-1)).toBe(
      '原第 3 行：姓名：tables.cell_required；年龄：tables.cell_not_integer；租金：tables.cell_not_money；入住日期：tables.cell_not_date；自有：tables.cell_not_boolean；类型：tables.cell_not_allowed',
    )

    // Sent again unmended, the reasons do not pile up.
    const third = await readTable(await buffer(writeErrorFile(again.titles, second.bad, ({ code }) => code)), 'b.xlsx')
    expect(third.titles).toEqual(again.titles)
  })

  it('reads back every export', async () => {
    const exported: Column<{ name: string; rent: number; since: Date }>[] = [
      { title: '姓名', type: 'text', value: (row) => row.name },
      { title: '租金', type: 'yuan', value: (row) => row.rent },
      { title: '入住日期', type: 'dateTime', value: (row) => row.since },
    ]
    const rows = Array.from({ length: 300 }, (_, index) => ({
      name: `甲${index}`,
      rent: index * 7919 + 1,
      since: new Date(Date.UTC(2026, 0, 1, 15, 59, 59) + index * 86_399_000),
    }))
    const table = await readTable(await buffer(writeXlsx(exported, rows)), 'a.xlsx')
    const { good, bad } = await collectRowErrors(table, columns)
    expect(bad).toEqual([])
    expect(good.map(({ values }) => ({ name: values.name, rent: values.rent, since: values.since }))).toEqual(rows)
  })
})
