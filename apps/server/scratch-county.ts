import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import { systemClock } from '#platform/clock/clock.ts'
import { runAsSystem } from '#platform/command/command.ts'
import type { Context } from '#platform/command/context.ts'
import { loadConfig } from '#platform/config/config.ts'
import { startEmbeddedPostgres } from '#platform/db/embedded/embedded-postgres.ts'
import { createLog } from '#platform/logs/log.ts'
import { House } from '#platform/module/house.ts'
import { loadModules } from '#platform/module/load-modules.ts'
import { setUpCounties } from './counties.ts'

export interface ScratchCounty {
  house: House
  schema: string
  asSystem<T>(work: (context: Context) => Promise<T>): Promise<T>
  /** Statements of the owner of the tables: maintenance, bulk data. */
  owner: pg.Client
  /** What autovacuum would have done by then. */
  analyze(): Promise<void>
}

/**
 * A county of its own on a real PostgreSQL in a folder that goes when `work` ends: for evaluations and benches that need
 * the real index and must touch no installation.
 */
export async function withScratchCounty<T>(work: (county: ScratchCounty) => Promise<T>): Promise<T> {
  const varDir = mkdtempSync(join(tmpdir(), 'yiti-scratch-'))
  const log = createLog({ level: 'fatal', format: 'plain' })
  try {
    const postgres = await startEmbeddedPostgres({ dir: join(varDir, 'postgres'), log })
    const databaseUrl = postgres.socketUrl
    const config = loadConfig({ YITI_VAR: varDir, DATABASE_URL: databaseUrl, YITI_LOG_LEVEL: 'fatal' })
    const modules = await loadModules()
    const owner = new pg.Client({ connectionString: databaseUrl })
    let house: House | undefined
    try {
      await setUpCounties({ config, log, databaseUrl, modules, clock: systemClock }, [
        { slug: 'scratch', name: '吴中区', parentName: '苏州市', regionPrefix: '320506', demo: false },
      ])
      house = new House({ config, log, databaseUrl, modules })
      const here = await house.countyBySlug('scratch')
      const { schema } = here.county
      await owner.connect()
      await owner.query(`set search_path to ${schema}`)
      const { services } = house
      return await work({
        house,
        schema,
        owner,
        asSystem: (inContext) => runAsSystem(services, here, 'scratch', inContext),
        async analyze() {
          await owner.query('vacuum (analyze) search_document')
          await owner.query('vacuum (analyze) process_case')
        },
      })
    } finally {
      await owner.end().catch(() => {})
      await house?.close()
      await postgres.stop()
    }
  } finally {
    rmSync(varDir, { recursive: true, force: true })
  }
}
