import { grantsFor } from '#platform/access/actor.ts'
import type { Context } from '#platform/command/context.ts'
import type { ImportConsumer, Verdict } from '#platform/imports/import-consumer.ts'
import {
  claimKeys,
  clearDryRun,
  findImport,
  type ImportRow,
  insertProblems,
  type ProblemRow,
  readChunk,
  saveImport,
} from '#platform/imports/imports.store.ts'
import { columnsOf } from '#platform/imports/match-columns.ts'
import type { JobHandler } from '#platform/jobs/jobs.ts'
import { type ReadRow, type RowProblem, readImportRows } from '#platform/tables/import-rows.ts'
import { normalTitle } from '#platform/tables/read-table.ts'
import type { Cell, SheetRow } from '#platform/tables/read-xlsx.ts'

/** Job that takes one piece of a file and asks for the next. */
export const IMPORT_JOB = 'imports.step'

/** Sets the next step going; called in the transaction that made it due. */
export function askForStep(context: Context, row: ImportRow): void {
  context.pending.jobs.push({
    kind: IMPORT_JOB,
    aggregate: `import:${row.id}`,
    payload: { importId: row.id, leg: row.leg, consumer: row.consumer },
  })
}

/**
 * One piece, one transaction: rows, reasons, numbers and checkpoint stand or fall together, and so does the job that asks for
 * the next piece. A process killed at any moment has taken a piece wholly or not at all, and the next one goes on behind it.
 */
export function importStep(consumer: ImportConsumer): JobHandler {
  return async (context, payload) => {
    if (payload.consumer !== consumer.name) return
    const { tx, here, now } = context
    const row = await findImport(tx, Number(payload.importId), true)
    if (!row || row.leg !== payload.leg || (row.state !== 'checking' && row.state !== 'taking')) return
    const pass = row.state === 'checking' ? 'check' : 'take'
    const actor = await consumer.actorOf(context, row.accountId)
    if (!actor || grantsFor(actor, consumer.permission).length === 0) {
      row.stopReason = 'imports.right_gone'
      row.state = pass === 'check' ? 'staged' : 'cancelled'
      await saveImport(tx, row)
      context.pending.subject = `import:${row.id}`
      return
    }
    const acting: Context = { ...context, actor }
    const rows = await readChunk(tx, here, row.id, row.nextChunk)
    const verdicts = await judge(consumer, acting, row, rows, pass)
    const problems = rows.flatMap(({ number }, i): ProblemRow[] => {
      const verdict = verdicts[i]!
      return verdict.kind === 'good'
        ? []
        : [{ rowNumber: number, chunk: row.nextChunk, verdict: verdict.kind, problems: verdict.problems }]
    })
    await insertProblems(tx, row.id, pass, problems)
    const count = (kind: Verdict['kind']) => verdicts.filter((verdict) => verdict.kind === kind).length
    row.doneRows += rows.length
    row.goodRows += count('good')
    row.errorRows += count('error')
    row.duplicateRows += count('duplicate')
    row.nextChunk += 1
    row.movedAt = now
    if (row.nextChunk >= row.chunkCount) await end(consumer, acting, row, pass)
    await saveImport(tx, row)
    context.pending.subject = `import:${row.id}`
    if (row.state === 'checking' || row.state === 'taking') askForStep(context, row)
  }
}

async function end(consumer: ImportConsumer, acting: Context, row: ImportRow, pass: 'check' | 'take'): Promise<void> {
  if (pass === 'check') {
    row.checkResult = {
      rows: row.doneRows,
      good: row.goodRows,
      errors: row.errorRows,
      duplicates: row.duplicateRows,
    }
    row.state = 'checked'
    await clearDryRun(acting.tx, row.id, false)
    return
  }
  row.state = 'done'
  row.finishedAt = acting.now
  await consumer.ended?.(acting, row)
  acting.pending.facts.push({
    kind: 'imports.done',
    subject: `import:${row.id}`,
    content: {
      rows: row.doneRows,
      taken: row.goodRows,
      errors: row.errorRows,
      duplicates: row.duplicateRows,
      account: row.accountId,
    },
  })
}

async function judge(
  consumer: ImportConsumer,
  context: Context,
  head: ImportRow,
  rows: readonly SheetRow[],
  pass: 'check' | 'take',
): Promise<Verdict[]> {
  const read = await readRows(consumer, head, rows)
  const verdicts = new Map<ReadRow, Verdict>()
  for (const row of read) if (row.problems.length > 0) verdicts.set(row, { kind: 'error', problems: row.problems })
  const readable = read.filter((row) => row.problems.length === 0)
  const judged = await consumer[pass](context, head, readable)
  for (const [i, row] of readable.entries()) verdicts.set(row, judged[i]!)
  if (pass === 'check') await findRepeated(context, head, read, verdicts)
  return read.map((row) => verdicts.get(row)!)
}

/** Rows that stand twice in the file: the first one counts. */
async function findRepeated(
  context: Context,
  head: ImportRow,
  read: readonly ReadRow[],
  verdicts: Map<ReadRow, Verdict>,
): Promise<void> {
  const own = new Map<string, number>()
  const repeated = (row: ReadRow, first: number) =>
    verdicts.set(row, { kind: 'duplicate', problems: [{ code: 'imports.row_twice', params: { row: first } }] })
  const keyed: { row: ReadRow; key: string }[] = []
  for (const row of read) {
    const verdict = verdicts.get(row)!
    if (verdict.kind !== 'good' || verdict.key === undefined) continue
    const first = own.get(verdict.key)
    if (first !== undefined) repeated(row, first)
    else {
      own.set(verdict.key, row.number)
      keyed.push({ row, key: verdict.key })
    }
  }
  const known = await claimKeys(
    context.tx,
    head.id,
    keyed.map(({ key, row }) => ({ key, row: row.number })),
  )
  for (const { row, key } of keyed) {
    const first = known.get(key)
    if (first !== undefined) repeated(row, first)
  }
}

async function readRows(consumer: ImportConsumer, head: ImportRow, rows: readonly SheetRow[]): Promise<ReadRow[]> {
  const columns = columnsOf(consumer.fields, head.titles, head.mapping)
  async function* each() {
    yield* rows
  }
  const titles = head.titles.map(normalTitle)
  const read: ReadRow[] = []
  for await (const row of readImportRows({ titles: head.titles, rows: each() }, columns)) {
    const own = isTitleRow(row.cells, titles)
      ? [{ code: 'imports.row_is_title' }]
      : [...brokenFormulas(consumer, head, row.cells), ...row.problems]
    read.push({ ...row, problems: own })
  }
  return read
}

/** A title row in the middle: pages of several sheets pasted under each other, or a second title row. */
function isTitleRow(cells: readonly Cell[], titles: readonly string[]): boolean {
  const filled = cells.flatMap((cell, at) => (cell === null || cell === '' ? [] : [{ cell, at }]))
  const same = filled.filter(({ cell, at }) => typeof cell === 'string' && normalTitle(cell) === titles[at])
  return filled.length > 1 && same.length > filled.length / 2
}

/** A formula that could not be computed leaves its error in the cell. */
function brokenFormulas(consumer: ImportConsumer, head: ImportRow, cells: readonly Cell[]): RowProblem[] {
  return consumer.fields.flatMap(({ key }) => {
    const at = head.mapping[key]
    const cell = at === undefined ? null : cells[at]
    return typeof cell === 'string' && /^#(N\/A|REF!|VALUE!|DIV\/0!|NAME\?|NUM!|NULL!)$/.test(cell)
      ? [{ code: 'imports.cell_formula', params: { title: head.titles[at!]!, value: cell } }]
      : []
  })
}
