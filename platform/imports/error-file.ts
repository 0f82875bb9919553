import { Readable } from 'node:stream'
import type { Actor } from '#platform/access/actor.ts'
import { type Context, Pending, type RequestInfo } from '#platform/command/context.ts'
import type { CountyServices, Services } from '#platform/command/services.ts'
import type { ImportConsumer } from '#platform/imports/import-consumer.ts'
import { type ImportRow, importNumber, listProblems, readChunk } from '#platform/imports/imports.store.ts'
import { importForErrors, wordProblem } from '#platform/imports/run-import.ts'
import { CHUNK_ROWS } from '#platform/imports/stage-file.ts'
import { type Column, problemTitle } from '#platform/tables/column.ts'
import { encodeGb18030 } from '#platform/tables/encode-gb18030.ts'
import { type RowProblem, writeErrorFile } from '#platform/tables/import-rows.ts'
import type { SheetRow } from '#platform/tables/read-xlsx.ts'
import { writeCsv } from '#platform/tables/write-csv.ts'

export interface ErrorFile {
  name: string
  mediaType: string
  body: Readable
}

type BadRow = SheetRow & { problems: readonly RowProblem[] }

/**
 * Rows with an error in the columns they came in, 错误原因 behind them, in the format and encoding they came in: mended in place it
 * can be sent again. Rows that were taken, and those known already, are not in it.
 */
export async function errorFileOf(
  services: Services,
  consumer: ImportConsumer,
  asker: { here: CountyServices; actor: Actor; request: RequestInfo },
  id: number,
): Promise<ErrorFile> {
  const { here } = asker
  const inCounty = <T>(work: (context: Context) => Promise<T>) =>
    services.pool.inCounty(
      here.county,
      (tx) => work({ ...asker, tx, now: services.clock.now(), services, pending: new Pending() }),
      'read',
    )
  const row = await inCounty((context) => importForErrors(consumer, context, id))
  const pass = row.state === 'taking' || row.state === 'cancelled' || row.state === 'done' ? 'take' : 'check'
  async function* bad(): AsyncGenerator<BadRow> {
    for (let nr = 0; nr < row.chunkCount; nr++)
      yield* await inCounty(async ({ tx }) => {
        const problems = await listProblems(tx, id, pass, { verdict: 'error', chunk: nr, limit: CHUNK_ROWS })
        if (problems.length === 0) return []
        const byNumber = new Map(problems.map((problem) => [problem.rowNumber, problem.problems]))
        const rows = await readChunk(tx, here, id, nr)
        return rows.flatMap((one): BadRow[] => {
          const of = byNumber.get(one.number)
          return of ? [{ ...one, problems: of }] : []
        })
      })
  }
  const stem = `${importNumber(id)} 待修改`
  if (row.format === 'csv')
    return { name: `${stem}.csv`, mediaType: `text/csv; charset=${row.encoding ?? 'utf-8'}`, body: csvOf(row, bad()) }
  const rows: BadRow[] = []
  for await (const one of bad()) rows.push(one)
  return {
    name: `${stem}.xlsx`,
    mediaType: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
    body: writeErrorFile(row.titles, rows, wordProblem),
  }
}

function csvOf(row: ImportRow, rows: AsyncIterable<BadRow>): Readable {
  const columns: Column<BadRow>[] = row.titles.flatMap((title, at): Column<BadRow>[] =>
    title === problemTitle ? [] : [{ title, type: 'asWritten', value: ({ cells }) => cells[at] ?? null }],
  )
  columns.push({
    title: problemTitle,
    type: 'text',
    value: ({ number, problems }) => `原第 ${number} 行：${problems.map(wordProblem).join('；')}`,
  })
  const text = writeCsv(columns, rows)
  if (row.encoding !== 'gb18030') return text
  async function* encoded() {
    for await (const part of text) yield encodeGb18030(String(part).replace(/^\ufeff/, ''))
  }
  return Readable.from(encoded(), { objectMode: false })
}
