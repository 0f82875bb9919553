import { readFileSync } from 'node:fs'
import { systemClock } from '#platform/clock/clock.ts'
import type { Config } from '#platform/config/config.ts'
import { rotateKey } from '#platform/crypto/key-ring.ts'
import { listCounties } from '#platform/db/counties.ts'
import { verifyLog } from '#platform/evidence/verify-log.ts'
import { createLog, type Log } from '#platform/logs/log.ts'
import { House } from '#platform/module/house.ts'
import { loadModules } from '#platform/module/load-modules.ts'
import { setUpCounties } from './counties.ts'
import { openDatabase } from './database.ts'
import { serve } from './serve.ts'

type Flags = Record<string, string | boolean | undefined>
type Options = Record<string, { type: 'string' | 'boolean'; short?: string; multiple?: boolean }>

export interface CliCommand {
  usage: string
  summary: string
  options: Options
  /** Exit code, or undefined where the command goes on (a server). */
  run(config: Config, flags: Flags, positionals: string[]): Promise<number | undefined>
}

function say(value: unknown): void {
  process.stdout.write(`${typeof value === 'string' ? value : JSON.stringify(value)}\n`)
}

/** Opens a house on the database of this installation, joining a running server's, for one piece of work. */
async function withHouse<T>(config: Config, work: (house: House, log: Log) => Promise<T>): Promise<T> {
  const log = createLog({ level: config.logLevel === 'info' ? 'warn' : config.logLevel, format: 'plain' })
  const database = await openDatabase(config, log, true)
  const house = new House({ config, log, databaseUrl: database.url, modules: await loadModules() })
  try {
    return await work(house, log)
  } finally {
    await house.close()
    await database.stop()
  }
}

function needed(flags: Flags, name: string): string {
  const value = flags[name]
  if (typeof value !== 'string' || value === '')
    throw Object.assign(new Error(`缺少 --${name} / --${name} is missing`), { code: 'ERR_PARSE_ARGS_MISSING' })
  return value
}

export const COMMANDS: Readonly<Record<string, CliCommand>> = {
  serve: {
    usage: '[--demo] [--port N] [--host H]',
    summary: '启动平台（数据库、网页、后台任务）',
    options: { demo: { type: 'boolean' }, port: { type: 'string' }, host: { type: 'string' } },
    async run(config) {
      await serve(config)
      return undefined
    },
  },
  migrate: {
    usage: '',
    summary: '把所有县升级到当前版本',
    options: {},
    async run(config) {
      const log = createLog({ level: 'info', format: 'plain' })
      const database = await openDatabase(config, log, true)
      try {
        await setUpCounties(
          { config, log, databaseUrl: database.url, modules: await loadModules(), clock: systemClock },
          [],
        )
      } finally {
        await database.stop()
      }
      say('已是当前版本')
      return 0
    },
  },
  county: {
    usage: 'list | add --slug S --name N --parent P --region 320506',
    summary: '列出或新建县（区、市）',
    options: {
      slug: { type: 'string' },
      name: { type: 'string' },
      parent: { type: 'string' },
      region: { type: 'string' },
      host: { type: 'string' },
    },
    async run(config, flags, [what = 'list']) {
      const log = createLog({ level: 'warn', format: 'plain' })
      if (what === 'list') {
        await withHouse(config, async (house) => {
          for (const county of await listCounties(house.services.pool))
            say(
              `${county.slug}\t${county.parentName}${county.name}\t${county.regionPrefix}\t${county.level === house.migrationLevel ? '就绪' : '待升级'}`,
            )
        })
        return 0
      }
      if (what !== 'add') return 2
      const database = await openDatabase(config, log, true)
      try {
        await setUpCounties(
          { config, log, databaseUrl: database.url, modules: await loadModules(), clock: systemClock },
          [
            {
              slug: needed(flags, 'slug'),
              name: needed(flags, 'name'),
              parentName: needed(flags, 'parent'),
              regionPrefix: needed(flags, 'region'),
              ...(typeof flags.host === 'string' ? { host: flags.host } : {}),
            },
          ],
        )
      } finally {
        await database.stop()
      }
      say(`已建立 ${needed(flags, 'name')}`)
      return 0
    },
  },
  keys: {
    usage: 'list | rotate --county S [--purpose field]',
    summary: '查看或轮换密钥（运行中的服务不必停）',
    options: { county: { type: 'string' }, purpose: { type: 'string' } },
    async run(config, flags, [what = 'list']) {
      return withHouse(config, async (house) => {
        const here = await house.countyBySlug(needed(flags, 'county'))
        if (what === 'list') {
          for (const key of here.keys.describe()) say(key)
          return 0
        }
        if (what !== 'rotate') return 2
        const purpose = typeof flags.purpose === 'string' ? flags.purpose : 'field'
        const id = await rotateKey(here.keys, purpose as 'field', systemClock.now())
        say(`新密钥 ${id} 已启用；旧密钥继续用于读取`)
        return 0
      })
    },
  },
  verify: {
    usage: '[--county S] [--witness FILE]',
    summary: '重算存证日志并与已签发的检查点比对',
    options: { county: { type: 'string' }, witness: { type: 'string' } },
    async run(config, flags) {
      return withHouse(config, async (house) => {
        let sound = true
        const witnessCheckpoints = typeof flags.witness === 'string' ? [readFileSync(flags.witness, 'utf8')] : []
        for (const county of await house.counties()) {
          if (typeof flags.county === 'string' && flags.county !== county.slug) continue
          const here = await house.countyBySlug(county.slug)
          const report = await house.services.pool.inCounty(
            county,
            (tx) => verifyLog(tx, here.keys, { witnessCheckpoints }),
            'read',
          )
          sound &&= report.ok
          say({ county: county.slug, ...report })
        }
        return sound ? 0 : 1
      })
    },
  },
  evaluate: {
    usage: 'messages --train F --test F',
    summary: '训练并检验条线识别模型',
    options: { train: { type: 'string' }, test: { type: 'string' } },
    async run(_config, flags, [what]) {
      if (what !== 'messages') return 2
      const { evaluateMessages } = await import('#modules/services/loop/recognition/evaluate-messages.ts')
      say(await evaluateMessages({ train: needed(flags, 'train'), test: needed(flags, 'test') }))
      return 0
    },
  },
}
