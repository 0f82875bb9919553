import { Readable } from 'node:stream'
import { CsvError, parse } from 'csv-parse'
import { AppError } from '#platform/errors/app-error.ts'
import type { SheetRow } from './read-xlsx.ts'
import { formulaStart } from './write-csv.ts'

/**
 * Rows of a CSV file in UTF-8, UTF-16 or GB18030 (what Chinese Excel writes), separated by commas, tabs or semicolons.
 * @throws AppError tables.damaged, tables.encoding_unknown
 */
export async function* readCsvRows(file: Buffer): AsyncGenerator<SheetRow> {
  const text = decodeText(file)
  const parser = Readable.from(slices(text)).pipe(
    parse({ delimiter: delimiterOf(text), relax_column_count: true, relax_quotes: true, skip_empty_lines: false }),
  )
  let number = 0
  try {
    for await (const record of parser) {
      number++
      yield { number, cells: (record as string[]).map((field) => (field === '' ? null : withoutGuard(field))) }
    }
  } catch (cause) {
    if (cause instanceof CsvError) throw new AppError('tables.damaged', { status: 422, cause })
    throw cause
  }
}

/**
 * A byte order mark decides; without one, what is valid UTF-8 is UTF-8 (Chinese text in GB18030 practically never is).
 * @throws AppError tables.encoding_unknown; tables.encoding_mixed (params.row) where some lines are in one and some in another
 */
export function decodeText(bytes: Buffer): string {
  return new TextDecoder(encodingOf(bytes), { fatal: true }).decode(bytes)
}

export type TextEncodingName = 'utf-8' | 'gb18030' | 'utf-16le' | 'utf-16be'

/** The encoding of a text; see `decodeText`. */
export function encodingOf(bytes: Buffer): TextEncodingName {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return 'utf-16le'
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return 'utf-16be'
  for (const encoding of ['utf-8', 'gb18030'] as const) {
    try {
      const text = new TextDecoder(encoding, { fatal: true }).decode(bytes)
      if (text.includes('\0')) continue
      if (encoding === 'gb18030') refuseMixed(bytes)
      return encoding
    } catch (error) {
      if (error instanceof AppError) throw error
      // the next encoding
    }
  }
  refuseMixed(bytes)
  throw new AppError('tables.encoding_unknown', { status: 422 })
}

/** Two files glued together read as GB18030 without complaint, and as rubbish: long lines that are valid UTF-8 give it away. */
function refuseMixed(bytes: Buffer): void {
  const utf8 = new TextDecoder('utf-8', { fatal: true })
  let number = 0
  for (let from = 0; from < bytes.length; ) {
    const end = bytes.indexOf(0x0a, from)
    const line = bytes.subarray(from, end === -1 ? bytes.length : end)
    number++
    from = end === -1 ? bytes.length : end + 1
    if (line.reduce((n, byte) => n + (byte > 0x7f ? 1 : 0), 0) < 12) continue
    try {
      utf8.decode(line)
    } catch {
      continue
    }
    throw new AppError('tables.encoding_mixed', { status: 422, params: { row: number } })
  }
}

function delimiterOf(text: string): string {
  const line = text.slice(0, text.search(/[\r\n]|$/)).replace(/"[^"]*"/g, '')
  const count = (delimiter: string) => line.split(delimiter).length
  return [',', '\t', ';'].reduce((best, delimiter) => (count(delimiter) > count(best) ? delimiter : best))
}

/** The apostrophe that `writeCsv` puts before what looks like a formula. */
function withoutGuard(field: string): string {
  return field.startsWith("'") && formulaStart.test(field.replace(/^'+/, '')) ? field.slice(1) : field
}

function* slices(text: string): Generator<string> {
  for (let at = 0; at < text.length; at += 65_536) yield text.slice(at, at + 65_536)
}
