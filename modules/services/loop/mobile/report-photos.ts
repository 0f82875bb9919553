import { type IDBPDatabase, openDB } from 'idb'
import { ApiError } from '#ui/api/api-error.ts'
import { base } from '#ui/api/base.ts'
import { newKey, upload } from '#ui/api/client.ts'
import { type LonLat, PhotoQueue, type PhotoTools, type StoredPhoto } from './photo-queue.ts'
import { JPEG_QUALITY, keepOriginal, photoPlan } from './photo-size.ts'
import { publicPlaces } from './public-places.ts'

const ROOM = 'photo'
/** A camera picture beyond this can bring a small phone down before it is ever sent. */
const LARGEST_BYTES = 40 * 1024 * 1024

let database: Promise<IDBPDatabase> | undefined

function db(): Promise<IDBPDatabase> {
  database ??= openDB(`yiti-${base().slug}-draft`, 1, {
    upgrade: (made) => {
      made.createObjectStore(ROOM, { keyPath: 'key' })
    },
  })
  return database
}

/** Without a place to keep them (private window) photos last as long as the page. */
const store: PhotoTools['store'] = {
  all: async () => {
    try {
      return (await (await db()).getAll(ROOM)) as StoredPhoto[]
    } catch {
      return []
    }
  },
  put: async (photo) => {
    try {
      await (await db()).put(ROOM, photo)
    } catch {
      // Then it is not kept.
    }
  },
  remove: async (key) => {
    try {
      await (await db()).delete(ROOM, key)
    } catch {
      // Then there was nothing kept.
    }
  },
}

/** Where the camera was, as it wrote it into the picture; read before the picture is drawn anew, which loses it. */
async function placeOf(file: File): Promise<LonLat | undefined> {
  if (!/jpe?g|hei[cf]/i.test(file.type || file.name)) return undefined
  try {
    const { gps } = await import('exifr/dist/mini.esm.mjs')
    const found = await gps(file)
    if (!found || (found.longitude === 0 && found.latitude === 0)) return undefined
    if (!Number.isFinite(found.longitude) || !Number.isFinite(found.latitude)) return undefined
    return { lon: found.longitude, lat: found.latitude }
  } catch {
    return undefined
  }
}

async function prepare(file: File): ReturnType<PhotoTools['prepare']> {
  if (file.size > LARGEST_BYTES) throw new ApiError('loop.m.photo.large', 413)
  const place = await placeOf(file)
  let picture: ImageBitmap
  try {
    picture = await createImageBitmap(file, { imageOrientation: 'from-image' })
  } catch {
    const heic = /hei[cf]/i.test(file.type || file.name)
    throw new ApiError(heic ? 'loop.m.photo.heic' : 'loop.m.photo.unreadable', 415)
  }
  try {
    const plan = photoPlan({ type: file.type, bytes: file.size, width: picture.width, height: picture.height })
    const found = place ? { place } : {}
    if (!plan.redraw) return { blob: file, name: file.name, ...found }
    const canvas = document.createElement('canvas')
    canvas.width = plan.width
    canvas.height = plan.height
    const pen = canvas.getContext('2d')
    if (!pen) return { blob: file, name: file.name, ...found }
    pen.fillStyle = '#fff'
    pen.fillRect(0, 0, plan.width, plan.height)
    pen.drawImage(picture, 0, 0, plan.width, plan.height)
    const drawn = await new Promise<Blob | null>((done) => canvas.toBlob(done, 'image/jpeg', JPEG_QUALITY))
    canvas.width = 0
    if (!drawn || keepOriginal(file.type, file.size, drawn.size, plan.width !== picture.width))
      return { blob: file, name: file.name, ...found }
    return { blob: drawn, name: `${file.name.replace(/\.[^.]*$/, '')}.jpg`, ...found }
  } finally {
    picture.close()
  }
}

interface Uploaded {
  id: string
  place: LonLat | null
}

export const reportPhotos = new PhotoQueue({
  prepare,
  // Places first: its answer brings the visitor's cookie that ties the photo to the report.
  send: async (blob, name, onProgress) => {
    await publicPlaces()
    return upload<Uploaded>('/public/files', blob, name, onProgress)
  },
  preview: (blob) => URL.createObjectURL(blob),
  forget: (preview) => URL.revokeObjectURL(preview),
  newKey,
  now: () => Date.now(),
  store,
})
