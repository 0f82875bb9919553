import type { Duties } from '#modules/management/duties/domain/duties.ts'
import type { DutyClass } from '#modules/management/duties/domain/duty.ts'
import type { ItemRow, RulingRow } from '#modules/management/duties/server/duties.store.ts'
import type { DutyUnits } from '#modules/management/duties/server/duty-units.ts'
import type { UnitRef } from '#platform/process/directory.ts'

export const presentClass = (entry: DutyClass) => ({
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
})

/** @param today YYYY-MM-DD in the county */
export const presentItem = (row: ItemRow, duties: Duties, units: DutyUnits, today: string) => ({
  ...row,
  className: duties.classOf(row.classCode)?.fullName ?? row.classCode,
  placeKindName: duties.placeKind(row.placeKind)?.name ?? row.placeKind,
  lead: units.named(row.lead),
  co: row.co.map((code) => units.named(code)),
  current: row.validFrom <= today && (row.validTo === null || today < row.validTo),
})

export const presentRuling = (row: RulingRow, duties: Duties, units: DutyUnits) => ({
  ...row,
  className: duties.classOf(row.classCode)?.fullName ?? row.classCode,
  placeKinds: row.placeKinds.map((code) => ({ code, name: duties.placeKind(code)?.name ?? code })),
  lead: units.named(row.lead),
  co: row.co.map((code) => units.named(code)),
  decidedAt: row.decidedAt.toISOString(),
  endedAt: row.endedAt?.toISOString() ?? null,
})

export const presentUnit = (unit: UnitRef | undefined) =>
  unit ? { id: unit.id, code: unit.code, name: unit.name, shortName: unit.shortName } : null
