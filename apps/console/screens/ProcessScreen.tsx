import { lazy, Suspense, useState } from 'react'
import { Link, useParams, useSearchParams } from 'react-router'
import { formatLimit } from '#platform/calendar/format-deadline.ts'
import { getCase, getDefinition } from '#platform/process/contract.ts'
import type { ProcessDefinition } from '#platform/process/definition.ts'
import { useApi } from '#ui/api/use-api.ts'
import { type Text, useText } from '#ui/i18n/TextProvider.tsx'
import { Icon } from '#ui/icon/Icon.tsx'
import { ErrorState } from '#ui/state/ErrorState.tsx'
import { TextSkeleton } from '#ui/state/Skeletons.tsx'
import { wordOf } from './case-view.ts'

const ProcessDrawing = lazy(() => import('#ui/process/ProcessDrawing.tsx'))
const DefinitionEditor = lazy(() => import('./DefinitionEditor.tsx'))

/** One flow: as a drawing, with the case's place in it where one came from a case, and as tables. */
export default function ProcessScreen() {
  const text = useText()
  const { t, language } = text
  const id = Number(useParams().definitionId)
  const [params] = useSearchParams()
  const caseId = Number(params.get('case') ?? 0)
  const answer = useApi(getDefinition, { definitionId: id })
  const page = useApi(getCase, { id: caseId }, { enabled: caseId > 0 })
  const [tab, setTab] = useState<'drawing' | 'tables' | 'source'>('drawing')
  if (answer.error && !answer.data)
    return <ErrorState page error={answer.error} onRetry={() => void answer.refetch()} />
  if (!answer.data)
    return (
      <div className="y-page">
        <TextSkeleton />
      </div>
    )
  const row = answer.data
  const body = row.body as unknown as ProcessDefinition
  const tabs = ['drawing', 'tables', 'source'] as const
  return (
    <>
      <div className="y-pagehead">
        <Link className="y-iconbtn sm" to={caseId ? `/cases/${caseId}` : '/processes'} aria-label={t('ui.login.back')}>
          <Icon name="back" />
        </Link>
        <h1>{row.name[language]}</h1>
        <span className={row.status === 'published' ? 'y-tag pri' : 'y-tag'}>
          V{row.version} · {t(`console.process.status.${row.status}`)}
        </span>
        <nav className="y-tabs y-grow" aria-label={t('console.process.views')}>
          {tabs.map((key) => (
            <button
              type="button"
              key={key}
              className={tab === key ? 'on' : ''}
              aria-current={tab === key ? 'page' : undefined}
              onClick={() => setTab(key)}
            >
              {t(`console.process.view.${key}`)}
            </button>
          ))}
        </nav>
      </div>
      <section
        className="y-page"
        aria-label={t(`console.process.view.${tab}`)}
        // Tables are taller than the window and must scroll by keyboard
        tabIndex={tab === 'tables' ? 0 : undefined}
        style={{ paddingTop: 12, display: 'flex', flexDirection: 'column' }}
      >
        {page.data && (
          <p className="y-sm y-sub" style={{ paddingBottom: 8 }}>
            {page.data.case.number} · {page.data.case.title} · {page.data.case.stateName[language]}
          </p>
        )}
        <Suspense fallback={<TextSkeleton />}>
          {tab === 'drawing' && (
            <ProcessDrawing
              definition={body}
              current={page.data?.case.state}
              passed={page.data?.trace.map((h) => h.toState) ?? []}
              height="100%"
            />
          )}
          {tab === 'tables' && <Tables body={body} text={text} />}
          {tab === 'source' && <DefinitionEditor key={row.id} row={row} />}
        </Suspense>
      </section>
    </>
  )
}

function Tables({ body, text }: { body: ProcessDefinition; text: Text }) {
  const { t, language } = text
  const stateName = (key: string) => body.states[key]?.name[language] ?? key
  const target = (to: ProcessDefinition['actions'][string]['to']) =>
    typeof to === 'string'
      ? to === 'stay'
        ? t('console.process.stay')
        : stateName(to)
      : to.map((o) => stateName(o.to)).join(' / ')
  return (
    <div style={{ display: 'grid', gap: 24 }}>
      <section>
        <h2 className="y-sec">{t('console.process.states')}</h2>
        <table className="y-table tight">
          <thead>
            <tr>
              <th scope="col">{t('console.cases.state')}</th>
              <th scope="col">{t('console.process.phase')}</th>
              <th scope="col">{t('console.process.todo')}</th>
              <th scope="col">{t('console.process.who')}</th>
              <th scope="col">{t('console.process.clock')}</th>
            </tr>
          </thead>
          <tbody>
            {Object.entries(body.states).map(([key, s]) => {
              const clock = s.clock ? body.clocks[s.clock] : undefined
              return (
                <tr key={key}>
                  <td className="y-b">{s.name[language]}</td>
                  <td>{body.phases.find((p) => p.key === s.phase)?.name[language]}</td>
                  <td>{s.todo?.[language] ?? (s.final ? t('console.process.final') : '')}</td>
                  <td>
                    {s.assign
                      ? `${wordOf(text, 'role', s.assign.role)}`
                      : s.parallel
                        ? `${wordOf(text, 'role', s.parallel.role)} · ${t('ui.process.parallel')}`
                        : ''}
                  </td>
                  <td>{clock ? `${clock.name[language]} ${formatLimit(clock.limit.fallback, language)}` : ''}</td>
                </tr>
              )
            })}
          </tbody>
        </table>
      </section>
      <section>
        <h2 className="y-sec">{t('console.process.actions')}</h2>
        <table className="y-table tight">
          <thead>
            <tr>
              <th scope="col">{t('console.process.action')}</th>
              <th scope="col">{t('console.process.from')}</th>
              <th scope="col">{t('console.process.to')}</th>
              <th scope="col">{t('console.process.may')}</th>
              <th scope="col">{t('console.process.conditions')}</th>
            </tr>
          </thead>
          <tbody>
            {Object.entries(body.actions).map(([key, a]) => (
              <tr key={key}>
                <td className="y-b">{a.name[language]}</td>
                <td>{a.from.map(stateName).join(language === 'en' ? ', ' : '、')}</td>
                <td>{target(a.to)}</td>
                <td>
                  {[
                    a.who.permission ? wordOf(text, 'permission', a.who.permission) : '',
                    a.who.assignee ? t('console.process.assignee') : '',
                    a.who.starter ? t('console.process.starter') : '',
                    a.who.reporter ? t('console.process.reporter') : '',
                    a.who.system ? t('console.process.system') : '',
                  ]
                    .filter(Boolean)
                    .join(' · ')}
                </td>
                <td>
                  {[
                    ...(a.guards ?? []).map((g) => g.text[language]),
                    a.separate
                      ? t('console.process.separate', {
                          actions: a.separate
                            .map((k) => (k === 'start' ? body.start.name : body.actions[k]?.name)?.[language] ?? k)
                            .join(language === 'en' ? ', ' : '、'),
                        })
                      : '',
                    a.once ? t('console.process.once', { n: a.once }) : '',
                  ]
                    .filter(Boolean)
                    .join('；')}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </section>
    </div>
  )
}
