import type { getYear, listChanges } from '#platform/calendar/contract.ts'
import type { RouteOutput } from '#platform/contract/route.ts'

export type YearPage = RouteOutput<typeof getYear>
/** What is being adjusted: a day (empty: still to be chosen), the office hours, a day taken away, a change undone. */
export type Adjusting = { day: string } | { hours: true } | { remove: string } | { undo: Change }

export type Change = RouteOutput<typeof listChanges>['items'][number]
type Say = (key: string, params?: Record<string, string | number>) => string

export const hoursText = (hours: readonly { from: string; to: string }[]): string =>
  hours.map(({ from, to }) => `${from}–${to}`).join('，')

/** What a change did, in one line. */
export function changeText(change: Change, t: Say): string {
  const state = change.after ?? change.before
  const params = { subject: change.subject, name: state?.name ?? '', hours: hoursText(state?.hours ?? []) }
  const what =
    change.subjectKind === 'day'
      ? change.after
        ? `day.${change.after.kind}`
        : 'day.removed'
      : change.subjectKind === 'hours'
        ? change.after
          ? 'hours.set'
          : 'hours.removed'
        : change.after
          ? change.before
            ? 'year.corrected'
            : 'year.entered'
          : 'year.withdrawn'
  return t(`console.calendar.change.${what}`, params)
}
