import '#modules/management/measures/console/MeasuresScreen.css'
import { Link } from 'react-router'
import { listDivisions, listLines, listUnits } from '#modules/foundation/org/contract.ts'
import {
  casesHref,
  changeText,
  type Figure,
  type Measure,
  sourceName,
  sparkLines,
  valueText,
  whole,
} from '#modules/management/measures/console/figure-words.ts'
import { ObjectsTable } from '#modules/management/measures/console/ObjectsTable.tsx'
import { askOf, usePeriod } from '#modules/management/measures/console/use-period.ts'
import { exportMeasures, getMeasures } from '#modules/management/measures/contract.ts'
import type { PeriodKind } from '#modules/management/measures/domain/period.ts'
import { apiUrl } from '#ui/api/base.ts'
import { buildRequest } from '#ui/api/request.ts'
import { useApi } from '#ui/api/use-api.ts'
import { exactTime, monthDay } from '#ui/clock/county-time.ts'
import { useText } from '#ui/i18n/TextProvider.tsx'
import { Icon } from '#ui/icon/Icon.tsx'
import { Menu } from '#ui/menu/Menu.tsx'
import { ErrorState } from '#ui/state/ErrorState.tsx'
import { RowSkeletons } from '#ui/state/Skeletons.tsx'
import { type Filter, FilterBar } from '#ui/table/FilterBar.tsx'

const KINDS: readonly PeriodKind[] = ['day', 'week', 'month', 'range']
const SECTIONS = ['report', 'dispatch', 'handle', 'close', 'hotline']
const SOURCES = ['resident', 'doorplate', 'grid', 'hotline', 'window', 'import']

/** How a period went: every number opens its cases; areas in the order of their codes, nobody ranked. */
export default function MeasuresScreen() {
  const text = useText()
  const { t, language } = text
  const period = usePeriod()
  const { kind, from, to, values } = period
  const ask = askOf(period)
  const answer = useApi(getMeasures, ask, { every: 120_000 })
  const towns = useApi(listDivisions, { depth: 9 }, { staleTime: 300_000 })
  const villages = useApi(
    listDivisions,
    { under: values.town ?? '', depth: 12 },
    { staleTime: 300_000, enabled: Boolean(values.town) },
  )
  const lines = useApi(listLines, {}, { staleTime: 300_000 })
  const units = useApi(listUnits, { limit: 200 }, { staleTime: 300_000 })
  const filters: Filter[] = [
    {
      key: 'town',
      title: t('measures.town'),
      options: (towns.data?.items ?? [])
        .filter((d) => d.code.length === 9)
        .map((d) => ({ value: d.code, label: d.name })),
    },
    ...(values.town
      ? [
          {
            key: 'village',
            title: t('measures.village'),
            options: (villages.data?.items ?? [])
              .filter((d) => d.code.length === 12)
              .map((d) => ({ value: d.code, label: d.name })),
          },
        ]
      : []),
    {
      key: 'line',
      title: t('measures.line'),
      options: (lines.data?.items ?? []).map((line) => ({ value: line.code, label: line.name[language] })),
    },
    {
      key: 'unit',
      title: t('measures.unit'),
      options: (units.data?.items ?? []).map((unit) => ({ value: String(unit.id), label: unit.name })),
    },
    {
      key: 'source',
      title: t('measures.source'),
      options: SOURCES.map((source) => ({ value: source, label: sourceName(text, source) })),
    },
  ]
  const exportHref = (format: 'xlsx' | 'csv', by?: 'town') =>
    apiUrl(buildRequest(exportMeasures, { ...ask, ...(by ? { by } : {}), format }).url)
  const inAddress = { ...values, period: kind, from, ...(kind === 'range' ? { to } : {}) }
  const data = answer.data
  return (
    <>
      <div className="y-pagehead">
        <h1>{t('measures.nav')}</h1>
        <nav className="y-tabs y-noprint" aria-label={t('measures.period')}>
          {KINDS.map((each) => (
            <button
              type="button"
              key={each}
              className={each === kind ? 'on' : ''}
              aria-pressed={each === kind}
              onClick={() => period.pick(each, from, to)}
            >
              {t(`measures.kind.${each}`)}
            </button>
          ))}
        </nav>
        <span className="y-grow" />
        <Link className="y-btn text sm y-noprint" to="/numbers">
          {t('measures.openNow')}
        </Link>
        <button type="button" className="y-btn sm y-noprint" onClick={() => window.print()}>
          <Icon name="print" size="s" />
          {t('measures.print')}
        </button>
        <Menu
          label={t('measures.export')}
          worded
          className="y-btn sm y-noprint"
          align="end"
          button={
            <>
              <Icon name="download" size="s" />
              {t('measures.export')}
            </>
          }
          entries={[
            { key: 'x', label: t('measures.exportFigures', { format: 'Excel' }), href: exportHref('xlsx') },
            { key: 'c', label: t('measures.exportFigures', { format: 'CSV' }), href: exportHref('csv') },
            { key: 't', label: t('measures.exportTowns', { format: 'Excel' }), href: exportHref('xlsx', 'town') },
          ].map(({ key, label, href }) => ({ key, label, onPick: () => window.location.assign(href) }))}
        />
      </div>
      <div className="y-ms-bar">
        <span className="y-ms-period">
          <button
            type="button"
            className="y-iconbtn sm y-noprint"
            aria-label={t('measures.before')}
            title={t('measures.before')}
            onClick={() => period.step(-1)}
          >
            <Icon name="back" size="s" />
          </button>
          <b>{kind === 'day' ? from : kind === 'month' ? from.slice(0, 7) : `${from} – ${monthDay(to)}`}</b>
          <button
            type="button"
            className="y-iconbtn sm y-noprint"
            aria-label={t('measures.after')}
            title={t('measures.after')}
            onClick={() => period.step(1)}
          >
            <Icon name="right" size="s" />
          </button>
        </span>
        {kind === 'range' && (
          <span className="y-ms-period y-noprint">
            <input
              type="date"
              aria-label={t('measures.from')}
              value={from}
              onChange={(event) => event.target.value && period.pick('range', event.target.value, to)}
            />
            –
            <input
              type="date"
              aria-label={t('measures.to')}
              value={to}
              onChange={(event) => event.target.value && period.pick('range', from, event.target.value)}
            />
          </span>
        )}
        <FilterBar
          filters={filters}
          values={values}
          onFilter={(next) => period.set({ ...next, village: next.town === values.town ? (next.village ?? '') : '' })}
        />
      </div>
      {answer.error && !data ? (
        <ErrorState page error={answer.error} onRetry={() => void answer.refetch()} />
      ) : !data ? (
        <div className="y-page">
          <RowSkeletons rows={10} />
        </div>
      ) : (
        <div className="y-ms-body">
          <p className="y-ms-note">
            {data.areas.length > 0 && `${t('measures.areas', { names: data.areas.map((a) => a.name).join('、') })} `}
            {t(data.unfinished ? 'measures.noteUnfinished' : 'measures.note')}{' '}
            <span className="y-nowrap">{t('measures.asOf', { at: exactTime(data.now).slice(0, 16) })}</span>
          </p>
          <section className="y-card">
            <div className="y-ms-scroll">
              <table className="y-table tight y-ms">
                <thead>
                  <tr>
                    <th scope="col">{t('measures.measure')}</th>
                    <th scope="col" className="num">
                      {t('measures.value')}
                    </th>
                    <th scope="col" className="num">
                      {t('measures.sides')}
                    </th>
                    <th scope="col" className="num">
                      {t('measures.previous', { from: monthDay(data.previous.from), to: monthDay(data.previous.to) })}
                    </th>
                    <th scope="col" className="num">
                      {t('measures.change')}
                    </th>
                    <th scope="col">{t('measures.trend', { n: data.trend.length })}</th>
                  </tr>
                </thead>
                {SECTIONS.map((section) => {
                  const items = data.items.filter((item) => item.measure.section === section)
                  return (
                    items.length > 0 && (
                      <tbody key={section}>
                        <tr>
                          <th scope="rowgroup" colSpan={6}>
                            {t(`measures.section.${section}`)}
                          </th>
                        </tr>
                        {items.map(({ measure, figure, previous, trend }) => (
                          <tr key={measure.key}>
                            <td>
                              {measure.name[language]}{' '}
                              <span className="y-ms-words" title={measure.source}>
                                {measure.words[language]}
                              </span>
                            </td>
                            <td className="num value">
                              <Value
                                measure={measure}
                                figure={figure}
                                href={casesHref(inAddress, measure.key, 'numerator')}
                              />
                            </td>
                            <td className="num">
                              <Sides measure={measure} figure={figure} values={inAddress} />
                            </td>
                            <td className="num">{valueText(measure.unit, previous.value)}</td>
                            <td className="num">{changeText(measure.unit, figure.value, previous.value)}</td>
                            <td>
                              <Spark
                                values={trend}
                                label={`${measure.name[language]}：${trend.map((v) => valueText(measure.unit, v)).join('，')}`}
                              />
                            </td>
                          </tr>
                        ))}
                      </tbody>
                    )
                  )
                })}
              </table>
            </div>
            <p className="y-ms-note">{t('measures.toVerify')}</p>
          </section>
          <ObjectsTable period={period} />
        </div>
      )}
    </>
  )
}

function Value({ measure, figure, href }: { measure: Measure; figure: Figure; href: string }) {
  const { t } = useText()
  if (figure.value === null) return <span className="y-muted">—</span>
  return (
    <Link className="y-num" to={href}>
      {valueText(measure.unit, figure.value)}
      {measure.unit === 'hours' && <small>{` ${t('measures.hour')}`}</small>}
    </Link>
  )
}

/** Numerator and denominator, each opening its own cases; hours are shown by their number of cases. */
function Sides({ measure, figure, values }: { measure: Measure; figure: Figure; values: Record<string, string> }) {
  if (figure.denominator === null) return null
  return (
    <>
      {measure.unit !== 'hours' && (
        <>
          <Link className="y-num" to={casesHref(values, measure.key, 'numerator')}>
            {whole(figure.numerator)}
          </Link>
          {' / '}
        </>
      )}
      <Link className="y-num" to={casesHref(values, measure.key, 'denominator')}>
        {whole(figure.denominator)}
      </Link>
    </>
  )
}

function Spark({ values, label }: { values: readonly (number | null)[]; label: string }) {
  const lines = sparkLines(values, 120, 28)
  const last = lines.at(-1)?.split(' ').at(-1)?.split(',')
  return (
    <svg className="spark" viewBox="0 0 120 28" role="img" aria-label={label}>
      {lines.map((points) => (
        <polyline key={points} points={points} />
      ))}
      {last && values.at(-1) !== null && <circle cx={last[0]} cy={last[1]} r="2.5" />}
    </svg>
  )
}
