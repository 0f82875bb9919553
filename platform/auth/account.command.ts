import type { StaffActor } from '#platform/access/actor.ts'
import {
  beginTotp,
  changePassword,
  confirmTotp,
  getMe,
  listSessions,
  resetPassword,
  revokeSession,
} from '#platform/auth/contract.ts'
import { totpAad } from '#platform/auth/log-in.ts'
import { hashToken, listSessionsOf, revokeSessions } from '#platform/auth/session.store.ts'
import { command, query } from '#platform/command/command.ts'
import type { Context } from '#platform/command/context.ts'
import { encryptField } from '#platform/crypto/field-encryption.ts'
import { hashPassword, verifyPassword } from '#platform/crypto/password.ts'
import { generateTotpSecret, totpUri, verifyTotp } from '#platform/crypto/totp.ts'
import { sql, type Tx } from '#platform/db/db.ts'
import { AppError } from '#platform/errors/app-error.ts'

function staff(context: Context): StaffActor {
  if (context.actor.kind !== 'staff') throw new AppError('platform.forbidden', { status: 403 })
  return context.actor
}

/** Three of: lower, upper, digit, sign; not the log-in name (口令复杂度, 待核实). */
export function assertStrong(password: string, login: string): void {
  const kinds = [/[a-z]/, /[A-Z]/, /\d/, /[^a-zA-Z\d]/].filter((kind) => kind.test(password)).length
  if (password.length < 10 || kinds < 3 || password.toLowerCase().includes(login.toLowerCase()))
    throw new AppError('auth.password_weak', { status: 422 })
}

export const getMeQuery = query(getMe, async (context) => {
  const actor = staff(context)
  const { rows } = await sql<{ login: string; must: boolean; second: boolean; demo: boolean }>`
    select login, must_change_password as must, totp_secret is not null as second, demo
      from auth_account where id = ${actor.accountId}`.execute(context.tx)
  const row = rows[0]!
  const { county } = context.here
  return {
    accountId: actor.accountId,
    login: row.login,
    name: actor.name,
    demo: row.demo,
    mustChangePassword: row.must,
    secondFactor: row.second,
    posts: actor.posts.map((post) => ({ ...post })),
    permissions: [...new Set(actor.grants.map((grant) => grant.permission))].sort(),
    county: { slug: county.slug, name: county.name, parentName: county.parentName, demo: county.demo },
    now: context.now.toISOString(),
  }
})

export const changePasswordCommand = command(changePassword, {
  async perform(context, { old, fresh }) {
    const actor = staff(context)
    const { rows } = await sql<{ login: string; password_hash: string }>`
      select login, password_hash from auth_account where id = ${actor.accountId} for update`.execute(context.tx)
    const row = rows[0]!
    if (!(await verifyPassword(row.password_hash, old))) throw new AppError('auth.wrong', { status: 401 })
    assertStrong(fresh, row.login)
    await setPassword(context.tx, actor.accountId, fresh)
    await revokeSessions(context.tx, actor.accountId, { except: actor.sessionId }, context.now)
    context.pending.subject = `account:${actor.accountId}`
    return { ref: null, output: { ok: true } }
  },
  async present() {
    return { ok: true }
  },
})

export const resetPasswordCommand = command(resetPassword, {
  async perform(context, { code, fresh }) {
    const { rows } = await sql<{ account_id: number; login: string }>`
      update auth_reset r set used_at = ${context.now} from auth_account a
       where r.token_hash = ${hashToken(code)} and r.used_at is null and r.expires_at > ${context.now}
         and a.id = r.account_id and a.disabled_at is null
      returning r.account_id, a.login`.execute(context.tx)
    const row = rows[0]
    if (!row) throw new AppError('auth.reset_invalid', { status: 410 })
    assertStrong(fresh, row.login)
    await setPassword(context.tx, row.account_id, fresh)
    await revokeSessions(context.tx, row.account_id, { except: null }, context.now)
    context.pending.subject = `account:${row.account_id}`
    return { ref: null, output: { ok: true } }
  },
  async present() {
    return { ok: true }
  },
})

async function setPassword(tx: Tx, accountId: number, fresh: string): Promise<void> {
  await sql`
    update auth_account set password_hash = ${await hashPassword(fresh)}, must_change_password = false, failed_count = 0,
      locked_until = null, demo = false where id = ${accountId}`.execute(tx)
}

export const beginTotpCommand = command(beginTotp, {
  async perform(context) {
    return { ref: null, output: offerTotp(context) }
  },
  // A repeated call gets another secret: nothing was kept of the first.
  async present(context) {
    return offerTotp(context)
  },
})

function offerTotp(context: Context): { secret: string; uri: string } {
  const secret = generateTotpSecret()
  return { secret, uri: totpUri({ issuer: `一体 ${context.here.county.name}`, account: staff(context).name, secret }) }
}

export const confirmTotpCommand = command(confirmTotp, {
  async perform(context, { secret, code }) {
    const actor = staff(context)
    const step = verifyTotp({ secret, code, now: context.now, lastStep: null })
    if (step === undefined) throw new AppError('auth.code_wrong', { status: 422 })
    const sealed = encryptField(context.here.keys, secret, totpAad(actor.accountId))
    await sql`
      update auth_account set totp_secret = ${sealed}, totp_last_step = ${step} where id = ${actor.accountId}`.execute(
      context.tx,
    )
    context.pending.subject = `account:${actor.accountId}`
    return { ref: null, output: { ok: true } }
  },
  async present() {
    return { ok: true }
  },
})

export const listSessionsQuery = query(listSessions, async (context) => {
  const actor = staff(context)
  const rows = await listSessionsOf(context.tx, actor.accountId, context.now)
  return {
    items: rows.map((row) => ({
      id: row.id,
      createdAt: row.createdAt.toISOString(),
      lastSeenAt: row.lastSeenAt.toISOString(),
      address: row.address,
      agent: row.agent,
      current: row.id === actor.sessionId,
    })),
  }
})

export const revokeSessionCommand = command(revokeSession, {
  async perform(context, { sessionId }) {
    const actor = staff(context)
    await revokeSessions(context.tx, actor.accountId, { only: sessionId }, context.now)
    context.pending.subject = `account:${actor.accountId}`
    return { ref: null, output: { ok: true } }
  },
  async present() {
    return { ok: true }
  },
})
