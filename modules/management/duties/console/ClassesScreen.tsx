import { Link, useSearchParams } from 'react-router'
import { DutiesHead } from '#modules/management/duties/console/DutiesHead.tsx'
import { listClasses } from '#modules/management/duties/contract.ts'
import { formatLimit } from '#platform/calendar/format-deadline.ts'
import type { Limit } from '#platform/calendar/work-calendar.ts'
import { useApi } from '#ui/api/use-api.ts'
import { useText } from '#ui/i18n/TextProvider.tsx'
import { Severity } from '#ui/severity/Severity.tsx'
import { severities } from '#ui/severity/severity.ts'
import { DataTable } from '#ui/table/DataTable.tsx'

const kinds = ['component', 'event', 'governance'] as const

/** Classes of matters with their limits: what is reported is one of these. */
export default function ClassesScreen() {
  const { t, language } = useText()
  const [params, setParams] = useSearchParams()
  const values = Object.fromEntries(params)
  const kind = kinds.find((k) => k === values.kind)
  const answer = useApi(listClasses, { q: values.q || undefined, kind, majorCode: values.majorCode || undefined })
  const majors = answer.data?.majors ?? []
  return (
    <>
      <DutiesHead />
      <DataTable
        name="duties.classes"
        tight
        columns={[
          {
            key: 'severity',
            title: t('ui.inbox.column.severity'),
            width: 76,
            cell: (c) => <Severity level={severities[c.severity - 1] ?? null} />,
          },
          {
            key: 'name',
            title: t('duties.field.class'),
            fixed: true,
            cell: (c) => (
              <Link className="t" to={`/duties/classes/${c.code}`}>
                {c.fullName}
              </Link>
            ),
          },
          { key: 'code', title: t('duties.field.code'), width: 90, cell: (c) => c.code },
          { key: 'kind', title: t('duties.field.kind'), width: 100, cell: (c) => t(`duties.kind.${c.kind}`) },
          ...(['verify', 'sign', 'handle', 'inspect', 'reply'] as const).map((key) => ({
            key,
            title: t(`duties.limit.${key}`),
            width: 110,
            cell: (c: { limits: Record<string, { value: number; unit: string }> }) =>
              formatLimit(c.limits[key] as Limit, language),
          })),
        ]}
        rows={answer.data?.items}
        rowKey={(c) => c.code}
        filters={[
          {
            key: 'kind',
            title: t('duties.field.kind'),
            options: kinds.map((k) => ({ value: k, label: t(`duties.kind.${k}`) })),
          },
          {
            key: 'majorCode',
            title: t('duties.field.major'),
            options: kind
              ? majors
                  .filter((m) => m.kind === kind)
                  .map((m) => ({ value: m.majorCode, label: `${m.majorName} ${m.count}` }))
              : [],
          },
        ]}
        values={values}
        onFilter={(next) => setParams(Object.fromEntries(Object.entries(next).filter(([, v]) => v)), { replace: true })}
        findHint={t('duties.find')}
        loading={answer.isLoading}
        error={answer.error ?? undefined}
        onRetry={() => void answer.refetch()}
      />
    </>
  )
}
