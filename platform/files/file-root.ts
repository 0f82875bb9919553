import { randomBytes } from 'node:crypto'
import { mkdir, open, readdir, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'

/** Content of a file, or the small picture of a photo that lists show. */
export type Variant = 'content' | 'thumbnail'

const thumbnailSuffix = '.thumb'

/**
 * A UUID of version 7: the first 48 bits are milliseconds, so that ids sort by time and the folder of a file follows from
 * its id alone, however often rows are moved or times of a demo are shifted. 74 bits are random.
 */
export function newFileId(at: Date): string {
  const bytes = randomBytes(16)
  bytes.writeUIntBE(at.getTime(), 0, 6)
  bytes[6] = 0x70 | (bytes[6]! & 0x0f)
  bytes[8] = 0x80 | (bytes[8]! & 0x3f)
  const hex = bytes.toString('hex')
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`
}

/** The moment an id was made. */
export function madeAt(id: string): Date {
  return new Date(Number.parseInt(id.slice(0, 8) + id.slice(9, 13), 16))
}

/** One folder per 4 h 40 min (the first 6 digits of the id): a few hundred files each in a busy county. */
function folderOf(root: string, id: string): string {
  return join(root, 'store', id.slice(0, 6))
}

export function pathOf(root: string, id: string, variant: Variant): string {
  return join(folderOf(root, id), variant === 'thumbnail' ? id + thumbnailSuffix : id)
}

export function temporaryPathOf(root: string, id: string, part: string): string {
  return join(root, 'tmp', `${id}.${part}`)
}

/** Moves a written and synced temporary file to its place; when this returns the move survives a power cut. */
export async function settle(root: string, id: string, variant: Variant, temporary: string): Promise<void> {
  const folder = folderOf(root, id)
  const made = await mkdir(folder, { recursive: true })
  await rename(temporary, pathOf(root, id, variant))
  await syncFolder(folder)
  if (made) await syncFolder(join(root, 'store'))
}

async function syncFolder(folder: string): Promise<void> {
  // Windows cannot open folders; its file system journals renames by itself.
  if (process.platform === 'win32') return
  const handle = await open(folder, 'r')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}

export async function removeStored(root: string, id: string): Promise<void> {
  await rm(pathOf(root, id, 'content'), { force: true })
  await rm(pathOf(root, id, 'thumbnail'), { force: true })
}

/** Ids of the contents on disk made before a moment, folder by folder; names that are no ids are left alone. */
export async function* storedIdsBefore(root: string, before: Date): AsyncGenerator<string[]> {
  const last = newFileId(before).slice(0, 6)
  for (const folder of (await namesIn(join(root, 'store'))).sort()) {
    if (folder > last) return
    const ids = new Set<string>()
    for (const name of await namesIn(join(root, 'store', folder))) {
      const id = name.endsWith(thumbnailSuffix) ? name.slice(0, -thumbnailSuffix.length) : name
      if (isFileId(id) && madeAt(id) < before) ids.add(id)
    }
    if (ids.size > 0) yield [...ids]
  }
}

/** Paths of temporary files begun before a moment: uploads that a crash cut short. */
export async function temporaryBefore(root: string, before: Date): Promise<string[]> {
  const names = await namesIn(join(root, 'tmp'))
  return names
    .filter((name) => isFileId(name.slice(0, 36)) && madeAt(name.slice(0, 36)) < before)
    .map((name) => join(root, 'tmp', name))
}

export function isFileId(text: string): boolean {
  return /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/.test(text)
}

async function namesIn(folder: string): Promise<string[]> {
  try {
    return await readdir(folder)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return []
    throw error
  }
}
