import type { RawBuilder } from 'kysely'
import type { CountyServices } from '#platform/command/services.ts'
import { sql, type Tx } from '#platform/db/db.ts'
import type { Pool } from '#platform/db/pool.ts'

/**
 * Fills the store with report cases in bulk: the rows that the commands would have left behind, made by copying the rows of
 * cases that commands did make. `loop-seed.test.ts` proves for every table that a copy and its pattern differ in nothing but
 * identity, number and village (another one of the same town, so that the town's units stay the right ones, with its own
 * committee and grid worker), that the copied evidence verifies, and that every table in which a lifecycle leaves rows is copied here or named there with the reason.
 */
export interface SeedSources {
  /** Cases made by commands, taken as patterns in turn. */
  patternIds: number[]
}

/** What a copied column holds instead of the pattern's value; columns not named are taken over as they are. */
type Changes = Record<string, string>

const PLACE: Changes = { village_code: 'm.village', grid_code: 'null' }

/** The village's own people instead of the pattern village's. */
const PEOPLE: Changes = Object.fromEntries(
  ['unit', 'account', 'post'].map((of) => [
    `${of}_id`,
    `case when t.${of}_id = m.old_${of} then m.${of} else t.${of}_id end`,
  ]),
)
/** Notices name the case by its number. */
const PARAMS = 'replace(t.params::text, m.old_number, m.number)::jsonb'
const only = (changes: Changes, ...names: string[]): Changes =>
  Object.fromEntries(names.map((name) => [name, changes[name]!]))

/** Tables with rows of a case, in an order that foreign keys allow. Identity columns are left to the database. */
const TABLES: readonly { table: string; of: string; changes: Changes }[] = [
  {
    table: 'process_case',
    of: 't.id = m.old_id',
    changes: {
      ...PLACE,
      id: 'm.new_id',
      number: 'm.number',
      place: 't.place + point(((m.nr % 1000) - 500) / 20000.0, ((m.nr / 1000 % 1000) - 500) / 20000.0)',
    },
  },
  ...['process_clock', 'process_timer', 'loop_report', 'loop_recognition_label', 'loop_recognition_prediction'].map(
    (table) => ({
      table,
      of: 't.case_id = m.old_id',
      changes: { case_id: 'm.new_id' } as Changes,
    }),
  ),
  { table: 'process_trace', of: 't.case_id = m.old_id', changes: { ...PEOPLE, case_id: 'm.new_id' } },
  {
    table: 'notify_message',
    of: 't.case_id = m.old_id',
    changes: { ...only(PEOPLE, 'account_id'), case_id: 'm.new_id', params: PARAMS },
  },
  { table: 'notify_delivery', of: 't.case_id = m.old_id', changes: { case_id: 'm.new_id', params: PARAMS } },
  {
    table: 'process_party',
    of: 't.case_id = m.old_id',
    changes: { ...PLACE, ...only(PEOPLE, 'unit_id', 'account_id'), case_id: 'm.new_id' },
  },
  {
    table: 'process_work_item',
    of: 't.case_id = m.old_id',
    changes: { ...PLACE, ...only(PEOPLE, 'unit_id', 'account_id'), case_id: 'm.new_id', number: 'm.number' },
  },
  {
    table: 'search_document',
    of: 't.case_id = m.old_id',
    changes: {
      case_id: 'm.new_id',
      tokens: `ts_delete(t.tokens, array['@v' || m.old_village, '@b' || (m.old_id >> 13), lower(m.old_number),
          split_part(m.old_number, '-', 4)])
        || array_to_tsvector(array['@v' || m.village, '@b' || (m.new_id >> 13), lower(m.number), split_part(m.number, '-', 4)])`,
    },
  },
  {
    table: 'command_audit',
    of: "t.subject = 'case:' || m.old_id",
    changes: { ...only(PEOPLE, 'account_id'), subject: "'case:' || m.new_id" },
  },
]

/** Copies pattern cases until the county holds `target` cases, spread over the villages of each pattern's town. */
export async function seedCases(
  pool: Pool,
  here: CountyServices,
  target: number,
  sources: SeedSources,
  progress: (done: number) => void = () => {},
): Promise<void> {
  for (;;) {
    const { rows } = await pool.inCounty(here.county, (tx) =>
      sql<{ n: number }>`select count(*) as n from process_case`.execute(tx),
    )
    const have = rows[0]!.n
    progress(have)
    if (have >= target) break
    await pool.inCounty(here.county, (tx) => copyBatch(tx, Math.min(20_000, target - have), have, sources))
  }
  await pool.inCounty(here.county, (tx) => rememberCalls(tx, target))
}

async function copyBatch(tx: Tx, amount: number, offset: number, sources: SeedSources): Promise<void> {
  await sql`set local synchronous_commit = off`.execute(tx)
  await sql`
    create temporary table if not exists pg_temp.copied (new_id bigint primary key, old_id bigint not null,
      nr bigint not null, number text not null, old_number text not null, village text not null, old_village text not null,
      unit bigint, old_unit bigint, account bigint, old_account bigint, post bigint, old_post bigint)`.execute(tx)
  await sql`delete from pg_temp.copied`.execute(tx)
  // Ids first, so that the rows of each table can be copied by one join.
  await sql`
    with worker as (
      select distinct on (u.division_code) u.division_code as village, u.id as unit, p.id as post, h.account_id as account
        from org_unit u join org_post p on p.unit_id = u.id and p.role = 'gridWorker'
        join org_post_holding h on h.post_id = p.id join auth_account a on a.id = h.account_id
       where length(u.division_code) = 12 order by u.division_code, a.login
    )
    insert into pg_temp.copied (new_id, old_id, nr, number, old_number, village, old_village, unit, old_unit, account,
      old_account, post, old_post)
    select nextval(pg_get_serial_sequence('process_case', 'id')), c.id, g,
           regexp_replace(c.number, '-[0-9]+$', '-' || (1000000 + g)), c.number, new.village, c.village_code,
           new.unit, old.unit, new.account, old.account, new.post, old.post
      from generate_series(${offset}::bigint, ${offset + amount - 1}::bigint) g
      join process_case c on c.id = (${sources.patternIds}::bigint[])[1 + g % ${sources.patternIds.length}::bigint]
      join (select left(village, 9) as town, array_agg(village order by village) as codes from worker group by 1) v
        on v.town = c.town_code
      join worker new on new.village = v.codes[1 + (g / ${sources.patternIds.length}::bigint) % cardinality(v.codes)]
      left join worker old on old.village = c.village_code
     order by g`.execute(tx)
  await sql`analyze pg_temp.copied`.execute(tx)
  for (const { table, of, changes } of TABLES) {
    const columns = await columnsOf(tx, table, changes)
    await sql`
      insert into ${sql.raw(table)} (${sql.raw(columns.join(', '))}) overriding system value
      select ${values(columns, changes)} from pg_temp.copied m join ${sql.raw(table)} t on ${sql.raw(of)}
       order by m.new_id`.execute(tx)
  }
  await copyEvidence(tx)
  await sql`
    insert into rollup_delta (definition_key, phase, state, town_code, village_code, line_code, overdue, amount)
    select c.definition_key, c.phase, c.state, coalesce(c.town_code, ''), coalesce(c.village_code, ''),
      coalesce(c.line_code, ''), c.overdue and c.closed_at is null, count(*)
      from pg_temp.copied m join process_case c on c.id = m.new_id group by 1, 2, 3, 4, 5, 6, 7`.execute(tx)
}

/** Columns to fill: all but the identity ones that are not the case itself. */
async function columnsOf(tx: Tx, table: string, changes: Changes): Promise<string[]> {
  const { rows } = await sql<{ name: string; identity: boolean }>`
    select attname as name, attidentity <> '' as identity from pg_attribute
     where attrelid = ${table}::regclass and attnum > 0 and not attisdropped order by attnum`.execute(tx)
  return rows.filter(({ name, identity }) => !identity || name in changes).map(({ name }) => name)
}

function values(columns: string[], changes: Changes): RawBuilder<unknown> {
  return sql.raw(columns.map((name) => changes[name] ?? `t.${name}`).join(', '))
}

/** Evidence is committed to anew: the record names the case and its number (platform/evidence/evidence-entry.ts). */
async function copyEvidence(tx: Tx): Promise<void> {
  await sql`
    insert into evidence_entry (created_at, kind, subject, schema_version, content, salt, leaf)
    select e.created_at, e.kind, e.subject, e.schema_version, convert_to(e.content, 'UTF8'), e.salt,
           sha256(e.salt || convert_to('{"at":"' || to_char(e.created_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')
             || '","content":' || e.content || ',"kind":"' || e.kind || '","subject":"' || e.subject || '","v":'
             || e.schema_version || '}', 'UTF8'))
      from (select t.id, m.new_id, t.created_at, t.kind, 'case:' || m.new_id as subject, t.schema_version,
                   replace(replace(convert_from(t.content, 'UTF8'), m.old_number, m.number),
                     '"actor":' || coalesce(m.old_account, 0) || ',', '"actor":' || coalesce(m.account, 0) || ',') as content,
                   uuid_send(gen_random_uuid()) as salt
              from pg_temp.copied m join evidence_entry t on t.subject = 'case:' || m.old_id) e
     order by e.new_id, e.id`.execute(tx)
}

/**
 * Calls are remembered for 30 days (`command_idempotency`) and hold nothing by which they could be copied with their case.
 * Were `cases` spread over two years, so many calls would be remembered: ten a case of the last 30 days.
 */
async function rememberCalls(tx: Tx, cases: number): Promise<void> {
  const calls = Math.round((cases * 10 * 30) / 730)
  await sql`
    insert into command_idempotency (actor_key, route, key, body_hash, result, at)
    select 'seeded', 'process.act', gen_random_uuid()::text, sha256('seeded'), '{"id": 1}'::jsonb,
           (select coalesce(max(at), now()) from command_audit)
      from generate_series((select count(*) from command_idempotency where actor_key = 'seeded'), ${calls - 1}::bigint)`.execute(
    tx,
  )
}
