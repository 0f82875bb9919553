import { type GrantRow, resolveGrant, withoutContained } from '#modules/foundation/org/domain/scope.ts'
import type { EffectiveGrant, HeldPost, StaffActor } from '#platform/access/actor.ts'
import { sql, type Tx } from '#platform/db/db.ts'

interface PostRow {
  post_id: number
  role: string
  unit_id: number
  unit_code: string
  unit_name: string
  unit_kind: string
  unit_level: string
  unit_division: string
  post_division: string | null
  lines: string[]
  acting: boolean
}

interface GrantMatch {
  permission: string
  division_code: string | null
  line_code: string | null
  /** The post it is held through; null = given to the account itself. */
  post_id: number | null
}

/**
 * Who an account is at an instant: the posts it holds (acting ones included) and what they and the account were granted.
 * @param sessionId kept in the actor; empty where no session is behind it
 * @returns undefined for an account that does not exist or was disabled
 */
export async function actorOf(tx: Tx, accountId: number, at: Date, sessionId = ''): Promise<StaffActor | undefined> {
  const account = await sql<{ display_name: string }>`
    select display_name from auth_account where id = ${accountId} and (disabled_at is null or disabled_at > ${at})`.execute(
    tx,
  )
  const row = account.rows[0]
  if (!row) return undefined
  const posts = await heldPosts(tx, accountId, at)
  const grants = await grantsOf(tx, accountId, posts, at)
  return {
    kind: 'staff',
    accountId,
    name: row.display_name,
    sessionId,
    posts: posts.map(toHeldPost),
    unitIds: [...new Set(posts.map((post) => post.unit_id))],
    grants,
  }
}

/** What a post gives to whoever holds it at an instant; also what an administrator hands out by appointing somebody. */
export async function grantsOfPost(tx: Tx, postId: number, at: Date): Promise<EffectiveGrant[]> {
  const { rows } = await sql<PostRow>`
    select p.id as post_id, p.role, u.id as unit_id, u.code as unit_code, u.name as unit_name, u.kind as unit_kind,
           u.level as unit_level, u.division_code as unit_division, p.division_code as post_division,
           array(select l.line_code from org_unit_line l where l.unit_id = u.id order by l.line_code) as lines,
           false as acting
      from org_post p join org_unit u on u.id = p.unit_id where p.id = ${postId}`.execute(tx)
  return grantsOf(tx, null, rows, at)
}

async function heldPosts(tx: Tx, accountId: number, at: Date): Promise<PostRow[]> {
  const { rows } = await sql<PostRow>`
    select distinct on (p.id) p.id as post_id, p.role, u.id as unit_id, u.code as unit_code, u.name as unit_name,
           u.kind as unit_kind, u.level as unit_level, u.division_code as unit_division,
           p.division_code as post_division,
           array(select l.line_code from org_unit_line l where l.unit_id = u.id order by l.line_code) as lines, h.acting
      from org_post_holding h
      join org_post p on p.id = h.post_id and (p.retired_at is null or p.retired_at > ${at})
      join org_unit u on u.id = p.unit_id and (u.retired_at is null or u.retired_at > ${at})
     where h.account_id = ${accountId} and h.since <= ${at} and (h.until is null or h.until > ${at})
     order by p.id, h.acting, h.id`.execute(tx)
  // Of two posts of one unit and role, what is done is done in the place of who is away: so it is recorded.
  const sameDesk = (a: PostRow, b: PostRow) => a.unit_id === b.unit_id && a.role === b.role
  const acting = rows.filter((row) => row.acting)
  const ordered = rows.flatMap((row) => (row.acting ? [row] : [...acting.filter((one) => sameDesk(one, row)), row]))
  return [...new Set(ordered)]
}

async function grantsOf(
  tx: Tx,
  accountId: number | null,
  posts: readonly PostRow[],
  at: Date,
): Promise<EffectiveGrant[]> {
  const subjects = posts.map((post) => ({
    post_id: post.post_id,
    role: post.role,
    kind: post.unit_kind,
    level: post.unit_level,
  }))
  const { rows } = await sql<GrantMatch>`
    with held as (
      select post_id, role, kind, level
        from json_to_recordset(${JSON.stringify(subjects)}::json) as h (post_id bigint, role text, kind text, level text)
    )
    select g.permission, g.division_code, g.line_code, held.post_id
      from access_grant g join held on g.role = held.role
       and (g.unit_kind is null or g.unit_kind = held.kind) and (g.unit_level is null or g.unit_level = held.level)
     where g.valid_from <= ${at} and (g.valid_to is null or g.valid_to > ${at})
    union all
    select g.permission, g.division_code, g.line_code, held.post_id
      from access_grant g join held on g.post_id = held.post_id
     where g.valid_from <= ${at} and (g.valid_to is null or g.valid_to > ${at})
    union all
    select g.permission, g.division_code, g.line_code, null
      from access_grant g
     where g.account_id = ${accountId}::bigint and g.valid_from <= ${at} and (g.valid_to is null or g.valid_to > ${at})`.execute(
    tx,
  )
  const byId = new Map(posts.map((post) => [post.post_id, post]))
  return withoutContained(
    rows.flatMap((row) => resolved(row, row.post_id === null ? undefined : byId.get(row.post_id))),
  )
}

function resolved(match: GrantMatch, post: PostRow | undefined): EffectiveGrant[] {
  const row: GrantRow = { permission: match.permission, divisionCode: match.division_code, lineCode: match.line_code }
  if (post)
    return resolveGrant(row, { unitDivision: post.unit_division, postDivision: post.post_division, lines: post.lines })
  // Given to an account: there is no unit to follow, so the place is named in the grant itself.
  if (row.divisionCode === null) return []
  return [{ permission: row.permission, division: row.divisionCode, line: row.lineCode }]
}

function toHeldPost(post: PostRow): HeldPost {
  return {
    postId: post.post_id,
    role: post.role,
    unitId: post.unit_id,
    unitCode: post.unit_code,
    unitName: post.unit_name,
    division: post.post_division ?? post.unit_division,
    acting: post.acting,
  }
}
