import { useMemo } from 'react'
import { Link, useSearchParams } from 'react-router'
import type { Static } from 'typebox'
import { listDivisions, listLines, listUnits } from '#modules/foundation/org/contract.ts'
import { listClasses } from '#modules/management/duties/contract.ts'
import { formatDeadline } from '#platform/calendar/format-deadline.ts'
import { type CaseRowShape, exportCases, listCases, listDefinitions } from '#platform/process/contract.ts'
import { apiUrl } from '#ui/api/base.ts'
import { buildRequest } from '#ui/api/request.ts'
import { useApi, useApiPages } from '#ui/api/use-api.ts'
import '#ui/clock/Countdown.css'
import { exactTime, hourMinute, monthDay } from '#ui/clock/county-time.ts'
import { serverNow } from '#ui/clock/server-clock.ts'
import { useText } from '#ui/i18n/TextProvider.tsx'
import { Severity } from '#ui/severity/Severity.tsx'
import { type SeverityLevel, severities } from '#ui/severity/severity.ts'
import { type Column, DataTable } from '#ui/table/DataTable.tsx'
import type { Filter } from '#ui/table/FilterBar.tsx'
import { pageProps } from '#ui/table/page-props.ts'
import { severityOf } from '../case-words.ts'
import { caseFilters, stateChoices } from './case-filters.ts'
import { wordOf } from './case-view.ts'

type CaseRow = Static<typeof CaseRowShape>

const sources = ['resident', 'doorplate', 'grid', 'hotline', 'window', 'request', 'import']

/** Every case one may see: filters in the address, so that a list can be sent to a colleague. */
export default function CasesScreen() {
  const text = useText()
  const { t, language } = text
  const [params, setParams] = useSearchParams()
  const values = Object.fromEntries(params)
  const definitions = useApi(listDefinitions, {}, { staleTime: 300_000 })
  const towns = useApi(listDivisions, { depth: 9 }, { staleTime: 300_000 })

  const lines = useApi(listLines, {}, { staleTime: 300_000 })
  const units = useApi(listUnits, { limit: 200 }, { staleTime: 300_000 })
  const classes = useApi(listClasses, {}, { staleTime: 300_000 })

  const input = caseFilters(values)
  const answer = useApiPages(listCases, { ...input, limit: 50, count: true })
  const rows = useMemo(() => answer.data?.pages.flatMap((page) => page.items), [answer.data])
  const first = answer.data?.pages[0]

  const lineNames = new Map((lines.data?.items ?? []).map((l) => [l.code, l.name[language]]))
  const columns: Column<CaseRow>[] = [
    {
      key: 'severity',
      title: t('ui.inbox.column.severity'),
      width: 72,
      cell: (r) => <Severity level={severityOf(r.severity)} />,
    },
    {
      key: 'title',
      title: t('ui.inbox.column.matter'),
      fixed: true,
      cell: (r) => (
        <>
          <Link className="t" to={`/cases/${r.id}`}>
            {r.title}
          </Link>
          <span className="n">{[r.number, r.className ?? r.definitionName[language]].join(' · ')}</span>
        </>
      ),
    },
    { key: 'state', title: t('console.cases.state'), width: 110, cell: (r) => r.stateName[language] },
    {
      key: 'place',
      title: t('console.cases.place'),
      width: 150,
      cell: (r) => [r.townName, r.villageName].filter(Boolean).join(' '),
    },
    { key: 'unit', title: t('console.cases.unit'), width: 150, cell: (r) => r.unit?.shortName ?? '' },
    { key: 'source', title: t('ui.inbox.column.source'), width: 90, cell: (r) => wordOf(text, 'source', r.source) },
    {
      key: 'line',
      title: t('console.cases.line'),
      width: 120,
      optional: true,
      cell: (r) => (r.lineCode === null ? '' : (lineNames.get(r.lineCode) ?? r.lineCode)),
    },
    {
      key: 'opened',
      title: t('console.cases.opened'),
      width: 110,
      cell: (r) => <span title={exactTime(r.openedAt)}>{`${monthDay(r.openedAt)} ${hourMinute(r.openedAt)}`}</span>,
    },
    {
      key: 'due',
      title: t('console.cases.due'),
      width: 180,
      cell: (r) =>
        r.closedAt ? (
          <span className="y-muted">
            {t('console.cases.closedAt', { at: `${monthDay(r.closedAt)} ${hourMinute(r.closedAt)}` })}
          </span>
        ) : r.dueAt ? (
          <Deadline at={r.dueAt} overdue={r.overdue} provisional={r.provisional} severity={severityOf(r.severity)} />
        ) : (
          <span className="y-muted">{t('ui.due.none')}</span>
        ),
    },
  ]
  const yesNo = [
    { value: 'yes', label: t('ui.yes') },
    { value: 'no', label: t('ui.no') },
  ]
  const published = (definitions.data?.items ?? []).filter((d) => d.status !== 'draft')
  const filters: Filter[] = [
    { key: 'open', title: t('console.cases.open'), options: yesNo },
    { key: 'overdue', title: t('console.cases.overdue'), options: yesNo },
    { key: 'opened', title: t('console.cases.opened'), span: { from: 'from', to: 'to' } },
    { key: 'state', title: t('console.cases.state'), options: stateChoices(published, values.definition, language) },
    {
      key: 'unit',
      title: t('console.cases.unit'),
      options: (units.data?.items ?? []).map((u) => ({ value: String(u.id), label: u.name })),
    },
    {
      key: 'town',
      title: t('console.cases.town'),
      options: (towns.data?.items ?? [])
        .filter((d) => d.level === 9 || d.code.length === 9)
        .map((d) => ({ value: d.code, label: d.name })),
    },
    {
      key: 'definition',
      title: t('console.cases.kind'),
      rare: true,
      options: [...new Map(published.map((d) => [d.key, d.name[language]]))].map(([value, label]) => ({
        value,
        label,
      })),
    },
    {
      key: 'line',
      title: t('console.cases.line'),
      rare: true,
      options: [...lineNames].map(([value, label]) => ({ value, label })),
    },
    {
      key: 'classCode',
      title: t('console.cases.class'),
      rare: true,
      options: (classes.data?.items ?? []).map((c) => ({ value: c.code, label: c.fullName })),
    },
    {
      key: 'severity',
      title: t('ui.inbox.column.severity'),
      rare: true,
      options: severities.map((s, i) => ({ value: String(i + 1), label: t(`ui.severity.${s}`) })),
    },
    {
      key: 'source',
      title: t('ui.inbox.column.source'),
      rare: true,
      options: sources.map((s) => ({ value: s, label: t(`source.${s}`) })),
    },
    {
      key: 'undelivered',
      title: t('console.cases.undelivered'),
      rare: true,
      options: [{ value: 'yes', label: t('ui.yes') }],
    },
  ]
  const exportHref = (format: 'xlsx' | 'csv') => apiUrl(buildRequest(exportCases, { ...input, format }).url)
  return (
    <>
      <div className="y-pagehead">
        <h1>{t('console.nav.cases')}</h1>
        {values.q && <span className="y-sub">{t('console.cases.found', { q: values.q })}</span>}
      </div>
      <DataTable
        name="cases"
        columns={columns}
        rows={rows}
        rowKey={(r) => r.id}
        filters={filters}
        values={values}
        onFilter={(next) => setParams(Object.fromEntries(Object.entries(next).filter(([, v]) => v)), { replace: true })}
        findHint={t('console.cases.find')}
        count={first?.count}
        capped={first?.capped}
        {...pageProps(answer)}
        exports={[
          { label: 'Excel', href: exportHref('xlsx') },
          { label: 'CSV', href: exportHref('csv') },
        ]}
      />
    </>
  )
}

/** When it is due. How much working time that is depends on the clock, which the case page tells. */
function Deadline({
  at,
  overdue,
  provisional,
  severity,
}: {
  at: string
  overdue: boolean
  provisional: boolean
  severity: SeverityLevel | null
}) {
  const { t, language } = useText()
  const words = formatDeadline(new Date(at), language, { now: new Date(serverNow()), provisional })
  return overdue ? (
    <span className={`y-left hot y-sev-${severity ?? ''}`} title={exactTime(at)}>
      {t('ui.inbox.group.overdue')} · {words}
    </span>
  ) : (
    <span title={exactTime(at)}>{words}</span>
  )
}
