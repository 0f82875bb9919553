import { useSearchParams } from 'react-router'
import { addDays, addMonths, isDay, type PeriodKind, periodAt } from '#modules/management/measures/domain/period.ts'
import { dayOf } from '#ui/clock/county-time.ts'
import { serverNow } from '#ui/clock/server-clock.ts'

const KINDS: readonly PeriodKind[] = ['day', 'week', 'month', 'range']

export interface PeriodState {
  kind: PeriodKind
  from: string
  to: string
  values: Record<string, string>
  /** Keeps the object, changes the period. */
  pick(kind: PeriodKind, from: string, to?: string): void
  set(more: Record<string, string>): void
  /** The period before (−1) or after (1) of the same kind. */
  step(by: 1 | -1): void
}

/** Period and object as the address has them, so that a page of numbers can be sent to a colleague; this month by default. */
export function usePeriod(): PeriodState {
  const [params, setParams] = useSearchParams()
  const values = Object.fromEntries(params)
  const today = dayOf(serverNow())
  const kind = KINDS.find((candidate) => candidate === values.period) ?? 'month'
  const start = values.from && isDay(values.from) ? values.from : today
  const { from, to } = periodAt(kind, start, values.to && isDay(values.to) ? values.to : start)
  const write = (next: Record<string, string>) =>
    setParams(Object.fromEntries(Object.entries(next).filter(([, value]) => value)), { replace: true })
  const pick = (next: PeriodKind, day: string, end?: string) =>
    write({ ...values, period: next, from: day, to: next === 'range' ? (end ?? day) : '' })
  return {
    kind,
    from,
    to,
    values,
    pick,
    set: (more) => write({ ...values, ...more }),
    step(by) {
      if (kind === 'month') return pick(kind, addMonths(from, by))
      const days = Math.round((Date.parse(to) - Date.parse(from)) / 86_400_000) + 1
      pick(kind, addDays(from, by * days), addDays(to, by * days))
    },
  }
}

/** The period and object as the API takes them. */
export function askOf({ kind, from, to, values }: PeriodState) {
  return {
    period: kind,
    from,
    ...(kind === 'range' ? { to } : {}),
    ...(values.town ? { town: values.town } : {}),
    ...(values.village ? { village: values.village } : {}),
    ...(values.line ? { line: values.line } : {}),
    ...(values.unit && Number(values.unit) > 0 ? { unit: Number(values.unit) } : {}),
    ...(values.source ? { source: values.source } : {}),
  }
}
