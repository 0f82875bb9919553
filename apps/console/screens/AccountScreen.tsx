import { useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { beginTotp, confirmTotp, getMe, listSessions, revokeSession } from '#platform/auth/contract.ts'
import type { RouteOutput } from '#platform/contract/route.ts'
import { useApi, useCommand } from '#ui/api/use-api.ts'
import { exactTime } from '#ui/clock/county-time.ts'
import { useText } from '#ui/i18n/TextProvider.tsx'
import { useSession } from '#ui/shell/session.ts'
import { ErrorState } from '#ui/state/ErrorState.tsx'
import { ChangePassword } from './ChangePassword.tsx'
import { wordOf } from './case-view.ts'

/** One's own account: posts, password, second factor, where one is logged in. */
export default function AccountScreen() {
  const text = useText()
  const { t } = text
  const { me } = useSession()
  const queryClient = useQueryClient()
  const sessions = useApi(listSessions, {})
  const revoke = useCommand(revokeSession, () => void queryClient.invalidateQueries({ queryKey: [listSessions.name] }))
  return (
    <div className="y-page">
      <h1 style={{ fontSize: 24, lineHeight: '36px', fontWeight: 700 }}>{t('ui.shell.account')}</h1>
      <div
        style={{
          display: 'grid',
          gridTemplateColumns: 'repeat(auto-fit, minmax(380px, 1fr))',
          gap: 16,
          marginTop: 16,
          alignItems: 'start',
        }}
      >
        <section className="y-card">
          <h2 className="y-sec">{t('console.account.posts')}</h2>
          <dl className="y-facts" style={{ boxShadow: 'none', padding: '8px 0' }}>
            <dt>{t('console.account.name')}</dt>
            <dd>{me.name}</dd>
            <dt>{t('ui.login.account')}</dt>
            <dd>{me.login}</dd>
            {me.posts.map((post) => (
              <div key={post.postId} style={{ display: 'contents' }}>
                <dt>{wordOf(text, 'role', post.role)}</dt>
                <dd>
                  {post.unitName}
                  {post.acting ? ` · ${t('console.case.acting')}` : ''}
                </dd>
              </div>
            ))}
          </dl>
        </section>
        <section className="y-card">
          <h2 className="y-sec">{t('console.account.password')}</h2>
          <ChangePassword />
        </section>
        <section className="y-card">
          <h2 className="y-sec">{t('console.account.second')}</h2>
          <SecondFactor />
        </section>
        <section className="y-card">
          <h2 className="y-sec">{t('console.account.sessions')}</h2>
          {sessions.error ? <ErrorState tight error={sessions.error} /> : null}
          <ul style={{ display: 'grid', gridTemplateColumns: 'minmax(0, 1fr)', gap: 4, marginTop: 8 }}>
            {sessions.data?.items.map((s) => (
              <li key={s.id} className="y-row y-sm" style={{ minHeight: 40, borderTop: '1px solid var(--y-line)' }}>
                <span className="y-grow" style={{ minWidth: 0 }}>
                  {exactTime(s.lastSeenAt)}{' '}
                  {s.current && <span className="y-tag pri">{t('console.account.thisOne')}</span>}
                  <span className="y-xs y-muted y-clip" style={{ display: 'block' }} title={s.agent ?? ''}>
                    {[s.address, s.agent].filter(Boolean).join(' · ')}
                  </span>
                </span>
                {!s.current && (
                  <button type="button" className="y-btn sm" onClick={() => revoke.mutate({ sessionId: s.id })}>
                    {t('console.account.revoke')}
                  </button>
                )}
              </li>
            ))}
          </ul>
        </section>
      </div>
    </div>
  )
}

function SecondFactor() {
  const { t } = useText()
  const { me } = useSession()
  const queryClient = useQueryClient()
  const [begun, setBegun] = useState<RouteOutput<typeof beginTotp>>()
  const [code, setCode] = useState('')
  const begin = useCommand(beginTotp, setBegun)
  const confirm = useCommand(confirmTotp, () => {
    setBegun(undefined)
    void queryClient.invalidateQueries({ queryKey: [getMe.name] })
  })
  const problem = begin.error ?? confirm.error
  return (
    <div style={{ display: 'grid', gap: 8, marginTop: 8 }} className="y-sm">
      <p className="y-sub">{t(me.secondFactor ? 'console.account.secondOn' : 'console.account.secondOff')}</p>
      {problem ? <ErrorState tight error={problem} /> : null}
      {!begun ? (
        <button
          type="button"
          className="y-btn"
          style={{ justifySelf: 'start' }}
          disabled={begin.isPending}
          onClick={() => begin.mutate({})}
        >
          {t(me.secondFactor ? 'console.account.secondAnew' : 'console.account.secondBegin')}
        </button>
      ) : (
        <form
          style={{ display: 'grid', gap: 8 }}
          onSubmit={(event) => {
            event.preventDefault()
            confirm.mutate({ secret: begun.secret, code })
          }}
        >
          <p>
            {t('console.account.secondSecret')} <code>{begun.secret}</code>
          </p>
          <p>
            <a href={begun.uri}>{t('console.account.secondOpen')}</a>
          </p>
          <label className="y-row">
            {t('ui.login.code')}
            <input
              className="y-chip"
              style={{ border: 0, width: 120 }}
              inputMode="numeric"
              autoComplete="one-time-code"
              value={code}
              onChange={(event) => setCode(event.target.value.replace(/\D/g, ''))}
            />
            <button type="submit" className="y-btn pri sm" disabled={code.length < 6 || confirm.isPending}>
              {t('ui.login.confirm')}
            </button>
          </label>
        </form>
      )}
    </div>
  )
}
