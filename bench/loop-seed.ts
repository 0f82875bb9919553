import type { CountyServices } from '#platform/command/services.ts'
import { sql } from '#platform/db/db.ts'
import type { Pool } from '#platform/db/pool.ts'

/**
 * Fills the store with closed and open report cases in bulk: the rows that the commands would have left behind, made by
 * copying the rows of cases that commands did make. `loop-seed.test.ts` proves for every table that a copied case and a
 * commanded one differ in nothing but identity, number, time and place.
 */
export interface SeedSources {
  /** Cases made by commands: a closed one and open ones, taken as patterns. */
  patternIds: number[]
}

/** Tables of a case and their columns that differ between two cases of one pattern. */
const CHILD_TABLES: Record<string, { columns: string; open: boolean }> = {
  process_trace: {
    columns:
      'hop, at, action, from_state, to_state, actor_kind, account_id, unit_id, post_id, acting, note, form, why, device_at',
    open: true,
  },
  process_clock: { columns: 'key, state, due_at, paused, stopped_at, overdue, provisional', open: true },
  process_timer: { columns: 'clock_key, kind, level, due_at, fired_at', open: true },
  process_party: {
    columns: 'unit_id, account_id, role, named, since, town_code, village_code, grid_code, line_code',
    open: true,
  },
}

/**
 * Copies pattern cases until the county holds `target` cases. The copies spread over the county's villages and over the
 * past two years; open patterns make up a small share, as in a county's real store.
 */
export async function seedCases(
  pool: Pool,
  here: CountyServices,
  target: number,
  sources: SeedSources,
  progress: (done: number) => void = () => {},
): Promise<void> {
  const { rows: villages } = await pool.inCounty(here.county, (tx) =>
    sql<{ code: string }>`select code from area_division where level = 12 order by code`.execute(tx),
  )
  const codes = villages.map((village) => village.code)
  for (;;) {
    const { rows } = await pool.inCounty(here.county, (tx) =>
      sql<{ n: number }>`select count(*) as n from process_case`.execute(tx),
    )
    const have = rows[0]!.n
    progress(have)
    if (have >= target) return
    await copyBatch(pool, here, Math.min(20_000, target - have), have, codes, sources)
  }
}

async function copyBatch(
  pool: Pool,
  here: CountyServices,
  amount: number,
  offset: number,
  villages: string[],
  sources: SeedSources,
): Promise<void> {
  await pool.inCounty(here.county, async (tx) => {
    await sql`set local synchronous_commit = off`.execute(tx)
    await sql`
      create temporary table if not exists pg_temp.copied
        (new_id bigint primary key, old_id bigint not null, village text not null, nr bigint not null)`.execute(tx)
    await sql`delete from pg_temp.copied`.execute(tx)
    // Ids first, so that children can be copied by one join each.
    await sql`
      insert into pg_temp.copied (new_id, old_id, village, nr)
      select nextval(pg_get_serial_sequence('process_case', 'id')),
             (${sources.patternIds}::bigint[])[1 + (g % ${sources.patternIds.length})],
             (${villages}::text[])[1 + (g % ${villages.length})], g
        from generate_series(${offset}::bigint, ${offset + amount - 1}::bigint) g`.execute(tx)
    await sql`
      insert into process_case (id, number, definition_id, definition_key, state, phase, title, class_code, severity, secrecy,
        source, town_code, village_code, grid_code, line_code, place_text, place, unit_id, starter_account_id, parent_id,
        opened_at, closed_at, due_at, provisional, overdue, version, hop, last_hop_at, data)
      overriding system value
      select m.new_id, 'WZ-SD-20240101-' || lpad(m.nr::text, 8, '0'), c.definition_id, c.definition_key, c.state, c.phase,
        c.title, c.class_code, c.severity, c.secrecy, c.source, left(m.village, 9), m.village, null, c.line_code,
        c.place_text, c.place + point(((m.nr % 1000) - 500) / 20000.0, ((m.nr / 1000 % 1000) - 500) / 20000.0),
        c.unit_id, c.starter_account_id, c.parent_id, c.opened_at, c.closed_at, c.due_at, c.provisional, c.overdue,
        c.version, c.hop, c.last_hop_at, c.data
        from pg_temp.copied m join process_case c on c.id = m.old_id`.execute(tx)
    for (const [table, { columns }] of Object.entries(CHILD_TABLES)) {
      const selected = columns
        .split(', ')
        .map((name) =>
          name === 'town_code'
            ? 'left(m.village, 9)'
            : name === 'village_code'
              ? 'm.village'
              : name === 'grid_code'
                ? 'null'
                : `t.${name}`,
        )
        .join(', ')
      await sql`
        insert into ${sql.raw(table)} (case_id, ${sql.raw(columns)})
        select m.new_id, ${sql.raw(selected)} from pg_temp.copied m join ${sql.raw(table)} t on t.case_id = m.old_id`.execute(
        tx,
      )
    }
    await sql`
      insert into process_work_item (case_id, slot, definition_key, state, phase, unit_id, role, account_id, title, number,
        class_code, severity, secrecy, source, town_code, village_code, grid_code, line_code, opened_at, due_at, clock_key,
        overdue, provisional)
      select m.new_id, t.slot, t.definition_key, t.state, t.phase, t.unit_id, t.role, t.account_id, t.title, c.number,
        t.class_code, t.severity, t.secrecy, t.source, left(m.village, 9), m.village, null, t.line_code, t.opened_at,
        t.due_at, t.clock_key, t.overdue, t.provisional
        from pg_temp.copied m join process_work_item t on t.case_id = m.old_id
        join process_case c on c.id = m.new_id`.execute(tx)
    await sql`
      insert into search_document (case_id, tokens, person_tokens)
      select m.new_id, ts_delete(s.tokens, array['@v' || c.village_code, '@t' || c.town_code, lower(c.number)])
          || array_to_tsvector(array['@v' || m.village, '@t' || left(m.village, 9),
               'wz-sd-20240101-' || lpad(m.nr::text, 8, '0'), lpad(m.nr::text, 8, '0')]), s.person_tokens
        from pg_temp.copied m join search_document s on s.case_id = m.old_id join process_case c on c.id = m.old_id`.execute(
      tx,
    )
    await sql`
      insert into loop_report (case_id, text_sealed, reporter_name, reporter_phone, follow_code_hash, follow_code_sealed,
        visitor_hash, quarantined, reported_at)
      select m.new_id, t.text_sealed, t.reporter_name, t.reporter_phone, t.follow_code_hash, t.follow_code_sealed,
        t.visitor_hash, t.quarantined, t.reported_at
        from pg_temp.copied m join loop_report t on t.case_id = m.old_id`.execute(tx)
    await sql`
      insert into rollup_delta (definition_key, phase, state, town_code, village_code, line_code, overdue, amount)
      select c.definition_key, c.phase, c.state, coalesce(c.town_code, ''), coalesce(c.village_code, ''),
        coalesce(c.line_code, ''), c.overdue and c.closed_at is null, count(*)
        from pg_temp.copied m join process_case c on c.id = m.new_id group by 1, 2, 3, 4, 5, 6, 7`.execute(tx)
    await sql`
      insert into command_audit (at, route, actor_kind, account_id, address, trace_id, subject, outcome, error_code)
      select a.at, a.route, a.actor_kind, a.account_id, a.address, a.trace_id, 'case:' || m.new_id, a.outcome, a.error_code
        from pg_temp.copied m join command_audit a on a.subject = 'case:' || m.old_id`.execute(tx)
  })
}
