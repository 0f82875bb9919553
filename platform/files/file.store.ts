import { sql, type Tx } from '#platform/db/db.ts'
import type { PhotoPlace } from './photo.ts'

/** 公开, 内部, 保密; narrows further than any grant. */
export type FileSecrecy = 'public' | 'internal' | 'secret'

/** What a file belongs to, e.g. `{ kind: 'case', id: 4711 }`. */
export interface FileOwner {
  kind: string
  id: number
  /** How far what belongs to it may be seen; left out, files keep the grade they have. */
  secrecy?: FileSecrecy
}

/** A case as owner of files. A photo is not open to everybody because its case is: only 保密 is handed down. */
export function caseAsOwner(state: { id: number; secrecy: FileSecrecy }): FileOwner {
  return { kind: 'case', id: state.id, secrecy: state.secrecy === 'secret' ? 'secret' : 'internal' }
}

/** Who may attach an upload: the account or the browser that sent it, nobody else. */
export type Uploader =
  | { kind: 'staff'; accountId: number }
  | { kind: 'public'; secretDigest: Buffer }
  | { kind: 'system' }

export interface FileRow {
  id: string
  ownerKind: string | null
  ownerId: number | null
  name: string
  mediaType: string
  /** Stored bytes before encryption. */
  bytes: number
  originalBytes: number
  /** Lower-case hex. */
  originalSha256: string
  storedSha256: string
  width: number | null
  height: number | null
  hasThumbnail: boolean
  takenAt: Date | null
  place: PhotoPlace | null
  secrecy: FileSecrecy
  uploaderKind: Uploader['kind']
  uploaderId: number | null
  uploadedAt: Date
  attachedAt: Date | null
}

interface Stored extends Omit<FileRow, 'place'> {
  lon: number | null
  lat: number | null
}

const columns = sql.raw(
  `id, owner_kind as "ownerKind", owner_id as "ownerId", name, media_type as "mediaType", bytes,
   original_bytes as "originalBytes", encode(original_sha256, 'hex') as "originalSha256",
   encode(stored_sha256, 'hex') as "storedSha256", width, height, has_thumbnail as "hasThumbnail",
   taken_at as "takenAt", place[0] as lon, place[1] as lat, secrecy, uploader_kind as "uploaderKind",
   uploader_id as "uploaderId", uploaded_at as "uploadedAt", attached_at as "attachedAt"`,
)

function toRow({ lon, lat, ...row }: Stored): FileRow {
  return { ...row, place: lon === null || lat === null ? null : { lon, lat } }
}

export async function insertFile(
  tx: Tx,
  file: Omit<FileRow, 'ownerKind' | 'ownerId' | 'attachedAt' | 'uploaderKind' | 'uploaderId'>,
  uploader: Uploader,
): Promise<FileRow> {
  const { rows } = await sql<Stored>`
    insert into files_file (id, name, media_type, bytes, original_bytes, original_sha256, stored_sha256, width, height,
      has_thumbnail, taken_at, place, secrecy, uploader_kind, uploader_id, uploader_secret, uploaded_at)
    values (${file.id}, ${file.name}, ${file.mediaType}, ${file.bytes}, ${file.originalBytes},
      decode(${file.originalSha256}, 'hex'), decode(${file.storedSha256}, 'hex'), ${file.width}, ${file.height},
      ${file.hasThumbnail}, ${file.takenAt}, point(${file.place?.lon ?? null}::float8, ${file.place?.lat ?? null}::float8),
      ${file.secrecy}, ${uploader.kind}, ${uploader.kind === 'staff' ? uploader.accountId : null},
      ${uploader.kind === 'public' ? uploader.secretDigest : null}, ${file.uploadedAt})
    returning ${columns}`.execute(tx)
  return toRow(rows[0]!)
}

export async function findFile(tx: Tx, id: string): Promise<FileRow | undefined> {
  const { rows } = await sql<Stored>`select ${columns} from files_file where id = ${id}`.execute(tx)
  return rows[0] && toRow(rows[0])
}

/** Files of several owners of one kind, oldest first: one statement for a whole page of a list. */
export async function listFilesOf(tx: Tx, kind: string, ownerIds: readonly number[]): Promise<FileRow[]> {
  const { rows } = await sql<Stored>`
    select ${columns} from files_file
     where owner_kind = ${kind} and owner_id = any(${ownerIds as number[]}::bigint[]) order by id`.execute(tx)
  return rows.map(toRow)
}

/** Attaches those of the files that this uploader sent and that belong to nothing yet; others stay as they are. */
export async function attachUnattached(
  tx: Tx,
  ids: readonly string[],
  owner: FileOwner,
  uploader: Uploader,
  at: Date,
): Promise<FileRow[]> {
  const { rows } = await sql<Stored>`
    update files_file set owner_kind = ${owner.kind}, owner_id = ${owner.id}, attached_at = ${at},
      secrecy = coalesce(${owner.secrecy ?? null}, secrecy)
     where id = any(${ids as string[]}::uuid[]) and attached_at is null and uploader_kind = ${uploader.kind}
       and uploader_id is not distinct from ${uploader.kind === 'staff' ? uploader.accountId : null}::bigint
       and uploader_secret is not distinct from ${uploader.kind === 'public' ? uploader.secretDigest : null}::bytea
    returning ${columns}`.execute(tx)
  return rows.map(toRow)
}

/** Deletes rows never attached; the locks of a command that is attaching right now are waited for and respected. */
export async function deleteUnattachedBefore(tx: Tx, before: Date, limit: number): Promise<string[]> {
  const { rows } = await sql<{ id: string }>`
    delete from files_file
     where id in (select id from files_file where attached_at is null and uploaded_at < ${before}
                   order by uploaded_at limit ${limit} for update skip locked)
    returning id`.execute(tx)
  return rows.map((row) => row.id)
}

/** Which of these ids have a row. */
export async function knownFileIds(tx: Tx, ids: readonly string[]): Promise<Set<string>> {
  const { rows } = await sql<{ id: string }>`
    select id from files_file where id = any(${ids as string[]}::uuid[])`.execute(tx)
  return new Set(rows.map((row) => row.id))
}

/** Gives all files of an owner its grade, e.g. when a case becomes 保密. */
export async function setSecrecyOf(tx: Tx, { kind, id, secrecy }: FileOwner): Promise<void> {
  await sql`update files_file set secrecy = ${secrecy ?? 'internal'} where owner_kind = ${kind} and owner_id = ${id}`.execute(
    tx,
  )
}

/** A page of all files by id, for backups, checks and new keys. */
export async function listFilesAfter(tx: Tx, afterId: string | null, limit: number): Promise<FileRow[]> {
  const { rows } = await sql<Stored>`
    select ${columns} from files_file where id > ${afterId ?? '00000000-0000-0000-0000-000000000000'}::uuid
     order by id limit ${limit}`.execute(tx)
  return rows.map(toRow)
}
