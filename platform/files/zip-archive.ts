import { Readable, Transform } from 'node:stream'
import { crc32, createInflateRaw } from 'node:zlib'
import { AppError } from '#platform/errors/app-error.ts'

/** One part of a zip file as its directory lists it. */
export interface ZipEntry {
  name: string
  method: number
  crc: number
  compressedSize: number
  /** Bytes after inflation as declared; `openZipEntry` fails when there are more. */
  size: number
  /** Where the compressed bytes begin. */
  start: number
}

/** A few thousand parts and 200 MB inflated hold any honest Office file. */
export const zipLimits = { entries: 5_000, inflatedBytes: 200 * 1024 * 1024, ratio: 250 }

const damaged = () => new AppError('files.damaged', { status: 422 })
const bomb = () => new AppError('files.inflates_too_large', { status: 422 })

/**
 * Reads the directory of a zip file that is wholly in memory, and refuses what only an attacker writes: bytes before or
 * behind the archive, parts that overlap or share a name, paths that climb, encryption, and more inflated bytes than
 * `zipLimits` allows.
 * @throws AppError files.damaged, files.inflates_too_large, files.encrypted
 */
export function readZipDirectory(zip: Buffer): ZipEntry[] {
  const end = findEnd(zip)
  const count = zip.readUInt16LE(end + 10)
  const directorySize = zip.readUInt32LE(end + 12)
  const directoryStart = zip.readUInt32LE(end + 16)
  if (zip.readUInt16LE(end + 4) !== 0 || zip.readUInt16LE(end + 8) !== count) throw damaged()
  if (directoryStart + directorySize !== end) throw damaged()
  if (count === 0 || zip.readUInt32LE(0) !== 0x04034b50) throw damaged()
  if (count > zipLimits.entries) throw bomb()

  const entries: (ZipEntry & { header: number })[] = []
  const names = new Set<string>()
  let inflated = 0
  let at = directoryStart
  for (let index = 0; index < count; index++) {
    if (at + 46 > end || zip.readUInt32LE(at) !== 0x02014b50) throw damaged()
    const flags = zip.readUInt16LE(at + 8)
    const nameLength = zip.readUInt16LE(at + 28)
    const next = at + 46 + nameLength + zip.readUInt16LE(at + 30) + zip.readUInt16LE(at + 32)
    const header = zip.readUInt32LE(at + 42)
    if (next > end || header + 30 > directoryStart || zip.readUInt32LE(header) !== 0x04034b50) throw damaged()
    if (flags & 1) throw new AppError('files.encrypted', { status: 422 })
    const name = zip.toString('utf8', at + 46, at + 46 + nameLength)
    if (names.has(name) || name.startsWith('/') || /\\|\0|(^|\/)\.\.(\/|$)/.test(name)) throw damaged()
    names.add(name)
    const entry = {
      name,
      method: zip.readUInt16LE(at + 10),
      crc: zip.readUInt32LE(at + 16),
      compressedSize: zip.readUInt32LE(at + 20),
      size: zip.readUInt32LE(at + 24),
      start: header + 30 + zip.readUInt16LE(header + 26) + zip.readUInt16LE(header + 28),
      header,
    }
    if (entry.method !== 0 && entry.method !== 8) throw damaged()
    if (entry.start + entry.compressedSize > directoryStart) throw damaged()
    inflated += entry.size
    if (inflated > zipLimits.inflatedBytes) throw bomb()
    entries.push(entry)
    at = next
  }
  if (inflated > 1024 * 1024 && inflated > zip.length * zipLimits.ratio) throw bomb()

  const inOrder = entries.toSorted((a, b) => a.header - b.header)
  for (const [index, entry] of inOrder.entries()) {
    const following = inOrder[index + 1]
    // Overlapping parts let a few kilobytes inflate many times over.
    if (following && entry.start + entry.compressedSize > following.header) throw bomb()
  }
  return entries.map(({ header: _header, ...entry }) => entry)
}

/** The inflated bytes of one part; the stream fails when they differ from what the directory promised. */
export function openZipEntry(zip: Buffer, entry: ZipEntry): Readable {
  const compressed = zip.subarray(entry.start, entry.start + entry.compressedSize)
  let seen = 0
  let crc = 0
  const guard = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      seen += chunk.length
      crc = crc32(chunk, crc)
      done(seen > entry.size ? bomb() : null, chunk)
    },
    flush(done) {
      done(seen === entry.size && crc === entry.crc ? null : damaged())
    },
  })
  const source = Readable.from(slices(compressed), { objectMode: false })
  if (entry.method === 0) return source.pipe(guard)
  const inflate = createInflateRaw()
  inflate.on('error', () => guard.destroy(damaged()))
  guard.on('close', () => inflate.destroy())
  return source.pipe(inflate).pipe(guard)
}

/** One part in memory; for the small XML parts that describe an Office file. */
export async function readZipEntry(zip: Buffer, entry: ZipEntry): Promise<Buffer> {
  const chunks: Buffer[] = []
  for await (const chunk of openZipEntry(zip, entry)) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks)
}

function* slices(bytes: Buffer): Generator<Buffer> {
  for (let at = 0; at < bytes.length; at += 65_536) yield bytes.subarray(at, at + 65_536)
}

/** The end record must close the file exactly; a longer tail would be a second file behind the archive. */
function findEnd(zip: Buffer): number {
  for (let at = zip.length - 22; at >= Math.max(0, zip.length - 22 - 65_535); at--) {
    if (zip.readUInt32LE(at) === 0x06054b50 && at + 22 + zip.readUInt16LE(at + 20) === zip.length) return at
  }
  throw damaged()
}
