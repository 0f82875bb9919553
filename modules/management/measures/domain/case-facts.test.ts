import { describe, expect, it } from 'vitest'
import { type CountedCase, type FactRules, factsOf } from '#modules/management/measures/domain/case-facts.ts'
import type { Amounts } from '#modules/management/measures/domain/parts.ts'

const UNIT = 7
const OTHER = 8
const at = (day: number, hour = 10) => new Date(Date.UTC(2026, 9, day, hour - 8))

const rules: FactRules = {
  counting: {
    flow: 'report',
    invalid: ['rejected'],
    excluded: ['cancelled'],
    accepted: ['accept'],
    filed: ['file'],
    dispatched: ['dispatch', 'rule>dispatched'],
    returned: ['return'],
    handled: ['feedback'],
    reworked: ['fail'],
    closed: ['close'],
    selfHandled: ['selfHandle'],
    rated: { action: 'rate', satisfied: { field: 'score', from: 3 } },
    called: {
      action: 'call',
      solved: { field: 'solved', in: [true] },
      satisfied: { field: 'said', in: ['good', 'fair'] },
    },
    clocks: { handle: { clock: 'handle', done: ['feedback'], undone: ['fail'] } },
  },
  starts: (action) => (action === 'dispatch' ? ['handle'] : []),
  dayOf: (moment) => new Date(moment.getTime() + 8 * 3_600_000).toISOString().slice(0, 10),
  isLocal: (unit) => unit === OTHER,
}

const hop = (action: string, day: number, extra: Partial<CountedCase['hops'][number]> = {}) => ({
  action,
  toState: '',
  at: at(day),
  unitId: null,
  form: null,
  ...extra,
})

function told(given: Partial<CountedCase>): Record<string, Amounts> {
  const facts = factsOf(rules, {
    state: 'open',
    unitId: UNIT,
    openedAt: at(1),
    closedAt: null,
    hops: [],
    clocks: [],
    ...given,
  })
  return Object.fromEntries(facts.map((fact) => [`${Number(fact.day.slice(8))} ${fact.unitId}`, fact.amounts]))
}

const due = (day: number, extra: object = {}) => [
  { key: 'handle', dueAt: at(day), paused: false, stopped: false, ...extra },
]

describe('facts of a case', () => {
  it('a report that was refused is no valid one; one that was accepted and never filed lowers the share of its day', () => {
    expect(told({ state: 'rejected', hops: [hop('accept', 2)] })).toEqual({
      [`1 ${UNIT}`]: { reported: 1 },
      [`2 ${UNIT}`]: { accepted: 1 },
    })
  })

  it('a return stands on the day of the dispatch and with the unit that returned', () => {
    const hops = [hop('dispatch', 2), hop('return', 3, { unitId: OTHER }), hop('dispatch', 4)]
    const facts = told({ hops, clocks: due(9) })
    expect(facts[`2 ${OTHER}`]).toEqual({ dispatched: 1, dispatched_returned: 1 })
    expect(facts[`4 ${UNIT}`]).toEqual({ dispatched: 1 })
    expect(facts[`3 ${OTHER}`]).toBeUndefined()
  })

  it('a return is in vain when the same unit gets the case again', () => {
    const hops = [hop('dispatch', 2), hop('return', 3, { unitId: UNIT }), hop('dispatch', 4)]
    expect(told({ hops })[`3 ${UNIT}`]).toEqual({ returned_invalid: 1 })
    // And when it returns it a second time, the first return was in vain as well.
    const twice = [...hops, hop('return', 5, { unitId: UNIT }), hop('dispatch', 6)]
    expect(told({ hops: twice, unitId: OTHER })[`3 ${UNIT}`]).toEqual({ returned_invalid: 1 })
    expect(told({ hops: twice, unitId: OTHER })[`5 ${UNIT}`]).toBeUndefined()
  })

  it('an action counts only where it led to the state that is named', () => {
    expect(told({ hops: [hop('rule', 2, { toState: 'filed' })] })[`2 ${UNIT}`]).toBeUndefined()
    expect(told({ hops: [hop('rule', 2, { toState: 'dispatched' })] })[`2 ${UNIT}`]).toEqual({ dispatched: 1 })
  })

  it('rework takes a fulfilled deadline back; done again in time, it was met', () => {
    const begun = [hop('dispatch', 2), hop('feedback', 3), hop('fail', 4)]
    const open = told({ hops: begun, clocks: due(9) })
    expect(open[`3 ${UNIT}`]).toEqual({ handled: 1, handled_reworked: 1 })
    expect(open[`9 ${UNIT}`]).toEqual({ handle_due: 1 })
    const again = told({ hops: [...begun, hop('feedback', 5)], clocks: due(9, { paused: true }) })
    expect(again[`9 ${UNIT}`]).toEqual({ handle_due: 1, handle_done: 1, handle_met: 1 })
    expect(again[`5 ${UNIT}`]).toEqual({ handled: 1, finished: 1, finished_minutes: 3 * 24 * 60 })
    const late = told({ hops: [...begun, hop('feedback', 10)], clocks: due(9, { paused: true }) })
    expect(late[`9 ${UNIT}`]).toEqual({ handle_due: 1, handle_done: 1 })
  })

  it('what is held, withdrawn or cancelled is asked of nobody', () => {
    const hops = [hop('dispatch', 2)]
    expect(told({ hops, clocks: due(9, { paused: true }) })[`9 ${UNIT}`]).toBeUndefined()
    expect(told({ hops, clocks: due(9, { stopped: true }) })[`9 ${UNIT}`]).toBeUndefined()
    const handled = [...hops, hop('feedback', 3)]
    expect(told({ hops: handled, state: 'cancelled', clocks: due(9, { stopped: true }) })[`9 ${UNIT}`]).toBeUndefined()
  })

  it('what was fulfilled before the clock began anew does not fulfil it', () => {
    const hops = [hop('dispatch', 2), hop('feedback', 3), hop('fail', 4), hop('return', 5), hop('dispatch', 5)]
    expect(told({ hops, clocks: due(9) })[`9 ${UNIT}`]).toEqual({ handle_due: 1 })
  })

  it('a case is closed while it stays closed; in the village where its unit is the village’s, or it was settled on the spot', () => {
    const hops = [hop('close', 5)]
    expect(told({ hops })[`5 ${UNIT}`]).toBeUndefined()
    expect(told({ hops, closedAt: at(5) })[`5 ${UNIT}`]).toEqual({ closed: 1 })
    expect(told({ hops, closedAt: at(5), unitId: OTHER })[`5 ${OTHER}`]).toEqual({ closed: 1, closed_local: 1 })
    const own = [hop('selfHandle', 4), ...hops]
    expect(told({ hops: own, closedAt: at(5) })[`5 ${UNIT}`]).toEqual({ closed: 1, closed_local: 1 })
  })

  it('answers count by what was said', () => {
    const hops = [hop('rate', 3, { form: { score: 3 } }), hop('call', 3, { form: { solved: false, said: 'fair' } })]
    expect(told({ hops })[`3 ${UNIT}`]).toEqual({ rated: 1, rated_satisfied: 1, called: 1, called_satisfied: 1 })
    expect(told({ hops: [hop('rate', 3, { form: { score: 2 } })] })[`3 ${UNIT}`]).toEqual({ rated: 1 })
  })
})
