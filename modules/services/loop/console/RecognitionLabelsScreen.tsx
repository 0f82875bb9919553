import { useQueryClient } from '@tanstack/react-query'
import { useMemo, useState } from 'react'
import { Link, useSearchParams } from 'react-router'
import { percent, RecognitionHead, useTask, useVersionName } from '#modules/services/loop/console/RecognitionHead.tsx'
import {
  getRecognition,
  judgeRecognitionLabel,
  listRecognitionLabels,
} from '#modules/services/loop/recognition/recognition.contract.ts'
import type { RouteOutput } from '#platform/contract/route.ts'
import { useApi, useApiPages } from '#ui/api/use-api.ts'
import { exactTime } from '#ui/clock/county-time.ts'
import { useText } from '#ui/i18n/TextProvider.tsx'
import { CommandDrawer } from '#ui/schema-form/CommandDrawer.tsx'
import { EmptyState } from '#ui/state/EmptyState.tsx'
import { DataTable } from '#ui/table/DataTable.tsx'
import { pageProps } from '#ui/table/page-props.ts'

type Label = RouteOutput<typeof listRecognitionLabels>['items'][number]

const kinds = ['corrected', 'unsure', 'confirmed'] as const

/** What people decided where a model had spoken: the examples of the next training. A wrong one is taken out here. */
export default function RecognitionLabelsScreen() {
  const { t } = useText()
  const task = useTask()
  const nameOf = useVersionName()
  const queryClient = useQueryClient()
  const [params, setParams] = useSearchParams()
  const { task: _task, ...values } = Object.fromEntries(params)
  const [judging, setJudging] = useState<Label>()
  const models = useApi(getRecognition, { task }, { staleTime: 60_000 })
  const answer = useApiPages(listRecognitionLabels, {
    task,
    kind: kinds.find((kind) => kind === values.kind),
    decided: values.decided || undefined,
    excluded: values.excluded === 'yes' ? true : values.excluded === 'no' ? false : undefined,
    limit: 100,
  })
  const rows = useMemo(() => answer.data?.pages.flatMap((page) => page.items), [answer.data])
  const labels = answer.data?.pages[0]?.labels ?? []
  return (
    <>
      <RecognitionHead />
      <DataTable
        name="loop.recognition.labels"
        columns={[
          {
            key: 'case',
            title: t('loop.recognition.case'),
            fixed: true,
            cell: (row) => (
              <>
                <Link className="t" to={`/cases/${row.caseId}`}>
                  {row.title}
                </Link>
                <span className="n">{row.number}</span>
              </>
            ),
          },
          {
            key: 'said',
            title: t('loop.recognition.said'),
            width: 220,
            fixed: true,
            cell: (row) => (
              <>
                {row.said?.name ?? t('loop.recognition.nothingSaid')}
                <span className="n">
                  {[nameOf(row.version, task), row.confidence === null ? '' : percent(row.confidence)]
                    .filter(Boolean)
                    .join('，')}
                </span>
              </>
            ),
          },
          {
            key: 'decided',
            title: t('loop.recognition.decided'),
            width: 200,
            fixed: true,
            cell: (row) => row.decided.name,
          },
          {
            key: 'kind',
            title: t('loop.recognition.kind'),
            width: 110,
            cell: (row) => (
              <span className={row.kind === 'corrected' ? 'y-tag warm' : 'y-tag'}>
                {t(`loop.recognition.kind.${row.kind}`)}
              </span>
            ),
          },
          {
            key: 'by',
            title: t('loop.recognition.by'),
            width: 170,
            cell: (row) => (
              <>
                {row.decidedBy}
                <span className="n">{exactTime(row.decidedAt).slice(0, 16)}</span>
              </>
            ),
          },
          {
            key: 'act',
            title: t('ui.inbox.column.action'),
            width: 150,
            fixed: true,
            cell: (row) => (
              <>
                {row.excluded && (
                  <span className="n">{t('loop.recognition.excludedFor', { reason: row.excluded.reason })}</span>
                )}
                {models.data?.can.manage && (
                  <button type="button" className="y-btn sm" onClick={() => setJudging(row)}>
                    {t(row.excluded ? 'loop.recognition.include' : 'loop.recognition.exclude')}
                  </button>
                )}
              </>
            ),
          },
        ]}
        rows={rows}
        rowKey={(row) => row.id}
        filters={[
          {
            key: 'kind',
            title: t('loop.recognition.kind'),
            options: kinds.map((kind) => ({ value: kind, label: t(`loop.recognition.kind.${kind}`) })),
          },
          {
            key: 'decided',
            title: t('loop.recognition.decided'),
            options: labels.map(({ code, name }) => ({ value: code, label: name })),
          },
          {
            key: 'excluded',
            title: t('loop.recognition.excluded'),
            options: [
              { value: 'yes', label: t('ui.yes') },
              { value: 'no', label: t('ui.no') },
            ],
          },
        ]}
        values={values}
        onFilter={(next) =>
          setParams({ task, ...Object.fromEntries(Object.entries(next).filter(([, v]) => v)) }, { replace: true })
        }
        empty={
          Object.values(values).some(Boolean) ? undefined : (
            <EmptyState icon="check" title={t('loop.recognition.noLabels')}>
              {t('loop.recognition.noLabelsHint')}
            </EmptyState>
          )
        }
        {...pageProps(answer)}
      />
      {judging && (
        <CommandDrawer
          route={judgeRecognitionLabel}
          title={t(judging.excluded ? 'loop.recognition.include' : 'loop.recognition.exclude')}
          note={<p className="y-sm y-sub">{`${judging.number} ${judging.title}`}</p>}
          schema={{
            type: 'object',
            required: ['reason'],
            properties: {
              reason: {
                type: 'string',
                format: 'multiline',
                title: t('loop.recognition.reason'),
                minLength: 4,
                maxLength: 500,
              },
            },
          }}
          fixed={{ labelId: judging.id, excluded: !judging.excluded }}
          onClose={() => setJudging(undefined)}
          onDone={() => {
            setJudging(undefined)
            void queryClient.invalidateQueries()
          }}
        />
      )}
    </>
  )
}
