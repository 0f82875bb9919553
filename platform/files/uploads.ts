import { createHash } from 'node:crypto'
import { type FileHandle, mkdir, open, rm } from 'node:fs/promises'
import { dirname } from 'node:path'
import { Readable, Transform } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type { Actor } from '#platform/access/actor.ts'
import type { Clock } from '#platform/clock/clock.ts'
import { decryptStream, encryptStream, fileKeyId, fileNeedsReencryption } from '#platform/crypto/file-encryption.ts'
import type { KeyRing } from '#platform/crypto/key-ring.ts'
import type { Tx } from '#platform/db/db.ts'
import { AppError } from '#platform/errors/app-error.ts'
import {
  attachUnattached,
  deleteUnattachedBefore,
  type FileOwner,
  type FileRow,
  type FileSecrecy,
  insertFile,
  knownFileIds,
  listFilesAfter,
  type Uploader,
} from './file.store.ts'
import {
  isFileId,
  newFileId,
  pathOf,
  removeStored,
  settle,
  storedIdsBefore,
  temporaryBefore,
  temporaryPathOf,
  type Variant,
} from './file-root.ts'
import {
  allKinds,
  checkPdf,
  cleanName,
  extensions,
  type FileKind,
  imageKinds,
  kindOfName,
  mediaTypes,
  sniff,
} from './file-type.ts'
import { inspectOfficeFile } from './office-file.ts'
import { type PreparedPhoto, preparePhoto } from './photo.ts'

/** The files of one county. */
export interface FileRoom {
  /** `<var>/files/<county>`: nothing of another county is ever below it. */
  root: string
  keys: KeyRing
  clock: Clock
  /** Opens a transaction in the county. */
  inCounty<T>(work: (tx: Tx) => Promise<T>): Promise<T>
}

export interface UploadMeta {
  /** As the browser sent it; cleaned before it is kept. */
  name: string
  actor: Actor
  /** `internal` unless told otherwise. */
  secrecy?: FileSecrecy
  /** Kinds that this place accepts; all by default. */
  accept?: readonly FileKind[]
  /** Limit of the received bytes; 20 MB by default. */
  maxBytes?: number
}

export const defaultMaxBytes = 20 * 1024 * 1024
const maxAttachments = 50
const sniffBytes = 16

/**
 * Takes in one file. It is written encrypted from the first byte (a crash leaves nothing readable), checked by its
 * content, drawn anew if it is a photo, synced to disk, and only then known to the database. The file belongs to nobody
 * until `attachFiles`; without that it is swept.
 *
 * The stored content differs from the original for photos only; both digests are kept.
 * @throws AppError files.empty, files.too_large (413), files.type_refused, files.heic_refused (415),
 *   files.name_mismatch, files.damaged, files.encrypted, files.active_content, files.inflates_too_large,
 *   files.too_many_pixels (422)
 */
export async function receiveUpload(room: FileRoom, source: Readable, meta: UploadMeta): Promise<FileRow> {
  const uploadedAt = room.clock.now()
  const id = newFileId(uploadedAt)
  const temporary = temporaryPathOf(room.root, id, 'upload')
  const written = [temporary]
  let settled = false
  try {
    const original = await writeEncrypted(
      room,
      temporary,
      sealOf(id, 'content'),
      source,
      meta.maxBytes ?? defaultMaxBytes,
    )
    if (original.bytes === 0) throw new AppError('files.empty', { status: 422 })
    const { kind, photo } = await examine(room, id, temporary, original.head, meta)

    let content = original
    if (photo) {
      const drawn = temporaryPathOf(room.root, id, 'content')
      const small = temporaryPathOf(room.root, id, 'thumbnail')
      written.push(drawn, small)
      content = await writeEncrypted(room, drawn, sealOf(id, 'content'), Readable.from([photo.content]))
      await writeEncrypted(room, small, sealOf(id, 'thumbnail'), Readable.from([photo.thumbnail]))
      settled = true
      await settle(room.root, id, 'thumbnail', small)
      await settle(room.root, id, 'content', drawn)
    } else {
      settled = true
      await settle(room.root, id, 'content', temporary)
    }

    return await room.inCounty((tx) =>
      insertFile(
        tx,
        {
          id,
          // What a resident's phone calls a file can name people; only the moment and the type are kept.
          name: meta.actor.kind === 'public' ? neutralName(uploadedAt, kind) : cleanName(meta.name, kind),
          mediaType: mediaTypes[kind],
          bytes: content.bytes,
          originalBytes: original.bytes,
          originalSha256: original.sha256,
          storedSha256: content.sha256,
          width: photo?.width ?? null,
          height: photo?.height ?? null,
          hasThumbnail: photo !== undefined,
          takenAt: photo?.takenAt ?? null,
          place: photo?.place ?? null,
          secrecy: meta.secrecy ?? 'internal',
          uploadedAt,
        },
        uploaderOf(meta.actor),
      ),
    )
  } catch (error) {
    if (settled) await removeStored(room.root, id)
    throw error
  } finally {
    for (const path of written) await rm(path, { force: true })
  }
}

/**
 * Attaches uploads to what they belong to, inside the command that needs them. All or nothing: a file of somebody else,
 * of another browser, already used, swept or unknown gives one and the same error, so that ids cannot be probed.
 * @throws AppError files.not_attachable (422), files.too_many (422)
 */
export async function attachFiles(
  tx: Tx,
  ids: readonly string[],
  owner: FileOwner,
  actor: Actor,
  at: Date,
): Promise<FileRow[]> {
  const wanted = [...new Set(ids)]
  if (wanted.length === 0) return []
  if (wanted.length > maxAttachments) {
    throw new AppError('files.too_many', { status: 422, params: { limit: maxAttachments } })
  }
  if (!wanted.every(isFileId)) throw new AppError('files.not_attachable', { status: 422 })
  const attached = await attachUnattached(tx, wanted, owner, uploaderOf(actor), at)
  if (attached.length !== wanted.length) throw new AppError('files.not_attachable', { status: 422 })
  const order = new Map(wanted.map((id, index) => [id, index]))
  return attached.sort((a, b) => order.get(a.id)! - order.get(b.id)!)
}

/**
 * The readable content of a file. The caller has checked that the reader may see it. The stream fails (never ends
 * silently) when the stored bytes were altered or cut.
 * @throws AppError files.missing (404) when the disk lacks what the database knows
 */
export async function openFile(
  room: FileRoom,
  row: Pick<FileRow, 'id'>,
  variant: Variant = 'content',
): Promise<Readable> {
  return openEncrypted(room, pathOf(room.root, row.id, variant), sealOf(row.id, variant))
}

/** The whole content in memory, for documents that embed it. */
export async function readWholeFile(
  room: FileRoom,
  row: Pick<FileRow, 'id'>,
  variant: Variant = 'content',
): Promise<Buffer> {
  return collect(await openFile(room, row, variant))
}

/** The headers that make a stored file safe to serve: nothing in it is ever run by the browser. */
export function downloadHeaders(row: Pick<FileRow, 'name' | 'mediaType'>, show: boolean): Record<string, string> {
  const inline = show && (row.mediaType.startsWith('image/') || row.mediaType === mediaTypes.pdf)
  return {
    'content-type': row.mediaType,
    'content-disposition': `${inline ? 'inline' : 'attachment'}; filename*=UTF-8''${encodeURIComponent(row.name).replace(/['()*]/g, (c) => `%${c.charCodeAt(0).toString(16)}`)}`,
    'x-content-type-options': 'nosniff',
    'content-security-policy': "default-src 'none'; sandbox",
    'cache-control': 'private, no-store',
  }
}

export interface Swept {
  /** Uploads nobody attached: row and content. */
  unattached: number
  /** Contents without a row: the server died between writing and recording. */
  withoutRow: number
  /** Uploads cut short. */
  temporary: number
}

/**
 * Removes what nobody attached within `olderThanMs` (a day is right: a phone that was offline may attach late), and what
 * a crash left behind. Rows go first: a crash in between leaves contents without a row, which the next sweep removes.
 */
export async function sweepOrphans(room: FileRoom, olderThanMs: number): Promise<Swept> {
  const before = new Date(room.clock.now().getTime() - olderThanMs)
  const swept: Swept = { unattached: 0, withoutRow: 0, temporary: 0 }
  for (;;) {
    const ids = await room.inCounty((tx) => deleteUnattachedBefore(tx, before, 500))
    for (const id of ids) await removeStored(room.root, id)
    swept.unattached += ids.length
    if (ids.length < 500) break
  }
  for await (const ids of storedIdsBefore(room.root, before)) {
    const known = await room.inCounty((tx) => knownFileIds(tx, ids))
    for (const id of ids) {
      if (known.has(id)) continue
      await removeStored(room.root, id)
      swept.withoutRow++
    }
  }
  for (const path of await temporaryBefore(room.root, before)) {
    await rm(path, { force: true })
    swept.temporary++
  }
  return swept
}

/**
 * Encrypts every file that an older key wrote anew with the current one, for key rotation while serving. The old content
 * stays until the new one is on disk; readers that opened it before keep reading it. Can be stopped and run again.
 * @returns how many files were written anew
 */
export async function renewEncryption(room: FileRoom): Promise<number> {
  let renewed = 0
  let after: string | null = null
  for (;;) {
    const rows: FileRow[] = await room.inCounty((tx) => listFilesAfter(tx, after, 500))
    for (const row of rows) {
      const variants: Variant[] = row.hasThumbnail ? ['thumbnail', 'content'] : ['content']
      const written = await Promise.all(
        variants.map((variant) =>
          renewOne(room, row.id, variant).catch((error: unknown) => {
            // Swept meanwhile, or lost from the disk: there is nothing to write anew.
            if (error instanceof AppError && error.code === 'files.missing') return false
            throw error
          }),
        ),
      )
      if (written.includes(true)) renewed++
    }
    if (rows.length < 500) return renewed
    after = rows.at(-1)!.id
  }
}

/** How many stored contents every file key wrote, by key id; a key without any can be dropped. */
export async function countFilesByKey(room: FileRoom): Promise<Map<number, number>> {
  const counts = new Map<number, number>()
  // Contents without a row count too: one may be on its way in.
  for await (const ids of storedIdsBefore(room.root, new Date(room.clock.now().getTime() + 86_400_000)))
    for (const id of ids)
      for (const variant of ['content', 'thumbnail'] as const) {
        const head = await headOf(room, id, variant).catch((error: unknown) => {
          if (error instanceof AppError && error.code === 'files.missing') return undefined
          throw error
        })
        if (!head) continue
        const key = fileKeyId(head)
        counts.set(key, (counts.get(key) ?? 0) + 1)
      }
  return counts
}

async function headOf(room: FileRoom, id: string, variant: Variant): Promise<Buffer> {
  const handle = await openStored(pathOf(room.root, id, variant))
  const head = Buffer.alloc(22)
  try {
    await handle.read(head, 0, head.length, 0)
    return head
  } finally {
    await handle.close()
  }
}

async function renewOne(room: FileRoom, id: string, variant: Variant): Promise<boolean> {
  if (!fileNeedsReencryption(room.keys, await headOf(room, id, variant))) return false
  const temporary = temporaryPathOf(room.root, id, `renewed-${variant}`)
  try {
    await rm(temporary, { force: true })
    await writeEncrypted(room, temporary, sealOf(id, variant), await openFile(room, { id }, variant))
    await settle(room.root, id, variant, temporary)
  } finally {
    await rm(temporary, { force: true })
  }
  return true
}

/** Whether the stored content still is what was recorded; also proves that the keys at hand open it. */
export async function isIntact(room: FileRoom, row: Pick<FileRow, 'id' | 'storedSha256'>): Promise<boolean> {
  const hash = createHash('sha256')
  try {
    for await (const chunk of await openFile(room, row)) hash.update(chunk as Buffer)
  } catch {
    return false
  }
  return hash.digest('hex') === row.storedSha256
}

function uploaderOf(actor: Actor): Uploader {
  if (actor.kind === 'staff') return { kind: 'staff', accountId: actor.accountId }
  if (actor.kind === 'public')
    return { kind: 'public', secretDigest: createHash('sha256').update(actor.secret).digest() }
  return { kind: 'system' }
}

async function openEncrypted(room: FileRoom, path: string, seal: string): Promise<Readable> {
  const handle = await openStored(path)
  const stored = handle.createReadStream()
  const plain = decryptStream(room.keys, seal)
  stored.on('error', (error) => plain.destroy(error))
  plain.on('close', () => stored.destroy())
  return stored.pipe(plain)
}

async function openStored(path: string): Promise<FileHandle> {
  try {
    return await open(path, 'r')
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') throw new AppError('files.missing', { status: 404, cause })
    throw cause
  }
}

/** Bound into the encryption, so that one file cannot be put in another's place. */
function sealOf(id: string, variant: Variant): string {
  return `${id}/${variant}`
}

interface Written {
  bytes: number
  sha256: string
  head: Buffer
}

/** Streams into an encrypted, synced file; counts, hashes and keeps the first bytes on the way. */
async function writeEncrypted(
  room: FileRoom,
  path: string,
  seal: string,
  source: Readable,
  maxBytes = Number.POSITIVE_INFINITY,
): Promise<Written> {
  const hash = createHash('sha256')
  let bytes = 0
  let head = Buffer.alloc(0)
  const meter = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      bytes += chunk.length
      if (bytes > maxBytes) {
        done(bytes > maxBytes + patience ? tooLarge(maxBytes) : null)
        return
      }
      if (head.length < sniffBytes) head = Buffer.concat([head, chunk.subarray(0, sniffBytes - head.length)])
      hash.update(chunk)
      done(null, chunk)
    },
    flush(done) {
      done(bytes > maxBytes ? tooLarge(maxBytes) : null)
    },
  })
  await mkdir(dirname(path), { recursive: true, mode: 0o700 })
  const handle = await open(path, 'wx', 0o600)
  try {
    await pipeline(source, meter, encryptStream(room.keys, seal), handle.createWriteStream({ flush: true }))
  } finally {
    await handle.close()
  }
  return { bytes, sha256: hash.digest('hex'), head }
}

/**
 * What comes after the limit is read and dropped for a while: a browser that is still sending does not read the answer,
 * and a connection left in the middle of a request would keep the server from closing.
 */
const patience = 64 * 1024 * 1024

function tooLarge(maxBytes: number): AppError {
  return new AppError('files.too_large', { status: 413, params: { limitMb: Math.floor(maxBytes / (1024 * 1024)) } })
}

async function examine(
  room: FileRoom,
  id: string,
  path: string,
  head: Buffer,
  meta: UploadMeta,
): Promise<{ kind: FileKind; photo?: PreparedPhoto }> {
  const accept = meta.accept ?? allKinds
  const sniffed = sniff(head)
  // The image library here cannot decode HEVC; phones send JPEG when a page asks for it.
  if (sniffed === 'heic') throw new AppError('files.heic_refused', { status: 415 })
  if (sniffed === undefined) throw refused(accept)
  const content = await collect(await openEncrypted(room, path, sealOf(id, 'content')))
  const kind = sniffed === 'office' ? await inspectOfficeFile(content) : sniffed
  if (kind === undefined || !accept.includes(kind)) throw refused(accept)
  const claimed = kindOfName(meta.name)
  if (claimed !== undefined && claimed !== kind) {
    throw new AppError('files.name_mismatch', { status: 422, params: { actual: extensions[kind] } })
  }
  if (kind === 'pdf') checkPdf(content)
  return imageKinds.includes(kind) ? { kind, photo: await preparePhoto(content, kind) } : { kind }
}

function refused(accept: readonly FileKind[]): AppError {
  const accepted = accept.map((kind) => extensions[kind].toUpperCase()).join(' / ')
  return new AppError('files.type_refused', { status: 415, params: { accepted } })
}

async function collect(stream: Readable): Promise<Buffer> {
  const chunks: Buffer[] = []
  for await (const chunk of stream) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks)
}

/** `20260930-162005.jpg`, in Chinese time. */
function neutralName(at: Date, kind: FileKind): string {
  const digits = new Date(at.getTime() + 8 * 3_600_000).toISOString().replace(/\D/g, '')
  return `${digits.slice(0, 8)}-${digits.slice(8, 14)}.${extensions[kind]}`
}
