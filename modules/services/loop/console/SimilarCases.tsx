import './SimilarCases.css'
import { Link } from 'react-router'
import type { similarToCase } from '#modules/services/loop/contract.ts'
import type { RouteOutput } from '#platform/contract/route.ts'
import { monthDay } from '#ui/clock/county-time.ts'
import { type Text, useText } from '#ui/i18n/TextProvider.tsx'

type Similar = RouteOutput<typeof similarToCase>
export type Duplicate = Similar['duplicates'][number]
type Past = Similar['past'][number]

/** Number, place, distance, date and state of a candidate. */
function factsOf({ case: c, metres }: Duplicate | Past, { t, language }: Text): string {
  return [
    c.number,
    c.villageName ?? c.townName,
    metres === null ? null : t('loop.similar.metres', { metres }),
    monthDay(c.openedAt),
    c.stateName[language],
  ]
    .filter(Boolean)
    .join(' · ')
}

/** Distance and days stand among the facts; here is what else speaks for it. */
function whyOf({ why }: Duplicate | Past, { t, language }: Text): string {
  return why
    .filter(({ key }) => key !== 'similar.why.metres')
    .map(({ key, params }) => t(key, params))
    .join(language === 'en' ? '; ' : '，')
}

function outcomeOf({ outcome }: Past, { t, language }: Text): string {
  const days = outcome.tookDays
  return [
    outcome.unitName
      ? t('loop.similar.took', { unit: outcome.unitName, days })
      : t('loop.similar.tookNoUnit', { days }),
    outcome.rating === null ? null : t('loop.similar.rated', { rating: outcome.rating }),
    outcome.result ? t('loop.similar.result', { result: outcome.result }) : null,
  ]
    .filter(Boolean)
    .join(language === 'en' ? '; ' : '；')
}

/**
 * Cases to look at before going on: likely duplicates, and past ones with what became of them. One line each and why; nothing
 * at all where there is nothing, but for the clerk at intake, who is told that it was looked up.
 */
export function SimilarCases({
  similar,
  sayNone = false,
  onMerge,
}: {
  similar: Similar
  sayNone?: boolean
  /** Offered beside a duplicate that is still open, to whoever may merge. */
  onMerge?: ((into: Duplicate['case']) => void) | undefined
}) {
  const text = useText()
  const { t } = text
  const { duplicates, past } = similar
  if (duplicates.length === 0 && past.length === 0)
    return sayNone ? <p className="y-xs y-muted">{t('loop.similar.none')}</p> : null
  return (
    <div className="y-similar">
      {duplicates.length > 0 && (
        <section>
          <h2 className="y-sec">{t('loop.similar.duplicates')}</h2>
          <ul>
            {duplicates.map((each) => (
              <li key={each.case.id}>
                <div className="what">
                  <span className={`sure${each.likely ? ' likely' : ''}`}>
                    {t(each.likely ? 'loop.similar.likely' : 'loop.similar.maybe')}
                  </span>
                  <Link to={`/cases/${each.case.id}`} title={each.case.title}>
                    {each.case.title}
                  </Link>
                  <span className="facts">{factsOf(each, text)}</span>
                  {onMerge && each.case.closedAt === null && (
                    <button type="button" className="y-btn text sm y-noprint" onClick={() => onMerge(each.case)}>
                      {t('loop.similar.merge')}
                    </button>
                  )}
                </div>
                <div className="why">{whyOf(each, text)}</div>
              </li>
            ))}
          </ul>
        </section>
      )}
      {past.length > 0 && (
        <section>
          <h2 className="y-sec">{t('loop.similar.past')}</h2>
          <ul>
            {past.map((each) => (
              <li key={each.case.id}>
                <div className="what">
                  <Link to={`/cases/${each.case.id}`} title={each.case.title}>
                    {each.case.title}
                  </Link>
                  <span className="facts">{factsOf(each, text)}</span>
                </div>
                <div className="why">
                  {outcomeOf(each, text)}
                  <br />
                  {whyOf(each, text)}
                </div>
              </li>
            ))}
          </ul>
        </section>
      )}
    </div>
  )
}
