import { AppError } from '#platform/errors/app-error.ts'
import { type CaseState, nextNumber } from '#platform/process/case.store.ts'
import type { Effect, WhyPart } from '#platform/process/effect.ts'
import type { Session } from '../domain/session.ts'

const LINE = 'public-security'

/** Kinds of dispute that are kept secret whoever asks. */
const SECRET_KINDS: ReadonlySet<unknown> = new Set(['婚姻家庭'])

/** The committee that mediates (村社区 or 镇街), and how secret the case is kept. */
const begin: Effect = async ({ context, case: state, form }) => {
  const { directory } = context.here
  const village = state.villageCode ? directory.unitAt(state.villageCode, 'committee') : undefined
  const town = state.townCode ? directory.unitAt(state.townCode, 'governance') : undefined
  const desk = form.committee === '村社区' ? (village ?? town) : town
  if (!desk) throw new AppError('mediation.no_committee', { status: 422 })
  const secret = SECRET_KINDS.has(form.kind) || form.minors === true
  const why: WhyPart[] = [{ key: 'mediation.why.committee', params: { unit: desk.name } }]
  if (secret) why.push({ key: 'mediation.why.secret', params: {} })
  return {
    unitId: desk.id,
    lineCode: state.lineCode ?? LINE,
    ...(secret ? { secrecy: 'secret' as const } : {}),
    data: { deskUnitId: desk.id },
    why,
  }
}

/** One more session; the flow asks for at least one before it ends either way. */
const recordSession: Effect = async ({ case: state, form }) => {
  const sessions = Array.isArray(state.data.sessions) ? (state.data.sessions as Session[]) : []
  const { heldOn, place, present, summary, nextOn } = form
  const session = { heldOn, place, present, summary, ...(nextOn ? { nextOn } : {}) }
  return {
    data: { sessions: [...sessions, session] },
    why: [{ key: 'mediation.why.session', params: { n: sessions.length + 1 } }],
  }
}

/** The agreement's own number by town and year: 木渎人调〔2026〕3号. */
const numberAgreement: Effect = async ({ context, case: state }) => {
  const { here, tx, now } = context
  const scope = `${townWord(here.directory.divisionName(state.townCode ?? here.county.regionPrefix))}人调〔${here.calendar.dateAt(now).slice(0, 4)}〕`
  const number = `${scope}${Number((await nextNumber(tx, scope)).slice(scope.length))}号`
  return {
    data: { agreementNumber: number, agreedOn: here.calendar.dateAt(now), rounds: roundsOf(state) + 1 },
    why: [{ key: 'mediation.why.agreement', params: { number } }],
  }
}

/** 木渎镇 → 木渎. */
function townWord(name: string): string {
  return name.replace(/(镇|街道|乡)$/, '')
}

function roundsOf(state: CaseState): number {
  return typeof state.data.rounds === 'number' ? state.data.rounds : 0
}

const RULINGS: Readonly<Record<string, string>> = {
  confirmed: 'mediation.why.confirmed',
  refused: 'mediation.why.refused_by_court',
  withdrawn: 'mediation.why.confirmation_withdrawn',
}

/** What the court decided about the agreement. */
const afterCourt: Effect = async ({ case: state, with: { ruling } }) => ({
  data: { courtResult: ruling },
  why: [
    {
      key: RULINGS[String(ruling)] ?? 'mediation.why.confirmed',
      params: { number: String(state.data.agreementNumber) },
    },
  ],
})

/** What was found on a visit; a broken agreement goes back to mediation. */
const recordVisit: Effect = async ({ context, case: state, form, with: { kept } }) => {
  const visits = Array.isArray(state.data.visits) ? state.data.visits : []
  return {
    data: {
      visits: [...visits, { on: context.here.calendar.dateAt(context.now), kept, how: form.how }],
      fulfilled: kept,
    },
    why: [{ key: `mediation.why.visit_${String(kept)}`, params: {} }],
  }
}

export const mediationEffects: Readonly<Record<string, Effect>> = {
  'mediation.begin': begin,
  'mediation.record_session': recordSession,
  'mediation.number_agreement': numberAgreement,
  'mediation.after_court': afterCourt,
  'mediation.record_visit': recordVisit,
}
