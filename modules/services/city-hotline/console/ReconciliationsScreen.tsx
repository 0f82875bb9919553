import { useState } from 'react'
import { Link, useNavigate } from 'react-router'
import { HotlineHead } from '#modules/services/city-hotline/console/HotlineHead.tsx'
import { getAdapter, listRuns, runReconciliation } from '#modules/services/city-hotline/contract.ts'
import { useApi } from '#ui/api/use-api.ts'
import { dayOf, exactTime } from '#ui/clock/county-time.ts'
import { serverNow } from '#ui/clock/server-clock.ts'
import { useText } from '#ui/i18n/TextProvider.tsx'
import { Icon } from '#ui/icon/Icon.tsx'
import { CommandDrawer } from '#ui/schema-form/CommandDrawer.tsx'
import { EmptyState } from '#ui/state/EmptyState.tsx'
import { DataTable } from '#ui/table/DataTable.tsx'

/** Comparisons with the city's books, day by day. */
export default function ReconciliationsScreen() {
  const { t } = useText()
  const navigate = useNavigate()
  const [asking, setAsking] = useState(false)
  const answer = useApi(listRuns, {})
  const adapter = useApi(getAdapter, {})
  const byFile = adapter.data?.form !== 'api'
  return (
    <>
      <HotlineHead
        simulated={adapter.data?.simulated}
        tools={
          <button type="button" className="y-btn pri sm" disabled={!adapter.data} onClick={() => setAsking(true)}>
            <Icon name="sync" size="s" />
            {t('city_hotline.reconcile')}
          </button>
        }
      />
      <DataTable
        name="city-hotline.runs"
        tight
        columns={[
          {
            key: 'day',
            title: t('city_hotline.field.day'),
            width: 130,
            fixed: true,
            cell: (run) => (
              <Link className="t" to={`/city-hotline/reconciliations/${run.id}`}>
                {run.day}
              </Link>
            ),
          },
          { key: 'at', title: t('city_hotline.field.at'), width: 170, cell: (run) => exactTime(run.at).slice(0, 16) },
          {
            key: 'via',
            title: t('city_hotline.field.via'),
            width: 110,
            cell: (run) => t(`city_hotline.via.${run.via}`),
          },
          {
            key: 'by',
            title: t('city_hotline.field.by'),
            width: 120,
            cell: (run) => run.by ?? t('city_hotline.daily'),
          },
          { key: 'ours', title: t('city_hotline.field.ours'), width: 100, number: true, cell: (run) => run.ours },
          { key: 'theirs', title: t('city_hotline.field.theirs'), width: 100, number: true, cell: (run) => run.theirs },
          { key: 'sent', title: t('city_hotline.field.sent'), width: 100, number: true, cell: (run) => run.sent },
          {
            key: 'differing',
            title: t('city_hotline.field.differing'),
            width: 150,
            cell: (run) =>
              run.differing === 0
                ? t('city_hotline.same')
                : t('city_hotline.differing', { count: run.differing, open: run.open }),
          },
        ]}
        rows={answer.data?.items}
        rowKey={(run) => run.id}
        loading={answer.isLoading}
        error={answer.error ?? undefined}
        onRetry={() => void answer.refetch()}
        empty={<EmptyState icon="check" title={t('city_hotline.noRuns')} />}
      />
      {asking && (
        <CommandDrawer
          route={runReconciliation}
          title={t('city_hotline.reconcile')}
          note={
            <p className="y-sm y-sub">{t(byFile ? 'city_hotline.reconcileFileNote' : 'city_hotline.reconcileNote')}</p>
          }
          schema={{
            type: 'object',
            required: byFile ? ['day', 'fileId'] : ['day'],
            properties: {
              day: { type: 'string', format: 'date', title: t('city_hotline.field.day'), 'x-order': 0 },
              fileId: {
                type: 'string',
                format: 'file',
                title: t('city_hotline.listFile'),
                'x-accept': '.xlsx,.csv',
                'x-order': 1,
              },
            },
          }}
          given={{ day: dayOf(serverNow()) }}
          fixed={{}}
          onClose={() => setAsking(false)}
          onDone={({ runId }) => void navigate(`/city-hotline/reconciliations/${runId}`)}
        />
      )}
    </>
  )
}
