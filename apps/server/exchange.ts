import { createWriteStream } from 'node:fs'
import { readFile, writeFile } from 'node:fs/promises'
import { basename } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { accountSheet, divisionSheet, type SheetImport } from '#modules/foundation/org/public.ts'
import { runAsSystem } from '#platform/command/command.ts'
import type { CountyServices, Services } from '#platform/command/services.ts'
import { sql, type Tx } from '#platform/db/db.ts'
import { loadWording, type Wording } from '#platform/i18n/wording.ts'
import type { Column } from '#platform/tables/column.ts'
import { type RowProblem, writeErrorFile } from '#platform/tables/import-rows.ts'
import { readTable } from '#platform/tables/read-table.ts'
import { writeCsv } from '#platform/tables/write-csv.ts'
import { writeXlsx } from '#platform/tables/write-xlsx.ts'
import { OperatorError } from './operator-error.ts'

interface CaseRow {
  id: number
  number: string
  definition_id: number
  state: string
  title: string
  class_code: string | null
  secrecy: string
  source: string
  town_code: string | null
  village_code: string | null
  grid_code: string | null
  line_code: string | null
  place_text: string | null
  unit_id: number | null
  opened_at: Date
  due_at: Date | null
  closed_at: Date | null
  overdue: boolean
}

const PAGE = 2000

/** Newest last; read page by page, so that a million rows need no more memory than one page. */
async function* caseRows(tx: Tx): AsyncGenerator<CaseRow> {
  for (let after = 0; ; ) {
    const { rows } = await sql<CaseRow>`
      select id, number, definition_id, state, title, class_code, secrecy, source, town_code, village_code, grid_code,
             line_code, place_text, unit_id, opened_at, due_at, closed_at, overdue
        from process_case where id > ${after} order by id limit ${PAGE}`.execute(tx)
    yield* rows
    if (rows.length < PAGE) return
    after = rows.at(-1)!.id
  }
}

function sourceName(wording: Wording, source: string): string {
  const key = `text.source.${source}`
  return wording.has('zh-CN', key) ? wording.say('zh-CN', key) : source
}

function caseColumns(here: CountyServices): Column<CaseRow>[] {
  const { directory, definitions } = here
  const wording = loadWording()
  const place = (code: string | null) => (code === null ? null : directory.divisionName(code))
  const bodyOf = (row: CaseRow) => definitions.byId(row.definition_id).body
  // What is 保密 is counted here, not told.
  const open = (row: CaseRow, text: string | null) => (row.secrecy === 'secret' ? '（保密）' : text)
  return [
    { title: '编号', type: 'text', value: (row) => row.number },
    { title: '流程', type: 'text', value: (row) => bodyOf(row).name['zh-CN'] },
    { title: '状态', type: 'text', value: (row) => bodyOf(row).states[row.state]?.name['zh-CN'] ?? row.state },
    { title: '标题', type: 'text', width: 40, value: (row) => open(row, row.title) },
    {
      title: '类别',
      type: 'text',
      value: (row) => row.class_code && (directory.className(row.class_code) ?? row.class_code),
    },
    { title: '条线', type: 'text', value: (row) => row.line_code && directory.lineName(row.line_code) },
    { title: '镇街', type: 'text', value: (row) => place(row.town_code) },
    { title: '村（社区）', type: 'text', value: (row) => place(row.village_code) },
    { title: '网格代码', type: 'text', value: (row) => row.grid_code },
    { title: '地点', type: 'text', width: 30, value: (row) => open(row, row.place_text) },
    {
      title: '承办单位',
      type: 'text',
      value: (row) => (row.unit_id === null ? null : directory.unit(row.unit_id)?.name),
    },
    { title: '来源', type: 'text', value: (row) => sourceName(wording, row.source) },
    { title: '上报时间', type: 'dateTime', value: (row) => row.opened_at },
    { title: '办理期限', type: 'dateTime', value: (row) => row.due_at },
    { title: '办结时间', type: 'dateTime', value: (row) => row.closed_at },
    { title: '超期', type: 'boolean', value: (row) => row.overdue },
  ]
}

/**
 * Writes all cases of a county to a sheet, without reporters; leaves an audit row and a fact.
 * @returns how many rows
 */
export async function exportCases(
  services: Services,
  here: CountyServices,
  target: { file: string; format: 'xlsx' | 'csv' },
): Promise<number> {
  let rows = 0
  await services.pool.inCounty(
    here.county,
    async (tx) => {
      async function* counted() {
        for await (const row of caseRows(tx)) {
          rows++
          yield row
        }
      }
      const columns = caseColumns(here)
      const sheet =
        target.format === 'csv' ? writeCsv(columns, counted()) : writeXlsx(columns, counted(), { sheet: '案件' })
      await pipeline(sheet, createWriteStream(target.file, { mode: 0o600 }))
    },
    'read',
  )
  await runAsSystem(services, here, 'export', async ({ pending }) => {
    pending.subject = `county:${here.county.slug}`
    pending.facts.push({ kind: 'county.cases_exported', subject: `county:${here.county.slug}`, content: { rows } })
  })
  return rows
}

const SHEETS: Readonly<Record<string, SheetImport>> = { divisions: divisionSheet, accounts: accountSheet }

export interface Imported {
  taken: number
  bad: number
  /** Rows to mend, with what is wrong with each. */
  errorFile?: string
  /** First passwords, to be handed out and then deleted. */
  passwordFile?: string
}

/** Takes a sheet in, whole or not at all; bad rows go to a file beside it. @throws OperatorError for an unknown kind */
export async function importSheet(
  services: Services,
  here: CountyServices,
  wording: Wording,
  source: { what: string; file: string },
): Promise<Imported> {
  const sheet = SHEETS[source.what]
  if (!sheet)
    throw new OperatorError(
      `可以导入的有：${Object.keys(SHEETS).join('、')}。`,
      `What can be imported: ${Object.keys(SHEETS).join(', ')}.`,
    )
  const table = await readTable(await readFile(source.file), basename(source.file), {
    titles: sheet.columns.filter((column) => column.required).map((column) => column.title),
  })
  const { taken, bad, passwords } = await runAsSystem(services, here, 'import', (context) => sheet.run(context, table))
  const base = source.file.replace(/\.(xlsx|csv)$/i, '')
  const word = ({ code, params }: RowProblem) => wording.say('zh-CN', `errors.${code}`, params)
  let errorFile: string | undefined
  if (bad.length > 0) {
    errorFile = `${base}.待修改.xlsx`
    await pipeline(writeErrorFile(table.titles, bad, word), createWriteStream(errorFile, { mode: 0o600 }))
  }
  let passwordFile: string | undefined
  if (passwords.length > 0) {
    passwordFile = `${base}.初始密码.csv`
    const lines = passwords.map(({ login, name, password }) => `${login},${name},${password}\r\n`)
    await writeFile(passwordFile, `\ufeff登录名,姓名,初始密码\r\n${lines.join('')}`, { mode: 0o600 })
  }
  return { taken, bad: bad.length, ...(errorFile ? { errorFile } : {}), ...(passwordFile ? { passwordFile } : {}) }
}
