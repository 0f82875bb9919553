import { notFound } from '#platform/errors/app-error.ts'
import { findFile } from '#platform/files/file.store.ts'
import { fileRoomOf } from '#platform/files/files.raw.ts'
import { downloadHeaders, openFile } from '#platform/files/uploads.ts'
import type { RawHandler } from '#platform/http/raw-handler.ts'
import { getPublicPhoto } from '../contract.ts'
import { normaliseFollowCode } from '../domain/follow-code.ts'
import { findCaseByCode } from './loop.store.ts'

/** A photo of a report, to whoever holds its number and code. */
export const publicPhotoHandler: RawHandler = {
  route: getPublicPhoto,
  async handle(house, { here, input }) {
    const { number, followCode, fileId } = input as { number: string; followCode: string; fileId: string }
    const row = await house.services.pool.inCounty(
      here.county,
      async (tx) => {
        const caseId = await findCaseByCode(tx, here.keys, number.trim().toUpperCase(), normaliseFollowCode(followCode))
        const found = caseId === undefined ? undefined : await findFile(tx, fileId)
        return found && found.ownerKind === 'case' && found.ownerId === caseId && found.uploaderKind === 'public'
          ? found
          : undefined
      },
      'read',
    )
    if (!row) throw notFound()
    const body = await openFile(fileRoomOf(house.services, here), row, row.hasThumbnail ? 'thumbnail' : 'content')
    return { headers: downloadHeaders(row, true), body }
  },
}
