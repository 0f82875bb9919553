import { useRef, useState } from 'react'
import { ApiError } from '#ui/api/api-error.ts'
import { call, newKey } from '#ui/api/client.ts'
import { serverNow } from '#ui/clock/server-clock.ts'
import { useText } from '#ui/i18n/TextProvider.tsx'
import { Icon } from '#ui/icon/Icon.tsx'
import { Failure } from '#ui/mobile/Failure.tsx'
import type { Progress } from '../kept-reports.ts'
import { rateReport } from '../public-routes.ts'
import { type Attempt, attemptFor } from '../report-draft.ts'
import { shortMoment } from '../time-words.ts'
import './RatingCard.css'

const SCORES = [5, 4, 3, 2, 1] as const

/** Five levels (好差评, GB/T 39734 待核实), a sentence if one likes, and one look back before it is final. */
export function RatingCard({
  progress,
  followCode,
  onRated,
}: {
  progress: Progress
  followCode: string
  onRated: (progress: Progress) => void
}) {
  const { t, language } = useText()
  const [score, setScore] = useState<number>()
  const [comment, setComment] = useState('')
  const [sure, setSure] = useState(false)
  const [busy, setBusy] = useState(false)
  const [failed, setFailed] = useState<ApiError>()
  const attempt = useRef<Attempt>(undefined)

  if (progress.rating)
    return (
      <section className="m-card" role="status">
        <h2>{t('loop.m.rated', { level: t(`loop.m.level.${progress.rating.score}`) })}</h2>
        {progress.rating.comment && <p className="m-note">{progress.rating.comment}</p>}
        <p className="m-small">
          {t('loop.m.rated.at', { when: shortMoment(progress.rating.at, serverNow(), language) })}
        </p>
      </section>
    )
  if (!progress.canRate) return null

  async function send() {
    if (busy || score === undefined) return
    setBusy(true)
    setFailed(undefined)
    const words = comment.trim()
    const input = {
      number: progress.number,
      followCode,
      score,
      ...(words ? { comment: words } : {}),
    }
    attempt.current = attemptFor(JSON.stringify(input), attempt.current, newKey)
    try {
      onRated(
        await call(rateReport, input, { idempotencyKey: attempt.current.key, signal: AbortSignal.timeout(30_000) }),
      )
    } catch (error) {
      setFailed(error instanceof ApiError ? error : new ApiError('screen.timeout', 0))
      setBusy(false)
    }
  }

  return (
    <section className="m-card">
      <h2 id="rate-title">{t('loop.m.rate')}</h2>
      <p className="m-small" id="rate-why">
        {t('loop.m.rate.why')}
      </p>
      <div className="m-rate" role="radiogroup" aria-labelledby="rate-title" aria-describedby="rate-why">
        {SCORES.map((level) => (
          <label key={level}>
            <input
              type="radio"
              name="score"
              value={level}
              checked={score === level}
              onChange={() => {
                setScore(level)
                setSure(false)
              }}
            />
            <span>{t(`loop.m.level.${level}`).replace(/^(非常|基本)/, '$1\n')}</span>
          </label>
        ))}
      </div>
      {score !== undefined && !sure && (
        <>
          <div className="m-field" style={{ marginTop: 12 }}>
            <label className="m-label" htmlFor="rate-comment">
              {t(score <= 2 ? 'loop.m.rate.comment.bad' : 'loop.m.rate.comment')} <small>{t('loop.m.optional')}</small>
            </label>
            <textarea
              id="rate-comment"
              className="m-input"
              rows={2}
              style={{ minHeight: 72 }}
              maxLength={500}
              value={comment}
              onChange={(event) => setComment(event.target.value)}
            />
          </div>
          <button type="button" className="m-btn pri wide" style={{ marginTop: 10 }} onClick={() => setSure(true)}>
            {t('loop.m.rate.next')}
          </button>
        </>
      )}
      {score !== undefined && sure && (
        <div className="m-notice plain" style={{ marginTop: 12 }}>
          <Icon name="warn" />
          <div className="y-grow">
            <b role="status">{t('loop.m.rate.sure', { level: t(`loop.m.level.${score}`) })}</b>
            {t('loop.m.rate.sure.why')}
            <div className="m-btns">
              <button type="button" className="m-btn" onClick={() => setSure(false)}>
                {t('loop.m.rate.change')}
              </button>
              <button type="button" className="m-btn pri" aria-disabled={busy} onClick={send}>
                {t(busy ? 'loop.m.sending' : 'loop.m.rate.send')}
              </button>
            </div>
          </div>
        </div>
      )}
      {failed && (
        <div style={{ marginTop: 12 }}>
          <Failure error={failed} />
        </div>
      )}
    </section>
  )
}
