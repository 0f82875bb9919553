import type { ComponentType } from 'react'

export interface CasePartProps {
  caseId: number
  source: string
  state: string
  /** The version of the case on the page, for what the part lets one do to it. */
  version: number
  /** Actions that this person may take now, by key. */
  actions: readonly string[]
  /** What the case keeps for its domain. */
  data: Record<string, unknown>
}

/**
 * What a domain adds to the page of its cases, above the general parts. A module exports one as `casePart` from
 * `console/case-part.tsx`; the console finds it by the folder.
 */
export interface CasePart {
  /** Keys of the process definitions it is for. */
  definitions: readonly string[]
  Part: ComponentType<CasePartProps>
  /** Where several parts are for one flow: lower ones stand first; 0 without. */
  order?: number
}
