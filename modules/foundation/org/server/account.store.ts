import type { RawBuilder } from 'kysely'
import { MANAGE_ACCOUNTS, manageableUnit, managesWholeCounty } from '#modules/foundation/org/server/org.policy.ts'
import { type Actor, grantsFor } from '#platform/access/actor.ts'
import { sql, type Tx } from '#platform/db/db.ts'
import { notFound } from '#platform/errors/app-error.ts'

/** A post held now. */
export interface AccountPostRow {
  accountId: number
  holdingId: number
  postId: number
  role: string
  name: string
  unit: { id: number; code: string; name: string; shortName: string }
  acting: boolean
  since: Date
  until: Date | null
}

export interface AccountRow {
  id: number
  login: string
  name: string
  demo: boolean
  secondFactor: boolean
  mustChangePassword: boolean
  lockedUntil: Date | null
  disabledAt: Date | null
  createdAt: Date
  posts: AccountPostRow[]
  manageable: boolean
}

export interface AccountFilter {
  id?: number
  q?: string
  unit?: number
  under?: string
  role?: string
  state?: 'active' | 'disabled' | 'locked' | 'withoutPost'
}

/** Posts that count from now on: current ones and those to come. */
const openPost = (at: Date) => sql`(h.until is null or h.until > ${at}) and p.retired_at is null`

/**
 * Accounts the actor sees in administration: who holds or will hold a post in a unit he manages; those without any post
 * where he manages the whole county.
 */
export function visibleAccount(actor: Actor, county: string, at: Date): RawBuilder<boolean> {
  if (managesWholeCounty(actor, MANAGE_ACCOUNTS, county)) return sql<boolean>`true`
  return sql<boolean>`exists (
    select 1 from org_post_holding h join org_post p on p.id = h.post_id join org_unit u on u.id = p.unit_id
     where h.account_id = a.id and ${openPost(at)} and ${manageableUnit(actor, MANAGE_ACCOUNTS, 'u')})`
}

/**
 * Accounts the actor may change: every post and every personal grant lies within what he manages. Seeing one of several
 * posts is not enough, or a township could take over an account of the county.
 */
export function manageableAccount(actor: Actor, county: string, at: Date): RawBuilder<boolean> {
  if (managesWholeCounty(actor, MANAGE_ACCOUNTS, county)) return sql<boolean>`true`
  const grants = grantsFor(actor, MANAGE_ACCOUNTS)
  const covered =
    grants.length === 0
      ? sql`false`
      : sql`(${sql.join(
          grants.map(
            (grant) => sql`(starts_with(g.division_code, ${grant.division})
              and ${grant.line === null ? sql`true` : sql`coalesce(g.line_code = ${grant.line}, false)`})`,
          ),
          sql` or `,
        )})`
  return sql<boolean>`(${visibleAccount(actor, county, at)}
    and not exists (
      select 1 from org_post_holding h join org_post p on p.id = h.post_id join org_unit u on u.id = p.unit_id
       where h.account_id = a.id and ${openPost(at)} and not ${manageableUnit(actor, MANAGE_ACCOUNTS, 'u')})
    and not exists (
      select 1 from access_grant g where g.account_id = a.id and (g.valid_to is null or g.valid_to > ${at})
         and not coalesce(${covered}, false)))`
}

function where(filter: AccountFilter, at: Date): RawBuilder<boolean> {
  const parts = [sql`true`]
  if (filter.id !== undefined) parts.push(sql`a.id = ${filter.id}`)
  if (filter.q) {
    const q = filter.q.trim().toLowerCase()
    parts.push(sql`(strpos(lower(a.display_name), ${q}) > 0 or strpos(a.login, ${q}) > 0)`)
  }
  const held: RawBuilder<unknown>[] = []
  if (filter.unit !== undefined) held.push(sql`p.unit_id = ${filter.unit}`)
  if (filter.under) held.push(sql`starts_with(u.division_code, ${filter.under})`)
  if (filter.role) held.push(sql`p.role = ${filter.role}`)
  if (held.length > 0)
    parts.push(sql`exists (
      select 1 from org_post_holding h join org_post p on p.id = h.post_id join org_unit u on u.id = p.unit_id
       where h.account_id = a.id and ${openPost(at)} and ${sql.join(held, sql` and `)})`)
  if (filter.state === 'active') parts.push(sql`a.disabled_at is null`)
  if (filter.state === 'disabled') parts.push(sql`a.disabled_at is not null`)
  if (filter.state === 'locked') parts.push(sql`a.locked_until > ${at}`)
  if (filter.state === 'withoutPost')
    parts.push(sql`a.disabled_at is null and not exists (
      select 1 from org_post_holding h join org_post p on p.id = h.post_id
       where h.account_id = a.id and ${openPost(at)})`)
  return sql<boolean>`(${sql.join(parts, sql` and `)})`
}

/** Accounts by log-in, one page after a log-in, with the posts held now. */
export async function listAccountRows(
  tx: Tx,
  filter: AccountFilter,
  page: { actor: Actor; county: string; after: string | null; limit: number; at: Date },
): Promise<AccountRow[]> {
  const { actor, county, at } = page
  const { rows } = await sql<{
    id: number
    login: string
    display_name: string
    demo: boolean
    second: boolean
    must: boolean
    locked_until: Date | null
    disabled_at: Date | null
    created_at: Date
    manageable: boolean
  }>`
    select a.id, a.login, a.display_name, a.demo, a.totp_secret is not null as second, a.must_change_password as must,
           case when a.locked_until > ${at} then a.locked_until end as locked_until, a.disabled_at, a.created_at,
           ${manageableAccount(actor, county, at)} as manageable
      from auth_account a
     where ${where(filter, at)} and ${visibleAccount(actor, county, at)}
       and ${page.after === null ? sql`true` : sql`a.login > ${page.after}`}
     order by a.login limit ${page.limit}`.execute(tx)
  const posts = Map.groupBy(
    await listHeldPosts(
      tx,
      rows.map((row) => row.id),
      at,
    ),
    (post) => post.accountId,
  )
  return rows.map((row) => ({
    id: row.id,
    login: row.login,
    name: row.display_name,
    demo: row.demo,
    secondFactor: row.second,
    mustChangePassword: row.must,
    lockedUntil: row.locked_until,
    disabledAt: row.disabled_at,
    createdAt: row.created_at,
    posts: posts.get(row.id) ?? [],
    manageable: row.manageable,
  }))
}

/** Posts that accounts hold now, regular ones before acting ones. */
export async function listHeldPosts(tx: Tx, accountIds: readonly number[], at: Date): Promise<AccountPostRow[]> {
  const { rows } = await sql<{
    account_id: number
    holding_id: number
    post_id: number
    role: string
    name: string
    unit_id: number
    unit_code: string
    unit_name: string
    unit_short_name: string
    acting: boolean
    since: Date
    until: Date | null
  }>`
    select h.account_id, h.id as holding_id, p.id as post_id, p.role, p.name, u.id as unit_id, u.code as unit_code,
           u.name as unit_name, u.short_name as unit_short_name, h.acting, h.since, h.until
      from org_post_holding h join org_post p on p.id = h.post_id and p.retired_at is null
      join org_unit u on u.id = p.unit_id and u.retired_at is null
     where h.account_id = any(${accountIds as number[]}::bigint[])
       and h.since <= ${at} and (h.until is null or h.until > ${at})
     order by h.acting, h.since, h.id`.execute(tx)
  return rows.map((row) => ({
    accountId: row.account_id,
    holdingId: row.holding_id,
    postId: row.post_id,
    role: row.role,
    name: row.name,
    unit: { id: row.unit_id, code: row.unit_code, name: row.unit_name, shortName: row.unit_short_name },
    acting: row.acting,
    since: row.since,
    until: row.until,
  }))
}

/** How many accounts the same filter and the same sight give. */
export async function countAccounts(
  tx: Tx,
  filter: AccountFilter,
  page: { actor: Actor; county: string; at: Date },
): Promise<number> {
  const { rows } = await sql<{ n: number }>`
    select count(*) as n from auth_account a
     where ${where(filter, page.at)} and ${visibleAccount(page.actor, page.county, page.at)}`.execute(tx)
  return rows[0]!.n
}

/** What a command has to know of an account. */
export interface AccountState {
  id: number
  login: string
  name: string
  disabled: boolean
  manageable: boolean
}

/**
 * An account that the actor sees, locked for change.
 * @throws AppError `platform.not_found` where it is out of sight
 */
export async function getAccountForChange(
  tx: Tx,
  id: number,
  page: { actor: Actor; county: string; at: Date },
): Promise<AccountState> {
  await sql`select id from auth_account where id = ${id} for update`.execute(tx)
  return getAccountInSight(tx, id, page)
}

/**
 * An account that the actor sees.
 * @throws AppError `platform.not_found` where it is out of sight
 */
export async function getAccountInSight(
  tx: Tx,
  id: number,
  page: { actor: Actor; county: string; at: Date },
): Promise<AccountState> {
  const { rows } = await sql<{ id: number; login: string; name: string; disabled: boolean; manageable: boolean }>`
    select a.id, a.login, a.display_name as name, a.disabled_at is not null as disabled,
           ${manageableAccount(page.actor, page.county, page.at)} as manageable
      from auth_account a where a.id = ${id} and ${visibleAccount(page.actor, page.county, page.at)}`.execute(tx)
  const row = rows[0]
  if (!row) throw notFound()
  return row
}

/** Name and state of any account, whoever asks; for choosing successors and holders. */
export async function findAccountBrief(
  tx: Tx,
  id: number,
): Promise<{ id: number; name: string; login: string; disabled: boolean } | undefined> {
  const { rows } = await sql<{ id: number; name: string; login: string; disabled: boolean }>`
    select id, display_name as name, login, disabled_at is not null as disabled from auth_account where id = ${id}`.execute(
    tx,
  )
  return rows[0]
}

/** Open work in the person's own name. */
export async function countOwnWork(tx: Tx, accountId: number): Promise<number> {
  const { rows } = await sql<{ n: number }>`
    select count(*) as n from process_work_item where account_id = ${accountId}`.execute(tx)
  return rows[0]!.n
}
