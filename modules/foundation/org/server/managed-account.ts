import { type AccountState, getAccountForChange } from '#modules/foundation/org/server/account.store.ts'
import { countyDivision } from '#modules/foundation/org/server/administrator.ts'
import { assertSomebodyElse } from '#modules/foundation/org/server/org.policy.ts'
import type { Context } from '#platform/command/context.ts'
import { AppError } from '#platform/errors/app-error.ts'

/**
 * An account that the actor may change, locked.
 * @throws AppError `platform.not_found` out of sight, `org.beyond_scope` where only a part of its posts lies in his scope,
 * `org.not_oneself`
 */
export async function getManagedAccount(context: Context, id: number): Promise<AccountState> {
  const { tx, actor, now } = context
  const account = await getAccountForChange(tx, id, { actor, county: countyDivision(context), at: now })
  if (!account.manageable) throw new AppError('org.beyond_scope', { status: 403 })
  assertSomebodyElse(actor, id)
  return account
}
