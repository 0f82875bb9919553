/** A unit (单位) as the engine needs to know it. */
export interface UnitRef {
  readonly id: number
  readonly code: string
  readonly name: string
  readonly shortName: string
  /** e.g. `command`, `enforcement`, `department`, `committee`. */
  readonly kind: string
  /** Division in which it works. */
  readonly division: string
  readonly lines: readonly string[]
}

/** What the engine asks of the module that keeps units, posts and accounts (`org` fills it). */
export interface Directory {
  unit(id: number): UnitRef | undefined
  unitByCode(code: string): UnitRef | undefined
  /** The unit of a kind that works in a division, or undefined. */
  unitAt(division: string, kind: string): UnitRef | undefined
  /** The county's unit that answers for a department line, or undefined. */
  unitOfLine(lineCode: string): UnitRef | undefined
  lineName(lineCode: string): string
  /** The county's desk for what nobody else can be found for. */
  triage(): UnitRef | undefined
  /** Accounts that hold a role in a unit at this moment, acting ones included. */
  holders(unitId: number, role: string): readonly number[]
  /** Roles that some post has. */
  roles(): ReadonlySet<string>
  /** False once an account was disabled: no work may wait for it. */
  isActive(accountId: number): boolean
  accountName(accountId: number): string
  divisionName(code: string): string
  /** Name of an event or component class, or undefined. */
  className(code: string): string | undefined
  /** Initials of a division's name for case numbers, e.g. MD. */
  divisionInitials(code: string): string
}
