import { randomBytes } from 'node:crypto'
import { createResetLink, unlockAccount } from '#modules/foundation/org/contract.ts'
import { administrator, record } from '#modules/foundation/org/server/administrator.ts'
import { getManagedAccount } from '#modules/foundation/org/server/managed-account.ts'
import { raiseRevision } from '#modules/foundation/org/server/revision.store.ts'
import { hashToken } from '#platform/auth/session.store.ts'
import { command } from '#platform/command/command.ts'
import { sql } from '#platform/db/db.ts'
import { AppError } from '#platform/errors/app-error.ts'

/** [D] A reset code is handed over in person and used the same day. */
const RESET_MS = 24 * 3_600_000

/** Makes a one-time code to set a new password; older unused ones stop working. The person is told. */
export const createResetLinkCommand = command(createResetLink, {
  async perform(context, input) {
    const { tx, now } = context
    const account = await getManagedAccount(context, input.id)
    if (account.disabled) throw new AppError('org.account_disabled', { status: 409, params: { name: account.name } })
    const code = randomBytes(24).toString('base64url')
    const expiresAt = new Date(now.getTime() + RESET_MS)
    await sql`
      update auth_reset set expires_at = ${now}
       where account_id = ${account.id} and used_at is null and expires_at > ${now}`.execute(tx)
    await sql`
      insert into auth_reset (token_hash, account_id, created_at, created_by, expires_at)
      values (${hashToken(code)}, ${account.id}, ${now}, ${administrator(context).accountId}, ${expiresAt})`.execute(tx)
    if (input.removeSecondFactor)
      await sql`update auth_account set totp_secret = null, totp_last_step = null where id = ${account.id}`.execute(tx)
    record(context, 'org.reset_link_created', `account:${account.id}`, {
      account: account.id,
      removeSecondFactor: input.removeSecondFactor ?? false,
      reason: input.reason,
    })
    context.pending.jobs.push({
      kind: 'notify.in_app',
      aggregate: `account:${account.id}`,
      payload: {
        accountIds: [account.id],
        kind: 'org.reset_link_created',
        params: { by: administrator(context).name, expiresAt: expiresAt.toISOString() },
      },
    })
    const ref = { id: account.id, expiresAt: expiresAt.toISOString() }
    return { ref, output: { ...ref, code } }
  },
  async present(_context, ref) {
    return { ...(ref as { id: number; expiresAt: string }), code: null }
  },
})

/** Ends the rest after too many wrong passwords. */
export const unlockAccountCommand = command(unlockAccount, {
  async perform(context, input) {
    const account = await getManagedAccount(context, input.id)
    await sql`
      update auth_account set failed_count = 0, locked_until = null where id = ${account.id}`.execute(context.tx)
    await raiseRevision(context.tx)
    record(context, 'org.account_unlocked', `account:${account.id}`, { account: account.id })
    return { ref: { id: account.id }, output: { id: account.id } }
  },
  async present(_context, ref) {
    return ref as { id: number }
  },
})
