import { mayLead, parseUnit } from '#modules/management/duties/domain/duty.ts'
import { accountOf } from '#modules/management/duties/server/duties.policy.ts'
import {
  insertRuling,
  listRulingRows,
  nextRulingNumber,
  raiseRevision,
  readDuties,
} from '#modules/management/duties/server/duties.store.ts'
import { DutyUnits } from '#modules/management/duties/server/duty-units.ts'
import type { Context } from '#platform/command/context.ts'
import { AppError } from '#platform/errors/app-error.ts'

export interface RulingInput {
  /** Given by the system where it is left out. */
  number?: string
  classCode: string
  /** Kinds of place it holds for; `any` = all. */
  placeKinds: readonly string[]
  question: string
  /** Without personal data: precedents are open to every official. */
  facts: string
  decision: string
  /** `level:kind` */
  lead: string
  co: readonly string[]
  reason: string
  citedClause?: string | null
  citedItem?: string | null
  caseNumber?: string | null
  /** Unit, post and name of who decided; the actor where it is left out. */
  decidedBy?: string
  /** When it was decided; now where it is left out. */
  decidedAt?: Date
}

/**
 * Puts a ruling into the library, so that routing quotes it from then on. The caller has checked the right to rule; writes
 * the evidence row.
 * @throws AppError `duties.class_unknown`, `duties.place_kind_unknown`, `duties.unit_…`, `duties.ruling_…`
 */
export async function recordRuling(context: Context, input: RulingInput): Promise<{ id: number; number: string }> {
  const { tx, now, actor, here, pending } = context
  await raiseRevision(tx)
  const duties = await readDuties(tx)
  if (!duties.classOf(input.classCode))
    throw new AppError('duties.class_unknown', { status: 422, params: { code: input.classCode } })
  for (const code of input.placeKinds)
    if (!duties.placeKind(code)) throw new AppError('duties.place_kind_unknown', { status: 422, params: { code } })
  new DutyUnits(here.directory).check(input.lead, input.co)
  const decidedAt = input.decidedAt ?? now
  if (decidedAt > now) throw new AppError('duties.ruling_in_future', { status: 422 })
  const level = parseUnit(input.lead)!.level
  for (const placeKind of input.placeKinds) {
    const item = duties.itemAt(input.classCode, placeKind, decidedAt)
    if (item?.list === 'recovered' && !mayLead('recovered', level))
      throw new AppError('duties.ruling_recovered', { status: 422, params: { clause: item.clauseNumber } })
  }
  const number = input.number ?? (await nextRulingNumber(tx, Number(here.calendar.dateAt(decidedAt).slice(0, 4))))
  if ((await listRulingRows(tx, { number })).length > 0)
    throw new AppError('duties.ruling_number_taken', { status: 409, params: { number } })
  const id = await insertRuling(
    tx,
    {
      number,
      classCode: input.classCode,
      placeKinds: [...input.placeKinds],
      question: input.question,
      facts: input.facts,
      decision: input.decision,
      lead: input.lead,
      co: [...input.co],
      reason: input.reason,
      citedClause: input.citedClause ?? null,
      citedItem: input.citedItem ?? null,
      caseNumber: input.caseNumber ?? null,
      decidedBy: input.decidedBy ?? decider(context),
      decidedAt,
    },
    accountOf(actor),
  )
  pending.subject ??= `duties_ruling:${id}`
  pending.facts.push({
    kind: 'duties.ruling_made',
    subject: `duties_ruling:${id}`,
    content: {
      number,
      classCode: input.classCode,
      placeKinds: [...input.placeKinds],
      lead: input.lead,
      co: [...input.co],
      decidedAt: decidedAt.toISOString(),
    },
  })
  return { id, number }
}

function decider({ actor }: Context): string {
  if (actor.kind !== 'staff') return actor.kind === 'system' ? actor.name : ''
  const post = actor.posts[0]
  return post ? `${post.unitName} ${actor.name}` : actor.name
}
