import type { CountyServices } from '#platform/command/services.ts'
import { decryptField, encryptField } from '#platform/crypto/field-encryption.ts'
import type { KeyRing } from '#platform/crypto/key-ring.ts'
import { sql, type Tx } from '#platform/db/db.ts'
import { chunkAad } from '#platform/imports/byte-columns.ts'
import type { RowProblem } from '#platform/tables/import-rows.ts'
import type { Cell, SheetRow } from '#platform/tables/read-xlsx.ts'

export type ImportState = 'staged' | 'checking' | 'checked' | 'taking' | 'cancelled' | 'done'
export type Pass = 'check' | 'take'

export interface Counts {
  rows: number
  good: number
  errors: number
  duplicates: number
}

export interface ImportRow {
  id: number
  consumer: string
  accountId: number
  division: string
  fileName: string
  format: 'xlsx' | 'csv'
  encoding: string | null
  titles: string[]
  mapping: Record<string, number>
  settings: Record<string, unknown>
  state: ImportState
  rowCount: number
  chunkCount: number
  nextChunk: number
  leg: number
  doneRows: number
  goodRows: number
  errorRows: number
  duplicateRows: number
  checkResult: Counts | null
  stopReason: string | null
  createdAt: Date
  legAt: Date | null
  legRows: number
  movedAt: Date | null
  finishedAt: Date | null
}

const COLUMNS =
  sql.raw(`id, consumer, account_id as "accountId", division, file_name as "fileName", format, encoding, titles,
  mapping, settings, state, row_count as "rowCount", chunk_count as "chunkCount", next_chunk as "nextChunk", leg,
  done_rows as "doneRows", good_rows as "goodRows", error_rows as "errorRows", duplicate_rows as "duplicateRows",
  check_result as "checkResult", stop_reason as "stopReason", created_at as "createdAt", leg_at as "legAt",
  leg_rows as "legRows", moved_at as "movedAt", finished_at as "finishedAt"`)

/** How an import is named on screens and in search; short, since long numbers are not searched for. */
export function importNumber(id: number): string {
  return `DR${String(id).padStart(5, '0')}`
}

export async function findImport(tx: Tx, id: number, lock = false): Promise<ImportRow | undefined> {
  const { rows } = await sql<ImportRow>`
    select ${COLUMNS} from imports_import where id = ${id} ${lock ? sql`for update` : sql``}`.execute(tx)
  return rows[0]
}

/** Newest first, of the divisions that the reader may import into (null: all). */
export async function listImportRows(
  tx: Tx,
  consumer: string,
  divisions: readonly string[],
  before: number | null,
  limit: number,
): Promise<ImportRow[]> {
  const { rows } = await sql<ImportRow>`
    select ${COLUMNS} from imports_import i
     where consumer = ${consumer} and (${before}::bigint is null or id < ${before}::bigint)
       and exists (select 1 from unnest(${divisions as string[]}::text[]) as d (code) where starts_with(i.division, d.code))
     order by id desc limit ${limit}`.execute(tx)
  return rows
}

export interface NewImport {
  consumer: string
  accountId: number
  division: string
  fileName: string
  digest: Buffer
  format: 'xlsx' | 'csv'
  encoding: string | null
  titles: string[]
  rowCount: number
  chunkCount: number
  at: Date
}

export async function insertImport(tx: Tx, made: NewImport): Promise<number> {
  const { rows } = await sql<{ id: number }>`
    insert into imports_import (consumer, account_id, division, file_name, file_digest, format, encoding, titles, state,
      row_count, chunk_count, created_at)
    values (${made.consumer}, ${made.accountId}, ${made.division}, ${made.fileName}, ${made.digest}, ${made.format},
      ${made.encoding}, ${JSON.stringify(made.titles)}::jsonb, 'staged', ${made.rowCount}, ${made.chunkCount}, ${made.at})
    returning id`.execute(tx)
  return rows[0]!.id
}

/** An earlier import of the very same file, the newest one. */
export async function findSameFile(
  tx: Tx,
  id: number,
): Promise<{ id: number; createdAt: Date; state: ImportState } | undefined> {
  const { rows } = await sql<{ id: number; createdAt: Date; state: ImportState }>`
    select o.id, o.created_at as "createdAt", o.state from imports_import i
      join imports_import o on o.file_digest = i.file_digest and o.consumer = i.consumer and o.id < i.id
     where i.id = ${id} order by o.id desc limit 1`.execute(tx)
  return rows[0]
}

type Kept = [number, (Exclude<Cell, Date> | [number])[]]

/** Rows of a piece as text to be sealed; moments are told from numbers. */
export function packRows(rows: readonly SheetRow[]): string {
  return JSON.stringify(
    rows.map(
      ({ number, cells }): Kept => [
        number,
        cells.map((cell) =>
          cell instanceof Date
            ? [cell.getTime()]
            : typeof cell === 'string'
              ? cell.toWellFormed().replaceAll('\0', '')
              : cell,
        ),
      ],
    ),
  )
}

function unpackRows(text: string): SheetRow[] {
  return (JSON.parse(text) as Kept[]).map(([number, cells]) => ({
    number,
    cells: cells.map((cell) => (Array.isArray(cell) ? new Date(cell[0]) : cell)),
  }))
}

export async function insertChunk(
  tx: Tx,
  keys: KeyRing,
  id: number,
  nr: number,
  rows: number,
  text: string,
): Promise<void> {
  await sql`
    insert into imports_chunk (import_id, nr, row_count, sealed)
    values (${id}, ${nr}, ${rows}, ${encryptField(keys, text, chunkAad(id, nr))})`.execute(tx)
}

export async function readChunk(tx: Tx, here: CountyServices, id: number, nr: number): Promise<SheetRow[]> {
  const { rows } = await sql<{ sealed: Buffer }>`
    select sealed from imports_chunk where import_id = ${id} and nr = ${nr}`.execute(tx)
  return rows[0] ? unpackRows(decryptField(here.keys, rows[0].sealed, chunkAad(id, nr))) : []
}

export interface ProblemRow {
  rowNumber: number
  chunk: number
  verdict: 'error' | 'duplicate'
  problems: RowProblem[]
}

export async function insertProblems(tx: Tx, id: number, pass: Pass, rows: readonly ProblemRow[]): Promise<void> {
  if (rows.length === 0) return
  await sql`
    insert into imports_problem (import_id, pass, row_number, chunk, verdict, problems)
    select ${id}::bigint, ${pass}, "rowNumber", chunk, verdict, problems
      from json_to_recordset(${JSON.stringify(rows)}::json)
        as p ("rowNumber" integer, chunk integer, verdict text, problems jsonb)`.execute(tx)
}

export async function listProblems(
  tx: Tx,
  id: number,
  pass: Pass,
  filter: { verdict?: 'error' | 'duplicate'; after?: number; chunk?: number; limit: number },
): Promise<ProblemRow[]> {
  const { rows } = await sql<ProblemRow>`
    select row_number as "rowNumber", chunk, verdict, problems from imports_problem
     where import_id = ${id} and pass = ${pass} and row_number > ${filter.after ?? 0}
       and (${filter.verdict ?? null}::text is null or verdict = ${filter.verdict ?? null}::text)
       and (${filter.chunk ?? null}::integer is null or chunk = ${filter.chunk ?? null}::integer)
     order by row_number limit ${filter.limit}`.execute(tx)
  return rows
}

/** How often each reason occurs, most frequent first. */
export async function countReasons(
  tx: Tx,
  id: number,
  pass: Pass,
): Promise<{ verdict: 'error' | 'duplicate'; code: string; title: string | null; count: number; row: number }[]> {
  const { rows } = await sql<{
    verdict: 'error' | 'duplicate'
    code: string
    title: string | null
    count: number
    row: number
  }>`
    select p.verdict, r ->> 'code' as code, r #>> '{params,title}' as title, count(*) as count, min(p.row_number) as row
      from imports_problem p cross join lateral jsonb_array_elements(p.problems) r
     where p.import_id = ${id} and p.pass = ${pass} group by 1, 2, 3 order by 4 desc, 2, 3 limit 30`.execute(tx)
  return rows
}

/** Remembers keys of rows; yields those that an earlier row of the file has, with its number. */
export async function claimKeys(
  tx: Tx,
  id: number,
  keys: readonly { key: string; row: number }[],
): Promise<Map<string, number>> {
  if (keys.length === 0) return new Map()
  const { rows } = await sql<{ key: string; row: number }>`/* plan each time */
    select key, row_number as row from imports_key
     where import_id = ${id} and key = any(${keys.map(({ key }) => key)}::text[])`.execute(tx)
  const known = new Map(rows.map(({ key, row }) => [key, row]))
  const fresh = keys.filter(({ key }) => !known.has(key))
  await sql`
    insert into imports_key (import_id, key, row_number)
    select ${id}::bigint, key, row from unnest(${fresh.map(({ key }) => key)}::text[], ${fresh.map(({ row }) => row)}::integer[])
      as k (key, row)`.execute(tx)
  return known
}

/** Empties what a dry run kept; before a new one its findings go too. */
export async function clearDryRun(tx: Tx, id: number, findings: boolean): Promise<void> {
  await sql`delete from imports_key where import_id = ${id}`.execute(tx)
  if (findings) await sql`delete from imports_problem where import_id = ${id} and pass = 'check'`.execute(tx)
}

export async function saveImport(tx: Tx, row: ImportRow): Promise<void> {
  await sql`
    update imports_import set mapping = ${JSON.stringify(row.mapping)}::jsonb, settings = ${JSON.stringify(row.settings)}::jsonb,
      state = ${row.state}, next_chunk = ${row.nextChunk}, leg = ${row.leg}, done_rows = ${row.doneRows},
      good_rows = ${row.goodRows}, error_rows = ${row.errorRows}, duplicate_rows = ${row.duplicateRows},
      check_result = ${row.checkResult === null ? null : JSON.stringify(row.checkResult)}::jsonb,
      stop_reason = ${row.stopReason}, leg_at = ${row.legAt}, leg_rows = ${row.legRows}, moved_at = ${row.movedAt},
      finished_at = ${row.finishedAt}
     where id = ${row.id}`.execute(tx)
}

export interface RememberedMapping {
  origin: string
  mapping: Record<string, string>
}

export async function listMappings(tx: Tx, consumer: string): Promise<RememberedMapping[]> {
  const { rows } = await sql<RememberedMapping>`
    select origin, mapping from imports_mapping where consumer = ${consumer} order by at desc limit 30`.execute(tx)
  return rows
}

export async function rememberMapping(
  tx: Tx,
  consumer: string,
  remembered: RememberedMapping,
  accountId: number,
  at: Date,
): Promise<void> {
  await sql`
    insert into imports_mapping (consumer, origin, mapping, account_id, at)
    values (${consumer}, ${remembered.origin}, ${JSON.stringify(remembered.mapping)}::jsonb, ${accountId}, ${at})
    on conflict (consumer, origin) do update set mapping = excluded.mapping, account_id = excluded.account_id,
      at = excluded.at`.execute(tx)
}

/** Whether its job has failed: how often it was tried, and whether it was given up. */
export async function findTrouble(tx: Tx, id: number): Promise<{ attempts: number; givenUp: boolean } | undefined> {
  const { rows } = await sql<{ attempts: number; givenUp: boolean }>`
    select attempts, failed_at is not null as "givenUp" from job_job
     where aggregate = ${`import:${id}`} and attempts > 0 order by id desc limit 1`.execute(tx)
  return rows[0]
}
