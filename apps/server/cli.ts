import { readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { createFirstAdministrator, drawInitialPassword } from '#modules/foundation/org/public.ts'
import { systemClock } from '#platform/clock/clock.ts'
import type { Config } from '#platform/config/config.ts'
import { type KeyPurpose, rotateKey } from '#platform/crypto/key-ring.ts'
import { listCounties } from '#platform/db/counties.ts'
import { sql } from '#platform/db/db.ts'
import { readMigrations } from '#platform/db/migrate.ts'
import { Pool } from '#platform/db/pool.ts'
import { verifyLog } from '#platform/evidence/verify-log.ts'
import { fileRoomOf } from '#platform/files/files.raw.ts'
import { createLog, type Log } from '#platform/logs/log.ts'
import { House, keyPath } from '#platform/module/house.ts'
import { loadModules } from '#platform/module/load-modules.ts'
import type { Module } from '#platform/module/module.ts'
import { platformByteColumns } from '#platform/module/platform-parts.ts'
import { backUpCounty } from './backup.ts'
import { setUpCounties } from './counties.ts'
import { openDatabase } from './database.ts'
import { exportCases, importSheet } from './exchange.ts'
import { OperatorError } from './operator-error.ts'
import { dropUnusedKey, type ReencryptOptions, reencryptCounty } from './reencrypt.ts'
import { checkBackup, openKeysFor, restoreCounty } from './restore.ts'
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
async function withHouse<T>(
  config: Config,
  work: (house: House, log: Log, databaseUrl: string) => Promise<T>,
): Promise<T> {
  const log = createLog({ level: config.logLevel === 'info' ? 'warn' : config.logLevel, format: 'plain' })
  const database = await openDatabase(config, log, true)
  const house = new House({ config, log, databaseUrl: database.url, modules: await loadModules() })
  try {
    return await work(house, log, database.url)
  } finally {
    await house.close()
    await database.stop()
  }
}

/** The owner of the tables; the application's own role may not do everything that an operator must. */
async function withOwner<T>(databaseUrl: string, work: (owner: Pool) => Promise<T>): Promise<T> {
  const owner = new Pool({ url: databaseUrl, max: 3, pipeline: false, applicationName: 'yiti operator' })
  try {
    return await work(owner)
  } finally {
    await owner.close()
  }
}

function byteColumnsOf(modules: readonly Module[]) {
  return [...platformByteColumns, ...modules.flatMap((module) => module.byteColumns ?? [])]
}

/** Says what is being done, on a line of its own for a person at a terminal. */
function progress(what: string): void {
  if (process.stderr.isTTY) process.stderr.write(`\r\u001b[K${what}`)
}

function endProgress(): void {
  if (process.stderr.isTTY) process.stderr.write('\r\u001b[K')
}

const PURPOSES: readonly KeyPurpose[] = ['field', 'token', 'file', 'session', 'evidence']

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
    usage:
      'list | add --slug S --name N --parent P --region 320506 | set --slug S [--sponsor 主办单位] [--filing 备案编号] [--complaints 电话]',
    summary: '列出或新建县（区、市），设置居民端的主办单位、备案编号、投诉电话',
    options: {
      slug: { type: 'string' },
      name: { type: 'string' },
      parent: { type: 'string' },
      region: { type: 'string' },
      host: { type: 'string' },
      sponsor: { type: 'string' },
      filing: { type: 'string' },
      complaints: { type: 'string' },
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
      if (what === 'set') {
        await setPublicFace(config, needed(flags, 'slug'), {
          sponsor: flags.sponsor,
          filingNumber: flags.filing,
          complaintPhone: flags.complaints,
        })
        return 0
      }
      if (what !== 'add') return 2
      const slug = needed(flags, 'slug')
      const database = await openDatabase(config, log, true)
      try {
        await setUpCounties(
          { config, log, databaseUrl: database.url, modules: await loadModules(), clock: systemClock },
          [
            {
              slug,
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
      const first = await withHouse(config, (house) => firstAdministrator(house, slug))
      if (first) say(`首位管理员 ${first.login}，一次性密码 ${first.password}（首次登录须修改，不再显示）`)
      return 0
    },
  },
  keys: {
    usage: 'list | rotate [--purpose P|all] | reencrypt | drop --id N   --county S',
    summary: '查看、轮换密钥，用新密钥重新加密，删除旧密钥（服务不必停）',
    options: { county: { type: 'string' }, purpose: { type: 'string' }, id: { type: 'string' } },
    async run(config, flags, [what = 'list']) {
      return withHouse(config, async (house, _log, databaseUrl) => {
        const here = await house.countyBySlug(needed(flags, 'county'))
        if (what === 'list') {
          for (const key of here.keys.describe()) say(key)
          return 0
        }
        if (what === 'rotate') {
          const purpose = typeof flags.purpose === 'string' ? flags.purpose : 'field'
          const purposes = PURPOSES.filter((known) => purpose === 'all' || known === purpose)
          if (purposes.length === 0) return 2
          for (const each of purposes) {
            const id = await rotateKey(here.keys, each, systemClock.now())
            say(`${each} 的新密钥 ${id} 已启用；旧密钥继续用于读取`)
          }
          say('请马上把密钥文件再备份一次')
          return 0
        }
        if (what !== 'reencrypt' && what !== 'drop') return 2
        return withOwner(databaseUrl, async (owner) => {
          const options: ReencryptOptions = {
            owner,
            county: here.county,
            keys: here.keys,
            byteColumns: byteColumnsOf(house.modules),
            tokenRenewals: house.modules.flatMap((module) => module.tokenRenewals ?? []),
            files: fileRoomOf(house.services, here),
            progress: (place, done) => progress(`${place} ${done}`),
          }
          if (what === 'drop') {
            const id = Number(needed(flags, 'id'))
            await dropUnusedKey(options, id, systemClock.now())
            say(`密钥 ${id} 已删除；用它写的旧备份从此只能用备份时的密钥文件读取`)
            return 0
          }
          const done = await reencryptCounty(options)
          endProgress()
          say(done)
          return Object.keys(done.left).length === 0 ? 0 : 1
        })
      })
    },
  },
  backup: {
    usage: '--county S --out DIR',
    summary: '备份一个县（服务不必停；不含密钥）',
    options: { county: { type: 'string' }, out: { type: 'string' } },
    async run(config, flags) {
      return withHouse(config, async (house, _log, databaseUrl) => {
        const here = await house.countyBySlug(needed(flags, 'county'))
        const manifest = await withOwner(databaseUrl, (owner) =>
          backUpCounty({
            owner,
            slug: here.county.slug,
            keys: here.keys,
            filesRoot: fileRoomOf(house.services, here).root,
            out: resolve(needed(flags, 'out')),
            now: systemClock.now(),
            progress,
          }),
        )
        endProgress()
        const { tables, files } = manifest
        say({
          county: manifest.county.slug,
          takenAt: manifest.takenAt,
          tables: tables.length,
          rows: tables.reduce((sum, table) => sum + table.rows, 0),
          files: files.count,
          fileBytes: files.bytes,
          missingFiles: files.missing.length,
        })
        say('密钥不在备份里，请另行保管密钥文件')
        return files.missing.length === 0 ? 0 : 1
      })
    },
  },
  restore: {
    usage: '--in DIR --keys FILE|DIR [--as S] [--check]',
    summary: '从备份恢复一个县，或只检查备份是否完好',
    options: {
      in: { type: 'string' },
      keys: { type: 'string' },
      as: { type: 'string' },
      check: { type: 'boolean' },
    },
    async run(config, flags) {
      const from = resolve(needed(flags, 'in'))
      if (flags.check === true) {
        const manifest = await checkBackup(from)
        if (typeof flags.keys === 'string') await openKeysFor(manifest, resolve(flags.keys))
        say(`备份完好：${manifest.county.name}，${manifest.takenAt}${flags.keys ? '，密钥相符' : '（未核对密钥）'}`)
        return 0
      }
      if (typeof flags.keys !== 'string' || flags.keys === '')
        throw new OperatorError(
          '没有密钥不能恢复：请用 --keys 指明单独保管的密钥文件。',
          'Nothing can be restored without keys: name the key file with --keys.',
        )
      const keys = resolve(flags.keys)
      const modules = await loadModules()
      const log = createLog({ level: 'warn', format: 'plain' })
      const database = await openDatabase(config, log, true)
      try {
        const restored = await withOwner(database.url, (owner) =>
          restoreCounty({
            owner,
            from,
            keys,
            migrations: readMigrations(modules.map((module) => `${module.layer}/${module.name}`)),
            byteColumns: byteColumnsOf(modules),
            filesRootOf: (slug) => join(config.varDir, 'files', slug),
            keyPathOf: (slug) => keyPath(config, slug),
            ...(typeof flags.as === 'string' ? { as: flags.as } : {}),
            progress,
          }),
        )
        endProgress()
        const { evidence, ...rest } = restored
        say({ ...rest, evidence: { ok: evidence.ok, treeSize: evidence.treeSize, rootHash: evidence.rootHash } })
        return 0
      } finally {
        await database.stop()
      }
    },
  },
  export: {
    usage: '--county S --what cases --out F.xlsx|F.csv [--format xlsx|csv]',
    summary: '导出案件清单（不含报事人）',
    options: {
      county: { type: 'string' },
      what: { type: 'string' },
      out: { type: 'string' },
      format: { type: 'string' },
    },
    async run(config, flags) {
      const file = resolve(needed(flags, 'out'))
      const format = flags.format ?? (file.endsWith('.csv') ? 'csv' : 'xlsx')
      if (needed(flags, 'what') !== 'cases' || (format !== 'csv' && format !== 'xlsx')) return 2
      return withHouse(config, async (house) => {
        const here = await house.countyBySlug(needed(flags, 'county'))
        say(`已导出 ${await exportCases(house.services, here, { file, format })} 件`)
        return 0
      })
    },
  },
  import: {
    usage: '--county S --what divisions|accounts --file F',
    summary: '批量导入区划或账号（整表导入，有错的行写入待修改文件）',
    options: { county: { type: 'string' }, what: { type: 'string' }, file: { type: 'string' } },
    async run(config, flags) {
      const source = { what: needed(flags, 'what'), file: resolve(needed(flags, 'file')) }
      return withHouse(config, async (house) => {
        const here = await house.countyBySlug(needed(flags, 'county'))
        const done = await importSheet(house.services, here, house.wording, source)
        if (done.bad > 0) {
          say(`有 ${done.bad} 行需要修改，没有导入任何一行。请看 ${done.errorFile}`)
          return 1
        }
        say(`已导入 ${done.taken} 行`)
        if (done.passwordFile) say(`初始密码在 ${done.passwordFile}，发放后请删除`)
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
    usage: 'messages --train F --test F | duplicates [--file F]',
    summary: '检验条线识别模型（训练后）、重复案件识别（在临时库中）',
    options: { train: { type: 'string' }, test: { type: 'string' }, file: { type: 'string' } },
    async run(_config, flags, [what]) {
      if (what === 'messages') {
        const { evaluateMessages } = await import('#modules/services/loop/recognition/evaluate-messages.ts')
        say(await evaluateMessages({ train: needed(flags, 'train'), test: needed(flags, 'test') }))
        return 0
      }
      if (what === 'duplicates') {
        const { evaluateDuplicates } = await import('#modules/services/loop/recognition/evaluate-duplicates.ts')
        const { withScratchCounty } = await import('./scratch-county.ts')
        const file = typeof flags.file === 'string' ? flags.file : undefined
        say(await withScratchCounty((county) => evaluateDuplicates(county, file)))
        return 0
      }
      return 2
    },
  },
}

/** Whose the residents' pages are; what is not given stays, what is given empty goes back to what holds without a setting. */
async function setPublicFace(
  config: Config,
  slug: string,
  given: Readonly<Record<'sponsor' | 'filingNumber' | 'complaintPhone', string | boolean | undefined>>,
): Promise<void> {
  await withHouse(config, async (house, _log, databaseUrl) => {
    const { county } = await house.countyBySlug(slug)
    const face = { ...(county.settings.publicFace as Record<string, unknown> | undefined) }
    for (const [key, value] of Object.entries(given)) {
      if (typeof value !== 'string') continue
      if (value.trim()) face[key] = value.trim()
      else delete face[key]
    }
    await withOwner(databaseUrl, async (owner) => {
      await owner.pg.query(
        `update yiti.county set settings = settings || jsonb_build_object('publicFace', $2::jsonb) where slug = $1`,
        [slug, JSON.stringify(face)],
      )
      // So that running servers look again.
      await owner.inCounty(county, (tx) => sql`update access_revision set revision = revision + 1`.execute(tx))
    })
    say({ county: slug, publicFace: face })
  })
}

/** Opens the first account of a county that has none; demo counties come with their people. */
async function firstAdministrator(
  house: House,
  slug: string,
): Promise<{ login: string; password: string } | undefined> {
  const { county } = await house.countyBySlug(slug)
  if (county.demo) return undefined
  return house.services.pool.inCounty(county, async (tx) => {
    const { rows } = await sql<{ some: boolean }>`select exists (select 1 from auth_account) as some`.execute(tx)
    if (rows[0]!.some) return undefined
    const first = { login: 'admin', password: drawInitialPassword() }
    await createFirstAdministrator(tx, {
      county: county.regionPrefix,
      login: first.login,
      displayName: '首位管理员',
      password: first.password,
      at: systemClock.now(),
    })
    return first
  })
}
