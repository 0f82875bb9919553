import { useState } from 'react'
import { Link } from 'react-router'
import { casesHref, sourceName, valueText, whole } from '#modules/management/measures/console/figure-words.ts'
import { askOf, type PeriodState } from '#modules/management/measures/console/use-period.ts'
import { compareObjects } from '#modules/management/measures/contract.ts'
import { useApi } from '#ui/api/use-api.ts'
import { useText } from '#ui/i18n/TextProvider.tsx'
import { ErrorState } from '#ui/state/ErrorState.tsx'
import { RowSkeletons } from '#ui/state/Skeletons.tsx'

const BY = ['town', 'village', 'line', 'unit', 'source'] as const
type By = (typeof BY)[number]
const SECTIONS = ['report', 'dispatch', 'handle', 'close', 'hotline'] as const

/** The same figures for each area, line, unit or source, in the order of codes. */
export function ObjectsTable({ period }: { period: PeriodState }) {
  const text = useText()
  const { t, language } = text
  const { values, kind, from, to } = period
  const by: By = BY.find((each) => each === values.by) ?? (values.town ? 'village' : 'town')
  const [section, setSection] = useState<(typeof SECTIONS)[number]>('handle')
  const answer = useApi(compareObjects, { ...askOf(period), by })
  const data = answer.data
  const measures = (data?.measures ?? []).filter((measure) => measure.section === section)
  const address = { ...values, period: kind, from, ...(kind === 'range' ? { to } : {}) }
  const objectOf = (key: string): Record<string, string> =>
    by === 'village' ? { village: key, town: key.slice(0, 9) } : { [by]: key }
  return (
    <section className="y-card">
      <h2>
        {t('measures.objects')}
        <small>{t('measures.objectsNote')}</small>
      </h2>
      <div className="y-ms-tools y-noprint">
        <nav className="y-tabs" aria-label={t('measures.objects')}>
          {BY.map((each) => (
            <button
              type="button"
              key={each}
              className={each === by ? 'on' : ''}
              aria-pressed={each === by}
              onClick={() => period.set({ by: each })}
            >
              {t(`measures.by.${each}`)}
            </button>
          ))}
        </nav>
        <span className="y-grow" />
        <nav className="y-tabs" aria-label={t('measures.measure')}>
          {SECTIONS.map((each) => (
            <button
              type="button"
              key={each}
              className={each === section ? 'on' : ''}
              aria-pressed={each === section}
              onClick={() => setSection(each)}
            >
              {t(`measures.section.${each}`)}
            </button>
          ))}
        </nav>
      </div>
      {answer.error && !data ? (
        <ErrorState error={answer.error} onRetry={() => void answer.refetch()} />
      ) : !data ? (
        <RowSkeletons rows={6} />
      ) : data.items.length === 0 ? (
        <p className="y-ms-empty">{t('measures.noObjects')}</p>
      ) : (
        <div className="y-ms-scroll">
          <table className="y-table tight y-ms-objects">
            <thead>
              <tr>
                <th scope="col">{t(`measures.${by}`)}</th>
                {measures.map((measure) => (
                  <th key={measure.key} scope="col" className="num" title={measure.words[language]}>
                    {measure.name[language]}
                    {measure.unit === 'hours' ? t('measures.hours') : ''}
                  </th>
                ))}
                {data.composite && (
                  <th scope="col" className="num" title={data.composite.documentNumber}>
                    {data.composite.name}
                  </th>
                )}
              </tr>
            </thead>
            <tbody>
              {data.items.map((item) => (
                <tr key={item.key}>
                  <td>{by === 'source' ? sourceName(text, item.key) : item.name}</td>
                  {measures.map((measure) => {
                    const figure = item.figures[measure.key]
                    return (
                      <td key={measure.key} className="num">
                        {figure && figure.value !== null ? (
                          <Link
                            className="y-num"
                            title={
                              figure.denominator === null
                                ? undefined
                                : `${whole(figure.numerator)} / ${whole(figure.denominator)}`
                            }
                            to={casesHref(
                              { ...address, ...objectOf(item.key) },
                              measure.key,
                              // A share of nought has no cases of its own: it opens those it was asked of.
                              figure.numerator === 0 && figure.denominator ? 'denominator' : 'numerator',
                            )}
                          >
                            {valueText(measure.unit, figure.value)}
                          </Link>
                        ) : (
                          <span className="y-muted">—</span>
                        )}
                      </td>
                    )
                  })}
                  {data.composite && (
                    <td className="num">{item.composite === null ? '—' : item.composite.toFixed(1)}</td>
                  )}
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
      {data?.composite && (
        <p className="y-ms-note">
          {t('measures.compositeNote', {
            name: data.composite.name,
            document: data.composite.documentNumber,
            weights: Object.entries(data.composite.weights)
              .map(([key, weight]) => `${data.measures.find((m) => m.key === key)?.name[language] ?? key} ${weight}`)
              .join('、'),
          })}
        </p>
      )}
    </section>
  )
}
