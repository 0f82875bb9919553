import { useEffect, useRef, useState, useSyncExternalStore } from 'react'
import { useNavigate, useSearchParams } from 'react-router'
import type { ApiError } from '#ui/api/api-error.ts'
import { useText } from '#ui/i18n/TextProvider.tsx'
import { Icon } from '#ui/icon/Icon.tsx'
import { DangerCalls } from '#ui/mobile/DangerCalls.tsx'
import { readDevice, writeDevice } from '#ui/mobile/device-store.ts'
import { useElder } from '#ui/mobile/elder.ts'
import { Failure, FieldError } from '#ui/mobile/Failure.tsx'
import { Screen } from '#ui/mobile/Screen.tsx'
import { useOnline } from '#ui/mobile/use-online.ts'
import { useSlow } from '#ui/mobile/use-slow.ts'
import { dangerOf } from '../danger.ts'
import { PhotoField } from '../parts/PhotoField.tsx'
import { PlaceField } from '../parts/PlaceField.tsx'
import { publicPlaces } from '../public-places.ts'
import {
  type Draft,
  emptyDraft,
  hasPlace,
  isEmpty,
  problemsOf,
  readDraft,
  TEXT_MAX,
  TEXT_MIN,
} from '../report-draft.ts'
import { reportPhotos } from '../report-photos.ts'
import { DRAFT, onWaiting, sendReport, sendWaiting, setWaiting, waitingSince } from '../waiting-report.ts'

type Sending = 'no' | 'photos' | 'report'

/** One screen to say what is wrong. Danger first; nothing typed is lost, whatever the network does. */
export default function ReportScreen() {
  const { t } = useText()
  const navigate = useNavigate()
  const [params] = useSearchParams()
  const [draft, setDraft] = useState<Draft>(() => {
    const kept = readDraft(readDevice(DRAFT))
    // A link may begin the sentence; it never takes the place of what was being written.
    return kept.text.trim() ? kept : { ...kept, text: (params.get('text') ?? '').slice(0, 200) }
  })
  const [kept, setKept] = useState(true)
  const [sending, setSending] = useState<Sending>('no')
  const [tried, setTried] = useState(false)
  const [failed, setFailed] = useState<ApiError>()
  const [photosFailed, setPhotosFailed] = useState(0)
  const photos = useSyncExternalStore(reportPhotos.subscribe, reportPhotos.photos)
  const slow = useSlow(sending !== 'no')
  const elder = useElder()
  const online = useOnline()
  const foot = useRef<HTMLDivElement>(null)
  const done = useRef(false)
  // What is written while the photos are still on their way belongs to the report as well.
  const latest = useRef(draft)
  latest.current = draft

  const waiting = useSyncExternalStore(onWaiting, waitingSince)

  const change = (part: Partial<Draft>) => {
    // Who goes on writing has not finished: it is sent when the button is pressed again.
    if (waiting) setWaiting(null)
    setDraft((before) => ({ ...before, ...part }))
  }

  /** Pressed without a network: it waits on this phone, with the time at which it was pressed. */
  function wait() {
    setSending('no')
    setFailed(undefined)
    writeDevice(DRAFT, JSON.stringify(latest.current))
    setWaiting(waitingSince() ?? new Date().toISOString())
  }

  useEffect(() => {
    void reportPhotos.restore()
    // Brings the visitor's cookie before anything is sent; a failure shows where the places are needed.
    publicPlaces().catch(() => {})
  }, [])

  // What the network broke off goes on by itself when it is back.
  useEffect(() => {
    if (online) reportPhotos.retryAll(true)
  }, [online])

  useEffect(() => {
    if (!done.current) setKept(writeDevice(DRAFT, isEmpty(draft) ? null : JSON.stringify(draft)))
  }, [draft])

  const problems = problemsOf(draft)
  const problemOf = (field: 'text' | 'phone') => {
    const problem = problems.find((one) => one.field === field)
    return tried && problem ? t(problem.key) : undefined
  }
  const danger = dangerOf(draft.text)

  async function submit(withoutFailedPhotos = false) {
    if (sending !== 'no') return
    setTried(true)
    setFailed(undefined)
    setPhotosFailed(0)
    const first = problems[0]
    if (first) {
      document.getElementById(`report-${first.field}`)?.focus()
      return
    }
    if (waitingSince()) {
      setSending('report')
      // What waits may be on its way already: both are one sending.
      const number = await sendWaiting()
      if (!number) return wait()
      leave(number)
      return
    }
    if (!navigator.onLine) return wait()
    // Twice at most: uploads that the server no longer knows are sent anew and the report with them.
    for (const last of [false, true]) {
      setSending('photos')
      const { ids, failed: lost } = await reportPhotos.settled()
      if (lost > 0 && !withoutFailedPhotos) {
        const failures = reportPhotos.photos().filter((photo) => photo.state === 'failed')
        if (failures.every((photo) => photo.error?.status === 0)) return wait()
        setPhotosFailed(lost)
        setSending('no')
        return
      }
      setSending('report')
      const problem = await send(ids)
      if (!problem) return
      if (problem.status === 0) return wait()
      if (problem.code === 'files.not_attachable') reportPhotos.renew()
      if (problem.code !== 'files.not_attachable' || last) {
        setFailed(problem)
        setSending('no')
        return
      }
    }
  }

  function leave(number: string) {
    done.current = true
    setDraft(emptyDraft)
    navigate(`/sent/${encodeURIComponent(number)}`, { replace: true })
  }

  async function send(fileIds: string[]): Promise<ApiError | undefined> {
    try {
      leave(await sendReport(latest.current, fileIds))
      return undefined
    } catch (error) {
      return error as ApiError
    }
  }

  const shown = failed ?? photosFailed
  useEffect(() => {
    if (shown) foot.current?.scrollIntoView({ block: 'nearest' })
  }, [shown])

  const length = draft.text.trim().length
  const textProblem = problemOf('text')
  const phoneProblem = problemOf('phone')
  const busy = sending !== 'no'
  const empty = isEmpty(draft) && photos.length === 0
  const photosMissing = photosFailed > 0 && photos.some((photo) => photo.state === 'failed')

  return (
    <Screen
      title={t('loop.m.report')}
      back="/"
      end={
        !elder && (
          <span className="m-small" role="status">
            {empty ? '' : t(kept ? 'loop.m.draft.kept' : 'loop.m.draft.notKept')}
          </span>
        )
      }
      dock={
        <div className="m-dock" ref={foot}>
          {waiting && (
            <div className="m-notice" role="status" style={{ marginBottom: 10 }}>
              <Icon name="clock" />
              <div className="y-grow">
                <b>{t('loop.m.waiting')}</b>
                {t(kept ? 'loop.m.waiting.do' : 'loop.m.waiting.notKept')}
                <div className="m-btns">
                  <button type="button" className="m-btn" onClick={() => setWaiting(null)}>
                    {t('loop.m.waiting.stop')}
                  </button>
                </div>
              </div>
            </div>
          )}
          {photosMissing && (
            <div className="m-notice" role="alert" style={{ marginBottom: 10 }}>
              <Icon name="warn" />
              <div className="y-grow">
                <b>{t('loop.m.photos.failed', { count: photosFailed })}</b>
                {t('loop.m.photos.failed.do')}
                <div className="m-btns">
                  <button type="button" className="m-btn" onClick={() => reportPhotos.retryAll()}>
                    <Icon name="sync" />
                    {t('loop.m.photos.retryAll')}
                  </button>
                  <button type="button" className="m-btn" onClick={() => submit(true)}>
                    {t('loop.m.photos.without')}
                  </button>
                </div>
              </div>
            </div>
          )}
          {failed && (
            <div style={{ marginBottom: 10 }}>
              <SubmitFailure error={failed} />
            </div>
          )}
          <button type="submit" form="report" className="m-btn pri wide" aria-disabled={busy}>
            {sending === 'photos'
              ? t('loop.m.sending.photos')
              : sending === 'report'
                ? t('loop.m.sending')
                : t(waiting ? 'loop.m.submit.now' : failed ? 'loop.m.submit.again' : 'loop.m.submit')}
          </button>
          <p className="m-small" role="status">
            {slow
              ? t('loop.m.sending.slow')
              : length >= TEXT_MIN && !hasPlace(draft)
                ? t('loop.m.place.none')
                : elder && !empty
                  ? t(kept ? 'loop.m.draft.kept' : 'loop.m.draft.notKept')
                  : t('loop.m.submit.after')}
          </p>
        </div>
      }
    >
      <form
        id="report"
        noValidate
        inert={sending === 'report'}
        style={{ display: 'grid', gap: 'var(--m-gap)', gridTemplateColumns: 'minmax(0, 1fr)' }}
        onSubmit={(event) => {
          event.preventDefault()
          void submit()
        }}
      >
        <div>
          <div aria-live="assertive">
            {danger && (
              <div style={{ paddingBottom: 'var(--m-gap)' }}>
                <DangerCalls
                  lead={t(danger.life ? 'loop.m.danger.life' : 'loop.m.danger.seen', {
                    words: danger.words.join('、'),
                  })}
                  why={t(danger.life ? 'loop.m.danger.life.why' : 'loop.m.danger.why')}
                  first={danger.numbers}
                />
              </div>
            )}
          </div>
          <section className="m-card">
            <label className="m-label" htmlFor="report-text">
              {t('loop.m.text')}
            </label>
            <textarea
              id="report-text"
              className="m-input"
              rows={4}
              value={draft.text}
              aria-describedby={textProblem ? 'report-text-error report-text-hint' : 'report-text-hint'}
              aria-invalid={textProblem ? true : undefined}
              aria-required
              onChange={(event) => change({ text: event.target.value })}
            />
            {textProblem && <FieldError id="report-text-error">{textProblem}</FieldError>}
            <div className="y-row" style={{ marginTop: 6, alignItems: 'flex-start' }}>
              <p className="m-small y-grow" id="report-text-hint">
                {t('loop.m.text.hint')}
              </p>
              <span
                className="m-small y-nowrap"
                style={length > TEXT_MAX ? { color: 'var(--y-sev-red)', fontWeight: 600 } : undefined}
              >
                <span className="y-vh">{t('loop.m.text.count')}</span>
                {length} / {TEXT_MAX}
              </span>
            </div>
          </section>
        </div>

        <PhotoField />
        <PlaceField draft={draft} photos={photos} onChange={change} />

        <section className="m-card m-rows">
          <div className="m-row">
            <Icon name="eyeOff" />
            <span className="y-grow">
              <b>{t('loop.m.hidden')}</b>
              <small>{t('loop.m.hidden.why')}</small>
            </span>
            <span className="y-tag pri">{t('loop.m.hidden.always')}</span>
          </div>
          <details open={Boolean(draft.name || draft.phone) || undefined}>
            <summary className="m-row">
              <Icon name="user" />
              <span className="y-grow">
                <b>{t('loop.m.contact')}</b>
                <small>{t('loop.m.contact.why')}</small>
              </span>
              <span className="turn" aria-hidden="true">
                <Icon name="right" size="s" />
              </span>
            </summary>
            <div style={{ padding: '4px 0 14px' }}>
              <div className="m-field">
                <label className="m-label" htmlFor="report-name">
                  {t('loop.m.name')} <small>{t('loop.m.optional')}</small>
                </label>
                <input
                  id="report-name"
                  className="m-input"
                  autoComplete="name"
                  maxLength={40}
                  value={draft.name}
                  onChange={(event) => change({ name: event.target.value })}
                />
              </div>
              <div className="m-field">
                <label className="m-label" htmlFor="report-phone">
                  {t('loop.m.phone')} <small>{t('loop.m.optional')}</small>
                </label>
                <input
                  id="report-phone"
                  className="m-input"
                  type="tel"
                  autoComplete="tel"
                  maxLength={30}
                  value={draft.phone}
                  aria-invalid={phoneProblem ? true : undefined}
                  aria-describedby={phoneProblem ? 'report-phone-error' : undefined}
                  onChange={(event) => change({ phone: event.target.value })}
                />
                {phoneProblem && <FieldError id="report-phone-error">{phoneProblem}</FieldError>}
              </div>
            </div>
          </details>
        </section>
      </form>
    </Screen>
  )
}

/** Why it did not go out, what is safe, what to do. */
function SubmitFailure({ error }: { error: ApiError }) {
  const { t } = useText()
  if (error.code === 'screen.timeout')
    return <Failure error={error} what={t('loop.m.fail.timeout')} todo={t('loop.m.fail.timeout.do')} />
  if (error.status === 0)
    return <Failure error={error} what={t('loop.m.fail.offline')} todo={t('loop.m.fail.offline.do')} />
  if (error.code === 'files.not_attachable')
    return <Failure error={error} what={t('loop.m.fail.photos')} todo={t('loop.m.fail.photos.do')} />
  if (error.code === 'loop.place_outside')
    return <Failure error={error} what={t('loop.m.fail.outside')} todo={t('loop.m.fail.outside.do')} />
  if (error.status === 429)
    return <Failure error={error} what={t('loop.m.fail.many')} todo={t('loop.m.fail.many.do')} />
  return <Failure error={error} />
}
