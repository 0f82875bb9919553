import { retirePost } from '#modules/foundation/org/contract.ts'
import { areasOf } from '#modules/foundation/org/domain/scope.ts'
import { record } from '#modules/foundation/org/server/administrator.ts'
import { assertWithinScope, MANAGE_UNITS } from '#modules/foundation/org/server/org.policy.ts'
import { getPostForChange, openHoldings } from '#modules/foundation/org/server/post.store.ts'
import { raiseRevision } from '#modules/foundation/org/server/revision.store.ts'
import { command } from '#platform/command/command.ts'
import { sql } from '#platform/db/db.ts'
import { AppError } from '#platform/errors/app-error.ts'

/** Abolishes a post that nobody holds any more. */
export const retirePostCommand = command(retirePost, {
  async perform(context, input) {
    const { tx, actor, now } = context
    const post = await getPostForChange(tx, input.postId)
    assertWithinScope(actor, MANAGE_UNITS, areasOf(post.unit))
    if (post.retired) throw new AppError('org.post_retired', { status: 409 })
    const held = await openHoldings(tx, post.id, now)
    if (held.length > 0) throw new AppError('org.post_is_held', { status: 409, params: { count: held.length } })
    await sql`update org_post set retired_at = ${now} where id = ${post.id}`.execute(tx)
    await raiseRevision(tx)
    record(context, 'org.post_retired', `org_post:${post.id}`, { code: post.code, reason: input.reason })
    return { ref: { id: post.id }, output: { id: post.id } }
  },
  async present(_context, ref) {
    return ref as { id: number }
  },
})
