import { useMemo, useState } from 'react'
import { Link } from 'react-router'
import { percent, RecognitionHead, useTask, useVersionName } from '#modules/services/loop/console/RecognitionHead.tsx'
import { SwitchDrawer } from '#modules/services/loop/console/SwitchDrawer.tsx'
import { getRecognitionShadow } from '#modules/services/loop/recognition/recognition.contract.ts'
import type { RouteOutput } from '#platform/contract/route.ts'
import { useApiPages } from '#ui/api/use-api.ts'
import { exactTime } from '#ui/clock/county-time.ts'
import { useText } from '#ui/i18n/TextProvider.tsx'
import { EmptyState } from '#ui/state/EmptyState.tsx'
import { DataTable } from '#ui/table/DataTable.tsx'
import { pageProps } from '#ui/table/page-props.ts'

type Difference = RouteOutput<typeof getRecognitionShadow>['items'][number]

/** The candidate in the shadow of the model in use: how often they agree, who was right, and every case on which they differ. */
export default function RecognitionShadowScreen() {
  const { t } = useText()
  const task = useTask()
  const nameOf = useVersionName()
  const [switching, setSwitching] = useState(false)
  const answer = useApiPages(getRecognitionShadow, { task, limit: 100 })
  const rows = useMemo(() => answer.data?.pages.flatMap((page) => page.items), [answer.data])
  const first = answer.data?.pages[0]
  const both = first?.comparison
  const said = (name: Difference['serving'], confidence: number | null, sure: boolean) => (
    <>
      {name?.name ?? t('loop.recognition.nothingSaid')}
      <span className="n">
        {[confidence === null ? '' : percent(confidence), sure ? '' : t('loop.recognition.toPerson')]
          .filter(Boolean)
          .join('，')}
      </span>
    </>
  )
  return (
    <>
      <RecognitionHead
        tools={
          both &&
          first.can.switch && (
            <button type="button" className="y-btn pri sm" onClick={() => setSwitching(true)}>
              {t('loop.recognition.switchTo')}
            </button>
          )
        }
      />
      {both && (
        <div style={{ padding: '12px 24px 20px', display: 'grid', gap: 8 }}>
          <p>
            {both.since
              ? t('loop.recognition.shadowSince', {
                  since: exactTime(both.since).slice(0, 16),
                  cases: both.cases,
                  agree: both.agree,
                  share: percent(both.agree / both.cases),
                })
              : t('loop.recognition.shadowNone')}
          </p>
          {both.cases > 0 && (
            <table className="y-table tight" style={{ maxWidth: 720 }}>
              <thead>
                <tr>
                  <th scope="col">{t('loop.recognition.model')}</th>
                  <th scope="col" className="num">
                    {t('loop.recognition.rightOf', { count: both.decided })}
                  </th>
                  <th scope="col" className="num">
                    {t('loop.recognition.unsureOf', { count: both.cases })}
                  </th>
                </tr>
              </thead>
              <tbody>
                {(
                  [
                    ['serving', both.serving, both.servingRight, both.servingUnsure],
                    ['candidate', both.candidate, both.candidateRight, both.candidateUnsure],
                  ] as const
                ).map(([state, model, right, unsure]) => (
                  <tr key={state}>
                    <td>{`${t(`loop.recognition.state.${state}`)}：${nameOf(model.version, task)}`}</td>
                    <td className="num">{both.decided === 0 ? '—' : `${right}（${percent(right / both.decided)}）`}</td>
                    <td className="num">{unsure}</td>
                  </tr>
                ))}
              </tbody>
            </table>
          )}
          <p className="y-xs y-sub">{t('loop.recognition.honest')}</p>
        </div>
      )}
      <DataTable
        name="loop.recognition.shadow"
        columns={[
          {
            key: 'case',
            title: t('loop.recognition.differ'),
            fixed: true,
            cell: (row) => (
              <>
                <Link className="t" to={`/cases/${row.caseId}`}>
                  {row.title}
                </Link>
                <span className="n">{`${row.number}，${exactTime(row.at).slice(0, 16)}`}</span>
              </>
            ),
          },
          {
            key: 'serving',
            title: t('loop.recognition.servingSaid'),
            width: 220,
            fixed: true,
            cell: (row) => said(row.serving, row.servingConfidence, row.servingSure),
          },
          {
            key: 'candidate',
            title: t('loop.recognition.candidateSaid'),
            width: 220,
            fixed: true,
            cell: (row) => said(row.candidate, row.candidateConfidence, row.candidateSure),
          },
          {
            key: 'decided',
            title: t('loop.recognition.decided'),
            width: 200,
            fixed: true,
            cell: (row) => row.decided?.name ?? <span className="y-muted">{t('loop.recognition.notYet')}</span>,
          },
        ]}
        rows={rows}
        rowKey={(row) => row.caseId}
        empty={
          <EmptyState
            icon="check"
            title={t(both ? 'loop.recognition.noDifference' : 'loop.recognition.noCandidateTitle')}
          >
            {both ? undefined : t('loop.recognition.noCandidate')}
          </EmptyState>
        }
        {...pageProps(answer)}
      />
      {switching && both && (
        <SwitchDrawer task={task} from={both.serving} to={both.candidate} onClose={() => setSwitching(false)} />
      )}
    </>
  )
}
