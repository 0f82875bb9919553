import { useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { Link, useParams } from 'react-router'
import { OnceShown } from '#modules/foundation/org/console/OnceShown.tsx'
import { reasonField, reasonForm } from '#modules/foundation/org/console/org-forms.ts'
import {
  changeAccount,
  createResetLink,
  disableAccount,
  enableAccount,
  getAccount,
  listAccounts,
  listLines,
  unlockAccount,
} from '#modules/foundation/org/contract.ts'
import { useApi, useCommand } from '#ui/api/use-api.ts'
import { exactTime } from '#ui/clock/county-time.ts'
import { useText } from '#ui/i18n/TextProvider.tsx'
import { Icon } from '#ui/icon/Icon.tsx'
import { CommandDrawer } from '#ui/schema-form/CommandDrawer.tsx'
import { useSession } from '#ui/shell/session.ts'
import { ErrorState } from '#ui/state/ErrorState.tsx'
import { TextSkeleton } from '#ui/state/Skeletons.tsx'

type Doing = 'change' | 'disable' | 'enable' | 'reset'

const day = (at: string) => exactTime(at).slice(0, 10)

/** One account: posts then and now, what it may do, and the changes one may make. */
export default function AccountScreen() {
  const { t, has, language } = useText()
  const { me } = useSession()
  const id = Number(useParams().id)
  const queryClient = useQueryClient()
  const answer = useApi(getAccount, { id })
  const lines = useApi(listLines, {}, { staleTime: 300_000 })
  const lineName = new Map((lines.data?.items ?? []).map((l) => [l.code, l.name[language]]))
  const [doing, setDoing] = useState<Doing | null>(null)
  const [code, setCode] = useState<string>()
  const refresh = () => {
    setDoing(null)
    void queryClient.invalidateQueries({ queryKey: [getAccount.name] })
    void queryClient.invalidateQueries({ queryKey: [listAccounts.name] })
  }
  const unlock = useCommand(unlockAccount, refresh)
  if (answer.error && !answer.data)
    return <ErrorState page error={answer.error} onRetry={() => void answer.refetch()} />
  if (!answer.data)
    return (
      <div className="y-page">
        <TextSkeleton lines={8} />
      </div>
    )
  const { account, history, rights, openWork, sessions, can } = answer.data
  const close = () => setDoing(null)
  const myself = account.id === me.accountId
  return (
    <>
      <div className="y-pagehead">
        <Link className="y-iconbtn sm" to="/org/accounts" aria-label={t('org.tab.accounts')}>
          <Icon name="back" />
        </Link>
        <h1>{account.name}</h1>
        <span className="y-muted">{account.login}</span>
        {account.disabledAt && <span className="y-tag">{t('org.account.disabled')}</span>}
        {account.lockedUntil && <span className="y-tag warm">{t('org.account.locked')}</span>}
        <span className="y-grow" />
        {can.manage && !myself && (
          <>
            {account.lockedUntil && (
              <button
                type="button"
                className="y-btn sm"
                disabled={unlock.isPending}
                onClick={() => unlock.mutate({ id })}
              >
                {t('org.account.unlock')}
              </button>
            )}
            <button type="button" className="y-btn sm" onClick={() => setDoing('change')}>
              {t('org.account.change')}
            </button>
            {account.disabledAt ? (
              <button type="button" className="y-btn sm" onClick={() => setDoing('enable')}>
                {t('org.account.enable')}
              </button>
            ) : (
              <>
                <button type="button" className="y-btn sm" onClick={() => setDoing('reset')}>
                  {t('org.account.reset')}
                </button>
                <Link className="y-btn sm soft" to={`/org/accounts/${id}/handover`}>
                  <Icon name="exchange" size="s" />
                  {t('org.handover')}
                </Link>
                <button type="button" className="y-btn sm" onClick={() => setDoing('disable')}>
                  {t('org.account.disable')}
                </button>
              </>
            )}
          </>
        )}
      </div>
      {code && (
        <OnceShown
          title={t('org.account.resetCode', { login: account.login })}
          secret={code}
          onClose={() => setCode(undefined)}
        />
      )}
      <div className="y-page" style={{ display: 'grid', gap: 20, alignContent: 'start' }}>
        {unlock.error ? <ErrorState tight error={unlock.error} /> : null}
        <dl className="y-facts">
          <dt>{t('org.field.openWork')}</dt>
          <dd>{openWork}</dd>
          <dt>{t('org.account.sessions')}</dt>
          <dd>{sessions}</dd>
          <dt>{t('org.account.second')}</dt>
          <dd>{account.secondFactor ? t('ui.yes') : t('ui.no')}</dd>
          <dt>{t('org.account.created')}</dt>
          <dd>{exactTime(account.createdAt)}</dd>
        </dl>
        <section>
          <h2 className="y-sec">{t('org.account.history')}</h2>
          <table className="y-table tight">
            <thead>
              <tr>
                <th scope="col">{t('org.unit')}</th>
                <th scope="col">{t('org.post')}</th>
                <th scope="col">{t('org.field.since')}</th>
                <th scope="col">{t('org.field.until')}</th>
                <th scope="col">{t('org.field.reason')}</th>
              </tr>
            </thead>
            <tbody>
              {history.map((h) => (
                <tr key={h.id}>
                  <td>
                    <Link to={`/org/units/${h.unit.id}`}>{h.unit.name}</Link>
                  </td>
                  <td>
                    {h.postName}
                    {h.acting ? ` · ${t('org.actingFor', { name: h.forName ?? '' })}` : ''}
                  </td>
                  <td>{day(h.since)}</td>
                  <td>{h.until ? day(h.until) : t('org.holding.current')}</td>
                  <td className="y-sub">{[h.reason, h.endReason].filter(Boolean).join('；')}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </section>
        <section>
          <h2 className="y-sec">
            {t('org.account.rights')} <small>{t('org.account.rightsNote')}</small>
          </h2>
          <table className="y-table tight">
            <thead>
              <tr>
                <th scope="col">{t('org.field.permission')}</th>
                <th scope="col">{t('org.field.division')}</th>
                <th scope="col">{t('org.field.lines')}</th>
              </tr>
            </thead>
            <tbody>
              {rights.map((r, i) => {
                const same = rights.filter((o) => o.permission === r.permission && o.divisionCode === r.divisionCode)
                // One row for a right in a place, with all its lines.
                if (rights.indexOf(same[0]!) !== i) return null
                return (
                  <tr key={`${r.permission}-${r.divisionCode}`}>
                    <td title={r.permission}>
                      {has(`permission.${r.permission}`) ? t(`permission.${r.permission}`) : r.permission}
                    </td>
                    <td>{r.divisionName}</td>
                    <td>
                      {same.some(({ lineCode }) => !lineCode)
                        ? t('org.allLines')
                        : same
                            .map(({ lineCode }) => lineName.get(lineCode!) ?? lineCode)
                            .join(language === 'en' ? ', ' : '、')}
                    </td>
                  </tr>
                )
              })}
            </tbody>
          </table>
        </section>
      </div>
      {doing === 'change' && (
        <CommandDrawer
          route={changeAccount}
          title={t('org.account.change')}
          schema={{
            type: 'object',
            required: ['name', 'reason'],
            properties: {
              name: { type: 'string', title: t('org.field.personName'), maxLength: 40 },
              reason: reasonField(t),
            },
          }}
          given={{ name: account.name }}
          fixed={{ id }}
          onClose={close}
          onDone={refresh}
        />
      )}
      {doing === 'disable' && (
        <CommandDrawer
          route={disableAccount}
          title={t('org.account.disable')}
          note={<p className="y-sm y-sub">{t('org.account.disableNote')}</p>}
          schema={{
            type: 'object',
            required: ['reason'],
            properties: { urgent: { type: 'boolean', title: t('org.account.urgent') }, reason: reasonField(t) },
          }}
          fixed={{ id }}
          onClose={close}
          onDone={refresh}
        />
      )}
      {doing === 'enable' && (
        <CommandDrawer
          route={enableAccount}
          title={t('org.account.enable')}
          schema={reasonForm(t)}
          fixed={{ id }}
          onClose={close}
          onDone={refresh}
        />
      )}
      {doing === 'reset' && (
        <CommandDrawer
          route={createResetLink}
          title={t('org.account.reset')}
          note={<p className="y-sm y-sub">{t('org.account.resetNote')}</p>}
          schema={{
            type: 'object',
            required: ['reason'],
            properties: {
              removeSecondFactor: { type: 'boolean', title: t('org.account.removeSecond') },
              reason: reasonField(t),
            },
          }}
          fixed={{ id }}
          onClose={close}
          onDone={(done) => {
            if (done.code) setCode(done.code)
            refresh()
          }}
        />
      )}
    </>
  )
}
