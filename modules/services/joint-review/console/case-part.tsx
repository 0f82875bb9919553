import type { Averages } from '#modules/services/joint-review/domain/scores.ts'
import type { CasePart, CasePartProps } from '#ui/case/case-part.ts'
import { useText } from '#ui/i18n/TextProvider.tsx'

const text = (value: unknown) => (typeof value === 'string' && value !== '' ? value : undefined)

/** What was decided and how the experts scored, once all scores are open. */
function Reviewed({ data }: CasePartProps) {
  const { t } = useText()
  const scores = data.scores as Averages | undefined
  const outcome = text(data.outcome)
  if (!scores && !outcome) return null
  const facts = [
    [t('joint_review.part.outcome'), outcome],
    [t('joint_review.part.minutes'), [text(data.minutesNumber), text(data.minutes)].filter(Boolean).join('\n')],
    [t('joint_review.part.revision'), text(data.revision)],
    [t('joint_review.part.document'), text(data.documentNumber)],
  ].filter(([, value]) => value)
  const row = (name: string, { mean, lowest, highest, spread }: Averages['total']) => (
    <>
      <td>{name}</td>
      <td className="num">{mean.toFixed(1)}</td>
      <td className="num">
        {lowest.toFixed(1)}–{highest.toFixed(1)}
      </td>
      <td className="num">{spread.toFixed(1)}</td>
    </>
  )
  return (
    <div style={{ display: 'grid', gap: 16 }}>
      {outcome && (
        <dl className="y-facts">
          {facts.map(([label, value]) => (
            <div key={label} style={{ display: 'contents' }}>
              <dt>{label}</dt>
              <dd>{value}</dd>
            </div>
          ))}
        </dl>
      )}
      {scores && (
        <div>
          <h2 className="y-sec">
            {t('joint_review.part.scores')} <small>{t('joint_review.part.opened', { n: scores.experts })}</small>
          </h2>
          <table className="y-table tight">
            <thead>
              <tr>
                <th>{t('joint_review.part.criterion')}</th>
                <th className="num">{t('joint_review.part.mean')}</th>
                <th className="num">{t('joint_review.part.range')}</th>
                <th className="num">{t('joint_review.part.spread')}</th>
              </tr>
            </thead>
            <tbody>
              {scores.criteria.map((criterion) => (
                <tr key={criterion.key}>{row(criterion.name, criterion)}</tr>
              ))}
              <tr className="on">{row(t('joint_review.part.total'), scores.total)}</tr>
            </tbody>
          </table>
        </div>
      )}
    </div>
  )
}

export const casePart: CasePart = { definitions: ['joint_review'], Part: Reviewed }
