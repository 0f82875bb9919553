import { sql, type Tx } from '#platform/db/db.ts'

/**
 * Moves up to `batch` deltas into the folded counts in one transaction. A number read at any moment counts folded and
 * unfolded rows in one statement, so it is exact before, during and after folding.
 * @returns how many deltas were folded
 */
export async function foldRollups(tx: Tx, batch = 5000): Promise<number> {
  const held = await sql<{ ok: boolean }>`
    select pg_try_advisory_xact_lock(hashtext('rollup ' || ${tx.county.schema})) as ok`.execute(tx)
  if (!held.rows[0]?.ok) return 0
  const { rows } = await sql<{ folded: number }>`
    with taken as (
      delete from rollup_delta where id in (select id from rollup_delta order by id limit ${batch} for update skip locked)
      returning definition_key, phase, state, town_code, village_code, line_code, overdue, amount
    ), summed as (
      select definition_key, phase, state, town_code, village_code, line_code, overdue, sum(amount) as amount
        from taken group by 1, 2, 3, 4, 5, 6, 7
    ), folded as (
      insert into rollup_count as c (definition_key, phase, state, town_code, village_code, line_code, overdue, amount)
      select definition_key, phase, state, town_code, village_code, line_code, overdue, amount from summed where amount <> 0
      on conflict (definition_key, phase, state, town_code, village_code, line_code, overdue)
        do update set amount = c.amount + excluded.amount
      returning 1
    )
    select (select count(*) from taken) as folded, (select count(*) from folded) as touched`.execute(tx)
  return rows[0]?.folded ?? 0
}
