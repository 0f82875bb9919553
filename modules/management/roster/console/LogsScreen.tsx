import { Link, useSearchParams } from 'react-router'
import { LOG_NUMBERS, listLogs } from '#modules/management/roster/contract.ts'
import { useApi } from '#ui/api/use-api.ts'
import { useText } from '#ui/i18n/TextProvider.tsx'
import { EmptyState } from '#ui/state/EmptyState.tsx'
import { DataTable } from '#ui/table/DataTable.tsx'

const states = ['open', 'signed', 'taken'] as const
const shown = LOG_NUMBERS.filter((name) => name !== 'open')

/** What each shift left behind, and whether it was handed over. */
export default function LogsScreen() {
  const { t } = useText()
  const [params, setParams] = useSearchParams()
  const values = Object.fromEntries(params)
  const state = states.find((one) => one === values.state)
  const answer = useApi(listLogs, {
    ...(state ? { state } : {}),
    ...(values.deskId ? { deskId: Number(values.deskId) } : {}),
  })
  return (
    <>
      <div className="y-pagehead">
        <h1>{t('roster.nav.logs')}</h1>
      </div>
      <DataTable
        name="roster.logs"
        tight
        columns={[
          {
            key: 'shift',
            title: t('roster.shift'),
            fixed: true,
            width: 170,
            cell: (log) => (
              <Link className="t" to={`/shift-logs/${log.id}`}>
                {log.day} {log.shift}
              </Link>
            ),
          },
          { key: 'desk', title: t('roster.desk'), fixed: true, cell: (log) => log.desk },
          { key: 'people', title: t('roster.onDuty'), cell: (log) => log.onDuty.map(({ name }) => name).join('、') },
          ...shown.map((name) => ({
            key: name,
            title: t(`roster.number.${name}`),
            width: 86,
            cell: (log: { numbers: Record<string, number> }) => log.numbers[name],
          })),
          {
            key: 'state',
            title: t('roster.log.state'),
            fixed: true,
            width: 110,
            cell: (log) => (
              <span className={log.taken ? 'y-tag' : 'y-tag warm'}>
                {t(`roster.log.${log.taken ? 'taken' : log.signed ? 'signed' : 'open'}`)}
              </span>
            ),
          },
        ]}
        rows={answer.data?.items}
        rowKey={(log) => log.id}
        filters={[
          {
            key: 'deskId',
            title: t('roster.desk'),
            options: (answer.data?.desks ?? []).map(({ id, name }) => ({ value: String(id), label: name })),
          },
          {
            key: 'state',
            title: t('roster.log.state'),
            options: states.map((one) => ({ value: one, label: t(`roster.log.${one}`) })),
          },
        ]}
        values={values}
        onFilter={(next) => setParams(Object.fromEntries(Object.entries(next).filter(([, v]) => v)), { replace: true })}
        loading={answer.isLoading}
        error={answer.error ?? undefined}
        onRetry={() => void answer.refetch()}
        empty={<EmptyState icon="book" title={t('roster.log.none')} />}
      />
    </>
  )
}
