import { type ChildProcess, spawn } from 'node:child_process'
import { closeSync, mkdirSync, openSync, readFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { setUpCounties } from '#apps/server/counties.ts'
import { openDatabase } from '#apps/server/database.ts'
import { systemClock } from '#platform/clock/clock.ts'
import { loadConfig } from '#platform/config/config.ts'
import { listCounties } from '#platform/db/counties.ts'
import { Pool } from '#platform/db/pool.ts'
import { createLog } from '#platform/logs/log.ts'
import { loadModules } from '#platform/module/load-modules.ts'
import type { ProcessDefinition } from '#platform/process/definition.ts'
import { publishShipped } from '#platform/process/publish-shipped.ts'

const ROOT = join(import.meta.dirname, '..')
export const SLUG = 'fault'
export const SCHEMA = `county_${SLUG}`

/** A scratch installation: its own folder, and its own database or a given one. */
export interface Installation {
  dir: string
  databaseUrl?: string
}

const hours = (seconds: number) => ({ value: seconds / 3600, unit: 'urgentHour' as const })

/** The shipped flow of reports with deadlines of seconds, so that every kind of timer fires while we look. */
function hurried(shipped: ProcessDefinition): ProcessDefinition {
  const body = structuredClone(shipped) as ProcessDefinition & { version: number }
  body.version = 1000
  for (const clock of Object.values(body.clocks)) {
    clock.limit = { fallback: hours(3) }
    clock.near = 0.5
    for (const [level, step] of (clock.escalate ?? []).entries()) step.after = hours(1 + level)
  }
  return body
}

/** Makes the county with its people; the same set-up that `yiti county add` does. */
export async function makeInstallation(installation: Installation): Promise<void> {
  mkdirSync(installation.dir, { recursive: true })
  const config = loadConfig(environment(installation, 0))
  const log = createLog({ level: 'error' })
  const database = await openDatabase(config, log, true)
  const modules = await loadModules()
  try {
    await setUpCounties({ config, log, databaseUrl: database.url, modules, clock: systemClock }, [
      { slug: SLUG, name: '试验区', parentName: '苏州市', regionPrefix: '320506', demo: true },
    ])
    const report = modules.flatMap((module) => module.definitions ?? []).find(({ key }) => key === 'report')
    if (!report) throw new Error('no module ships the flow of reports')
    const pool = new Pool({ url: database.url, max: 1 })
    const county = (await listCounties(pool)).find(({ slug }) => slug === SLUG)!
    await pool.inCounty(county, (tx) =>
      publishShipped(tx, [{ definitions: [hurried(report)] } as never], systemClock.now()),
    )
    await pool.close()
  } finally {
    await database.stop()
  }
}

function environment({ dir, databaseUrl }: Installation, port: number): Record<string, string> {
  return {
    YITI_VAR: dir,
    PORT: String(port),
    YITI_LOG_LEVEL: 'info',
    YITI_LOG_FORMAT: 'json',
    YITI_DB_POOL: '8',
    // All clients come from one address here.
    YITI_RATE_LIMITS: 'false',
    ...(databaseUrl ? { DATABASE_URL: databaseUrl } : {}),
  }
}

export interface ServerProcess {
  url: string
  pid: number
  /** Until it answers that it is ready. */
  ready(): Promise<void>
  kill(): Promise<void>
  /** Asks it to stop and waits. */
  stop(): Promise<void>
}

/** `yiti serve` as a process of its own. It stops by itself when we are gone (its channel closes). */
export function startServer(installation: Installation, port: number): ServerProcess {
  const output = openSync(join(installation.dir, 'output.log'), 'a', 0o600)
  const child: ChildProcess = spawn(process.execPath, ['apps/server/yiti.ts', 'serve'], {
    cwd: ROOT,
    env: { PATH: process.env.PATH, ...environment(installation, port) },
    stdio: ['ignore', output, output, 'ipc'],
  })
  closeSync(output)
  const exited = new Promise<void>((resolve) => child.once('exit', () => resolve()))
  const url = `http://127.0.0.1:${port}`
  return {
    url,
    pid: child.pid!,
    async ready() {
      for (const end = performance.now() + 120_000; performance.now() < end; await sleep(100)) {
        if (child.exitCode !== null)
          throw new Error(
            `the server ended: ${readFileSync(join(installation.dir, 'output.log'), 'utf8').slice(-2000)}`,
          )
        const answer = await fetch(`${url}/health/ready`, { signal: AbortSignal.timeout(5000) }).catch(() => undefined)
        if (answer?.ok) return
      }
      throw new Error('the server did not become ready')
    },
    async kill() {
      child.kill('SIGKILL')
      await exited
    },
    async stop() {
      if (child.exitCode === null) child.kill('SIGTERM')
      await exited
    },
  }
}

/** Kills the database server of this installation like a power cut. */
export function killPostgres({ dir }: Installation): void {
  const pid = Number(readFileSync(join(dir, 'postgres', 'data', 'postmaster.pid'), 'utf8').split('\n')[0])
  if (Number.isInteger(pid) && pid > 1) process.kill(pid, 'SIGKILL')
}

/** Address of the database, also of the built-in one while it runs. */
export function databaseUrlOf({ dir, databaseUrl }: Installation): string {
  if (databaseUrl) return databaseUrl
  const lines = readFileSync(join(dir, 'postgres', 'data', 'postmaster.pid'), 'utf8').split('\n')
  const password = readFileSync(join(dir, 'postgres', 'password'), 'utf8').trim()
  return `postgres://yiti:${password}@127.0.0.1:${lines[3]}/yiti`
}

export async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as { port: number }
  await new Promise((resolve) => server.close(resolve))
  return port
}
