import { useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { Link, useNavigate, useSearchParams } from 'react-router'
import { listLines } from '#modules/foundation/org/contract.ts'
import { articleForm } from '#modules/services/knowledge/console/article-form.ts'
import { KnowledgeHead } from '#modules/services/knowledge/console/KnowledgeHead.tsx'
import { exportArticles, importArticles, listArticles, saveArticle } from '#modules/services/knowledge/contract.ts'
import type { RouteOutput } from '#platform/contract/route.ts'
import { apiUrl } from '#ui/api/base.ts'
import { useApi } from '#ui/api/use-api.ts'
import { useText } from '#ui/i18n/TextProvider.tsx'
import { Icon } from '#ui/icon/Icon.tsx'
import { CommandDrawer } from '#ui/schema-form/CommandDrawer.tsx'
import { EmptyState } from '#ui/state/EmptyState.tsx'
import { DataTable } from '#ui/table/DataTable.tsx'

const SHOWS = ['due', 'feedback', 'draft', 'unread'] as const

/** Questions that are asked again and again, by line; what is due, complained of or waiting stands one choice away. */
export default function ArticlesScreen() {
  const text = useText()
  const { t, language } = text
  const navigate = useNavigate()
  const queryClient = useQueryClient()
  const [params, setParams] = useSearchParams()
  const values = Object.fromEntries(params)
  const [adding, setAdding] = useState(Boolean(params.get('ask')))
  const [importing, setImporting] = useState(false)
  const [result, setResult] = useState<RouteOutput<typeof importArticles>>()
  const show = SHOWS.find((one) => one === values.show)
  const answer = useApi(listArticles, {
    ...(values.q ? { q: values.q } : {}),
    ...(values.line ? { line: values.line } : {}),
    ...(show ? { show } : {}),
  })
  const lines = useApi(listLines, {}, { staleTime: 300_000 })
  const refresh = () => void queryClient.invalidateQueries({ queryKey: [listArticles.name] })
  const { due = 0, feedback = 0, drafts = 0, can } = answer.data ?? {}
  return (
    <>
      <KnowledgeHead
        tools={
          can?.write && (
            <span className="y-row">
              <button type="button" className="y-btn sm" onClick={() => setImporting(true)}>
                <Icon name="upload" size="s" />
                {t('knowledge.import')}
              </button>
              <button type="button" className="y-btn sm" onClick={() => setAdding(true)}>
                <Icon name="plus" size="s" />
                {t('knowledge.add')}
              </button>
            </span>
          )
        }
      />
      {result && (
        <div className="y-page" style={{ paddingBottom: 0 }} role="status">
          <p className="y-sm">
            {t('knowledge.imported', { added: result.added, changed: result.changed, same: result.same })}
          </p>
          <ul className="y-sm">
            {result.problems.map((problem) => (
              <li key={`${problem.row}-${problem.problem}`}>
                {t('knowledge.problemRow', { row: problem.row })}
                {t(`knowledge.problem.${problem.problem}`, problem.params)}
              </li>
            ))}
          </ul>
        </div>
      )}
      <DataTable
        name="knowledge.articles"
        columns={[
          {
            key: 'question',
            title: t('knowledge.question'),
            fixed: true,
            cell: (r) => (
              <Link className="t" to={`/knowledge/articles/${r.id}`}>
                {r.question}
              </Link>
            ),
          },
          { key: 'line', title: t('knowledge.line'), width: 130, cell: (r) => r.lineName ?? t('knowledge.allLines') },
          { key: 'owner', title: t('knowledge.owner'), width: 200, cell: (r) => r.ownerUnit },
          {
            key: 'state',
            title: t('knowledge.state'),
            width: 240,
            fixed: true,
            cell: (r) => (
              <span className="y-row" style={{ flexWrap: 'wrap', gap: 4 }}>
                <span className={r.state === 'published' ? 'y-tag pri' : 'y-tag'}>
                  {t(`knowledge.state.${r.state}`)}
                </span>
                {r.visibility === 'internal' && <span className="y-tag">{t('knowledge.internal')}</span>}
                {r.state === 'published' && r.hasDraft && <span className="y-tag">{t('knowledge.hasDraft')}</span>}
                {!r.basisRead && <span className="y-tag line">{t('knowledge.unchecked')}</span>}
                {r.illustrative && <span className="y-tag line">{t('knowledge.demo')}</span>}
              </span>
            ),
          },
          {
            key: 'review',
            title: t('knowledge.reviewOn'),
            width: 130,
            cell: (r) => (
              <>
                {r.reviewOn}
                {r.due && <span className="n">{t('knowledge.due')}</span>}
              </>
            ),
          },
          {
            key: 'used',
            title: t('knowledge.used'),
            width: 80,
            number: true,
            cell: (r) =>
              r.used > 0 ? (
                <Link className="y-num" to={`/knowledge/questions?article=${r.id}`}>
                  {r.used}
                </Link>
              ) : (
                0
              ),
          },
          {
            key: 'feedback',
            title: t('knowledge.wrong'),
            width: 80,
            number: true,
            cell: (r) =>
              r.openFeedback > 0 ? (
                <Link className="y-num" to={`/knowledge/articles/${r.id}`}>
                  {r.openFeedback}
                </Link>
              ) : (
                0
              ),
          },
        ]}
        rows={answer.data?.items}
        rowKey={(r) => r.id}
        filters={[
          {
            key: 'line',
            title: t('knowledge.line'),
            options: (lines.data?.items ?? []).map((line) => ({ value: line.code, label: line.name[language] })),
          },
          {
            key: 'show',
            title: t('knowledge.show'),
            options: [
              { value: 'due', label: t('knowledge.show.due', { count: due }) },
              { value: 'feedback', label: t('knowledge.show.feedback', { count: feedback }) },
              { value: 'draft', label: t('knowledge.show.draft', { count: drafts }) },
              { value: 'unread', label: t('knowledge.show.unread') },
            ],
          },
        ]}
        values={values}
        onFilter={(next) => setParams(Object.fromEntries(Object.entries(next).filter(([, v]) => v)), { replace: true })}
        findHint={t('knowledge.find')}
        loading={answer.isLoading}
        error={answer.error ?? undefined}
        onRetry={() => void answer.refetch()}
        exports={[{ label: 'Excel', href: apiUrl(exportArticles.path) }]}
        empty={<EmptyState icon="search" title={t('knowledge.none')} />}
      />
      {adding && (
        <CommandDrawer
          route={saveArticle}
          title={t('knowledge.add')}
          submitLabel={t('knowledge.saveDraft')}
          note={<p className="y-sm y-sub">{t('knowledge.addNote')}</p>}
          schema={articleForm(text, lines.data)}
          given={{
            visibility: 'public',
            basisRead: false,
            ...(params.get('ask') ? { question: params.get('ask') } : {}),
            ...(params.get('askLine') ? { lineCode: params.get('askLine') } : {}),
          }}
          fixed={{}}
          shape={(form) => ({ ...form, keywords: form.keywords ?? [] })}
          {...(params.get('ask') ? {} : { draftKey: 'knowledge.article' })}
          onClose={() => {
            setAdding(false)
            setParams({}, { replace: true })
          }}
          onDone={(done) => {
            refresh()
            navigate(`/knowledge/articles/${done.id}`)
          }}
        />
      )}
      {importing && (
        <CommandDrawer
          route={importArticles}
          title={t('knowledge.import')}
          note={<p className="y-sm y-sub">{t('knowledge.importNote')}</p>}
          schema={{
            type: 'object',
            required: ['fileId', 'dryRun'],
            properties: {
              fileId: { type: 'string', format: 'file', title: t('knowledge.file'), 'x-accept': '.xlsx', 'x-order': 0 },
              dryRun: { type: 'boolean', title: t('knowledge.dryRun'), 'x-order': 1 },
            },
          }}
          given={{ dryRun: true }}
          fixed={{}}
          onClose={() => setImporting(false)}
          onDone={(done) => {
            setImporting(false)
            setResult(done)
            refresh()
          }}
        />
      )}
    </>
  )
}
