import { Type } from 'typebox'
import { Id, Instant, route } from '#platform/contract/route.ts'

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

export const listDeliveries = route({
  name: 'notify.list_deliveries',
  kind: 'query',
  method: 'GET',
  path: '/deliveries',
  audience: 'staff',
  permission: null,
  why: 'narrowed by the case policy: a case out of sight reads as 404',
  summary: '一个案件的对外通知：短信、邮件、接口推送发出没有，为什么',
  input: Type.Object({ caseId: Id }),
  output: Type.Object({
    items: Type.Array(
      Type.Object({
        id: Type.Integer(),
        channel: Type.String(),
        kind: Type.String(),
        /** waiting, sent, failed, refused, not_configured */
        outcome: Type.String(),
        /** Why it did not go out, as a code. */
        detail: Type.Union([Type.String(), Type.Null()]),
        at: Instant,
        triedAt: Type.Union([Instant, Type.Null()]),
        tries: Type.Integer(),
      }),
    ),
  }),
})
