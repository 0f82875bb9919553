import { useQueryClient } from '@tanstack/react-query'
import { useMemo, useState } from 'react'
import { Link, useSearchParams } from 'react-router'
import { DueCell } from '#modules/services/city-hotline/console/DueCell.tsx'
import { downloadMessages } from '#modules/services/city-hotline/console/download-messages.ts'
import { HotlineHead } from '#modules/services/city-hotline/console/HotlineHead.tsx'
import { EXCHANGE, importSheet, listOrders } from '#modules/services/city-hotline/contract.ts'
import type { RouteOutput } from '#platform/contract/route.ts'
import { useApiPages } from '#ui/api/use-api.ts'
import { useText } from '#ui/i18n/TextProvider.tsx'
import { Icon } from '#ui/icon/Icon.tsx'
import { CommandDrawer } from '#ui/schema-form/CommandDrawer.tsx'
import { useSession } from '#ui/shell/session.ts'
import { EmptyState } from '#ui/state/EmptyState.tsx'
import { ErrorState } from '#ui/state/ErrorState.tsx'
import { DataTable } from '#ui/table/DataTable.tsx'
import { pageProps } from '#ui/table/page-props.ts'

const STATES = ['toSign', 'signed', 'returning', 'replied', 'done', 'returned', 'withdrawn'] as const
const SHOWS = ['open', 'late', 'redo', 'trouble'] as const
const RUNNING: readonly string[] = ['toSign', 'signed', 'returning']

/** Orders of the city with both deadlines, how each stands on the city's side, and what has not reached the city. */
export default function OrdersScreen() {
  const { t, language } = useText()
  const { me } = useSession()
  const queryClient = useQueryClient()
  const [params, setParams] = useSearchParams()
  const values = Object.fromEntries(params)
  const [importing, setImporting] = useState(false)
  const [result, setResult] = useState<RouteOutput<typeof importSheet>>()
  const [error, setError] = useState<unknown>()
  const answer = useApiPages(
    listOrders,
    {
      q: values.q || undefined,
      state: STATES.find((state) => state === values.state),
      show: SHOWS.find((show) => show === values.show),
    },
    { every: 15_000 },
  )
  const rows = useMemo(() => answer.data?.pages.flatMap((page) => page.items), [answer.data])
  const exchanges = me.permissions.includes(EXCHANGE)
  const refresh = () => void queryClient.invalidateQueries({ queryKey: [listOrders.name] })
  return (
    <>
      <HotlineHead
        simulated={answer.data?.pages[0]?.simulated}
        tools={
          exchanges && (
            <>
              <button type="button" className="y-btn sm" onClick={() => setImporting(true)}>
                <Icon name="upload" size="s" />
                {t('city_hotline.import')}
              </button>
              <button
                type="button"
                className="y-btn sm"
                title={t('city_hotline.exportNote')}
                onClick={() => {
                  setError(undefined)
                  downloadMessages().then(refresh, setError)
                }}
              >
                <Icon name="download" size="s" />
                {t('city_hotline.export')}
              </button>
            </>
          )
        }
      />
      {error !== undefined && <ErrorState tight error={error} />}
      {result && (
        <div className="y-card" role="status" style={{ margin: '0 20px 12px' }}>
          <p className="y-sm">
            {t('city_hotline.imported', {
              taken: result.taken,
              repeated: result.repeated,
              changed: result.changed,
              waiting: result.waiting,
            })}
          </p>
          {result.problems.length > 0 && (
            <ul className="y-sm">
              {result.problems.map((problem) => (
                <li key={`${problem.row} ${problem.problem}`}>
                  {t('city_hotline.row', { row: problem.row })}{' '}
                  {t(`city_hotline.problem.${problem.problem}`, problem.params)}
                </li>
              ))}
            </ul>
          )}
          <button type="button" className="y-btn text sm" onClick={() => setResult(undefined)}>
            {t('ui.close')}
          </button>
        </div>
      )}
      <DataTable
        name="city-hotline.orders"
        columns={[
          {
            key: 'title',
            title: t('city_hotline.field.order'),
            fixed: true,
            cell: (order) => (
              <>
                <Link className="t" to={`/city-hotline/orders/${order.id}`}>
                  {order.caseTitle}
                </Link>
                <span className="n">
                  {order.number} · {order.kind}
                  {order.urgent && ` · ${t('city_hotline.urgent')}`}
                </span>
              </>
            ),
          },
          {
            key: 'state',
            title: t('city_hotline.field.state'),
            width: 150,
            cell: (order) => (
              <>
                <span className={RUNNING.includes(order.state) ? 'y-tag pri' : 'y-tag'}>
                  {t(`city_hotline.state.${order.state}`)}
                </span>
                {order.round > 1 && <span className="n">{t('city_hotline.round', { round: order.round })}</span>}
              </>
            ),
          },
          {
            key: 'signDue',
            title: t('city_hotline.field.signDue'),
            width: 140,
            optional: true,
            cell: (order) => <DueCell at={order.signDueAt} running={order.state === 'toSign'} />,
          },
          {
            key: 'replyDue',
            title: t('city_hotline.field.replyDue'),
            width: 150,
            cell: (order) => (
              <DueCell
                at={order.replyDueAt}
                running={RUNNING.includes(order.state)}
                rules={order.replyDueAt !== null && (order.caseDueAt === null || order.replyDueAt <= order.caseDueAt)}
              />
            ),
          },
          {
            key: 'caseDue',
            title: t('city_hotline.field.caseDue'),
            width: 150,
            cell: (order) => (
              <DueCell
                at={order.caseDueAt}
                running={RUNNING.includes(order.state)}
                rules={order.caseDueAt !== null && (order.replyDueAt === null || order.caseDueAt < order.replyDueAt)}
              />
            ),
          },
          {
            key: 'case',
            title: t('city_hotline.field.case'),
            width: 190,
            cell: (order) => (
              <>
                <Link to={`/cases/${order.caseId}`}>{order.caseStateName[language]}</Link>
                <span className="n">{order.caseNumber}</span>
              </>
            ),
          },
          {
            key: 'unit',
            title: t('city_hotline.field.unit'),
            width: 170,
            cell: (order) => [order.placeName, order.unitName].filter(Boolean).join(' · '),
          },
          {
            key: 'sending',
            title: t('city_hotline.field.sending'),
            width: 120,
            cell: (order) =>
              order.troubled > 0 ? (
                <span className="y-tag warm">{t('city_hotline.troubled', { count: order.troubled })}</span>
              ) : order.unsent > 0 ? (
                <span className="y-tag line">{t('city_hotline.unsent', { count: order.unsent })}</span>
              ) : (
                ''
              ),
          },
        ]}
        rows={rows}
        rowKey={(order) => order.id}
        filters={[
          {
            key: 'show',
            title: t('city_hotline.show'),
            options: SHOWS.map((show) => ({ value: show, label: t(`city_hotline.show.${show}`) })),
          },
          {
            key: 'state',
            title: t('city_hotline.field.state'),
            options: STATES.map((state) => ({ value: state, label: t(`city_hotline.state.${state}`) })),
          },
        ]}
        values={values}
        onFilter={(next) => setParams(Object.fromEntries(Object.entries(next).filter(([, v]) => v)), { replace: true })}
        findHint={t('city_hotline.find')}
        {...pageProps(answer)}
        empty={<EmptyState icon="phone" title={t('city_hotline.none')} />}
      />
      {importing && (
        <CommandDrawer
          route={importSheet}
          title={t('city_hotline.import')}
          note={<p className="y-sm y-sub">{t('city_hotline.importNote')}</p>}
          schema={{
            type: 'object',
            required: ['fileId', 'dryRun'],
            properties: {
              fileId: {
                type: 'string',
                format: 'file',
                title: t('city_hotline.file'),
                'x-accept': '.xlsx,.csv',
                'x-order': 0,
              },
              dryRun: { type: 'boolean', title: t('city_hotline.dryRun'), 'x-order': 1 },
            },
          }}
          given={{ dryRun: true }}
          fixed={{}}
          onClose={() => setImporting(false)}
          onDone={(done) => {
            setImporting(false)
            setResult(done)
            refresh()
          }}
        />
      )}
    </>
  )
}
