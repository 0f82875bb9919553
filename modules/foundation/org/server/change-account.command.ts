import { changeAccount } from '#modules/foundation/org/contract.ts'
import { record } from '#modules/foundation/org/server/administrator.ts'
import { getManagedAccount } from '#modules/foundation/org/server/managed-account.ts'
import { raiseRevision } from '#modules/foundation/org/server/revision.store.ts'
import { command } from '#platform/command/command.ts'
import { sql } from '#platform/db/db.ts'

/** Corrects the name shown to colleagues. The log-in never changes: the trace of cases rests on it. */
export const changeAccountCommand = command(changeAccount, {
  async perform(context, input) {
    const account = await getManagedAccount(context, input.id)
    await sql`update auth_account set display_name = ${input.name.trim()} where id = ${account.id}`.execute(context.tx)
    await raiseRevision(context.tx)
    record(context, 'org.account_renamed', `account:${account.id}`, { account: account.id, reason: input.reason })
    return { ref: { id: account.id }, output: { id: account.id } }
  },
  async present(_context, ref) {
    return ref as { id: number }
  },
})
