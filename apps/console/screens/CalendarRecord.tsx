import { listChanges } from '#platform/calendar/contract.ts'
import { useApiPages } from '#ui/api/use-api.ts'
import { dayOf, exactTime, hourMinute, monthDay, weekdayText } from '#ui/clock/county-time.ts'
import { serverNow } from '#ui/clock/server-clock.ts'
import { useText } from '#ui/i18n/TextProvider.tsx'
import { ErrorState } from '#ui/state/ErrorState.tsx'
import { TextSkeleton } from '#ui/state/Skeletons.tsx'
import { type Adjusting, changeText, hoursText, type YearPage } from './calendar-view.ts'

/** Beside the year: the county's own days, its office hours, and who changed what. */
export default function CalendarRecord({
  page,
  onAdjust,
}: {
  page: YearPage
  onAdjust: (adjusting: Adjusting) => void
}) {
  const { t, language } = useText()
  const changes = useApiPages(listChanges, { limit: 8 })
  const today = dayOf(serverNow())
  const local = page.entered.filter((day) => day.source === 'local')
  const periods = page.hoursPeriods
  const current = periods.findLastIndex((period) => period.from <= today)
  // What held long ago is in the record of changes.
  const shown = periods.slice(Math.max(0, current))
  const rows = changes.data?.pages.flatMap((answer) => answer.items) ?? []
  return (
    <aside className="y-calside">
      <section>
        <h2>{t('console.calendar.localDays')}</h2>
        {local.length === 0 ? (
          <p className="none">{t('console.calendar.noLocalDays')}</p>
        ) : (
          <ul>
            {local.map((day) => (
              <li key={day.date}>
                <span className="head">
                  <b>
                    {monthDay(day.date)} {weekdayText(day.date, language)}
                  </b>
                  {t(`console.calendar.${day.kind === 'holiday' ? 'holiday' : 'localWork'}`)}
                  {page.can.manage && (
                    <button
                      type="button"
                      className="y-link acts"
                      aria-label={`${t('console.calendar.removeDay')} ${day.date}`}
                      onClick={() => onAdjust({ remove: day.date })}
                    >
                      {t('console.calendar.removeDay')}
                    </button>
                  )}
                </span>
                <small>{[day.name, day.basis].filter(Boolean).join(' · ')}</small>
              </li>
            ))}
          </ul>
        )}
      </section>
      <section>
        <h2>{t('console.calendar.officeHours')}</h2>
        <ul>
          {shown.map((period, i) => (
            <li key={period.from}>
              <span className="head">
                <b>{hoursText(period.hours)}</b>
              </span>
              <small>
                {i === 0 && period.from <= today
                  ? t('console.calendar.hoursNow')
                  : t('console.calendar.hoursFrom', { date: period.from })}
              </small>
            </li>
          ))}
        </ul>
      </section>
      <section>
        <h2>{t('console.calendar.changes')}</h2>
        {changes.isLoading ? (
          <TextSkeleton lines={3} />
        ) : changes.error ? (
          <ErrorState tight error={changes.error} onRetry={() => void changes.refetch()} />
        ) : rows.length === 0 ? (
          <p className="none">{t('console.calendar.noChanges')}</p>
        ) : (
          <ul>
            {rows.map((change) => (
              <li key={change.id}>
                <span className="head">
                  <span>
                    {changeText(change, t)}
                    {change.undoes ? t('console.calendar.undoMark') : ''}
                  </span>
                  {change.undone ? (
                    <span className="y-muted y-xs acts">{t('console.calendar.undone')}</span>
                  ) : (
                    change.can.undo && (
                      <button
                        type="button"
                        className="y-link acts"
                        aria-label={`${t('console.calendar.undo')} ${changeText(change, t)}`}
                        onClick={() => onAdjust({ undo: change })}
                      >
                        {t('console.calendar.undo')}
                      </button>
                    )
                  )}
                </span>
                <small title={exactTime(change.at)}>
                  {[`${dayOf(change.at)} ${hourMinute(change.at)}`, change.byName, change.basis]
                    .filter(Boolean)
                    .join(' · ')}
                </small>
              </li>
            ))}
          </ul>
        )}
        {changes.hasNextPage && (
          <button type="button" className="y-link" onClick={() => void changes.fetchNextPage()}>
            {t('console.calendar.moreChanges')}
          </button>
        )}
      </section>
    </aside>
  )
}
