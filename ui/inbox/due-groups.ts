import type { WorkCalendar } from '#platform/calendar/work-calendar.ts'
import { dayOf, dayStart, nextDay, toMs } from '#ui/clock/county-time.ts'
import { lastClose } from '#ui/clock/due.ts'
import { kindOf } from '#ui/clock/work-days.ts'
import type { InboxItem } from '#ui/inbox/inbox-item.ts'

export const groupKeys = ['overdue', 'today', 'tonight', 'rest', 'next', 'later', 'none'] as const
export type GroupKey = (typeof groupKeys)[number]

export interface DueGroup<T> {
  key: GroupKey
  /** First day the group speaks of, where its heading names one. */
  day?: string
  items: T[]
}

export interface DuePlan {
  today: string
  close: number | undefined
  next: string
  /** Name of the holiday that lies between today and the next working day. */
  holiday?: string
  afterNext: string
}

/** The days a heading can name, computed once per list. */
export function planDays(now: number, calendar: WorkCalendar): DuePlan {
  const today = dayOf(now)
  const next = calendar.workdayAfter(today)
  let holiday: string | undefined
  for (let d = nextDay(today); d !== next; d = nextDay(d)) holiday ??= kindOf(calendar, d).holiday
  const plan: DuePlan = { today, close: lastClose(calendar, today), next, afterNext: nextDay(next) }
  if (holiday) plan.holiday = holiday
  return plan
}

export function groupOf(item: Pick<InboxItem, 'due'>, plan: DuePlan): GroupKey {
  const due = item.due
  if (!due) return 'none'
  if (due.overdue) return 'overdue'
  const at = toMs(due.at)
  const day = dayOf(at)
  if (day < plan.today) return 'today'
  if (day === plan.today) return plan.close !== undefined && at > plan.close ? 'tonight' : 'today'
  if (day < plan.next) return 'rest'
  return day === plan.next ? 'next' : 'later'
}

/**
 * Groups by when things are due, not by what they are; within a group the earliest first.
 * Only the server's flag makes an item overdue: one that has just reached its limit stays where it was.
 */
export function groupByDue<T extends Pick<InboxItem, 'due'>>(
  items: readonly T[],
  now: number,
  calendar: WorkCalendar,
): DueGroup<T>[] {
  const plan = planDays(now, calendar)
  const buckets = new Map<GroupKey, T[]>()
  for (const item of items) {
    const key = groupOf(item, plan)
    const bucket = buckets.get(key)
    if (bucket) bucket.push(item)
    else buckets.set(key, [item])
  }
  const at = (item: T) => (item.due ? toMs(item.due.at) : Number.POSITIVE_INFINITY)
  return groupKeys.flatMap((key) => {
    const bucket = buckets.get(key)
    if (!bucket) return []
    bucket.sort((a, b) => at(a) - at(b) || 0)
    const group: DueGroup<T> = { key, items: bucket }
    if (key === 'next') group.day = plan.next
    if (key === 'rest') group.day = nextDay(plan.today)
    if (key === 'later') group.day = plan.afterNext
    return [group]
  })
}

/** So many rows fill a window: with fewer near ones, far ones are shown beneath them. */
const NEAR_ENOUGH = 10

/** What lies far off is folded at first while nearer things fill the window. */
export function foldedAtFirst(groups: readonly DueGroup<unknown>[]): ReadonlySet<GroupKey> {
  const near = groups.filter(({ key }) => key !== 'later' && key !== 'none')
  const rows = near.reduce((sum, { items }) => sum + items.length, 0)
  return new Set<GroupKey>(rows >= NEAR_ENOUGH ? ['later', 'none'] : [])
}

/** Number of days of rest between today and the next working day. */
export function restDays(plan: DuePlan): number {
  return Math.round((dayStart(plan.next) - dayStart(plan.today)) / 86_400_000) - 1
}
