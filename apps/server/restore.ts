import { createHash } from 'node:crypto'
import { createReadStream, existsSync } from 'node:fs'
import { chmod, copyFile, mkdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { dirname, join, resolve, sep } from 'node:path'
import { createInterface } from 'node:readline'
import type { Readable } from 'node:stream'
import { createZstdDecompress } from 'node:zlib'
import type { ByteColumn } from '#platform/crypto/byte-columns.ts'
import { decryptField, decryptFieldBytes } from '#platform/crypto/field-encryption.ts'
import { type KeyRing, openKeyRing } from '#platform/crypto/key-ring.ts'
import { copyIn } from '#platform/db/copy.ts'
import { listCounties, registerCounty } from '#platform/db/counties.ts'
import { type CountyRef, sql, type Tx } from '#platform/db/db.ts'
import { type Migration, migrateCounty, migrationLevel, prepareDatabase } from '#platform/db/migrate.ts'
import { type Pool, quoteIdent } from '#platform/db/pool.ts'
import { AppError } from '#platform/errors/app-error.ts'
import { type VerifyReport, verifyLog } from '#platform/evidence/verify-log.ts'
import {
  type BackupFile,
  type BackupManifest,
  digestOf,
  missingKeys,
  PROBE_AAD,
  readManifest,
} from './backup-manifest.ts'
import { copyTarget, listCountyTables } from './county-tables.ts'
import { OperatorError } from './operator-error.ts'

export interface RestoreOptions {
  /** Owner of the tables, not the application's role. */
  owner: Pool
  from: string
  /** Key file of the county, or a folder with `<slug>.json`. */
  keys: string
  /** Another name to restore under, beside the county itself. Such a copy is for looking: nothing works on it by itself. */
  as?: string
  migrations: readonly Migration[]
  byteColumns: readonly ByteColumn[]
  /** Where files and key file of the restored county belong. */
  filesRootOf(slug: string): string
  keyPathOf(slug: string): string
  progress?(what: string): void
}

export interface Restored {
  slug: string
  takenAt: string
  rows: number
  files: number
  evidence: VerifyReport
}

/**
 * Whether a backup is whole: every table and file has the digest in its manifest.
 * @throws OperatorError naming the first part that is damaged or gone
 */
export async function checkBackup(from: string): Promise<BackupManifest> {
  const manifest = await readManifest(from)
  for (const table of manifest.tables) await checkPart(from, join('tables', `${table.name}.zst`), table.sha256)
  await checkPart(from, 'files.jsonl.zst', manifest.files.sha256)
  for await (const file of listedFiles(from)) await checkPart(from, join('files', file.path), file.sha256)
  return manifest
}

/** Opens the keys for a backup. @throws OperatorError without keys, and with keys that are not those of the backup */
export async function openKeysFor(manifest: BackupManifest, keys: string): Promise<{ ring: KeyRing; path: string }> {
  const path = await keyFileIn(keys, manifest.county.slug)
  let ring: KeyRing
  try {
    ring = await openKeyRing(path)
  } catch (error) {
    if (error instanceof AppError && error.code === 'crypto.key_file_missing')
      throw new OperatorError(
        `没有密钥不能恢复：找不到 ${path}。备份里不含密钥，请取出单独保管的密钥文件。`,
        `Nothing can be restored without keys: ${path} is not there. They are kept apart from the backup.`,
      )
    throw error
  }
  const missing = missingKeys(ring, manifest)
  if (ring.county !== manifest.county.slug || missing.length > 0)
    throw new OperatorError(
      `${path} 不是这份备份的密钥${ring.county === manifest.county.slug ? `（缺少或不同：${missing.map((key) => `${key.purpose} ${key.id}`).join('、')}）` : `（属于 ${ring.county}）`}，没有恢复任何数据。`,
      `${path} does not hold the keys of this backup; nothing was restored.`,
    )
  if (decryptField(ring, Buffer.from(manifest.probe, 'base64'), PROBE_AAD) !== manifest.id)
    throw new OperatorError('密钥与备份不符，没有恢复任何数据。', 'The keys do not fit; nothing was restored.')
  return { ring, path }
}

/**
 * Brings a county back from a backup: on an empty machine, or beside other counties. Everything is checked before
 * anything is written, and afterwards row counts, encrypted values and the evidence log; when something fails, what was
 * begun is taken away again.
 * @throws OperatorError
 */
export async function restoreCounty(options: RestoreOptions): Promise<Restored> {
  const { owner, from, migrations } = options
  options.progress?.('checking the backup')
  const manifest = await checkBackup(from)
  const slug = options.as ?? manifest.county.slug
  const keys = await openKeysFor(manifest, options.keys)
  if (manifest.level !== migrationLevel(migrations))
    throw new OperatorError(
      `这份备份由另一版本的程序（${manifest.program}，表结构 ${manifest.level}）建立。请用同一版本恢复，然后再升级。`,
      `This backup was made by another version (${manifest.program}, tables ${manifest.level}): restore with that version, then upgrade.`,
    )
  await prepareDatabase(owner)
  const known = (await listCounties(owner)).find((county) => county.slug === slug)
  // What a restoration that was killed left behind.
  if (known?.settings.restoring === true) await takeAway(owner, slug, options.filesRootOf(slug))
  else if (known)
    throw new OperatorError(
      `数据库里已有 ${slug}，不会覆盖。可用 --as 恢复成另一个名字。`,
      `The database has ${slug} already and it is not overwritten: restore under another name with --as.`,
    )
  const filesRoot = options.filesRootOf(slug)
  const keyPath = options.keyPathOf(slug)
  if (existsSync(filesRoot))
    throw new OperatorError(`${filesRoot} 已经存在，请先移开。`, `${filesRoot} is there already: move it away first.`)
  const placesKey = resolve(keyPath) !== resolve(keys.path) && !(await sameFile(keyPath, keys.path))
  if (placesKey && existsSync(keyPath))
    throw new OperatorError(
      `${keyPath} 是另一套密钥，不会覆盖，请先移开并妥善保管。`,
      `${keyPath} holds other keys and is not overwritten: move it away and keep it.`,
    )

  try {
    const county = await makeSchema(owner, manifest, slug, migrations)
    const rows = await loadTables(owner, county, manifest, options)
    options.progress?.('files')
    await placeFiles(from, filesRoot, manifest)
    options.progress?.('checking what was restored')
    const evidence = await owner.inCounty(
      county,
      async (tx) => {
        await checkSealed(tx, keys.ring, options.byteColumns)
        return verifyLog(tx, keys.ring, { witnessCheckpoints: manifest.checkpoint ? [manifest.checkpoint] : [] })
      },
      'read',
    )
    if (!evidence.ok)
      throw new OperatorError(
        `恢复后的存证日志不成立：${JSON.stringify(evidence.findings.slice(0, 3))}`,
        'The evidence log does not hold after the restoration.',
      )
    if (placesKey) {
      await mkdir(dirname(keyPath), { recursive: true, mode: 0o700 })
      await copyFile(keys.path, keyPath)
      await chmod(keyPath, 0o600)
    }
    // Served from here on.
    await owner.pg.query(`update yiti.county set level = $2, settings = settings - 'restoring' where slug = $1`, [
      slug,
      county.level,
    ])
    return { slug, takenAt: manifest.takenAt, rows, files: manifest.files.count, evidence }
  } catch (error) {
    await takeAway(owner, slug, filesRoot)
    if (placesKey) await rm(keyPath, { force: true })
    throw error
  }
}

async function takeAway(owner: Pool, slug: string, filesRoot: string): Promise<void> {
  await owner.pg.query(`drop schema if exists ${quoteIdent(`county_${slug}`)} cascade`)
  await owner.pg.query('delete from yiti.county where slug = $1', [slug])
  await rm(filesRoot, { recursive: true, force: true })
}

async function checkPart(from: string, part: string, sha256: string): Promise<void> {
  const path = inside(from, part)
  let found: string
  try {
    found = await digestOf(createReadStream(path))
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
    throw new OperatorError(`备份不完整：缺少 ${part}。`, `The backup is incomplete: ${part} is gone.`)
  }
  if (found !== sha256)
    throw new OperatorError(`备份已损坏：${part} 与清单不符。`, `The backup is damaged: ${part} differs.`)
}

/** A list names files below the backup only. */
function inside(folder: string, part: string): string {
  const path = resolve(folder, part)
  if (!path.startsWith(resolve(folder) + sep))
    throw new OperatorError(`备份清单有误：${part}`, `The list of the backup is wrong: ${part}`)
  return path
}

async function keyFileIn(keys: string, slug: string): Promise<string> {
  const found = await stat(keys).catch(() => undefined)
  return found?.isDirectory() ? join(keys, `${slug}.json`) : keys
}

async function sameFile(a: string, b: string): Promise<boolean> {
  if (!existsSync(a)) return false
  return (await readFile(a)).equals(await readFile(b))
}

function unpacked(path: string): Readable {
  const packed = createReadStream(path)
  const plain = createZstdDecompress()
  packed.on('error', (error) => plain.destroy(error))
  return packed.pipe(plain)
}

async function* listedFiles(from: string): AsyncGenerator<BackupFile> {
  for await (const line of createInterface({ input: unpacked(join(from, 'files.jsonl.zst')) }))
    if (line !== '') yield JSON.parse(line) as BackupFile
}

/** Registers the county and makes its tables; it stays out of service until everything is in. */
async function makeSchema(
  owner: Pool,
  manifest: BackupManifest,
  slug: string,
  migrations: readonly Migration[],
): Promise<CountyRef> {
  const { county } = manifest
  const copy = slug !== county.slug
  await registerCounty(owner, {
    slug,
    name: copy ? `${county.name}（副本）` : county.name,
    parentName: county.parentName,
    regionPrefix: county.regionPrefix,
    demo: county.demo,
    settings: { ...county.settings, restoring: true, ...(copy ? { copyOf: county.slug } : {}) },
    ...(county.host !== null && !copy ? { host: county.host } : {}),
  })
  // Counties are shown by age; a copy comes last.
  if (!copy) await owner.pg.query('update yiti.county set created_at = $2 where slug = $1', [slug, county.createdAt])
  const { county: ref } = await migrateCounty(owner, slug, migrations)
  await owner.pg.query('update yiti.county set level = null where slug = $1', [slug])
  return ref
}

/** Fills the tables in one transaction, in an order in which every reference holds; counts are those of the manifest. */
async function loadTables(
  owner: Pool,
  county: CountyRef,
  manifest: BackupManifest,
  options: RestoreOptions,
): Promise<number> {
  let total = 0
  await owner.outside(async (client) => {
    const known = await listCountyTables(client, county.schema)
    const backedUp = new Map(manifest.tables.map((table) => [table.name, table]))
    if (known.length !== backedUp.size || known.some((table) => !backedUp.has(table.name)))
      throw new OperatorError('备份中的表与本程序的不同。', 'The tables of the backup are not those of this program.')
    // Rows that the migrations put there.
    await client.query(
      `truncate ${known.map((table) => `${quoteIdent(county.schema)}.${quoteIdent(table.name)}`).join(', ')}`,
    )
    for (const { name } of known) {
      options.progress?.(name)
      const { columns, rows } = backedUp.get(name)!
      const target = copyTarget(county.schema, { name, columns })
      const copied = await copyIn(
        client,
        `copy ${target} from stdin`,
        unpacked(join(options.from, 'tables', `${name}.zst`)),
      )
      if (copied !== rows)
        throw new OperatorError(
          `表 ${name} 应有 ${rows} 行，恢复了 ${copied} 行。`,
          `${name} should have ${rows} rows, ${copied} were restored.`,
        )
      total += copied
    }
    for (const { name, last, called } of manifest.sequences)
      await client.query('select setval($1::regclass, $2, $3)', [
        `${quoteIdent(county.schema)}.${quoteIdent(name)}`,
        last,
        called,
      ])
  })
  for (const { name } of manifest.tables)
    await owner.pg.query(`analyze ${quoteIdent(county.schema)}.${quoteIdent(name)}`)
  return total
}

async function placeFiles(from: string, filesRoot: string, manifest: BackupManifest): Promise<void> {
  let count = 0
  for await (const file of listedFiles(from)) {
    const content = await readFile(inside(join(from, 'files'), file.path))
    if (createHash('sha256').update(content).digest('hex') !== file.sha256)
      throw new OperatorError(`备份已损坏：${file.path} 与清单不符。`, `The backup is damaged: ${file.path} differs.`)
    const to = inside(filesRoot, file.path)
    await mkdir(dirname(to), { recursive: true, mode: 0o700 })
    await writeFile(to, content, { mode: 0o600, flag: 'wx', flush: true })
    count++
  }
  if (count !== manifest.files.count)
    throw new OperatorError('附件数量与清单不符。', 'The number of files is not that of the manifest.')
}

/** Opens one value of every encrypted column under every key that wrote any of it. */
async function checkSealed(tx: Tx, ring: KeyRing, columns: readonly ByteColumn[]): Promise<void> {
  for (const column of columns) {
    if (column.holds !== 'field') continue
    const value = sql.ref(column.column)
    const { rows } = await sql<Record<string, string | number> & { sealed: Buffer }>`
      select distinct on (substr(${value}, 1, 3)) ${sql.raw(column.key.map(quoteIdent).join(', '))}, ${value} as sealed
        from ${sql.table(column.table)} where ${value} is not null order by substr(${value}, 1, 3)`.execute(tx)
    for (const { sealed, ...key } of rows) decryptFieldBytes(ring, sealed as Buffer, column.aad(key))
  }
}
