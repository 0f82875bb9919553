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

const startsPrograms = /\/(JavaScript|JS|Launch|RichMedia)\b/
const inflatedObjectsLimit = 16 * 1024 * 1024

/**
 * PDF has no cheap full check: the frame must be whole and nothing may start a program when the file is opened.
 * Objects packed into object streams are unpacked for the look; other streams are pictures, fonts and page content, where
 * the words mean nothing.
 * @throws AppError files.damaged, files.active_content (422)
 */
export function checkPdf(content: Buffer): void {
  // Anything but blanks after the end mark is a second file hidden behind the first.
  if (!/%%EOF[\s\0]*$/.test(content.subarray(-1024).toString('latin1')))
    throw new AppError('files.damaged', { status: 422 })
  const text = content.toString('latin1')
  let at = 0
  for (;;) {
    const start = text.indexOf('stream', at)
    const outside = text.slice(at, start === -1 ? undefined : start)
    if (startsPrograms.test(outside)) throw new AppError('files.active_content', { status: 422 })
    if (start === -1) return
    const end = text.indexOf('endstream', start)
    if (end === -1) throw new AppError('files.damaged', { status: 422 })
    if (/\/ObjStm\b/.test(outside.slice(outside.lastIndexOf('obj')))) {
      const from = text[start + 6] === '\r' ? start + 8 : start + 7
      const objects = inflated(content.subarray(from, end))
      if (objects && startsPrograms.test(objects)) throw new AppError('files.active_content', { status: 422 })
    }
    at = end + 'endstream'.length
  }
}

function inflated(packed: Buffer): string | undefined {
  try {
    const options = { maxOutputLength: inflatedObjectsLimit, finishFlush: constants.Z_SYNC_FLUSH }
    return inflateSync(packed, options).toString('latin1')
  } catch {
    // Not deflated, or password-protected: readers that cannot open it cannot run it either.
    return undefined
  }
}
