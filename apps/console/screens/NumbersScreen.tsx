import './NumbersScreen.css'
import { useMemo } from 'react'
import { Link, useSearchParams } from 'react-router'
import { getNumbers, listDefinitions } from '#platform/process/contract.ts'
import { useApi } from '#ui/api/use-api.ts'
import { clockText, monthDay } from '#ui/clock/county-time.ts'
import { useText } from '#ui/i18n/TextProvider.tsx'
import { Icon } from '#ui/icon/Icon.tsx'
import { Menu } from '#ui/menu/Menu.tsx'
import { EmptyState } from '#ui/state/EmptyState.tsx'
import { ErrorState } from '#ui/state/ErrorState.tsx'
import { RowSkeletons } from '#ui/state/Skeletons.tsx'
import { type Sum, sumBy } from './numbers-view.ts'
import { useNewestDefinition } from './use-definition.ts'

const n = (value: number) => value.toLocaleString('en-US')

/** Numbers of what one may see; each of them opens the cases behind it. No ranking: towns stand in code order. */
export default function NumbersScreen() {
  const { t, language } = useText()
  const [params, setParams] = useSearchParams()
  const answer = useApi(getNumbers, {}, { every: 60_000 })
  const definitions = useApi(listDefinitions, {}, { staleTime: 300_000 })
  const definition = params.get('definition') ?? ''
  const groups = useMemo(
    () => (answer.data?.groups ?? []).filter((g) => !definition || g.definitionKey === definition),
    [answer.data, definition],
  )
  const names = new Map((definitions.data?.items ?? []).map((d) => [d.key, d.name[language]]))
  const phases = useMemo(
    () =>
      sumBy(
        groups,
        (g) => `${g.definitionKey}/${g.state}`,
        (g) => g.state,
      ),
    [groups],
  )
  const towns = useMemo(
    () =>
      sumBy(
        groups,
        (g) => g.townCode,
        (g) => g.townName,
      ),
    [groups],
  )

  if (answer.error && !answer.data)
    return <ErrorState page error={answer.error} onRetry={() => void answer.refetch()} />
  const link = (extra: Record<string, string>) => {
    const q = new URLSearchParams({ ...(definition ? { definition } : {}), ...extra })
    return `/cases?${q}`
  }
  const total = groups.reduce((sum, g) => sum + g.amount, 0)
  const overdue = groups.reduce((sum, g) => sum + (g.overdue ? g.amount : 0), 0)
  const all = answer.data
  const chain: [string, number, Record<string, string>][] = all
    ? definition
      ? [
          ['console.numbers.total', total, {}],
          ['console.numbers.overdue', overdue, { overdue: 'yes' }],
        ]
      : [
          ['console.numbers.total', all.total, {}],
          ['console.numbers.open', all.open, { open: 'yes' }],
          ['console.numbers.overdue', all.overdue, { overdue: 'yes', open: 'yes' }],
          ['console.numbers.closed', all.closed, { open: 'no' }],
        ]
    : []
  return (
    <>
      <div className="y-pagehead">
        <h1>{t('console.nav.numbers')}</h1>
        <Menu
          label={t('console.cases.kind')}
          worded
          className={definition ? 'y-chip on' : 'y-chip'}
          button={
            <>
              {t('console.cases.kind')} <b>{definition ? (names.get(definition) ?? definition) : t('ui.table.all')}</b>{' '}
              <Icon name="down" size="s" />
            </>
          }
          entries={['', ...names.keys()].map((key) => ({
            key,
            label: key ? names.get(key) : t('ui.table.all'),
            checked: key === definition,
            onPick: () => setParams(key ? { definition: key } : {}, { replace: true }),
          }))}
        />
        <span className="y-grow" />
        {all && (
          <span className="y-xs y-muted y-nowrap">
            {t('console.numbers.asOf', { at: `${monthDay(all.now)} ${clockText(all.now)}` })}
          </span>
        )}
      </div>
      {!all ? (
        <div className="y-page">
          <RowSkeletons rows={8} />
        </div>
      ) : (
        <div style={{ flex: 1, minHeight: 0, overflow: 'auto' }}>
          <dl className="y-chain">
            {chain.map(([key, value, filter]) => (
              <div key={key}>
                <dt>{t(key)}</dt>
                <dd>
                  <Link className="y-num" to={link(filter)}>
                    {n(value)}
                  </Link>
                </dd>
              </div>
            ))}
          </dl>
          {groups.length === 0 ? (
            <EmptyState icon="chart" title={t('console.numbers.none')} />
          ) : (
            <div className="y-panels">
              <section className="y-card">
                <h2>
                  {t('console.numbers.byTown')}
                  <small>{t('console.numbers.byTownNote')}</small>
                </h2>
                <table className="y-table tight">
                  <thead>
                    <tr>
                      <th scope="col">{t('console.cases.town')}</th>
                      <th scope="col" className="num">
                        {t('console.numbers.amount')}
                      </th>
                      <th scope="col" className="num">
                        {t('console.numbers.overdue')}
                      </th>
                      <th scope="col" className="num">
                        {t('console.numbers.overdueShare')}
                      </th>
                    </tr>
                  </thead>
                  <tbody>
                    {towns.map((town) => (
                      <tr key={town.key}>
                        <td>{town.name || t('console.numbers.countyLevel')}</td>
                        <td className="num">
                          <Link className="y-num" to={link({ town: town.key })}>
                            {n(town.amount)}
                          </Link>
                        </td>
                        <td className="num">
                          <Link className="y-num" to={link({ town: town.key, overdue: 'yes' })}>
                            {n(town.overdue)}
                          </Link>
                        </td>
                        <td className="num">
                          <span className="y-track" aria-hidden="true">
                            <i style={{ width: `${town.amount ? (town.overdue / town.amount) * 100 : 0}%` }} />
                          </span>
                          <span style={{ display: 'inline-block', minWidth: 44 }}>
                            {town.amount ? ((town.overdue / town.amount) * 100).toFixed(1) : '0.0'}%
                          </span>
                        </td>
                      </tr>
                    ))}
                    <tr className="sum">
                      <td>{t('console.numbers.sum')}</td>
                      <td className="num">{n(total)}</td>
                      <td className="num">{n(overdue)}</td>
                      <td className="num">{total ? ((overdue / total) * 100).toFixed(1) : '0.0'}%</td>
                    </tr>
                  </tbody>
                </table>
              </section>
              <section className="y-card">
                <h2>
                  {t('console.numbers.byState')}
                  <small>{t('console.numbers.byStateNote')}</small>
                </h2>
                <table className="y-table tight">
                  <thead>
                    <tr>
                      <th scope="col">{t('console.cases.state')}</th>
                      <th scope="col" className="num">
                        {t('console.numbers.amount')}
                      </th>
                      <th scope="col" className="num">
                        {t('console.numbers.overdue')}
                      </th>
                    </tr>
                  </thead>
                  <tbody>
                    {[...new Set(phases.map((p) => p.key.split('/')[0]!))].map((key) => (
                      <StateRows
                        key={key}
                        definition={key}
                        sums={phases.filter((p) => p.key.startsWith(`${key}/`))}
                        {...(definition ? {} : { name: names.get(key) })}
                      />
                    ))}
                  </tbody>
                </table>
              </section>
            </div>
          )}
        </div>
      )}
    </>
  )
}

/** The states of one flow, in the order in which a case goes through them. */
function StateRows({
  definition,
  sums,
  name,
}: {
  definition: string
  sums: readonly Sum[]
  name?: string | undefined
}) {
  const { language } = useText()
  const body = useNewestDefinition(definition)
  const stateOf = (sum: Sum) => sum.key.split('/')[1] ?? ''
  // The database does not keep the order of the states, but that of the phases; ends come last in theirs.
  const rank = (sum: Sum) => {
    const found = body?.states[stateOf(sum)]
    return (body?.phases.findIndex(({ key }) => key === found?.phase) ?? 0) * 2 + (found?.final ? 1 : 0)
  }
  return [...sums]
    .sort((a, b) => rank(a) - rank(b))
    .map((sum) => {
      const state = stateOf(sum)
      const to = (more: Record<string, string>) => `/cases?${new URLSearchParams({ definition, state, ...more })}`
      return (
        <tr key={sum.key}>
          <td>
            {body?.states[state]?.name[language] ?? state} {name && <span className="y-muted y-xs">{name}</span>}
          </td>
          <td className="num">
            <Link className="y-num" to={to({})}>
              {n(sum.amount)}
            </Link>
          </td>
          <td className="num">
            <Link className="y-num" to={to({ overdue: 'yes' })}>
              {n(sum.overdue)}
            </Link>
          </td>
        </tr>
      )
    })
}
