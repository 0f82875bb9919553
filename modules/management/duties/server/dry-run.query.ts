import { dryRun } from '#modules/management/duties/contract.ts'
import { Duties, type DutyRoute } from '#modules/management/duties/domain/duties.ts'
import type { DutyItem } from '#modules/management/duties/domain/duty.ts'
import { MANAGE_LIST, requireChange } from '#modules/management/duties/server/duties.policy.ts'
import { readDuties } from '#modules/management/duties/server/duties.store.ts'
import { DutyUnits } from '#modules/management/duties/server/duty-units.ts'
import { checkChange, dayStart, type ItemChange } from '#modules/management/duties/server/item-change.ts'
import { presentUnit } from '#modules/management/duties/server/present.ts'
import { caseVisibility, predicateSql } from '#platform/access/policy.ts'
import { query } from '#platform/command/command.ts'
import { sql } from '#platform/db/db.ts'
import type { UnitRef } from '#platform/process/directory.ts'
import type { WhyPart } from '#platform/process/effect.ts'

const EXAMPLES = 5

/** Past cases of one class at one kind of place in one village: they all go the same way. */
interface Group {
  town_code: string | null
  village_code: string | null
  place_kind: string | null
  count: number
  open: number
  examples: { id: number; number: string; title: string }[]
}

/** The list as it would stand. */
export function withChange(duties: Duties, change: ItemChange & { documentNumber?: string }): Duties {
  const from = dayStart(change.validFrom)
  const item: DutyItem = {
    id: Number.MAX_SAFE_INTEGER,
    code: '',
    classCode: change.classCode,
    placeKind: change.placeKind,
    list: change.list,
    clauseNumber: change.clauseNumber,
    clause: change.clause,
    lead: change.lead,
    co: change.co,
    documentNumber: change.documentNumber ?? '',
    validFrom: from,
    validTo: null,
  }
  const items = duties.book.items.map((other) => (other.id === change.replaces ? { ...other, validTo: from } : other))
  return new Duties({ ...duties.book, items: [...items, item] })
}

/** Which past cases would have gone elsewhere, had the change held already. Reads only what the actor may see. */
export const dryRunQuery = query(dryRun, async (context, { sample, ...change }) => {
  const { tx, here, actor } = context
  const { directory, county } = here
  const duties = await readDuties(tx)
  checkChange(duties, new DutyUnits(directory), change)
  requireChange(actor, MANAGE_LIST, duties.classOf(change.classCode)!.lineCode)
  const changed = withChange(duties, change)
  const at = dayStart(change.validFrom)
  const { rows } = await sql<Group & { looked: number }>`
    with newest as (
      select c.id, c.number, c.title, c.class_code, c.town_code, c.village_code, c.data ->> 'placeKind' as place_kind,
             c.closed_at is null as open
        from process_case c
       where ${predicateSql(caseVisibility(actor), 'c')}
       order by c.id desc limit ${sample ?? 100_000}
    ), grouped as (
      select town_code, village_code, place_kind, count(*) as count, count(*) filter (where open) as open,
             (array_agg(id order by id desc))[1:${sql.raw(String(EXAMPLES))}] as ids
        from newest where class_code = ${change.classCode} group by town_code, village_code, place_kind
    )
    select g.town_code, g.village_code, g.place_kind, g.count, g.open, (select count(*) from newest) as looked,
      (select json_agg(json_build_object('id', n.id, 'number', n.number, 'title', n.title) order by n.id desc)
         from newest n where n.id = any(g.ids)) as examples
      from grouped g order by g.count desc, g.town_code, g.village_code, g.place_kind`.execute(tx)

  const total = { matched: 0, ruled: 0, changed: 0, changedOpen: 0 }
  const conflicts = new Map<string, WhyPart>()
  const moves = new Map<string, Move>()
  for (const group of rows) {
    total.matched += group.count
    const question = {
      classCode: change.classCode,
      placeKind: group.place_kind,
      townCode: group.town_code,
      villageCode: group.village_code,
      at,
    }
    const before = duties.route(question, directory, county.regionPrefix)
    const after = changed.route(question, directory, county.regionPrefix)
    if (after.rulingNumber !== undefined) total.ruled += group.count
    if (after.conflict) conflicts.set(JSON.stringify(after.conflict), after.conflict)
    if (sameUnits(before, after)) continue
    total.changed += group.count
    total.changedOpen += group.open
    const key = JSON.stringify([group.town_code, group.place_kind, before.lead?.id, after.lead?.id])
    const move = moves.get(key)
    if (move) {
      move.count += group.count
      move.examples = [...move.examples, ...group.examples].sort((a, b) => b.id - a.id).slice(0, EXAMPLES)
    } else moves.set(key, { group, from: before.lead, to: after.lead, count: group.count, examples: group.examples })
  }
  return {
    looked: rows[0]?.looked ?? (await countNewest()),
    ...total,
    moves: [...moves.values()]
      .sort((a, b) => b.count - a.count)
      .map(({ group, from, to, count, examples }) => ({
        townCode: group.town_code,
        townName: group.town_code ? directory.divisionName(group.town_code) : null,
        placeKind: group.place_kind,
        placeKindName: group.place_kind ? (duties.placeKind(group.place_kind)?.name ?? group.place_kind) : null,
        from: presentUnit(from),
        to: presentUnit(to),
        count,
        examples,
      })),
    conflicts: [...conflicts.values()],
  }

  async function countNewest(): Promise<number> {
    const counted = await sql<{ looked: number }>`
      select count(*) as looked from (select 1 from process_case c where ${predicateSql(caseVisibility(actor), 'c')}
        limit ${sample ?? 100_000}) n`.execute(tx)
    return counted.rows[0]!.looked
  }
})

interface Move {
  group: Group
  from: UnitRef | undefined
  to: UnitRef | undefined
  count: number
  examples: Group['examples']
}

function sameUnits(a: DutyRoute, b: DutyRoute): boolean {
  return a.lead?.id === b.lead?.id && a.co.length === b.co.length && a.co.every((unit, i) => unit.id === b.co[i]!.id)
}
