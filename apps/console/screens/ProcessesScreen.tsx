import { Link } from 'react-router'
import { listDefinitions } from '#platform/process/contract.ts'
import { useApi } from '#ui/api/use-api.ts'
import { dayOf, exactTime } from '#ui/clock/county-time.ts'
import { useText } from '#ui/i18n/TextProvider.tsx'
import { DataTable } from '#ui/table/DataTable.tsx'

/** How cases run here: every flow with its versions. A case stays on the version it began with. */
export default function ProcessesScreen() {
  const { t, language } = useText()
  const answer = useApi(listDefinitions, {})
  return (
    <>
      <div className="y-pagehead">
        <h1>{t('console.nav.processes')}</h1>
        <span className="y-xs y-muted">{t('console.process.note')}</span>
      </div>
      <DataTable
        name="processes"
        columns={[
          {
            key: 'name',
            title: t('console.process.name'),
            fixed: true,
            cell: (d) => (
              <>
                <Link className="t" to={`/processes/${d.id}`}>
                  {d.name[language]}
                </Link>
                <span className="n">{d.key}</span>
              </>
            ),
          },
          { key: 'version', title: t('console.process.version'), width: 90, fixed: true, cell: (d) => `V${d.version}` },
          {
            key: 'status',
            title: t('console.process.status'),
            width: 110,
            fixed: true,
            cell: (d) => (
              <span className={d.status === 'published' ? 'y-tag pri' : 'y-tag'}>
                {t(`console.process.status.${d.status}`)}
              </span>
            ),
          },
          {
            key: 'open',
            title: t('console.process.openCases'),
            width: 110,
            number: true,
            fixed: true,
            cell: (d) => (
              <Link className="y-num" to={`/cases?definition=${d.key}&open=yes`}>
                {d.openCases.toLocaleString('en-US')}
              </Link>
            ),
          },
          {
            key: 'published',
            title: t('console.process.published'),
            width: 130,
            fixed: true,
            cell: (d) => (d.publishedAt ? <span title={exactTime(d.publishedAt)}>{dayOf(d.publishedAt)}</span> : ''),
          },
          { key: 'note', title: t('console.process.change'), fixed: true, cell: (d) => d.note },
        ]}
        rows={answer.data?.items}
        rowKey={(d) => d.id}
        error={answer.error ?? undefined}
        onRetry={() => void answer.refetch()}
      />
    </>
  )
}
