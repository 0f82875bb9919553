import { orgDirectory } from '#modules/foundation/org/public.ts'
import { query } from '#platform/command/command.ts'
import { notFound } from '#platform/errors/app-error.ts'
import { findCase } from '#platform/process/case.store.ts'
import { maySee } from '#platform/process/engine.ts'
import { listPanel } from '../contract.ts'
import { expertConflict, unitConflict } from '../domain/panel.ts'
import { applicantOf } from './joint-review.effects.ts'

/** County units with a leader, and all experts in office; with a case also who would have to stand aside. */
export const listPanelQuery = query(listPanel, async ({ tx, here, actor }, { caseId }) => {
  const directory = orgDirectory(here)
  const loaded = caseId === undefined ? undefined : await findCase(tx, caseId, false)
  if (caseId !== undefined && (!loaded || !maySee(actor, loaded))) throw notFound()
  const applicant = loaded ? applicantOf(loaded.case) : { accountId: null, unitId: null }
  const units = directory.units()
  const experts = new Map<number, string>()
  for (const unit of units)
    for (const accountId of directory.holders(unit.id, 'expert'))
      if (!experts.has(accountId)) experts.set(accountId, unit.name)
  return {
    units: units
      .filter((unit) => unit.level === 'county' && directory.holders(unit.id, 'unitLeader').length > 0)
      .map((unit) => ({
        id: unit.id,
        name: unit.name,
        leaders: directory.holders(unit.id, 'unitLeader').map((accountId) => directory.accountName(accountId)),
        avoid: unitConflict(directory, applicant, unit.id)?.code ?? null,
      })),
    experts: [...experts].map(([accountId, unitName]) => ({
      accountId,
      name: directory.accountName(accountId),
      unitName,
      avoid: expertConflict(directory, applicant, accountId)?.code ?? null,
    })),
  }
})
