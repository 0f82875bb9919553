import { loadDuties, recordRuling } from '#modules/management/duties/public.ts'
import { sql } from '#platform/db/db.ts'
import { AppError } from '#platform/errors/app-error.ts'
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
  if (state.data.ruled === true) return undefined
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
      ...(found.rulingNumber ? { ruled: true, ruling: found.rulingNumber } : {}),
    },
    why: [...found.why],
  }
}

/** Where no class is known, the department line recognised in the text leads to the county's unit of that line. */
async function routeByLine(context: Parameters<Effect>[0]['context'], lineCode: string | null): Promise<CasePatch> {
  const unit = lineCode ? context.here.directory.unitOfLine(lineCode) : undefined
  const why: WhyPart[] = unit
    ? [{ key: 'loop.why.by_line', params: { line: context.here.directory.lineName(lineCode!), unit: unit.name } }]
    : [{ key: 'loop.why.no_suggestion', params: {} }]
  return { data: { suggestedUnitId: unit?.id ?? null, coUnitIds: [] }, why }
}

/** The dispatcher's choice, or the suggestion; another unit than the suggested one needs a reason. */
const dispatch: Effect = async ({ context, case: state, form }) => {
  const suggested = typeof state.data.suggestedUnitId === 'number' ? state.data.suggestedUnitId : null
  const chosen = typeof form.unitId === 'number' ? form.unitId : suggested
  if (chosen === null) throw new AppError('loop.no_unit', { status: 422 })
  const unit = context.here.directory.unit(chosen)
  if (!unit) throw new AppError('loop.no_unit', { status: 422 })
  if (suggested !== null && chosen !== suggested && typeof form.reason !== 'string')
    throw new AppError('loop.reason_needed', { status: 422, fields: [{ path: '/reason', code: 'loop.reason_needed' }] })
  const co = Array.isArray(state.data.coUnitIds) ? (state.data.coUnitIds as number[]) : []
  return {
    unitId: chosen,
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
    data: { suggestedUnitId: null },
    why: [{ key: 'loop.why.returned', params: { unit: unit?.name ?? '', clause: String(form.clause) } }],
  }
}

/** A ruling names the unit, which may not return the case; it goes into the library as precedent for the next one. */
const rule: Effect = async ({ context, case: state, form }) => {
  const unit = context.here.directory.unit(Number(form.unitId))
  if (!unit) throw new AppError('loop.no_unit', { status: 422 })
  const level = unit.division.length === 6 ? 'county' : unit.division.length === 9 ? 'town' : 'village'
  const recorded = state.classCode
    ? await recordRuling(context, {
        classCode: state.classCode,
        placeKinds: [typeof state.data.placeKind === 'string' ? state.data.placeKind : 'any'],
        question: `“${context.here.directory.className(state.classCode) ?? state.classCode}”由谁主办`,
        facts: state.title,
        decision: `${unit.name}主办`,
        lead: `${level}:${unit.kind}`,
        co: [],
        reason: String(form.reason),
        caseNumber: state.number,
      })
    : undefined
  const why: WhyPart[] = recorded
    ? [{ key: 'loop.why.ruled_recorded', params: { unit: unit.name, number: recorded.number } }]
    : [{ key: 'loop.why.ruled', params: { unit: unit.name } }]
  return {
    data: { suggestedUnitId: unit.id, ruled: true, ...(recorded ? { ruling: recorded.number } : {}) },
    why,
  }
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
  const { rows } = await sql<{ has_phone: boolean }>`
    select reporter_phone is not null as has_phone from loop_report where case_id = ${state.id}`.execute(context.tx)
  // An answer of the past reached the resident then.
  if (rows[0]?.has_phone && !context.history)
    context.pending.jobs.push({ kind: 'loop.send_reply', aggregate: `case:${state.id}`, payload: { caseId: state.id } })
  return undefined
}

export const loopEffects: Readonly<Record<string, Effect>> = {
  'loop.classify': classify,
  'loop.grade': grade,
  'loop.route': route,
  'loop.dispatch': dispatch,
  'loop.return': giveBack,
  'loop.rule': rule,
  'loop.release': release,
  'loop.reply': reply,
}
