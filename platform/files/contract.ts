import { Type } from 'typebox'
import { route } from '#platform/contract/route.ts'

const Uploaded = Type.Object({
  id: Type.String(),
  name: Type.String(),
  mediaType: Type.String(),
  bytes: Type.Integer(),
  /** Where a photo was taken, if it says so; read once, the stored copy no longer tells. WGS-84. */
  place: Type.Union([Type.Object({ lon: Type.Number(), lat: Type.Number() }), Type.Null()]),
  takenAt: Type.Union([Type.String({ format: 'date-time' }), Type.Null()]),
})

export const uploadPublicly = route({
  name: 'files.upload_publicly',
  kind: 'command',
  method: 'POST',
  path: '/public/files',
  audience: 'public',
  permission: null,
  why: 'a photo for a report; bound to the browser that sent it, swept if no report follows',
  summary: '居民上传照片',
  input: Type.Object({}),
  output: Uploaded,
  upload: true,
  rateLimit: 120,
})

export const uploadByStaff = route({
  name: 'files.upload_by_staff',
  kind: 'command',
  method: 'POST',
  path: '/files',
  audience: 'staff',
  permission: null,
  why: 'bound to the account that sent it; only an action it may take attaches it',
  summary: '上传附件',
  input: Type.Object({}),
  output: Uploaded,
  upload: true,
})

export const downloadFile = route({
  name: 'files.download',
  kind: 'query',
  method: 'GET',
  path: '/files/:fileId',
  audience: 'staff',
  permission: null,
  why: 'whoever sees the case it is attached to, or who uploaded it',
  summary: '查看或下载附件',
  input: Type.Object({
    fileId: Type.String({ format: 'uuid' }),
    variant: Type.Optional(Type.Union([Type.Literal('content'), Type.Literal('thumbnail')])),
    download: Type.Optional(Type.Boolean()),
  }),
  output: Type.Unknown(),
  stream: true,
})
