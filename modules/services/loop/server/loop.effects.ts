import { type OrgUnit, orgDirectory } from '#modules/foundation/org/public.ts'
import { loadDuties, recordRuling } from '#modules/management/duties/public.ts'
import { limitsInMode } from '#modules/management/roster/public.ts'
import type { Limit } from '#platform/calendar/work-calendar.ts'
import type { Context } from '#platform/command/context.ts'
import { sql } from '#platform/db/db.ts'
import { AppError } from '#platform/errors/app-error.ts'
import { resolveAssignment } from '#platform/process/assignment.ts'
import type { CaseState } from '#platform/process/case.store.ts'
import type { AssignmentDef } from '#platform/process/definition.ts'
import type { CasePatch, Effect, WhyPart } from '#platform/process/effect.ts'
import { partsPatch } from '#platform/process/link.effects.ts'
import { releaseReport } from './loop.store.ts'
import { openReportPart, redoReport } from './report-parts.ts'

/** The class that the clerk confirmed: its line, limits, severity and secrecy. */
const classify: Effect = async ({ context, case: state, form }) => {
  const code = typeof form.classCode === 'string' ? form.classCode : state.classCode
  if (!code) return undefined
  const found = (await loadDuties(context.tx, context.now)).classOf(code)
  if (!found) throw new AppError('loop.class_unknown', { status: 422 })
  const changed = code !== state.classCode
  const mode = await limitsInMode(context, code, found.limits, found.severity)
  return {
    classCode: code,
    lineCode: found.lineCode,
    severity: changed || state.severity === 0 ? (mode.severity ?? found.severity) : state.severity,
    ...(changed ? { secrecy: found.secrecy } : {}),
    data: { limits: mode.limits, selfHandle: found.selfHandle === true },
    why: changed ? [{ key: 'loop.why.class_confirmed', params: { class: found.fullName } }, ...mode.why] : [],
  }
}

/** Severity and secrecy as the duty chief sets them when filing. */
const grade: Effect = async ({ form }) => {
  const patch: CasePatch = {}
  if (typeof form.severity === 'number') patch.severity = form.severity
  if (form.secrecy === 'public' || form.secrecy === 'internal' || form.secrecy === 'secret')
    patch.secrecy = form.secrecy
  return patch
}

/** Class × place × duty list × rulings → the suggested unit, with the reasons in words. A person dispatches. */
const route: Effect = async ({ context, case: state }) => {
  const { here, tx } = context
  if (ruledUnit(state) !== null) return undefined
  if (!state.classCode) return routeByLine(context, state.lineCode)
  const found = (await loadDuties(tx, context.now)).route(
    {
      classCode: state.classCode,
      placeKind: typeof state.data.placeKind === 'string' ? state.data.placeKind : 'any',
      townCode: state.townCode,
      villageCode: state.villageCode,
      at: context.now,
    },
    here.directory,
    here.county.regionPrefix,
  )
  return {
    data: {
      suggestedUnitId: found.lead?.id ?? null,
      coUnitIds: found.co.map((unit) => unit.id),
      // Whom a ruling names may not return the case.
      ...(found.rulingNumber && found.lead
        ? { ruled: true, ruledUnitId: found.lead.id, ruling: found.rulingNumber }
        : {}),
    },
    why: [...found.why],
  }
}

/** Where no class is known, the department line recognised in the text leads to the county's unit of that line. */
async function routeByLine(context: Context, lineCode: string | null): Promise<CasePatch> {
  const unit = lineCode ? context.here.directory.unitOfLine(lineCode) : undefined
  const why: WhyPart[] = unit
    ? [{ key: 'loop.why.by_line', params: { line: context.here.directory.lineName(lineCode!), unit: unit.name } }]
    : [{ key: 'loop.why.no_suggestion', params: {} }]
  return { data: { suggestedUnitId: unit?.id ?? null, coUnitIds: [] }, why }
}

/** The unit that a ruling on this case or a precedent names; before version 2 of the flow only the suggestion said so. */
function ruledUnit({ data }: CaseState): number | null {
  if (typeof data.ruledUnitId === 'number') return data.ruledUnitId
  return data.ruled === true && typeof data.suggestedUnitId === 'number' ? data.suggestedUnitId : null
}

function refusedUnit(code: string, unit: string): AppError {
  return new AppError(code, { status: 422, params: { unit }, fields: [{ path: '/unitId', code, params: { unit } }] })
}

/** A unit that may be given a case to lead: it exists today, may lead, and somebody there handles cases. */
function leadingUnit(context: Context, id: number): OrgUnit {
  const directory = orgDirectory(context.here)
  const unit = directory.unit(id)
  if (!unit) throw new AppError('loop.no_unit', { status: 422 })
  if (unit.retired) throw refusedUnit('loop.unit_retired', unit.name)
  if (unit.limited) throw refusedUnit('loop.unit_limited', unit.name)
  if (directory.holders(unit.id, 'handler').length === 0) throw refusedUnit('loop.unit_without_handler', unit.name)
  return unit
}

/** Units that help, limited ones too; the leading one is not among them. */
function helpingUnits(context: Context, ids: unknown, leadId: number): OrgUnit[] {
  const directory = orgDirectory(context.here)
  return [...new Set(Array.isArray(ids) ? (ids as number[]) : [])]
    .filter((id) => id !== leadId)
    .map((id) => {
      const unit = directory.unit(id)
      if (!unit) throw new AppError('loop.no_unit', { status: 422 })
      if (unit.retired) throw refusedUnit('loop.unit_retired', unit.name)
      return unit
    })
}

/** The dispatcher's choice, or the suggestion; another unit than the suggested one needs a reason. */
const dispatch: Effect = async ({ context, case: state, form, with: { returnWithin } }) => {
  const suggested = typeof state.data.suggestedUnitId === 'number' ? state.data.suggestedUnitId : null
  const chosen = typeof form.unitId === 'number' ? form.unitId : suggested
  if (chosen === null) throw new AppError('loop.no_unit', { status: 422 })
  const unit = leadingUnit(context, chosen)
  if (suggested !== null && chosen !== suggested && typeof form.reason !== 'string')
    throw new AppError('loop.reason_needed', { status: 422, fields: [{ path: '/reason', code: 'loop.reason_needed' }] })
  const co = Array.isArray(state.data.coUnitIds) ? (state.data.coUnitIds as number[]) : []
  const { calendar } = context.here
  return {
    unitId: chosen,
    data: {
      // The ruling binds whom it names, not whoever else the case is given to.
      ruled: chosen === ruledUnit(state),
      ...(returnWithin ? { returnBy: calendar.deadline(context.now, returnWithin as Limit).at.toISOString() } : {}),
    },
    parties: [
      { unitId: chosen, role: 'lead' },
      ...co.filter((id) => id !== chosen).map((unitId) => ({ unitId, role: 'co' })),
    ],
    why: [
      chosen === suggested
        ? { key: 'loop.why.dispatched_as_suggested', params: { unit: unit.name } }
        : { key: 'loop.why.dispatched_otherwise', params: { unit: unit.name } },
    ],
  }
}

/** Back from a unit: it keeps sight of the case as a party, and the clause it cited stands in the trace. */
const giveBack: Effect = async ({ context, case: state, form }) => {
  const unit = state.unitId === null ? undefined : context.here.directory.unit(state.unitId)
  return {
    unitId: null,
    data: { suggestedUnitId: typeof state.data.ruledUnitId === 'number' ? state.data.ruledUnitId : null },
    why: [{ key: 'loop.why.returned', params: { unit: unit?.name ?? '', clause: String(form.clause) } }],
  }
}

/**
 * A ruling names who leads, who may not return the case, and who helps; it goes into the library as precedent for the next
 * one.
 */
const rule: Effect = async ({ context, case: state, form, with: { dispatch: atOnce } }) => {
  const unit = leadingUnit(context, Number(form.unitId))
  const co = helpingUnits(context, form.coUnitIds, unit.id)
  const helping = co.map(({ name }) => name).join('、')
  const codes = new Set(co.map(codeOf))
  codes.delete(codeOf(unit))
  const recorded = state.classCode
    ? await recordRuling(context, {
        classCode: state.classCode,
        placeKinds: [typeof state.data.placeKind === 'string' ? state.data.placeKind : 'any'],
        question: `“${context.here.directory.className(state.classCode) ?? state.classCode}”由谁主办`,
        facts: state.title,
        decision: `${unit.name}主办${helping && `，${helping}协办`}`,
        lead: codeOf(unit),
        co: [...codes],
        reason: String(form.reason),
        caseNumber: state.number,
      })
    : undefined
  const why: WhyPart[] = recorded
    ? [{ key: 'loop.why.ruled_recorded', params: { unit: unit.name, number: recorded.number } }]
    : [{ key: 'loop.why.ruled', params: { unit: unit.name } }]
  if (helping) why.push({ key: 'loop.why.ruled_co', params: { units: helping } })
  return {
    // A ruling gives the case to whom it names, without a dispatcher in between.
    ...(atOnce === true
      ? {
          unitId: unit.id,
          parties: [{ unitId: unit.id, role: 'lead' }, ...co.map(({ id }) => ({ unitId: id, role: 'co' }))],
        }
      : {}),
    data: {
      suggestedUnitId: unit.id,
      coUnitIds: co.map(({ id }) => id),
      ruled: true,
      ruledUnitId: unit.id,
      ...(recorded ? { ruling: recorded.number } : {}),
    },
    why,
  }
}

/** How duty list and rulings name a unit. */
function codeOf(unit: OrgUnit): string {
  return `${unit.level}:${unit.kind}`
}

/** What the grid worker found on order; what was not confirmed cannot be filed. */
const verified: Effect = async ({ with: { founded } }) => ({ data: { founded: founded === true } })

const FIRST_EXTENSION: AssignmentDef = { role: 'dutyChief', unit: 'town:command' }
const SECOND_EXTENSION: AssignmentDef = { role: 'countyDirector', unit: 'county:command' }

/** A request for more time is open until it is answered; who has to answer, and then who asked, is told. */
const extension: Effect = async ({ context, case: state, with: { step } }) => {
  const granted = typeof state.data.extensions === 'number' ? state.data.extensions : 0
  const tell: AssignmentDef =
    step !== 'asked' ? { role: 'handler', unit: 'case.unit' } : granted === 0 ? FIRST_EXTENSION : SECOND_EXTENSION
  const to = resolveAssignment(tell, state, [], null, context.here.directory)
  const accountIds = to.unitId === null ? [] : context.here.directory.holders(to.unitId, to.role)
  if (accountIds.length > 0 && !context.history)
    context.pending.jobs.push({
      kind: 'notify.in_app',
      aggregate: `case:${state.id}`,
      payload: { accountIds, kind: `loop.extension_${step}`, caseId: state.id, params: { number: state.number } },
    })
  return { data: { extensionOpen: step === 'asked', ...(step === 'granted' ? { extensions: granted + 1 } : {}) } }
}

/** What the reporter is told of a cancelled case; a reply that was only drafted is none. */
const cancel: Effect = async ({ context, case: state, form }) => {
  const told = typeof form.reply === 'string' ? form.reply : null
  if (told) await sendAnswer(context, state.id)
  return { data: { reply: told } }
}

/** Lets a held-back report go to the desk of its place. */
const release: Effect = async ({ context, case: state }) => {
  const held = state.data.heldPlace as
    | { townCode: string | null; villageCode: string | null; gridCode: string | null }
    | undefined
  await releaseReport(context.tx, state.id)
  return {
    ...(held ? { townCode: held.townCode, villageCode: held.villageCode, gridCode: held.gridCode } : {}),
    data: { quarantined: false },
  }
}

/** The answer goes out with the closing: in-app now, other channels by the outbox. */
const reply: Effect = async ({ context, case: state }) => {
  if (typeof state.data.reply !== 'string') throw new AppError('loop.no_reply', { status: 409 })
  await sendAnswer(context, state.id)
  return undefined
}

async function sendAnswer(context: Context, caseId: number): Promise<void> {
  const { rows } = await sql<{ has_phone: boolean }>`
    select reporter_phone is not null as has_phone from loop_report where case_id = ${caseId}`.execute(context.tx)
  // An answer of the past reached the resident then.
  if (rows[0]?.has_phone && !context.history)
    context.pending.jobs.push({ kind: 'loop.send_reply', aggregate: `case:${caseId}`, payload: { caseId } })
}

/** The unit that has it, or who is named, is told; what the case keeps of the step stands in the definition. */
const tell: Effect = async ({ context, case: state, form, with: { kind, to, data } }) => {
  tellHolders(context, state, String(kind), typeof to === 'string' ? to : 'unit', form)
  return data && typeof data === 'object' ? { data: data as Record<string, unknown> } : undefined
}

const RECIPIENTS: Readonly<Record<string, AssignmentDef>> = {
  unit: { role: 'handler', unit: 'case.unit' },
  leader: { role: 'unitLeader', unit: 'case.unit' },
  desk: { role: 'dutyChief', unit: 'town:command' },
}

/** Notices in the inbox; `actor:<action>` reaches the person who last did that. */
function tellHolders(
  context: Context,
  state: CaseState,
  kind: string,
  to: string,
  form: Record<string, unknown>,
): void {
  if (context.history) return
  const { directory } = context.here
  const { unitId, role } = resolveAssignment(RECIPIENTS[to] ?? RECIPIENTS.desk!, state, [], null, directory)
  const accountIds = unitId === null ? [] : directory.holders(unitId, role)
  if (accountIds.length > 0)
    context.pending.jobs.push({
      kind: 'notify.in_app',
      aggregate: `case:${state.id}`,
      payload: {
        accountIds,
        kind,
        caseId: state.id,
        params: { number: state.number, words: typeof form.words === 'string' ? form.words : '' },
      },
    })
}

const LEVEL_WORDS = ['', '红', '橙', '黄'] as const

/** A 督办单 is a person's act: its level, until when it is answered, and whom it reaches. */
const supervise: Effect = async ({ context, case: state, form, with: { level } }) => {
  tellHolders(context, state, 'loop.supervised', 'unit', form)
  tellHolders(context, state, 'loop.supervised', 'leader', form)
  return {
    data: {
      supervision: {
        level,
        answered: false,
        at: context.now.toISOString(),
        ...(typeof form.instruction === 'string' ? { instruction: form.instruction } : {}),
      },
      superviseLimit: { value: Number(form.hours), unit: 'workHour' },
    },
    why: [
      { key: 'loop.why.supervised', params: { level: LEVEL_WORDS[Number(level)] ?? '', hours: Number(form.hours) } },
    ],
  }
}

const superviseAnswered: Effect = async ({ case: state }) => ({
  data: { supervision: { ...(state.data.supervision as object), answered: true } },
})

/** To the county's desk: no unit has it any more, and what was suggested here does not bind there. */
const escalate: Effect = async ({ context, case: state }) => {
  const { directory } = context.here
  const from = state.townCode ? directory.divisionName(state.townCode) : ''
  return {
    unitId: null,
    data: { escalated: true },
    why: [{ key: 'loop.why.escalated', params: { from } }],
  }
}

/** Who helped has done so when every helping unit has told of it; until then its clock runs. */
const assisted: Effect = async ({ context, case: state, form }) => {
  const { actor } = context
  const co = Array.isArray(state.data.coUnitIds) ? (state.data.coUnitIds as number[]) : []
  const unit = actor.kind === 'staff' ? actor.posts.find((post) => co.includes(post.unitId)) : undefined
  const before = Array.isArray(state.data.assistedBy) ? (state.data.assistedBy as string[]) : []
  return {
    data: { assistResult: form.assistResult, assistedBy: unit ? [...before, unit.unitCode] : before },
    why: unit ? [{ key: 'loop.why.assisted', params: { unit: unit.unitName } }] : [],
  }
}

/** A grid worker put it right on the spot: that is result and answer. */
const selfHandled: Effect = async ({ form }) => ({
  data: { result: form.result, reply: form.result, selfHandled: true },
})

/** Each part is a case of its own at the same place, with the class that its words suggest. */
const split: Effect = async ({ context, case: state, form }) => {
  const parts: CaseState[] = []
  for (const text of form.parts as string[]) parts.push(await openReportPart(context, state, text, { kind: 'part' }))
  return partsPatch(state, parts, 'part')
}

/** A request without an answer becomes a case of its own, whose answer goes to the same reporter. */
const follow: Effect = async ({ context, case: state, form }) => {
  const parts: CaseState[] = []
  const unitId = typeof form.unitId === 'number' ? form.unitId : null
  for (const text of form.requests as string[])
    parts.push(await openReportPart(context, state, text, { kind: 'follow', unitId }))
  return partsPatch(state, parts, 'follow')
}

/** One answer from those of the parts, for the duty chief to close with. */
const rollUp: Effect = async ({ context, case: state }) => {
  const { rows } = await sql<{ number: string; title: string; reply: string | null }>`
    select c.number, c.title, c.data ->> 'reply' as reply from process_link l join process_case c on c.id = l.from_case_id
     where l.to_case_id = ${state.id} and l.kind = 'part' and l.ended_at is null order by c.id`.execute(context.tx)
  const replies = rows.filter((row) => row.reply)
  if (replies.length === 0) return undefined
  return { data: { reply: replies.map((row, index) => `${index + 1}. ${row.title}：${row.reply}`).join('\n') } }
}

/** The answer of the main case goes to this reporter too, by his own channel. */
const replyWithMain: Effect = async ({ context, case: state, form }) => {
  if ((form.state === 'closed' || form.state === 'awaitingCity') && typeof form.reply === 'string')
    await sendAnswer(context, state.id)
  return undefined
}

/** 重办: a new case for the same matter, linked to this one, with the unit that had it suggested. */
const redo: Effect = async ({ context, case: state, form }) => {
  const again = await redoReport(context, state, String(form.reason))
  return { why: [{ key: 'loop.why.redo', params: { number: again.number } }] }
}

export const loopEffects: Readonly<Record<string, Effect>> = {
  'loop.classify': classify,
  'loop.grade': grade,
  'loop.route': route,
  'loop.dispatch': dispatch,
  'loop.return': giveBack,
  'loop.rule': rule,
  'loop.verified': verified,
  'loop.extension': extension,
  'loop.cancel': cancel,
  'loop.release': release,
  'loop.reply': reply,
  'loop.replyWithMain': replyWithMain,
  'loop.tell': tell,
  'loop.supervise': supervise,
  'loop.superviseAnswered': superviseAnswered,
  'loop.escalate': escalate,
  'loop.assisted': assisted,
  'loop.selfHandled': selfHandled,
  'loop.split': split,
  'loop.follow': follow,
  'loop.rollUp': rollUp,
  'loop.redo': redo,
}
