import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { basename, dirname, join, relative } from 'node:path'
import type pg from 'pg'
import type { CountyRef } from '#platform/db/db.ts'
import { type Pool, quoteIdent } from '#platform/db/pool.ts'

export interface Migration {
  /** e.g. `platform/process/0001-case.sql` */
  name: string
  text: string
  sha256: string
}

const ROOT = join(import.meta.dirname, '../..')
export const APP_ROLE = 'yiti_app'

/** A table whose comment begins so takes no UPDATE or DELETE from the application (columns in brackets excepted). */
const APPEND_ONLY = /^Append-only(?: except \(([^)]+)\))?[.:;]/

/** Rooms of the platform in the order in which their tables may refer to each other. */
const PLATFORM_ORDER = [
  'area',
  'calendar',
  'access',
  'auth',
  'command',
  'evidence',
  'files',
  'jobs',
  'rollup',
  'process',
  'search',
  'notify',
  'imports',
]

/**
 * Reads all migrations: rooms of the platform first, then the modules' in the given order (dependencies first).
 * @param moduleFolders e.g. `['foundation/org', 'services/loop']`
 */
export function readMigrations(moduleFolders: readonly string[]): Migration[] {
  const folders = [
    ...PLATFORM_ORDER.map((room) => join(ROOT, 'platform', room, 'migrations')),
    ...moduleFolders.map((folder) => join(ROOT, 'modules', folder, 'migrations')),
  ]
  const found: Migration[] = []
  for (const folder of folders) {
    let files: string[]
    try {
      files = readdirSync(folder)
    } catch {
      continue
    }
    for (const file of files.filter((name) => name.endsWith('.sql')).sort()) {
      const text = readFileSync(join(folder, file), 'utf8')
      const name = join(relative(ROOT, dirname(folder)), basename(file))
      found.push({ name, text, sha256: createHash('sha256').update(text).digest('hex') })
    }
  }
  return found
}

/** Changes when any migration is added: part of statement names and of the "is this county migrated" check. */
export function migrationLevel(migrations: readonly Migration[]): string {
  const hash = createHash('sha256')
  for (const migration of migrations) hash.update(migration.sha256)
  return hash.digest('hex').slice(0, 12)
}

/** Creates the registry schema and the application's role. Safe to repeat. */
export async function prepareDatabase(migrator: Pool): Promise<void> {
  await migrator.outside(async (client) => {
    await client.query("select pg_advisory_xact_lock(hashtext('yiti'))")
    const role = await client.query('select 1 from pg_catalog.pg_roles where rolname = $1', [APP_ROLE])
    if (role.rowCount === 0) await client.query(`create role ${APP_ROLE} nologin`)
    await client.query(`
      do $$ begin
        if not pg_catalog.pg_has_role(current_user, '${APP_ROLE}', 'member') then
          execute 'grant ${APP_ROLE} to ' || quote_ident(current_user);
        end if;
      end $$`)
    await client.query(`
      create schema if not exists yiti;
      create table if not exists yiti.county (
        slug text primary key,
        name text not null,
        parent_name text not null,
        region_prefix text not null,
        schema_name text not null unique,
        host text unique,
        demo boolean not null default false,
        level text,
        settings jsonb not null default '{}',
        created_at timestamptz not null default pg_catalog.now()
      );
      comment on table yiti.county is 'One row per county (县区); its tables live in schema_name';
      grant usage on schema yiti to ${APP_ROLE};
      grant select on yiti.county to ${APP_ROLE};
    `)
  })
}

/**
 * Brings one county to the newest level: creates its schema if need be, applies what its ledger lacks, each migration in
 * its own transaction, so that an interrupted run goes on where it stopped.
 * Throws when an applied migration was changed afterwards.
 */
export async function migrateCounty(
  migrator: Pool,
  slug: string,
  migrations: readonly Migration[],
): Promise<{ applied: string[]; county: CountyRef }> {
  const schema = `county_${slug}`
  const applied: string[] = []
  await migrator.outside(async (client) => {
    await client.query(`create schema if not exists ${quoteIdent(schema)}`)
    await client.query(`
      create table if not exists ${quoteIdent(schema)}.db_migration (
        name text primary key, sha256 text not null, applied_at timestamptz not null default pg_catalog.now());
      comment on table ${quoteIdent(schema)}.db_migration is 'Append-only: migrations applied to this county';
      comment on column ${quoteIdent(schema)}.db_migration.name is 'Room and file';
      comment on column ${quoteIdent(schema)}.db_migration.sha256 is 'Digest of the file as applied';
      comment on column ${quoteIdent(schema)}.db_migration.applied_at is 'When'`)
  })
  for (const migration of migrations) {
    await migrator.outside(async (client) => {
      await client.query("select pg_advisory_xact_lock(hashtext('yiti migrate ' || $1))", [schema])
      await client.query(`set local search_path to ${quoteIdent(schema)}, pg_catalog`)
      const known = await client.query('select sha256 from db_migration where name = $1', [migration.name])
      if (known.rowCount) {
        if (known.rows[0].sha256 !== migration.sha256)
          throw new Error(`migration ${migration.name} was changed after it had been applied to ${schema}`)
        return
      }
      await client.query(migration.text)
      await client.query('insert into db_migration (name, sha256) values ($1, $2)', [migration.name, migration.sha256])
      applied.push(migration.name)
    })
  }
  const level = migrationLevel(migrations)
  await migrator.outside(async (client) => {
    // Two servers that come up together: PostgreSQL fails the later of two grants on one table.
    await client.query("select pg_advisory_xact_lock(hashtext('yiti migrate ' || $1))", [schema])
    await grantToApp(client, schema)
    await client.query('update yiti.county set level = $2 where slug = $1', [slug, level])
  })
  return { applied, county: { slug, schema, level } }
}

async function grantToApp(client: pg.PoolClient, schema: string): Promise<void> {
  const quoted = quoteIdent(schema)
  await client.query(`
    grant usage on schema ${quoted} to ${APP_ROLE};
    grant select, insert, update, delete on all tables in schema ${quoted} to ${APP_ROLE};
    grant usage, select on all sequences in schema ${quoted} to ${APP_ROLE}`)
  const tables = await client.query<{ name: string; comment: string | null }>(
    `select c.relname as name, pg_catalog.obj_description(c.oid, 'pg_class') as comment
       from pg_catalog.pg_class c where c.relnamespace = $1::regnamespace and c.relkind in ('r', 'p')`,
    [quoted],
  )
  for (const { name, comment } of tables.rows) {
    const match = comment?.match(APPEND_ONLY)
    if (!match) continue
    const table = `${quoted}.${quoteIdent(name)}`
    await client.query(`revoke update, delete, truncate on ${table} from ${APP_ROLE}`)
    if (match[1]) await client.query(`grant update (${match[1]}) on ${table} to ${APP_ROLE}`)
  }
}
