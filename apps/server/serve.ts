import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { systemClock } from '#platform/clock/clock.ts'
import type { Config } from '#platform/config/config.ts'
import { buildServer } from '#platform/http/server.ts'
import { createLog } from '#platform/logs/log.ts'
import { House } from '#platform/module/house.ts'
import { loadModules } from '#platform/module/load-modules.ts'
import { Hub } from '#platform/realtime/hub.ts'
import { DEMO_COUNTIES, setUpCounties } from './counties.ts'
import { openDatabase } from './database.ts'
import { announceDemo, loadDemo } from './demo.ts'
import { Worker } from './worker.ts'

/** Requests under way when the server stops may go on for so long; an upload over a slow line is cut off then. */
const LAST_REQUESTS_MS = 10_000

/**
 * `yiti serve`: database, migrations, HTTP, background work. Comes up in order and goes down in the reverse order on
 * SIGINT, SIGTERM, or when the process that started it is gone.
 */
export async function serve(config: Config): Promise<void> {
  const plain = config.logFormat === 'plain' || (config.logFormat === 'auto' && process.stdout.isTTY)
  const log = createLog({
    level: config.logLevel,
    format: plain ? 'plain' : 'json',
    consoleLevel: plain ? 'warn' : config.logLevel,
    file: join(config.varDir, 'log', 'server.log'),
  })
  for (const name of config.unknown) log.warn({ name }, 'a YITI_ variable that no setting reads')
  const stops: (() => Promise<unknown>)[] = []
  let stopping: Promise<void> | undefined
  const stop = (reason: string): Promise<void> => {
    stopping ??= (async () => {
      log.info({ reason }, 'stopping')
      for (const step of stops.reverse())
        await step().catch((error: unknown) => log.error({ err: error }, 'a part did not stop cleanly'))
      log.info('stopped')
    })()
    return stopping
  }
  const end = (reason: string) => {
    void stop(reason).then(() => process.exit(0))
  }
  process.once('SIGINT', () => end('SIGINT'))
  process.once('SIGTERM', () => end('SIGTERM'))
  // Started by `npm start`: when that is killed, its channel closes and nobody else would stop us.
  if (process.channel) process.once('disconnect', () => end('the starting process is gone'))
  process.on('unhandledRejection', (error) => log.error({ err: error }, 'unhandled rejection'))

  try {
    const database = await openDatabase(config, log, false)
    stops.push(() => database.stop())
    const modules = await loadModules()
    await setUpCounties(
      { config, log, databaseUrl: database.url, modules, clock: systemClock },
      config.demo ? DEMO_COUNTIES : [],
    )
    const house = new House({ config, log, databaseUrl: database.url, modules })
    stops.push(() => house.close())
    if ((await house.counties()).length === 0)
      process.stdout.write('还没有县。先运行 yiti county add，或用 --demo 启动演示。\n')
    const hub = new Hub(house, database.url)
    house.hub = hub
    stops.push(() => hub.close())
    const demo = config.demo ? await loadDemo(house) : undefined
    if (demo) stops.push(() => demo.stop())
    const app = await buildServer(house)
    stops.push(async () => {
      const cutOff = setTimeout(() => app.server.closeAllConnections(), LAST_REQUESTS_MS)
      await app.close()
      clearTimeout(cutOff)
    })
    await app.listen({ port: config.port, host: config.host })
    if (config.workers > 0) {
      const worker = new Worker(house)
      worker.start()
      stops.push(() => worker.stop())
    }
    const scheme = config.tlsCert ? 'https' : 'http'
    const url = `${scheme}://${config.host === '0.0.0.0' ? '127.0.0.1' : config.host}:${config.port}/`
    if (!existsSync(join(import.meta.dirname, '../../dist/console/index.html')))
      log.warn('the web faces are not built; npm start builds them')
    process.stdout.write(`\n一体 Yiti 已启动：${url}\n`)
    if (demo) await announceDemo(house, url)
    demo?.start()
  } catch (error) {
    log.error({ err: error }, 'could not start')
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`)
    await stop('failed start')
    process.exit(1)
  }
}
