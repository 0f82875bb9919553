/** One unit's arrival at a whistle. */
export interface Arrival {
  unitId: number
  at: string
  late: boolean
  people: string
}

export type Turnout = '到位' | '迟到' | '未到'

export interface Evaluation {
  unitId: number
  turnout: Turnout
  words: string
}

/** How a unit turned up by the clock, which the town confirms or corrects with its words. */
export function turnoutOf(unitId: number, arrivals: readonly Arrival[]): Turnout {
  const arrival = arrivals.find((one) => one.unitId === unitId)
  return arrival ? (arrival.late ? '迟到' : '到位') : '未到'
}

/** Units of a list that have not reported yet, in the order in which they were called. */
export function missingUnits(called: readonly number[], arrivals: readonly Arrival[]): number[] {
  return called.filter((unitId) => !arrivals.some((arrival) => arrival.unitId === unitId))
}

/** The last word on each unit counts; others have been said before it was corrected. */
export function withEvaluation(known: readonly Evaluation[], next: Evaluation): Evaluation[] {
  return [...known.filter((one) => one.unitId !== next.unitId), next]
}
