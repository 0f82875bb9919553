import type { OrgDirectory } from '#modules/foundation/org/public.ts'
import { parseUnit } from '#modules/management/duties/domain/duty.ts'
import { AppError } from '#platform/errors/app-error.ts'
import type { Directory, UnitRef } from '#platform/process/directory.ts'

/** A unit as the duty list names it, with what it is called in this county. */
export interface DutyUnit {
  /** `level:kind` */
  readonly code: string
  readonly name: string
  /** Limited units (物业、管养单位) help but never lead. */
  readonly mayLead: boolean
}

// Below the county a kind stands for one unit in every town or village, so it is named without the place.
const VILLAGE_NAMES: Readonly<Record<string, string>> = { committee: '村（居）委会', property: '物业服务企业' }

/** Every level and kind of unit that exists in the county, those of the county first. */
export class DutyUnits {
  readonly #units = new Map<string, DutyUnit>()

  constructor(directory: Directory) {
    // The directory of a county is the one that `org` fills.
    const list = (directory as OrgDirectory).units()
    for (const level of ['county', 'town', 'village'] as const)
      for (const unit of list) {
        const code = `${unit.level}:${unit.kind}`
        if (unit.level !== level || this.#units.has(code)) continue
        this.#units.set(code, { code, name: nameOf(unit, level, directory), mayLead: !unit.limited })
      }
  }

  list(): readonly DutyUnit[] {
    return [...this.#units.values()]
  }

  has(code: string): boolean {
    return this.#units.has(code)
  }

  mayLead(code: string): boolean {
    return this.#units.get(code)?.mayLead === true
  }

  name(code: string): string {
    return this.#units.get(code)?.name ?? code
  }

  /** The name of `level:kind`; the code itself where no such unit exists (any more). */
  named(code: string): { code: string; name: string } {
    return { code, name: this.#units.get(code)?.name ?? code }
  }

  /**
   * Checks who leads and who helps.
   * @throws AppError `duties.unit_unknown`, `duties.unit_limited`, `duties.unit_twice` (422)
   */
  check(lead: string, co: readonly string[]): void {
    for (const code of [lead, ...co])
      if (!parseUnit(code) || !this.#units.has(code))
        throw new AppError('duties.unit_unknown', { status: 422, params: { unit: code } })
    const leader = this.#units.get(lead)!
    if (!leader.mayLead) throw new AppError('duties.unit_limited', { status: 422, params: { unit: leader.name } })
    if (new Set([lead, ...co]).size <= co.length) throw new AppError('duties.unit_twice', { status: 422 })
  }
}

function nameOf(unit: UnitRef, level: 'county' | 'town' | 'village', directory: Directory): string {
  if (level === 'county') return unit.shortName
  if (level === 'village') return VILLAGE_NAMES[unit.kind] ?? unit.name
  const town = directory.divisionName(unit.division)
  return `镇街${unit.name.startsWith(town) ? unit.name.slice(town.length) : unit.shortName}`
}
