/** What other modules may use of `grid`. */
export { EVENTS } from '#modules/foundation/grid/contract.ts'
export { type FoundGrid, gridAt } from '#modules/foundation/grid/server/grid-at.ts'
