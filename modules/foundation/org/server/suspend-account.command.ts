import { disableAccount, enableAccount } from '#modules/foundation/org/contract.ts'
import { countOwnWork } from '#modules/foundation/org/server/account.store.ts'
import { record } from '#modules/foundation/org/server/administrator.ts'
import { getManagedAccount } from '#modules/foundation/org/server/managed-account.ts'
import { raiseRevision } from '#modules/foundation/org/server/revision.store.ts'
import { revokeSessions } from '#platform/auth/session.store.ts'
import { command } from '#platform/command/command.ts'
import type { Context } from '#platform/command/context.ts'
import { sql } from '#platform/db/db.ts'
import { AppError } from '#platform/errors/app-error.ts'

/** Disables an account and ends its sessions. Open work is handed over first, unless it is urgent. */
export const disableAccountCommand = command(disableAccount, {
  async perform(context, input) {
    const account = await getManagedAccount(context, input.id)
    if (account.disabled) throw new AppError('org.account_disabled', { status: 409, params: { name: account.name } })
    const work = await countOwnWork(context.tx, account.id)
    if (work > 0 && !input.urgent) throw new AppError('org.hand_over_first', { status: 409, params: { count: work } })
    await disable(context, account.id)
    record(context, 'org.account_disabled', `account:${account.id}`, {
      account: account.id,
      openWork: work,
      urgent: input.urgent ?? false,
      reason: input.reason,
    })
    return { ref: { id: account.id }, output: { id: account.id } }
  },
  async present(_context, ref) {
    return ref as { id: number }
  },
})

/** Lets a disabled account work again, with the posts it still holds. */
export const enableAccountCommand = command(enableAccount, {
  async perform(context, input) {
    const account = await getManagedAccount(context, input.id)
    if (!account.disabled) throw new AppError('org.account_active', { status: 409 })
    await sql`
      update auth_account set disabled_at = null, failed_count = 0, locked_until = null
       where id = ${account.id}`.execute(context.tx)
    await raiseRevision(context.tx)
    record(context, 'org.account_enabled', `account:${account.id}`, { account: account.id, reason: input.reason })
    return { ref: { id: account.id }, output: { id: account.id } }
  },
  async present(_context, ref) {
    return ref as { id: number }
  },
})

/** Disables an account and ends all its sessions at once. */
export async function disable({ tx, now }: Context, accountId: number): Promise<void> {
  await sql`update auth_account set disabled_at = ${now} where id = ${accountId}`.execute(tx)
  await revokeSessions(tx, accountId, { except: null }, now)
  await raiseRevision(tx)
}
