import { writePending } from '#platform/command/command.ts'
import { type Context, Pending } from '#platform/command/context.ts'
import type { Services } from '#platform/command/services.ts'
import type { RouteInput } from '#platform/contract/route.ts'
import { mediaTypes } from '#platform/files/file-type.ts'
import { downloadHeaders } from '#platform/files/uploads.ts'
import type { RawHandler } from '#platform/http/raw-handler.ts'
import type { Wording } from '#platform/i18n/wording.ts'
import { type CaseFilters, type ListedCase, pageOfCases } from '#platform/process/case-list.ts'
import { exportCases } from '#platform/process/contract.ts'
import type { Directory } from '#platform/process/directory.ts'
import { presentCase } from '#platform/process/present.ts'
import { type Column, dateText } from '#platform/tables/column.ts'
import { writeCsv } from '#platform/tables/write-csv.ts'
import { writeXlsx } from '#platform/tables/write-xlsx.ts'

const PAGE = 1000
const SEVERITIES = ['', '红', '橙', '黄', '蓝']

type Asker = Pick<Context, 'actor' | 'here' | 'request'>

/**
 * All cases of the list, newest first. Each page is a transaction of its own under the rights of the asker, so that a slow
 * reader holds neither a connection nor a snapshot: cases opened meanwhile are left out, others stand as they are when read.
 */
export async function* exportedCases(
  services: Services,
  { actor, here, request }: Asker,
  filters: CaseFilters,
): AsyncGenerator<ListedCase> {
  let next: number | null = null
  do {
    const before: number | null = next
    const page: { rows: ListedCase[]; next: number | null } = await services.pool.inCounty(
      here.county,
      (tx) => {
        const now = services.clock.now()
        const context: Context = { tx, actor, now, services, here, pending: new Pending(), request }
        return pageOfCases(context, filters, before, PAGE)
      },
      'read',
    )
    yield* page.rows
    next = page.next
  } while (next !== null)
}

type ExportedRow = ReturnType<typeof presentCase>

function columnsOf(wording: Wording, directory: Directory): Column<ExportedRow>[] {
  const source = (key: string) =>
    wording.has('zh-CN', `text.source.${key}`) ? wording.say('zh-CN', `text.source.${key}`) : key
  const at = (iso: string | null) => (iso === null ? null : new Date(iso))
  return [
    { title: '编号', type: 'text', width: 24, value: (row) => row.number },
    { title: '标题', type: 'text', width: 48, value: (row) => row.title },
    { title: '流程', type: 'text', width: 12, value: (row) => row.definitionName['zh-CN'] },
    { title: '环节', type: 'text', width: 12, value: (row) => row.phaseName['zh-CN'] },
    { title: '状态', type: 'text', width: 14, value: (row) => row.stateName['zh-CN'] },
    { title: '类别', type: 'text', width: 24, value: (row) => row.className ?? row.classCode },
    { title: '条线', type: 'text', width: 16, value: (row) => row.lineCode && directory.lineName(row.lineCode) },
    { title: '级别', type: 'text', width: 8, value: (row) => SEVERITIES[row.severity] },
    { title: '来源', type: 'text', width: 12, value: (row) => source(row.source) },
    { title: '镇街', type: 'text', width: 14, value: (row) => row.townName },
    { title: '村（社区）', type: 'text', width: 16, value: (row) => row.villageName },
    { title: '地点', type: 'text', width: 32, value: (row) => row.placeText },
    { title: '承办单位', type: 'text', width: 24, value: (row) => row.unit?.name },
    { title: '上报时间', type: 'dateTime', value: (row) => at(row.openedAt) },
    { title: '时限', type: 'dateTime', value: (row) => at(row.dueAt) },
    { title: '是否超时', type: 'boolean', width: 10, value: (row) => row.overdue },
    { title: '结案时间', type: 'dateTime', value: (row) => at(row.closedAt) },
  ]
}

/** The filters as audit keeps them: what was searched for may be a person's name or number and stays out. */
function auditSubject(filters: CaseFilters, format: string, rows: number): string {
  const parts = Object.entries({ format, ...filters, ...(filters.q ? { q: '***' } : {}) })
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => `${name}=${value}`)
  return `cases?${parts.join('&')} rows=${rows}`
}

/** The list of cases as a file, written while it is read; one audit row says by what filters and how many rows left. */
export const exportCasesHandler: RawHandler = {
  route: exportCases,
  async handle(house, { here, actor, input, info }) {
    const { services, wording } = house
    const { format, ...filters } = input as RouteInput<typeof exportCases>
    const asker: Asker = { actor, here, request: info }
    async function* rows(): AsyncGenerator<ExportedRow> {
      let count = 0
      try {
        for await (const row of exportedCases(services, asker, filters)) {
          count += 1
          yield presentCase(here, row)
        }
      } finally {
        // Also where the reader broke off: what left is on record.
        await services.pool.inCounty(here.county, async (tx) => {
          const pending = new Pending()
          pending.subject = auditSubject(filters, format, count)
          await writePending(
            { ...asker, tx, now: services.clock.now(), services, pending },
            { route: exportCases.name },
          )
        })
      }
    }
    const columns = columnsOf(wording, here.directory)
    const body = format === 'xlsx' ? writeXlsx(columns, rows(), { sheet: '案件' }) : writeCsv(columns, rows())
    const name = `案件 ${dateText(services.clock.now())}.${format}`
    const mediaType = format === 'xlsx' ? mediaTypes.xlsx : 'text/csv; charset=utf-8'
    return { headers: downloadHeaders({ name, mediaType }, false), body }
  },
}
