import { addRuling, changeClass, endItem, endRuling, putItem } from '#modules/management/duties/contract.ts'
import { accountOf, MAKE_RULING, MANAGE_LIST, requireChange } from '#modules/management/duties/server/duties.policy.ts'
import { classPage } from '#modules/management/duties/server/duties.queries.ts'
import {
  endItem as endItemRow,
  endRuling as endRulingRow,
  hasItemCode,
  insertItem,
  listItemRows,
  listRulingRows,
  nextItemCode,
  raiseRevision,
  readDuties,
  updateClass,
} from '#modules/management/duties/server/duties.store.ts'
import { DutyUnits } from '#modules/management/duties/server/duty-units.ts'
import { checkChange, dayStart, requireDocument } from '#modules/management/duties/server/item-change.ts'
import { presentItem, presentRuling } from '#modules/management/duties/server/present.ts'
import { recordRuling } from '#modules/management/duties/server/record-ruling.ts'
import { isLimit } from '#platform/calendar/work-calendar.ts'
import { command } from '#platform/command/command.ts'
import type { Context } from '#platform/command/context.ts'
import { AppError, notFound } from '#platform/errors/app-error.ts'

async function itemById(context: Context, id: number) {
  const { tx, here, now } = context
  const row = (await listItemRows(tx, { id }))[0]
  if (!row) throw notFound()
  return presentItem(row, await readDuties(tx), new DutyUnits(here.directory), here.calendar.dateAt(now))
}

async function rulingById({ tx, here }: Context, id: number) {
  const row = (await listRulingRows(tx, { id }))[0]
  if (!row) throw notFound()
  return presentRuling(row, await readDuties(tx), new DutyUnits(here.directory))
}

/** Changes limits, grade and words of a class. Cases keep the limits they were given. */
export const changeClassCommand = command(changeClass, {
  async perform(context, { code, reason, ...change }) {
    const { tx, actor, pending } = context
    for (const limit of Object.values(change.limits))
      if (!isLimit(limit)) throw new AppError('duties.limit_whole_days', { status: 422 })
    await raiseRevision(tx)
    const known = (await readDuties(tx)).classOf(code)
    if (!known) throw notFound()
    requireChange(actor, MANAGE_LIST, known.lineCode)
    const units = new DutyUnits(context.here.directory)
    for (const unit of [change.caretaker, change.fallback])
      if (unit && !units.has(unit)) throw new AppError('duties.unit_unknown', { status: 422, params: { unit } })
    await updateClass(tx, code, change)
    pending.subject = `duties_class:${code}`
    pending.facts.push({
      kind: 'duties.class_changed',
      subject: pending.subject,
      content: { code, reason, ...change },
    })
    return { ref: { code } }
  },
  async present(context, _ref, { code }) {
    return classPage(context, await readDuties(context.tx), code)
  },
})

/** Adds a clause, or lets a new version follow the present one from its effective date on. */
export const putItemCommand = command(putItem, {
  async perform(context, input) {
    const { tx, now, actor, here, pending } = context
    const documentNumber = requireDocument(input.documentNumber)
    await raiseRevision(tx)
    const duties = await readDuties(tx)
    const replaced = checkChange(duties, new DutyUnits(here.directory), input)
    requireChange(actor, MANAGE_LIST, duties.classOf(input.classCode)!.lineCode)
    if (!replaced && input.code !== undefined && (await hasItemCode(tx, input.code)))
      throw new AppError('duties.code_taken', { status: 409, params: { code: input.code } })
    const code = replaced?.code ?? input.code ?? (await nextItemCode(tx, input.list))
    const by = accountOf(actor)
    if (replaced) await endItemRow(tx, replaced.id, { validTo: input.validFrom, documentNumber }, by)
    const id = await insertItem(tx, { ...input, code, documentNumber }, by, now)
    pending.subject = `duties_item:${id}`
    pending.facts.push({
      kind: replaced ? 'duties.item_revised' : 'duties.item_added',
      subject: pending.subject,
      content: {
        code,
        classCode: input.classCode,
        placeKind: input.placeKind,
        list: input.list,
        clauseNumber: input.clauseNumber,
        lead: input.lead,
        co: [...input.co],
        documentNumber,
        validFrom: input.validFrom,
        replaces: replaced?.id ?? null,
      },
    })
    return { ref: { id } }
  },
  present: (context, ref) => itemById(context, (ref as { id: number }).id),
})

/** Ends a clause without a successor. */
export const endItemCommand = command(endItem, {
  async perform(context, { itemId, validTo, ...input }) {
    const { tx, actor, pending } = context
    const documentNumber = requireDocument(input.documentNumber)
    const end = dayStart(validTo)
    await raiseRevision(tx)
    const duties = await readDuties(tx)
    const item = duties.book.items.find((candidate) => candidate.id === itemId)
    if (!item) throw notFound()
    requireChange(actor, MANAGE_LIST, duties.classOf(item.classCode)!.lineCode)
    if (item.validTo !== null) throw new AppError('duties.item_ended', { status: 409 })
    if (end <= item.validFrom)
      throw new AppError('duties.version_order', {
        status: 422,
        params: { date: (await listItemRows(tx, { id: itemId }))[0]!.validFrom },
      })
    await endItemRow(tx, itemId, { validTo, documentNumber }, accountOf(actor))
    pending.subject = `duties_item:${itemId}`
    pending.facts.push({
      kind: 'duties.item_ended',
      subject: pending.subject,
      content: { code: item.code, documentNumber, validTo },
    })
    return { ref: { id: itemId } }
  },
  present: (context, ref) => itemById(context, (ref as { id: number }).id),
})

/** A ruling by hand; in a case it is made by the flow, which calls `recordRuling` itself. */
export const addRulingCommand = command(addRuling, {
  async perform(context, { decidedAt, ...input }) {
    const duties = await readDuties(context.tx)
    requireChange(context.actor, MAKE_RULING, duties.classOf(input.classCode)?.lineCode ?? null)
    const { id } = await recordRuling(context, {
      ...input,
      ...(decidedAt === undefined ? {} : { decidedAt: new Date(decidedAt) }),
    })
    return { ref: { id } }
  },
  present: (context, ref) => rulingById(context, (ref as { id: number }).id),
})

/** Takes a ruling back; cases routed by it stay where they are. */
export const endRulingCommand = command(endRuling, {
  async perform(context, { rulingId, reason }) {
    const { tx, now, actor, pending } = context
    await raiseRevision(tx)
    const row = (await listRulingRows(tx, { id: rulingId }))[0]
    if (!row) throw notFound()
    const duties = await readDuties(tx)
    requireChange(actor, MAKE_RULING, duties.classOf(row.classCode)!.lineCode)
    if (row.endedAt !== null) throw new AppError('duties.ruling_ended', { status: 409 })
    if (now < row.decidedAt) throw new AppError('duties.ruling_too_early', { status: 409 })
    await endRulingRow(tx, rulingId, reason, accountOf(actor), now)
    pending.subject = `duties_ruling:${rulingId}`
    pending.facts.push({
      kind: 'duties.ruling_ended',
      subject: pending.subject,
      content: { number: row.number },
    })
    return { ref: { id: rulingId } }
  },
  present: (context, ref) => rulingById(context, (ref as { id: number }).id),
})
