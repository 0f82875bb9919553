import type { Duties, DutyRoute } from '#modules/management/duties/domain/duties.ts'
import type { Directory, UnitRef } from '#platform/process/directory.ts'
import type { WhyPart } from '#platform/process/effect.ts'

/** Past cases of one class at one kind of place in one village: they all go the same way. */
export interface CaseGroup {
  readonly classCode: string | null
  readonly placeKind: string | null
  readonly townCode: string | null
  readonly villageCode: string | null
  /** The newest first. */
  readonly ids: readonly number[]
  /** How many of them are not closed. */
  readonly open: number
}

/** Cases that would have gone from one unit to another. */
export interface CaseMove {
  readonly classCode: string
  readonly townCode: string | null
  readonly placeKind: string | null
  readonly from: UnitRef | undefined
  readonly to: UnitRef | undefined
  ids: number[]
}

export interface HistoryTrial {
  looked: number
  /** Of classes whose duties the change touches. */
  matched: number
  /** Decided by a ruling whatever the list says. */
  ruled: number
  changed: number
  changedOpen: number
  moves: CaseMove[]
  conflicts: WhyPart[]
}

/**
 * Routes past cases twice, by the duties of one instant and by those of another. Pure: one look per group, none per case.
 * @param touched classes that can go elsewhere; all where it is left out
 */
export function tryOnHistory(
  groups: readonly CaseGroup[],
  before: { duties: Duties; at: Date },
  after: { duties: Duties; at: Date },
  here: { directory: Directory; countyDivision: string },
  touched?: ReadonlySet<string>,
): HistoryTrial {
  const trial: HistoryTrial = { looked: 0, matched: 0, ruled: 0, changed: 0, changedOpen: 0, moves: [], conflicts: [] }
  const moves = new Map<string, CaseMove>()
  const conflicts = new Map<string, WhyPart>()
  for (const group of groups) {
    const count = group.ids.length
    trial.looked += count
    if (group.classCode === null || (touched && !touched.has(group.classCode))) continue
    trial.matched += count
    const question = {
      classCode: group.classCode,
      placeKind: group.placeKind,
      townCode: group.townCode,
      villageCode: group.villageCode,
    }
    const old = before.duties.route({ ...question, at: before.at }, here.directory, here.countyDivision)
    const next = after.duties.route({ ...question, at: after.at }, here.directory, here.countyDivision)
    if (next.rulingNumber !== undefined) trial.ruled += count
    if (next.conflict) conflicts.set(JSON.stringify(next.conflict), next.conflict)
    if (sameUnits(old, next)) continue
    trial.changed += count
    trial.changedOpen += group.open
    const key = JSON.stringify([group.classCode, group.townCode, group.placeKind, old.lead?.id, next.lead?.id])
    const move = moves.get(key)
    if (move) for (const id of group.ids) move.ids.push(id)
    else
      moves.set(key, {
        classCode: group.classCode,
        townCode: group.townCode,
        placeKind: group.placeKind,
        from: old.lead,
        to: next.lead,
        ids: [...group.ids],
      })
  }
  trial.moves = [...moves.values()].sort((a, b) => b.ids.length - a.ids.length)
  for (const move of trial.moves) move.ids.sort((a, b) => b - a)
  trial.conflicts = [...conflicts.values()]
  return trial
}

function sameUnits(a: DutyRoute, b: DutyRoute): boolean {
  return a.lead?.id === b.lead?.id && a.co.length === b.co.length && a.co.every((unit, i) => unit.id === b.co[i]!.id)
}
