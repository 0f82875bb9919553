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
  /** The password is one that somebody else knows: it opens nothing but its own change. */
  mustChangePassword: boolean
  /** Revision of accounts, posts, grants and definitions: cached rights of another revision are stale. */
  revision: number
}

export function hashToken(token: string): Buffer {
  return createHash('sha256').update(token).digest()
}

interface LiveSession {
  revision: number
  token_hash: Buffer | null
  id: string | null
  account_id: number | null
  last: Date | null
  must: boolean | null
}

interface Waiting {
  hash: string
  now: Date
  resolve: (check: SessionCheck) => void
  reject: (error: unknown) => void
}

/** Requests of one county that wait for the next look at the sessions. */
interface Lane {
  waiting: Waiting[]
  looking: boolean
}

const lanes = new WeakMap<Pool, Map<string, Lane>>()

/**
 * Whose session it is, and how current cached rights must be: a keyed read outside of any transaction, made after the
 * request has come in. Requests that come in while one read is under way share the next: under load one read serves many.
 */
export function checkSession(pool: Pool, county: County, token: string | undefined, now: Date): Promise<SessionCheck> {
  const ofPool = lanes.get(pool) ?? new Map<string, Lane>()
  lanes.set(pool, ofPool)
  const lane = ofPool.get(county.schema) ?? { waiting: [], looking: false }
  ofPool.set(county.schema, lane)
  return new Promise((resolve, reject) => {
    lane.waiting.push({ hash: token ? hashToken(token).toString('hex') : '', now, resolve, reject })
    if (!lane.looking) void lookAtSessions(pool, county, lane)
  })
}

async function lookAtSessions(pool: Pool, county: County, lane: Lane): Promise<void> {
  lane.looking = true
  const schema = quoteIdent(county.schema)
  while (lane.waiting.length > 0) {
    const batch = lane.waiting.splice(0)
    const now = batch[0]!.now
    try {
      const { rows } = await pool.pg.query<LiveSession>({
        name: `session ${county.schema}`,
        text: `select r.revision, s.token_hash, s.id, s.account_id, s.last_seen_at as last, a.must_change_password as must
          from ${schema}.access_revision r
          left join ${schema}.auth_session s on s.token_hash = any($1) and s.revoked_at is null and s.expires_at > $2
            and s.last_seen_at > $3
          left join ${schema}.auth_account a on a.id = s.account_id`,
        values: [batch.map(({ hash }) => Buffer.from(hash, 'hex')), now, new Date(now.getTime() - IDLE_MS)],
      })
      const seen = rows.filter(({ id, last }) => id && last && now.getTime() - last.getTime() > 60_000)
      if (seen.length > 0)
        await pool.pg.query(`update ${schema}.auth_session set last_seen_at = $2 where id = any($1)`, [
          seen.map(({ id }) => id),
          now,
        ])
      const byHash = new Map(rows.flatMap((row) => (row.token_hash ? [[row.token_hash.toString('hex'), row]] : [])))
      const { revision } = rows[0]!
      for (const { hash, resolve } of batch) {
        const row = byHash.get(hash)
        resolve({
          sessionId: row?.id ?? null,
          accountId: row?.account_id ?? null,
          mustChangePassword: row?.must ?? false,
          revision,
        })
      }
    } catch (error) {
      for (const { reject } of batch) reject(error)
    }
  }
  lane.looking = false
}

/** Which of these sessions still stand, and how current cached rights must be. Looking does not count as use. */
export async function liveSessions(
  pool: Pool,
  county: County,
  sessionIds: readonly string[],
  now: Date,
): Promise<{ revision: number; accountOf: ReadonlyMap<string, number> }> {
  const schema = quoteIdent(county.schema)
  const { rows } = await pool.pg.query<{ revision: number; id: string | null; account_id: number }>(
    `select r.revision, s.id, s.account_id from ${schema}.access_revision r
       left join (${schema}.auth_session s join ${schema}.auth_account a on a.id = s.account_id and not a.must_change_password)
         on s.id = any($1) and s.revoked_at is null and s.expires_at > $2 and s.last_seen_at > $3`,
    [sessionIds, now, new Date(now.getTime() - IDLE_MS)],
  )
  return {
    revision: rows[0]!.revision,
    accountOf: new Map(rows.flatMap(({ id, account_id }) => (id ? [[id, account_id]] : []))),
  }
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
