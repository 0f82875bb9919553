import type { RawBuilder } from 'kysely'
import type { EffectiveGrant, StaffActor } from '#platform/access/actor.ts'
import { sql } from '#platform/db/db.ts'

/** Grants without those that another one already covers, so that branches stay few and apart. */
export function widestGrants(grants: readonly EffectiveGrant[]): EffectiveGrant[] {
  const county = (grant: EffectiveGrant) => grant.division.length <= 6
  const covers = (a: EffectiveGrant, b: EffectiveGrant) =>
    (county(a) || b.division.startsWith(a.division)) && (a.line === null || a.line === b.line)
  return grants.filter(
    (grant, index) =>
      !grants.some((other, at) => at !== index && covers(other, grant) && (!covers(grant, other) || at < index)),
  )
}

/** Whether nothing of the county lies outside of the grants. */
export function seesAll(grants: readonly EffectiveGrant[]): boolean {
  return grants.some((grant) => grant.division.length <= 6 && grant.line === null)
}

/**
 * Ids of the cases outside of the grants in which the actor or its units took part, each once. Taken as an array, so that
 * the planner, which cannot know that a unit's cases lie inside its own territory, looks each of the few up by its key.
 */
export function partsOutside(actor: StaffActor, grants: readonly EffectiveGrant[]): RawBuilder<unknown> {
  const outside = sql`not coalesce(${scopeSql(grants, 'p.')}, false)`
  const arms = (outsideRanges(grants) ?? [sql<boolean>`true`]).map(
    (range) => sql`select p.case_id from process_party p
      where p.unit_id = any(${actor.unitIds as number[]}::bigint[]) and ${range} and ${outside}`,
  )
  for (const range of elsewhere(actor))
    arms.push(sql`select p.case_id from process_party p where ${range} and ${outside}`)
  return sql.join(arms, sql` union `)
}

/**
 * What lies outside of the grants, all of one place, as ranges of `process_party`'s indexes by place and by line; undefined
 * where there is no such index. A range may hold what lies inside, none may leave out what lies outside.
 */
function outsideRanges(grants: readonly EffectiveGrant[]): RawBuilder<boolean>[] | undefined {
  const [grant] = grants
  if (!grant) return undefined
  const place = grant.division.length <= 6 ? '' : grant.division
  if (!grants.every(({ division }) => (division.length <= 6 ? '' : division) === place)) return undefined
  const lines = grants.flatMap(({ line }) => (line === null ? [] : [line]))
  const otherLines = lines.length === grants.length ? otherThan('line_code', lines) : []
  const town = place.slice(0, 9)
  if (place === '') return otherLines
  if (place.length === 9) return [...otherThan('town_code', [town]), ...otherLines]
  if (place.length === 12)
    return [
      ...otherThan('town_code', [town]),
      ...otherThan('village_code', [place]).map((range) => sql<boolean>`p.town_code = ${town} and ${range}`),
      ...otherLines,
    ]
  return undefined
}

/** Ranges between values, which the database puts in its own order. */
function otherThan(name: string, values: readonly string[]): RawBuilder<boolean>[] {
  const column = sql.raw(`p.${name}`)
  const value = (index: number) =>
    sql`(select v from unnest(${values as string[]}::text[]) v order by v offset ${index}::int limit 1)`
  return [
    sql<boolean>`${column} is null`,
    sql<boolean>`${column} < ${value(0)}`,
    ...values.slice(1).map((_, index) => sql<boolean>`${column} > ${value(index)} and ${column} < ${value(index + 1)}`),
    sql<boolean>`${column} > ${value(values.length - 1)}`,
  ]
}

/** Whether what lies outside of the grants is reached by key; otherwise all in which the actor took part is walked. */
export function outsideIsNarrow(grants: readonly EffectiveGrant[]): boolean {
  return outsideRanges(grants) !== undefined
}

/**
 * Party rows (`p`) of the actor in units that are not his now; what he did in those is theirs too. As ranges between the
 * units, so that each is one walk of the index by account and unit.
 */
export function elsewhere(actor: StaffActor): RawBuilder<boolean>[] {
  const own = [...new Set(actor.unitIds)].sort((a, b) => a - b)
  const mine = sql`p.account_id = ${actor.accountId}`
  return [
    sql`${mine} and p.unit_id is null`,
    ...(own.length === 0 ? [sql<boolean>`${mine} and p.unit_id is not null`] : []),
    ...own.map((unit, index) =>
      index === 0
        ? sql<boolean>`${mine} and p.unit_id < ${unit}`
        : sql<boolean>`${mine} and p.unit_id > ${own[index - 1]} and p.unit_id < ${unit}`,
    ),
    ...(own.length > 0 ? [sql<boolean>`${mine} and p.unit_id > ${own.at(-1)}`] : []),
  ] as RawBuilder<boolean>[]
}

/** Grants over the level columns of a table (`prefix` is its alias with a dot, or empty). */
export function scopeSql(grants: readonly EffectiveGrant[], prefix: string): RawBuilder<boolean> {
  if (grants.length === 0) return sql`false`
  const column = (name: string) => sql.raw(`${prefix}${name}`)
  return sql`(${sql.join(
    grants.map((grant) => {
      const place =
        grant.division.length <= 6
          ? sql`true`
          : grant.division.length === 9
            ? sql`${column('town_code')} = ${grant.division}`
            : grant.division.length === 12
              ? sql`${column('village_code')} = ${grant.division}`
              : sql`${column('grid_code')} = ${grant.division}`
      return grant.line === null ? place : sql`(${place} and ${column('line_code')} = ${grant.line})`
    }),
    sql` or `,
  )})`
}
