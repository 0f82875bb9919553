import { withdrawGrant } from '#modules/foundation/org/contract.ts'
import { countyDivision, record } from '#modules/foundation/org/server/administrator.ts'
import { listGrantRows, somebodyAdministers } from '#modules/foundation/org/server/grant.store.ts'
import { assertWithinScope, MANAGE_GRANTS } from '#modules/foundation/org/server/org.policy.ts'
import { raiseRevision } from '#modules/foundation/org/server/revision.store.ts'
import { command } from '#platform/command/command.ts'
import { sql } from '#platform/db/db.ts'
import { AppError, notFound } from '#platform/errors/app-error.ts'

/** Ends a grant now. The row stays, so that it can be seen who could do what at any time. */
export const withdrawGrantCommand = command(withdrawGrant, {
  async perform(context, input) {
    const { tx, actor, now } = context
    await sql`select id from access_grant where id = ${input.grantId} for update`.execute(tx)
    const [grant] = await listGrantRows(
      tx,
      { id: input.grantId },
      { actor, county: countyDivision(context), before: null, limit: 1, at: now },
    )
    if (!grant) throw notFound()
    assertWithinScope(actor, MANAGE_GRANTS, grant.areas)
    if (grant.validTo !== null && grant.validTo <= now) throw new AppError('org.grant_over', { status: 409 })
    await sql`update access_grant set valid_to = greatest(valid_from, ${now}::timestamptz) where id = ${grant.id}`.execute(
      tx,
    )
    if (!(await somebodyAdministers(tx, now))) throw new AppError('org.last_administrator', { status: 409 })
    await raiseRevision(tx)
    record(context, 'access.grant_withdrawn', `access_grant:${grant.id}`, {
      permission: grant.permission,
      account: grant.account?.id ?? null,
      post: grant.post?.id ?? null,
      role: grant.role,
      division: grant.divisionCode,
      line: grant.lineCode,
      reason: input.reason,
    })
    return { ref: { id: grant.id }, output: { id: grant.id } }
  },
  async present(_context, ref) {
    return ref as { id: number }
  },
})
