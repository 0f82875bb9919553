import {
  type BookChange,
  type BookTarget,
  changesTo,
  type SheetKind,
  targetAt,
  withChanges,
} from '#modules/management/duties/domain/book.ts'
import { type Conflict, findConflicts } from '#modules/management/duties/domain/conflicts.ts'
import type { Duties } from '#modules/management/duties/domain/duties.ts'
import { MANAGE_LIST, requireChange } from '#modules/management/duties/server/duties.policy.ts'
import type { DutyUnits } from '#modules/management/duties/server/duty-units.ts'
import { type FileProblem, type ReadBook, TITLES } from '#modules/management/duties/server/duty-workbook.ts'
import { dateOf } from '#modules/management/duties/server/item-change.ts'
import type { Actor } from '#platform/access/actor.ts'

export interface Examined {
  readonly target: BookTarget
  readonly changes: BookChange[]
  readonly problems: FileProblem[]
}

/**
 * What a target would change from an instant on, and what is wrong with the book that comes of it. Rows that could not be read
 * keep what stands, so that nothing is lost by a slip. A contradiction that stands already and is left as it is only warns.
 */
export function examine(
  duties: Duties,
  units: DutyUnits,
  given: BookTarget,
  at: Date,
  read?: Pick<ReadBook, 'rows' | 'problems'>,
): Examined {
  const target = read ? withUnreadRows(duties, given, at, read) : given
  const changes = changesTo(duties, target, at)
  const keyOf = ({ code, of, field, params }: Conflict) => JSON.stringify([code, of, field, params])
  const standing = new Set(findConflicts(duties, at, units).map(keyOf))
  const place = (sheet: SheetKind, of: string, field: string) => ({
    sheet,
    row: read?.rows.get(`${sheet} ${of}`) ?? null,
    column: TITLES[sheet][field] ?? null,
  })
  const conflicts = findConflicts(withChanges(duties, changes, at), at, units).map(
    (conflict): FileProblem => ({
      weight: standing.has(keyOf(conflict)) ? 'warning' : conflict.weight,
      ...place(conflict.sheet, conflict.of, conflict.field),
      code: conflict.code,
      params: { ...conflict.params, title: TITLES[conflict.sheet][conflict.field] ?? '' },
    }),
  )
  return {
    target,
    changes,
    problems: [
      ...(read?.problems ?? []),
      ...outOfOrder(duties, changes, at).map(
        ({ code, date }): FileProblem => ({
          weight: 'error',
          ...place('items', code, 'code'),
          code: 'duties.later_version',
          params: { date, code },
        }),
      ),
      ...conflicts,
    ],
  }
}

/** A clause whose next version is prepared already cannot be changed before it. */
function outOfOrder(duties: Duties, changes: readonly BookChange[], at: Date): { code: string; date: string }[] {
  const later = duties.book.items.filter((item) => item.validFrom >= at)
  return changes.flatMap((change) => {
    if (change.sheet !== 'items') return []
    const clash = later.find(
      (item) =>
        item.code === change.code ||
        (change.after && item.classCode === change.after.classCode && item.placeKind === change.after.placeKind),
    )
    return clash ? [{ code: change.code, date: dateOf(clash.validFrom) }] : []
  })
}

function withUnreadRows(duties: Duties, target: BookTarget, at: Date, { rows }: Pick<ReadBook, 'rows'>): BookTarget {
  const base = targetAt(duties, at)
  const kept = <Entry extends { readonly code: string }>(
    sheet: SheetKind,
    known: readonly Entry[],
    wanted?: readonly Entry[],
  ) => {
    if (!wanted) return undefined
    const read = new Set(wanted.map((entry) => entry.code))
    return [...wanted, ...known.filter((entry) => rows.has(`${sheet} ${entry.code}`) && !read.has(entry.code))]
  }
  const items = kept('items', base.items, target.items)
  const villageItems = kept('villageItems', base.villageItems, target.villageItems)
  return {
    ...(items ? { items } : {}),
    ...(target.classes ? { classes: target.classes } : {}),
    ...(villageItems ? { villageItems } : {}),
  }
}

/** @throws AppError `platform.forbidden` (403) where a change lies in a line that the actor may not keep */
export function requireChanges(actor: Actor, duties: Duties, changes: readonly BookChange[]): void {
  const lines = new Set<string | null>(changes.length === 0 ? [null] : [])
  for (const change of changes) {
    for (const entry of [change.before, change.after]) {
      if (!entry) continue
      if ('lineCode' in entry) lines.add(entry.lineCode)
      else lines.add(duties.classOf(entry.classCode)?.lineCode ?? null)
    }
  }
  for (const line of lines) requireChange(actor, MANAGE_LIST, line)
}
