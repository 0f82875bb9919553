/** What other modules may use of the roster: limits while a mode is on. */
export { type InMode, limitsInMode } from '#modules/management/roster/server/limits-in-mode.ts'
