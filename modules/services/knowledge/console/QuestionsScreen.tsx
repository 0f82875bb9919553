import { Link, useSearchParams } from 'react-router'
import { KnowledgeHead } from '#modules/services/knowledge/console/KnowledgeHead.tsx'
import { ReportQuestion } from '#modules/services/knowledge/console/ReportQuestion.tsx'
import { countConsultations, listConsultations } from '#modules/services/knowledge/contract.ts'
import { useApi, useApiPages } from '#ui/api/use-api.ts'
import { exactTime } from '#ui/clock/county-time.ts'
import { useText } from '#ui/i18n/TextProvider.tsx'
import { EmptyState } from '#ui/state/EmptyState.tsx'
import { ErrorState } from '#ui/state/ErrorState.tsx'
import { DataTable } from '#ui/table/DataTable.tsx'

const OUTCOMES = ['answered', 'unanswered', 'reported'] as const
const CHANNELS = ['hotline', 'phone', 'window', 'chat'] as const

/** Questions that were asked: numbers by topic that open their rows, what nobody could answer, and the list. */
export default function QuestionsScreen() {
  const { t } = useText()
  const [params, setParams] = useSearchParams()
  const values = Object.fromEntries(params)
  const numbers = useApi(countConsultations, {})
  const list = useApiPages(listConsultations, {
    ...(values.line ? { line: values.line } : {}),
    ...(OUTCOMES.find((one) => one === values.outcome) ? { outcome: values.outcome as 'answered' } : {}),
    ...(CHANNELS.find((one) => one === values.channel) ? { channel: values.channel as 'phone' } : {}),
    ...(Number(values.article) > 0 ? { article: Number(values.article) } : {}),
    ...(values.from ? { from: values.from } : {}),
    ...(values.q ? { q: values.q } : {}),
  })
  const rows = list.data?.pages.flatMap((page) => page.items)
  const data = numbers.data
  const open = (line: string | null, outcome?: string) =>
    `/knowledge/questions?${new URLSearchParams({ ...(data ? { from: data.from } : {}), line: line ?? 'none', ...(outcome ? { outcome } : {}) })}`
  const number = (count: number, line: string | null, outcome?: string) =>
    count === 0 ? (
      0
    ) : (
      <Link className="y-num" to={open(line, outcome)}>
        {count}
      </Link>
    )
  return (
    <>
      <KnowledgeHead />
      <div className="y-page" style={{ display: 'grid', gap: 16, paddingBottom: 8 }}>
        {numbers.error ? <ErrorState tight error={numbers.error} /> : null}
        {data && (
          <div
            style={{ display: 'grid', gap: 24, gridTemplateColumns: 'repeat(auto-fit, minmax(min(420px, 100%), 1fr))' }}
          >
            <section>
              <h2 className="y-sec">
                {t('knowledge.byTopic')} <small>{t('knowledge.span', { from: data.from, to: data.to })}</small>
              </h2>
              <table className="y-table tight">
                <thead>
                  <tr>
                    <th>{t('knowledge.line')}</th>
                    <th className="num">{t('knowledge.total')}</th>
                    {OUTCOMES.map((outcome) => (
                      <th key={outcome} className="num">
                        {t(`knowledge.outcome.${outcome}`)}
                      </th>
                    ))}
                    <th className="num">{t('knowledge.took')}</th>
                  </tr>
                </thead>
                <tbody>
                  {data.topics.map((topic) => (
                    <tr key={topic.lineCode ?? 'none'}>
                      <td>{topic.lineName ?? t('knowledge.noLine')}</td>
                      <td className="num">{number(topic.total, topic.lineCode)}</td>
                      {OUTCOMES.map((outcome) => (
                        <td key={outcome} className="num">
                          {number(topic[outcome], topic.lineCode, outcome)}
                        </td>
                      ))}
                      <td className="num">
                        {topic.seconds === null ? '—' : t('knowledge.seconds', { seconds: topic.seconds })}
                      </td>
                    </tr>
                  ))}
                </tbody>
              </table>
            </section>
            <section>
              <h2 className="y-sec">
                {t('knowledge.missing')} <small>{t('knowledge.missingHelp')}</small>
              </h2>
              {data.missing.length === 0 ? (
                <p className="y-sm y-muted">{t('knowledge.missingNone')}</p>
              ) : (
                <ul style={{ display: 'grid', gap: 8 }}>
                  {data.missing.slice(0, 6).map((one) => (
                    <li key={one.question} className="y-row y-sm">
                      <span className="y-grow">{one.question}</span>
                      <span className="y-muted y-nowrap">{t('knowledge.times', { count: one.count })}</span>
                      <Link
                        className="y-btn sm"
                        to={`/knowledge?${new URLSearchParams({ ask: one.question.slice(0, 120), ...(one.lineCode ? { askLine: one.lineCode } : {}) })}`}
                      >
                        {t('knowledge.writeOne')}
                      </Link>
                    </li>
                  ))}
                </ul>
              )}
            </section>
          </div>
        )}
      </div>
      <DataTable
        name="knowledge.questions"
        columns={[
          { key: 'at', title: t('knowledge.at'), width: 150, fixed: true, cell: (r) => exactTime(r.at).slice(0, 16) },
          {
            key: 'question',
            title: t('knowledge.question'),
            fixed: true,
            cell: (r) => (
              <>
                <span className="t">{r.question}</span>
                <span className="n">
                  {r.article ? <Link to={`/knowledge/articles/${r.article.id}`}>{r.article.question}</Link> : r.answer}
                </span>
              </>
            ),
          },
          { key: 'line', title: t('knowledge.line'), width: 120, cell: (r) => r.lineName ?? t('knowledge.noLine') },
          {
            key: 'channel',
            title: t('knowledge.channel'),
            width: 150,
            cell: (r) => (
              <>
                {t(`knowledge.channel.${r.channel}`)}
                <span className="n">{r.unitName}</span>
              </>
            ),
          },
          { key: 'asker', title: t('knowledge.asker'), width: 160, cell: (r) => r.asker ?? '—' },
          {
            key: 'outcome',
            title: t('knowledge.outcome'),
            width: 190,
            fixed: true,
            cell: (r) =>
              r.outcome === 'unanswered' ? (
                <ReportQuestion id={r.id} />
              ) : r.caseId ? (
                <Link to={`/cases/${r.caseId}`}>{t('knowledge.outcome.reported')}</Link>
              ) : (
                t(`knowledge.outcome.${r.outcome}`)
              ),
          },
        ]}
        rows={rows}
        rowKey={(r) => r.id}
        filters={[
          {
            key: 'outcome',
            title: t('knowledge.outcome'),
            options: OUTCOMES.map((value) => ({ value, label: t(`knowledge.outcome.${value}`) })),
          },
          {
            key: 'channel',
            title: t('knowledge.channel'),
            options: CHANNELS.map((value) => ({ value, label: t(`knowledge.channel.${value}`) })),
          },
          {
            key: 'line',
            title: t('knowledge.line'),
            options: (data?.topics ?? []).map((topic) => ({
              value: topic.lineCode ?? 'none',
              label: topic.lineName ?? t('knowledge.noLine'),
            })),
          },
        ]}
        values={values}
        onFilter={(next) => setParams(Object.fromEntries(Object.entries(next).filter(([, v]) => v)), { replace: true })}
        findHint={t('knowledge.findQuestion')}
        loading={list.isLoading}
        error={list.error ?? undefined}
        onRetry={() => void list.refetch()}
        more={list.hasNextPage}
        loadingMore={list.isFetchingNextPage}
        onMore={() => void list.fetchNextPage()}
        empty={<EmptyState icon="talk" title={t('knowledge.noQuestions')} />}
      />
    </>
  )
}
