import { randomUUID } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { FastifyInstance } from 'fastify'
import pg from 'pg'
import { inject } from 'vitest'
import type { Actor, EffectiveGrant, StaffActor } from '#platform/access/actor.ts'
import { ManualClock } from '#platform/clock/clock.ts'
import { runAsSystem } from '#platform/command/command.ts'
import type { Context } from '#platform/command/context.ts'
import type { CountyServices, Services } from '#platform/command/services.ts'
import { loadConfig } from '#platform/config/config.ts'
import { createKeyRing } from '#platform/crypto/key-ring.ts'
import type { Tx } from '#platform/db/db.ts'
import { buildServer } from '#platform/http/server.ts'
import { runDueJobs } from '#platform/jobs/jobs.ts'
import { createLog } from '#platform/logs/log.ts'
import { House, keyPath } from '#platform/module/house.ts'
import { loadModules } from '#platform/module/load-modules.ts'
import { fireDueTimers } from '#platform/process/timers.ts'
import { TEST_COUNTY, withDatabase } from '#platform/testing/test-database.ts'

export interface TestCounty {
  house: House
  services: Services
  clock: ManualClock
  /** Fresh from the house: directory, definitions and calendar as they stand. */
  here(): Promise<CountyServices>
  inCounty<T>(work: (tx: Tx) => Promise<T>): Promise<T>
  /** Runs work as a system actor with audit, evidence and rollup rows. */
  asSystem<T>(work: (context: Context) => Promise<T>): Promise<T>
  /** The HTTP server in process (`app.inject`). */
  app(): Promise<FastifyInstance>
  /** Fires due timers and runs due jobs until nothing is left. */
  settle(): Promise<void>
  databaseUrl: string
  varDir: string
}

export interface TestCountyOptions {
  /** Where the clock stands; Wednesday 2026-09-30 09:00 by default. */
  at?: string
}

/**
 * A county of its own on a real PostgreSQL, cloned from the template: migrated, calendar seeded, shipped
 * definitions published, every module's set-up done with the demo people; keys of its own. Gone when `work` ends.
 */
export async function withTestCounty<T>(
  work: (county: TestCounty) => Promise<T>,
  options: TestCountyOptions = {},
): Promise<T> {
  const serverUrl = inject('serverUrl')
  const database = `yiti_test_${process.ppid}_${randomUUID().slice(0, 8)}`
  const admin = new pg.Client({ connectionString: serverUrl })
  await admin.connect()
  await admin.query(`create database ${database} template ${inject('template')}`)
  const varDir = mkdtempSync(join(tmpdir(), 'yiti-var-'))
  const clock = new ManualClock(options.at ?? '2026-09-30T01:00:00Z')
  const databaseUrl = withDatabase(serverUrl, database)
  const config = loadConfig({ YITI_VAR: varDir, DATABASE_URL: databaseUrl, YITI_LOG_LEVEL: 'error', YITI_DB_POOL: '6' })
  const log = createLog({ level: process.env.YITI_TEST_LOG ?? 'fatal' })
  const modules = await loadModules()
  const house = new House({ config, log, databaseUrl, modules, clock })
  let app: FastifyInstance | undefined
  try {
    await createKeyRing(keyPath(config, TEST_COUNTY.slug), { county: TEST_COUNTY.slug, now: clock.now() })
    const registered = (await house.counties())[0]!
    const here = () => house.countyBySlug(TEST_COUNTY.slug)
    return await work({
      house,
      services: house.services,
      clock,
      here,
      databaseUrl,
      varDir,
      inCounty: (body) => house.services.pool.inCounty(registered, body),
      asSystem: async (body) => runAsSystem(house.services, await here(), 'test', body),
      async app() {
        app ??= await buildServer(house)
        return app
      },
      async settle() {
        for (let round = 0; round < 1000; round++) {
          const fired = await fireDueTimers(house.services, await here())
          const ran = await runDueJobs(house.services, await here(), house.handlers)
          if (fired + ran === 0) return
        }
        throw new Error('jobs and timers never come to rest')
      },
    })
  } finally {
    await app?.close()
    await house.close()
    await admin.query(`drop database if exists ${database} with (force)`)
    await admin.end()
    rmSync(varDir, { recursive: true, force: true })
  }
}

/** An official made up for a test, without rows behind it. */
export function testActor(accountId: number, grants: EffectiveGrant[], extra: Partial<StaffActor> = {}): Actor {
  return {
    kind: 'staff',
    accountId,
    name: `测试${accountId}`,
    sessionId: 'test',
    posts: [],
    unitIds: [],
    grants,
    ...extra,
  }
}
