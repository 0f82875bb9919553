import { grantsFor, type StaffActor } from '#platform/access/actor.ts'
import type { Context } from '#platform/command/context.ts'
import { AppError, notFound } from '#platform/errors/app-error.ts'
import type { Wording } from '#platform/i18n/wording.ts'
import { loadWording } from '#platform/i18n/wording.ts'
import type { ImportConsumer, Settings } from '#platform/imports/import-consumer.ts'
import { askForStep } from '#platform/imports/import-job.ts'
import {
  clearDryRun,
  countReasons,
  findImport,
  findSameFile,
  findTrouble,
  type ImportRow,
  importNumber,
  insertChunk,
  insertImport,
  listImportRows,
  listMappings,
  listProblems,
  readChunk,
  rememberMapping,
  saveImport,
} from '#platform/imports/imports.store.ts'
import { type ColumnMatch, matchColumns } from '#platform/imports/match-columns.ts'
import type { StagedFile } from '#platform/imports/stage-file.ts'
import { dateTimeText, problemTitle } from '#platform/tables/column.ts'
import type { RowProblem } from '#platform/tables/import-rows.ts'
import type { Cell } from '#platform/tables/read-xlsx.ts'

/** Reasons shown row by row; the rest is in the error file. */
const SHOWN = 50
const SAMPLES = 3

let wording: Wording | undefined

/** A reason in words, for the screen and for the error file alike. */
export function wordProblem({ code, params }: RowProblem): string {
  wording ??= loadWording()
  const title = typeof params?.title === 'string' ? params.title.replace(/^\0/, '') : undefined
  return wording.say('zh-CN', `errors.${code}`, { ...params, ...(title === undefined ? {} : { title }) })
}

function staff({ actor }: Context): StaffActor {
  if (actor.kind !== 'staff') throw new AppError('platform.forbidden', { status: 403 })
  return actor
}

/** Divisions in which the actor may import. */
function territories(consumer: ImportConsumer, actor: StaffActor): string[] {
  return [...new Set(grantsFor(actor, consumer.permission).map((grant) => grant.division))]
}

/** An import that the actor may look at: one of its own territory, or its own; else 404. */
async function getImport(consumer: ImportConsumer, context: Context, id: number, lock: boolean): Promise<ImportRow> {
  const actor = staff(context)
  const row = await findImport(context.tx, id, lock)
  const inside = territories(consumer, actor).some((division) => row?.division.startsWith(division))
  if (!row || row.consumer !== consumer.name || !inside) throw notFound()
  return row
}

/** Keeps a file that was read. @returns its id */
export async function stageImport(
  consumer: ImportConsumer,
  context: Context,
  file: StagedFile,
  fileName: string,
): Promise<number> {
  const { tx, here, now } = context
  const actor = staff(context)
  const widest = territories(consumer, actor).sort((a, b) => a.length - b.length)[0]
  if (widest === undefined) throw new AppError('platform.forbidden', { status: 403 })
  const id = await insertImport(tx, {
    consumer: consumer.name,
    accountId: actor.accountId,
    division: widest,
    fileName: fileName.slice(-200),
    digest: file.digest,
    format: file.format,
    encoding: file.encoding,
    titles: file.titles,
    rowCount: file.rowCount,
    chunkCount: file.chunks.length,
    at: now,
  })
  for (const [nr, chunk] of file.chunks.entries()) await insertChunk(tx, here.keys, id, nr, chunk.rows, chunk.text)
  context.pending.subject = `import:${id}`
  return id
}

/** Begins a dry run with the columns as they were matched; the match is remembered for the source. */
export async function beginCheck(
  consumer: ImportConsumer,
  context: Context,
  input: { id: number; mapping: ColumnMatch; settings: Settings },
): Promise<void> {
  const row = await getImport(consumer, context, input.id, true)
  // What was taken was judged under one match of columns; the rest is not judged under another.
  if (row.state === 'taking' || row.state === 'cancelled' || row.state === 'done')
    throw new AppError('imports.begun', { status: 409 })
  row.mapping = checkedMatch(consumer, row, input.mapping)
  row.settings = { ...input.settings }
  await clearDryRun(context.tx, row.id, true)
  const titles = Object.fromEntries(Object.entries(row.mapping).map(([key, at]) => [key, row.titles[at]!]))
  await rememberMapping(
    context.tx,
    consumer.name,
    { origin: consumer.origin(input.settings), mapping: titles },
    staff(context).accountId,
    context.now,
  )
  await begin(context, row, 'checking')
}

function checkedMatch(consumer: ImportConsumer, row: ImportRow, given: ColumnMatch): ColumnMatch {
  const match: ColumnMatch = {}
  const used = new Map<number, string>()
  for (const { key, title, required } of consumer.fields) {
    const at = given[key]
    if (at === undefined) {
      if (required) throw new AppError('imports.column_needed', { status: 422, params: { title } })
      continue
    }
    if (at >= row.titles.length || row.titles[at] === problemTitle)
      throw new AppError('imports.column_unknown', { status: 422, params: { title } })
    const other = used.get(at)
    if (other !== undefined) throw new AppError('imports.column_shared', { status: 422, params: { title, other } })
    used.set(at, title)
    match[key] = at
  }
  return match
}

async function begin(context: Context, row: ImportRow, state: 'checking' | 'taking'): Promise<void> {
  Object.assign(row, {
    state,
    nextChunk: 0,
    doneRows: 0,
    goodRows: 0,
    errorRows: 0,
    duplicateRows: 0,
    finishedAt: null,
  })
  await go(context, row)
}

async function go(context: Context, row: ImportRow): Promise<void> {
  Object.assign(row, {
    leg: row.leg + 1,
    legAt: context.now,
    legRows: row.doneRows,
    movedAt: context.now,
    stopReason: null,
  })
  await saveImport(context.tx, row)
  askForStep(context, row)
  context.pending.subject = `import:${row.id}`
}

/** Begins to take the rows; only after a dry run, so that somebody has seen what would come. */
export async function beginTake(consumer: ImportConsumer, context: Context, id: number): Promise<void> {
  const row = await getImport(consumer, context, id, true)
  if (row.state !== 'checked') throw new AppError('imports.not_checked', { status: 409 })
  await begin(context, row, 'taking')
}

/** Stops between two pieces: what was taken stays. */
export async function cancelImport(consumer: ImportConsumer, context: Context, id: number): Promise<void> {
  const row = await getImport(consumer, context, id, true)
  if (row.state !== 'taking' && row.state !== 'checking') throw new AppError('imports.not_running', { status: 409 })
  const taking = row.state === 'taking'
  row.state = taking ? 'cancelled' : 'staged'
  row.leg += 1
  await saveImport(context.tx, row)
  if (taking) await consumer.ended?.(context, row)
  else await clearDryRun(context.tx, row.id, true)
  context.pending.subject = `import:${row.id}`
}

/** Goes on behind the last piece that was taken; also where its work was given up after many failures. */
export async function resumeImport(consumer: ImportConsumer, context: Context, id: number): Promise<void> {
  const row = await getImport(consumer, context, id, true)
  if (row.state === 'taking' || row.state === 'checking') {
    const trouble = await findTrouble(context.tx, id)
    if (!trouble?.givenUp) throw new AppError('imports.running', { status: 409 })
  } else if (row.state === 'cancelled') row.state = 'taking'
  else throw new AppError('imports.not_stopped', { status: 409 })
  await go(context, row)
}

function headOf(context: Context, row: ImportRow) {
  return {
    id: row.id,
    number: importNumber(row.id),
    fileName: row.fileName,
    state: row.state,
    by: context.here.directory.accountName(row.accountId),
    createdAt: row.createdAt.toISOString(),
    finishedAt: row.finishedAt?.toISOString() ?? null,
    rows: row.rowCount,
    done: row.doneRows,
    good: row.goodRows,
    errors: row.errorRows,
    duplicates: row.duplicateRows,
    settings: row.settings,
  }
}

/** An import as its screen shows it. */
export async function presentImport(consumer: ImportConsumer, context: Context, id: number) {
  const { tx, here } = context
  const row = await getImport(consumer, context, id, false)
  const running = row.state === 'checking' || row.state === 'taking'
  const begun = row.state === 'taking' || row.state === 'cancelled' || row.state === 'done'
  const pass = begun ? 'take' : 'check'
  const seconds = row.legAt && row.movedAt ? (row.movedAt.getTime() - row.legAt.getTime()) / 1000 : 0
  const rate = running && seconds > 0 ? (row.doneRows - row.legRows) / seconds : null
  const same = await findSameFile(tx, id)
  const samples = (await readChunk(tx, here, id, 0)).slice(0, SAMPLES)
  const remembered = (await listMappings(tx, consumer.name)).map(({ origin, mapping }) => ({
    origin,
    mapping: matchColumns(consumer.fields, row.titles, mapping),
  }))
  const chosen = Object.keys(row.mapping).length > 0
  const trouble = running ? await findTrouble(tx, id) : undefined
  return {
    ...headOf(context, row),
    format: row.format,
    encoding: row.encoding,
    fields: consumer.fields.map(({ key, title, required, aliases }) => ({
      key,
      title,
      required: required === true,
      aliases: [...(aliases ?? [])],
    })),
    columns: row.titles.map((title, at) => ({
      title,
      samples: samples.map(({ cells }) => sampleOf(cells[at] ?? null)).filter((text) => text !== ''),
    })),
    mapping: chosen ? row.mapping : matchColumns(consumer.fields, row.titles),
    remembered,
    sameFile: same
      ? { id: same.id, number: importNumber(same.id), createdAt: same.createdAt.toISOString(), state: same.state }
      : null,
    check: row.checkResult,
    rate: rate === null ? null : Math.round(rate * 10) / 10,
    secondsLeft: rate ? Math.ceil((row.rowCount - row.doneRows) / rate) : null,
    stopReason: row.stopReason ? wordProblem({ code: row.stopReason }) : null,
    trouble: trouble ?? null,
    reasons: (await countReasons(tx, id, pass)).map(({ verdict, code, title, count, row: first }) => ({
      verdict,
      text: reasonText(code, title),
      count,
      row: first,
    })),
    problems: (await listProblems(tx, id, pass, { limit: SHOWN })).map(({ rowNumber, verdict, problems }) => ({
      row: rowNumber,
      verdict,
      texts: problems.map(wordProblem),
    })),
    can: {
      check: !begun && !running,
      start: row.state === 'checked' && (row.checkResult?.good ?? 0) > 0,
      cancel: running,
      resume: row.state === 'cancelled' || trouble?.givenUp === true,
      errorFile: !running && row.errorRows > 0,
    },
  }
}

/** One reason over many rows: values that differ from row to row are left open. */
function reasonText(code: string, title: string | null): string {
  return wordProblem({ code, params: title === null ? {} : { title } }).replaceAll(/[“(（]?\{\w+\}[”)）]?/g, '…')
}

/** Enough to know a column by; telephone and identity numbers are not shown in full. */
function sampleOf(cell: Cell): string {
  const text = cell instanceof Date ? dateTimeText(cell) : cell === null ? '' : String(cell)
  const short = text.length > 24 ? `${text.slice(0, 24)}…` : text
  return short.replaceAll(
    /\d{7,}/g,
    (digits) => `${digits.slice(0, 3)}${'*'.repeat(digits.length - 5)}${digits.slice(-2)}`,
  )
}

/** Imports of the actor's territory, newest first. */
export async function presentImports(
  consumer: ImportConsumer,
  context: Context,
  cursor: string | undefined,
  limit: number,
) {
  const divisions = territories(consumer, staff(context))
  const rows = await listImportRows(context.tx, consumer.name, divisions, cursor ? Number(cursor) : null, limit + 1)
  const shown = rows.slice(0, limit)
  return {
    items: shown.map((row) => headOf(context, row)),
    next: rows.length > limit ? String(shown.at(-1)!.id) : null,
  }
}

/** The import whose error file is asked for. */
export async function importForErrors(consumer: ImportConsumer, context: Context, id: number): Promise<ImportRow> {
  const row = await getImport(consumer, context, id, false)
  if (row.errorRows === 0) throw new AppError('imports.no_errors', { status: 409 })
  return row
}
