import type { Duties } from '#modules/management/duties/domain/duties.ts'
import {
  type DutyItem,
  type DutyList,
  isDocumentNumber,
  mayLead,
  parseUnit,
} from '#modules/management/duties/domain/duty.ts'
import type { DutyUnits } from '#modules/management/duties/server/duty-units.ts'
import { isCalendarDate } from '#platform/calendar/work-calendar.ts'
import { AppError } from '#platform/errors/app-error.ts'

/** A clause as it shall stand from a day on. */
export interface ItemChange {
  classCode: string
  placeKind: string
  list: DutyList
  clauseNumber: string
  clause: string
  lead: string
  co: readonly string[]
  /** YYYY-MM-DD */
  validFrom: string
  /** Version that is revised. */
  replaces?: number
}

const CHINA_OFFSET = '+08:00'

/** Start of a day in the county. */
export function dayStart(date: string): Date {
  if (!isCalendarDate(date)) throw new AppError('duties.date_invalid', { status: 422, params: { date } })
  return new Date(`${date}T00:00:00${CHINA_OFFSET}`)
}

/** @throws AppError `duties.document_missing` (422): the list changes only with a number of the establishment office */
export function requireDocument(documentNumber: string): string {
  const text = documentNumber.trim()
  if (!isDocumentNumber(text)) throw new AppError('duties.document_missing', { status: 422 })
  return text
}

/**
 * Checks a change against the list as it stands.
 * @returns the version that ends when the new one begins, if there is one
 * @throws AppError saying what is wrong: class, place, units, who may lead, order of versions
 */
export function checkChange(duties: Duties, units: DutyUnits, change: ItemChange): DutyItem | undefined {
  const { classCode, placeKind, list, lead, co } = change
  if (!duties.classOf(classCode))
    throw new AppError('duties.class_unknown', { status: 422, params: { code: classCode } })
  if (!duties.placeKind(placeKind))
    throw new AppError('duties.place_kind_unknown', { status: 422, params: { code: placeKind } })
  const from = dayStart(change.validFrom)
  units.check(lead, co)
  if (!mayLead(list, parseUnit(lead)!.level)) throw new AppError(`duties.lead_${list}`, { status: 422 })
  if (parseUnit(lead)!.level === 'village' && !duties.villagesMayLead(classCode, from))
    throw new AppError('duties.village_not_listed', {
      status: 422,
      params: { class: duties.classOf(classCode)!.fullName },
    })

  const versions = duties.book.items.filter((item) => item.classCode === classCode && item.placeKind === placeKind)
  const last = versions.sort((a, b) => b.validFrom.getTime() - a.validFrom.getTime())[0]
  if (change.replaces === undefined) {
    if (last && (last.validTo === null || last.validTo > from))
      throw new AppError('duties.item_exists', { status: 409, params: { clause: last.clauseNumber } })
    return undefined
  }
  const replaced = duties.book.items.find((item) => item.id === change.replaces)
  if (replaced && (replaced.classCode !== classCode || replaced.placeKind !== placeKind))
    throw new AppError('duties.item_elsewhere', { status: 422 })
  if (!replaced || replaced.id !== last?.id || replaced.validTo !== null)
    throw new AppError('duties.item_changed', { status: 409 })
  if (from <= replaced.validFrom)
    throw new AppError('duties.version_order', { status: 422, params: { date: dateOf(replaced.validFrom) } })
  return replaced
}

/** The county's date (YYYY-MM-DD) of the start of a day. */
export function dateOf(start: Date): string {
  return new Date(start.getTime() + 8 * 3_600_000).toISOString().slice(0, 10)
}
