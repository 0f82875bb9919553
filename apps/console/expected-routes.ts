import { Type } from 'typebox'
import { Instant, route } from '#platform/contract/route.ts'

export const listNotices = route({
  name: 'notify.list_notices',
  kind: 'query',
  method: 'GET',
  path: '/notices',
  audience: 'staff',
  permission: null,
  why: 'own notices only',
  summary: '消息',
  input: Type.Object({}),
  output: Type.Object({
    unread: Type.Integer(),
    items: Type.Array(
      Type.Object({
        id: Type.Integer(),
        text: Type.String(),
        at: Instant,
        caseId: Type.Union([Type.Integer(), Type.Null()]),
        readAt: Type.Union([Instant, Type.Null()]),
      }),
    ),
  }),
})
