import { createHash, randomBytes, randomUUID } from 'node:crypto'
import type { County } from '#platform/db/counties.ts'
import { sql, type Tx } from '#platform/db/db.ts'
import { type Pool, quoteIdent } from '#platform/db/pool.ts'

/** A session ends at the latest after so long, and after so long without use. */
const SESSION_MS = 12 * 3_600_000
const IDLE_MS = 2 * 3_600_000

export interface SessionCheck {
  sessionId: string | null
  accountId: number | null
  /** Revision of accounts, posts, grants and definitions: cached rights of another revision are stale. */
  revision: number
}

export function hashToken(token: string): Buffer {
  return createHash('sha256').update(token).digest()
}

/** One keyed read outside of any transaction: whose session it is, and how current cached rights must be. */
export async function checkSession(
  pool: Pool,
  county: County,
  token: string | undefined,
  now: Date,
): Promise<SessionCheck> {
  const schema = quoteIdent(county.schema)
  const { rows } = await pool.pg.query<{
    revision: number
    id: string | null
    account_id: number | null
    last: Date | null
  }>({
    name: `session ${county.schema}`,
    text: `select r.revision, s.id, s.account_id, s.last_seen_at as last
      from ${schema}.access_revision r
      left join ${schema}.auth_session s on s.token_hash = $1 and s.revoked_at is null and s.expires_at > $2
        and s.last_seen_at > $3`,
    values: [token ? hashToken(token) : null, now, new Date(now.getTime() - IDLE_MS)],
  })
  const row = rows[0]!
  if (row.id && row.last && now.getTime() - row.last.getTime() > 60_000)
    await pool.pg.query(`update ${schema}.auth_session set last_seen_at = $2 where id = $1`, [row.id, now])
  return { sessionId: row.id, accountId: row.account_id, revision: row.revision }
}

/** Opens a session; the token goes into the cookie and is kept as a hash only. */
export async function openSession(
  tx: Tx,
  accountId: number,
  now: Date,
  address: string | null,
  agent: string | null,
): Promise<{ token: string; expiresAt: Date }> {
  const token = randomBytes(32).toString('base64url')
  const expiresAt = new Date(now.getTime() + SESSION_MS)
  await sql`
    insert into auth_session (token_hash, id, account_id, created_at, last_seen_at, expires_at, address, agent)
    values (${hashToken(token)}, ${randomUUID()}, ${accountId}, ${now}, ${now}, ${expiresAt}, ${address},
      ${agent?.slice(0, 200) ?? null})`.execute(tx)
  return { token, expiresAt }
}

/** Ends sessions of an account: one, or all but one. */
export async function revokeSessions(
  tx: Tx,
  accountId: number,
  which: { only: string } | { except: string | null },
  now: Date,
): Promise<number> {
  const condition = 'only' in which ? sql`id = ${which.only}::uuid` : sql`id is distinct from ${which.except}::uuid`
  const { rows } = await sql`
    update auth_session set revoked_at = ${now} where account_id = ${accountId} and revoked_at is null and ${condition}
    returning 1`.execute(tx)
  return rows.length
}

export interface SessionRow {
  id: string
  createdAt: Date
  lastSeenAt: Date
  address: string | null
  agent: string | null
}

export async function listSessionsOf(tx: Tx, accountId: number, now: Date): Promise<SessionRow[]> {
  const { rows } = await sql<{
    id: string
    created_at: Date
    last_seen_at: Date
    address: string | null
    agent: string | null
  }>`
    select id, created_at, last_seen_at, address, agent from auth_session
     where account_id = ${accountId} and revoked_at is null and expires_at > ${now}
     order by last_seen_at desc limit 50`.execute(tx)
  return rows.map((row) => ({
    id: row.id,
    createdAt: row.created_at,
    lastSeenAt: row.last_seen_at,
    address: row.address,
    agent: row.agent,
  }))
}
