import { useMemo } from 'react'
import { Link, useSearchParams } from 'react-router'
import { sourceName, whole } from '#modules/management/measures/console/figure-words.ts'
import { askOf, usePeriod } from '#modules/management/measures/console/use-period.ts'
import { exportMeasuredCases, listMeasuredCases } from '#modules/management/measures/contract.ts'
import { apiUrl } from '#ui/api/base.ts'
import { buildRequest } from '#ui/api/request.ts'
import { useApiPages } from '#ui/api/use-api.ts'
import { useText } from '#ui/i18n/TextProvider.tsx'
import { Icon } from '#ui/icon/Icon.tsx'
import { EmptyState } from '#ui/state/EmptyState.tsx'
import { DataTable } from '#ui/table/DataTable.tsx'

/** The cases a number is made of: what their column of times adds up to is the number. */
export default function MeasuredCasesScreen() {
  const text = useText()
  const { t, language } = text
  const [params] = useSearchParams()
  const period = usePeriod()
  const side = params.get('side') === 'denominator' ? 'denominator' : 'numerator'
  const input = { ...askOf(period), measure: params.get('measure') ?? 'reported', side } as const
  const answer = useApiPages(listMeasuredCases, input)
  const rows = useMemo(() => answer.data?.pages.flatMap((page) => page.items), [answer.data])
  const first = answer.data?.pages[0]
  const back = new URLSearchParams(params)
  back.delete('measure')
  back.delete('side')
  const href = (format: 'xlsx' | 'csv') => apiUrl(buildRequest(exportMeasuredCases, { ...input, format }).url)
  const minutes = first?.measure.unit === 'hours' && side === 'numerator'
  return (
    <>
      <div className="y-pagehead">
        <Link
          className="y-iconbtn sm"
          to={`/measures?${back}`}
          aria-label={t('measures.back')}
          title={t('measures.back')}
        >
          <Icon name="back" />
        </Link>
        <h1>{first ? first.measure.name[language] : t('measures.nav')}</h1>
        {first && (
          <span className="y-sm y-sub y-grow">
            {t(minutes ? 'measures.totalMinutes' : `measures.total.${side}`, {
              n: whole(first.total),
              from: first.period.from,
              to: first.period.to,
            })}
            {' · '}
            <span className="y-muted">{first.measure.words[language]}</span>
          </span>
        )}
      </div>
      <DataTable
        name="measures.cases"
        tight
        columns={[
          { key: 'day', title: t('measures.day'), width: 110, fixed: true, cell: (row) => row.day },
          {
            key: 'title',
            title: t('measures.case'),
            fixed: true,
            cell: (row) => (
              <>
                <Link className="t" to={`/cases/${row.caseId}`}>
                  {row.title}
                </Link>{' '}
                <span className="y-xs y-muted">{row.number}</span>
              </>
            ),
          },
          {
            key: 'amount',
            title: t(minutes ? 'measures.minutes' : 'measures.times'),
            width: 70,
            number: true,
            cell: (row) => whole(row.amount),
          },
          { key: 'state', title: t('measures.state'), width: 110, cell: (row) => row.stateName[language] },
          {
            key: 'place',
            title: t('measures.place'),
            width: 170,
            cell: (row) => [row.townName, row.villageName].filter(Boolean).join(' '),
          },
          { key: 'unit', title: t('measures.unit'), width: 190, cell: (row) => row.unitName ?? '' },
          { key: 'line', title: t('measures.line'), width: 120, optional: true, cell: (row) => row.lineName ?? '' },
          { key: 'source', title: t('measures.source'), width: 100, cell: (row) => sourceName(text, row.source) },
        ]}
        rows={rows}
        rowKey={(row) => `${row.caseId} ${row.day} ${row.unitName}`}
        loading={answer.isLoading}
        error={answer.error ?? undefined}
        onRetry={() => void answer.refetch()}
        more={answer.hasNextPage}
        loadingMore={answer.isFetchingNextPage}
        onMore={() => void answer.fetchNextPage()}
        exports={[
          { label: 'Excel', href: href('xlsx') },
          { label: 'CSV', href: href('csv') },
        ]}
        empty={<EmptyState icon="check" title={t('measures.noCases')} />}
      />
    </>
  )
}
