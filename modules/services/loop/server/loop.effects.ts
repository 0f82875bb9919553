import { type OrgUnit, orgDirectory } from '#modules/foundation/org/public.ts'
import { loadDuties, recordRuling } from '#modules/management/duties/public.ts'
import type { Limit } from '#platform/calendar/work-calendar.ts'
import type { Context } from '#platform/command/context.ts'
import { sql } from '#platform/db/db.ts'
import { AppError } from '#platform/errors/app-error.ts'
import { resolveAssignment } from '#platform/process/assignment.ts'
import type { CaseState } from '#platform/process/case.store.ts'
import type { AssignmentDef } from '#platform/process/definition.ts'
import type { CasePatch, Effect, WhyPart } from '#platform/process/effect.ts'
import { releaseReport } from './loop.store.ts'

/** The class that the clerk confirmed: its line, limits, severity and secrecy. */
const classify: Effect = async ({ context, case: state, form }) => {
  const code = typeof form.classCode === 'string' ? form.classCode : state.classCode
  if (!code) return undefined
  const found = (await loadDuties(context.tx)).classOf(code)
  if (!found) throw new AppError('loop.class_unknown', { status: 422 })
  const changed = code !== state.classCode
  return {
    classCode: code,
    lineCode: found.lineCode,
    severity: changed || state.severity === 0 ? found.severity : state.severity,
    ...(changed ? { secrecy: found.secrecy } : {}),
    data: { limits: found.limits },
    why: changed ? [{ key: 'loop.why.class_confirmed', params: { class: found.fullName } }] : [],
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
  const found = (await loadDuties(tx)).route(
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
const rule: Effect = async ({ context, case: state, form }) => {
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
}
