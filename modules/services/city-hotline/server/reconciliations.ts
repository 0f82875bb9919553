import { command, query, writePending } from '#platform/command/command.ts'
import { type Context, Pending } from '#platform/command/context.ts'
import { sql } from '#platform/db/db.ts'
import { AppError, notFound } from '#platform/errors/app-error.ts'
import { mediaTypes } from '#platform/files/file-type.ts'
import { downloadHeaders } from '#platform/files/uploads.ts'
import type { RawHandler } from '#platform/http/raw-handler.ts'
import { DeliveryError } from '#platform/notify/delivery.ts'
import type { Column } from '#platform/tables/column.ts'
import { writeXlsx } from '#platform/tables/write-xlsx.ts'
import { EXCHANGE, exportRun, getRun, listRuns, mendDifferences, runReconciliation } from '../contract.ts'
import type { CityListRow } from '../domain/city-message.ts'
import type { DifferenceKind } from '../domain/differences.ts'
import { listOfServices } from './city-sheet.ts'
import { adapterOf, cityList, mend, reconcile } from './exchange.ts'
import { requireWholeCounty } from './hotline.policy.ts'

async function runs(context: Context, id: number | null) {
  const { rows } = await sql<{
    id: number
    day: string
    at: Date
    via: 'api' | 'file'
    account_id: number | null
    ours: number
    theirs: number
    sent: number
    differing: number
    open: number
  }>`
    select r.id, to_char(r.day, 'YYYY-MM-DD') as day, r.at, r.via, r.account_id, r.ours, r.theirs, r.sent, r.differing,
           (select count(*) from city_hotline_difference d where d.run_id = r.id and d.mended_at is null) as open
      from city_hotline_run r where ${id === null ? sql`true` : sql`r.id = ${id}`}
     order by r.id desc limit 60`.execute(context.tx)
  return rows.map(({ account_id: by, at, ...row }) => ({
    ...row,
    at: at.toISOString(),
    by: by === null ? null : context.here.directory.accountName(by),
  }))
}

async function differences(context: Context, runId: number) {
  const { rows } = await sql<{
    id: number
    kind: DifferenceKind
    number: string
    orderId: number | null
    caseId: number | null
    ours: string | null
    theirs: string | null
    mended_at: Date | null
    mended_by: number | null
  }>`
    select d.id, d.kind, d.number, o.id as "orderId", r.case_id as "caseId", d.ours, d.theirs, d.mended_at, d.mended_by
      from city_hotline_difference d left join city_hotline_order o on o.number = d.number
      left join city_hotline_round r on r.order_id = o.id and r.round = o.round
     where d.run_id = ${runId} order by d.kind, d.number, d.id`.execute(context.tx)
  return rows.map(({ mended_at: at, mended_by: by, ...row }) => ({
    ...row,
    mendedAt: at?.toISOString() ?? null,
    mendedBy: by === null ? null : context.here.directory.accountName(by),
  }))
}

export const listRunsQuery = query(listRuns, async (context) => {
  requireWholeCounty(context.actor, EXCHANGE)
  return { items: await runs(context, null) }
})

export const getRunQuery = query(getRun, async (context, { runId }) => {
  requireWholeCounty(context.actor, EXCHANGE)
  const [run] = await runs(context, runId)
  if (!run) throw notFound()
  return { run, items: await differences(context, runId) }
})

/** Now: asks outside of any transaction, then compares. */
export const runReconciliationHandler: RawHandler = {
  route: runReconciliation,
  async handle({ services }, { here, actor, input, info }) {
    requireWholeCounty(actor, EXCHANGE)
    const { day, fileId } = input as { day: string; fileId?: string }
    const adapter = await adapterOf(services, here)
    const now = services.clock.now()
    let theirs: CityListRow[]
    if (fileId) theirs = await listOfServices(services, here, actor, fileId)
    else if (adapter.form !== 'api') throw new AppError('city_hotline.api_only', { status: 409 })
    else {
      try {
        theirs = await cityList(adapter, day, now)
      } catch (error) {
        if (!(error instanceof DeliveryError)) throw error
        throw new AppError('city_hotline.no_connection', { status: 502, params: { detail: error.detail } })
      }
    }
    return services.pool.inCounty(here.county, async (tx) => {
      const context: Context = {
        tx,
        actor,
        now: services.clock.now(),
        services,
        here,
        pending: new Pending(),
        request: info,
      }
      const done = await reconcile(
        context,
        day,
        theirs,
        fileId ? 'file' : 'api',
        actor.kind === 'staff' ? actor.accountId : null,
      )
      await writePending(context, { route: runReconciliation.name })
      return done
    })
  },
}

export const mendDifferencesCommand = command(mendDifferences, {
  async perform(context, { runId, differenceIds }) {
    requireWholeCounty(context.actor, EXCHANGE)
    const [run] = await runs(context, runId)
    if (!run) throw notFound()
    context.pending.subject = `city_hotline_run:${runId}`
    const done = await mend(
      context,
      runId,
      differenceIds,
      context.actor.kind === 'staff' ? context.actor.accountId : null,
    )
    return { ref: done }
  },
  async present(_context, ref) {
    return ref as { resent: number; asked: number; byHand: number }
  },
})

export const exportRunHandler: RawHandler = {
  route: exportRun,
  async handle({ services, wording }, { here, actor, input, info }) {
    requireWholeCounty(actor, EXCHANGE)
    const { runId } = input as { runId: number }
    const { run, items } = await services.pool.inCounty(
      here.county,
      async (tx) => {
        const context: Context = {
          tx,
          actor,
          now: services.clock.now(),
          services,
          here,
          pending: new Pending(),
          request: info,
        }
        const [found] = await runs(context, runId)
        if (!found) throw notFound()
        return { run: found, items: await differences(context, runId) }
      },
      'read',
    )
    const say = (prefix: string, value: string | null) => {
      const key = `text.city_hotline.${prefix}.${value}`
      return value !== null && wording.has('zh-CN', key) ? wording.say('zh-CN', key) : value
    }
    type Row = (typeof items)[number]
    const side = (row: Row, value: string | null) =>
      row.kind === 'messageMissingThere' ? say('message', value) : say('state', value)
    const columns: Column<Row>[] = [
      { title: '差异', type: 'text', width: 16, value: (row) => say('difference', row.kind) },
      { title: '工单编号', type: 'text', width: 24, value: (row) => row.number },
      { title: '县方', type: 'text', width: 28, value: (row) => side(row, row.ours) },
      { title: '市方', type: 'text', width: 28, value: (row) => side(row, row.theirs) },
      { title: '已补', type: 'dateTime', value: (row) => (row.mendedAt ? new Date(row.mendedAt) : null) },
      { title: '补发人', type: 'text', width: 12, value: (row) => row.mendedBy },
    ]
    return {
      headers: downloadHeaders({ name: `市12345对账差异 ${run.day}.xlsx`, mediaType: mediaTypes.xlsx }, false),
      body: writeXlsx(columns, items, { sheet: '对账差异' }),
    }
  },
}
