import { publishEdition, tryEdition, undoEdition, withdrawEdition } from '#modules/management/duties/contract.ts'
import { type BookTarget, reversed, same, targetWith } from '#modules/management/duties/domain/book.ts'
import { accountOf } from '#modules/management/duties/server/duties.policy.ts'
import { raiseRevision, readDuties } from '#modules/management/duties/server/duties.store.ts'
import { DutyUnits } from '#modules/management/duties/server/duty-units.ts'
import { readBook } from '#modules/management/duties/server/duty-workbook.ts'
import { editionPage } from '#modules/management/duties/server/edition.queries.ts'
import {
  applyClasses,
  dueEditions,
  findEdition,
  insertEdition,
  isBuiltOn,
  markPublished,
  markWithdrawn,
  takeBack,
  writeChanges,
} from '#modules/management/duties/server/edition.store.ts'
import { examine, requireChanges } from '#modules/management/duties/server/examine.ts'
import { dayStart, requireDocument } from '#modules/management/duties/server/item-change.ts'
import { command } from '#platform/command/command.ts'
import type { Context } from '#platform/command/context.ts'
import { AppError, notFound } from '#platform/errors/app-error.ts'
import type { JobHandler } from '#platform/jobs/jobs.ts'

export const TAKE_EFFECT = 'duties.take_effect'

/**
 * The day's beginning, in the future: what was dispatched by a list stays dispatched by the list that held then.
 * @throws AppError `duties.edition_too_early`, `duties.date_invalid` (422)
 */
function comingDay(context: Context, date: string): Date {
  const at = dayStart(date)
  if (at <= context.now)
    throw new AppError('duties.edition_too_early', {
      status: 422,
      params: { date: context.here.calendar.dateAt(new Date(context.now.getTime() + 86_400_000)) },
    })
  return at
}

async function draft(context: Context, edition: Parameters<typeof insertEdition>[1]) {
  const id = await insertEdition(context.tx, edition, accountOf(context.actor), context.now)
  context.pending.subject = `duties_edition:${id}`
  return { ref: { id } }
}

/** Tries a file: what it would add, change and remove, and every fault; the book stays as it is. */
export const tryEditionCommand = command(tryEdition, {
  async perform(context, { fileName, content, validFrom, ...input }) {
    const { tx, actor, here } = context
    const documentNumber = requireDocument(input.documentNumber)
    const at = comingDay(context, validFrom)
    const duties = await readDuties(tx)
    const units = new DutyUnits(here.directory)
    const read = await readBook(Buffer.from(content, 'base64'), fileName, duties.at(at), units)
    const { target, changes, problems } = examine(duties, units, read.target, at, read)
    requireChanges(actor, duties.at(at), changes)
    return draft(context, {
      kind: 'import',
      title: fileName.trim(),
      documentNumber,
      validFrom,
      sheets: read.sheets,
      target,
      changes,
      problems,
      undoes: null,
    })
  },
  present: (context, ref) => editionPage(context, (ref as { id: number }).id),
})

/** A draft that takes a published version back; it is tried and published like every other. */
export const undoEditionCommand = command(undoEdition, {
  async perform(context, { editionId, validFrom, ...input }) {
    const { tx, actor, here } = context
    const documentNumber = requireDocument(input.documentNumber)
    const at = comingDay(context, validFrom)
    const edition = await findEdition(tx, editionId)
    if (!edition) throw notFound()
    if (edition.state !== 'published') throw new AppError('duties.edition_not_published', { status: 409 })
    const duties = await readDuties(tx)
    const target = targetWith(duties, reversed(edition.changes), at)
    const { changes, problems } = examine(duties, new DutyUnits(here.directory), target, at)
    requireChanges(actor, duties.at(at), changes)
    return draft(context, {
      kind: 'undo',
      title: edition.title,
      documentNumber,
      validFrom,
      sheets: [],
      target,
      changes,
      problems,
      undoes: editionId,
    })
  },
  present: (context, ref) => editionPage(context, (ref as { id: number }).id),
})

/** Publishes a draft: from the beginning of its day it is what routing goes by, in every process and without a restart. */
export const publishEditionCommand = command(publishEdition, {
  async perform(context, { editionId, validFrom, ...input }) {
    const { tx, actor, here, now, pending } = context
    const documentNumber = requireDocument(input.documentNumber)
    const at = comingDay(context, validFrom)
    await raiseRevision(tx)
    const edition = await findEdition(tx, editionId)
    if (!edition) throw notFound()
    if (edition.state !== 'draft') throw new AppError('duties.edition_not_draft', { status: 409 })
    const unread = edition.problems.filter((problem) => problem.weight === 'error' && problem.row !== null)
    const duties = await readDuties(tx)
    const { changes, problems } = examine(duties, new DutyUnits(here.directory), edition.target as BookTarget, at)
    const errors = [...unread, ...problems.filter((problem) => problem.weight === 'error')]
    if (errors.length > 0)
      throw new AppError('duties.edition_faulty', { status: 422, params: { count: errors.length } })
    if (!same(changes, edition.changes)) throw new AppError('duties.edition_stale', { status: 409 })
    if (changes.length === 0) throw new AppError('duties.edition_empty', { status: 422 })
    requireChanges(actor, duties.at(at), changes)
    const by = accountOf(actor)
    const closed = await writeChanges(tx, { id: editionId, documentNumber, validFrom }, changes, by, now)
    // Rows are named as the file named them; what only warned stays told.
    const kept = edition.problems.filter((problem) => problem.weight === 'warning')
    await markPublished(tx, editionId, { documentNumber, validFrom, changes, problems: kept }, closed, by, now)
    pending.jobs.push({ kind: TAKE_EFFECT, aggregate: 'duties', payload: { editionId }, runAt: at })
    pending.subject = `duties_edition:${editionId}`
    pending.facts.push({
      kind: 'duties.edition_published',
      subject: pending.subject,
      content: {
        documentNumber,
        validFrom,
        undoes: edition.undoes,
        changes: changes.map(({ sheet, code, before, after }) => ({
          sheet,
          code,
          kind: !before ? 'added' : !after ? 'removed' : 'changed',
        })),
      },
    })
    return { ref: { id: editionId } }
  },
  present: (context, ref) => editionPage(context, (ref as { id: number }).id),
})

/** Withdraws a version that has not begun, or drops a draft. What has begun is only changed by a further version. */
export const withdrawEditionCommand = command(withdrawEdition, {
  async perform(context, { editionId, reason }) {
    const { tx, actor, now, pending } = context
    await raiseRevision(tx)
    const edition = await findEdition(tx, editionId)
    if (!edition) throw notFound()
    const duties = await readDuties(tx)
    requireChanges(actor, duties, edition.changes)
    if (edition.state === 'withdrawn') throw new AppError('duties.edition_withdrawn', { status: 409 })
    if (edition.state === 'published') {
      if (dayStart(edition.validFrom) <= now) throw new AppError('duties.edition_begun', { status: 409 })
      const added = edition.changes.flatMap((change) =>
        change.sheet === 'classes' && !change.before ? [change.code] : [],
      )
      if (await isBuiltOn(tx, editionId, edition.validFrom, added))
        throw new AppError('duties.edition_built_on', { status: 409 })
      await takeBack(tx, editionId, edition.closed, added)
    }
    await markWithdrawn(tx, editionId, reason, accountOf(actor), now)
    pending.subject = `duties_edition:${editionId}`
    pending.facts.push({
      kind: 'duties.edition_withdrawn',
      subject: pending.subject,
      content: { documentNumber: edition.documentNumber, wasPublished: edition.state === 'published', reason },
    })
    return { ref: { id: editionId } }
  },
  present: (context, ref) => editionPage(context, (ref as { id: number }).id),
})

/** Lets every version begin whose day has come: its classes become those of everyday. Safe to repeat. */
export const takeEffect: JobHandler = async ({ tx, now, here }) => {
  await raiseRevision(tx)
  for (const { id, changes } of await dueEditions(tx, here.calendar.dateAt(now)))
    await applyClasses(tx, id, changes, now)
}
