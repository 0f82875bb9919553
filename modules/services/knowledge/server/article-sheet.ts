import { command } from '#platform/command/command.ts'
import type { Context } from '#platform/command/context.ts'
import { sql } from '#platform/db/db.ts'
import { AppError } from '#platform/errors/app-error.ts'
import { findFile } from '#platform/files/file.store.ts'
import { mediaTypes } from '#platform/files/file-type.ts'
import { fileRoomOf } from '#platform/files/files.raw.ts'
import { downloadHeaders, readWholeFile } from '#platform/files/uploads.ts'
import type { RawHandler } from '#platform/http/raw-handler.ts'
import { type Column, dateText } from '#platform/tables/column.ts'
import { collectRowErrors, type ImportColumn, type ImportValues } from '#platform/tables/import-rows.ts'
import { readTable } from '#platform/tables/read-table.ts'
import { writeXlsx } from '#platform/tables/write-xlsx.ts'
import { exportArticles, importArticles, WRITE } from '../contract.ts'
import { type ArticleWords, sheetRows } from './article.store.ts'
import { accountOf, mayChange } from './knowledge.policy.ts'
import { type ArticleDraft, saveDraft } from './write-article.ts'

const VISIBILITY = { 公开: 'public', 内部: 'internal' } as const

const COLUMNS: readonly ImportColumn[] = [
  { key: 'id', title: '条目号', type: 'integer' },
  { key: 'question', title: '问题', type: 'text', required: true, maxLength: 120 },
  { key: 'answer', title: '答复', type: 'text', required: true, maxLength: 3000 },
  { key: 'keywords', title: '关键词', type: 'text', maxLength: 400 },
  { key: 'line', title: '条线', type: 'text' },
  { key: 'item', title: '事项编码', type: 'text', maxLength: 40 },
  { key: 'basis', title: '依据', type: 'text', required: true, maxLength: 300 },
  { key: 'basisRead', title: '依据已核对', type: 'boolean', required: true },
  { key: 'validFrom', title: '生效日', type: 'date', required: true },
  { key: 'validTo', title: '失效日', type: 'date' },
  { key: 'reviewOn', title: '复核日', type: 'date', required: true },
  { key: 'visibility', title: '公开范围', type: 'text', required: true, oneOf: Object.keys(VISIBILITY) },
]

async function lineNames({ tx }: Pick<Context, 'tx'>): Promise<{ code: string; name: string }[]> {
  const { rows } = await sql<{ code: string; name: string }>`select code, name from org_line`.execute(tx)
  return rows
}

type SheetRow = Awaited<ReturnType<typeof sheetRows>>[number]

/** The knowledge base as a sheet that can be changed and brought in again. */
export const exportArticlesHandler: RawHandler = {
  route: exportArticles,
  async handle(house, { here }) {
    const { services } = house
    const { rows, lines } = await services.pool.inCounty(
      here.county,
      async (tx) => ({
        rows: await sheetRows(tx),
        lines: new Map((await lineNames({ tx })).map(({ code, name }) => [code, name])),
      }),
      'read',
    )
    const day = (date: string | null) => (date === null ? null : new Date(`${date}T00:00:00+08:00`))
    const columns: Column<SheetRow>[] = [
      { title: '条目号', type: 'integer', value: (row) => row.id },
      { title: '问题', type: 'text', width: 40, value: (row) => row.question },
      { title: '答复', type: 'text', width: 80, value: (row) => row.answer },
      { title: '关键词', type: 'text', width: 30, value: (row) => row.keywords.join('、') },
      { title: '条线', type: 'text', width: 16, value: (row) => (row.lineCode ? lines.get(row.lineCode) : null) },
      { title: '事项编码', type: 'text', width: 16, value: (row) => row.itemCode },
      { title: '依据', type: 'text', width: 40, value: (row) => row.basis },
      { title: '依据已核对', type: 'text', width: 12, value: (row) => (row.basisRead ? '是' : '否') },
      { title: '生效日', type: 'date', value: (row) => day(row.validFrom) },
      { title: '失效日', type: 'date', value: (row) => day(row.validTo) },
      { title: '复核日', type: 'date', value: (row) => day(row.reviewOn) },
      { title: '公开范围', type: 'text', width: 10, value: (row) => (row.visibility === 'public' ? '公开' : '内部') },
      {
        title: '归口单位',
        type: 'text',
        width: 24,
        value: (row) => here.directory.unit(row.ownerUnitId)?.name ?? null,
      },
    ]
    const body = writeXlsx(columns, rows, { sheet: '知识库' })
    const name = `知识库 ${dateText(services.clock.now())}.xlsx`
    return { headers: downloadHeaders({ name, mediaType: mediaTypes.xlsx }, false), body }
  },
}

interface Planned {
  row: number
  draft: ArticleDraft
  kind: 'added' | 'changed' | 'same'
}

interface Problem {
  row: number
  problem: string
  params: Record<string, string>
}

/** What the rows of a sheet would do, and what is wrong with the others. */
async function plan(context: Context, fileId: string): Promise<{ planned: Planned[]; problems: Problem[] }> {
  const { tx, actor, services, here } = context
  const file = await findFile(tx, fileId)
  if (file?.uploaderKind !== 'staff' || file.uploaderId !== accountOf(actor))
    throw new AppError('knowledge.file_unknown', { status: 422 })
  const table = await readTable(await readWholeFile(fileRoomOf(services, here), file), file.name, {
    titles: COLUMNS.filter((column) => column.required).map((column) => column.title),
    maxRows: 5000,
  })
  const lines = new Map((await lineNames(context)).map(({ code, name }) => [name, code]))
  const known = new Map((await sheetRows(tx)).map((row) => [row.id, row]))
  const { good, bad } = await collectRowErrors(table, COLUMNS)
  const problems: Problem[] = bad.map(({ number, problems: found }) => ({
    row: number,
    problem: found[0]!.code.replace('tables.', ''),
    params: Object.fromEntries(Object.entries(found[0]!.params ?? {}).map(([key, value]) => [key, String(value)])),
  }))
  const planned: Planned[] = []
  for (const { number, values } of good) {
    const refuse = (problem: string, params: Record<string, string> = {}) =>
      problems.push({ row: number, problem, params })
    const line = String(values.line ?? '').trim()
    const lineCode = line === '' ? null : lines.get(line)
    const id = values.id === null ? undefined : Number(values.id)
    if (lineCode === undefined) refuse('line', { line })
    else if (id !== undefined && !known.has(id)) refuse('article', { id: String(id) })
    else if (!mayChange(actor, WRITE, lineCode)) refuse('right')
    else if (id !== undefined && !mayChange(actor, WRITE, known.get(id)!.lineCode)) refuse('right')
    else {
      const words = wordsOf(values, lineCode)
      if (words.question.length < 4) refuse('short', { title: '问题' })
      else if (words.answer.length < 10) refuse('short', { title: '答复' })
      else if (words.validTo !== null && words.validTo < words.validFrom) refuse('dates')
      else {
        const kind = id === undefined ? 'added' : isSame(known.get(id)!, words) ? 'same' : 'changed'
        planned.push({ row: number, draft: { ...words, articleId: id }, kind })
      }
    }
  }
  return { planned, problems: problems.sort((a, b) => a.row - b.row).slice(0, 200) }
}

function wordsOf(values: ImportValues, lineCode: string | null): ArticleWords {
  const day = (value: unknown) => dateText(value as Date)
  return {
    question: String(values.question).trim(),
    answer: String(values.answer).trim(),
    keywords: [
      ...new Set(
        String(values.keywords ?? '')
          .split(/[、，,;；\s]+/)
          .filter((word) => word.length > 1),
      ),
    ].slice(0, 20),
    lineCode,
    itemCode: values.item === null ? null : String(values.item),
    basis: String(values.basis).trim(),
    basisRead: values.basisRead === true,
    validFrom: day(values.validFrom),
    validTo: values.validTo === null ? null : day(values.validTo),
    reviewOn: day(values.reviewOn),
    visibility: VISIBILITY[values.visibility as keyof typeof VISIBILITY],
  }
}

function isSame(now: ArticleWords, next: ArticleWords): boolean {
  const keys = Object.keys(next) as (keyof ArticleWords)[]
  return keys.every((key) => String(now[key] ?? '') === String(next[key] ?? ''))
}

/** Rows become drafts; nothing is published by a sheet. */
export const importArticlesCommand = command(importArticles, {
  async perform(context, { fileId, dryRun }) {
    const { planned, problems } = await plan(context, fileId)
    const count = (kind: Planned['kind']) => planned.filter((row) => row.kind === kind).length
    if (!dryRun) for (const row of planned) if (row.kind !== 'same') await saveDraft(context, row.draft)
    context.pending.subject = `knowledge_import:${planned.length}`
    const output = { added: count('added'), changed: count('changed'), same: count('same'), problems }
    return { ref: { added: output.added, changed: output.changed, same: output.same }, output }
  },
  async present(_context, ref) {
    return { ...(ref as { added: number; changed: number; same: number }), problems: [] }
  },
})
