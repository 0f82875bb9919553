import { COUNTED_CLOCKS, type CountedAnswer, type FlowCounting } from '#platform/rollup/flow-counting.ts'
import type { Amounts, Part } from './parts.ts'

export interface CountedHop {
  action: string
  toState: string
  at: Date
  unitId: number | null
  /** Only of actions whose answers are counted. */
  form: Record<string, unknown> | null
}

export interface CountedCase {
  state: string
  unitId: number | null
  openedAt: Date
  closedAt: Date | null
  hops: readonly CountedHop[]
  clocks: readonly { key: string; dueAt: Date; paused: boolean; stopped: boolean }[]
}

/** What of a case counts on a day for a unit (0: none). */
export interface DayFact {
  day: string
  unitId: number
  amounts: Amounts
}

export interface FactRules {
  counting: FlowCounting
  /** Clocks that an action starts, by the definition the case runs on; `start` is the first hop. */
  starts(action: string): readonly string[]
  /** Date in the county. */
  dayOf(at: Date): string
  /** Whether a unit is a village's own (村格内). */
  isLocal(unitId: number): boolean
}

function answered(answer: CountedAnswer | undefined, form: Record<string, unknown> | null): boolean {
  const value = form?.[answer?.field ?? '']
  if (!answer || value === undefined || value === null) return false
  if (answer.from !== undefined) return typeof value === 'number' && value >= answer.from
  return (answer.in ?? []).includes(value as string | number | boolean)
}

/** Whether a hop is one of the named: `action`, or `action>state` where it counts only when it led there. */
const isOne = (names: readonly string[] | undefined, hop: CountedHop): boolean =>
  names?.some((name) => name === hop.action || name === `${hop.action}>${hop.toState}`) ?? false

/**
 * All that a case counts for, from its trace and its clocks as they stand. An outcome stands on the day of the event it
 * belongs to: a report's validity on the day of the report, a return on the day of the dispatch, rework on the day of the
 * handling, a deadline on its day. So a share never exceeds one, and what happens later corrects the day it is about.
 */
export function factsOf(rules: FactRules, given: CountedCase): DayFact[] {
  const { counting, dayOf } = rules
  const { hops, state } = given
  const facts = new Map<string, DayFact>()
  const own = given.unitId ?? 0
  const add = (at: Date, unitId: number, parts: Partial<Record<Part, number | boolean>>) => {
    const day = dayOf(at)
    const key = `${day} ${unitId}`
    const fact = facts.get(key) ?? { day, unitId, amounts: {} }
    for (const [part, value] of Object.entries(parts) as [Part, number | boolean][])
      if (value) fact.amounts[part] = (fact.amounts[part] ?? 0) + Number(value)
    facts.set(key, fact)
  }
  const excluded = counting.excluded.includes(state)

  add(given.openedAt, own, { reported: 1, reported_valid: !counting.invalid.includes(state) })

  const filed = hops.find((hop) => isOne(counting.filed, hop))
  const accepted = hops.find((hop) => isOne(counting.accepted, hop)) ?? filed
  if (accepted) add(accepted.at, own, { accepted: 1, accepted_filed: filed !== undefined })

  /** Who was dispatched to: who returned it then, or who has it now. */
  const dispatches = hops.filter((hop) => isOne(counting.dispatched, hop) || isOne(counting.returned, hop))
  const target = (index: number): number => {
    const next = dispatches[index + 1]
    return next && isOne(counting.returned, next) ? (next.unitId ?? own) : own
  }
  dispatches.forEach((hop, index) => {
    const next = dispatches[index + 1]
    if (isOne(counting.dispatched, hop))
      add(hop.at, target(index), {
        dispatched: 1,
        dispatched_returned: next !== undefined && isOne(counting.returned, next),
      })
    // Returned, and sent to the same unit again: the return was in vain (推诿).
    else if (next && isOne(counting.dispatched, next) && target(index + 1) === hop.unitId)
      add(hop.at, hop.unitId ?? own, { returned_invalid: 1 })
  })

  const handlings = hops.filter((hop) => isOne(counting.handled, hop) || isOne(counting.reworked, hop))
  handlings.forEach((hop, index) => {
    if (!isOne(counting.handled, hop)) return
    const next = handlings[index + 1]
    add(hop.at, own, { handled: 1, handled_reworked: next !== undefined && isOne(counting.reworked, next) })
  })
  const last = handlings.at(-1)
  if (last && isOne(counting.handled, last) && !excluded) {
    const from = hops.findLast((hop) => isOne(counting.dispatched, hop))?.at ?? given.openedAt
    add(last.at, own, {
      finished: 1,
      finished_minutes: Math.max(0, Math.floor((last.at.getTime() - from.getTime()) / 60_000)),
    })
  }

  const closing = hops.findLast((hop) => isOne(counting.closed, hop))
  if (closing && given.closedAt !== null && !excluded)
    add(closing.at, own, {
      closed: 1,
      closed_local: (own !== 0 && rules.isLocal(own)) || hops.some((hop) => isOne(counting.selfHandled, hop)),
    })

  for (const hop of hops) {
    if (hop.action === counting.rated?.action)
      add(hop.at, own, { rated: 1, rated_satisfied: answered(counting.rated.satisfied, hop.form) })
    if (hop.action === counting.called?.action)
      add(hop.at, own, {
        called: 1,
        called_solved: answered(counting.called.solved, hop.form),
        called_satisfied: answered(counting.called.satisfied, hop.form),
      })
  }

  if (!excluded)
    for (const name of COUNTED_CLOCKS) {
      const rule = counting.clocks[name]
      const clock = rule && given.clocks.find((candidate) => candidate.key === rule.clock)
      if (!rule || !clock) continue
      const begun = hops.findLastIndex((hop) => rules.starts(hop.action).includes(rule.clock))
      // What fulfils it first counts, until something takes that back.
      let fulfilledAt: Date | null = null
      for (const hop of hops.slice(begun + 1))
        if (isOne(rule.undone, hop)) fulfilledAt = null
        else if (isOne(rule.done, hop)) fulfilledAt ??= hop.at
      // Held (缓办、挂账) or withdrawn before it was fulfilled: nobody is asked for it.
      if (!fulfilledAt && (clock.paused || clock.stopped)) continue
      add(clock.dueAt, own, {
        [`${name}_due`]: 1,
        [`${name}_done`]: fulfilledAt !== null,
        [`${name}_met`]: fulfilledAt !== null && fulfilledAt.getTime() <= clock.dueAt.getTime(),
      })
    }
  return [...facts.values()]
}
