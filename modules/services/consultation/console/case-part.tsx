import { Link } from 'react-router'
import { getPack } from '#modules/services/consultation/contract.ts'
import { useApi } from '#ui/api/use-api.ts'
import type { CasePart, CasePartProps } from '#ui/case/case-part.ts'
import { exactTime } from '#ui/clock/county-time.ts'
import { useText } from '#ui/i18n/TextProvider.tsx'
import { ErrorState } from '#ui/state/ErrorState.tsx'
import { TextSkeleton } from '#ui/state/Skeletons.tsx'

/** What happened again and again, what was done about it each time, and what the meeting decided. */
function Pack({ caseId }: CasePartProps) {
  const { t, language } = useText()
  const answer = useApi(getPack, { id: caseId })
  if (answer.error && !answer.data)
    return <ErrorState tight error={answer.error} onRetry={() => void answer.refetch()} />
  if (!answer.data) return <TextSkeleton lines={5} />
  const { repeats, hidden, decisions } = answer.data
  return (
    <>
      {decisions.length > 0 && (
        <section>
          <h2 className="y-sec">{t('consultation.part.decisions')}</h2>
          <table className="y-table tight">
            <thead>
              <tr>
                <th>{t('consultation.part.decision')}</th>
                <th>{t('consultation.part.unit')}</th>
                <th>{t('consultation.part.due')}</th>
                <th>{t('consultation.part.report')}</th>
              </tr>
            </thead>
            <tbody>
              {decisions.map((decision) => (
                <tr key={decision.no}>
                  <td>{decision.text}</td>
                  <td>{decision.unitName}</td>
                  <td style={{ whiteSpace: 'nowrap' }}>{decision.due}</td>
                  <td>
                    {decision.report ? (
                      <>
                        <Link to={`/cases/${decision.report.id}`}>{decision.report.number}</Link>{' '}
                        {decision.report.stateName[language]}
                      </>
                    ) : (
                      '—'
                    )}
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </section>
      )}
      <section>
        <h2 className="y-sec">
          {t('consultation.part.repeats')} <small>{t('consultation.part.count', { n: repeats.length })}</small>
        </h2>
        <table className="y-table tight">
          <thead>
            <tr>
              <th>{t('consultation.part.number')}</th>
              <th>{t('consultation.part.opened')}</th>
              <th>{t('consultation.part.unit')}</th>
              <th>{t('consultation.part.state')}</th>
              <th>{t('consultation.part.result')}</th>
              <th>{t('consultation.part.rating')}</th>
            </tr>
          </thead>
          <tbody>
            {repeats.map(({ case: row, result, reply, rating }) => (
              <tr key={row.id}>
                <td>
                  <Link to={`/cases/${row.id}`}>{row.number}</Link>
                </td>
                <td>{exactTime(row.openedAt)}</td>
                <td>{row.unit?.shortName ?? '—'}</td>
                <td>{row.stateName[language]}</td>
                <td>{[result, reply].filter(Boolean).join('；') || t('consultation.part.noResult')}</td>
                <td>{rating ? t(`consultation.rating.${rating}`) : t('consultation.part.unrated')}</td>
              </tr>
            ))}
          </tbody>
        </table>
        {hidden > 0 && <p className="y-sm y-sub">{t('consultation.part.hidden', { n: hidden })}</p>}
      </section>
    </>
  )
}

export const casePart: CasePart = { definitions: ['consultation'], Part: Pack }
