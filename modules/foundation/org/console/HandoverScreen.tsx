import { useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { Link, useNavigate, useParams } from 'react-router'
import { reasonField } from '#modules/foundation/org/console/org-forms.ts'
import { getAccount, listHandovers, previewHandover, signHandover } from '#modules/foundation/org/contract.ts'
import { useApi } from '#ui/api/use-api.ts'
import { exactTime } from '#ui/clock/county-time.ts'
import { useText } from '#ui/i18n/TextProvider.tsx'
import { Icon } from '#ui/icon/Icon.tsx'
import { CommandDrawer } from '#ui/schema-form/CommandDrawer.tsx'
import type { FieldSchema } from '#ui/schema-form/form-schema.ts'
import { EmptyState } from '#ui/state/EmptyState.tsx'
import { ErrorState } from '#ui/state/ErrorState.tsx'
import { TextSkeleton } from '#ui/state/Skeletons.tsx'

/** Before somebody leaves: everything that is open in his name and every post he holds, then one signature. */
export default function HandoverScreen() {
  const { t, language } = useText()
  const id = Number(useParams().id)
  const navigate = useNavigate()
  const queryClient = useQueryClient()
  const answer = useApi(previewHandover, { id })
  const [signing, setSigning] = useState(false)
  if (answer.error && !answer.data)
    return <ErrorState page error={answer.error} onRetry={() => void answer.refetch()} />
  if (!answer.data)
    return (
      <div className="y-page">
        <TextSkeleton lines={8} />
      </div>
    )
  const { account, items, total, posts, grants } = answer.data
  const postFields: Record<string, FieldSchema> = Object.fromEntries(
    posts.map((p) => [
      `post${p.postId}`,
      {
        type: 'integer',
        format: 'account',
        title: t('org.handover.postTo', { post: `${p.unit.shortName} ${p.name}` }),
        description:
          p.others.length > 0
            ? t('org.handover.others', { names: p.others.map((o) => o.name).join('、') })
            : t('org.handover.noOthers', { n: p.openWork }),
      },
    ]),
  )
  return (
    <>
      <div className="y-pagehead">
        <Link className="y-iconbtn sm" to={`/org/accounts/${id}`} aria-label={account.name}>
          <Icon name="back" />
        </Link>
        <h1>{t('org.handover.title', { name: account.name })}</h1>
        <span className="y-grow" />
        <button type="button" className="y-btn pri" onClick={() => setSigning(true)}>
          {t('org.handover.sign')}
        </button>
      </div>
      <div className="y-page" style={{ display: 'grid', gap: 20, alignContent: 'start' }}>
        <section>
          <h2 className="y-sec">{t('org.handover.posts')}</h2>
          <table className="y-table tight">
            <thead>
              <tr>
                <th scope="col">{t('org.unit')}</th>
                <th scope="col">{t('org.post')}</th>
                <th scope="col">{t('org.handover.othersHead')}</th>
                <th scope="col" className="num">
                  {t('org.field.openWork')}
                </th>
              </tr>
            </thead>
            <tbody>
              {posts.map((p) => (
                <tr key={p.postId}>
                  <td>{p.unit.name}</td>
                  <td>
                    {p.name}
                    {p.acting ? ` · ${t('org.acting')}` : ''}
                  </td>
                  <td>{p.others.map((o) => o.name).join('、') || '—'}</td>
                  <td className="num">{p.openWork}</td>
                </tr>
              ))}
            </tbody>
          </table>
          <p className="y-xs y-muted" style={{ marginTop: 6 }}>
            {t('org.handover.grants', { n: grants })}
          </p>
        </section>
        <section>
          <h2 className="y-sec">
            {t('org.handover.items')} <small>{t('ui.inbox.count', { n: total })}</small>
          </h2>
          {items.length === 0 ? (
            <EmptyState tight icon="check" title={t('org.handover.noItems')} />
          ) : (
            <table className="y-table tight">
              <thead>
                <tr>
                  <th scope="col">{t('ui.inbox.column.matter')}</th>
                  <th scope="col">{t('org.handover.state')}</th>
                  <th scope="col">{t('org.handover.due')}</th>
                </tr>
              </thead>
              <tbody>
                {items.map((item) => (
                  <tr key={item.id}>
                    <td>
                      {item.title ? (
                        <Link className="t" to={`/cases/${item.caseId}`}>
                          {item.title}
                        </Link>
                      ) : (
                        t('org.handover.hidden')
                      )}{' '}
                      <span className="y-muted y-xs">{item.number}</span>
                    </td>
                    <td>
                      {item.definitionName[language]} · {item.stateName[language]}
                    </td>
                    <td>
                      {item.dueAt ? exactTime(item.dueAt).slice(0, 16) : '—'}
                      {item.overdue ? <span className="y-tag warm">{t('ui.inbox.group.overdue')}</span> : null}
                    </td>
                  </tr>
                ))}
              </tbody>
            </table>
          )}
        </section>
      </div>
      {signing && (
        <CommandDrawer
          route={signHandover}
          title={t('org.handover.sign')}
          note={<p className="y-sm y-sub">{t('org.handover.note')}</p>}
          schema={{
            type: 'object',
            required: ['leaving', 'reason', ...(total > 0 ? ['itemsTo'] : [])],
            properties: {
              leaving: { type: 'boolean', title: t('org.handover.leaving') },
              ...(total > 0
                ? {
                    itemsTo: {
                      type: 'integer',
                      format: 'account',
                      title: t('org.handover.itemsTo', { n: total }),
                    } as FieldSchema,
                  }
                : {}),
              ...postFields,
              note: { type: 'string', format: 'multiline', title: t('org.handover.remark'), maxLength: 2000 },
              reason: reasonField(t),
            },
          }}
          fixed={{ id }}
          shape={({ leaving, itemsTo, note, reason, ...rest }) => ({
            leaving,
            reason,
            ...(itemsTo ? { itemsTo } : {}),
            ...(note ? { note } : {}),
            posts: posts
              .filter((p) => leaving || rest[`post${p.postId}`])
              .map((p) => ({ postId: p.postId, ...(rest[`post${p.postId}`] ? { to: rest[`post${p.postId}`] } : {}) })),
          })}
          onClose={() => setSigning(false)}
          onDone={() => {
            setSigning(false)
            for (const route of [previewHandover, getAccount, listHandovers])
              void queryClient.invalidateQueries({ queryKey: [route.name] })
            navigate('/org/handovers')
          }}
        />
      )}
    </>
  )
}
