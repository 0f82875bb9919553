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
  summary: '我的消息：最近的在前',
  input: Type.Object({}),
  output: Type.Object({
    unread: Type.Integer(),
    items: Type.Array(
      Type.Object({
        id: Type.Integer(),
        /** Wording key `notify.<kind>`. */
        kind: Type.String(),
        params: Type.Record(Type.String(), Type.Union([Type.String(), Type.Number()])),
        at: Instant,
        caseId: Type.Union([Type.Integer(), Type.Null()]),
        caseTitle: Type.Union([Type.String(), Type.Null()]),
        readAt: Type.Union([Instant, Type.Null()]),
      }),
    ),
  }),
})

export const readNotices = route({
  name: 'notify.read_notices',
  kind: 'command',
  method: 'POST',
  path: '/notices/read',
  audience: 'staff',
  permission: null,
  why: 'own notices only',
  summary: '把消息标为已读（到某一条为止）',
  input: Type.Object({ upTo: Type.Integer({ minimum: 1 }) }),
  output: Type.Object({ unread: Type.Integer() }),
})
