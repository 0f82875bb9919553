import { useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { Link, useParams, useSearchParams } from 'react-router'
import { HotlineHead } from '#modules/services/city-hotline/console/HotlineHead.tsx'
import { exportRun, getRun, mendDifferences } from '#modules/services/city-hotline/contract.ts'
import { DIFFERENCE_KINDS } from '#modules/services/city-hotline/domain/differences.ts'
import type { RouteOutput } from '#platform/contract/route.ts'
import { apiUrl } from '#ui/api/base.ts'
import { buildRequest } from '#ui/api/request.ts'
import { useApi, useCommand } from '#ui/api/use-api.ts'
import { exactTime } from '#ui/clock/county-time.ts'
import { useText } from '#ui/i18n/TextProvider.tsx'
import { Icon } from '#ui/icon/Icon.tsx'
import { EmptyState } from '#ui/state/EmptyState.tsx'
import { ErrorState } from '#ui/state/ErrorState.tsx'
import { DataTable } from '#ui/table/DataTable.tsx'

type Difference = RouteOutput<typeof getRun>['items'][number]

/** What differs between both books of a day, by kind; each line opens its order and case. */
export default function ReconciliationScreen() {
  const { t } = useText()
  const runId = Number(useParams().id)
  const queryClient = useQueryClient()
  const [params, setParams] = useSearchParams()
  const values = Object.fromEntries(params)
  const answer = useApi(getRun, { runId })
  const [done, setDone] = useState<RouteOutput<typeof mendDifferences>>()
  const mend = useCommand(mendDifferences, (output) => {
    setDone(output)
    void queryClient.invalidateQueries({ queryKey: [getRun.name] })
  })
  if (answer.error && !answer.data)
    return <ErrorState page error={answer.error} onRetry={() => void answer.refetch()} />
  const { data } = answer
  const say = (prefix: string, value: string | null) => (value === null ? '—' : t(`city_hotline.${prefix}.${value}`))
  const side = (item: Difference, value: string | null) => {
    if (item.kind === 'stateDiffers' || item.kind.startsWith('order')) return say('state', value)
    if (item.kind === 'dueDiffers') return value === null ? '—' : exactTime(value).slice(0, 16)
    if (item.kind === 'messageMissingThere') return say('message', value)
    return value ?? '—'
  }
  const rows = data?.items.filter((item) => !values.kind || item.kind === values.kind)
  return (
    <>
      <HotlineHead
        tools={
          data &&
          data.run.open > 0 && (
            <button
              type="button"
              className="y-btn pri sm"
              disabled={mend.isPending}
              onClick={() => mend.mutate({ runId })}
            >
              <Icon name="sync" size="s" />
              {t('city_hotline.mend')}
            </button>
          )
        }
      />
      {data && (
        <p className="y-sm y-sub" style={{ padding: '0 20px 8px' }}>
          {t('city_hotline.runWords', {
            day: data.run.day,
            at: exactTime(data.run.at).slice(0, 16),
            ours: data.run.ours,
            theirs: data.run.theirs,
            count: data.run.differing,
          })}
        </p>
      )}
      {mend.error && <ErrorState tight error={mend.error} />}
      {done && (
        <p className="y-card y-sm" role="status" style={{ margin: '0 20px 12px' }}>
          {t('city_hotline.mendedWords', { resent: done.resent, asked: done.asked, byHand: done.byHand })}
        </p>
      )}
      <DataTable
        name="city-hotline.run"
        tight
        columns={[
          {
            key: 'kind',
            title: t('city_hotline.field.differing'),
            width: 130,
            fixed: true,
            cell: (item) => t(`city_hotline.difference.${item.kind}`),
          },
          {
            key: 'number',
            title: t('city_hotline.field.number'),
            width: 200,
            fixed: true,
            cell: (item) =>
              item.orderId === null ? (
                item.number
              ) : (
                <Link className="t" to={`/city-hotline/orders/${item.orderId}`}>
                  {item.number}
                </Link>
              ),
          },
          { key: 'ours', title: t('city_hotline.field.here'), width: 190, cell: (item) => side(item, item.ours) },
          { key: 'theirs', title: t('city_hotline.field.there'), width: 190, cell: (item) => side(item, item.theirs) },
          {
            key: 'case',
            title: t('city_hotline.field.case'),
            width: 100,
            cell: (item) =>
              item.caseId === null ? '' : <Link to={`/cases/${item.caseId}`}>{t('city_hotline.openTheCase')}</Link>,
          },
          {
            key: 'mended',
            title: t('city_hotline.field.mended'),
            width: 190,
            cell: (item) =>
              item.mendedAt
                ? `${exactTime(item.mendedAt).slice(5, 16)} ${item.mendedBy ?? ''}`
                : t(
                    item.kind === 'orderMissingThere' || item.kind === 'messageUnknownHere'
                      ? 'city_hotline.byHand'
                      : 'city_hotline.notMended',
                  ),
          },
        ]}
        rows={rows}
        rowKey={(item) => item.id}
        filters={[
          {
            key: 'kind',
            title: t('city_hotline.field.differing'),
            options: DIFFERENCE_KINDS.map((kind) => ({ value: kind, label: t(`city_hotline.difference.${kind}`) })),
          },
        ]}
        values={values}
        onFilter={(next) => setParams(Object.fromEntries(Object.entries(next).filter(([, v]) => v)), { replace: true })}
        loading={answer.isLoading}
        exports={[{ label: 'Excel', href: apiUrl(buildRequest(exportRun, { runId }).url) }]}
        empty={<EmptyState icon="check" title={t('city_hotline.same')} />}
      />
    </>
  )
}
