import { createHash } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import type { TestProject } from 'vitest/node'
import { seedCalendar } from '#platform/calendar/seed-calendar.ts'
import { listCounties, registerCounty } from '#platform/db/counties.ts'
import { startEmbeddedPostgres } from '#platform/db/embedded/embedded-postgres.ts'
import { migrateCounty, prepareDatabase, readMigrations } from '#platform/db/migrate.ts'
import { Pool } from '#platform/db/pool.ts'
import { createLog } from '#platform/logs/log.ts'
import { loadModules } from '#platform/module/load-modules.ts'
import { publishShipped } from '#platform/process/publish-shipped.ts'
import { TEST_COUNTY, withDatabase } from '#platform/testing/test-database.ts'

/** Before any time that tests set. */
const SEEDED_AT = new Date('2025-01-01T00:00:00Z')

declare module 'vitest' {
  interface ProvidedContext {
    /** Address of the server, without a database. */
    serverUrl: string
    /** Migrated database that tests clone. */
    template: string
  }
}

/**
 * One PostgreSQL for the whole run (`DATABASE_URL`, else the embedded one in a folder of its own), one migrated template
 * that every test file clones.
 */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const given = process.env.DATABASE_URL
  let stop = async () => {}
  let serverUrl = given
  if (!serverUrl) {
    const dir = mkdtempSync(join(tmpdir(), 'yiti-test-'))
    const postgres = await startEmbeddedPostgres({ dir, log: createLog({ level: 'warn' }) })
    serverUrl = postgres.socketUrl
    stop = async () => {
      await postgres.stop()
      rmSync(dir, { recursive: true, force: true })
    }
  }
  const modules = await loadModules()
  const migrations = readMigrations(modules.map((module) => `${module.layer}/${module.name}`))
  const digest = createHash('sha256')
    .update(migrations.map((migration) => migration.sha256).join())
    .digest('hex')
  const template = `yiti_template_${digest.slice(0, 10)}_${process.pid}`
  await withAdmin(serverUrl, (admin) => admin.query(`create database ${template}`))
  const pool = new Pool({ url: withDatabase(serverUrl, template), max: 2 })
  try {
    await prepareDatabase(pool)
    await registerCounty(pool, TEST_COUNTY)
    const { county } = await migrateCounty(pool, TEST_COUNTY.slug, migrations)
    const registered = (await listCounties(pool))[0]!
    await pool.inCounty(county, async (tx) => {
      await seedCalendar(tx, SEEDED_AT)
      for (const module of modules) await module.setUp?.(tx, registered)
      await publishShipped(tx, modules, SEEDED_AT)
    })
  } finally {
    await pool.close()
  }
  project.provide('serverUrl', serverUrl)
  project.provide('template', template)
  return async () => {
    await withAdmin(serverUrl, async (admin) => {
      const { rows } = await admin.query<{ datname: string }>(
        "select datname from pg_database where datname = $1 or datname like 'yiti_test_' || $2 || '_%'",
        [template, process.pid],
      )
      for (const row of rows) await admin.query(`drop database if exists ${row.datname} with (force)`)
    }).catch(() => {})
    await stop()
  }
}

async function withAdmin<T>(url: string, work: (admin: pg.Client) => Promise<T>): Promise<T> {
  const admin = new pg.Client({ connectionString: url })
  await admin.connect()
  try {
    return await work(admin)
  } finally {
    await admin.end()
  }
}
