import './imports.css'
import { useMemo, useState } from 'react'
import { Link, useNavigate } from 'react-router'
import { listOrderImports, uploadOrders } from '#modules/services/orders/contract.ts'
import type { RouteOutput } from '#platform/contract/route.ts'
import { upload } from '#ui/api/client.ts'
import { useApiPages } from '#ui/api/use-api.ts'
import { exactTime } from '#ui/clock/county-time.ts'
import { useText } from '#ui/i18n/TextProvider.tsx'
import { Icon } from '#ui/icon/Icon.tsx'
import { EmptyState } from '#ui/state/EmptyState.tsx'
import { ErrorState } from '#ui/state/ErrorState.tsx'
import { DataTable } from '#ui/table/DataTable.tsx'
import { pageProps } from '#ui/table/page-props.ts'

/** Sends a file, and shows what was sent before. */
export default function ImportsScreen() {
  const { t } = useText()
  const navigate = useNavigate()
  const answer = useApiPages(listOrderImports, { limit: 30 }, { every: 10_000 })
  const rows = useMemo(() => answer.data?.pages.flatMap((page) => page.items), [answer.data])
  const [share, setShare] = useState<number | null>(null)
  const [error, setError] = useState<unknown>()
  async function send(file: File | undefined) {
    if (!file || share !== null) return
    setError(undefined)
    setShare(0)
    try {
      const made = await upload<RouteOutput<typeof uploadOrders>>(uploadOrders.path, file, file.name, setShare)
      navigate(`/orders/imports/${made.id}`)
    } catch (problem) {
      setError(problem)
    } finally {
      setShare(null)
    }
  }
  return (
    <>
      <div className="y-pagehead">
        <h1>{t('orders.nav')}</h1>
      </div>
      <div className="y-page">
        <div className="y-drop">
          <Icon name="upload" />
          <b>{t('orders.choose')}</b>
          <small>{t('orders.chooseHelp')}</small>
          {share !== null && (
            <>
              <progress max={1} value={share < 1 ? share : undefined} aria-label={t('orders.sending')} />
              <span role="status">{t(share < 1 ? 'orders.sending' : 'orders.reading')}</span>
            </>
          )}
          <input
            type="file"
            accept=".xlsx,.csv"
            aria-label={t('orders.choose')}
            disabled={share !== null}
            onChange={(event) => {
              void send(event.target.files?.[0])
              event.target.value = ''
            }}
          />
        </div>
        {error !== undefined && <ErrorState tight error={error} />}
        <h2 className="y-sec" style={{ margin: '8px 0' }}>
          {t('orders.history')}
        </h2>
        <DataTable
          name="orders.imports"
          columns={[
            {
              key: 'file',
              title: t('orders.file'),
              fixed: true,
              cell: (one) => (
                <>
                  <Link className="t" to={`/orders/imports/${one.id}`}>
                    {one.fileName}
                  </Link>
                  <span className="n">{one.number}</span>
                </>
              ),
            },
            {
              key: 'state',
              title: t('orders.state'),
              width: 110,
              cell: (one) => (
                <span className={one.state === 'done' ? 'y-tag' : 'y-tag pri'}>{t(`orders.state.${one.state}`)}</span>
              ),
            },
            { key: 'origin', title: t('orders.origin'), width: 130, cell: (one) => String(one.settings.origin ?? '') },
            { key: 'rows', title: t('orders.rows'), width: 80, number: true, cell: (one) => one.rows },
            {
              key: 'good',
              title: t('orders.taken'),
              width: 80,
              number: true,
              cell: (one) => (['taking', 'cancelled', 'done'].includes(one.state) ? one.good : ''),
            },
            { key: 'errors', title: t('orders.errors'), width: 80, number: true, cell: (one) => one.errors },
            {
              key: 'duplicates',
              title: t('orders.duplicates'),
              width: 80,
              number: true,
              cell: (one) => one.duplicates,
            },
            {
              key: 'by',
              title: t('orders.by'),
              width: 160,
              cell: (one) => (
                <>
                  {one.by}
                  <span className="n">{exactTime(one.createdAt).slice(0, 16)}</span>
                </>
              ),
            },
          ]}
          rows={rows}
          rowKey={(one) => one.id}
          {...pageProps(answer)}
          empty={
            <EmptyState icon="upload" title={t('orders.none')}>
              {t('orders.noneHint')}
            </EmptyState>
          }
        />
      </div>
    </>
  )
}
