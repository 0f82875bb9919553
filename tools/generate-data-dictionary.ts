import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { registerCounty } from '#platform/db/counties.ts'
import { sql, type Tx } from '#platform/db/db.ts'
import { startEmbeddedPostgres } from '#platform/db/embedded/embedded-postgres.ts'
import { type Migration, migrateCounty, prepareDatabase, readMigrations } from '#platform/db/migrate.ts'
import { Pool } from '#platform/db/pool.ts'
import { createLog } from '#platform/logs/log.ts'
import { loadModules } from '#platform/module/load-modules.ts'

export const DATA_DICTIONARY = 'docs/data-dictionary.md'
export const REGENERATE = "npm exec -c 'node tools/generate-data-dictionary.ts'"

export interface DescribedColumn {
  table: string
  tableComment: string | null
  column: string
  type: string
  nullable: boolean
  comment: string | null
  /** `table.column` of a foreign key with one column. */
  refers: string | null
}

/** All columns of a county's schema in the order of table names and of the columns. */
export async function describeColumns(tx: Tx): Promise<DescribedColumn[]> {
  const { rows } = await sql<DescribedColumn>`
    select c.relname as "table", pg_catalog.obj_description(c.oid, 'pg_class') as "tableComment",
           a.attname as "column", pg_catalog.format_type(a.atttypid, a.atttypmod) as "type",
           not a.attnotnull as "nullable", pg_catalog.col_description(c.oid, a.attnum) as "comment",
           (select r.relname || '.' || ra.attname
              from pg_catalog.pg_constraint k
              join pg_catalog.pg_class r on r.oid = k.confrelid
              join pg_catalog.pg_attribute ra on ra.attrelid = r.oid and ra.attnum = k.confkey[1]
             where k.conrelid = c.oid and k.contype = 'f' and k.conkey = array[a.attnum] limit 1) as "refers"
      from pg_catalog.pg_class c
      join pg_catalog.pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
     where c.relnamespace = ${tx.county.schema}::regnamespace and c.relkind in ('r', 'p') and not c.relispartition
     order by c.relname collate "C", a.attnum`.execute(tx)
  return rows
}

/** The data dictionary as Markdown: rooms of the platform and modules, their tables, their columns. */
export function writeDictionary(columns: readonly DescribedColumn[], migrations: readonly Migration[]): string {
  const owners = tableOwners(migrations)
  const ownerOf = (table: string) => owners.get(table) ?? 'platform/db'
  const tables = new Map<string, DescribedColumn[]>()
  for (const column of columns) tables.set(column.table, [...(tables.get(column.table) ?? []), column])
  const byOwner = new Map<string, string[]>()
  for (const table of tables.keys()) byOwner.set(ownerOf(table), [...(byOwner.get(ownerOf(table)) ?? []), table])
  const sections = [...byOwner].sort(([a], [b]) => rank(a) - rank(b) || (a < b ? -1 : 1))
  const cell = (text: string) => text.replaceAll('|', '\\|').replaceAll('\n', ' ')
  const lines = [
    '# Data dictionary',
    '',
    `Generated from a migrated database by \`${REGENERATE}\`; do not edit. Each county has these ${tables.size} tables in a`,
    'schema of its own (`county_<slug>`). The comments are those of the migrations.',
  ]
  for (const [owner, names] of sections) {
    lines.push('', `## ${owner}`)
    for (const name of names) {
      const found = tables.get(name)!
      lines.push(
        '',
        `### ${name}`,
        '',
        found[0]!.tableComment ?? '',
        '',
        '| column | type | null | meaning |',
        '|---|---|---|---|',
      )
      for (const { column, type, nullable, comment, refers } of found)
        lines.push(
          `| \`${column}\` | ${cell(type)} | ${nullable ? 'yes' : ''} | ${cell(comment ?? '')}${refers ? ` → \`${refers}\`` : ''} |`,
        )
    }
  }
  return `${lines.join('\n')}\n`
}

/** The room or module whose migration makes a table, by table. */
function tableOwners(migrations: readonly Migration[]): Map<string, string> {
  return new Map(
    migrations.flatMap(({ name, text }) =>
      [...text.matchAll(/^create table (?:if not exists )?([a-z_0-9]+)/gim)].map((match) => [
        match[1]!,
        name.slice(0, name.lastIndexOf('/')),
      ]),
    ),
  )
}

function rank(owner: string): number {
  return ['platform', 'modules/foundation', 'modules/management', 'modules/services'].findIndex((start) =>
    owner.startsWith(`${start}/`),
  )
}

/** Migrates an empty county on a database that is thrown away, and describes it. */
async function generate(): Promise<string> {
  const dir = mkdtempSync(join(tmpdir(), 'yiti-dictionary-'))
  const postgres = await startEmbeddedPostgres({ dir, log: createLog({ level: 'warn' }) })
  const pool = new Pool({ url: postgres.socketUrl, max: 2 })
  try {
    const modules = await loadModules()
    const migrations = readMigrations(modules.map(({ layer, name }) => `${layer}/${name}`))
    await prepareDatabase(pool)
    await registerCounty(pool, { slug: 'dictionary', name: '县', parentName: '市', regionPrefix: '320506' })
    const { county } = await migrateCounty(pool, 'dictionary', migrations)
    const columns = await pool.inCounty(county, describeColumns, 'read')
    return writeDictionary(columns, migrations)
  } finally {
    await pool.close()
    await postgres.stop()
    rmSync(dir, { recursive: true, force: true })
  }
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const file = join(import.meta.dirname, '..', DATA_DICTIONARY)
  writeFileSync(file, await generate())
  process.stdout.write(`${DATA_DICTIONARY}\n`)
}
