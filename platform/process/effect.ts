import type { Context } from '#platform/command/context.ts'
import type { CaseState } from '#platform/process/case.store.ts'

/** What an effect may change of a case before the hop is written. */
export interface CasePatch {
  title?: string
  classCode?: string | null
  severity?: number
  secrecy?: 'public' | 'internal' | 'secret'
  townCode?: string | null
  villageCode?: string | null
  gridCode?: string | null
  lineCode?: string | null
  unitId?: number | null
  data?: Record<string, unknown>
  /** Units or accounts that become parties and keep sight of the case. */
  parties?: { unitId?: number; accountId?: number; role: string; named?: boolean }[]
  /** Why the case goes where it goes, in parts that the screen puts into words. */
  why?: WhyPart[]
}

/** One sentence of an explanation: a wording key with values. */
export interface WhyPart {
  key: string
  params: Record<string, string | number>
}

export interface EffectInput {
  context: Context
  /** The case as it stands inside this hop, earlier effects applied. */
  case: CaseState
  action: string
  form: Record<string, unknown>
  /** Parameters from the definition. */
  with: Record<string, unknown>
}

/** A typed name that a module exports in `module.ts`; a definition may only use names that exist. */
export type Effect = (input: EffectInput) => Promise<CasePatch | undefined>
