import { constants, inflateSync } from 'node:zlib'
import { AppError } from '#platform/errors/app-error.ts'

/** What Yiti accepts. Everything else is refused: each kind here has a check of its own behind it. */
export type FileKind = 'jpeg' | 'png' | 'webp' | 'pdf' | 'docx' | 'xlsx'

export const imageKinds: readonly FileKind[] = ['jpeg', 'png', 'webp']
export const allKinds: readonly FileKind[] = ['jpeg', 'png', 'webp', 'pdf', 'docx', 'xlsx']

export const mediaTypes: Record<FileKind, string> = {
  jpeg: 'image/jpeg',
  png: 'image/png',
  webp: 'image/webp',
  pdf: 'application/pdf',
  docx: 'application/vnd.openxmlformats-officedocument.wordprocessingml.document',
  xlsx: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
}

export const extensions: Record<FileKind, string> = {
  jpeg: 'jpg',
  png: 'png',
  webp: 'webp',
  pdf: 'pdf',
  docx: 'docx',
  xlsx: 'xlsx',
}

const kindByExtension: Record<string, FileKind> = {
  jpg: 'jpeg',
  jpeg: 'jpeg',
  jfif: 'jpeg',
  png: 'png',
  webp: 'webp',
  pdf: 'pdf',
  docx: 'docx',
  xlsx: 'xlsx',
}

/** The first bytes of a file say more than its name; `office` still has to be told apart by its parts. */
export function sniff(head: Buffer): FileKind | 'office' | 'heic' | undefined {
  const ascii = (from: number, to: number) => head.toString('latin1', from, to)
  if (head.length >= 3 && head[0] === 0xff && head[1] === 0xd8 && head[2] === 0xff) return 'jpeg'
  if (ascii(0, 8) === '\x89PNG\r\n\x1a\n') return 'png'
  if (ascii(0, 4) === 'RIFF' && ascii(8, 12) === 'WEBP') return 'webp'
  if (ascii(0, 5) === '%PDF-') return 'pdf'
  if (ascii(0, 4) === 'PK\x03\x04') return 'office'
  if (ascii(4, 8) === 'ftyp' && /^(heic|heix|heim|heis|hevc|hevx|mif1|msf1)$/.test(ascii(8, 12))) return 'heic'
  return undefined
}

/** The kind that a file name claims; `undefined` without an extension (a phone's camera often sends none). */
export function kindOfName(name: string): FileKind | 'unknown' | undefined {
  const extension = /\.([^.]{1,10})$/.exec(name)?.[1]?.toLowerCase()
  return extension === undefined ? undefined : (kindByExtension[extension] ?? 'unknown')
}

/** A name that is safe to show, to log and to send back in a header; 120 characters at most, always with the right extension. */
export function cleanName(name: string, kind: FileKind): string {
  const base = name
    .normalize('NFC')
    // path parts, control characters and marks that turn the reading direction ("gpj.exe" shown as "exe.jpg")
    .replace(/^.*[/\\]/, '')
    .replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}<>:"|?*]/gu, '')
    .replace(/\.[^.]{1,10}$/, '')
    .trim()
  return `${Array.from(base).slice(0, 110).join('') || 'file'}.${extensions[kind]}`
}

/** Actions of PDF that run something. Rendition actions carry scripts too. */
const startsPrograms = /\/(JavaScript|Launch|RichMedia|Rendition)\b/
const packedObjectsLimit = 64 * 1024 * 1024

/**
 * PDF has no cheap full check: the frame must be whole and nothing may start a program when the file is opened, not
 * under an escaped name and not inside object streams, which are unpacked for the look.
 * @throws AppError files.damaged, files.active_content, files.inflates_too_large (422)
 */
export function checkPdf(content: Buffer): void {
  // Anything but blanks after the end mark is a second file hidden behind the first.
  if (!/%%EOF[\s\0]*$/.test(content.subarray(-1024).toString('latin1')))
    throw new AppError('files.damaged', { status: 422 })
  const text = content.toString('latin1')
  refusePrograms(text)
  let unpacked = 0
  for (let at = text.indexOf('/ObjStm'); at !== -1; at = text.indexOf('/ObjStm', at + 7)) {
    const start = text.indexOf('stream', at)
    const end = text.indexOf('endstream', start)
    if (start === -1 || end === -1) return
    const from = start + (text[start + 6] === '\r' ? 8 : 7)
    const objects = unpack(content.subarray(from, end), packedObjectsLimit - unpacked)
    unpacked += objects.length
    refusePrograms(objects)
  }
}

function refusePrograms(text: string): void {
  const names = text.includes('#')
    ? text.replace(/#([0-9A-Fa-f]{2})/g, (_all, code) => String.fromCharCode(Number.parseInt(code, 16)))
    : text
  if (startsPrograms.test(names)) throw new AppError('files.active_content', { status: 422 })
}

/** Empty when it is not deflated or password-protected: readers that cannot open it cannot run it either. */
function unpack(packed: Buffer, limit: number): string {
  try {
    return inflateSync(packed, { maxOutputLength: Math.max(1, limit), finishFlush: constants.Z_SYNC_FLUSH }).toString(
      'latin1',
    )
  } catch (error) {
    const tooLarge = limit <= 0 || (error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE'
    if (tooLarge) throw new AppError('files.inflates_too_large', { status: 422 })
    return ''
  }
}
