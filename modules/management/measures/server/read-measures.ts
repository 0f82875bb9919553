import type { RawBuilder } from 'kysely'
import type { Counted } from '#modules/management/measures/domain/measure.ts'
import { PARTS } from '#modules/management/measures/domain/parts.ts'
import { type Days, spansOf } from '#modules/management/measures/domain/period.ts'
import type { Piece } from '#modules/management/measures/domain/scope.ts'
import { predicateSql, secrecyAllows } from '#platform/access/policy.ts'
import type { Context } from '#platform/command/context.ts'
import { sql } from '#platform/db/db.ts'

export interface Reading {
  /** What is added up, each under a key of the answer; the same key may have several. */
  pieces: readonly (Piece & { key: string })[]
  buckets: readonly Days[]
  today: string
  /** Splits further: keys of the answer are units or sources then. */
  by?: 'unit' | 'source'
  unit?: number
  source?: string
}

export interface CountedCell extends Counted {
  bucket: number
  key: string
}

const sums = (sign: 1 | -1, of: string) =>
  sql.raw(PARTS.map((part) => `${sign} * sum(${of}.${part}) as ${part}`).join(', '))
const names = sql.raw(PARTS.map((part) => `a.${part}`).join(', '))
const totals = sql.raw(PARTS.map((part) => `sum(x.sign * x.${part})::bigint as ${part}`).join(', '))

/**
 * The parts of measures over buckets of days: folded counts and unfolded changes, days of a village from its facts, less what
 * the actor may not see of secret cases, in one statement. What it reads are cells of days and months, however many cases
 * lie behind them; only a split by unit and source at once goes by the facts of that unit.
 */
export async function readMeasures(context: Context, reading: Reading): Promise<CountedCell[]> {
  const { tx, actor } = context
  const { by, unit, source } = reading
  const spans = spansOf(reading.buckets, reading.today)
  if (reading.pieces.length === 0 || spans.length === 0) return []
  const kinds = new Set([...(by ? [by] : []), ...(unit ? ['unit'] : []), ...(source ? ['source'] : [])])
  const fromFacts = kinds.size > 1
  const kind = kinds.size === 1 ? [...kinds][0]! : ''
  const cellKey = kind === 'unit' ? unit?.toString() : source
  /** Conditions and key over a row of facts or changes with this alias. */
  const own = (alias: string) => {
    const column = (name: string) => sql.raw(`${alias}.${name}`)
    const parts: RawBuilder<unknown>[] = [
      sql`${column('day')} between s.from_day and s.to_day`,
      sql`(p.place = '' or (length(p.place) = 9 and ${column('town_code')} = p.place)
        or (length(p.place) = 12 and ${column('village_code')} = p.place))`,
      sql`(p.line = '' or ${column('line_code')} = p.line)`,
    ]
    if (unit) parts.push(sql`${column('unit_id')} = ${unit}`)
    if (by === 'unit') parts.push(sql`${column('unit_id')} <> 0`)
    if (source) parts.push(sql`${column('source')} = ${source}`)
    return {
      where: sql.join(parts, sql` and `),
      key: by === 'unit' ? sql`${column('unit_id')}::text` : by === 'source' ? column('source') : sql`''::text`,
    }
  }
  const delta = own('d')
  const fact = own('f')
  const cells = sql`
    select s.bucket, s.coming, p.key, a.by_key, p.sign, ${names} from spans s cross join pieces p cross join lateral (
      select c.by_key, ${sums(1, 'c')} from measures_count c
       where c.by_kind = ${kind} and c.place = p.place and c.line = p.line and c.grain = s.grain
         and c.day between s.from_day and s.last_cell and ${cellKey === undefined ? sql`true` : sql`c.by_key = ${cellKey}`}
       group by c.by_key) a
     where not (length(p.place) = 12 and s.grain = 'd')`
  const changes = sql`
    select s.bucket, s.coming, p.key, a.by_key, p.sign, ${names} from spans s cross join pieces p cross join lateral (
      select ${delta.key} as by_key, ${sums(1, 'd')} from measures_delta d where ${delta.where} group by 1) a
     where not (length(p.place) = 12 and s.grain = 'd')`
  const villageDays = sql`
    select s.bucket, s.coming, p.key, a.by_key, p.sign, ${names} from spans s cross join pieces p cross join lateral (
      select ${fact.key} as by_key, ${sums(1, 'f')} from measures_fact f
       where f.village_code = p.place and ${fact.where} group by 1) a
     where length(p.place) = 12 and s.grain = 'd'`
  const allFacts = sql`
    select s.bucket, s.coming, p.key, a.by_key, p.sign, ${names} from spans s cross join pieces p cross join lateral (
      select ${fact.key} as by_key, ${sums(1, 'f')} from measures_fact f where ${fact.where} group by 1) a`
  const unseen = sql`
    select s.bucket, s.coming, p.key, a.by_key, p.sign, ${names} from spans s cross join pieces p cross join lateral (
      select ${fact.key} as by_key, ${sums(-1, 'f')} from measures_fact f join process_case pc on pc.id = f.case_id
       where f.secret and ${fact.where} and not ${predicateSql(secrecyAllows(actor), 'pc')} group by 1) a`
  const { rows } = await sql<{ bucket: number; coming: boolean; key: string } & Record<string, number | null>>`
    with spans as (
      select bucket, coming, grain, from_day, to_day, last_cell from json_to_recordset(${JSON.stringify(
        spans.map((span) => ({ ...span, from_day: span.from, to_day: span.to, last_cell: span.lastCell })),
      )}::json) as s (bucket int, coming boolean, grain text, from_day date, to_day date, last_cell date)
    ), pieces as (
      select key, place, line, sign from json_to_recordset(${JSON.stringify(reading.pieces)}::json)
        as p (key text, place text, line text, sign int)
    )
    select x.bucket, x.coming, ${by ? sql`x.by_key` : sql`x.key`} as key, ${totals}
      from (${sql.join(fromFacts ? [allFacts, unseen] : [cells, changes, villageDays, unseen], sql` union all `)}) x
     group by 1, 2, 3`.execute(tx)
  const found = new Map<string, CountedCell>()
  for (const { bucket, coming, key, ...amounts } of rows) {
    const id = `${bucket} ${key}`
    const cell = found.get(id) ?? { bucket, key, past: {}, coming: {} }
    const values = Object.fromEntries(Object.entries(amounts).map(([part, value]) => [part, Number(value ?? 0)]))
    if (coming) cell.coming = values
    else cell.past = values
    found.set(id, cell)
  }
  return [...found.values()]
}
