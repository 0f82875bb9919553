import { rulesFor, underRules } from '#modules/management/roster/domain/mode.ts'
import { activeRules } from '#modules/management/roster/server/mode.store.ts'
import type { Context } from '#platform/command/context.ts'
import type { WhyPart } from '#platform/process/effect.ts'

export interface InMode<Limits> {
  /** The class's limits, those replaced of which a mode says otherwise. */
  readonly limits: Limits
  /** The severity that a mode demands, never milder than the one given; the given one where no mode speaks of it. */
  readonly severity: number | null
  /** Modes that changed something; empty at normal times. */
  readonly modes: readonly { id: number; name: string; documentNumber: string }[]
  /** One line for the trace of each of them. */
  readonly why: readonly WhyPart[]
}

/**
 * Limits and severity of a new case of a class under the modes (汛期, 台风, 春节 …) that are on now. For intake and filing: what
 * a case is given stays with it when the mode ends. What is brought in from the past (`context.history`) is left alone.
 */
export async function limitsInMode<Limits extends object>(
  context: Pick<Context, 'tx' | 'now' | 'here' | 'history'>,
  classCode: string | null,
  limits: Limits,
  severity: number | null = null,
): Promise<InMode<Limits>> {
  const normal = { limits, severity, modes: [], why: [] }
  if (classCode === null || context.history) return normal
  const rules = rulesFor(await activeRules(context.tx, context.now), classCode)
  if (rules.length === 0) return normal
  const modes = rules.map(({ periodId, modeName, documentNumber }) => ({
    id: periodId,
    name: modeName,
    documentNumber,
  }))
  return {
    ...underRules(context.here.calendar, context.now, { limits, severity }, rules),
    modes,
    why: modes.map(({ name, documentNumber }) => ({
      key: 'roster.why.mode',
      params: { mode: name, document: documentNumber },
    })),
  }
}
