import type { Context } from '#platform/command/context.ts'
import { sql, type Tx } from '#platform/db/db.ts'

export interface PostOfGrid {
  id: number
  code: string
  unitId: number
  role: string
  name: string
  roster: string | null
  gridCode: string
  holders: { accountId: number; name: string }[]
}

/** Posts that stand at grids, with who holds them. */
export async function listPostsAt(tx: Tx, grids: readonly string[], at: Date): Promise<PostOfGrid[]> {
  const { rows } = await sql<PostOfGrid>`
    select p.id, p.code, p.unit_id as "unitId", p.role, p.name, p.roster, p.division_code as "gridCode",
           coalesce((select json_agg(json_build_object('accountId', a.id, 'name', a.display_name) order by h.since, h.id)
              from org_post_holding h join auth_account a on a.id = h.account_id
             where h.post_id = p.id and not h.acting and a.disabled_at is null
               and h.since <= ${at} and (h.until is null or h.until > ${at})), '[]') as holders
      from org_post p where p.division_code = any(${grids as string[]}::text[]) and p.retired_at is null
     order by p.id`.execute(tx)
  return rows
}

/**
 * Gives successors the posts of the grids they come from, held by the same people: a grid is never without its workers on the
 * day of the change. Whoever then shall have only one of several is decided in the organisation.
 */
export async function copyPosts(
  context: Context,
  posts: readonly PostOfGrid[],
  successorsOf: (grid: string) => readonly string[],
  reason: string,
): Promise<void> {
  const { tx, now, actor } = context
  for (const post of posts)
    for (const grid of successorsOf(post.gridCode)) {
      const base = `${grid}-grid.${post.role}`
      const { rows } = await sql<{ id: number }>`
        insert into org_post (code, unit_id, role, name, division_code, roster, created_at)
        select ${base} || case when count(*) = 0 then '' else '.' || (count(*) + 1) end, ${post.unitId}::bigint,
               ${post.role}, ${post.name}, ${grid}, ${post.roster}, ${now}
          from org_post where code = ${base} or starts_with(code, ${`${base}.`})
        returning id`.execute(tx)
      await sql`
        insert into org_post_holding (post_id, account_id, since, reason, created_by, created_at)
        select ${rows[0]!.id}, account_id, ${now}::timestamptz, ${reason},
               ${actor.kind === 'staff' ? actor.accountId : null}::bigint, ${now}
          from unnest(${post.holders.map((holder) => holder.accountId)}::bigint[]) as account_id`.execute(tx)
    }
}

/** Ends the posts of grids that are gone. */
export async function endPosts(context: Context, posts: readonly PostOfGrid[], reason: string): Promise<void> {
  const { tx, now } = context
  const ids = posts.map((post) => post.id)
  await sql`
    update org_post_holding set until = greatest(since, ${now}::timestamptz), end_reason = ${reason}
     where post_id = any(${ids}::bigint[]) and (until is null or until > ${now})`.execute(tx)
  await sql`update org_post set retired_at = ${now} where id = any(${ids}::bigint[])`.execute(tx)
}
