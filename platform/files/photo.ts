import exifr from 'exifr'
import sharp from 'sharp'
import { AppError } from '#platform/errors/app-error.ts'
import type { FileKind } from './file-type.ts'

/** WGS-84 degrees, as phones write them. */
export interface PhotoPlace {
  lon: number
  lat: number
}

export interface PreparedPhoto {
  content: Buffer
  thumbnail: Buffer
  width: number
  height: number
  place: PhotoPlace | null
  takenAt: Date | null
}

export const photoLimits = { longSide: 2560, thumbnailSide: 480, inputPixels: 210_000_000 }

/**
 * Draws the photo anew: the result holds pixels only, so neither metadata nor anything hidden behind the image survives.
 * Place and time are read once before that and returned apart.
 * @throws AppError files.damaged when the image cannot be decoded to its last line, files.too_many_pixels
 */
export async function preparePhoto(original: Buffer, kind: FileKind): Promise<PreparedPhoto> {
  return inTurn(async () => {
    const { place, takenAt } = await readPhotoOrigin(original)
    try {
      const image = sharp(original, { failOn: 'error', limitInputPixels: photoLimits.inputPixels })
        .autoOrient()
        .resize({ width: photoLimits.longSide, height: photoLimits.longSide, fit: 'inside', withoutEnlargement: true })
      const encoded =
        kind === 'png'
          ? image.png({ compressionLevel: 9 })
          : kind === 'webp'
            ? image.webp({ quality: 82 })
            : image.flatten({ background: '#ffffff' }).jpeg({ quality: 84 })
      const { data, info } = await encoded.toBuffer({ resolveWithObject: true })
      const thumbnail = await sharp(data)
        .resize({
          width: photoLimits.thumbnailSide,
          height: photoLimits.thumbnailSide,
          fit: 'inside',
          withoutEnlargement: true,
        })
        .flatten({ background: '#ffffff' })
        .jpeg({ quality: 74 })
        .toBuffer()
      return { content: data, thumbnail, width: info.width, height: info.height, place, takenAt }
    } catch (cause) {
      const tooMany = cause instanceof Error && /pixel limit/i.test(cause.message)
      throw new AppError(tooMany ? 'files.too_many_pixels' : 'files.damaged', { status: 422, cause })
    }
  })
}

/**
 * Place and time as the camera wrote them. A time without an offset is Chinese time, the only zone these photos are
 * taken in. Broken or absent metadata is no error: many phones strip it before sending.
 */
export async function readPhotoOrigin(original: Buffer): Promise<{ place: PhotoPlace | null; takenAt: Date | null }> {
  const tags = await exifr
    .parse(original, { gps: true, exif: true, reviveValues: false, translateValues: true, mergeOutput: true })
    .catch(() => undefined)
  return {
    place: placeOf(tags?.longitude, tags?.latitude),
    takenAt: timeOf(tags?.DateTimeOriginal, tags?.OffsetTimeOriginal),
  }
}

function placeOf(lon: unknown, lat: unknown): PhotoPlace | null {
  if (typeof lon !== 'number' || typeof lat !== 'number' || !Number.isFinite(lon) || !Number.isFinite(lat)) return null
  if (Math.abs(lon) > 180 || Math.abs(lat) > 90) return null
  // Cameras without a fix write zeros.
  if (lon === 0 && lat === 0) return null
  return { lon: round(lon), lat: round(lat) }
}

const round = (degrees: number) => Math.round(degrees * 1e7) / 1e7

function timeOf(written: unknown, offset: unknown): Date | null {
  const parts = /^(\d{4}):(\d\d):(\d\d) (\d\d:\d\d:\d\d)/.exec(typeof written === 'string' ? written : '')
  if (!parts) return null
  const zone = typeof offset === 'string' && /^[+-]\d\d:\d\d$/.test(offset) ? offset : '+08:00'
  const at = new Date(`${parts[1]}-${parts[2]}-${parts[3]}T${parts[4]}${zone}`)
  return Number.isNaN(at.getTime()) ? null : at
}

/** Decoding is the dearest thing an upload does: two at a time leave the processor to everybody else. */
const atOnce = 2
let running = 0
const waiting: (() => void)[] = []

async function inTurn<T>(work: () => Promise<T>): Promise<T> {
  if (running >= atOnce) await new Promise<void>((resolve) => waiting.push(resolve))
  else running++
  try {
    return await work()
  } finally {
    const next = waiting.shift()
    if (next) next()
    else running--
  }
}
