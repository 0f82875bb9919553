import { PARTS } from '#modules/management/measures/domain/parts.ts'
import { sql, type Tx } from '#platform/db/db.ts'

const NAMES = PARTS.join(', ')
const SUMS = PARTS.map((part) => `sum(${part}) as ${part}`).join(', ')
const ADDED = PARTS.map((part) => `${part} = coalesce(c.${part}, 0) + coalesce(excluded.${part}, 0)`).join(', ')

/**
 * The cells that a row of facts or changes adds to: county, town and village; all lines and its own; together, by unit and by
 * source; day and month. A village is kept by month only: its days hold a handful of rows, which are read as they are.
 */
export const CELLS = `
  cross join lateral (select '' union all select t.town_code where t.town_code <> ''
    union all select t.village_code where t.village_code <> '') p (place)
  cross join lateral (select '' union all select t.line_code where t.line_code <> '') l (line)
  cross join lateral (values ('', ''), ('unit', t.unit_id::text), ('source', t.source)) b (by_kind, by_key)
  cross join lateral (values ('d', t.day), ('m', date_trunc('month', t.day)::date)) g (grain, day)
  where (b.by_kind <> 'unit' or t.unit_id <> 0) and not (length(p.place) = 12 and g.grain = 'd')`

/**
 * Moves up to `batch` changes into the counts. One folder at a time per county; whoever finds another at work goes on. A number
 * counts folded and unfolded rows in one statement, so it is exact before, during and after.
 * @returns how many changes were folded
 */
export async function foldMeasures(tx: Tx, batch = 2000): Promise<number> {
  const held = await sql<{ ok: boolean }>`
    select pg_try_advisory_xact_lock(hashtextextended('measures ' || ${tx.county.schema}, 1)) as ok`.execute(tx)
  if (!held.rows[0]?.ok) return 0
  const { rows } = await sql<{ folded: number }>`
    with taken as (
      delete from measures_delta where id in (select id from measures_delta order by id limit ${batch} for update skip locked)
      returning day, unit_id, town_code, village_code, line_code, source, ${sql.raw(NAMES)}
    ), folded as (
      insert into measures_count as c (by_kind, place, line, grain, day, by_key, ${sql.raw(NAMES)})
      select b.by_kind, p.place, l.line, g.grain, g.day, b.by_key, ${sql.raw(SUMS)} from taken t ${sql.raw(CELLS)}
       group by 1, 2, 3, 4, 5, 6
      on conflict (by_kind, place, line, grain, day, by_key) do update set ${sql.raw(ADDED)}
      returning 1
    )
    select (select count(*) from taken) as folded, (select count(*) from folded) as cells`.execute(tx)
  return rows[0]?.folded ?? 0
}

/** So many changes may wait: a number reads them one by one. */
const WAITING = 300

/** Folds where enough has gathered to be worth it. */
export async function foldWhenDue(tx: Tx): Promise<void> {
  const { rows } = await sql<{ n: number }>`
    select count(*) as n from (select 1 from measures_delta limit ${WAITING}) d`.execute(tx)
  if (rows[0]!.n >= WAITING) await foldMeasures(tx)
}
