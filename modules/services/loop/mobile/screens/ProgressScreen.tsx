import { useEffect, useState } from 'react'
import { Link, useParams } from 'react-router'
import { call } from '#ui/api/client.ts'
import { exactTime } from '#ui/clock/county-time.ts'
import { serverNow } from '#ui/clock/server-clock.ts'
import { useText } from '#ui/i18n/TextProvider.tsx'
import { Icon } from '#ui/icon/Icon.tsx'
import { Bones } from '#ui/mobile/Bones.tsx'
import { Failure } from '#ui/mobile/Failure.tsx'
import { Screen } from '#ui/mobile/Screen.tsx'
import { Steps } from '#ui/mobile/Steps.tsx'
import { useLoad } from '#ui/mobile/use-load.ts'
import { groupCode, type KeptReport, keepProgress, keptReport, type Progress } from '../kept-reports.ts'
import '../parts/PhotoField.css'
import { RatingCard } from '../parts/RatingCard.tsx'
import { ReportPhoto } from '../parts/ReportPhoto.tsx'
import { followReport } from '../public-routes.ts'
import { momentWords, shortMoment, stepTimes } from '../time-words.ts'

/** One report as its reporter sees it. The code comes from the phone, never from the address, so a link gives nothing away. */
export default function ProgressScreen() {
  const { t } = useText()
  const { number = '' } = useParams()
  const report = keptReport(number)
  if (!report)
    return (
      <Screen title={t('loop.m.progress')} back="/follow">
        <section className="m-card">
          <h2>{t('loop.m.progress.unknown')}</h2>
          <p className="m-note">{t('loop.m.progress.unknown.do')}</p>
          <Link
            className="m-btn pri wide"
            style={{ marginTop: 12 }}
            to={`/follow?number=${encodeURIComponent(number)}`}
            replace
          >
            {t('loop.m.follow.look')}
          </Link>
        </section>
      </Screen>
    )
  return <Known key={number} report={report} />
}

function Known({ report }: { report: KeptReport }) {
  const { t, language } = useText()
  const { number, followCode } = report
  const [load, again] = useLoad(number, (signal) => call(followReport, { number, followCode }, { signal }))
  const [rated, setRated] = useState<Progress>()
  const progress = rated ?? load.value
  useEffect(() => {
    if (progress) keepProgress(progress, followCode)
  }, [progress, followCode])
  return (
    <Screen
      title={progress?.title ?? report.title}
      back="/follow"
      end={progress && <span className="y-tag pri">{progress.stateName[language]}</span>}
    >
      {load.error &&
        (load.error.status === 404 ? (
          <Failure error={load.error} what={t('loop.m.follow.missing')} todo={t('loop.m.progress.missing.do')} />
        ) : (
          <Failure error={load.error} onAgain={again} />
        ))}
      {!progress && load.loading && <Bones heights={[96, 220, 64]} slow={load.slow} />}
      {progress && <Found progress={progress} followCode={followCode} onRated={setRated} />}
    </Screen>
  )
}

function Found({
  progress,
  followCode,
  onRated,
}: {
  progress: Progress
  followCode: string
  onRated: (progress: Progress) => void
}) {
  const { t, language } = useText()
  const now = serverNow()
  const times = stepTimes(
    progress.steps.map((step) => step.at),
    now,
  )
  return (
    <>
      {progress.reply ? (
        <section className="m-card">
          <p className="m-small">
            {t('loop.m.reply.of', {
              unit: progress.reply.unitName ?? '',
              when: shortMoment(progress.reply.at, now, language),
            })}
          </p>
          <h2 className="y-vh">{t('loop.m.reply')}</h2>
          <p style={{ whiteSpace: 'pre-line', lineHeight: 1.7, marginTop: 4 }}>{progress.reply.text}</p>
        </section>
      ) : (
        !progress.closed && (
          <section className="m-card">
            <h2>
              {progress.unitName
                ? t('loop.m.now.unit', { unit: progress.unitName, phase: progress.phaseName[language] })
                : t('loop.m.now', { phase: progress.phaseName[language] })}
            </h2>
            {progress.answerBy && (
              <p className="m-note">
                {Date.parse(progress.answerBy) >= now
                  ? t('loop.m.by', { when: momentWords(progress.answerBy, now, language) })
                  : t('loop.m.by.past', { when: momentWords(progress.answerBy, now, language) })}
              </p>
            )}
          </section>
        )
      )}

      <RatingCard progress={progress} followCode={followCode} onRated={onRated} />

      <section className="m-card">
        <h2>{t('loop.m.steps')}</h2>
        {progress.steps.length === 0 ? (
          <p className="m-note">{t('loop.m.steps.none')}</p>
        ) : (
          <Steps
            nowLabel={t('loop.m.steps.now')}
            steps={progress.steps.map((step, i) => ({
              key: `${step.at}-${i}`,
              name: step.unitName ? `${step.name[language]} · ${step.unitName}` : step.name[language],
              note: step.note,
              time: times[i]!,
              at: step.at,
              now: step.now,
            }))}
          />
        )}
      </section>

      <section className="m-card">
        <h2>{t('loop.m.said')}</h2>
        <p style={{ whiteSpace: 'pre-line', lineHeight: 1.7 }}>{progress.text}</p>
        {progress.placeText && (
          <p className="m-note" style={{ marginTop: 6 }}>
            <Icon name="pin" /> {progress.placeText}
          </p>
        )}
        {progress.photos.length > 0 && (
          <div className="m-photos-view" style={{ marginTop: 10 }}>
            {progress.photos.map((one, i) => (
              <ReportPhoto
                key={one.id}
                number={progress.number}
                followCode={followCode}
                fileId={one.id}
                alt={t('loop.m.photo.alt', { place: i + 1 })}
              />
            ))}
          </div>
        )}
      </section>

      <section className="m-card m-rows">
        <details>
          <summary className="m-row">
            <Icon name="eye" />
            <span className="y-grow">
              <b>{t('loop.m.reads')}</b>
              <small>{readsWords(progress, t)}</small>
            </span>
            <span className="turn" aria-hidden="true">
              <Icon name="right" size="s" />
            </span>
          </summary>
          {progress.reads.length === 0 ? (
            <p className="m-note" style={{ paddingBottom: 12 }}>
              {t('loop.m.reads.none.why')}
            </p>
          ) : (
            <ul style={{ display: 'grid', gap: 8, padding: '2px 0 14px' }}>
              {progress.reads.map((read, i) => (
                <li key={`${read.at}-${i}`} className="m-note">
                  <b className="y-b">{read.unitName ?? t('loop.m.reads.unknown')}</b>
                  <br />
                  {read.purpose}
                  <br />
                  <time dateTime={read.at} className="y-muted">
                    {exactTime(read.at)}
                  </time>
                </li>
              ))}
            </ul>
          )}
        </details>
        <details>
          <summary className="m-row">
            <Icon name="key" />
            <span className="y-grow">
              <b>{t('loop.m.codes')}</b>
              <small>{progress.number}</small>
            </span>
            <span className="turn" aria-hidden="true">
              <Icon name="right" size="s" />
            </span>
          </summary>
          <p className="m-note" style={{ paddingBottom: 12 }}>
            {t('loop.m.code')} <b className="y-b">{groupCode(followCode)}</b>
            <br />
            {t('loop.m.code.why')}
          </p>
        </details>
        <a className="m-row" href="tel:12345">
          <Icon name="phone" />
          <span className="y-grow">
            <b>{t('loop.m.call')}</b>
            <small>{t('loop.m.call.why')}</small>
          </span>
          <Icon name="right" size="s" />
        </a>
      </section>
    </>
  )
}

function readsWords(progress: Progress, t: (key: string, params?: Record<string, number>) => string): string {
  if (progress.reads.length === 0) return t('loop.m.reads.none')
  const units = new Set(progress.reads.map((read) => read.unitName)).size
  return t('loop.m.reads.count', { units, times: progress.reads.length })
}
