import { useEffect } from 'react'
import { Link } from 'react-router'
import { call } from '#ui/api/client.ts'
import { serverNow } from '#ui/clock/server-clock.ts'
import { useText } from '#ui/i18n/TextProvider.tsx'
import { Bones } from '#ui/mobile/Bones.tsx'
import { failureWords } from '#ui/mobile/Failure.tsx'
import { Steps } from '#ui/mobile/Steps.tsx'
import { useLoad } from '#ui/mobile/use-load.ts'
import { type KeptReport, keepProgress } from '../kept-reports.ts'
import { followReport } from '../public-routes.ts'
import { momentWords, shortMoment } from '../time-words.ts'
import { KeptState } from './KeptList.tsx'

const MOST_STEPS = 4

/** The report that matters most to this phone, with its last steps. */
export function RecentReport({ report, onSeen }: { report: KeptReport; onSeen: () => void }) {
  const { t, language } = useText()
  const { number, followCode } = report
  const [load] = useLoad(number, (signal) => call(followReport, { number, followCode }, { signal }))
  const progress = load.value
  useEffect(() => {
    if (!progress) return
    keepProgress(progress, followCode)
    onSeen()
  }, [progress, followCode, onSeen])
  const now = serverNow()
  const steps = progress?.steps.slice(-MOST_STEPS) ?? []
  return (
    <section className="m-card">
      <div className="y-row" style={{ alignItems: 'flex-start' }}>
        <h2 className="y-grow">{t('loop.m.mine', { title: progress?.title ?? report.title })}</h2>
        <Link
          className="m-link y-nowrap"
          style={{ marginRight: -8 }}
          to={`/follow/${encodeURIComponent(number)}`}
          aria-label={t('loop.m.mine.open', { title: progress?.title ?? report.title })}
        >
          {t('loop.m.mine.details')}
        </Link>
      </div>
      <p className="m-note" style={{ margin: '0 0 8px' }}>
        {t('loop.m.kept.at', { when: shortMoment(report.at, now, language) })} <KeptState report={report} />
      </p>
      {!progress && load.loading && <Bones heights={[84]} slow={load.slow} />}
      {load.error && <p className="m-note">{failureWords(load.error, t).what}</p>}
      {progress && (
        <Steps
          nowLabel={t('loop.m.steps.now')}
          steps={steps.map((step, i) => ({
            key: `${step.at}-${i}`,
            name: step.name[language],
            note: step.unitName,
            time: shortMoment(step.at, now, language),
            at: step.at,
            now: step.now,
          }))}
        />
      )}
      {progress && !progress.closed && !progress.reply && progress.answerBy && Date.parse(progress.answerBy) >= now && (
        <p className="m-note" style={{ marginTop: 4 }}>
          {t('loop.m.by', { when: momentWords(progress.answerBy, now, language) })}
        </p>
      )}
    </section>
  )
}
