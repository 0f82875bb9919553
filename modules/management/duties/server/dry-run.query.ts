import { dryRun } from '#modules/management/duties/contract.ts'
import { Duties } from '#modules/management/duties/domain/duties.ts'
import type { DutyItem } from '#modules/management/duties/domain/duty.ts'
import { MANAGE_LIST, requireChange } from '#modules/management/duties/server/duties.policy.ts'
import { readDuties } from '#modules/management/duties/server/duties.store.ts'
import { DutyUnits } from '#modules/management/duties/server/duty-units.ts'
import { presentTrial, readCaseGroups, trialHere } from '#modules/management/duties/server/history.ts'
import { checkChange, dayStart, type ItemChange } from '#modules/management/duties/server/item-change.ts'
import { query } from '#platform/command/command.ts'

const EXAMPLES = 5

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
  const duties = await readDuties(tx)
  checkChange(duties, new DutyUnits(here.directory), change)
  requireChange(actor, MANAGE_LIST, duties.classOf(change.classCode)!.lineCode)
  const at = dayStart(change.validFrom)
  const trial = trialHere(
    context,
    await readCaseGroups(context, sample ?? 100_000),
    { duties, at },
    { duties: withChange(duties, change), at },
    new Set([change.classCode]),
  )
  return presentTrial(context, duties, trial, EXAMPLES)
})
