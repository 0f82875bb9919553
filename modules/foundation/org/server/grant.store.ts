import type { RawBuilder } from 'kysely'
import { type Area, areasOf, resolveGrant } from '#modules/foundation/org/domain/scope.ts'
import { MANAGE_GRANTS, manageableUnit } from '#modules/foundation/org/server/org.policy.ts'
import { type Actor, grantsFor } from '#platform/access/actor.ts'
import { sql, type Tx } from '#platform/db/db.ts'

export interface GrantRow {
  id: number
  account: { id: number; name: string; login: string } | null
  post: { id: number; name: string; unitName: string } | null
  role: string | null
  unitKind: string | null
  unitLevel: string | null
  permission: string
  divisionCode: string | null
  lineCode: string | null
  reason: string
  validFrom: Date
  validTo: Date | null
  grantedByName: string | null
  /** Territory and lines over which the grant reaches; what somebody must administer to take it back. */
  areas: Area[]
}

export interface GrantFilter {
  id?: number
  subject?: 'role' | 'post' | 'account'
  account?: number
  post?: number
  role?: string
  permission?: string
  past?: boolean
}

/** Grants the actor sees: rules by role (they explain everybody's rights), and others inside his territory and lines. */
function visibleGrant(actor: Actor): RawBuilder<boolean> {
  if (actor.kind === 'system') return sql<boolean>`true`
  const mine = grantsFor(actor, MANAGE_GRANTS)
  const covered =
    mine.length === 0
      ? sql`false`
      : sql`(${sql.join(
          mine.map(
            (grant) => sql`(starts_with(g.division_code, ${grant.division})
              and ${grant.line === null ? sql`true` : sql`coalesce(g.line_code = ${grant.line}, false)`})`,
          ),
          sql` or `,
        )})`
  return sql<boolean>`case when g.role is not null then true
    when g.post_id is not null then ${manageableUnit(actor, MANAGE_GRANTS, 'u')} else coalesce(${covered}, false) end`
}

function where(filter: GrantFilter, at: Date): RawBuilder<boolean> {
  const parts = [sql`true`]
  if (filter.id !== undefined) parts.push(sql`g.id = ${filter.id}`)
  if (filter.subject === 'role') parts.push(sql`g.role is not null`)
  if (filter.subject === 'post') parts.push(sql`g.post_id is not null`)
  if (filter.subject === 'account') parts.push(sql`g.account_id is not null`)
  if (filter.account !== undefined) parts.push(sql`g.account_id = ${filter.account}`)
  if (filter.post !== undefined) parts.push(sql`g.post_id = ${filter.post}`)
  if (filter.role) parts.push(sql`g.role = ${filter.role}`)
  if (filter.permission) parts.push(sql`g.permission = ${filter.permission}`)
  if (filter.id === undefined && !filter.past) parts.push(sql`(g.valid_to is null or g.valid_to > ${at})`)
  return sql<boolean>`(${sql.join(parts, sql` and `)})`
}

/** Grants, newest first, one page before an id. `county` is where rules by role reach. */
export async function listGrantRows(
  tx: Tx,
  filter: GrantFilter,
  page: { actor: Actor; county: string; before: number | null; limit: number; at: Date },
): Promise<GrantRow[]> {
  const { rows } = await sql<{
    id: number
    account_id: number | null
    account_name: string
    account_login: string
    post_id: number | null
    post_name: string
    post_division: string | null
    unit_name: string
    unit_division: string
    unit_lines: string[]
    role: string | null
    unit_kind: string | null
    unit_level: string | null
    permission: string
    division_code: string | null
    line_code: string | null
    reason: string
    valid_from: Date
    valid_to: Date | null
    granted_by_name: string | null
  }>`
    select g.id, g.account_id, a.display_name as account_name, a.login as account_login, g.post_id, p.name as post_name,
           p.division_code as post_division, u.short_name as unit_name, u.division_code as unit_division,
           array(select l.line_code from org_unit_line l where l.unit_id = u.id order by l.line_code) as unit_lines,
           g.role, g.unit_kind, g.unit_level, g.permission, g.division_code, g.line_code, g.reason, g.valid_from,
           g.valid_to, b.display_name as granted_by_name
      from access_grant g
      left join auth_account a on a.id = g.account_id
      left join org_post p on p.id = g.post_id
      left join org_unit u on u.id = p.unit_id
      left join auth_account b on b.id = g.granted_by
     where ${where(filter, page.at)} and ${visibleGrant(page.actor)}
       and ${page.before === null ? sql`true` : sql`g.id < ${page.before}`}
     order by g.id desc limit ${page.limit}`.execute(tx)
  return rows.map((row) => ({
    id: row.id,
    account: row.account_id === null ? null : { id: row.account_id, name: row.account_name, login: row.account_login },
    post: row.post_id === null ? null : { id: row.post_id, name: row.post_name, unitName: row.unit_name },
    role: row.role,
    unitKind: row.unit_kind,
    unitLevel: row.unit_level,
    permission: row.permission,
    divisionCode: row.division_code,
    lineCode: row.line_code,
    reason: row.reason,
    validFrom: row.valid_from,
    validTo: row.valid_to,
    grantedByName: row.granted_by_name,
    areas: grantAreas(
      { permission: row.permission, divisionCode: row.division_code, lineCode: row.line_code },
      row.post_id === null
        ? null
        : { unitDivision: row.unit_division, postDivision: row.post_division, lines: row.unit_lines },
      row.role !== null,
      page.county,
    ),
  }))
}

/**
 * Where a grant reaches: a rule by role over the whole county (any unit may have such a post), one to a post over its
 * unit and what it resolves to, one to an account over its own division and line.
 */
export function grantAreas(
  row: { permission: string; divisionCode: string | null; lineCode: string | null },
  post: { unitDivision: string; postDivision: string | null; lines: readonly string[] } | null,
  byRole: boolean,
  county: string,
): Area[] {
  if (byRole) return [{ division: county, line: null }]
  if (post) return [...areasOf({ division: post.unitDivision, lines: post.lines }), ...resolveGrant(row, post)]
  return [{ division: row.divisionCode ?? county, line: row.lineCode }]
}

export async function countGrants(tx: Tx, filter: GrantFilter, page: { actor: Actor; at: Date }): Promise<number> {
  const { rows } = await sql<{ n: number }>`
    select count(*) as n from access_grant g left join org_post p on p.id = g.post_id
      left join org_unit u on u.id = p.unit_id
     where ${where(filter, page.at)} and ${visibleGrant(page.actor)}`.execute(tx)
  return rows[0]!.n
}

/** Those of the permissions that no grant in force or to come carries, such as the ones that an update brought. */
export async function unheldPermissions(tx: Tx, permissions: readonly string[], at: Date): Promise<string[]> {
  const { rows } = await sql<{ name: string }>`
    select p.name from unnest(${permissions as string[]}::text[]) as p (name)
     where not exists (
       select 1 from access_grant g
        where (g.valid_to is null or g.valid_to > ${at})
          and (g.permission = p.name
               or (g.permission like '%.*' and starts_with(p.name, left(g.permission, length(g.permission) - 1)))))
     order by 1`.execute(tx)
  return rows.map((row) => row.name)
}

/** Whether anybody who can still log in may give grants at an instant. */
export async function somebodyAdministers(tx: Tx, at: Date): Promise<boolean> {
  const { rows } = await sql`
    select 1 from access_grant g
     where g.permission in (${MANAGE_GRANTS}, 'access.grant.*', 'access.*')
       and g.valid_from <= ${at} and (g.valid_to is null or g.valid_to > ${at})
       and exists (
         select 1 from auth_account a
          where a.disabled_at is null and (a.id = g.account_id or exists (
            select 1 from org_post_holding h
              join org_post p on p.id = h.post_id and p.retired_at is null
              join org_unit u on u.id = p.unit_id and u.retired_at is null
             where h.account_id = a.id and h.since <= ${at} and (h.until is null or h.until > ${at})
               and (p.id = g.post_id or (p.role = g.role and (g.unit_kind is null or g.unit_kind = u.kind)
                                         and (g.unit_level is null or g.unit_level = u.level))))))
     limit 1`.execute(tx)
  return rows.length > 0
}
