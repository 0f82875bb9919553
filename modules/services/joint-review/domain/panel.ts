import type { ErrorParams } from '#platform/errors/app-error.ts'
import type { Directory } from '#platform/process/directory.ts'

export const PANEL_SIZE = 3

export interface Applicant {
  accountId: number | null
  unitId: number | null
}

/** Why somebody cannot sit on a panel: an error code with its values. */
export interface Conflict {
  code: string
  params: ErrorParams
}

export type PanelDirectory = Pick<Directory, 'unit' | 'holders' | 'roles' | 'accountName'> & {
  units(): readonly { readonly id: number }[]
}

/** Why a unit cannot sign: unknown, without a leader, or itself the applicant (回避). */
export function unitConflict(directory: PanelDirectory, applicant: Applicant, unitId: number): Conflict | undefined {
  const unit = directory.unit(unitId)
  if (!unit || !directory.units().some((present) => present.id === unitId))
    return { code: 'joint_review.unit_unknown', params: {} }
  const params = { unit: unit.name }
  if (unitId === applicant.unitId) return { code: 'joint_review.unit_is_applicant', params }
  const leaders = directory.holders(unitId, 'unitLeader')
  if (leaders.length === 0) return { code: 'joint_review.unit_without_leader', params }
  if (leaders.every((accountId) => accountId === applicant.accountId))
    return { code: 'joint_review.leader_is_applicant', params }
  return undefined
}

/** Why a person cannot score: no expert now, the applicant, or holding any post in the applicant's unit (回避). */
export function expertConflict(
  directory: PanelDirectory,
  applicant: Applicant,
  accountId: number,
): Conflict | undefined {
  const params = { name: directory.accountName(accountId) }
  if (!directory.units().some((unit) => directory.holders(unit.id, 'expert').includes(accountId)))
    return { code: 'joint_review.not_an_expert', params }
  if (accountId === applicant.accountId) return { code: 'joint_review.expert_is_applicant', params }
  const { unitId } = applicant
  if (unitId !== null && [...directory.roles()].some((role) => directory.holders(unitId, role).includes(accountId)))
    return { code: 'joint_review.expert_of_applicant_unit', params }
  return undefined
}

/**
 * What is wrong with a panel, the first thing found: three different units that can sign, three different experts who can
 * score, and nobody in two places.
 */
export function panelConflict(
  directory: PanelDirectory,
  applicant: Applicant,
  panel: { signUnits: readonly number[]; experts: readonly number[] },
): Conflict | undefined {
  const units = [...new Set(panel.signUnits)]
  const experts = [...new Set(panel.experts)]
  if (units.length !== PANEL_SIZE || panel.signUnits.length !== PANEL_SIZE)
    return { code: 'joint_review.three_units', params: {} }
  if (experts.length !== PANEL_SIZE || panel.experts.length !== PANEL_SIZE)
    return { code: 'joint_review.three_experts', params: {} }
  for (const unitId of units) {
    const conflict = unitConflict(directory, applicant, unitId)
    if (conflict) return conflict
  }
  const onlyLeaders = new Map<number, number>()
  for (const unitId of units) {
    const leaders = directory.holders(unitId, 'unitLeader').filter((accountId) => accountId !== applicant.accountId)
    if (leaders.length !== 1) continue
    const other = onlyLeaders.get(leaders[0]!)
    if (other !== undefined)
      return {
        code: 'joint_review.same_leader',
        params: { unit: directory.unit(unitId)!.name, other: directory.unit(other)!.name },
      }
    onlyLeaders.set(leaders[0]!, unitId)
  }
  for (const accountId of experts) {
    const conflict = expertConflict(directory, applicant, accountId)
    if (conflict) return conflict
    const signs = units.find((unitId) => directory.holders(unitId, 'unitLeader').includes(accountId))
    if (signs !== undefined)
      return {
        code: 'joint_review.expert_signs',
        params: { name: directory.accountName(accountId), unit: directory.unit(signs)!.name },
      }
  }
  return undefined
}
