import { createHash, createHmac } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Readable } from 'node:stream'
import type { Key, KeyPurpose, KeyRing } from '#platform/crypto/key-ring.ts'
import { OperatorError } from './operator-error.ts'

export const BACKUP_FORMAT = 'yiti-backup/1'
/** Bound into the probe that shows whether keys fit. */
export const PROBE_AAD = 'yiti backup probe'

export interface BackupTable {
  name: string
  columns: string[]
  rows: number
  /** Of the compressed file `tables/<name>.zst`. */
  sha256: string
}

/** A key that was held, without its secret; `mark` tells whether a key at hand is the same one. */
export interface BackupKey {
  id: number
  purpose: KeyPurpose
  algorithm: string
  mark: string
}

export interface BackupManifest {
  format: typeof BACKUP_FORMAT
  id: string
  takenAt: string
  program: string
  county: {
    slug: string
    name: string
    parentName: string
    regionPrefix: string
    host: string | null
    demo: boolean
    settings: Record<string, unknown>
    createdAt: string
  }
  /** Of the tables; restored only by a program of the same level. */
  level: string
  tables: BackupTable[]
  sequences: { name: string; last: number; called: boolean }[]
  /** Newest signed head of the evidence log; what is restored must contain it. */
  checkpoint: string | null
  keys: BackupKey[]
  /** A value encrypted with the field key, base64. */
  probe: string
  files: {
    count: number
    bytes: number
    /** Of `files.jsonl.zst`, which lists every file with its digest. */
    sha256: string
    /** Attached in the database but not found on disk when the backup was made. */
    missing: string[]
  }
}

/** A line of `files.jsonl.zst`. */
export interface BackupFile {
  path: string
  bytes: number
  sha256: string
}

/**
 * Reads `manifest.json`.
 * @throws OperatorError where there is none (the backup was cut short) or it is of another format
 */
export async function readManifest(dir: string): Promise<BackupManifest> {
  let text: string
  try {
    text = await readFile(join(dir, 'manifest.json'), 'utf8')
  } catch {
    throw new OperatorError(
      `${dir} 里没有 manifest.json：不是备份，或备份没有做完。`,
      `${dir} holds no manifest.json: it is no backup, or one that was cut short.`,
    )
  }
  const manifest = JSON.parse(text) as BackupManifest
  if (manifest.format !== BACKUP_FORMAT)
    throw new OperatorError(
      `这份备份的格式是 ${manifest.format}，本程序只认 ${BACKUP_FORMAT}。`,
      `This backup is ${manifest.format}; this program reads ${BACKUP_FORMAT}.`,
    )
  return manifest
}

/** What tells a key from any other without giving anything of it away: keys are random and long. */
function markOf(key: Key, backupId: string): string {
  return createHmac('sha256', key.secret).update(`yiti backup ${backupId} ${key.id}`).digest('hex').slice(0, 32)
}

const PURPOSES: readonly KeyPurpose[] = ['field', 'token', 'file', 'session', 'evidence']

export function describeKeys(ring: KeyRing, backupId: string): BackupKey[] {
  return PURPOSES.flatMap((purpose) => ring.all(purpose))
    .sort((a, b) => a.id - b.id)
    .map((key) => ({ id: key.id, purpose: key.purpose, algorithm: key.algorithm, mark: markOf(key, backupId) }))
}

/** Keys of the backup that the ring lacks or has differently. A ring may hold newer ones besides. */
export function missingKeys(ring: KeyRing, manifest: BackupManifest): BackupKey[] {
  const held = new Map(describeKeys(ring, manifest.id).map((key) => [key.id, key.mark]))
  return manifest.keys.filter((key) => held.get(key.id) !== key.mark)
}

/** Reads to the end; SHA-256 in lower-case hex. */
export async function digestOf(stream: Readable): Promise<string> {
  const hash = createHash('sha256')
  for await (const chunk of stream) hash.update(chunk as Buffer)
  return hash.digest('hex')
}

export function programVersion(): string {
  const file = join(import.meta.dirname, '../../package.json')
  return (JSON.parse(readFileSync(file, 'utf8')) as { version: string }).version
}
