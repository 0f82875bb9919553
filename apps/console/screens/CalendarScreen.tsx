import './CalendarScreen.css'
import { useQueryClient } from '@tanstack/react-query'
import { type KeyboardEvent, useRef, useState } from 'react'
import { announceYear, checkYear, getCalendar, getYear, listChanges, listYears } from '#platform/calendar/contract.ts'
import { useApi, useCommand } from '#ui/api/use-api.ts'
import { dayOf, nextDay, wallTime, weekdayText } from '#ui/clock/county-time.ts'
import { serverNow } from '#ui/clock/server-clock.ts'
import { useText } from '#ui/i18n/TextProvider.tsx'
import { Icon } from '#ui/icon/Icon.tsx'
import { ErrorState } from '#ui/state/ErrorState.tsx'
import { TextSkeleton } from '#ui/state/Skeletons.tsx'
import CalendarDrawer from './CalendarDrawer.tsx'
import CalendarRecord from './CalendarRecord.tsx'
import type { Adjusting, YearPage } from './calendar-view.ts'

type Mark = { kind: 'holiday' | 'workday'; name: string }

/** The county's working calendar: every deadline is counted by it, and officials enter each year's notice here. */
export default function CalendarScreen() {
  const { t } = useText()
  const queryClient = useQueryClient()
  const [year, setYear] = useState(() => wallTime(serverNow()).year)
  const years = useApi(listYears, {})
  const page = useApi(getYear, { year })
  const [editing, setEditing] = useState(false)
  const [adjusting, setAdjusting] = useState<Adjusting>()
  const refresh = () => {
    for (const route of [getYear, listYears, getCalendar, listChanges])
      void queryClient.invalidateQueries({ queryKey: [route.name] })
  }
  if (page.error && !page.data) return <ErrorState page error={page.error} onRetry={() => void page.refetch()} />
  const data = page.data
  return (
    <>
      <div className="y-pagehead">
        <h1>{t('console.nav.calendar')}</h1>
        <nav className="y-tabs y-grow" aria-label={t('console.calendar.years')}>
          {(years.data?.items ?? [])
            .slice(0, 6)
            .sort((a, b) => a.year - b.year)
            .map((y) => (
              <button
                type="button"
                key={y.year}
                className={y.year === year ? 'on' : ''}
                aria-current={y.year === year ? 'page' : undefined}
                onClick={() => {
                  setYear(y.year)
                  setEditing(false)
                }}
              >
                {y.year}
                {!y.announced && <b>{t('ui.due.provisional')}</b>}
              </button>
            ))}
        </nav>
        {data?.can.manage && !editing && (
          <>
            <button type="button" className="y-btn sm" onClick={() => setEditing(true)}>
              {t(data.announced ? 'console.calendar.editAgain' : 'console.calendar.edit')}
            </button>
            <button type="button" className="y-btn sm" onClick={() => setAdjusting({ hours: true })}>
              {t('console.calendar.setHours')}
            </button>
            <button type="button" className="y-btn sm" onClick={() => setAdjusting({ day: '' })}>
              <Icon name="plus" size="s" />
              {t('console.calendar.addDay')}
            </button>
          </>
        )}
      </div>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a year is taller than the window and must scroll by keyboard */}
      <section className="y-page" tabIndex={0} aria-label={String(year)}>
        {!data ? (
          <TextSkeleton lines={6} />
        ) : editing ? (
          <NoticeEditor
            key={year}
            page={data}
            onClose={(saved) => {
              setEditing(false)
              if (saved) refresh()
            }}
          />
        ) : (
          <>
            <p className="y-sm y-sub" style={{ marginBottom: 12 }}>
              {[
                data.announced
                  ? t('console.calendar.announced', { notice: data.notice })
                  : t('console.calendar.notAnnounced'),
                t('console.calendar.workdays', { n: data.workdays }),
                t('console.calendar.hours', { hours: data.officeHours.map((h) => `${h.from}–${h.to}`).join('，') }),
                years.data && years.data.provisionalClocks > 0
                  ? t('console.calendar.provisional', { n: years.data.provisionalClocks })
                  : '',
              ]
                .filter(Boolean)
                .join(' · ')}
            </p>
            <div className="y-calpage">
              <div>
                <YearGrid page={data} {...(data.can.manage ? { onDay: (date) => setAdjusting({ day: date }) } : {})} />
              </div>
              <CalendarRecord page={data} onAdjust={setAdjusting} />
            </div>
          </>
        )}
      </section>
      {adjusting && data && (
        <CalendarDrawer
          adjusting={adjusting}
          page={data}
          onClose={(done) => {
            setAdjusting(undefined)
            if (done) refresh()
          }}
        />
      )}
    </>
  )
}

function YearGrid({
  page,
  marks,
  onDay,
}: {
  page: YearPage
  marks?: Map<string, Mark>
  onDay?: (date: string) => void
}) {
  const { t, language } = useText()
  const today = dayOf(serverNow())
  // One stop of the tab key for the whole year; arrows go from day to day.
  const [at, setAt] = useState(() =>
    page.dates.some((d) => d.date === today) ? today : (page.dates[0]?.date ?? today),
  )
  const local = new Set(page.entered.filter((d) => d.source === 'local').map((d) => d.date))
  const move = (event: KeyboardEvent<HTMLButtonElement>, date: string) => {
    const by = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -7, ArrowDown: 7 }[event.key]
    if (!by) return
    event.preventDefault()
    const next = nextDay(date, by)
    const cell = grid.current?.querySelector<HTMLButtonElement>(`[data-date="${next}"]`)
    if (!cell) return
    setAt(next)
    cell.focus()
  }
  const grid = useRef<HTMLDivElement>(null)
  const months = Array.from({ length: 12 }, (_, m) => page.dates.filter((d) => Number(d.date.slice(5, 7)) === m + 1))
  const look = (d: YearPage['dates'][number]) => {
    const weekday = new Date(`${d.date}T00:00:00Z`).getUTCDay()
    const weekend = weekday === 0 || weekday === 6
    const mark = marks?.get(d.date)
    const kind = mark
      ? mark.kind === 'holiday'
        ? 'holiday'
        : 'makeup'
      : marks
        ? weekend
          ? 'rest'
          : ''
        : !d.workday
          ? d.name
            ? 'holiday'
            : 'rest'
          : weekend
            ? 'makeup'
            : ''
    return [
      'y-day',
      kind,
      d.provisional && !marks ? 'open' : '',
      d.date === today ? 'today' : '',
      local.has(d.date) && !marks ? 'local' : '',
    ]
      .filter(Boolean)
      .join(' ')
  }
  return (
    <>
      <div className="y-legend" style={{ marginBottom: 12 }}>
        {(
          [
            ['holiday', 'legendHoliday'],
            ['makeup', 'legendWork'],
            ['rest', 'legendRest'],
            ['local', 'legendLocal'],
            ['open', 'legendOpen'],
          ] as const
        )
          // Only what this year has is explained.
          .filter(
            ([kind]) =>
              (kind !== 'local' || (local.size > 0 && !marks)) &&
              (kind !== 'open' || (!marks && page.dates.some((d) => d.provisional))),
          )
          .map(([kind, key]) => (
            <span key={kind}>
              <span className={`y-day ${kind}`} />
              {t(`console.calendar.${key}`)}
            </span>
          ))}
      </div>
      <div className="y-year" ref={grid}>
        {months.map((days, m) => {
          const first = days[0]
          if (!first) return null
          const lead = (new Date(`${first.date}T00:00:00Z`).getUTCDay() + 6) % 7
          const cells: (YearPage['dates'][number] | null)[] = [...Array.from({ length: lead }, () => null), ...days]
          const weeks = Array.from({ length: Math.ceil(cells.length / 7) }, (_, w) => cells.slice(w * 7, w * 7 + 7))
          return (
            <section className="y-month" key={first.date}>
              <h2>{t('console.calendar.month', { n: m + 1 })}</h2>
              <table>
                <thead>
                  <tr>
                    {[0, 1, 2, 3, 4, 5, 6].map((i) => (
                      <th key={i} scope="col">
                        {weekdayText(`2024-01-0${i + 1}`, language).replace('周', '')}
                      </th>
                    ))}
                  </tr>
                </thead>
                <tbody>
                  {weeks.map((week, w) => (
                    <tr key={`${first.date}-${w}`}>
                      {Array.from({ length: 7 }, (_, i) => {
                        const d = week[i]
                        if (!d) return <td key={i} />
                        const title = [d.date, weekdayText(d.date, language), marks?.get(d.date)?.name ?? d.name]
                          .filter(Boolean)
                          .join(' ')
                        return (
                          <td key={i}>
                            {onDay ? (
                              <button
                                type="button"
                                className={look(d)}
                                title={title}
                                aria-label={`${Number(d.date.slice(8))} ${title}`}
                                data-date={d.date}
                                tabIndex={d.date === at ? 0 : -1}
                                onFocus={() => setAt(d.date)}
                                onKeyDown={(event) => move(event, d.date)}
                                onClick={() => onDay(d.date)}
                              >
                                {Number(d.date.slice(8))}
                              </button>
                            ) : (
                              <span className={look(d)} title={title}>
                                {Number(d.date.slice(8))}
                              </span>
                            )}
                          </td>
                        )
                      })}
                    </tr>
                  ))}
                </tbody>
              </table>
            </section>
          )
        })}
      </div>
    </>
  )
}

function NoticeEditor({ page, onClose }: { page: YearPage; onClose: (saved: boolean) => void }) {
  const { t, error: say } = useText()
  const [notice, setNotice] = useState(page.notice ?? '')
  const [noticeUrl, setNoticeUrl] = useState(page.noticeUrl ?? '')
  const [publishedOn, setPublishedOn] = useState(page.publishedOn ?? '')
  const [name, setName] = useState('')
  const [tool, setTool] = useState<'holiday' | 'workday' | 'none'>('holiday')
  const [marks, setMarks] = useState(
    () =>
      new Map<string, Mark>(
        page.entered.filter((d) => d.source === 'notice').map((d) => [d.date, { kind: d.kind, name: d.name }]),
      ),
  )
  const check = useCommand(checkYear)
  const save = useCommand(announceYear, () => onClose(true))
  const input = {
    year: page.year,
    notice: notice.trim(),
    ...(noticeUrl.trim() ? { noticeUrl: noticeUrl.trim() } : {}),
    ...(publishedOn ? { publishedOn } : {}),
    days: [...marks]
      .map(([date, mark]) => ({ date, kind: mark.kind, name: mark.name }))
      .sort((a, b) => (a.date < b.date ? -1 : 1)),
  }
  const problems = check.data?.problems ?? []
  return (
    <>
      <div className="y-noticeform">
        <label style={{ flex: 2, minWidth: 260 }}>
          {t('console.calendar.notice')}
          <input value={notice} maxLength={300} onChange={(event) => setNotice(event.target.value)} />
        </label>
        <label style={{ flex: 1, minWidth: 200 }}>
          {t('console.calendar.noticeUrl')}
          <input value={noticeUrl} maxLength={500} onChange={(event) => setNoticeUrl(event.target.value)} />
        </label>
        <label>
          {t('console.calendar.publishedOn')}
          <input
            value={publishedOn}
            placeholder="2026-11-04"
            maxLength={10}
            style={{ width: 120 }}
            onChange={(event) => setPublishedOn(event.target.value)}
          />
        </label>
        <label>
          {t('console.calendar.name')}
          <input value={name} maxLength={60} style={{ width: 120 }} onChange={(event) => setName(event.target.value)} />
        </label>
        <fieldset style={{ border: 0, padding: 0, margin: 0 }}>
          <legend className="y-xs y-sub" style={{ padding: 0 }}>
            {t('console.calendar.mark')}
          </legend>
          <span className="y-row" style={{ gap: 4 }}>
            {(['holiday', 'workday', 'none'] as const).map((kind) => (
              <button
                type="button"
                key={kind}
                className={tool === kind ? 'y-chip on' : 'y-chip'}
                aria-pressed={tool === kind}
                onClick={() => setTool(kind)}
              >
                {t(`console.calendar.${kind}`)}
              </button>
            ))}
          </span>
        </fieldset>
        <span className="y-grow" />
        <button type="button" className="y-btn sm" onClick={() => onClose(false)}>
          {t('ui.form.cancel')}
        </button>
        <button type="button" className="y-btn sm" disabled={check.isPending} onClick={() => check.mutate(input)}>
          {t('console.calendar.check')}
        </button>
        <button type="button" className="y-btn sm pri" disabled={save.isPending} onClick={() => save.mutate(input)}>
          {t('console.calendar.save')}
        </button>
        {problems.length > 0 && (
          <ul role="alert">
            {problems.map((p) => (
              <li key={`${p.code}-${p.date}`}>{say(p.code, { date: p.date, name: p.name }) ?? p.code}</li>
            ))}
          </ul>
        )}
        {check.data && problems.length === 0 && (
          <p className="y-sm" role="status">
            {t('console.calendar.good', { n: check.data.provisionalClocks })}
          </p>
        )}
      </div>
      {save.error ? <ErrorState tight error={save.error} /> : null}
      <YearGrid
        page={page}
        marks={marks}
        onDay={(date) => {
          check.reset()
          setMarks((old) => {
            const next = new Map(old)
            if (tool === 'none') next.delete(date)
            else
              next.set(date, {
                kind: tool,
                name: name.trim() || (old.get(date)?.name ?? t(`console.calendar.${tool}`)),
              })
            return next
          })
        }}
      />
    </>
  )
}
