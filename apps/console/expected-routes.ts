import { Type } from 'typebox'
import { Instant, route } from '#platform/contract/route.ts'

const CountyShape = Type.Object({
  slug: Type.String(),
  name: Type.String(),
  parentName: Type.String(),
  demo: Type.Boolean(),
})

export const getDoor = route({
  name: 'auth.get_door',
  kind: 'query',
  method: 'GET',
  path: '/auth/door',
  audience: 'public',
  permission: null,
  why: 'shown before anybody has logged in; demo accounts only where the server is a demo',
  summary: '登录页：县区、演示账号、版本',
  input: Type.Object({}),
  output: Type.Object({
    counties: Type.Array(CountyShape),
    demo: Type.Union([
      Type.Null(),
      Type.Object({
        password: Type.String(),
        accounts: Type.Array(
          Type.Object({ account: Type.String(), name: Type.String(), post: Type.String(), unit: Type.String() }),
        ),
      }),
    ]),
    version: Type.String(),
  }),
})

export const getCalendar = route({
  name: 'calendar.get_calendar',
  kind: 'query',
  method: 'GET',
  path: '/calendar',
  audience: 'staff',
  permission: null,
  why: 'working hours and holidays are public',
  summary: '工作日历',
  input: Type.Object({}),
  output: Type.Object({ calendar: Type.Unknown() }),
})

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

export const listClasses = route({
  name: 'duties.list_classes',
  kind: 'query',
  method: 'GET',
  path: '/duties/classes',
  audience: 'staff',
  permission: null,
  why: 'open to every official',
  summary: '事件类别',
  input: Type.Object({ q: Type.Optional(Type.String({ maxLength: 60 })) }),
  output: Type.Object({ items: Type.Array(Type.Object({ code: Type.String(), name: Type.String() })) }),
})
