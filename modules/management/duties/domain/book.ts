import { Duties, type DutyBook } from '#modules/management/duties/domain/duties.ts'
import type { DutyClass, DutyItem, DutyList, VillageItem } from '#modules/management/duties/domain/duty.ts'

/** A clause as a file wants it. */
export interface ItemEntry {
  readonly code: string
  readonly classCode: string
  readonly placeKind: string
  readonly list: DutyList
  readonly clauseNumber: string
  readonly clause: string
  readonly lead: string
  readonly co: readonly string[]
}

/** What a version of the book sets of a class. */
export type ClassEntry = Pick<
  DutyClass,
  | 'code'
  | 'kind'
  | 'majorCode'
  | 'majorName'
  | 'name'
  | 'fullName'
  | 'lineCode'
  | 'severity'
  | 'secrecy'
  | 'limits'
  | 'conditionalLimits'
  | 'filingConditions'
  | 'closingCriteria'
  | 'keywords'
> & {
  readonly selfHandle: boolean
  readonly mediation: boolean
  readonly taskKind: string | null
  readonly caretaker: string | null
  readonly fallback: string | null
}

export type VillageEntry = Pick<VillageItem, 'code' | 'classCode' | 'name' | 'share'>

/** The book as a file wants it; a sheet that is not there is left as it is. */
export interface BookTarget {
  readonly items?: readonly ItemEntry[]
  /** Classes that are not named stay as they are: cases of the past bear them. */
  readonly classes?: readonly ClassEntry[]
  readonly villageItems?: readonly VillageEntry[]
}

export type SheetKind = 'items' | 'classes' | 'villageItems'

interface ChangeOf<Kind extends SheetKind, Entry> {
  readonly sheet: Kind
  readonly code: string
  /** null: it is added */
  readonly before: Entry | null
  /** null: it is removed */
  readonly after: Entry | null
  /** Names of the fields that differ. */
  readonly fields: readonly string[]
}

export type BookChange =
  | ChangeOf<'items', ItemEntry>
  | ChangeOf<'classes', ClassEntry>
  | ChangeOf<'villageItems', VillageEntry>

export const itemEntry = ({
  code,
  classCode,
  placeKind,
  list,
  clauseNumber,
  clause,
  lead,
  co,
}: DutyItem): ItemEntry => ({
  code,
  classCode,
  placeKind,
  list,
  clauseNumber,
  clause,
  lead,
  co,
})

export const classEntry = (entry: DutyClass): ClassEntry => ({
  code: entry.code,
  kind: entry.kind,
  majorCode: entry.majorCode,
  majorName: entry.majorName,
  name: entry.name,
  fullName: entry.fullName,
  lineCode: entry.lineCode,
  severity: entry.severity,
  secrecy: entry.secrecy,
  limits: entry.limits,
  conditionalLimits: entry.conditionalLimits,
  filingConditions: entry.filingConditions,
  closingCriteria: entry.closingCriteria,
  keywords: entry.keywords,
  selfHandle: entry.selfHandle ?? false,
  mediation: entry.mediation ?? false,
  taskKind: entry.taskKind ?? null,
  caretaker: entry.caretaker ?? null,
  fallback: entry.fallback ?? null,
})

export const villageEntry = ({ code, classCode, name, share }: VillageItem): VillageEntry => ({
  code,
  classCode,
  name,
  share,
})

/** Clauses that hold at an instant, in the order of their codes. */
export function itemsAt(duties: Duties, at: Date): DutyItem[] {
  return duties.book.items
    .filter((item) => item.validFrom <= at && (item.validTo === null || at < item.validTo))
    .sort((a, b) => (a.code < b.code ? -1 : a.code > b.code ? 1 : a.id - b.id))
}

/** The book of an instant as a target: what a file holds that was just given out. */
export function targetAt(duties: Duties, at: Date): Required<BookTarget> {
  const then = duties.at(at)
  return {
    items: itemsAt(then, at).map(itemEntry),
    classes: then.book.classes.map(classEntry),
    villageItems: then.villageItemsAt(at).map(villageEntry),
  }
}

/** What a target adds, changes and removes against the book as it will stand at an instant; in the order of the sheets. */
export function changesTo(duties: Duties, target: BookTarget, at: Date): BookChange[] {
  const base = targetAt(duties, at)
  return [
    ...compare('items', base.items, target.items, true),
    ...compare('classes', base.classes, target.classes, false),
    ...compare('villageItems', base.villageItems, target.villageItems, true),
  ] as BookChange[]
}

function compare<Entry extends { readonly code: string }>(
  sheet: SheetKind,
  base: readonly Entry[],
  target: readonly Entry[] | undefined,
  removes: boolean,
) {
  if (!target) return []
  const known = new Map(base.map((entry) => [entry.code, entry]))
  const wanted = new Set(target.map((entry) => entry.code))
  const changes = target.flatMap((after) => {
    const before = known.get(after.code) ?? null
    const fields = before ? differing(before, after) : Object.keys(after)
    return fields.length > 0 ? [{ sheet, code: after.code, before, after, fields }] : []
  })
  if (removes)
    for (const before of base)
      if (!wanted.has(before.code)) changes.push({ sheet, code: before.code, before, after: null as never, fields: [] })
  return changes
}

function differing(a: object, b: object): string[] {
  return Object.keys(b).filter((key) => !same(a[key as never], b[key as never]))
}

/** Whether two plain values hold the same, whatever the order of their keys. */
export function same(a: unknown, b: unknown): boolean {
  if (typeof a !== 'object' || a === null || typeof b !== 'object' || b === null) return a === b
  const keys = new Set([...Object.keys(a), ...Object.keys(b)])
  return [...keys].every((key) => same(a[key as never], b[key as never]))
}

/** The changes that take others back. A class that was added stays, for cases may bear it by now. */
export function reversed(changes: readonly BookChange[]): BookChange[] {
  return changes.flatMap((change) =>
    change.sheet === 'classes' && !change.before
      ? []
      : [{ ...change, before: change.after, after: change.before } as BookChange],
  )
}

/** The book of an instant with changes laid over it, as a target. */
export function targetWith(duties: Duties, changes: readonly BookChange[], at: Date): BookTarget {
  const base = targetAt(duties, at)
  const lay = <Entry extends { readonly code: string }>(sheet: SheetKind, entries: readonly Entry[]): Entry[] => {
    const laid = new Map(entries.map((entry) => [entry.code, entry]))
    for (const change of changes) {
      if (change.sheet !== sheet) continue
      const known = laid.get(change.code)
      if (!change.after) laid.delete(change.code)
      else if (!known || !change.before) laid.set(change.code, change.after as unknown as Entry)
      // Only what was changed goes back; what others changed of the same row meanwhile stays.
      else
        laid.set(change.code, {
          ...known,
          ...Object.fromEntries(change.fields.map((field) => [field, change.after![field as never]])),
        })
    }
    return [...laid.values()]
  }
  return {
    items: lay('items', base.items),
    classes: lay('classes', base.classes),
    villageItems: lay('villageItems', base.villageItems),
  }
}

/** Duties as they stand with changes in force from an instant on; nothing is written anywhere. */
export function withChanges(duties: Duties, changes: readonly BookChange[], at: Date, documentNumber = ''): Duties {
  let id = Number.MAX_SAFE_INTEGER
  const gone = (sheet: SheetKind) =>
    new Set(changes.flatMap((change) => (change.sheet === sheet && change.before ? [change.code] : [])))
  const ended = <Row extends DutyItem | VillageItem>(rows: readonly Row[], codes: ReadonlySet<string>): Row[] =>
    rows.map((row) =>
      codes.has(row.code) && row.validFrom <= at && (row.validTo === null || at < row.validTo)
        ? { ...row, validTo: at }
        : row,
    )
  const begun = { documentNumber, validFrom: at, validTo: null }
  const items = ended(duties.book.items, gone('items'))
  const villageItems = ended(duties.book.villageItems ?? [], gone('villageItems'))
  const classes = new Map(duties.at(at).book.classes.map((entry) => [entry.code, entry]))
  for (const change of changes) {
    if (!change.after) continue
    if (change.sheet === 'items') items.push({ ...change.after, ...begun, id: id-- })
    else if (change.sheet === 'villageItems') villageItems.push({ ...change.after, ...begun, id: id-- })
    else
      classes.set(change.code, {
        ...(classes.get(change.code) ?? { dangerWords: [], dangerCalls: [], marking: { limit: 'D' } }),
        ...change.after,
      } as DutyClass)
  }
  const book: DutyBook = { ...duties.book, items, villageItems, classes: [...classes.values()], coming: [] }
  return new Duties(book)
}
