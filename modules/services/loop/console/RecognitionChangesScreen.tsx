import { useMemo } from 'react'
import { RecognitionHead, useTask, useVersionName } from '#modules/services/loop/console/RecognitionHead.tsx'
import { listRecognitionChanges } from '#modules/services/loop/recognition/recognition.contract.ts'
import type { RouteOutput } from '#platform/contract/route.ts'
import { useApiPages } from '#ui/api/use-api.ts'
import { exactTime } from '#ui/clock/county-time.ts'
import { useText } from '#ui/i18n/TextProvider.tsx'
import { EmptyState } from '#ui/state/EmptyState.tsx'
import { DataTable } from '#ui/table/DataTable.tsx'
import { pageProps } from '#ui/table/page-props.ts'

type Change = RouteOutput<typeof listRecognitionChanges>['items'][number]

/** What was done to the models, by whom and why. */
export default function RecognitionChangesScreen() {
  const { t } = useText()
  const task = useTask()
  const nameOf = useVersionName()
  const answer = useApiPages(listRecognitionChanges, { task, limit: 100 })
  const rows = useMemo(() => answer.data?.pages.flatMap((page) => page.items), [answer.data])
  const what = (row: Change) =>
    row.kind === 'switched'
      ? `${nameOf(row.fromVersion, task)} → ${nameOf(row.version, task)}`
      : [nameOf(row.version, task), row.subject].filter(Boolean).join('，')
  return (
    <>
      <RecognitionHead />
      <DataTable
        name="loop.recognition.changes"
        tight
        columns={[
          { key: 'at', title: t('loop.recognition.at'), width: 170, fixed: true, cell: (row) => exactTime(row.at) },
          {
            key: 'kind',
            title: t('loop.recognition.change'),
            width: 130,
            fixed: true,
            cell: (row) => t(`loop.recognition.change.${row.kind}`),
          },
          { key: 'what', title: t('loop.recognition.what'), width: 280, fixed: true, cell: what },
          { key: 'reason', title: t('loop.recognition.reason'), fixed: true, cell: (row) => row.reason },
          {
            key: 'by',
            title: t('loop.recognition.by'),
            width: 120,
            cell: (row) => row.by ?? t('loop.recognition.bySystem'),
          },
        ]}
        rows={rows}
        rowKey={(row) => row.id}
        empty={<EmptyState icon="history" title={t('loop.recognition.noChanges')} />}
        {...pageProps(answer)}
      />
    </>
  )
}
