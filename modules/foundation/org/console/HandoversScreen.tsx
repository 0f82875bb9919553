import { useMemo } from 'react'
import { OrgHead } from '#modules/foundation/org/console/OrgHead.tsx'
import { listHandovers } from '#modules/foundation/org/contract.ts'
import { useApiPages } from '#ui/api/use-api.ts'
import { exactTime } from '#ui/clock/county-time.ts'
import { useText } from '#ui/i18n/TextProvider.tsx'
import { EmptyState } from '#ui/state/EmptyState.tsx'
import { DataTable } from '#ui/table/DataTable.tsx'
import { pageProps } from '#ui/table/page-props.ts'

/** Who handed what over to whom, and who signed. */
export default function HandoversScreen() {
  const { t } = useText()
  const answer = useApiPages(listHandovers, { limit: 50 })
  const rows = useMemo(() => answer.data?.pages.flatMap((page) => page.items), [answer.data])
  return (
    <>
      <OrgHead />
      <DataTable
        name="org.handovers"
        columns={[
          {
            key: 'at',
            title: t('org.handover.signedAt'),
            width: 160,
            fixed: true,
            cell: (h) => exactTime(h.signedAt).slice(0, 16),
          },
          {
            key: 'from',
            title: t('org.handover.from'),
            width: 140,
            fixed: true,
            cell: (h) => (
              <>
                {h.fromName} {h.leaving && <span className="y-tag">{t('org.handover.left')}</span>}
              </>
            ),
          },
          { key: 'to', title: t('org.handover.to'), fixed: true, cell: (h) => h.toNames.join('、') },
          { key: 'items', title: t('org.handover.items'), width: 90, number: true, cell: (h) => h.items },
          { key: 'posts', title: t('org.field.posts'), width: 80, number: true, cell: (h) => h.posts },
          { key: 'by', title: t('org.handover.signedBy'), width: 110, cell: (h) => h.signedByName },
          { key: 'reason', title: t('org.field.reason'), cell: (h) => [h.reason, h.note].filter(Boolean).join('；') },
        ]}
        rows={rows}
        rowKey={(h) => h.id}
        {...pageProps(answer)}
        empty={
          <EmptyState icon="exchange" title={t('org.handover.none')}>
            {t('org.handover.noneHint')}
          </EmptyState>
        }
      />
    </>
  )
}
