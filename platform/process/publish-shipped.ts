import { sql, type Tx } from '#platform/db/db.ts'
import type { Module } from '#platform/module/module.ts'

/**
 * Publishes the definitions that modules ship and this county does not have yet. A version that exists stays as it is:
 * what officials changed since is theirs.
 */
export async function publishShipped(tx: Tx, modules: readonly Module[], now: Date): Promise<void> {
  for (const definition of modules.flatMap((module) => module.definitions ?? [])) {
    const { rows } = await sql`
      insert into process_definition (key, version, status, body, note, created_at, published_at)
      values (${definition.key}, ${definition.version}, 'published', ${JSON.stringify(definition)}::json, '随系统提供', ${now}, ${now})
      on conflict (key, version) do nothing returning 1`.execute(tx)
    if (rows.length > 0)
      await sql`update process_definition set status = 'retired'
                 where key = ${definition.key} and version < ${definition.version} and status = 'published'
                   and created_by is null`.execute(tx)
  }
  await sql`update access_revision set revision = revision + 1`.execute(tx)
}
