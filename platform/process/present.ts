import type { Static } from 'typebox'
import type { CountyServices } from '#platform/command/services.ts'
import type { ListedCase } from '#platform/process/case-list.ts'
import type { CaseRowShape, UnitShape } from '#platform/process/contract.ts'

type CaseRow = Static<typeof CaseRowShape>
type Unit = Static<typeof UnitShape>

const iso = (at: Date | null): string | null => (at ? at.toISOString() : null)

/** A unit as screens show it, or null. */
export function presentUnit(here: CountyServices, unitId: number | null): Unit | null {
  const unit = unitId === null ? undefined : here.directory.unit(unitId)
  return unit ? { id: unit.id, code: unit.code, name: unit.name, shortName: unit.shortName } : null
}

/** A case as lists show it: codes with their names beside them. */
export function presentCase(here: CountyServices, row: ListedCase): CaseRow {
  const { directory, definitions } = here
  const { body } = definitions.byId(row.definitionId)
  const state = body.states[row.state]
  const phase = body.phases.find((candidate) => candidate.key === row.phase)
  const unknown = { 'zh-CN': row.state, en: row.state }
  return {
    id: row.id,
    number: row.number,
    definitionKey: row.definitionKey,
    definitionName: body.name,
    state: row.state,
    stateName: state?.name ?? unknown,
    phase: row.phase,
    phaseName: phase?.name ?? unknown,
    title: row.title,
    classCode: row.classCode,
    className: row.classCode ? (directory.className(row.classCode) ?? null) : null,
    severity: row.severity,
    secrecy: row.secrecy,
    source: row.source,
    townCode: row.townCode,
    townName: row.townCode ? directory.divisionName(row.townCode) : null,
    villageCode: row.villageCode,
    villageName: row.villageCode ? directory.divisionName(row.villageCode) : null,
    lineCode: row.lineCode,
    placeText: row.placeText,
    place: row.place,
    unit: presentUnit(here, row.unitId),
    openedAt: row.openedAt.toISOString(),
    closedAt: iso(row.closedAt),
    dueAt: iso(row.dueAt),
    provisional: row.provisional,
    overdue: row.overdue && row.closedAt === null,
    clockUnit: row.closedAt === null ? row.clockUnit : null,
  }
}
