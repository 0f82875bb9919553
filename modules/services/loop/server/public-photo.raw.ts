import { Type } from 'typebox'
import { route } from '#platform/contract/route.ts'
import { notFound } from '#platform/errors/app-error.ts'
import { findFile } from '#platform/files/file.store.ts'
import { fileRoomOf } from '#platform/files/files.raw.ts'
import { downloadHeaders, openFile } from '#platform/files/uploads.ts'
import type { RawHandler } from '#platform/http/raw-handler.ts'
import { normaliseFollowCode } from '../domain/follow-code.ts'
import { findCaseByCode } from './loop.store.ts'

export const getPublicPhoto = route({
  name: 'loop.get_public_photo',
  kind: 'query',
  method: 'GET',
  path: '/public/reports/photo',
  audience: 'public',
  permission: null,
  why: 'needs number and follow-up code; only photos that reporters sent',
  summary: '报事人看自己报事的照片',
  input: Type.Object({
    number: Type.String({ maxLength: 60 }),
    followCode: Type.String({ maxLength: 40 }),
    fileId: Type.String({ format: 'uuid' }),
  }),
  output: Type.Unknown(),
  stream: true,
  rateLimit: 240,
})

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
