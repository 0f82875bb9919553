import type { StaffActor } from '#platform/access/actor.ts'
import type { Context } from '#platform/command/context.ts'
import { AppError } from '#platform/errors/app-error.ts'

/** The official behind a request; administration is never done by the public. */
export function administrator(context: Context): StaffActor {
  if (context.actor.kind !== 'staff') throw new AppError('platform.forbidden', { status: 403 })
  return context.actor
}

/** The county's own division code: its grants reach everywhere. */
export function countyDivision(context: Context): string {
  return context.here.county.regionPrefix
}

/** Notes what a change was about: audit subject, evidence fact. Content is plain JSON without personal data. */
export function record(context: Context, kind: string, subject: string, content: Record<string, unknown>): void {
  context.pending.subject = subject
  context.pending.facts.push({
    kind,
    subject,
    content: { ...content, by: context.actor.kind === 'staff' ? context.actor.accountId : context.actor.kind },
  })
}
