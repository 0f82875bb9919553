import { existsSync } from 'node:fs'
import { seedCalendar } from '#platform/calendar/seed-calendar.ts'
import type { Clock } from '#platform/clock/clock.ts'
import type { Config } from '#platform/config/config.ts'
import { createKeyRing } from '#platform/crypto/key-ring.ts'
import { listCounties, type NewCounty, registerCounty } from '#platform/db/counties.ts'
import { migrateCounty, prepareDatabase, readMigrations } from '#platform/db/migrate.ts'
import { Pool } from '#platform/db/pool.ts'
import type { Log } from '#platform/logs/log.ts'
import { keyPath } from '#platform/module/house.ts'
import type { Module } from '#platform/module/module.ts'
import { publishShipped } from '#platform/process/publish-shipped.ts'

/** The two counties of a demo: one written for it, one for real anonymised messages. */
export const DEMO_COUNTIES: readonly NewCounty[] = [
  { slug: 'wuzhong', name: '吴中区', parentName: '苏州市', regionPrefix: '320506', demo: true },
  { slug: 'sample', name: '脱敏样例库', parentName: 'A市', regionPrefix: '999900', demo: true },
]

export interface CountySetUp {
  config: Config
  log: Log
  databaseUrl: string
  modules: readonly Module[]
  clock: Clock
}

/**
 * Registers counties, brings every county to the newest level, makes keys where there are none, fills what modules cannot
 * work without. Safe to repeat; an interrupted run goes on where it stopped.
 */
export async function setUpCounties(setUp: CountySetUp, wanted: readonly NewCounty[]): Promise<void> {
  const { config, log, databaseUrl, modules, clock } = setUp
  const pool = new Pool({ url: databaseUrl, max: 2, applicationName: 'yiti migrate' })
  try {
    await prepareDatabase(pool)
    for (const county of wanted) await registerCounty(pool, county)
    const migrations = readMigrations(modules.map((module) => `${module.layer}/${module.name}`))
    for (const county of await listCounties(pool)) {
      // On its way in from a backup: `yiti restore` completes it or takes it away.
      if (county.settings.restoring === true) continue
      const path = keyPath(config, county.slug)
      if (!existsSync(path)) {
        if (county.level)
          throw new Error(
            `县「${county.name}」的密钥文件 ${path} 不在，不能启动：没有密钥就读不出数据。请从密钥备份恢复。/ the key file of ${county.slug} is missing; restore it from the backup of the keys`,
          )
        await createKeyRing(path, {
          county: county.slug,
          profile: config.crypto === 'national' ? 'guomi' : 'international',
          now: clock.now(),
        })
      }
      const { applied, county: ref } = await migrateCounty(pool, county.slug, migrations)
      if (applied.length > 0) log.info({ county: county.slug, applied: applied.length }, 'county migrated')
      // Marked after it succeeded, so that a set-up cut short is done again.
      if (county.settings.setUpAt !== ref.level) {
        await pool.inCounty(ref, async (tx) => {
          await seedCalendar(tx, clock.now())
          for (const module of modules) await module.setUp?.(tx, { ...county, ...ref })
          await publishShipped(tx, modules, clock.now())
        })
        await pool.pg.query(
          `update yiti.county set settings = settings || jsonb_build_object('setUpAt', $2::text) where slug = $1`,
          [county.slug, ref.level],
        )
      }
    }
  } finally {
    await pool.close()
  }
}
