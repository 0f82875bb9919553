import { createHash } from 'node:crypto'
import type { Readable } from 'node:stream'
import type { CountyServices, Services } from '#platform/command/services.ts'
import { AppError } from '#platform/errors/app-error.ts'
import type { ImportConsumer } from '#platform/imports/import-consumer.ts'
import { packRows } from '#platform/imports/imports.store.ts'
import { namedTitles } from '#platform/imports/match-columns.ts'
import { problemTitle } from '#platform/tables/column.ts'
import { encodingOf } from '#platform/tables/read-csv.ts'
import { readTable } from '#platform/tables/read-table.ts'
import type { SheetRow } from '#platform/tables/read-xlsx.ts'

/** Rows that share a transaction. */
export const CHUNK_ROWS = 500
export const MAX_BYTES = 20 * 1024 * 1024
export const MAX_ROWS = 100_000
/** Longer cells are no orders but documents pasted into a cell. */
const MAX_CELL = 20_000

export interface StagedFile {
  digest: Buffer
  format: 'xlsx' | 'csv'
  encoding: string | null
  titles: string[]
  rowCount: number
  /** Rows of each piece, packed. */
  chunks: { rows: number; text: string }[]
}

/**
 * Reads a file to the end before anything of it is kept: one that breaks off leaves nothing behind.
 * @throws AppError what `readTable` refuses; imports.no_rows where nothing stands under the titles
 */
export async function readStaged(consumer: ImportConsumer, source: Readable, filename: string): Promise<StagedFile> {
  const parts: Buffer[] = []
  let bytes = 0
  for await (const part of source) {
    bytes += (part as Buffer).length
    if (bytes > MAX_BYTES) {
      source.resume()
      throw new AppError('tables.too_large', { status: 413, params: { limitMb: MAX_BYTES / 1024 / 1024 } })
    }
    parts.push(part as Buffer)
  }
  const file = Buffer.concat(parts)
  const known = consumer.fields.flatMap(({ title, aliases }) => [title, ...(aliases ?? [])])
  const table = await readTable(file, filename, { known, maxBytes: MAX_BYTES, maxRows: MAX_ROWS })
  const format = file.toString('latin1', 0, 2) === 'PK' ? 'xlsx' : 'csv'
  const titles = namedTitles(table.titles)
  const chunks: StagedFile['chunks'] = []
  let rowCount = 0
  let pending: SheetRow[] = []
  const close = () => {
    if (pending.length === 0) return
    chunks.push({ rows: pending.length, text: packRows(pending) })
    pending = []
  }
  for await (const row of table.rows) {
    rowCount++
    pending.push({
      number: row.number,
      cells: row.cells.map((cell) => (typeof cell === 'string' ? cell.slice(0, MAX_CELL) : cell)),
    })
    if (pending.length === CHUNK_ROWS) close()
  }
  close()
  if (rowCount === 0) throw new AppError('imports.no_rows', { status: 422, params: { title: titles[0] ?? '' } })
  return {
    digest: createHash('sha256').update(file).digest(),
    format,
    encoding: format === 'csv' ? encodingOf(file) : null,
    titles: titles.map((title) => (title === problemTitle ? problemTitle : title)),
    rowCount,
    chunks,
  }
}

export type StageRoom = { services: Services; here: CountyServices }
