import type { Limit, WorkCalendar } from '#platform/calendar/work-calendar.ts'

/** Clocks of a class that a mode may change. */
export const MODE_CLOCKS = ['verify', 'sign', 'handle', 'inspect', 'reply'] as const
export type ModeClock = (typeof MODE_CLOCKS)[number]

export type ModeLimits = Partial<Record<ModeClock, Limit>>

/** What one mode says of one class or group of classes. */
export interface ModeRule {
  readonly modeId: number
  readonly classPrefix: string
  readonly limits: ModeLimits
  /** 1 red … 4 blue; null leaves the class's own. */
  readonly severity: number | null
}

/** The rule of each mode that fits a class best: the class itself before its group. */
export function rulesFor<Rule extends ModeRule>(rules: readonly Rule[], classCode: string): Rule[] {
  const best = new Map<number, Rule>()
  for (const rule of rules) {
    if (!classCode.startsWith(rule.classPrefix)) continue
    const known = best.get(rule.modeId)
    if (!known || known.classPrefix.length < rule.classPrefix.length) best.set(rule.modeId, rule)
  }
  return [...best.values()]
}

/**
 * The limits under several rules at once: a rule's limit stands in place of the class's; where two rules speak of one clock, the
 * one that ends first when it begins now. Severity: the gravest that a rule names, never milder than what the class has.
 */
export function underRules<Limits extends object>(
  calendar: WorkCalendar,
  now: Date,
  own: { limits: Limits; severity: number | null },
  rules: readonly Pick<ModeRule, 'limits' | 'severity'>[],
): { limits: Limits; severity: number | null } {
  const limits = { ...own.limits } as Record<string, unknown>
  for (const clock of MODE_CLOCKS) {
    const wanted = rules.flatMap((rule) => rule.limits[clock] ?? [])
    const [first] = wanted
      .map((limit) => ({ limit, at: calendar.deadline(now, limit).at.getTime() }))
      .sort((a, b) => a.at - b.at)
    if (first) limits[clock] = first.limit
  }
  const grave = [own.severity, ...rules.map((rule) => rule.severity)].filter((level): level is number => !!level)
  return { limits: limits as unknown as Limits, severity: grave.length > 0 ? Math.min(...grave) : own.severity }
}
