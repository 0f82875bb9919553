import type { Readable } from 'node:stream'
import type { ErrorParams } from '#platform/errors/app-error.ts'
import { type Column, type ColumnType, dateTimeText, problemTitle, zoneOffset } from './column.ts'
import { normalTitle, type SheetTable } from './read-table.ts'
import { type Cell, dateOfSerial, type SheetRow } from './read-xlsx.ts'
import { writeXlsx } from './write-xlsx.ts'

/** One column of an import: where it is found and what it must hold. */
export interface ImportColumn {
  key: string
  title: string
  /** Other titles it is known under. */
  aliases?: readonly string[]
  type: ColumnType
  required?: boolean
  /** Longest text, in characters. */
  maxLength?: number
  /** The only values allowed, for text. */
  oneOf?: readonly string[]
}

/** A value of the column's type: text as string, integer and decimal as number, yuan as integer cents, dates as Date. */
export type ImportValue = string | number | boolean | Date | null
export type ImportValues = Record<string, ImportValue>

/** What is wrong with a row, as a code whose wording stands in the locale of its module. */
export interface RowProblem {
  code: string
  params?: ErrorParams
}

export interface ReadRow {
  number: number
  cells: Cell[]
  values: ImportValues
  problems: RowProblem[]
}

/** Rows with their values by column key; a row with problems has `null` where a value could not be read. */
export async function* readImportRows(table: SheetTable, columns: readonly ImportColumn[]): AsyncGenerator<ReadRow> {
  const titles = table.titles.map(normalTitle)
  const places = columns.map((column) =>
    [column.title, ...(column.aliases ?? [])]
      .map((title) => titles.indexOf(normalTitle(title)))
      .find((at) => at !== -1),
  )
  for await (const row of table.rows) {
    const values: ImportValues = {}
    const problems: RowProblem[] = []
    for (const [index, column] of columns.entries()) {
      const place = places[index]
      const read = readCell(place === undefined ? null : (row.cells[place] ?? null), column)
      if (typeof read === 'object' && read !== null && 'code' in read) {
        values[column.key] = null
        problems.push({ code: read.code, params: { title: column.title, ...read.params } })
      } else values[column.key] = read
    }
    yield { number: row.number, cells: row.cells, values, problems }
  }
}

export interface CollectedRows {
  /** Rows without a problem. */
  good: { number: number; values: ImportValues }[]
  /** Rows with at least one, cells as they stood. */
  bad: (SheetRow & { problems: RowProblem[] })[]
}

/**
 * Reads all rows and sorts them. `check` looks at a whole row (and may ask a store); it is called only for rows whose
 * cells are readable.
 */
export async function collectRowErrors(
  table: SheetTable,
  columns: readonly ImportColumn[],
  check?: (values: ImportValues, number: number) => RowProblem[] | Promise<RowProblem[]>,
): Promise<CollectedRows> {
  const collected: CollectedRows = { good: [], bad: [] }
  for await (const { number, cells, values, problems } of readImportRows(table, columns)) {
    const all = problems.length === 0 && check ? await check(values, number) : problems
    if (all.length === 0) collected.good.push({ number, values })
    else collected.bad.push({ number, cells, problems: all })
  }
  return collected
}

/**
 * The rows that were not taken, with the columns of the sheet they came from and 错误原因 behind them: mended in place it
 * can be sent again, the extra column is ignored. `word` puts a problem into the reader's language.
 */
export function writeErrorFile(
  titles: readonly string[],
  bad: readonly (SheetRow & { problems: readonly RowProblem[] })[],
  word: (problem: RowProblem) => string,
): Readable {
  type BadRow = (typeof bad)[number]
  const kept = titles.map((title, index) => ({ title, index })).filter(({ title }) => title !== problemTitle)
  const columns: Column<BadRow>[] = kept.map(({ title, index }) => ({
    title,
    // So that the second reading equals the first.
    type: 'asWritten',
    value: ({ cells }) => cells[index] ?? null,
  }))
  columns.push({
    title: problemTitle,
    type: 'text',
    width: 48,
    value: ({ number, problems }) => `原第 ${number} 行：${problems.map(word).join('；')}`,
  })
  return writeXlsx(columns, bad, { sheet: '待修改' })
}

function textOfCell(cell: Exclude<Cell, null | Date>): string {
  if (typeof cell === 'boolean') return cell ? '是' : '否'
  if (typeof cell === 'string') return cell
  // Fifteen digits are what a spreadsheet itself keeps; more would show the noise of binary fractions.
  return Number.isInteger(cell) ? BigInt(cell).toString() : String(Number(cell.toPrecision(15)))
}

/** @returns the value, or the problem that keeps it from being read */
function readCell(cell: Cell, column: ImportColumn): ImportValue | RowProblem {
  const written = typeof cell === 'string' ? cell.trim() : cell
  if (written === null || written === '') return column.required ? { code: 'tables.cell_required' } : null
  switch (column.type) {
    case 'text':
      return readText(written, column)
    case 'integer': {
      const value = numberOf(written)
      return value !== undefined && Number.isSafeInteger(value) ? value : { code: 'tables.cell_not_integer' }
    }
    case 'decimal': {
      const value = numberOf(written)
      return value !== undefined ? value : { code: 'tables.cell_not_number' }
    }
    case 'yuan': {
      const cents = (numberOf(written) ?? Number.NaN) * 100
      const whole = Math.round(cents)
      return Math.abs(cents - whole) < 1e-4 && Number.isSafeInteger(whole) ? whole : { code: 'tables.cell_not_money' }
    }
    case 'date':
    case 'dateTime':
      return dateOf(written) ?? { code: 'tables.cell_not_date' }
    case 'boolean':
      if (written === true || /^(是|有|√|1|true|y|yes)$/i.test(String(written))) return true
      if (written === false || /^(否|无|×|0|false|n|no)$/i.test(String(written))) return false
      return { code: 'tables.cell_not_boolean' }
  }
}

function readText(written: Exclude<Cell, null>, column: ImportColumn): string | RowProblem {
  // An identity number typed into a number cell has lost its last digits for good.
  if (typeof written === 'number' && Math.abs(written) >= 1e15) return { code: 'tables.cell_digits_lost' }
  const text = written instanceof Date ? dateTimeText(written).replace(/ 00:00:00$/, '') : textOfCell(written)
  if (column.maxLength !== undefined && Array.from(text).length > column.maxLength) {
    return { code: 'tables.cell_too_long', params: { limit: column.maxLength } }
  }
  if (column.oneOf && !column.oneOf.includes(text)) {
    return { code: 'tables.cell_not_allowed', params: { allowed: column.oneOf.slice(0, 12).join('、') } }
  }
  return text
}

function numberOf(written: Exclude<Cell, null>): number | undefined {
  if (typeof written === 'number') return written
  if (typeof written !== 'string') return undefined
  const plain = written.normalize('NFKC').replace(/[,\s¥￥元]/g, '')
  return /^[+-]?\d+(\.\d+)?$/.test(plain) ? Number(plain) : undefined
}

/** 2026-09-30, 2026/9/30, 2026.9.30, 2026年9月30日, 20260930, each also with 16:20 or 16:20:05; and Excel's day numbers. */
function dateOf(written: Exclude<Cell, null>): Date | undefined {
  if (written instanceof Date) return written
  if (typeof written === 'number') {
    if (written > 19_000_000) return dateOf(String(written))
    // 1954 to 2118; anything else is no day number but a mistake.
    return written >= 20_000 && written < 80_000 ? dateOfSerial(written) : undefined
  }
  if (typeof written !== 'string') return undefined
  if (/^\d{5}(\.\d+)?$/.test(written)) return dateOf(Number(written))
  const parts =
    /^(\d{4})(?:[-/.年](\d{1,2})[-/.月](\d{1,2})日?|(\d{2})(\d{2}))(?:[T\s]*(\d{1,2})[:时](\d{1,2})(?:[:分](\d{1,2})?秒?)?)?$/.exec(
      written.normalize('NFKC').trim(),
    )
  if (!parts) return undefined
  const [year, month, day, hour, minute, second] = [
    parts[1],
    parts[2] ?? parts[4],
    parts[3] ?? parts[5],
    parts[6] ?? 0,
    parts[7] ?? 0,
    parts[8] ?? 0,
  ].map(Number) as [number, number, number, number, number, number]
  const at = new Date(Date.UTC(year, month - 1, day, hour, minute, second))
  // 2026-02-30 would otherwise quietly become March.
  const real = at.getUTCMonth() === month - 1 && at.getUTCDate() === day && hour < 24 && minute < 60 && second < 60
  return real ? new Date(at.getTime() - zoneOffset) : undefined
}
