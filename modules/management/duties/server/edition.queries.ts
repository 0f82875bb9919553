import { getEdition, listConflicts, listEditions, tryHistory } from '#modules/management/duties/contract.ts'
import { withChanges } from '#modules/management/duties/domain/book.ts'
import { findConflicts } from '#modules/management/duties/domain/conflicts.ts'
import { MANAGE_LIST } from '#modules/management/duties/server/duties.policy.ts'
import { readDuties } from '#modules/management/duties/server/duties.store.ts'
import { DutyUnits } from '#modules/management/duties/server/duty-units.ts'
import { type FileProblem, SHEETS, shown, TITLES } from '#modules/management/duties/server/duty-workbook.ts'
import { type EditionHead, findEdition, listEditionRows } from '#modules/management/duties/server/edition.store.ts'
import { requireChanges } from '#modules/management/duties/server/examine.ts'
import { presentTrial, readCaseGroups, trialHere } from '#modules/management/duties/server/history.ts'
import { dayStart } from '#modules/management/duties/server/item-change.ts'
import { holdsPermission } from '#platform/access/actor.ts'
import { query } from '#platform/command/command.ts'
import type { Context } from '#platform/command/context.ts'
import { notFound } from '#platform/errors/app-error.ts'
import { loadWording, type Wording } from '#platform/i18n/wording.ts'

let wording: Wording | undefined

/** A fault in words, as it stands in the file and on the screen. */
export function wordProblem({ code, params }: Pick<FileProblem, 'code' | 'params'>): string {
  wording ??= loadWording()
  return wording.say('zh-CN', `errors.${code}`, params)
}

function head({ here, now }: Context, row: EditionHead) {
  const counts = { added: 0, changed: 0, removed: 0 }
  for (const change of row.changes) counts[!change.before ? 'added' : !change.after ? 'removed' : 'changed']++
  const name = (account: number | null) => (account === null ? null : here.directory.accountName(account))
  return {
    id: row.id,
    kind: row.kind,
    state: row.state,
    inForce: row.state === 'published' && dayStart(row.validFrom) <= now,
    title: row.title,
    documentNumber: row.documentNumber,
    validFrom: row.validFrom,
    counts,
    errors: row.problems.filter((problem) => problem.weight === 'error').length,
    warnings: row.problems.filter((problem) => problem.weight === 'warning').length,
    undoes: row.undoes,
    createdAt: row.createdAt.toISOString(),
    createdBy: name(row.createdBy),
    publishedAt: row.publishedAt?.toISOString() ?? null,
    publishedBy: name(row.publishedBy),
    withdrawnAt: row.withdrawnAt?.toISOString() ?? null,
    withdrawReason: row.withdrawReason,
  }
}

export const listEditionsQuery = query(listEditions, async (context) => {
  const manage = holdsPermission(context.actor, MANAGE_LIST)
  const rows = await listEditionRows(context.tx)
  return {
    items: rows.filter((row) => manage || row.publishedAt !== null).map((row) => head(context, row)),
    can: { manage },
  }
})

/** One version with its changes and faults in words. Drafts are open only to who keeps the list. */
export async function editionPage(context: Context, id: number) {
  const { tx, here, actor } = context
  const row = await findEdition(tx, id)
  const manage = holdsPermission(actor, MANAGE_LIST)
  if (!row || (!manage && row.publishedAt === null)) throw notFound()
  const duties = await readDuties(tx)
  const units = new DutyUnits(here.directory)
  const told = head(context, row)
  return {
    ...told,
    changes: row.changes.map((change) => {
      const entry = (change.after ?? change.before)!
      const name =
        'clause' in entry
          ? `${duties.classOf(entry.classCode)?.fullName ?? entry.classCode} · ${duties.placeKind(entry.placeKind)?.name ?? entry.placeKind}`
          : 'fullName' in entry
            ? entry.fullName
            : entry.name
      const fields = change.fields
        .filter((field) => field !== 'code')
        .map((field) => ({
          title: TITLES[change.sheet][field] ?? field,
          before: change.before ? shown(field, change.before[field as never], duties, units) : '',
          after: change.after ? shown(field, change.after[field as never], duties, units) : '',
        }))
      return {
        sheet: change.sheet,
        kind: !change.before ? ('added' as const) : !change.after ? ('removed' as const) : ('changed' as const),
        code: change.code,
        name,
        fields,
      }
    }),
    problems: row.problems.map((problem) => ({
      weight: problem.weight,
      sheet: SHEETS[problem.sheet],
      row: problem.row,
      column: problem.column,
      code: problem.code,
      reason: wordProblem(problem),
    })),
    can: {
      publish: manage && row.state === 'draft' && told.errors === 0 && row.changes.length > 0,
      withdraw: manage && (row.state === 'draft' || (row.state === 'published' && !told.inForce)),
      undo: manage && row.state === 'published' && told.inForce,
      file: manage && row.kind === 'import',
    },
  }
}

export const getEditionQuery = query(getEdition, (context, { editionId }) => editionPage(context, editionId))

/** Which past cases go elsewhere by a version; reads only what the actor may see. */
export const tryHistoryQuery = query(tryHistory, async (context, { editionId, sample, perMove }) => {
  const { tx, actor } = context
  const edition = await findEdition(tx, editionId)
  if (!edition) throw notFound()
  const duties = await readDuties(tx)
  requireChanges(actor, duties, edition.changes)
  const at = dayStart(edition.validFrom)
  const eve = new Date(at.getTime() - 1)
  const touched = new Set(
    edition.changes.flatMap((change) =>
      change.sheet === 'items'
        ? [change.before?.classCode, change.after?.classCode].filter((code) => code !== undefined)
        : change.sheet === 'classes'
          ? [change.code]
          : [],
    ),
  )
  const trial = trialHere(
    context,
    await readCaseGroups(context, sample ?? 100_000),
    edition.state === 'published' ? { duties: duties.at(eve), at: eve } : { duties: duties.at(at), at },
    edition.state === 'published'
      ? { duties: duties.at(at), at }
      : { duties: withChanges(duties, edition.changes, at, edition.documentNumber), at },
    touched,
  )
  return presentTrial(context, duties, trial, perMove ?? 5)
})

export const listConflictsQuery = query(listConflicts, async ({ tx, here, now }, { on }) => {
  const duties = await readDuties(tx)
  const at = on === undefined ? now : dayStart(on)
  return {
    items: findConflicts(duties, at, new DutyUnits(here.directory)).map((conflict) => ({
      weight: conflict.weight,
      sheet: conflict.sheet,
      of: conflict.of,
      reason: wordProblem(conflict),
    })),
  }
})
