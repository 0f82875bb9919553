import { Link } from 'react-router'
import { getCaller } from '#modules/services/loop/contract.ts'
import { useApi } from '#ui/api/use-api.ts'
import { monthDay } from '#ui/clock/county-time.ts'
import { useText } from '#ui/i18n/TextProvider.tsx'
import { ErrorState } from '#ui/state/ErrorState.tsx'
import { TextSkeleton } from '#ui/state/Skeletons.tsx'

/** What the same number brought before, masked. Looking leaves a row with its purpose. */
export function CallerPanel({ phone, source }: { phone: string; source: string | undefined }) {
  const { t, language } = useText()
  const purpose = t(source === 'window' ? 'loop.desk.purpose.window' : 'loop.desk.purpose.call')
  const caller = useApi(getCaller, { phone, purpose }, { staleTime: 600_000 })
  if (caller.error && !caller.data) return <ErrorState tight error={caller.error} />
  if (!caller.data) return <TextSkeleton lines={2} />
  const { name, cases, questions } = caller.data
  return (
    <section className="box" aria-label={t('loop.desk.caller')}>
      <h2 className="y-sec">
        {t('loop.desk.caller')} <small>{name ?? ''}</small>
      </h2>
      {cases.length === 0 && questions.length === 0 ? (
        <p className="y-xs y-muted">{t('loop.desk.caller.none')}</p>
      ) : (
        <ul>
          {cases.map((c) => (
            <li key={`c${c.id}`}>
              <Link to={`/cases/${c.id}`}>{c.title}</Link>
              <span className="y-xs y-muted">
                {[c.number, monthDay(c.openedAt), c.stateName[language]].join(' · ')}
              </span>
            </li>
          ))}
          {questions.map((q) => (
            <li key={`q${q.id}`}>
              <span>{q.question}</span>
              <span className="y-xs y-muted">
                {[t('loop.desk.question'), monthDay(q.at), t(`loop.desk.outcome.${q.outcome}`)].join(' · ')}
              </span>
            </li>
          ))}
        </ul>
      )}
      <p className="y-xs y-muted">{t('loop.desk.caller.logged')}</p>
    </section>
  )
}
