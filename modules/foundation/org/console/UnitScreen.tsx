import { useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { Link, useParams } from 'react-router'
import { choicesField, reasonField, reasonForm, roleField } from '#modules/foundation/org/console/org-forms.ts'
import {
  appoint,
  changeUnit,
  createPost,
  endHolding,
  getUnit,
  listLines,
  listUnits,
  retirePost,
  retireUnit,
} from '#modules/foundation/org/contract.ts'
import type { RouteOutput } from '#platform/contract/route.ts'
import { useApi } from '#ui/api/use-api.ts'
import { exactTime } from '#ui/clock/county-time.ts'
import { useText } from '#ui/i18n/TextProvider.tsx'
import { Icon } from '#ui/icon/Icon.tsx'
import { CommandDrawer } from '#ui/schema-form/CommandDrawer.tsx'
import { ErrorState } from '#ui/state/ErrorState.tsx'
import { TextSkeleton } from '#ui/state/Skeletons.tsx'

type Post = RouteOutput<typeof getUnit>['posts'][number]
type Holding = Post['holdings'][number]

type Doing =
  | { what: 'change' | 'retire' | 'post' }
  | { what: 'retirePost' | 'appoint' | 'act'; post: Post }
  | { what: 'end'; post: Post; holding: Holding }

const day = (at: string) => exactTime(at).slice(0, 10)

const ORDER = [
  'unitLeader',
  'countyDirector',
  'dutyChief',
  'bureauAdmin',
  'intakeClerk',
  'dispatcher',
  'handler',
  'gridLeader',
  'gridWorker',
]
const rank = (role: string) => (ORDER.indexOf(role) + ORDER.length + 1) % (ORDER.length + 1)

/** One unit: its posts, who holds them, who stands in, and the changes one may make. */
export default function UnitScreen() {
  const { t, language } = useText()
  const id = Number(useParams().id)
  const queryClient = useQueryClient()
  const answer = useApi(getUnit, { id })
  const lines = useApi(listLines, {}, { staleTime: 300_000 })
  const [doing, setDoing] = useState<Doing | null>(null)
  if (answer.error && !answer.data)
    return <ErrorState page error={answer.error} onRetry={() => void answer.refetch()} />
  if (!answer.data)
    return (
      <div className="y-page">
        <TextSkeleton lines={8} />
      </div>
    )
  const { unit, posts, children, can } = answer.data
  const lineNames = new Map((lines.data?.items ?? []).map((l) => [l.code, l.name[language]]))
  const lineOptions = [...lineNames].map(([value, label]) => ({ value, label }))
  const close = () => setDoing(null)
  const done = () => {
    close()
    void queryClient.invalidateQueries({ queryKey: [getUnit.name] })
    void queryClient.invalidateQueries({ queryKey: [listUnits.name] })
  }
  // Leaders first, as an office lists its people; A before B.
  const open = posts
    .filter((p) => !p.retiredAt)
    .sort((a, b) => rank(a.role) - rank(b.role) || (a.roster ?? '').localeCompare(b.roster ?? '') || a.id - b.id)
  return (
    <>
      <div className="y-pagehead">
        <Link className="y-iconbtn sm" to="/org" aria-label={t('org.backToUnits')}>
          <Icon name="back" />
        </Link>
        <h1>{unit.name}</h1>
        {unit.retiredAt && <span className="y-tag">{t('org.retired')}</span>}
        {unit.limited && <span className="y-tag">{t('org.limited')}</span>}
        <span className="y-grow" />
        {can.manage && !unit.retiredAt && (
          <>
            <button type="button" className="y-btn sm" onClick={() => setDoing({ what: 'post' })}>
              <Icon name="plus" size="s" />
              {t('org.post.create')}
            </button>
            <button type="button" className="y-btn sm" onClick={() => setDoing({ what: 'change' })}>
              <Icon name="edit" size="s" />
              {t('org.unit.change')}
            </button>
            <button type="button" className="y-btn sm" onClick={() => setDoing({ what: 'retire' })}>
              {t('org.unit.retire')}
            </button>
          </>
        )}
      </div>
      <div className="y-page">
        <dl className="y-facts">
          <dt>{t('org.field.code')}</dt>
          <dd>{unit.code}</dd>
          <dt>{t('org.field.division')}</dt>
          <dd>
            {unit.divisionName} · {t(`org.level.${unit.level}`)}
          </dd>
          <dt>{t('org.field.lines')}</dt>
          <dd>{unit.lines.map((l) => lineNames.get(l) ?? l).join(language === 'en' ? ', ' : '、') || '—'}</dd>
          {unit.parent && (
            <>
              <dt>{t('org.field.parent')}</dt>
              <dd>
                <Link to={`/org/units/${unit.parent.id}`}>{unit.parent.name}</Link>
              </dd>
            </>
          )}
          {children.length > 0 && (
            <>
              <dt>{t('org.field.children')}</dt>
              <dd>
                {children.map((c) => (
                  <Link key={c.id} to={`/org/units/${c.id}`} style={{ marginRight: 12 }}>
                    {c.shortName}
                  </Link>
                ))}
              </dd>
            </>
          )}
        </dl>
        <h2 className="y-sec" style={{ margin: '20px 0 6px' }}>
          {t('org.field.posts')} <small>{t('org.post.note')}</small>
        </h2>
        <table className="y-table">
          <thead>
            <tr>
              <th scope="col">{t('org.post')}</th>
              <th scope="col">{t('org.post.holders')}</th>
              <th scope="col" className="num" style={{ width: 90 }}>
                {t('org.field.openWork')}
              </th>
              <th scope="col" style={{ width: 250 }}>
                <span className="y-vh">{t('ui.inbox.column.action')}</span>
              </th>
            </tr>
          </thead>
          <tbody>
            {open.length === 0 && (
              <tr>
                <td colSpan={4} className="y-muted">
                  {t('org.post.none')}
                </td>
              </tr>
            )}
            {open.map((post) => (
              <tr key={post.id}>
                <td>
                  <span className="t">{post.name}</span>
                  <span className="n">
                    {[
                      post.name === t(`role.${post.role}`) ? '' : t(`role.${post.role}`),
                      post.roster ? t('org.roster', { roster: post.roster }) : '',
                      post.divisionName,
                    ]
                      .filter(Boolean)
                      .join(' · ')}
                  </span>
                </td>
                <td>
                  {post.holdings
                    .filter((h) => h.stage !== 'past')
                    .map((h) => (
                      <div key={h.id} className="y-row" style={{ minHeight: 28 }}>
                        <span>
                          {h.account.name}{' '}
                          <span className="y-muted y-xs">
                            {[
                              h.acting ? t('org.actingFor', { name: h.forName ?? '' }) : '',
                              t('org.holding.since', { at: day(h.since) }),
                              h.until ? t('org.holding.until', { at: day(h.until) }) : '',
                            ]
                              .filter(Boolean)
                              .join(' · ')}
                          </span>
                        </span>
                        {can.appoint && (
                          <button
                            type="button"
                            className="y-btn text sm"
                            onClick={() => setDoing({ what: 'end', post, holding: h })}
                          >
                            {t(h.acting ? 'org.holding.endActing' : 'org.holding.end')}
                          </button>
                        )}
                      </div>
                    ))}
                  {post.holdings.every((h) => h.stage === 'past') && (
                    <span className="y-tag warm">{t('org.post.vacant')}</span>
                  )}
                </td>
                <td className="num">{post.openWork}</td>
                <td style={{ textAlign: 'right' }}>
                  {can.appoint && !unit.retiredAt && (
                    <span className="y-row" style={{ justifyContent: 'flex-end', gap: 4 }}>
                      <button
                        type="button"
                        className="y-btn sm soft"
                        onClick={() => setDoing({ what: 'appoint', post })}
                      >
                        {t('org.appoint')}
                      </button>
                      <button type="button" className="y-btn sm" onClick={() => setDoing({ what: 'act', post })}>
                        {t('org.act')}
                      </button>
                      {can.manage && (
                        <button
                          type="button"
                          className="y-btn text sm"
                          onClick={() => setDoing({ what: 'retirePost', post })}
                        >
                          {t('org.post.retire')}
                        </button>
                      )}
                    </span>
                  )}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {doing?.what === 'change' && (
        <CommandDrawer
          route={changeUnit}
          title={t('org.unit.change')}
          schema={{
            type: 'object',
            required: ['name', 'shortName', 'reason'],
            properties: {
              name: { type: 'string', title: t('org.field.name'), maxLength: 100 },
              shortName: { type: 'string', title: t('org.field.shortName'), maxLength: 40 },
              lines: choicesField(t('org.field.lines'), lineOptions),
              reason: reasonField(t),
            },
          }}
          given={{ name: unit.name, shortName: unit.shortName, lines: unit.lines }}
          fixed={{ id, version: unit.version }}
          shape={(form) => ({ ...form, lines: form.lines ?? [] })}
          onClose={close}
          onDone={done}
        />
      )}
      {doing?.what === 'retire' && (
        <CommandDrawer
          route={retireUnit}
          title={t('org.unit.retire')}
          note={<p className="y-sm y-sub">{t('org.unit.retireNote')}</p>}
          schema={reasonForm(t)}
          fixed={{ id, version: unit.version }}
          onClose={close}
          onDone={done}
        />
      )}
      {doing?.what === 'post' && (
        <CommandDrawer
          route={createPost}
          title={t('org.post.create')}
          schema={{
            type: 'object',
            required: ['role', 'name', 'reason'],
            properties: {
              role: roleField(t),
              name: { type: 'string', title: t('org.post.name'), maxLength: 40 },
              roster: {
                type: 'string',
                title: t('org.field.roster'),
                enum: ['A', 'B'],
                'x-names': ['A', 'B'].map((roster) => t('org.roster', { roster })),
              },
              reason: reasonField(t),
            },
          }}
          fixed={{ unitId: id }}
          onClose={close}
          onDone={done}
        />
      )}
      {doing?.what === 'retirePost' && (
        <CommandDrawer
          route={retirePost}
          title={t('org.post.retire')}
          note={<p className="y-sm y-sub">{doing.post.name}</p>}
          schema={reasonForm(t)}
          fixed={{ postId: doing.post.id }}
          onClose={close}
          onDone={done}
        />
      )}
      {(doing?.what === 'appoint' || doing?.what === 'act') && (
        <CommandDrawer
          route={appoint}
          title={t(doing.what === 'act' ? 'org.act' : 'org.appoint')}
          note={<p className="y-sm y-sub">{`${unit.name} ${doing.post.name}`}</p>}
          schema={{
            type: 'object',
            required: doing.what === 'act' ? ['accountId', 'forAccountId', 'until', 'reason'] : ['accountId', 'reason'],
            properties: {
              accountId: { type: 'integer', format: 'account', title: t('org.field.person') },
              ...(doing.what === 'act'
                ? { forAccountId: { type: 'integer', format: 'account', title: t('org.field.forPerson') } as const }
                : {}),
              since: { type: 'string', format: 'date-time', title: t('org.field.since') },
              until: { type: 'string', format: 'date-time', title: t('org.field.until') },
              reason: reasonField(t),
            },
          }}
          fixed={{ postId: doing.post.id }}
          onClose={close}
          onDone={done}
        />
      )}
      {doing?.what === 'end' && (
        <CommandDrawer
          route={endHolding}
          title={t(doing.holding.acting ? 'org.holding.endActing' : 'org.holding.end')}
          note={<p className="y-sm y-sub">{`${doing.holding.account.name} · ${doing.post.name}`}</p>}
          schema={{
            type: 'object',
            required: ['reason'],
            properties: {
              until: { type: 'string', format: 'date-time', title: t('org.field.endAt') },
              reason: reasonField(t),
            },
          }}
          fixed={{ holdingId: doing.holding.id }}
          onClose={close}
          onDone={done}
        />
      )}
    </>
  )
}
