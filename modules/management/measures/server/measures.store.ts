import type { RawBuilder } from 'kysely'
import { type Measure, parseTerm } from '#modules/management/measures/domain/measure.ts'
import { dueButOpen } from '#modules/management/measures/domain/parts.ts'
import type { Days } from '#modules/management/measures/domain/period.ts'
import type { Area } from '#modules/management/measures/domain/scope.ts'
import { predicateSql, secrecyAllows } from '#platform/access/policy.ts'
import type { Context } from '#platform/command/context.ts'
import { sql, type Tx } from '#platform/db/db.ts'

/** Measures of the page, in its order. */
export async function listMeasures(tx: Tx): Promise<Measure[]> {
  const { rows } = await sql<Measure>`
    select key, section, name, words, numerator, denominator, unit, better, source, mark
      from measures_measure where shown order by position`.execute(tx)
  return rows
}

export interface Composite {
  name: string
  documentNumber: string
  validFrom: string
  weights: Record<string, number>
}

/** The weights in force on a day. */
export async function findComposite(tx: Tx, day: string): Promise<Composite | undefined> {
  const { rows } = await sql<Composite>`
    select name, document_number as "documentNumber", valid_from::text as "validFrom", weights
      from measures_composite where valid_from <= ${day}::date order by valid_from desc, id desc limit 1`.execute(tx)
  return rows[0]
}

export async function insertComposite(tx: Tx, composite: Composite & { at: Date; by: number | null }): Promise<number> {
  const { rows } = await sql<{ id: number }>`
    insert into measures_composite (name, weights, document_number, valid_from, entered_at, entered_by)
    values (${composite.name}, ${JSON.stringify(composite.weights)}::jsonb, ${composite.documentNumber},
      ${composite.validFrom}::date, ${composite.at}, ${composite.by}) returning id`.execute(tx)
  return rows[0]!.id
}

/** Sections with no data source here are not shown: no case was ever counted for what they ask. */
export async function everCounted(tx: Tx, part: 'called'): Promise<boolean> {
  const { rows } = await sql<{ found: boolean }>`
    select exists (select 1 from measures_count where by_kind = '' and place = '' and line = '' and grain = 'm'
        and ${sql.raw(part)} > 0)
      or exists (select 1 from measures_delta where ${sql.raw(part)} > 0) as found`.execute(tx)
  return rows[0]!.found
}

export interface MeasuredCase {
  caseId: number
  number: string
  title: string
  day: string
  amount: number
  definitionId: number
  state: string
  townCode: string
  villageCode: string
  lineCode: string
  unitId: number
  source: string
}

export interface CaseAsk {
  /** Terms whose sum is the number. */
  terms: readonly string[]
  areas: readonly Area[]
  days: Days
  today: string
  unit?: number
  source?: string
}

export interface Cursor {
  day: string
  caseId: number
  unitId: number
}

/** What one row of facts adds to the number. */
function amountSql(terms: readonly string[], today: string): RawBuilder<number> {
  return sql.join(
    terms.map((term) => {
      const { part, sign } = parseTerm(term)
      const open = dueButOpen(part)
      const value =
        open === part
          ? sql.raw(`coalesce(f.${part}, 0)`)
          : sql`coalesce(case when f.day >= ${today}::date then ${sql.raw(`f.${open}`)} else ${sql.raw(`f.${part}`)} end, 0)`
      return sign === 1 ? value : sql`-${value}`
    }),
    sql` + `,
  ) as RawBuilder<number>
}

/**
 * The rows a number is made of, newest day first: a case on a day for a unit, with how often it counts. Their amounts add up
 * to the number, under the same areas and the same secrecy.
 */
export async function listMeasuredCases(
  context: Context,
  ask: CaseAsk,
  before: Cursor | null,
  limit: number,
): Promise<MeasuredCase[]> {
  const { tx, actor } = context
  const amount = amountSql(ask.terms, ask.today)
  // A column that must hold something lets a rare one be found by an index of its own.
  const { part } = parseTerm(ask.terms[0]!)
  const known = sql.raw(`f.${part} > 0`)
  // Each area is a branch of its own, so that it walks one index; the branches are merged.
  const branches = ask.areas.map(({ place, line }) => {
    const parts: RawBuilder<unknown>[] = [
      sql`f.day between ${ask.days.from}::date and ${ask.days.to}::date`,
      known,
      sql`${amount} > 0`,
    ]
    if (place.length === 9) parts.push(sql`f.town_code = ${place}`)
    if (place.length === 12) parts.push(sql`f.village_code = ${place}`)
    if (line) parts.push(sql`f.line_code = ${line}`)
    if (ask.unit) parts.push(sql`f.unit_id = ${ask.unit}`)
    if (ask.source) parts.push(sql`f.source = ${ask.source}`)
    if (before)
      parts.push(
        sql`(f.day, f.case_id, f.unit_id) < (${before.day}::date, ${before.caseId}::bigint, ${before.unitId}::bigint)`,
      )
    return sql`(select f.case_id, f.day, f.unit_id from measures_fact f
      where ${sql.join(parts, sql` and `)}
        and (not f.secret or exists (select 1 from process_case pc where pc.id = f.case_id and ${predicateSql(secrecyAllows(actor), 'pc')}))
      order by f.day desc, f.case_id desc, f.unit_id desc limit ${limit})`
  })
  const { rows } = await sql<MeasuredCase>`
    with found as (
      select case_id, day, unit_id from (${sql.join(branches, sql` union `)}) m
       order by day desc, case_id desc, unit_id desc limit ${limit})
    select f.case_id as "caseId", c.number, c.title, f.day::text as day, ${amount} as amount,
        c.definition_id as "definitionId", c.state, f.town_code as "townCode", f.village_code as "villageCode",
        f.line_code as "lineCode", f.unit_id as "unitId", f.source
      from found o join measures_fact f on f.case_id = o.case_id and f.day = o.day and f.unit_id = o.unit_id
      join process_case c on c.id = f.case_id
     order by f.day desc, f.case_id desc, f.unit_id desc`.execute(tx)
  return rows
}
