import { openReport } from '#modules/services/loop/public.ts'
import { AppError } from '#platform/errors/app-error.ts'
import { findCountyUnit } from '#platform/process/assignment.ts'
import { type CaseState, findCase } from '#platform/process/case.store.ts'
import type { Effect } from '#platform/process/effect.ts'
import { noteOnCase } from '#platform/process/engine.ts'
import { insertLink } from '#platform/process/link.store.ts'
import { repeatsOf } from './consultation.store.ts'

export interface Decision {
  text: string
  unitId: number
  due: string
  reportId?: number
}

export function decisionsOf({ data }: Pick<CaseState, 'data'>): Decision[] {
  return Array.isArray(data.decisions) ? (data.decisions as Decision[]) : []
}

/** The town's desk leads; what lies in two towns is led by the county's director. */
const begin: Effect = async ({ context, case: state }) => {
  const { directory } = context.here
  const town = state.townCode ? directory.unitAt(state.townCode, 'command') : undefined
  const desk = town ?? findCountyUnit('command', directory)
  if (!desk) throw new AppError('process.no_triage_unit', { status: 409 })
  const director = town ? undefined : directory.holders(desk.id, 'countyDirector')[0]
  return {
    unitId: desk.id,
    data: { deskUnitId: desk.id, ...(director === undefined ? {} : { directorId: director }) },
    why: [
      {
        key: director === undefined ? 'consultation.why.town' : 'consultation.why.county',
        params: { unit: desk.name },
      },
    ],
  }
}

/** Who is invited sees the case and its pack. */
const invite: Effect = async ({ context, form }) => {
  const { directory } = context.here
  const units = (form.units as number[]).map((id) => {
    const unit = directory.unit(id)
    if (!unit) throw new AppError('consultation.unit_unknown', { status: 422 })
    return unit
  })
  return {
    parties: units.map(({ id }) => ({ unitId: id, role: 'invited' })),
    why: [{ key: 'consultation.why.invited', params: { units: units.map(({ name }) => name).join('、') } }],
  }
}

/** A decision with unit and day; where wanted, a report is opened for it, linked to the consultation. */
const decide: Effect = async ({ context, case: state, form }) => {
  const { directory, calendar } = context.here
  const unit = directory.unit(Number(form.unitId))
  if (!unit) throw new AppError('consultation.unit_unknown', { status: 422 })
  if (String(form.due) < calendar.dateAt(context.now)) throw new AppError('consultation.due_past', { status: 422 })
  const decision: Decision = { text: String(form.decision), unitId: unit.id, due: String(form.due) }
  const why = [{ key: 'consultation.why.decided', params: { unit: unit.name, due: decision.due } }]
  if (form.openReport === true) {
    const place = state.villageCode
      ? { villageCode: state.villageCode }
      : state.townCode
        ? { townCode: state.townCode }
        : state.place
          ? { place: state.place }
          : {}
    const { state: report } = await openReport(context, {
      title: decision.text.slice(0, 60),
      text: `会商决定（${state.number}）：${decision.text}。由${unit.name}于${decision.due}前完成。`,
      source: 'meeting',
      ...(state.classCode ? { classCode: state.classCode } : {}),
      ...(state.placeText ? { placeText: state.placeText } : {}),
      ...place,
    })
    await insertLink(
      context.tx,
      { kind: 'opened', fromCaseId: report.id, toCaseId: state.id },
      context.actor.kind === 'staff' ? context.actor.accountId : null,
      context.now,
    )
    decision.reportId = report.id
    why.push({ key: 'consultation.why.report_opened', params: { unit: unit.name, due: report.number } })
  }
  return { data: { decisions: [...decisionsOf(state), decision] }, why }
}

/** Every report that the meeting was about learns what was decided. */
const tellRepeats: Effect = async ({ context, case: state, form }) => {
  const ids = new Set(await repeatsOf(context.tx, state.id))
  if (typeof state.data.fromCase === 'number') ids.add(state.data.fromCase)
  for (const id of [...ids].sort((a, b) => a - b)) {
    const report = await findCase(context.tx, id, true)
    if (report)
      await noteOnCase(context, report, {
        action: 'linkedResult',
        why: [
          {
            key: 'consultation.why.result',
            params: { number: state.number, minutes: String(form.minutesNumber), n: decisionsOf(state).length },
          },
        ],
      })
  }
  return undefined
}

export const consultationEffects: Readonly<Record<string, Effect>> = {
  'consultation.begin': begin,
  'consultation.invite': invite,
  'consultation.decide': decide,
  'consultation.tell_repeats': tellRepeats,
}
