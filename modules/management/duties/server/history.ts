import type { Duties } from '#modules/management/duties/domain/duties.ts'
import { type CaseGroup, type HistoryTrial, tryOnHistory } from '#modules/management/duties/domain/history.ts'
import { presentUnit } from '#modules/management/duties/server/present.ts'
import { caseVisibility, predicateSql } from '#platform/access/policy.ts'
import type { Context } from '#platform/command/context.ts'
import { sql } from '#platform/db/db.ts'

/** The newest cases that the actor may see, grouped by what decides where they go: one statement, whatever their number. */
export async function readCaseGroups({ tx, actor }: Context, sample: number): Promise<CaseGroup[]> {
  const { rows } = await sql<CaseGroup>`
    with newest as (
      select c.id, c.class_code, c.town_code, c.village_code, c.data ->> 'placeKind' as place_kind, c.closed_at is null as open
        from process_case c
       where ${predicateSql(caseVisibility(actor), 'c')}
       order by c.id desc limit ${sample}
    )
    select class_code as "classCode", place_kind as "placeKind", town_code as "townCode", village_code as "villageCode",
      json_agg(id order by id desc) as ids, count(*) filter (where open) as open
      from newest group by class_code, place_kind, town_code, village_code
     order by count(*) desc, town_code, village_code, place_kind`.execute(tx)
  return rows
}

export function trialHere(
  { here }: Context,
  groups: readonly CaseGroup[],
  before: { duties: Duties; at: Date },
  after: { duties: Duties; at: Date },
  touched: ReadonlySet<string>,
): HistoryTrial {
  const ground = { directory: here.directory, countyDivision: here.county.regionPrefix }
  return tryOnHistory(groups, before, after, ground, touched)
}

/** @param perMove cases told of each way, the newest */
export async function presentTrial({ tx, here }: Context, duties: Duties, trial: HistoryTrial, perMove: number) {
  const ids = trial.moves.flatMap((move) => move.ids.slice(0, perMove))
  const { rows } = await sql<{ id: number; number: string; title: string }>`
    select id, number, title from process_case where id = any(${ids}::bigint[])`.execute(tx)
  const cases = new Map(rows.map((row) => [row.id, row]))
  return {
    looked: trial.looked,
    matched: trial.matched,
    ruled: trial.ruled,
    changed: trial.changed,
    changedOpen: trial.changedOpen,
    moves: trial.moves.map((move) => ({
      classCode: move.classCode,
      className: duties.classOf(move.classCode)?.fullName ?? move.classCode,
      townCode: move.townCode,
      townName: move.townCode ? here.directory.divisionName(move.townCode) : null,
      placeKind: move.placeKind,
      placeKindName: move.placeKind ? (duties.placeKind(move.placeKind)?.name ?? move.placeKind) : null,
      from: presentUnit(move.from),
      to: presentUnit(move.to),
      count: move.ids.length,
      examples: move.ids.slice(0, perMove).flatMap((id) => cases.get(id) ?? []),
    })),
    conflicts: trial.conflicts,
  }
}
