import { join } from 'node:path'
import type { Config } from '#platform/config/config.ts'
import { startEmbeddedPostgres } from '#platform/db/embedded/embedded-postgres.ts'
import { ensureDatabase } from '#platform/db/embedded/ensure-database.ts'
import type { Log } from '#platform/logs/log.ts'

export interface Database {
  url: string
  stop(): Promise<void>
}

/**
 * The database of this installation: the server named by `DATABASE_URL`, else the built-in PostgreSQL under `var/`.
 * @param share a command-line tool joins a server that is already running; a serving process owns it
 */
export async function openDatabase(config: Config, log: Log, share: boolean): Promise<Database> {
  if (config.databaseUrl) {
    await ensureDatabase(config.databaseUrl)
    return { url: config.databaseUrl, stop: async () => {} }
  }
  const postgres = await startEmbeddedPostgres({ dir: join(config.varDir, 'postgres'), log, share })
  return { url: postgres.socketUrl, stop: () => postgres.stop() }
}
