import '#ui/case/CasePage.css'
import type { ReactNode } from 'react'
import { formatDeadline, formatLimit, formatRemaining } from '#platform/calendar/format-deadline.ts'
import type { Limit, WorkCalendar } from '#platform/calendar/work-calendar.ts'
import { exactTime } from '#ui/clock/county-time.ts'
import { type Due, leftOf } from '#ui/clock/due.ts'
import { useNow } from '#ui/clock/server-clock.ts'
import { useText } from '#ui/i18n/TextProvider.tsx'
import { Icon } from '#ui/icon/Icon.tsx'
import { Severity } from '#ui/severity/Severity.tsx'
import type { SeverityLevel } from '#ui/severity/severity.ts'

export interface CaseClockView {
  key: string
  name: string
  limit: Limit
  due: Due
  /** Set when the clock has ended for good. */
  stoppedAt?: string | null
  /** Said instead of the plain word for a clock that has ended, e.g. 已反馈. */
  outcome?: string
  note?: string
}

/** Which clock rules: of those that run, the one that is late or due first. */
export function leadingClock(clocks: readonly CaseClockView[]): string | undefined {
  const running = clocks.filter((c) => !c.stoppedAt && !c.due.pausedAt)
  return running.sort((a, b) => Date.parse(a.due.at) - Date.parse(b.due.at))[0]?.key
}

/** Number, title, severity, state, class, place, unit, and every clock of the case side by side. */
export function CaseHeader({
  back,
  number,
  secrecy,
  title,
  severity,
  urgent,
  state,
  facts,
  clocks,
  calendar,
}: {
  back?: ReactNode
  number: string
  /** Shown beside the number when the case is not public. */
  secrecy?: string | null
  title: string
  severity?: SeverityLevel | null | undefined
  urgent?: boolean
  state: string
  /** Class, place, unit: whatever is known, in this order. */
  facts: ReactNode[]
  clocks: readonly CaseClockView[]
  calendar: WorkCalendar
}) {
  const main = leadingClock(clocks)
  const order = [...clocks].sort((a, b) => rank(a, main) - rank(b, main) || Date.parse(a.due.at) - Date.parse(b.due.at))
  return (
    <header className="y-casehead">
      <div style={{ minWidth: 0 }}>
        <div className="y-row y-sm y-muted" style={{ marginBottom: 2 }}>
          {back}
          <span>{number}</span>
          {secrecy && (
            <span className="y-tag lock">
              <Icon name="lock" size="s" />
              {secrecy}
            </span>
          )}
        </div>
        <h1>
          <span className="y-clip" title={title}>
            {title}
          </span>
          {severity && <Severity level={severity} urgent={urgent ?? false} />}
        </h1>
        <div className="y-row y-sm y-sub facts">
          <span className="y-tag pri">{state}</span>
          {facts.filter(Boolean).map((fact, i) => (
            <span key={i} className="y-nowrap">
              {fact}
            </span>
          ))}
        </div>
      </div>
      {order.length > 0 && (
        <div className="y-clocks">
          {order.slice(0, 3).map((clock) => (
            <ClockCard
              key={clock.key}
              clock={clock}
              main={clock.key === main}
              calendar={calendar}
              severity={severity ?? null}
            />
          ))}
        </div>
      )}
    </header>
  )
}

function rank(clock: CaseClockView, main: string | undefined): number {
  if (clock.key === main) return 0
  if (!clock.stoppedAt && !clock.due.pausedAt) return 1
  return clock.stoppedAt ? 3 : 2
}

function ClockCard({
  clock,
  main,
  calendar,
  severity,
}: {
  clock: CaseClockView
  main: boolean
  calendar: WorkCalendar
  severity: SeverityLevel | null
}) {
  const now = useNow()
  const { t, language } = useText()
  const { due, limit, stoppedAt } = clock
  const paused = Boolean(due.pausedAt) && !stoppedAt
  const late = due.overdue && !stoppedAt
  const deadline = formatDeadline(new Date(due.at), language, {
    now: new Date(now),
    provisional: due.provisional ?? false,
  })
  const days = limit.unit === 'workday' || limit.unit === 'day'
  const amount = () => {
    const left = leftOf(due, now, calendar)
    const words = formatRemaining(left, language, {
      seconds: limit.unit === 'urgentHour',
      inHours: days && left.days < 1,
    })
    return words
      .replace(/^(还剩|超时) /, '')
      .replace(/^overdue by /, '')
      .replace(/ left$/, '')
  }
  const className = [
    'y-clk',
    main ? 'main' : '',
    paused ? 'pause' : '',
    stoppedAt ? 'small' : '',
    late ? `late y-sev-${severity ?? ''}` : '',
  ]
    .filter(Boolean)
    .join(' ')
  return (
    <section className={className} aria-label={t('ui.clock.label', { name: clock.name })}>
      <h2>
        <Icon name={stoppedAt ? 'check' : paused ? 'pause' : 'clock'} size="s" />
        {clock.name} · {formatLimit(limit, language)}
      </h2>
      {stoppedAt ? (
        <strong>{clock.outcome ?? t('ui.clock.done')}</strong>
      ) : (
        <strong role="timer" aria-live="off" title={t('ui.due.exact', { at: exactTime(due.at) })}>
          {amount()} <small>{t(paused ? 'ui.clock.paused' : late ? 'ui.clock.late' : 'ui.clock.left')}</small>
        </strong>
      )}
      <p>
        {stoppedAt
          ? t(due.overdue ? 'ui.clock.wasLate' : 'ui.clock.inTime', { at: deadline })
          : (clock.note ??
            t(limit.unit === 'urgentHour' ? 'ui.clock.dueUrgent' : paused ? 'ui.clock.duePaused' : 'ui.clock.due', {
              at: deadline,
            }))}
      </p>
    </section>
  )
}
