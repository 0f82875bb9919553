import { createHash, randomUUID } from 'node:crypto'
import { createWriteStream } from 'node:fs'
import { mkdir, open, readdir, readFile, rename, writeFile } from 'node:fs/promises'
import { dirname, join, relative } from 'node:path'
import { Readable, Transform } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { createZstdCompress } from 'node:zlib'
import type pg from 'pg'
import { encryptField } from '#platform/crypto/field-encryption.ts'
import type { KeyRing } from '#platform/crypto/key-ring.ts'
import { copyOut } from '#platform/db/copy.ts'
import { type Pool, quoteIdent } from '#platform/db/pool.ts'
import { pathOf, type Variant } from '#platform/files/file-root.ts'
import {
  BACKUP_FORMAT,
  type BackupFile,
  type BackupManifest,
  type BackupTable,
  describeKeys,
  PROBE_AAD,
  programVersion,
} from './backup-manifest.ts'
import { type CountyTable, listCountyTables, listSequences } from './county-tables.ts'
import { OperatorError } from './operator-error.ts'

export interface BackupOptions {
  /** Owner of the tables, not the application's role. */
  owner: Pool
  slug: string
  keys: KeyRing
  /** `<var>/files/<county>` */
  filesRoot: string
  /** Empty or not there yet. */
  out: string
  now: Date
  progress?(what: string): void
}

/**
 * Writes one county to a folder while it is being served: all tables as of one moment, then the files these tables know.
 * Keys are not in it. `manifest.json` comes last: a folder without it is a backup that was cut short.
 * @throws OperatorError where the county is unknown, is being migrated, or the folder holds something
 */
export async function backUpCounty(options: BackupOptions): Promise<BackupManifest> {
  const { owner, slug, keys, out, now } = options
  await mkdir(out, { recursive: true, mode: 0o700 })
  if ((await readdir(out)).length > 0)
    throw new OperatorError(`${out} 不是空目录，请另给一个目录。`, `${out} is not empty: give another folder.`)
  await mkdir(join(out, 'tables'), { mode: 0o700 })
  const id = randomUUID()
  const database = await dumpTables(owner, slug, out, options.progress)
  options.progress?.('files')
  const files = await copyFiles(options.filesRoot, database.files, out)
  // Only now: a key that came up meanwhile may have written one of the files.
  await keys.refresh()
  const { files: _, ...rest } = database
  const manifest: BackupManifest = {
    format: BACKUP_FORMAT,
    id,
    takenAt: now.toISOString(),
    program: programVersion(),
    ...rest,
    keys: describeKeys(keys, id),
    probe: encryptField(keys, id, PROBE_AAD).toString('base64'),
    files,
  }
  const draft = join(out, 'manifest.json.new')
  await writeFile(draft, `${JSON.stringify(manifest, null, 2)}\n`, { mode: 0o600, flush: true })
  await rename(draft, join(out, 'manifest.json'))
  await syncFolder(out)
  return manifest
}

interface FileRef {
  id: string
  thumbnail: boolean
  attached: boolean
}

type Database = Pick<BackupManifest, 'county' | 'level' | 'tables' | 'sequences' | 'checkpoint'> & { files: FileRef[] }

/** Everything in one transaction that sees one moment, on one connection. */
async function dumpTables(
  owner: Pool,
  slug: string,
  out: string,
  progress: BackupOptions['progress'],
): Promise<Database> {
  const client = await owner.pg.connect()
  const schema = `county_${slug}`
  let sound = false
  try {
    // Before the snapshot is taken, so that no migration lies between the two. Given back with the connection.
    const lock = await client.query<{ ok: boolean }>(
      "select pg_try_advisory_lock_shared(hashtext('yiti migrate ' || $1)) as ok",
      [schema],
    )
    if (!lock.rows[0]?.ok)
      throw new OperatorError('该县正在升级，请稍后再备份。', 'The county is being migrated: back up later.')
    await client.query('begin isolation level repeatable read read only')
    const county = await registryRow(client, slug)
    const tables: BackupTable[] = []
    for (const table of await listCountyTables(client, schema)) {
      progress?.(table.name)
      tables.push(await dumpTable(client, schema, table, join(out, 'tables', `${table.name}.zst`)))
    }
    const sequences = await listSequences(client, schema)
    const newest = await client.query<{ note: string }>(
      `select note from ${quoteIdent(schema)}.evidence_checkpoint order by tree_size desc limit 1`,
    )
    const files = await client.query<FileRef>(
      `select id, has_thumbnail as thumbnail, attached_at is not null as attached
         from ${quoteIdent(schema)}.files_file order by id`,
    )
    await client.query('commit')
    sound = true
    return { ...county, tables, sequences, checkpoint: newest.rows[0]?.note ?? null, files: files.rows }
  } finally {
    if (sound) await client.query("select pg_advisory_unlock_shared(hashtext('yiti migrate ' || $1))", [schema])
    client.release(!sound)
  }
}

async function registryRow(client: pg.ClientBase, slug: string): Promise<Pick<BackupManifest, 'county' | 'level'>> {
  const { rows } = await client.query<BackupManifest['county'] & { level: string | null; createdAt: Date }>(
    `select slug, name, parent_name as "parentName", region_prefix as "regionPrefix", host, demo, settings, level,
            created_at as "createdAt" from yiti.county where slug = $1`,
    [slug],
  )
  const row = rows[0]
  if (!row?.level)
    throw new OperatorError(
      `没有名为 ${slug} 的县，或它还没有建好。`,
      `There is no county ${slug}, or it is not ready.`,
    )
  const { level, createdAt, ...county } = row
  return { county: { ...county, createdAt: createdAt.toISOString() }, level }
}

async function dumpTable(
  client: pg.ClientBase,
  schema: string,
  table: { name: string; columns: string[] },
  path: string,
): Promise<BackupTable> {
  const { stream, rows } = copyOut(client, copyInOrder(schema, table))
  const sha256 = await writeCompressed(stream, path)
  return { ...table, rows: rows(), sha256 }
}

/** @returns SHA-256 of what stands in the file */
async function writeCompressed(source: Readable, path: string): Promise<string> {
  const hash = createHash('sha256')
  const meter = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      hash.update(chunk)
      done(null, chunk)
    },
  })
  await pipeline(
    source,
    createZstdCompress(),
    meter,
    createWriteStream(path, { mode: 0o600, flags: 'wx', flush: true }),
  )
  return hash.digest('hex')
}

/** Copies contents as they are, encrypted. One that was swept meanwhile belonged to nothing. */
/** In the order of the first columns, which hold the key: the same rows always give the same bytes. */
function copyInOrder(schema: string, table: CountyTable): string {
  const columns = table.columns.map(quoteIdent).join(', ')
  const order = table.columns.slice(0, 3).map((_, index) => index + 1)
  return `copy (select ${columns} from ${quoteIdent(schema)}.${quoteIdent(table.name)} order by ${order.join(', ')}) to stdout`
}

async function copyFiles(root: string, refs: readonly FileRef[], out: string): Promise<BackupManifest['files']> {
  const listed: BackupFile[] = []
  const missing: string[] = []
  let bytes = 0
  for (const { id, thumbnail, attached } of refs)
    for (const variant of (thumbnail ? ['content', 'thumbnail'] : ['content']) as Variant[]) {
      const from = pathOf(root, id, variant)
      let content: Buffer
      try {
        content = await readFile(from)
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
        if (attached) missing.push(relative(root, from))
        continue
      }
      const path = relative(root, from)
      const to = join(out, 'files', path)
      await mkdir(dirname(to), { recursive: true, mode: 0o700 })
      await writeFile(to, content, { mode: 0o600, flag: 'wx', flush: true })
      listed.push({ path, bytes: content.length, sha256: createHash('sha256').update(content).digest('hex') })
      bytes += content.length
    }
  const sha256 = await writeCompressed(
    Readable.from(listed.map((file) => `${JSON.stringify(file)}\n`)),
    join(out, 'files.jsonl.zst'),
  )
  return { count: listed.length, bytes, sha256, missing }
}

async function syncFolder(folder: string): Promise<void> {
  if (process.platform === 'win32') return
  const handle = await open(folder, 'r')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}
