import { useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { Link, useParams } from 'react-router'
import { listLines } from '#modules/foundation/org/contract.ts'
import { articleForm } from '#modules/services/knowledge/console/article-form.ts'
import {
  getArticle,
  judgeArticle,
  listArticles,
  publishArticles,
  retireArticle,
  saveArticle,
  settleFeedback,
} from '#modules/services/knowledge/contract.ts'
import type { RouteOutput } from '#platform/contract/route.ts'
import { useApi, useCommand } from '#ui/api/use-api.ts'
import { exactTime } from '#ui/clock/county-time.ts'
import { useText } from '#ui/i18n/TextProvider.tsx'
import { Icon } from '#ui/icon/Icon.tsx'
import { CommandDrawer } from '#ui/schema-form/CommandDrawer.tsx'
import { ErrorState } from '#ui/state/ErrorState.tsx'
import { TextSkeleton } from '#ui/state/Skeletons.tsx'

type Version = RouteOutput<typeof getArticle>['versions'][number]

/** One article: what is read out, what is being written, what readers say of it, and all its versions. */
export default function ArticleScreen() {
  const text = useText()
  const { t } = text
  const id = Number(useParams().id)
  const queryClient = useQueryClient()
  const answer = useApi(getArticle, { id })
  const lines = useApi(listLines, {}, { staleTime: 300_000 })
  const [open, setOpen] = useState<'write' | 'retire' | 'wrong' | { settle: number }>()
  const refresh = () => {
    setOpen(undefined)
    for (const route of [getArticle, listArticles]) void queryClient.invalidateQueries({ queryKey: [route.name] })
  }
  const publish = useCommand(publishArticles, refresh)
  const helpful = useCommand(judgeArticle, refresh)
  const article = answer.data
  if (answer.error && !article) return <ErrorState page error={answer.error} onRetry={() => void answer.refetch()} />
  if (!article)
    return (
      <div className="y-page">
        <TextSkeleton lines={8} />
      </div>
    )
  const shown = article.versions.find((v) => v.state === 'published') ?? article.versions[0]!
  const draft = article.versions.find((v) => v.state === 'draft')
  const published = article.versions.some((v) => v.state === 'published')
  return (
    <div className="y-page" style={{ maxWidth: 960, display: 'grid', gap: 16 }}>
      <div>
        <Link className="y-sm" to="/knowledge">
          {t('knowledge.nav')}
        </Link>
        <h1 style={{ fontSize: 24, lineHeight: '36px', fontWeight: 700 }}>{shown.question}</h1>
        <p className="y-sm y-sub">
          {[
            article.ownerUnit.name,
            shown.lineName ?? t('knowledge.allLines'),
            article.illustrative ? t('knowledge.demo') : null,
          ]
            .filter(Boolean)
            .join(' · ')}
        </p>
      </div>
      {publish.error ? <ErrorState tight error={publish.error} /> : null}
      {helpful.error ? <ErrorState tight error={helpful.error} /> : null}
      <div className="y-row" style={{ flexWrap: 'wrap' }}>
        {article.can.publish && (
          <button
            type="button"
            className="y-btn pri"
            disabled={publish.isPending}
            onClick={() => publish.mutate({ articleIds: [id] })}
          >
            {t('knowledge.publish')}
          </button>
        )}
        {article.can.write && (
          <button type="button" className="y-btn" onClick={() => setOpen('write')}>
            <Icon name="edit" size="s" />
            {t(draft ? 'knowledge.editDraft' : 'knowledge.nextVersion')}
          </button>
        )}
        {article.can.retire && (
          <button type="button" className="y-btn" onClick={() => setOpen('retire')}>
            {t('knowledge.retire')}
          </button>
        )}
        {published && (
          <>
            <button
              type="button"
              className="y-btn text"
              disabled={helpful.isPending || helpful.isSuccess}
              onClick={() => helpful.mutate({ id, verdict: 'helpful' })}
            >
              <Icon name="check" size="s" />
              {t('knowledge.helpful', { count: article.helpful })}
            </button>
            <button type="button" className="y-btn text" onClick={() => setOpen('wrong')}>
              <Icon name="warn" size="s" />
              {t('knowledge.isWrong')}
            </button>
          </>
        )}
      </div>
      <VersionBody version={shown} />
      {draft && draft !== shown && (
        <section>
          <h2 className="y-sec">{t('knowledge.draftBeside')}</h2>
          <VersionBody version={draft} />
        </section>
      )}
      <section>
        <h2 className="y-sec">
          {t('knowledge.feedback')} <small>{t('knowledge.usedTimes', { count: article.used })}</small>
        </h2>
        {article.feedback.length === 0 ? (
          <p className="y-sm y-muted">{t('knowledge.feedback.none')}</p>
        ) : (
          <ul style={{ display: 'grid', gap: 10 }}>
            {article.feedback.map((one) => (
              <li key={one.id} className="y-sm">
                <b className="y-b">{t(`knowledge.verdict.${one.verdict}`)}</b> {one.words}
                <br />
                <span className="y-xs y-muted">
                  {[t(`knowledge.from.${one.channel}`), exactTime(one.at), one.settleNote].filter(Boolean).join(' · ')}
                </span>{' '}
                {one.verdict === 'wrong' && !one.settledAt && article.can.write && (
                  <button type="button" className="y-btn sm" onClick={() => setOpen({ settle: one.id })}>
                    {t('knowledge.settle')}
                  </button>
                )}
              </li>
            ))}
          </ul>
        )}
      </section>
      <section>
        <h2 className="y-sec">{t('knowledge.versions')}</h2>
        <ul style={{ display: 'grid', gap: 6 }}>
          {article.versions.map((v) => (
            <li key={v.id} className="y-sm">
              {t('knowledge.versionOf', { number: v.number, state: t(`knowledge.state.${v.state}`) })}
              <span className="y-xs y-muted">
                {' '}
                {[
                  v.writtenBy && t('knowledge.writtenBy', { name: v.writtenBy, at: exactTime(v.writtenAt) }),
                  v.publishedAt &&
                    t('knowledge.publishedBy', { name: v.publishedBy ?? '', at: exactTime(v.publishedAt) }),
                  v.retireReason,
                ]
                  .filter(Boolean)
                  .join(' · ')}
              </span>
            </li>
          ))}
        </ul>
      </section>
      {open === 'write' && (
        <CommandDrawer
          route={saveArticle}
          title={t(draft ? 'knowledge.editDraft' : 'knowledge.nextVersion')}
          submitLabel={t('knowledge.saveDraft')}
          schema={articleForm(text, lines.data)}
          given={given(draft ?? shown, article.ownerUnit.id)}
          fixed={{ articleId: id }}
          shape={(form) => ({ ...form, keywords: form.keywords ?? [] })}
          onClose={() => setOpen(undefined)}
          onDone={refresh}
        />
      )}
      {open === 'retire' && (
        <CommandDrawer
          route={retireArticle}
          title={t('knowledge.retire')}
          schema={{
            type: 'object',
            required: ['reason'],
            properties: {
              reason: {
                type: 'string',
                format: 'multiline',
                title: t('knowledge.reason'),
                minLength: 2,
                maxLength: 200,
              },
            },
          }}
          fixed={{ id }}
          onClose={() => setOpen(undefined)}
          onDone={refresh}
        />
      )}
      {open === 'wrong' && (
        <CommandDrawer
          route={judgeArticle}
          title={t('knowledge.isWrong')}
          note={<p className="y-sm y-sub">{t('knowledge.wrongNote', { unit: article.ownerUnit.name })}</p>}
          schema={{
            type: 'object',
            required: ['words'],
            properties: {
              words: {
                type: 'string',
                format: 'multiline',
                title: t('knowledge.wrongWords'),
                minLength: 2,
                maxLength: 500,
              },
            },
          }}
          fixed={{ id, verdict: 'wrong' }}
          onClose={() => setOpen(undefined)}
          onDone={refresh}
        />
      )}
      {typeof open === 'object' && (
        <CommandDrawer
          route={settleFeedback}
          title={t('knowledge.settle')}
          schema={{
            type: 'object',
            required: ['note'],
            properties: {
              note: {
                type: 'string',
                format: 'multiline',
                title: t('knowledge.settleNote'),
                minLength: 2,
                maxLength: 300,
              },
            },
          }}
          fixed={{ feedbackId: open.settle }}
          onClose={() => setOpen(undefined)}
          onDone={refresh}
        />
      )}
    </div>
  )
}

function given(version: Version, ownerUnitId: number): Record<string, unknown> {
  const { question, answer, keywords, lineCode, itemCode, basis, basisRead, validFrom, validTo, reviewOn, visibility } =
    version
  const all = {
    question,
    answer,
    keywords,
    lineCode,
    itemCode,
    basis,
    basisRead,
    validFrom,
    validTo,
    reviewOn,
    visibility,
    ownerUnitId,
  }
  return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== null))
}

function VersionBody({ version }: { version: Version }) {
  const { t } = useText()
  return (
    <div style={{ display: 'grid', gap: 12 }}>
      <p style={{ whiteSpace: 'pre-line', fontSize: 16, lineHeight: '28px' }}>{version.answer}</p>
      <dl className="y-facts">
        <dt>{t('knowledge.basis')}</dt>
        <dd>
          {version.basis}
          {!version.basisRead && (
            <span className="y-tag line" style={{ marginLeft: 8 }}>
              {t('knowledge.unchecked')}
            </span>
          )}
        </dd>
        <dt>{t('knowledge.keywords')}</dt>
        <dd>{version.keywords.join('、')}</dd>
        {version.itemCode && (
          <>
            <dt>{t('knowledge.item')}</dt>
            <dd>{version.itemCode}</dd>
          </>
        )}
        <dt>{t('knowledge.valid')}</dt>
        <dd>{t('knowledge.validSpan', { from: version.validFrom, to: version.validTo ?? t('knowledge.openEnd') })}</dd>
        <dt>{t('knowledge.reviewOn')}</dt>
        <dd>{version.reviewOn}</dd>
        <dt>{t('knowledge.visibility')}</dt>
        <dd>{t(version.visibility === 'public' ? 'knowledge.public' : 'knowledge.internal')}</dd>
      </dl>
    </div>
  )
}
