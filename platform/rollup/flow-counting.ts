import type { ProcessDefinition } from '#platform/process/definition.ts'

/** Deadlines that measures know; a flow says which of its clocks is which. */
export const COUNTED_CLOCKS = ['accept', 'verify', 'sign', 'handle', 'inspect', 'reply'] as const
export type CountedClock = (typeof COUNTED_CLOCKS)[number]

/** An answer of the reporter in a form: which field, and from which value on (numbers) or which values count. */
export interface CountedAnswer {
  field: string
  from?: number
  in?: readonly (string | number | boolean)[]
}

/**
 * What the hops of a flow mean to measures (考核口径): data that the module ships beside its definition and hands over in
 * `module.ts`. Names are those of actions and states of any version of the flow (`action>state`: only where it led there); none
 * of them says anything about a person.
 */
export interface FlowCounting {
  flow: string
  /** States in which a report was not a valid one (不予受理、作废). */
  invalid: readonly string[]
  /** States whose deadlines are asked of nobody (作废、并入); what is held or withdrawn is left out by its clock. */
  excluded: readonly string[]
  accepted: readonly string[]
  filed: readonly string[]
  dispatched: readonly string[]
  returned: readonly string[]
  handled: readonly string[]
  /** What sends a handled case back (返工). */
  reworked: readonly string[]
  closed: readonly string[]
  /** Settled on the spot, without a dispatch (自办). */
  selfHandled: readonly string[]
  rated?: { action: string; satisfied: CountedAnswer }
  /** A call back (回访) with what the reporter said. */
  called?: { action: string; solved?: CountedAnswer; satisfied: CountedAnswer }
  /** Per deadline: the flow's clock, what fulfils it, and what takes that back. */
  clocks: Partial<Record<CountedClock, { clock: string; done: readonly string[]; undone?: readonly string[] }>>
}

/** Names of a counting that no version of the flow knows; empty where all is well. */
export function unknownNames(counting: FlowCounting, versions: readonly ProcessDefinition[]): string[] {
  const actions = new Set(versions.flatMap((body) => Object.keys(body.actions)))
  const states = new Set(versions.flatMap((body) => Object.keys(body.states)))
  const clocks = new Set(versions.flatMap((body) => Object.keys(body.clocks)))
  const { accepted, filed, dispatched, returned, handled, reworked, closed, selfHandled } = counting
  const named = Object.values(counting.clocks)
  return [
    ...[counting.invalid, counting.excluded].flat().filter((name) => !states.has(name)),
    ...[accepted, filed, dispatched, returned, handled, reworked, closed, selfHandled]
      .concat(named.map((clock) => [...clock.done, ...(clock.undone ?? [])]))
      .concat([[counting.rated?.action ?? [], counting.called?.action ?? []].flat()])
      .flat()
      .filter((name) => {
        const [action, state] = name.split('>') as [string, string?]
        return !actions.has(action) || (state !== undefined && !states.has(state))
      }),
    ...named.map((clock) => clock.clock).filter((name) => !clocks.has(name)),
  ]
}
