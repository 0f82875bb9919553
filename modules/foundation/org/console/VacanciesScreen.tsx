import { Link } from 'react-router'
import { OrgHead } from '#modules/foundation/org/console/OrgHead.tsx'
import { listVacancies } from '#modules/foundation/org/contract.ts'
import { useApi } from '#ui/api/use-api.ts'
import { exactTime } from '#ui/clock/county-time.ts'
import { useText } from '#ui/i18n/TextProvider.tsx'
import { EmptyState } from '#ui/state/EmptyState.tsx'
import { DataTable } from '#ui/table/DataTable.tsx'

/** Open work that nobody would do: the post is vacant, or the person is gone. */
export default function VacanciesScreen() {
  const { t } = useText()
  const answer = useApi(listVacancies, {})
  return (
    <>
      <OrgHead />
      <DataTable
        name="org.vacancies"
        columns={[
          {
            key: 'unit',
            title: t('org.unit'),
            fixed: true,
            cell: (v) => (v.unit ? <Link to={`/org/units/${v.unit.id}`}>{v.unit.name}</Link> : '—'),
          },
          { key: 'role', title: t('org.field.role'), width: 140, fixed: true, cell: (v) => t(`role.${v.role}`) },
          {
            key: 'why',
            title: t('org.vacancy.why'),
            fixed: true,
            cell: (v) =>
              v.account ? (
                <Link to={`/org/accounts/${v.account.id}/handover`}>
                  {t('org.vacancy.disabled', { name: v.account.name })}
                </Link>
              ) : (
                t('org.post.vacant')
              ),
          },
          {
            key: 'open',
            title: t('org.field.openWork'),
            width: 90,
            number: true,
            fixed: true,
            cell: (v) => v.openWork,
          },
          {
            key: 'due',
            title: t('org.vacancy.nextDue'),
            width: 160,
            fixed: true,
            cell: (v) => (v.nextDueAt ? exactTime(v.nextDueAt).slice(0, 16) : ''),
          },
        ]}
        rows={answer.data?.items}
        rowKey={(v) => `${v.unit?.id ?? 0}-${v.role}-${v.account?.id ?? 0}`}
        error={answer.error ?? undefined}
        onRetry={() => void answer.refetch()}
        empty={<EmptyState icon="check" title={t('org.vacancy.none')} />}
      />
    </>
  )
}
