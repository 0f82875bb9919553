import { type FormEvent, useState } from 'react'
import { useNavigate, useSearchParams } from 'react-router'
import { ApiError } from '#ui/api/api-error.ts'
import { call } from '#ui/api/client.ts'
import { useText } from '#ui/i18n/TextProvider.tsx'
import { Failure, FieldError } from '#ui/mobile/Failure.tsx'
import { Screen } from '#ui/mobile/Screen.tsx'
import { useSlow } from '#ui/mobile/use-slow.ts'
import { cleanCode, keepProgress, keptReports } from '../kept-reports.ts'
import { KeptList } from '../parts/KeptList.tsx'
import { followReport } from '../public-routes.ts'

/** Number and code lead to a report; those that this phone keeps are one tap away. */
export default function FollowScreen() {
  const { t } = useText()
  const navigate = useNavigate()
  const [search] = useSearchParams()
  const [number, setNumber] = useState(search.get('number') ?? '')
  const [code, setCode] = useState('')
  const [tried, setTried] = useState(false)
  const [busy, setBusy] = useState(false)
  const [failed, setFailed] = useState<ApiError>()
  const [kept, setKept] = useState(keptReports)
  const slow = useSlow(busy, 4000)
  const clean = { number: cleanCode(number), followCode: cleanCode(code).replaceAll('-', '') }
  const missing = {
    number: clean.number.length < 6,
    code: clean.followCode.length < 6,
  }

  async function look(event: FormEvent) {
    event.preventDefault()
    if (busy) return
    setTried(true)
    setFailed(undefined)
    if (missing.number || missing.code) {
      document.getElementById(missing.number ? 'follow-number' : 'follow-code')?.focus()
      return
    }
    setBusy(true)
    try {
      const progress = await call(followReport, clean, { signal: AbortSignal.timeout(30_000) })
      keepProgress(progress, clean.followCode)
      navigate(`/follow/${encodeURIComponent(progress.number)}`)
    } catch (error) {
      setFailed(error instanceof ApiError ? error : new ApiError('screen.timeout', 0))
    } finally {
      setBusy(false)
    }
  }

  return (
    <Screen title={t('loop.m.follow')}>
      {kept.length > 0 && <KeptList reports={kept} onChange={() => setKept(keptReports())} />}
      <section className="m-card">
        <h2>{t(kept.length > 0 ? 'loop.m.follow.other' : 'loop.m.follow.how')}</h2>
        <form noValidate onSubmit={look}>
          <div className="m-field">
            <label className="m-label" htmlFor="follow-number">
              {t('loop.m.number')}
            </label>
            <input
              id="follow-number"
              className="m-input"
              autoComplete="off"
              autoCapitalize="characters"
              spellCheck={false}
              maxLength={60}
              value={number}
              aria-invalid={tried && missing.number ? true : undefined}
              aria-describedby={tried && missing.number ? 'follow-number-error' : undefined}
              onChange={(event) => setNumber(event.target.value)}
            />
            {tried && missing.number && <FieldError id="follow-number-error">{t('loop.m.number.missing')}</FieldError>}
          </div>
          <div className="m-field">
            <label className="m-label" htmlFor="follow-code">
              {t('loop.m.code')}
            </label>
            <input
              id="follow-code"
              className="m-input"
              autoComplete="off"
              autoCapitalize="characters"
              spellCheck={false}
              maxLength={40}
              value={code}
              aria-invalid={tried && missing.code ? true : undefined}
              aria-describedby={tried && missing.code ? 'follow-code-error' : 'follow-code-hint'}
              onChange={(event) => setCode(event.target.value)}
            />
            {tried && missing.code ? (
              <FieldError id="follow-code-error">{t('loop.m.code.missing')}</FieldError>
            ) : (
              <p className="m-small" id="follow-code-hint">
                {t('loop.m.code.hint')}
              </p>
            )}
          </div>
          {failed && (
            <div style={{ marginTop: 12 }}>
              {failed.status === 404 ? (
                <Failure error={failed} what={t('loop.m.follow.missing')} todo={t('loop.m.follow.missing.do')} />
              ) : (
                <Failure error={failed} />
              )}
            </div>
          )}
          <button type="submit" className="m-btn pri wide" style={{ marginTop: 14 }} aria-disabled={busy}>
            {t(busy ? 'loop.m.follow.busy' : 'loop.m.follow.look')}
          </button>
          <p className="m-small" role="status">
            {slow ? t('m.slow') : ''}
          </p>
        </form>
      </section>
      <section className="m-card">
        <h2>{t('loop.m.follow.lost')}</h2>
        <p className="m-note">{t('loop.m.follow.lost.do')}</p>
      </section>
    </Screen>
  )
}
