import '#ui/clock/Countdown.css'
import { formatRemaining } from '#platform/calendar/format-deadline.ts'
import type { WorkCalendar } from '#platform/calendar/work-calendar.ts'
import { dayOf, exactTime, hourMinute, MINUTE, monthDay, toMs } from '#ui/clock/county-time.ts'
import { type Due, leftOf } from '#ui/clock/due.ts'
import { useNow } from '#ui/clock/server-clock.ts'
import { useText } from '#ui/i18n/TextProvider.tsx'
import type { SeverityLevel } from '#ui/severity/severity.ts'

/** From here on a deadline is shown in the case's severity colour. */
export const HOT_MS = 15 * MINUTE

/** `还剩 13分42秒` / `超时 1 工作时06分36秒`, ticking by the server's time. */
export function Countdown({
  due,
  calendar,
  severity,
}: {
  due: Due
  calendar: WorkCalendar
  severity?: SeverityLevel | null | undefined
}) {
  const now = useNow()
  const { t, language } = useText()
  const left = leftOf(due, now, calendar)
  const hot = !due.pausedAt && (due.overdue || left.overdue || left.millis <= HOT_MS)
  // Near days are counted in hours: on the last day "1 工作日" would hide how little is left.
  const office = due.unit === 'workHour' || due.unit === 'workday'
  const lateDays = left.overdue && office ? Math.floor(left.millis / calendar.dayMillisAt(new Date(due.at))) : 0
  const text =
    left.overdue && !due.overdue
      ? t('ui.due.reached')
      : lateDays >= 3
        ? t('ui.due.lateDays', { n: lateDays })
        : formatRemaining(left, language, { inHours: left.days < 3, paused: Boolean(due.pausedAt) })
  return (
    <span
      className={`y-left${hot ? ' hot' : ''}${severity ? ` y-sev-${severity}` : ''}`}
      title={t('ui.due.exact', { at: exactTime(due.at) })}
    >
      {text}
    </span>
  )
}

/** The day in words near now, the date further off: `今天 15:36`, `10-08 10:01`. */
export function useDayWords(): (at: string | number, now: number) => string {
  const { t } = useText()
  return (at, now) => {
    const day = dayOf(at)
    if (day === dayOf(now)) return `${t('ui.day.today')} ${hourMinute(at)}`
    if (day === dayOf(now - 86_400_000)) return `${t('ui.day.yesterday')} ${hourMinute(at)}`
    if (day.slice(0, 4) !== dayOf(now).slice(0, 4)) return `${day} ${hourMinute(at)}`
    return `${monthDay(day)} ${hourMinute(at)}`
  }
}

/** The second line under a countdown: when exactly, and by which kind of limit. */
export function DueNote({ due, limit, extra }: { due: Due; limit?: string | null | undefined; extra?: string }) {
  const now = useNow()
  const { t } = useText()
  const words = useDayWords()
  const at = words(toMs(due.at), now)
  const parts = [due.overdue ? t('ui.due.should', { at }) : at.replace(`${t('ui.day.today')} `, '')]
  if (!due.overdue && limit) parts.push(limit)
  if (due.provisional) parts.push(t('ui.due.provisional'))
  if (extra) parts.push(extra)
  return <>{parts.join(' · ')}</>
}
