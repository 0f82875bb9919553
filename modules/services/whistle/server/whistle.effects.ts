import { isOverdue } from '#platform/calendar/deadline-clock.ts'
import type { Context } from '#platform/command/context.ts'
import { AppError } from '#platform/errors/app-error.ts'
import { type CaseState, findCase } from '#platform/process/case.store.ts'
import type { Effect } from '#platform/process/effect.ts'
import { noteOnCase } from '#platform/process/engine.ts'
import limits from '../data/arrival-limits.json' with { type: 'json' }
import {
  type Arrival,
  type Evaluation,
  missingUnits,
  type Turnout,
  turnoutOf,
  withEvaluation,
} from '../domain/turn-up.ts'

const LIMITS: Readonly<Record<string, { value: number; unit: string }>> = limits.limits

const calledOf = ({ data }: CaseState) => (Array.isArray(data.calledUnits) ? (data.calledUnits as number[]) : [])
const arrivalsOf = ({ data }: CaseState) => (Array.isArray(data.arrivals) ? (data.arrivals as Arrival[]) : [])
const evaluationsOf = ({ data }: CaseState) =>
  Array.isArray(data.evaluations) ? (data.evaluations as Evaluation[]) : []

function namesOf(context: Context, units: readonly number[]): string {
  return units.map((id) => context.here.directory.unit(id)?.name ?? '').join('、')
}

/**
 * The limit of arrival by the kind of whistle. Every unit called must exist, be another than who calls, and have somebody who
 * can come; otherwise the whistle would wait for nobody.
 */
const call: Effect = async ({ context, case: state, form }) => {
  const { directory } = context.here
  for (const id of calledOf(state)) {
    const unit = directory.unit(id)
    if (!unit) throw new AppError('whistle.unit_unknown', { status: 422 })
    const params = { unit: unit.name }
    if (id === state.data.starterUnitId) throw new AppError('whistle.own_unit', { status: 422, params })
    if (directory.holders(id, 'handler').length === 0)
      throw new AppError('whistle.unit_without_handler', { status: 422, params })
  }
  return {
    data: {
      limits: { arrive: LIMITS[String(form.kind)] },
      // Names as they were, for the page of the case.
      roll: calledOf(state).map((unitId) => ({ unitId, unit: namesOf(context, [unitId]) })),
      arrivals: [],
      evaluations: [],
    },
    why: [
      { key: 'whistle.why.called', params: { units: namesOf(context, calledOf(state)), meetAt: String(form.meetAt) } },
    ],
  }
}

/** A unit is there: time of the hop, on time or late by the clock of the whistle. */
const arrived: Effect = async ({ context, case: state, form }) => {
  const { actor, tx, now } = context
  const loaded = await findCase(tx, state.id, false)
  if (!loaded || actor.kind !== 'staff') throw new AppError('platform.forbidden', { status: 403 })
  const before = arrivalsOf(state)
  const missing = missingUnits(calledOf(state), before)
  // The branch that is handed in is the first that the person has; the same one is noted here.
  const branches = loaded.items.flatMap((item) =>
    item.unitId !== null && actor.posts.some((post) => post.unitId === item.unitId && post.role === item.role)
      ? [item.unitId]
      : [],
  )
  const unitId =
    branches.find((id) => missing.includes(id)) ?? missing.find((id) => actor.posts.some((post) => post.unitId === id))
  if (unitId === undefined) throw new AppError('whistle.arrived_already', { status: 409 })
  const clock = loaded.clocks.find((candidate) => candidate.key === 'arrive')
  const late = clock !== undefined && (clock.overdue || isOverdue(clock.state, now) || clock.state.dueAt < now)
  const arrival: Arrival = { unitId, at: now.toISOString(), late, people: String(form.people) }
  const arrivals = [...before, arrival]
  return {
    data: { arrivals, missingUnits: missingUnits(calledOf(state), arrivals) },
    why: [
      {
        key: late ? 'whistle.why.arrived_late' : 'whistle.why.arrived',
        params: { unit: namesOf(context, [unitId]), dueAt: clock?.state.dueAt.toISOString() ?? '' },
      },
    ],
  }
}

/** At the limit: who is not there is noted, and the leader of each such unit is told. */
const callRoll: Effect = async ({ context, case: state }) => {
  const missing = missingUnits(calledOf(state), arrivalsOf(state))
  if (missing.length === 0) return { why: [{ key: 'whistle.why.roll_full', params: {} }] }
  const { directory } = context.here
  const accountIds = [...new Set(missing.flatMap((id) => directory.holders(id, 'unitLeader')))]
  if (accountIds.length > 0 && !context.history)
    context.pending.jobs.push({
      kind: 'notify.in_app',
      aggregate: `case:${state.id}`,
      payload: { accountIds, kind: 'whistle.unit_late', caseId: state.id, params: { number: state.number } },
    })
  return {
    data: { lateUnits: missing },
    // A leader who is told can look at what he is told of.
    parties: missing.map((unitId) => ({ unitId, role: 'unitLeader' })),
    why: [{ key: 'whistle.why.roll_missing', params: { units: namesOf(context, missing), told: accountIds.length } }],
  }
}

/** All are there, or the town goes on without the others. */
const gathered: Effect = async ({ context, case: state }) => {
  const missing = missingUnits(calledOf(state), arrivalsOf(state))
  return {
    data: { missingUnits: missing, leftToEvaluate: calledOf(state).length },
    why:
      missing.length > 0
        ? [{ key: 'whistle.why.without', params: { units: namesOf(context, missing) } }]
        : [{ key: 'whistle.why.all_arrived', params: { n: calledOf(state).length } }],
  }
}

/** What the town says of one unit; turning up late or not at all cannot be talked away, nor can being there. */
const evaluate: Effect = async ({ context, case: state, form }) => {
  const unitId = Number(form.unitId)
  if (!calledOf(state).includes(unitId)) throw new AppError('whistle.not_called', { status: 422 })
  const recorded = turnoutOf(unitId, arrivalsOf(state))
  const turnout = String(form.turnout) as Turnout
  const unit = namesOf(context, [unitId])
  if (turnout !== recorded)
    throw new AppError('whistle.turnout_differs', { status: 422, params: { unit, recorded, given: turnout } })
  const evaluations = withEvaluation(evaluationsOf(state), { unitId, turnout, words: String(form.words) })
  return {
    data: {
      evaluations,
      leftToEvaluate: calledOf(state).filter((id) => !evaluations.some((e) => e.unitId === id)).length,
    },
    why: [{ key: 'whistle.why.evaluated', params: { unit, turnout } }],
  }
}

/** The case that the whistle was blown from learns what came of it. */
const tellOrigin: Effect = async ({ context, case: state, with: { outcome } }) => {
  const { fromCase } = state.data
  if (typeof fromCase !== 'number') return undefined
  const origin = await findCase(context.tx, fromCase, true)
  if (!origin) return undefined
  const of = (turnout: Turnout) => evaluationsOf(state).filter((one) => one.turnout === turnout).length
  await noteOnCase(context, origin, {
    action: 'linkedResult',
    why: [
      outcome === 'closed'
        ? {
            key: 'whistle.why.result',
            params: {
              number: state.number,
              present: of('到位'),
              late: of('迟到'),
              absent: of('未到'),
              result: String(state.data.result ?? ''),
            },
          }
        : { key: 'whistle.why.called_off', params: { number: state.number } },
    ],
  })
  return undefined
}

export const whistleEffects: Readonly<Record<string, Effect>> = {
  'whistle.call': call,
  'whistle.arrived': arrived,
  'whistle.call_roll': callRoll,
  'whistle.gathered': gathered,
  'whistle.evaluate': evaluate,
  'whistle.tell_origin': tellOrigin,
}
