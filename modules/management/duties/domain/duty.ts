import type { Limit } from '#platform/calendar/work-calendar.ts'

/** basic 基本履职 (a township leads), assist 配合履职 (a department leads, the township helps), recovered 上级收回. */
export type DutyList = 'basic' | 'assist' | 'recovered'

export const DUTY_LISTS: readonly DutyList[] = ['basic', 'assist', 'recovered']

/** The kind of place that stands for all. */
export const ANY_PLACE = 'any'

/** Limits of a class, each counted by a clock of its own. */
export interface ClassLimits {
  readonly verify: Limit
  readonly sign: Limit
  readonly handle: Limit
  readonly inspect: Limit
  readonly reply: Limit
}

/** A handling limit that holds only under a condition, e.g. while something is still being built. */
export interface ConditionalLimit {
  readonly condition: string
  readonly limit: Limit
}

/** An event or component class (类别). */
export interface DutyClass {
  readonly code: string
  readonly kind: 'component' | 'event' | 'governance'
  readonly majorCode: string
  readonly majorName: string
  readonly name: string
  /** e.g. 安全隐患—飞线充电 */
  readonly fullName: string
  readonly lineCode: string
  /** 1 red, 2 orange, 3 yellow, 4 blue. */
  readonly severity: number
  readonly secrecy: 'public' | 'internal' | 'secret'
  readonly limits: ClassLimits
  readonly conditionalLimits: readonly ConditionalLimit[]
  readonly filingConditions: readonly string[]
  readonly closingCriteria: readonly string[]
  readonly keywords: readonly string[]
  readonly dangerWords: readonly string[]
  readonly dangerCalls: readonly string[]
  /** Where limits and code come from: `source`, `K` 待核实, `D` set by this system. */
  readonly marking: Readonly<Record<string, string>>
  /** A trifle that a grid worker may settle on the spot (网格员可自办). */
  readonly selfHandle?: boolean
  /** May be sent to mediation (可转调解). */
  readonly mediation?: boolean
  /** Kind of grid-worker task whose admission (准入) is asked before one is sent out. */
  readonly taskKind?: string | null
  /** Who owns or keeps components of the class (产权/管养单位), `level:kind`. */
  readonly caretaker?: string | null
  /** Who answers for an unowned component where it stands (属地兜底), `level:kind`. */
  readonly fallback?: string | null
  /** Start of the first day of a class that is not in force yet. */
  readonly startsOn?: Date | null
}

export interface PlaceKind {
  readonly code: string
  readonly name: string
  /** Wider kind whose items hold where this one has none. */
  readonly within: string | null
}

/** One clause of the duty list as it stood from one day to before another. */
export interface DutyItem {
  readonly id: number
  readonly code: string
  readonly classCode: string
  readonly placeKind: string
  readonly list: DutyList
  readonly clauseNumber: string
  readonly clause: string
  /** `level:kind`, e.g. `town:enforcement`. */
  readonly lead: string
  readonly co: readonly string[]
  /** 编办文号 */
  readonly documentNumber: string
  /** Start of the first day on which it holds. */
  readonly validFrom: Date
  /** Start of the first day on which it no longer holds. */
  readonly validTo: Date | null
}

/** One item of the list of village work items (村级组织工作事务清单) from one day to before another. */
export interface VillageItem {
  readonly id: number
  readonly code: string
  readonly classCode: string
  readonly name: string
  /** `lead`: villages may lead (自办); `assist`: they only help (协办). */
  readonly share: 'lead' | 'assist'
  readonly documentNumber: string
  readonly validFrom: Date
  readonly validTo: Date | null
}

/** Fields of classes that a coming version sets from its day on. */
export interface ComingClasses {
  readonly at: Date
  readonly patches: readonly { readonly code: string; readonly fields: Partial<DutyClass> }[]
}

/** A decision on disputed duty; goes before the list. */
export interface DutyRuling {
  readonly id: number
  readonly number: string
  readonly classCode: string
  readonly placeKinds: readonly string[]
  readonly decision: string
  readonly lead: string
  readonly co: readonly string[]
  readonly decidedAt: Date
  readonly endedAt: Date | null
}

export type UnitLevel = 'county' | 'town' | 'village'

/** Level and kind of a unit as duty items name it; undefined where the text is neither. */
export function parseUnit(text: string): { level: UnitLevel; kind: string } | undefined {
  const match = /^(county|town|village):([a-z][a-z0-9-]*)$/.exec(text)
  return match ? { level: match[1] as UnitLevel, kind: match[2] as string } : undefined
}

/**
 * Whether a list lets a unit of this level lead: what a department leads or the county took back never goes to a township
 * (镇街履职事项清单, second and third list).
 */
export function mayLead(list: DutyList, level: UnitLevel): boolean {
  return list === 'basic' ? level !== 'county' : level === 'county'
}

/** A number of the establishment office, e.g. 吴编办〔2026〕6 号. */
export function isDocumentNumber(text: string): boolean {
  return /^\S.*〔\d{4}〕\s*\d+\s*号/.test(text.trim())
}
