/** What other modules may use of the duty list: classes, limits and who is responsible. */

export type { ClassSuggestion } from '#modules/management/duties/domain/class-keywords.ts'
export type { Danger, Duties, DutyQuestion, DutyRoute } from '#modules/management/duties/domain/duties.ts'
export type {
  ClassLimits,
  ConditionalLimit,
  DutyClass,
  DutyList,
} from '#modules/management/duties/domain/duty.ts'
export { loadDuties } from '#modules/management/duties/server/duties.store.ts'
export { type RulingInput, recordRuling } from '#modules/management/duties/server/record-ruling.ts'
