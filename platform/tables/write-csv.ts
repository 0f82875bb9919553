import { Readable } from 'node:stream'
import { type CellValue, type Column, dateText, dateTimeText } from './column.ts'

const chunkSize = 64 * 1024

/**
 * Rows as CSV in UTF-8 with a byte order mark (Excel and WPS show Chinese correctly), lines ended by CRLF. Text that a
 * spreadsheet would take for a formula is led by an apostrophe; `readTable` takes it off again. Long numbers lose digits
 * when a spreadsheet opens CSV: give people xlsx.
 */
export function writeCsv<Row>(columns: readonly Column<Row>[], rows: Iterable<Row> | AsyncIterable<Row>): Readable {
  return Readable.from(lines(columns, rows), { objectMode: false, highWaterMark: chunkSize })
}

async function* lines<Row>(
  columns: readonly Column<Row>[],
  rows: Iterable<Row> | AsyncIterable<Row>,
): AsyncGenerator<string> {
  let chunk = `\ufeff${columns.map((column) => field(safe(column.title))).join(',')}\r\n`
  for await (const row of rows) {
    chunk += `${columns.map((column) => field(written(column, column.value(row)))).join(',')}\r\n`
    if (chunk.length > chunkSize) {
      yield chunk
      chunk = ''
    }
  }
  yield chunk
}

function written<Row>(column: Column<Row>, value: CellValue): string {
  if (value === null || value === undefined) return ''
  if (value instanceof Date) return column.type === 'date' ? dateText(value) : dateTimeText(value)
  if (typeof value === 'boolean') return value ? '是' : '否'
  if (typeof value === 'number') return column.type === 'yuan' ? (value / 100).toFixed(2) : String(value)
  return safe(value)
}

/** What begins a formula in Excel, WPS or LibreOffice, full-width forms included. */
export const formulaStart = /^[=+\-@\t\r\n＝＋－＠]/

function safe(text: string): string {
  // An apostrophe of the writer's own is doubled where it would be taken for the guard.
  return formulaStart.test(text) || (text.startsWith("'") && formulaStart.test(text.replace(/^'+/, '')))
    ? `'${text}`
    : text
}

function field(text: string): string {
  return /[",\r\n\t;]|^\s|\s$/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}
