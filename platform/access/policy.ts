import type { RawBuilder } from 'kysely'
import { type Actor, type EffectiveGrant, grantsFor } from '#platform/access/actor.ts'
import { sql } from '#platform/db/db.ts'

/**
 * A policy is written once as a tree of these and used twice: compiled to SQL (lists, counts, exports, search, numbers)
 * and evaluated on a row (`can`, writes). A property test proves that both agree on random grants and rows.
 */
export type Predicate =
  | { kind: 'always' }
  | { kind: 'never' }
  | { kind: 'all'; of: Predicate[] }
  | { kind: 'any'; of: Predicate[] }
  /** The row lies in the division (its level column equals the code). */
  | { kind: 'within'; division: string }
  | { kind: 'line'; line: string }
  /** One of the units, or the account, took part in the row's case. */
  | { kind: 'participates'; unitIds: readonly number[]; accountId: number }
  /** The account is named on the row's case. */
  | { kind: 'named'; accountId: number }
  /** Open work of the row's case is in the account's hands now: in its own name, or by a unit and role that it holds. */
  | { kind: 'holdsWork'; accountId: number; posts: readonly { unitId: number; role: string }[] }
  | { kind: 'notSecret' }

export const ALWAYS: Predicate = { kind: 'always' }
export const NEVER: Predicate = { kind: 'never' }

export function all(...of: Predicate[]): Predicate {
  const rest = of.filter((part) => part.kind !== 'always')
  if (rest.some((part) => part.kind === 'never')) return NEVER
  return rest.length === 0 ? ALWAYS : rest.length === 1 ? (rest[0] as Predicate) : { kind: 'all', of: rest }
}

export function any(...of: Predicate[]): Predicate {
  const rest = of.filter((part) => part.kind !== 'never')
  if (rest.some((part) => part.kind === 'always')) return ALWAYS
  return rest.length === 0 ? NEVER : rest.length === 1 ? (rest[0] as Predicate) : { kind: 'any', of: rest }
}

/** What a row must carry for a policy to be evaluated on it. */
export interface ScopedRow {
  townCode: string | null
  villageCode: string | null
  gridCode: string | null
  lineCode: string | null
  secrecy?: string
  partyUnitIds?: readonly number[]
  partyAccountIds?: readonly number[]
  namedAccountIds?: readonly number[]
  openWork?: readonly { unitId: number | null; role: string; accountId: number | null }[]
}

const COUNTY = 6
const TOWN = 9
const VILLAGE = 12

/** One branch per grant: territory and line. A grant for the county (6 digits or fewer) covers rows without a place too. */
export function scopeOf(grants: readonly EffectiveGrant[]): Predicate {
  return any(
    ...grants.map((grant) =>
      all(
        grant.division.length <= COUNTY ? ALWAYS : { kind: 'within', division: grant.division },
        grant.line === null ? ALWAYS : { kind: 'line', line: grant.line },
      ),
    ),
  )
}

/**
 * The half of case visibility that no territory and no participation opens: a secret case (保密) is seen by the people named
 * on it and by whoever has its open work in hand; without the latter nobody whom a case is handed to could go on with it.
 */
export function secrecyAllows(actor: Actor): Predicate {
  if (actor.kind === 'system') return ALWAYS
  if (actor.kind === 'public') return { kind: 'notSecret' }
  const { accountId, posts } = actor
  return any({ kind: 'notSecret' }, { kind: 'named', accountId }, { kind: 'holdsWork', accountId, posts })
}

/**
 * Who may see a case: by territory and line, or by having taken part; secret cases only by name or with the work in hand.
 * The same tree serves list, count, export, dashboard, search and write.
 */
export function caseVisibility(actor: Actor, permission = 'process.case.view'): Predicate {
  if (actor.kind === 'system') return ALWAYS
  if (actor.kind === 'public') return NEVER
  return all(
    any(scopeOf(grantsFor(actor, permission)), {
      kind: 'participates',
      unitIds: actor.unitIds,
      accountId: actor.accountId,
    }),
    secrecyAllows(actor),
  )
}

function levelColumn(division: string): 'town_code' | 'village_code' | 'grid_code' {
  return division.length === TOWN ? 'town_code' : division.length === VILLAGE ? 'village_code' : 'grid_code'
}

/** Compiles to SQL over a table (alias) with columns id, town_code, village_code, grid_code, line_code, secrecy. */
export function predicateSql(predicate: Predicate, alias: string): RawBuilder<boolean> {
  const column = (name: string) => sql.ref(`${alias}.${name}`)
  switch (predicate.kind) {
    case 'always':
      return sql`true`
    case 'never':
      return sql`false`
    case 'all':
      return sql`(${sql.join(
        predicate.of.map((part) => predicateSql(part, alias)),
        sql` and `,
      )})`
    case 'any':
      return sql`(${sql.join(
        predicate.of.map((part) => predicateSql(part, alias)),
        sql` or `,
      )})`
    case 'within':
      return sql`coalesce(${column(levelColumn(predicate.division))} = ${predicate.division}, false)`
    case 'line':
      return sql`coalesce(${column('line_code')} = ${predicate.line}, false)`
    case 'participates':
      return sql`exists (select 1 from process_party pp where pp.case_id = ${column('id')}
        and (pp.unit_id = any(${predicate.unitIds as number[]}::bigint[]) or pp.account_id = ${predicate.accountId}))`
    case 'named':
      return sql`exists (select 1 from process_party pp where pp.case_id = ${column('id')}
        and pp.named and pp.account_id = ${predicate.accountId})`
    case 'holdsWork':
      return sql`exists (select 1 from process_work_item pw where pw.case_id = ${column('id')}
        and (pw.account_id = ${predicate.accountId} or (pw.account_id is null and (pw.unit_id, pw.role) in (
          select held.unit_id, held.role from unnest(${predicate.posts.map((post) => post.unitId)}::bigint[],
            ${predicate.posts.map((post) => post.role)}::text[]) as held (unit_id, role)))))`
    case 'notSecret':
      return sql`${column('secrecy')} <> 'secret'`
  }
}

/** Evaluates on one loaded row; the twin of `predicateSql`. */
export function predicateHolds(predicate: Predicate, row: ScopedRow): boolean {
  switch (predicate.kind) {
    case 'always':
      return true
    case 'never':
      return false
    case 'all':
      return predicate.of.every((part) => predicateHolds(part, row))
    case 'any':
      return predicate.of.some((part) => predicateHolds(part, row))
    case 'within': {
      const column = levelColumn(predicate.division)
      const value = column === 'town_code' ? row.townCode : column === 'village_code' ? row.villageCode : row.gridCode
      return value === predicate.division
    }
    case 'line':
      return row.lineCode === predicate.line
    case 'participates':
      return (
        (row.partyUnitIds ?? []).some((id) => predicate.unitIds.includes(id)) ||
        (row.partyAccountIds ?? []).includes(predicate.accountId)
      )
    case 'named':
      return (row.namedAccountIds ?? []).includes(predicate.accountId)
    case 'holdsWork':
      return (row.openWork ?? []).some((item) =>
        item.accountId === null
          ? predicate.posts.some((post) => post.unitId === item.unitId && post.role === item.role)
          : item.accountId === predicate.accountId,
      )
    case 'notSecret':
      return row.secrecy !== 'secret'
  }
}
