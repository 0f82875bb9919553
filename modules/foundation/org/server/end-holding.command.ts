import { endHolding } from '#modules/foundation/org/contract.ts'
import { isOpen } from '#modules/foundation/org/domain/holding.ts'
import { areasOf } from '#modules/foundation/org/domain/scope.ts'
import { record } from '#modules/foundation/org/server/administrator.ts'
import { assertSomebodyElse, assertWithinScope, MANAGE_ACCOUNTS } from '#modules/foundation/org/server/org.policy.ts'
import {
  countRoleWork,
  endHoldings,
  findHolding,
  getPostForChange,
  otherHolders,
} from '#modules/foundation/org/server/post.store.ts'
import { raiseRevision } from '#modules/foundation/org/server/revision.store.ts'
import { command } from '#platform/command/command.ts'
import { AppError, notFound } from '#platform/errors/app-error.ts'

/**
 * Ends a holding now or at a stated time. The last holder of a role leaves only when no open work waits for it: else it
 * would be nobody's.
 */
export const endHoldingCommand = command(endHolding, {
  async perform(context, input) {
    const { tx, actor, now } = context
    const known = await findHolding(tx, input.holdingId)
    if (!known) throw notFound()
    const post = await getPostForChange(tx, known.postId)
    assertWithinScope(actor, MANAGE_ACCOUNTS, areasOf(post.unit))
    assertSomebodyElse(actor, known.accountId)
    // Read again behind the post's lock: somebody else may have ended it meanwhile.
    const holding = await findHolding(tx, input.holdingId)
    if (!holding || !isOpen(holding, now)) throw new AppError('org.holding_over', { status: 409 })
    const until = input.until ? new Date(input.until) : now
    if (until < now) throw new AppError('org.until_before_since', { status: 422 })
    if (!holding.acting && (await otherHolders(tx, post.unit.id, post.role, [holding.id], now)).length === 0) {
      const work = await countRoleWork(tx, post.unit.id, post.role)
      if (work > 0)
        throw new AppError('org.post_has_open_work', { status: 409, params: { count: work, post: post.name } })
    }
    await endHoldings(tx, [holding.id], until, input.reason)
    await raiseRevision(tx)
    record(context, 'org.holding_ended', `org_post:${post.id}`, {
      holding: holding.id,
      post: post.code,
      account: holding.accountId,
      until: until.toISOString(),
      reason: input.reason,
    })
    return { ref: { id: holding.id }, output: { id: holding.id } }
  },
  async present(_context, ref) {
    return ref as { id: number }
  },
})
