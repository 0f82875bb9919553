import { appoint } from '#modules/foundation/org/contract.ts'
import { type Appointment, checkAppointment } from '#modules/foundation/org/domain/holding.ts'
import { areasOf } from '#modules/foundation/org/domain/scope.ts'
import { findAccountBrief } from '#modules/foundation/org/server/account.store.ts'
import { grantsOfPost } from '#modules/foundation/org/server/actor.store.ts'
import { administrator, record } from '#modules/foundation/org/server/administrator.ts'
import { assertSomebodyElse, assertWithinScope, MANAGE_ACCOUNTS } from '#modules/foundation/org/server/org.policy.ts'
import {
  getPostForChange,
  insertHolding,
  openHoldings,
  type PostState,
} from '#modules/foundation/org/server/post.store.ts'
import { raiseRevision } from '#modules/foundation/org/server/revision.store.ts'
import { command } from '#platform/command/command.ts'
import type { Context } from '#platform/command/context.ts'
import { AppError, notFound } from '#platform/errors/app-error.ts'

/** An appointment may be entered up to a day after it began; earlier rights cannot be made up afterwards. */
const BACKDATE_MS = 24 * 3_600_000

/** Gives a post to somebody, for good or (代理) for a stated time in place of its holder. */
export const appointCommand = command(appoint, {
  async perform(context, input) {
    const { tx, now } = context
    const since = input.since ? new Date(input.since) : now
    if (since.getTime() < now.getTime() - BACKDATE_MS) throw new AppError('org.since_in_past', { status: 422 })
    const account = await findAccountBrief(tx, input.accountId)
    if (!account) throw notFound()
    if (account.disabled) throw new AppError('org.account_disabled', { status: 409, params: { name: account.name } })
    const post = await getPostForChange(tx, input.postId)
    const id = await appointTo(context, post, {
      accountId: input.accountId,
      since,
      until: input.until ? new Date(input.until) : null,
      acting: input.forAccountId !== undefined,
      forAccountId: input.forAccountId ?? null,
      reason: input.reason,
    })
    await raiseRevision(tx)
    return { ref: { id }, output: { id } }
  },
  async present(_context, ref) {
    return ref as { id: number }
  },
})

/**
 * Appoints to a locked post. What the post may do must lie within what the administrator manages, so that nobody hands
 * out more by a post than by a grant.
 * @throws AppError as `checkAppointment`, `org.not_oneself`, `org.beyond_scope`, `org.post_retired`
 */
export async function appointTo(
  context: Context,
  post: PostState,
  appointment: Appointment & { reason: string },
): Promise<number> {
  const { tx, actor, now } = context
  assertSomebodyElse(actor, appointment.accountId)
  assertWithinScope(actor, MANAGE_ACCOUNTS, [...areasOf(post.unit), ...(await grantsOfPost(tx, post.id, now))])
  if (post.retired) throw new AppError('org.post_retired', { status: 409 })
  checkAppointment(appointment, await openHoldings(tx, post.id, now))
  const id = await insertHolding(tx, {
    postId: post.id,
    accountId: appointment.accountId,
    since: appointment.since,
    until: appointment.until,
    acting: appointment.acting,
    forAccountId: appointment.forAccountId,
    reason: appointment.reason,
    createdBy: administrator(context).accountId,
    at: now,
  })
  record(context, 'org.appointed', `org_post:${post.id}`, {
    holding: id,
    post: post.code,
    account: appointment.accountId,
    since: appointment.since.toISOString(),
    until: appointment.until?.toISOString() ?? null,
    forAccount: appointment.forAccountId,
    reason: appointment.reason,
  })
  context.pending.jobs.push({
    kind: 'notify.in_app',
    aggregate: `account:${appointment.accountId}`,
    payload: {
      accountIds: [appointment.accountId],
      kind: appointment.acting ? 'org.acting_begins' : 'org.appointed',
      params: {
        unit: post.unit.name,
        post: post.name,
        since: appointment.since.toISOString(),
        until: appointment.until?.toISOString() ?? '',
      },
    },
  })
  return id
}
