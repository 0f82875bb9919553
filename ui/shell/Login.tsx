import '#ui/shell/Login.css'
import { type FormEvent, useRef, useState } from 'react'
import { useText } from '#ui/i18n/TextProvider.tsx'
import { Brand } from '#ui/icon/Brand.tsx'
import { Icon } from '#ui/icon/Icon.tsx'

export interface LoginProps {
  county: string
  counties: { slug: string; name: string; parentName: string }[]
  /** Accounts of the demo with their password; only a demo server sends them. */
  demo?: { accounts: { login: string; name: string; what: string }[]; password: string } | undefined
  /** Demo data that is still being brought in. */
  loading?: { what: string; done: number; total: number }[]
  /** The password was right and a one-time code is asked for. */
  step: 'password' | 'code'
  /** What went wrong last, in words. */
  problem?: string | undefined
  busy: boolean
  onCounty: (slug: string) => void
  onLogin: (account: string, password: string, code?: string) => void
  onBack: () => void
}

/** The door: county, account, password, and a one-time code where the account has one. */
export function Login({
  county,
  counties,
  demo,
  loading = [],
  step,
  problem,
  busy,
  onCounty,
  onLogin,
  onBack,
}: LoginProps) {
  const { t, language, setLanguage } = useText()
  const [account, setAccount] = useState('')
  const [password, setPassword] = useState('')
  const [code, setCode] = useState('')
  const passwordBox = useRef<HTMLInputElement>(null)

  function submit(event: FormEvent) {
    event.preventDefault()
    if (busy) return
    if (step === 'code') onLogin(account, password, code)
    else onLogin(account.trim(), password)
  }
  return (
    <div className="y-login">
      <main>
        <div className="head">
          <Brand size={52} />
          <div>
            <h1>{t('ui.shell.brand')}</h1>
            <p>{t('ui.login.subtitle')}</p>
          </div>
        </div>
        <div className="panels">
          <form className="panel" onSubmit={submit}>
            <h2>{t(step === 'code' ? 'ui.login.codeTitle' : 'ui.login.title')}</h2>
            {problem && (
              <div className="err" role="alert">
                <Icon name="warn" />
                <span>{problem}</span>
              </div>
            )}
            {step === 'password' ? (
              <>
                {counties.length > 1 && (
                  <label>
                    {t('ui.login.county')}
                    <select value={county} onChange={(event) => onCounty(event.target.value)}>
                      {counties.map((c) => (
                        <option key={c.slug} value={c.slug}>
                          {c.parentName ? `${c.name}（${c.parentName}）` : c.name}
                        </option>
                      ))}
                    </select>
                  </label>
                )}
                <label>
                  {t('ui.login.account')}
                  <input
                    name="username"
                    autoComplete="username"
                    value={account}
                    required
                    onChange={(event) => setAccount(event.target.value)}
                  />
                </label>
                <label>
                  {t('ui.login.password')}
                  <input
                    ref={passwordBox}
                    name="password"
                    type="password"
                    autoComplete="current-password"
                    value={password}
                    required
                    onChange={(event) => setPassword(event.target.value)}
                  />
                </label>
                <button type="submit" className="y-btn pri" disabled={busy}>
                  {t(busy ? 'ui.login.busy' : 'ui.login.enter')}
                </button>
              </>
            ) : (
              <>
                <label>
                  {t('ui.login.code')}
                  <input
                    name="code"
                    inputMode="numeric"
                    autoComplete="one-time-code"
                    pattern="[0-9]{6,8}"
                    maxLength={8}
                    value={code}
                    required
                    onChange={(event) => setCode(event.target.value.replace(/\D/g, ''))}
                  />
                </label>
                <button type="submit" className="y-btn pri" disabled={busy}>
                  {t(busy ? 'ui.login.busy' : 'ui.login.confirm')}
                </button>
                <button type="button" className="y-btn" onClick={onBack}>
                  {t('ui.login.back')}
                </button>
              </>
            )}
          </form>
          {demo && step === 'password' && (
            <section className="panel y-demo" aria-label={t('ui.login.demo')}>
              <h2>{t('ui.login.demo')}</h2>
              <p>{t('ui.login.demoNote', { password: demo.password })}</p>
              <ul>
                {demo.accounts.map((a) => (
                  <li key={a.login}>
                    <button
                      type="button"
                      disabled={busy}
                      onClick={() => {
                        setAccount(a.login)
                        setPassword(demo.password)
                        onLogin(a.login, demo.password)
                      }}
                    >
                      <span className="y-ava" aria-hidden="true">
                        {a.name.slice(0, 1)}
                      </span>
                      <span>
                        <b className="y-b">{a.name}</b>
                        <small className="y-clip">{a.what}</small>
                      </span>
                      <code>{a.login}</code>
                    </button>
                  </li>
                ))}
              </ul>
            </section>
          )}
        </div>
        {loading.length > 0 && (
          <ul className="y-loading" aria-label={t('ui.login.loading')}>
            {loading.map((entry) => (
              <li key={entry.what}>
                <span>{t('ui.login.loadingWhat', { what: entry.what })}</span>
                <progress value={entry.done} max={Math.max(entry.total, 1)} aria-label={entry.what} />
                <span className="y-muted">
                  {entry.done.toLocaleString('en-US')} / {entry.total.toLocaleString('en-US')}
                </span>
              </li>
            ))}
          </ul>
        )}
      </main>
      <footer>
        {t('ui.login.foot')}
        <button type="button" onClick={() => setLanguage(language === 'en' ? 'zh-CN' : 'en')}>
          {language === 'en' ? '中文' : 'English'}
        </button>
      </footer>
    </div>
  )
}
