import { createReadStream } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { createBrotliDecompress } from 'node:zlib'
import { parse } from 'csv-parse'

/** The real messages that come with the product (modules/services/loop/data/messages/README.md). */
const FOLDER = new URL('../data/messages/', import.meta.url)

export interface Appeal {
  id: string
  user: string
  title: string
  detail: string
  /** When it was sent; null where the cell cannot be read (see `problems`). */
  time: Date | null
  against: number
  support: number
  /** The row as it stands in the file. */
  original: Record<string, string>
  /** What could not be read, e.g. `time: 43678x`. */
  problems: string[]
}

export interface AnsweredMessage {
  id: string
  user: string
  title: string
  detail: string
  time: Date | null
  reply: string
  replyTime: Date | null
  original: Record<string, string>
  problems: string[]
}

export interface LabelledMessage {
  label: string
  title: string
  detail: string
}

/**
 * The appeals, in the order of the file: the ones that come with the product or another file with the same columns (`.csv`,
 * `.csv.br`). No row is left out: what cannot be read is named in `problems`.
 */
export async function* readAppeals(file?: string): AsyncGenerator<Appeal> {
  for await (const row of rows(file ?? new URL('appeals.csv.br', FOLDER))) {
    const problems: string[] = []
    yield {
      id: row.id ?? '',
      user: row.user ?? '',
      title: trimmed(row.title),
      detail: trimmed(row.detail),
      time: readTime(row, 'time', problems),
      against: readCount(row, 'against', problems),
      support: readCount(row, 'support', problems),
      original: row,
      problems,
    }
  }
}

/** The messages with the official answer. */
export async function* readAnswered(): AsyncGenerator<AnsweredMessage> {
  for await (const row of rows(new URL('answered.csv.br', FOLDER))) {
    const problems: string[] = []
    yield {
      id: row.id ?? '',
      user: row.user ?? '',
      title: trimmed(row.title),
      detail: trimmed(row.detail),
      time: readTime(row, 'time', problems),
      reply: trimmed(row.reply),
      replyTime: readTime(row, 'reply_time', problems),
      original: row,
      problems,
    }
  }
}

/**
 * Messages with their department line: from a file with the columns label, title, detail (`.csv` or `.csv.br`), else the ones
 * that come with the product.
 * @throws Error where a column is missing or a label is empty
 */
export async function* readLabelled(file?: string): AsyncGenerator<LabelledMessage> {
  for await (const row of rows(file ?? new URL('labelled.csv.br', FOLDER))) {
    const { label, title, detail } = row
    if (!label || title === undefined || detail === undefined)
      throw new Error(
        `${file ?? 'labelled.csv.br'}: the columns label, title, detail are needed, label must not be empty`,
      )
    yield { label: label.trim(), title, detail }
  }
}

/** Leaves of the three-level taxonomy of appeals (15 top classes). */
export async function* readTaxonomy(): AsyncGenerator<{ first: string; second: string; third: string }> {
  for await (const row of rows(new URL('taxonomy.csv.br', FOLDER)))
    yield { first: row.一级分类 ?? '', second: row.二级分类 ?? '', third: row.三级分类 ?? '' }
}

/** All rows of one of the readers at once. */
export async function collect<T>(messages: AsyncIterable<T>): Promise<T[]> {
  const found: T[] = []
  for await (const message of messages) found.push(message)
  return found
}

async function* rows(file: string | URL): AsyncGenerator<Record<string, string>> {
  const path = typeof file === 'string' ? file : fileURLToPath(file)
  const stream = createReadStream(path)
  const parser = parse({ columns: true, bom: true, relax_column_count: true, relax_quotes: true })
  const unpacked = path.endsWith('.br') ? stream.pipe(createBrotliDecompress()) : stream
  for (const source of [stream, unpacked]) source.on('error', (error: Error) => parser.destroy(error))
  for await (const row of unpacked.pipe(parser)) yield row as Record<string, string>
}

function trimmed(text: string | undefined): string {
  return (text ?? '').trim()
}

/** Days of a spreadsheet are counted from this day; its wall clock is taken as Shanghai time (UTC+8, no summer time). */
const SERIAL_ZERO = Date.UTC(1899, 11, 30)
const SHANGHAI = 8 * 3_600_000
const DAY = 86_400_000

/**
 * Reads `2019/4/25 9:32:09`, `2019/4/25`, `2019-04-25 09:32` and spreadsheet serial numbers (`43500.123`), all as Shanghai
 * time. Undefined for anything else, and for dates that do not exist.
 */
export function parseMessageTime(cell: string): Date | undefined {
  const text = cell.trim()
  if (/^\d{5}(\.\d+)?$/.test(text)) {
    // To the second: the fraction is the rest of a division.
    const millis = Math.round((Number(text) * DAY) / 1000) * 1000
    return new Date(SERIAL_ZERO + millis - SHANGHAI)
  }
  const found = /^(\d{4})[/-](\d{1,2})[/-](\d{1,2})(?:[ T](\d{1,2}):(\d{1,2})(?::(\d{1,2}))?)?$/.exec(text)
  if (!found) return undefined
  const [year, month, day, hour, minute, second] = found.slice(1).map((part) => Number(part ?? 0)) as [
    number,
    number,
    number,
    number,
    number,
    number,
  ]
  const time = new Date(Date.UTC(year, month - 1, day, hour, minute, second))
  const real = time.getUTCMonth() === month - 1 && time.getUTCDate() === day && hour < 24 && minute < 60 && second < 60
  return real ? new Date(time.getTime() - SHANGHAI) : undefined
}

function readTime(row: Record<string, string>, column: string, problems: string[]): Date | null {
  const time = parseMessageTime(row[column] ?? '')
  if (!time) problems.push(`${column}: ${row[column] ?? ''}`)
  return time ?? null
}

function readCount(row: Record<string, string>, column: string, problems: string[]): number {
  const cell = row[column]?.trim() ?? ''
  if (/^\d+$/.test(cell)) return Number(cell)
  problems.push(`${column}: ${cell}`)
  return 0
}
