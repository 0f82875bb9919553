import type { Static } from 'typebox'
import { exportMeasuredCases, exportMeasures } from '#modules/management/measures/contract.ts'
import type { Figure, Measure } from '#modules/management/measures/domain/measure.ts'
import {
  caseAsk,
  getMeasuresQuery,
  objectsOf,
  presentMeasured,
} from '#modules/management/measures/server/measures.queries.ts'
import { type Cursor, listMeasuredCases } from '#modules/management/measures/server/measures.store.ts'
import { writePending } from '#platform/command/command.ts'
import { type Context, Pending } from '#platform/command/context.ts'
import type { RouteInput } from '#platform/contract/route.ts'
import { mediaTypes } from '#platform/files/file-type.ts'
import { downloadHeaders } from '#platform/files/uploads.ts'
import type { RawHandler } from '#platform/http/raw-handler.ts'
import type { House } from '#platform/module/house.ts'
import { type Column, dateText } from '#platform/tables/column.ts'
import { writeCsv } from '#platform/tables/write-csv.ts'
import { writeXlsx } from '#platform/tables/write-xlsx.ts'

const PAGE = 1000

type Handled = Parameters<RawHandler['handle']>[1]

const within = <T>({ services }: House, { here, actor, info }: Handled, work: (context: Context) => Promise<T>) =>
  services.pool.inCounty(
    here.county,
    (tx) => work({ tx, actor, now: services.clock.now(), services, here, pending: new Pending(), request: info }),
    'read',
  )

/** One audit row says what left. */
const audit = (house: House, call: Handled, route: string, subject: string) =>
  house.services.pool.inCounty(call.here.county, async (tx) => {
    const pending = new Pending()
    pending.subject = subject.slice(0, 500)
    const { here, actor, info } = call
    const now = house.services.clock.now()
    await writePending({ tx, actor, now, services: house.services, here, pending, request: info }, { route })
  })

const sheet = <Row>(
  house: House,
  format: 'xlsx' | 'csv',
  title: string,
  columns: Column<Row>[],
  rows: AsyncIterable<Row>,
) => ({
  headers: downloadHeaders(
    {
      name: `${title} ${dateText(house.services.clock.now())}.${format}`,
      mediaType: format === 'xlsx' ? mediaTypes.xlsx : 'text/csv; charset=utf-8',
    },
    false,
  ),
  body: format === 'xlsx' ? writeXlsx(columns, rows, { sheet: title.slice(0, 30) }) : writeCsv(columns, rows),
})

const UNITS = { count: '件', percent: '%', hours: '小时' }
const shown = (measure: Pick<Measure, 'unit'>, { value }: Figure) =>
  value === null ? null : measure.unit === 'percent' ? Math.round(value * 10_000) / 100 : Math.round(value * 100) / 100

/** The cases behind a number, as a file; each page under the rights of its moment. */
export const exportMeasuredCasesHandler: RawHandler = {
  route: exportMeasuredCases,
  async handle(house, call) {
    const { format, ...input } = call.input as RouteInput<typeof exportMeasuredCases>
    const { measure } = await within(house, call, (context) => caseAsk(context, input))
    const source = (key: string) =>
      house.wording.has('zh-CN', `text.source.${key}`) ? house.wording.say('zh-CN', `text.source.${key}`) : key
    type Row = ReturnType<typeof presentMeasured>
    async function* rows(): AsyncGenerator<Row> {
      let count = 0
      let before: Cursor | null = null
      try {
        for (;;) {
          const from: Cursor | null = before
          const page: { rows: Row[]; last: Cursor | null } = await within(house, call, async (context) => {
            const { ask } = await caseAsk(context, input)
            const found = await listMeasuredCases(context, ask, from, PAGE)
            const end = found.length === PAGE ? found.at(-1)! : null
            return {
              rows: found.map((row) => presentMeasured(context, row)),
              last: end && { day: end.day, caseId: end.caseId, unitId: end.unitId },
            }
          })
          count += page.rows.length
          yield* page.rows
          if (!page.last) return
          before = page.last
        }
      } finally {
        await audit(
          house,
          call,
          exportMeasuredCases.name,
          `measures/cases?${new URLSearchParams(input as never)} rows=${count}`,
        )
      }
    }
    const columns: Column<Row>[] = [
      { title: '日期', type: 'text', width: 12, value: (row) => row.day },
      { title: '编号', type: 'text', width: 24, value: (row) => row.number },
      { title: '标题', type: 'text', width: 48, value: (row) => row.title },
      {
        title: measure.unit === 'hours' && input.side === 'numerator' ? '分钟' : '次数',
        type: 'integer',
        width: 8,
        value: (row) => row.amount,
      },
      { title: '现在的状态', type: 'text', width: 14, value: (row) => row.stateName['zh-CN'] },
      { title: '镇街', type: 'text', width: 14, value: (row) => row.townName },
      { title: '村（社区）', type: 'text', width: 16, value: (row) => row.villageName },
      { title: '条线', type: 'text', width: 16, value: (row) => row.lineName },
      { title: '承办单位', type: 'text', width: 24, value: (row) => row.unitName },
      { title: '来源', type: 'text', width: 12, value: (row) => source(row.source) },
    ]
    return sheet(house, format, `${measure.name['zh-CN']}（案件）`, columns, rows())
  },
}

/** The figures as a file: of the period with numerator, denominator and the period before, or a line per object. */
export const exportMeasuresHandler: RawHandler = {
  route: exportMeasures,
  async handle(house, call) {
    const { format, by, ...input } = call.input as RouteInput<typeof exportMeasures>
    const source = (key: string) =>
      house.wording.has('zh-CN', `text.source.${key}`) ? house.wording.say('zh-CN', `text.source.${key}`) : key
    if (by) {
      const { measures, items, composite } = await within(house, call, (context) =>
        objectsOf(context, { ...input, by }),
      )
      async function* rows() {
        yield* items
        await audit(house, call, exportMeasures.name, `measures?by=${by} rows=${items.length}`)
      }
      const columns: Column<(typeof items)[number]>[] = [
        ...(by === 'source'
          ? []
          : [{ title: '代码', type: 'text' as const, width: 14, value: (row: (typeof items)[number]) => row.key }]),
        { title: '对象', type: 'text', width: 24, value: (row) => (by === 'source' ? source(row.name) : row.name) },
        ...measures.map(
          (measure): Column<(typeof items)[number]> => ({
            title: `${measure.name['zh-CN']}（${UNITS[measure.unit]}）`,
            type: measure.unit === 'count' ? 'integer' : 'decimal',
            width: 16,
            value: (row) => shown(measure, row.figures[measure.key]!),
          }),
        ),
        ...(composite
          ? [
              {
                title: `${composite.name}（${composite.documentNumber}）`,
                type: 'decimal' as const,
                width: 20,
                value: (row: (typeof items)[number]) =>
                  row.composite === null ? null : Math.round(row.composite * 100) / 100,
              },
            ]
          : []),
      ]
      return sheet(house, format, '考核指标', columns, rows())
    }
    const { items, period } = await within(house, call, (context) => getMeasuresQuery.run(context, input))
    type Item = Static<typeof import('#modules/management/measures/contract.ts').getMeasures.output>['items'][number]
    async function* rows(): AsyncGenerator<Item> {
      yield* items
      await audit(house, call, exportMeasures.name, `measures?from=${period.from}&to=${period.to} rows=${items.length}`)
    }
    const columns: Column<Item>[] = [
      { title: '指标', type: 'text', width: 16, value: (row) => row.measure.name['zh-CN'] },
      {
        title: `${period.from} 至 ${period.to}`,
        type: 'decimal',
        width: 24,
        value: (row) => shown(row.measure, row.figure),
      },
      { title: '单位', type: 'text', width: 8, value: (row) => UNITS[row.measure.unit] },
      { title: '分子', type: 'integer', value: (row) => row.figure.numerator },
      { title: '分母', type: 'integer', value: (row) => row.figure.denominator },
      { title: '上期', type: 'decimal', value: (row) => shown(row.measure, row.previous) },
      { title: '公式', type: 'text', width: 60, value: (row) => row.measure.words['zh-CN'] },
      {
        title: '口径来源',
        type: 'text',
        width: 24,
        value: (row) => `${row.measure.source}${row.measure.mark === 'K' ? '（待核实）' : ''}`,
      },
    ]
    return sheet(house, format, '考核指标', columns, rows())
  },
}
