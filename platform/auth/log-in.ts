import { openSession } from '#platform/auth/session.store.ts'
import type { RequestInfo } from '#platform/command/context.ts'
import type { CountyServices, Services } from '#platform/command/services.ts'
import { blindToken } from '#platform/crypto/blind-token.ts'
import { decryptField } from '#platform/crypto/field-encryption.ts'
import type { KeyRing } from '#platform/crypto/key-ring.ts'
import { hashPassword, needsRehash, verifyPassword } from '#platform/crypto/password.ts'
import { verifyTotp } from '#platform/crypto/totp.ts'
import { sql, type Tx } from '#platform/db/db.ts'
import { AppError } from '#platform/errors/app-error.ts'

/** Wrong passwords in a row before the account rests, and for how long (登录失败处理, GB/T 22239 三级, 待核实 for the figures). */
const MAX_FAILED = 5
const LOCK_MS = 15 * 60_000
const STRANGER_MS = 24 * 3_600_000

export interface LoggedIn {
  accountId: number
  name: string
  mustChangePassword: boolean
  token: string
  expiresAt: Date
}

interface AccountRow {
  id: number
  display_name: string
  password_hash: string
  must_change_password: boolean
  totp_secret: Buffer | null
  totp_last_step: number | null
  failed_count: number
  locked_until: Date | null
  disabled_at: Date | null
}

export const totpAad = (accountId: number) => `auth_account:${accountId}:totp_secret`

/**
 * Checks password and second factor and opens a session. The count of failures is committed also when the answer is no.
 * Unknown name, wrong password and disabled account read the same and take the same time; a name that nobody has is locked
 * after as many failures, so that names cannot be told apart by trying.
 */
export async function logIn(
  services: Services,
  here: CountyServices,
  input: { login: string; password: string; code?: string },
  request: RequestInfo & { agent: string | null },
): Promise<LoggedIn> {
  const now = services.clock.now()
  const found = await services.pool.inCounty(here.county, (tx) => findAccount(tx, input.login))
  const fits = await verifyPassword(found?.disabled_at ? undefined : found?.password_hash, input.password)
  const outcome = await services.pool.inCounty(here.county, async (tx): Promise<LoggedIn | AppError> => {
    const account = await findAccount(tx, input.login, true)
    if (!account || account.disabled_at) return refuseStranger(tx, here.keys, input.login, now)
    if (account.locked_until && account.locked_until > now) return lockedUntil(account.locked_until, now)
    if (!fits) return failed(tx, account, now, 'auth.wrong')
    if (account.totp_secret) {
      if (!input.code) return new AppError('auth.code_needed', { status: 401 })
      const step = verifyTotp({
        secret: decryptField(here.keys, account.totp_secret, totpAad(account.id)),
        code: input.code,
        now,
        lastStep: account.totp_last_step,
      })
      if (step === undefined) return failed(tx, account, now, 'auth.code_wrong')
      await sql`update auth_account set totp_last_step = ${step} where id = ${account.id}`.execute(tx)
    }
    const rehash = needsRehash(account.password_hash) ? await hashPassword(input.password) : null
    await sql`
      update auth_account set failed_count = 0, locked_until = null,
        password_hash = coalesce(${rehash}::text, password_hash) where id = ${account.id}`.execute(tx)
    const session = await openSession(tx, account.id, now, request.address, request.agent)
    await audit(tx, now, account.id, request, 'done', null)
    return {
      accountId: account.id,
      name: account.display_name,
      mustChangePassword: account.must_change_password,
      ...session,
    }
  })
  if (outcome instanceof AppError) {
    if (outcome.code !== 'auth.code_needed')
      await services.pool.inCounty(here.county, (tx) =>
        audit(tx, now, found?.id ?? null, request, 'refused', outcome.code),
      )
    throw outcome
  }
  return outcome
}

const normalLogin = (login: string) => login.trim().toLowerCase()

async function findAccount(tx: Tx, login: string, lock = false): Promise<AccountRow | undefined> {
  const { rows } = await sql<AccountRow>`
    select id, display_name, password_hash, must_change_password, totp_secret, totp_last_step, failed_count, locked_until,
      disabled_at from auth_account where login = ${normalLogin(login)} ${lock ? sql`for update` : sql``}`.execute(tx)
  return rows[0]
}

/** One more failure in a row; the last of them locks. */
function afterFailure(failedCount: number, now: Date): { count: number; locked: Date | null } {
  const count = failedCount + 1
  return count >= MAX_FAILED ? { count: 0, locked: new Date(now.getTime() + LOCK_MS) } : { count, locked: null }
}

function lockedUntil(until: Date, now: Date): AppError {
  const minutes = Math.ceil((until.getTime() - now.getTime()) / 60_000)
  return new AppError('auth.locked', { status: 423, params: { minutes } })
}

async function failed(tx: Tx, account: AccountRow, now: Date, code: string): Promise<AppError> {
  const { count, locked } = afterFailure(account.failed_count, now)
  await sql`
    update auth_account set failed_count = ${count}, locked_until = ${locked} where id = ${account.id}`.execute(tx)
  return new AppError(code, { status: 401 })
}

/** Counts and locks a name behind which there is no account that may log in. Rows go after a day. */
async function refuseStranger(tx: Tx, keys: KeyRing, login: string, now: Date): Promise<AppError> {
  const name = blindToken(keys, 'auth.stranger', normalLogin(login))
  const { rows } = await sql<{ failed_count: number; locked_until: Date | null }>`
    select failed_count, locked_until from auth_stranger where name = ${name} for update`.execute(tx)
  const until = rows[0]?.locked_until
  if (until && until > now) return lockedUntil(until, now)
  const { count, locked } = afterFailure(rows[0]?.failed_count ?? 0, now)
  await sql`
    insert into auth_stranger (name, failed_count, locked_until, last_at) values (${name}, ${count}, ${locked}, ${now})
    on conflict (name) do update set failed_count = excluded.failed_count, locked_until = excluded.locked_until,
      last_at = excluded.last_at`.execute(tx)
  return new AppError('auth.wrong', { status: 401 })
}

/** Forgets names that nobody has and nobody tried for a day; returns how many. */
export async function forgetStrangers(tx: Tx, now: Date): Promise<number> {
  const { rows } = await sql`
    delete from auth_stranger where last_at < ${new Date(now.getTime() - STRANGER_MS)} returning 1`.execute(tx)
  return rows.length
}

async function audit(
  tx: Tx,
  now: Date,
  accountId: number | null,
  request: RequestInfo,
  outcome: string,
  code: string | null,
): Promise<void> {
  await sql`
    insert into command_audit (at, route, actor_kind, account_id, address, trace_id, subject, outcome, error_code)
    values (${now}, 'auth.log_in', 'staff', ${accountId}, ${request.address}, ${request.traceId},
      ${accountId === null ? null : `account:${accountId}`}, ${outcome}, ${code})`.execute(tx)
}
