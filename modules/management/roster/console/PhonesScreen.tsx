import { RosterHead } from '#modules/management/roster/console/RosterHead.tsx'
import { listOnDuty } from '#modules/management/roster/contract.ts'
import { useApi } from '#ui/api/use-api.ts'
import { exactTime } from '#ui/clock/county-time.ts'
import { useText } from '#ui/i18n/TextProvider.tsx'
import { DataTable } from '#ui/table/DataTable.tsx'

/** Who can be called now, desk by desk. */
export default function PhonesScreen() {
  const { t } = useText()
  const answer = useApi(listOnDuty, {}, { every: 60_000 })
  return (
    <>
      <RosterHead />
      <DataTable
        name="roster.phones"
        tight
        columns={[
          { key: 'desk', title: t('roster.desk'), fixed: true, cell: (one) => one.desk.name },
          { key: 'unit', title: t('roster.unit'), cell: (one) => one.desk.unit.name },
          { key: 'phone', title: t('roster.phone'), fixed: true, width: 160, cell: (one) => one.desk.phone ?? '—' },
          {
            key: 'people',
            title: t('roster.onDuty'),
            fixed: true,
            cell: (one) => one.people.map(({ name }) => name).join('、') || t('roster.nobody'),
          },
          { key: 'shift', title: t('roster.shift'), width: 120, cell: (one) => one.shiftName ?? '—' },
          {
            key: 'until',
            title: t('roster.until'),
            width: 150,
            cell: (one) => (one.until ? exactTime(one.until).slice(0, 16) : '—'),
          },
        ]}
        rows={answer.data?.items}
        rowKey={(one) => one.desk.id}
        loading={answer.isLoading}
        error={answer.error ?? undefined}
        onRetry={() => void answer.refetch()}
      />
    </>
  )
}
