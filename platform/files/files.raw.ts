import { join } from 'node:path'
import type { Actor } from '#platform/access/actor.ts'
import type { CountyServices, Services } from '#platform/command/services.ts'
import { AppError, notFound } from '#platform/errors/app-error.ts'
import { downloadFile, uploadByStaff, uploadPublicly } from '#platform/files/contract.ts'
import { type FileRow, findFile } from '#platform/files/file.store.ts'
import { imageKinds } from '#platform/files/file-type.ts'
import { downloadHeaders, type FileRoom, openFile, receiveUpload } from '#platform/files/uploads.ts'
import type { RawHandler } from '#platform/http/raw-handler.ts'
import type { Call } from '#platform/http/server.ts'
import type { House } from '#platform/module/house.ts'
import { findCase } from '#platform/process/case.store.ts'
import { maySee } from '#platform/process/engine.ts'

/** The files of a county: their folder, their cipher, their transactions. */
export function fileRoomOf(services: Services, here: CountyServices): FileRoom {
  return {
    root: join(services.config.varDir, 'files', here.county.slug),
    keys: here.keys,
    clock: services.clock,
    inCounty: (work) => services.pool.inCounty(here.county, work),
  }
}

function presentFile(row: FileRow) {
  return {
    id: row.id,
    name: row.name,
    mediaType: row.mediaType,
    bytes: row.bytes,
    place: row.place,
    takenAt: row.takenAt ? row.takenAt.toISOString() : null,
  }
}

async function receive(house: House, call: Call, actor: Actor) {
  const part = await call.request.file()
  if (!part) throw new AppError('files.empty', { status: 422 })
  const row = await receiveUpload(fileRoomOf(house.services, call.here), part.file, {
    name: part.filename,
    actor,
    ...(actor.kind === 'public' ? { accept: imageKinds } : {}),
  })
  return presentFile(row)
}

export const uploadPubliclyHandler: RawHandler = {
  route: uploadPublicly,
  handle: (house, call) => receive(house, call, call.actor),
}

export const uploadByStaffHandler: RawHandler = {
  route: uploadByStaff,
  handle: (house, call) => receive(house, call, call.actor),
}

/** Seen by who sees the case; a file not yet attached, by who uploaded it. */
export const downloadFileHandler: RawHandler = {
  route: downloadFile,
  async handle(house, { here, actor, input }) {
    const { fileId, variant, download } = input as {
      fileId: string
      variant?: 'content' | 'thumbnail'
      download?: boolean
    }
    const row = await house.services.pool.inCounty(
      here.county,
      async (tx) => {
        const found = await findFile(tx, fileId)
        if (!found) return undefined
        if (found.ownerKind === 'case' && found.ownerId !== null) {
          const loaded = await findCase(tx, found.ownerId, false)
          return loaded && maySee(actor, loaded) ? found : undefined
        }
        const own = actor.kind === 'staff' && found.uploaderKind === 'staff' && found.uploaderId === actor.accountId
        return own ? found : undefined
      },
      'read',
    )
    if (!row) throw notFound()
    const small = variant === 'thumbnail' && row.hasThumbnail
    const body = await openFile(fileRoomOf(house.services, here), row, small ? 'thumbnail' : 'content')
    return { headers: downloadHeaders(row, !download), body }
  },
}
