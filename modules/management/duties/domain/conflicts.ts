import { itemsAt } from '#modules/management/duties/domain/book.ts'
import type { Duties } from '#modules/management/duties/domain/duties.ts'
import { type DutyItem, mayLead, parseUnit } from '#modules/management/duties/domain/duty.ts'

/** Something in the book that contradicts itself or the rules, worded as `errors.<code>`. */
export interface Conflict {
  /** `error` keeps a version from being published. */
  readonly weight: 'error' | 'warning'
  readonly code: string
  readonly params: Readonly<Record<string, string>>
  /** Where it stands: a clause or a class. */
  readonly sheet: 'items' | 'classes'
  readonly of: string
  /** Column, by field. */
  readonly field: string
}

/** What exists in the county of units by `level:kind`, and which of them may lead. */
export interface KnownUnits {
  has(code: string): boolean
  mayLead(code: string): boolean
  name(code: string): string
}

/**
 * What is wrong with the book as it stands at an instant: two clauses for one class and place, a list led by the wrong level
 * (收回 or 部门牵头 pushed to a township), a village that leads what is not on its list (practice: 村级组织工作事务清单), units
 * that do not exist, classes that nobody answers for.
 */
export function findConflicts(duties: Duties, at: Date, units: KnownUnits): Conflict[] {
  const then = duties.at(at)
  const found: Conflict[] = []
  const items = itemsAt(then, at)
  const claimed = new Map<string, DutyItem>()
  for (const item of items) {
    const say = (code: string, field: string, params: Record<string, string> = {}) =>
      found.push({ weight: 'error', code, params, sheet: 'items', of: item.code, field })
    const dutyClass = then.classOf(item.classCode)
    if (!dutyClass) say('duties.class_unknown', 'classCode', { code: item.classCode })
    if (!then.placeKind(item.placeKind)) say('duties.place_kind_unknown', 'placeKind', { code: item.placeKind })
    const key = `${item.classCode} ${item.placeKind}`
    const other = claimed.get(key)
    if (other) say('duties.claimed_twice', 'placeKind', { clause: item.clauseNumber, other: other.clauseNumber })
    else claimed.set(key, item)

    const lead = parseUnit(item.lead)
    if (!lead || !units.has(item.lead)) say('duties.unit_unknown', 'lead', { unit: item.lead })
    else {
      if (!units.mayLead(item.lead)) say('duties.unit_limited', 'lead', { unit: units.name(item.lead) })
      if (!mayLead(item.list, lead.level)) say(`duties.lead_${item.list}`, 'lead')
      else if (lead.level === 'village' && !then.villagesMayLead(item.classCode, at))
        say('duties.village_not_listed', 'lead', { class: dutyClass?.fullName ?? item.classCode })
    }
    for (const co of item.co) if (!units.has(co)) say('duties.unit_unknown', 'co', { unit: co })
    if (new Set([item.lead, ...item.co]).size <= item.co.length) say('duties.unit_twice', 'co')
  }
  const owned = new Set(items.map((item) => item.classCode))
  for (const entry of then.book.classes) {
    for (const field of ['caretaker', 'fallback'] as const) {
      const unit = entry[field]
      if (unit && !units.has(unit))
        found.push({
          weight: 'error',
          code: 'duties.unit_unknown',
          params: { unit },
          sheet: 'classes',
          of: entry.code,
          field,
        })
    }
    if (!owned.has(entry.code) && !entry.fallback)
      found.push({
        weight: 'warning',
        code: 'duties.class_without_owner',
        params: { class: entry.fullName },
        sheet: 'classes',
        of: entry.code,
        field: 'code',
      })
  }
  return found
}
