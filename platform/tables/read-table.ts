import type { Readable } from 'node:stream'
import { AppError } from '#platform/errors/app-error.ts'
import { problemTitle } from './column.ts'
import { readCsvRows } from './read-csv.ts'
import { type Cell, readXlsxRows, type SheetRow } from './read-xlsx.ts'

export interface ReadTableOptions {
  /** Titles the sheet must have: the first row that holds them all is the title row, whatever stands above it. */
  titles?: readonly string[]
  /** Titles it may have: where `titles` asks for none, the title row is the one that holds most of these. */
  known?: readonly string[]
  /** Name of the sheet in a workbook; the first visible one when absent. `tables.empty` where there is none of that name. */
  sheet?: string
  maxBytes?: number
  maxRows?: number
}

/** A sheet with a title row. */
export interface SheetTable {
  titles: string[]
  /** Rows under the titles that hold anything, with their number on the sheet; cells in the order of `titles`. */
  rows: AsyncGenerator<SheetRow>
}

/** A title row is looked for in this many rows; above it may stand a heading and an explanation. */
const titleRowsSearched = 20

/**
 * Reads a table that a person made in Excel or WPS (.xlsx, .csv). What the file is follows from its bytes; the name only
 * tells text tables from other text.
 * @throws AppError tables.too_large (413), tables.old_format, tables.format_unknown, tables.damaged, tables.encoding_unknown,
 *   tables.columns_missing (params.titles), tables.column_twice, tables.empty; while rows are read: tables.too_many_rows
 */
export async function readTable(
  source: Buffer | Readable,
  filename: string,
  options: ReadTableOptions = {},
): Promise<SheetTable> {
  const file = Buffer.isBuffer(source) ? source : await collect(source, options.maxBytes ?? defaultMaxBytes)
  if (file.length > (options.maxBytes ?? defaultMaxBytes)) throw tooLarge(options.maxBytes ?? defaultMaxBytes)
  const sheet = open(file, filename, options.sheet)
  if (options.known) return likeliestTable(sheet, options.known, options.maxRows ?? defaultMaxRows)
  const wanted = (options.titles ?? []).map(normalTitle)
  let nearest: { titles: string[]; found: number } | undefined
  for (let looked = 0; looked < titleRowsSearched; looked++) {
    const next = await sheet.next()
    if (next.done) break
    const titles = next.value.cells.map(titleOf)
    if (titles.every((title) => title === '')) continue
    const present = new Set(titles.map(normalTitle))
    const found = wanted.filter((title) => present.has(title)).length
    if (found === wanted.length) {
      checkTitles(titles)
      return { titles, rows: rowsUnder(titles.length, sheet, options.maxRows ?? defaultMaxRows) }
    }
    if (!nearest || found > nearest.found) nearest = { titles, found }
  }
  await sheet.return(undefined)
  if (!nearest) throw new AppError('tables.empty', { status: 422 })
  const present = new Set(nearest.titles.map(normalTitle))
  const missing = (options.titles ?? []).filter((title) => !present.has(normalTitle(title)))
  throw new AppError('tables.columns_missing', { status: 422, params: { titles: missing.join('、') } })
}

/** The title row is the first row that holds most of the known titles; where none does, the first row of two cells and more. */
async function likeliestTable(
  sheet: AsyncGenerator<SheetRow>,
  known: readonly string[],
  maxRows: number,
): Promise<SheetTable> {
  const names = new Set(known.map(normalTitle))
  const head: SheetRow[] = []
  while (head.length < titleRowsSearched) {
    const next = await sheet.next()
    if (next.done) break
    head.push(next.value)
  }
  const titlesOf = (row: SheetRow) => row.cells.map(titleOf)
  const found = (row: SheetRow) =>
    new Set(
      titlesOf(row)
        .map(normalTitle)
        .filter((title) => names.has(title)),
    ).size
  const filled = (row: SheetRow) => titlesOf(row).filter((title) => title !== '').length
  const likeliest = head.reduce<SheetRow | undefined>(
    (best, row) => (found(row) > (best ? found(best) : 0) ? row : best),
    undefined,
  )
  const chosen = likeliest ?? head.find((row) => filled(row) > 1) ?? head.find((row) => filled(row) > 0)
  if (!chosen) throw new AppError('tables.empty', { status: 422 })
  const titles = titlesOf(chosen)
  while (titles.at(-1) === '') titles.pop()
  checkTitles(titles)
  const under = head.slice(head.indexOf(chosen) + 1)
  // A column without a title may hold something all the same.
  const width = Math.min(500, Math.max(titles.length, ...under.map(({ cells }) => cells.length)))
  while (titles.length < width) titles.push('')
  async function* all() {
    yield* under
    yield* sheet
  }
  return { titles, rows: rowsUnder(width, all(), maxRows) }
}

const defaultMaxBytes = 30 * 1024 * 1024
const defaultMaxRows = 200_000

/** Titles are compared without blanks, marks for required columns and differences of width. */
export function normalTitle(title: string): string {
  return title
    .normalize('NFKC')
    .replace(/\(必填\)|\(选填\)/g, '')
    .replace(/[\s*]/g, '')
    .toLowerCase()
}

function titleOf(cell: Cell): string {
  return typeof cell === 'string'
    ? cell.replace(/\s+/g, ' ').trim()
    : cell === null || cell instanceof Date
      ? ''
      : String(cell)
}

function checkTitles(titles: readonly string[]): void {
  const seen = new Set<string>()
  for (const title of titles) {
    const normal = normalTitle(title)
    if (normal === '' || normal === problemTitle) continue
    if (seen.has(normal)) throw new AppError('tables.column_twice', { status: 422, params: { title } })
    seen.add(normal)
  }
}

async function* rowsUnder(width: number, sheet: AsyncGenerator<SheetRow>, maxRows: number): AsyncGenerator<SheetRow> {
  let count = 0
  for await (const row of sheet) {
    const cells = Array.from({ length: width }, (_, index) => row.cells[index] ?? null)
    if (cells.every((cell) => cell === null || (typeof cell === 'string' && cell.trim() === ''))) continue
    if (++count > maxRows) throw new AppError('tables.too_many_rows', { status: 422, params: { limit: maxRows } })
    yield { number: row.number, cells }
  }
}

function open(file: Buffer, filename: string, name?: string): AsyncGenerator<SheetRow> {
  if (file.length === 0) throw new AppError('tables.empty', { status: 422 })
  if (file.toString('hex', 0, 4) === '504b0304') return readXlsxRows(file, name)
  // The old binary format, and xlsx files with a password, which are wrapped in it.
  if (file.toString('hex', 0, 4) === 'd0cf11e0') throw new AppError('tables.old_format', { status: 422 })
  if (/\.(csv|txt|tsv)$/i.test(filename)) return readCsvRows(file)
  throw new AppError('tables.format_unknown', { status: 415 })
}

async function collect(source: Readable, maxBytes: number): Promise<Buffer> {
  const chunks: Buffer[] = []
  let bytes = 0
  for await (const chunk of source) {
    bytes += (chunk as Buffer).length
    if (bytes > maxBytes) throw tooLarge(maxBytes)
    chunks.push(chunk as Buffer)
  }
  return Buffer.concat(chunks)
}

function tooLarge(maxBytes: number): AppError {
  return new AppError('tables.too_large', { status: 413, params: { limitMb: Math.floor(maxBytes / (1024 * 1024)) } })
}
