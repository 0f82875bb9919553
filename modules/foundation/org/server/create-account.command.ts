import { createAccount } from '#modules/foundation/org/contract.ts'
import { drawInitialPassword } from '#modules/foundation/org/domain/initial-password.ts'
import { countyDivision, record } from '#modules/foundation/org/server/administrator.ts'
import { appointTo } from '#modules/foundation/org/server/appoint.command.ts'
import { MANAGE_ACCOUNTS, managesWholeCounty } from '#modules/foundation/org/server/org.policy.ts'
import { getPostForChange } from '#modules/foundation/org/server/post.store.ts'
import { raiseRevision } from '#modules/foundation/org/server/revision.store.ts'
import { command } from '#platform/command/command.ts'
import { hashPassword } from '#platform/crypto/password.ts'
import { sql } from '#platform/db/db.ts'
import { AppError } from '#platform/errors/app-error.ts'

/** Opens an account with a password that is shown once and must be changed at the first log-in. */
export const createAccountCommand = command(createAccount, {
  async perform(context, input) {
    const { tx, actor, now } = context
    if (input.postId === undefined && !managesWholeCounty(actor, MANAGE_ACCOUNTS, countyDivision(context)))
      throw new AppError('org.needs_post', { status: 422 })
    const initialPassword = drawInitialPassword()
    const { rows } = await sql<{ id: number }>`
      insert into auth_account (login, display_name, password_hash, must_change_password, created_at)
      values (${input.login}, ${input.name.trim()}, ${await hashPassword(initialPassword)}, true, ${now})
      on conflict (login) do nothing returning id`.execute(tx)
    const id = rows[0]?.id
    if (id === undefined) throw new AppError('org.login_taken', { status: 409, params: { login: input.login } })
    if (input.postId !== undefined)
      await appointTo(context, await getPostForChange(tx, input.postId), {
        accountId: id,
        since: now,
        until: null,
        acting: false,
        forAccountId: null,
        reason: input.reason,
      })
    await raiseRevision(tx)
    record(context, 'org.account_created', `account:${id}`, { account: id, reason: input.reason })
    return { ref: { id }, output: { id, login: input.login, initialPassword } }
  },
  async present(_context, ref, input) {
    const { id } = ref as { id: number }
    return { id, login: input.login, initialPassword: null }
  },
})
