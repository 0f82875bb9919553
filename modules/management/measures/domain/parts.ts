import { COUNTED_CLOCKS, type CountedClock } from '#platform/rollup/flow-counting.ts'

/** Counted events of a case; measures are made of them. Columns of the tables of facts, changes and counts. */
export const EVENT_PARTS = [
  'reported',
  'reported_valid',
  'accepted',
  'accepted_filed',
  'dispatched',
  'dispatched_returned',
  'returned_invalid',
  'handled',
  'handled_reworked',
  'finished',
  'finished_minutes',
  'closed',
  'closed_local',
  'rated',
  'rated_satisfied',
  'called',
  'called_solved',
  'called_satisfied',
] as const

type ClockPart = `${CountedClock}_${'due' | 'done' | 'met'}`
export type Part = (typeof EVENT_PARTS)[number] | ClockPart

/** In the order of the tables' columns. */
export const PARTS: readonly Part[] = [
  ...EVENT_PARTS,
  ...COUNTED_CLOCKS.flatMap((clock): ClockPart[] => [`${clock}_due`, `${clock}_done`, `${clock}_met`]),
]

export type Amounts = Partial<Record<Part, number>>

export const isPart = (name: string): name is Part => (PARTS as readonly string[]).includes(name)

/**
 * A deadline counts once its day is over, or as soon as it was fulfilled: on days that are not over, `x_due` stands for
 * `x_done`. So no number hangs on the time of day.
 */
export const dueButOpen = (part: Part): Part =>
  part.endsWith('_due') ? (part.replace(/_due$/, '_done') as Part) : part
