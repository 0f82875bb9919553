import { Readable } from 'node:stream'
import { type CellValue, type Column, type ColumnType, dateTimeText, problemTitle, zoneOffset } from './column.ts'
import { type ZipPart, zipStream } from './zip-writer.ts'

export interface XlsxOptions {
  /** Name of the sheet, at most 31 characters. */
  sheet?: string
}

const rowsPerSheet = 1_048_575
const cellLimit = 32_767
const chunkSize = 64 * 1024
const xmlHead = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
const main = 'http://schemas.openxmlformats.org/spreadsheetml/2006/main'
const relations = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships'
const packageRelations = 'http://schemas.openxmlformats.org/package/2006/relationships'

/** Index into cellXfs of the style sheet below. */
const styleOf: Record<Column<unknown>['type'], number> = {
  asWritten: 1,
  text: 1,
  integer: 2,
  decimal: 0,
  yuan: 3,
  date: 4,
  dateTime: 5,
  boolean: 0,
}
const headStyle = 6
const problemStyle = 7

const widthOf: Record<Column<unknown>['type'], number> = {
  asWritten: 20,
  text: 20,
  integer: 10,
  decimal: 12,
  yuan: 14,
  date: 12,
  dateTime: 20,
  boolean: 8,
}

/**
 * Rows as an Excel file, made while it is read: 20,000 or 1,000,000 rows need the same memory, and rows are taken from
 * the source only as fast as the reader takes bytes. Text is always text (long numbers keep their digits, nothing becomes
 * a formula). More rows than a sheet can hold continue on the next sheet. An error of the source breaks the stream off.
 */
export function writeXlsx<Row>(
  columns: readonly Column<Row>[],
  rows: Iterable<Row> | AsyncIterable<Row>,
  options: XlsxOptions = {},
): Readable {
  return Readable.from(zipStream(parts(columns, rows, options.sheet ?? '数据')), {
    objectMode: false,
    highWaterMark: chunkSize,
  })
}

/** One sheet of a workbook; `note` stands above the titles and tells how to fill it in. */
export interface WorkbookSheet<Row = never> {
  name: string
  note?: string
  columns: readonly Column<Row>[]
  rows: Iterable<Row>
}

/** Several sheets in one Excel file, each short enough for one sheet. Written as `writeXlsx` writes one. */
// biome-ignore lint/suspicious/noExplicitAny: sheets of different rows stand in one workbook
export function writeWorkbook(sheets: readonly WorkbookSheet<any>[]): Readable {
  async function* all(): AsyncGenerator<ZipPart> {
    for (const [index, { columns, rows, note }] of sheets.entries()) {
      const source = iterate(rows)
      const first = { next: await source.next() }
      yield { name: `xl/worksheets/sheet${index + 1}.xml`, content: sheetXml(columns, source, first, note) }
    }
    yield* frame(
      sheets.length,
      sheets.map(({ name }) => name),
    )
  }
  return Readable.from(zipStream(all()), { objectMode: false, highWaterMark: chunkSize })
}

async function* parts<Row>(
  columns: readonly Column<Row>[],
  rows: Iterable<Row> | AsyncIterable<Row>,
  sheet: string,
): AsyncGenerator<ZipPart> {
  const source = iterate(rows)
  try {
    let sheets = 0
    let next = await source.next()
    do {
      sheets++
      const written = { next }
      yield { name: `xl/worksheets/sheet${sheets}.xml`, content: sheetXml(columns, source, written) }
      next = written.next
    } while (!next.done)
    yield* frame(sheets, sheet.replace(/[\\/?*[\]:]/g, ' ').slice(0, 28))
  } finally {
    await source.return?.(undefined)
  }
}

async function* iterate<Row>(rows: Iterable<Row> | AsyncIterable<Row>): AsyncGenerator<Row> {
  yield* rows
}

async function* sheetXml<Row>(
  columns: readonly Column<Row>[],
  source: AsyncIterator<Row>,
  state: { next: IteratorResult<Row> },
  note?: string,
): AsyncGenerator<string> {
  const head = note === undefined ? 1 : 2
  const letters = columns.map((_, index) => columnLetters(index))
  let chunk = `${xmlHead}<worksheet xmlns="${main}"><sheetViews><sheetView workbookViewId="0"><pane ySplit="${head}" topLeftCell="A${head + 1}" activePane="bottomLeft" state="frozen"/></sheetView></sheetViews><cols>`
  for (const [index, column] of columns.entries()) {
    chunk += `<col min="${index + 1}" max="${index + 1}" width="${column.width ?? widthOf[column.type]}" customWidth="1"/>`
  }
  chunk += '</cols><sheetData>'
  if (note !== undefined) chunk += `<row r="1">${textCell('A1', 0, note)}</row>`
  chunk += `<row r="${head}">`
  for (const [index, column] of columns.entries())
    chunk += textCell(`${letters[index]}${head}`, headStyle, column.title)
  chunk += '</row>'
  let row = head
  while (!state.next.done && row <= rowsPerSheet) {
    row++
    chunk += `<row r="${row}">`
    for (const [index, column] of columns.entries()) {
      chunk += cell(`${letters[index]}${row}`, column, column.value(state.next.value))
    }
    chunk += '</row>'
    if (chunk.length > chunkSize) {
      yield chunk
      chunk = ''
    }
    state.next = await source.next()
  }
  chunk += `</sheetData><autoFilter ref="A${head}:${letters.at(-1) ?? 'A'}${row}"/></worksheet>`
  yield chunk
}

function cell<Row>(place: string, column: Column<Row>, value: CellValue): string {
  if (value === null || value === undefined || value === '') return ''
  const type = column.type === 'asWritten' ? typeAsWritten(value) : column.type
  const style = styleOf[type]
  switch (type) {
    case 'text':
      return textCell(place, column.title === problemTitle ? problemStyle : style, textOf(value))
    case 'boolean':
      return textCell(place, style, value === true ? '是' : value === false ? '否' : textOf(value))
    case 'date':
    case 'dateTime': {
      const at =
        value instanceof Date
          ? value.getTime() + zoneOffset
          : Date.parse(`${value}Z`.replace(/^(\d{4}-\d\d-\d\d)Z$/, '$1T00:00:00Z'))
      if (!Number.isFinite(at)) return textCell(place, styleOf.text, textOf(value))
      const serial = at / 86_400_000 + 25_569
      return numberCell(place, style, type === 'date' ? Math.floor(serial) : Math.round(serial * 86_400) / 86_400)
    }
    default: {
      const number = typeof value === 'number' ? value : Number(value)
      if (!Number.isFinite(number)) return textCell(place, styleOf.text, textOf(value))
      return numberCell(place, style, type === 'yuan' ? number / 100 : number)
    }
  }
}

function typeAsWritten(value: CellValue): ColumnType {
  return value instanceof Date ? 'dateTime' : typeof value === 'number' ? 'decimal' : 'text'
}

function textOf(value: CellValue): string {
  return value instanceof Date
    ? dateTimeText(value)
    : typeof value === 'boolean'
      ? value
        ? '是'
        : '否'
      : String(value)
}

function numberCell(place: string, style: number, value: number): string {
  return `<c r="${place}" s="${style}"><v>${value}</v></c>`
}

function textCell(place: string, style: number, value: string): string {
  return `<c r="${place}" s="${style}" t="inlineStr"><is><t xml:space="preserve">${escapeXml(value)}</t></is></c>`
}

const special = /[<>&"\ufffe\uffff]|[^\P{Cc}\t\n\r]|\p{Cs}/u

/** Characters that XML cannot hold are left out; a text longer than a cell can hold is cut visibly. */
function escapeXml(value: string): string {
  const text = value.length > cellLimit ? `${value.slice(0, cellLimit - 1)}…` : value
  if (!special.test(text)) return text
  return text
    .toWellFormed()
    .replace(/[\ufffe\uffff]|[^\P{Cc}\t\n\r]/gu, '')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
}

/** 0 → A, 25 → Z, 26 → AA */
export function columnLetters(index: number): string {
  let letters = ''
  for (let rest = index + 1; rest > 0; rest = Math.floor((rest - 1) / 26)) {
    letters = String.fromCharCode(65 + ((rest - 1) % 26)) + letters
  }
  return letters
}

function* frame(sheets: number, names: string | readonly string[]): Generator<ZipPart> {
  const numbers = Array.from({ length: sheets }, (_, index) => index + 1)
  const nameOf = (n: number) => (typeof names === 'string' ? (n === 1 ? names : `${names} ${n}`) : names[n - 1]!)
  const spreadsheet = 'application/vnd.openxmlformats-officedocument.spreadsheetml'
  yield {
    name: 'xl/workbook.xml',
    content: [
      `${xmlHead}<workbook xmlns="${main}" xmlns:r="${relations}"><sheets>`,
      ...numbers.map((n) => `<sheet name="${escapeXml(nameOf(n))}" sheetId="${n}" r:id="rId${n}"/>`),
      '</sheets></workbook>',
    ],
  }
  yield {
    name: 'xl/_rels/workbook.xml.rels',
    content: [
      `${xmlHead}<Relationships xmlns="${packageRelations}">`,
      ...numbers.map(
        (n) => `<Relationship Id="rId${n}" Type="${relations}/worksheet" Target="worksheets/sheet${n}.xml"/>`,
      ),
      `<Relationship Id="rId${sheets + 1}" Type="${relations}/styles" Target="styles.xml"/></Relationships>`,
    ],
  }
  yield { name: 'xl/styles.xml', content: [styleSheet] }
  yield {
    name: '_rels/.rels',
    content: [
      `${xmlHead}<Relationships xmlns="${packageRelations}"><Relationship Id="rId1" Type="${relations}/officeDocument" Target="xl/workbook.xml"/></Relationships>`,
    ],
  }
  yield {
    name: '[Content_Types].xml',
    content: [
      `${xmlHead}<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/>`,
      `<Override PartName="/xl/workbook.xml" ContentType="${spreadsheet}.sheet.main+xml"/><Override PartName="/xl/styles.xml" ContentType="${spreadsheet}.styles+xml"/>`,
      ...numbers.map(
        (n) => `<Override PartName="/xl/worksheets/sheet${n}.xml" ContentType="${spreadsheet}.worksheet+xml"/>`,
      ),
      '</Types>',
    ],
  }
}

/** Order of cellXfs: general, text, integer, 元, date, date and time, title row, problem. */
const styleSheet = `${xmlHead}<styleSheet xmlns="${main}">
<numFmts count="2"><numFmt numFmtId="164" formatCode="yyyy\\-mm\\-dd"/><numFmt numFmtId="165" formatCode="yyyy\\-mm\\-dd\\ hh:mm:ss"/></numFmts>
<fonts count="3"><font><sz val="11"/><name val="宋体"/></font><font><b/><sz val="11"/><name val="宋体"/></font><font><sz val="11"/><color rgb="FFC00000"/><name val="宋体"/></font></fonts>
<fills count="3"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill><fill><patternFill patternType="solid"><fgColor rgb="FFE8EEF7"/></patternFill></fill></fills>
<borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders>
<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs>
<cellXfs count="8"><xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/><xf numFmtId="49" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/><xf numFmtId="1" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/><xf numFmtId="4" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/><xf numFmtId="164" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/><xf numFmtId="165" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/><xf numFmtId="49" fontId="1" fillId="2" borderId="0" xfId="0" applyFont="1" applyFill="1"/><xf numFmtId="49" fontId="2" fillId="0" borderId="0" xfId="0" applyFont="1"/></cellXfs>
<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles>
</styleSheet>`
