import { AppError } from '#platform/errors/app-error.ts'
import type { CaseState, LoadedCase } from '#platform/process/case.store.ts'
import type { AssignmentDef } from '#platform/process/definition.ts'
import type { Directory, UnitRef } from '#platform/process/directory.ts'

/** Resolves a unit source of a definition for a case; undefined where there is none. */
export function findUnit(
  source: string,
  state: CaseState,
  starterUnitId: number | null,
  directory: Directory,
): UnitRef | undefined {
  if (source === 'case.unit') return state.unitId === null ? undefined : directory.unit(state.unitId)
  if (source === 'starter.unit') return starterUnitId === null ? undefined : directory.unit(starterUnitId)
  const [scheme, rest] = split(source)
  switch (scheme) {
    case 'town':
      return state.townCode ? directory.unitAt(state.townCode, rest) : undefined
    case 'village':
      return state.villageCode ? directory.unitAt(state.villageCode, rest) : undefined
    case 'county':
      return findCountyUnit(rest, directory)
    case 'data': {
      const id = state.data[rest]
      return typeof id === 'number' ? directory.unit(id) : undefined
    }
    default:
      return undefined
  }
}

/** A unit of the county itself, by its full code or, so that a definition fits every county, by its kind (`approval`). */
export function findCountyUnit(codeOrKind: string, directory: Directory): UnitRef | undefined {
  const triage = directory.triage()
  return directory.unitByCode(codeOrKind) ?? (triage ? directory.unitAt(triage.division, codeOrKind) : undefined)
}

function split(source: string): [string, string] {
  const at = source.search(/[:.]/)
  return [source.slice(0, at), source.slice(at + 1)]
}

export interface Resolved {
  unitId: number | null
  role: string
  accountId: number | null
}

/**
 * Who has to act. Where no unit is found, the county's triage desk owns the work, so that nothing is ever nobody's.
 */
export function resolveAssignment(
  assignment: AssignmentDef,
  state: CaseState,
  done: LoadedCase['done'],
  starterUnitId: number | null,
  directory: Directory,
): Resolved {
  const person = resolveAccount(assignment.account, state, done)
  // Who has left cannot be waited for: the work then falls to the unit and role.
  const accountId = person !== null && directory.isActive(person) ? person : null
  const unit = findUnit(assignment.unit, state, starterUnitId, directory)
  if (unit) return { unitId: unit.id, role: assignment.role, accountId }
  if (accountId !== null) return { unitId: null, role: assignment.role, accountId }
  const triage = directory.triage()
  if (!triage) throw new AppError('process.no_triage_unit', { status: 409 })
  return { unitId: triage.id, role: 'dutyChief', accountId: null }
}

function resolveAccount(source: string | undefined, state: CaseState, done: LoadedCase['done']): number | null {
  if (!source) return null
  if (source === 'starter') return state.starterAccountId
  if (source.startsWith('actor:')) {
    const action = source.slice('actor:'.length)
    return done.findLast((hop) => hop.action === action)?.accountId ?? null
  }
  const id = state.data[source.slice('data.'.length)]
  return typeof id === 'number' ? id : null
}
