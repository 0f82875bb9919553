import { AppError } from '#platform/errors/app-error.ts'

/** A time for which a post is held: from `since` to before `until`; null = open. */
export interface Tenure {
  readonly since: Date
  readonly until: Date | null
}

export interface Holding extends Tenure {
  readonly accountId: number
  readonly acting: boolean
}

/** Whether the tenure counts at an instant. */
export function isCurrent(tenure: Tenure, at: Date): boolean {
  return tenure.since <= at && (tenure.until === null || at < tenure.until)
}

/** Whether it counts now or will count later. */
export function isOpen(tenure: Tenure, at: Date): boolean {
  return tenure.until === null || at < tenure.until
}

/** Whether two tenures share an instant. */
export function overlaps(a: Tenure, b: Tenure): boolean {
  return (a.until === null || b.since < a.until) && (b.until === null || a.since < b.until)
}

export interface Appointment extends Holding {
  readonly forAccountId: number | null
}

/**
 * Checks an appointment against who holds the post already.
 * An acting holder (代理) stands in for a regular one, for a stated time, and is somebody else.
 * @throws AppError `org.until_before_since`, `org.acting_needs_end`, `org.acting_needs_holder`, `org.already_holds`
 */
export function checkAppointment(appointment: Appointment, present: readonly Holding[]): void {
  const { accountId, since, until, acting, forAccountId } = appointment
  if (until !== null && until <= since) throw new AppError('org.until_before_since', { status: 422 })
  if (acting) {
    if (until === null) throw new AppError('org.acting_needs_end', { status: 422 })
    const regular = present.some(
      (holding) =>
        !holding.acting &&
        holding.accountId === forAccountId &&
        forAccountId !== accountId &&
        overlaps(holding, appointment),
    )
    if (!regular) throw new AppError('org.acting_needs_holder', { status: 422 })
  }
  const twice = present.some((holding) => holding.accountId === accountId && overlaps(holding, appointment))
  if (twice) throw new AppError('org.already_holds', { status: 409 })
}
