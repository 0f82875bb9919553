/**
 * Orders from a file: reading it, the dry run, and taking its rows, with a share of rows in error, as a worker of one server
 * process does it beside the database on the same machine; the events of the cases are relayed meanwhile.
 * Arguments: `--rows N` (default 50,000), `--errors PERCENT` (default 2), `--format xlsx|gbk|both` (default both).
 */
import { performance } from 'node:perf_hooks'
import { Readable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import { parseArgs } from 'node:util'
import { type ScratchCounty, withScratchCounty } from '#apps/server/scratch-county.ts'
import { orderConsumer } from '#modules/services/orders/server/order.consumer.ts'
import { runAsSystem } from '#platform/command/command.ts'
import type { Context } from '#platform/command/context.ts'
import { sql } from '#platform/db/db.ts'
import { IMPORT_JOB } from '#platform/imports/import-job.ts'
import { findImport, type ImportRow } from '#platform/imports/imports.store.ts'
import { matchColumns } from '#platform/imports/match-columns.ts'
import { beginCheck, beginTake, stageImport } from '#platform/imports/run-import.ts'
import { readStaged } from '#platform/imports/stage-file.ts'
import { runDueJobs } from '#platform/jobs/jobs.ts'
import { encodeGb18030 } from '#platform/tables/encode-gb18030.ts'
import { writeXlsx } from '#platform/tables/write-xlsx.ts'

const HEAD = ['工单编号', '主要内容', '来电时间', '所属镇街', '详细地址', '市民姓名', '联系电话']
const MATTERS = [
  '路灯不亮，晚上看不清路',
  '垃圾堆在门口没有清运',
  '楼上装修噪音很大影响休息',
  '窨井盖松动，车子经过有危险',
  '有人占道经营堵住人行道',
]
const TOWNS = ['木渎镇', '甪直镇', '胥口镇', '东山镇', '光福镇']

function* made(rows: number, errors: number, series: string): Generator<string[]> {
  for (let n = 0; n < rows; n++) {
    const wrong = n % 100 < errors
    yield [
      `${series}-${n}`,
      `我是附近的居民，${n % 90} 号楼前面${MATTERS[n % MATTERS.length]}，已经反映过多次，请有关部门尽快处理并给予答复。`,
      `2026-0${1 + (n % 9)}-1${n % 9} 1${n % 9}:20`,
      wrong ? '没有这个镇' : TOWNS[n % TOWNS.length]!,
      `人民路 ${n % 400} 号`,
      '李文华',
      `1990000${String(n % 10_000).padStart(4, '0')}`,
    ]
  }
}

async function fileOf(format: string, rows: number, errors: number): Promise<{ bytes: Buffer; name: string }> {
  const all = [...made(rows, errors, format)]
  if (format === 'xlsx') {
    const columns = HEAD.map((title, at) => ({ title, type: 'text' as const, value: (row: string[]) => row[at]! }))
    return { bytes: await buffer(writeXlsx(columns, all)), name: 'orders.xlsx' }
  }
  return { bytes: encodeGb18030([HEAD, ...all].map((row) => row.join(',')).join('\r\n')), name: 'orders.csv' }
}

export async function run(args: string[]): Promise<void> {
  const { values } = parseArgs({
    args,
    options: {
      rows: { type: 'string', default: '50000' },
      errors: { type: 'string', default: '2' },
      format: { type: 'string', default: 'both' },
    },
  })
  const [rows, errors] = [Number(values.rows), Number(values.errors)]
  const formats = values.format === 'both' ? ['xlsx', 'gbk'] : [values.format]
  await withScratchCounty(async (county) => {
    const accountId = await importer(county)
    const results = []
    for (const format of formats) {
      const result = await measure(county, accountId, format, rows, errors)
      console.log(JSON.stringify(result))
      results.push(result)
    }
    console.log(JSON.stringify({ bench: 'orders', results }))
  })
}

async function importer({ owner }: ScratchCounty): Promise<number> {
  const { rows } = await owner.query<{ id: string }>(
    `insert into auth_account (login, display_name, password_hash, created_at) values ('bench', 'bench', 'none', now()) returning id`,
  )
  const id = Number(rows[0]!.id)
  await owner.query(
    `insert into access_grant (account_id, permission, division_code, reason, valid_from)
     values ($1, 'loop.report.import', '320506', 'bench', '2025-01-01')`,
    [id],
  )
  return id
}

async function measure(county: ScratchCounty, accountId: number, format: string, rows: number, errors: number) {
  const { services, handlers } = county.house
  const here = await county.house.countyBySlug('scratch')
  const as = <T>(work: (context: Context) => Promise<T>) =>
    runAsSystem(services, here, 'bench', async (context) => {
      const actor = (await orderConsumer.actorOf(context, accountId))!
      return work({ ...context, actor })
    })
  let peak = 0
  const watch = setInterval(() => {
    peak = Math.max(peak, process.memoryUsage().rss)
  }, 50)
  const file = await fileOf(format, rows, errors)
  const began = performance.now()
  const staged = await readStaged(orderConsumer, Readable.from([file.bytes]), file.name)
  const read = performance.now()
  const id = await as((context) => stageImport(orderConsumer, context, staged, file.name))
  const kept = performance.now()
  let rowsGone = 0
  let cpuMs = 0
  const pass = async (): Promise<ImportRow> => {
    let working = true
    const before = process.cpuUsage()
    const relay = (async () => {
      while (working)
        if ((await runDueJobs(services, here, handlers, { except: [IMPORT_JOB] })) === 0)
          await new Promise((done) => setTimeout(done, 50))
    })()
    while ((await runDueJobs(services, here, handlers, { only: [IMPORT_JOB], limit: 1 })) > 0);
    working = false
    const cpu = process.cpuUsage(before)
    rowsGone = performance.now()
    cpuMs = (cpu.user + cpu.system) / 1000
    await relay
    return (await services.pool.inCounty(here.county, (tx) => findImport(tx, id)))!
  }
  const mapping = matchColumns(orderConsumer.fields, staged.titles)
  await as((context) =>
    beginCheck(orderConsumer, context, { id, mapping, settings: { source: 'hotline', origin: format } }),
  )
  const checkedFrom = performance.now()
  const checked = await pass()
  const checkedTo = rowsGone
  const takenFrom = performance.now()
  await as((context) => beginTake(orderConsumer, context, id))
  const taken = await pass()
  const end = performance.now()
  clearInterval(watch)
  const { rows: counted } = await services.pool.inCounty(here.county, (tx) =>
    sql<{ n: number }>`select count(*) as n from orders_order where import_id = ${id}`.execute(tx),
  )
  if (counted[0]!.n !== taken.goodRows) throw new Error('the rows taken are not the orders there are')
  const rate = (from: number, to: number) => Math.round(rows / ((to - from) / 1000))
  return {
    format,
    rows,
    bytes: file.bytes.length,
    readRowsPerSecond: rate(began, read),
    keptSeconds: Math.round(kept - read) / 1000,
    dryRunRowsPerSecond: rate(checkedFrom, checkedTo),
    ordersPerSecond: Math.round(taken.goodRows / ((rowsGone - takenFrom) / 1000)),
    /** CPU of this process an order, relaying included; the database has the other core. */
    cpuMsPerOrder: Math.round((cpuMs / taken.goodRows) * 100) / 100,
    /** Until the last event was told too. */
    secondsToTellAll: Math.round((end - takenFrom) / 100) / 10,
    good: taken.goodRows,
    errors: taken.errorRows,
    dryRun: checked.checkResult,
    peakRssMb: Math.round(peak / 1024 / 1024),
  }
}
