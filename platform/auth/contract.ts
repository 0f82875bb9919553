import { Type } from 'typebox'
import { Id, Instant, route } from '#platform/contract/route.ts'

const PostShape = Type.Object({
  postId: Id,
  role: Type.String(),
  unitId: Id,
  unitCode: Type.String(),
  unitName: Type.String(),
  division: Type.String(),
  acting: Type.Boolean(),
})

export const MeShape = Type.Object({
  accountId: Id,
  login: Type.String(),
  name: Type.String(),
  demo: Type.Boolean(),
  mustChangePassword: Type.Boolean(),
  secondFactor: Type.Boolean(),
  posts: Type.Array(PostShape),
  /** Permissions held somewhere; screens ask rows for `can`, this only shapes the menu. */
  permissions: Type.Array(Type.String()),
  county: Type.Object({ slug: Type.String(), name: Type.String(), parentName: Type.String(), demo: Type.Boolean() }),
  now: Instant,
})

/** `writeOnly`: kept nowhere, not even in the digest by which a repeated call is known. */
export const Password = Type.String({ minLength: 10, maxLength: 200, writeOnly: true })

export const logIn = route({
  name: 'auth.log_in',
  kind: 'command',
  method: 'POST',
  path: '/auth/log-in',
  audience: 'public',
  permission: null,
  why: 'log-in itself; locked after wrong passwords in a row, rate-limited by address',
  summary: '登录',
  input: Type.Object({
    login: Type.String({ minLength: 1, maxLength: 64 }),
    password: Type.String({ minLength: 1, maxLength: 200 }),
    code: Type.Optional(Type.String({ maxLength: 12 })),
  }),
  output: Type.Object({ name: Type.String(), mustChangePassword: Type.Boolean() }),
  errors: ['auth.wrong', 'auth.locked', 'auth.code_needed', 'auth.code_wrong'],
  rateLimit: 60,
})

export const logOut = route({
  name: 'auth.log_out',
  kind: 'command',
  method: 'POST',
  path: '/auth/log-out',
  audience: 'staff',
  permission: null,
  why: 'own session only',
  summary: '退出',
  input: Type.Object({}),
  output: Type.Object({ ok: Type.Boolean() }),
})

export const getMe = route({
  name: 'auth.get_me',
  kind: 'query',
  method: 'GET',
  path: '/auth/me',
  audience: 'staff',
  permission: null,
  why: 'own account only',
  summary: '我的账号、岗位与权限',
  input: Type.Object({}),
  output: MeShape,
})

export const changePassword = route({
  name: 'auth.change_password',
  kind: 'command',
  method: 'POST',
  path: '/auth/password',
  audience: 'staff',
  permission: null,
  why: 'own password only, with the old one',
  summary: '修改密码；其他会话随即退出',
  input: Type.Object({ old: Type.String({ maxLength: 200, writeOnly: true }), fresh: Password }),
  output: Type.Object({ ok: Type.Boolean() }),
  errors: ['auth.wrong', 'auth.password_weak'],
})

/** All that is open to an account whose password was handed out by somebody else. */
export const OPEN_BEFORE_PASSWORD: ReadonlySet<string> = new Set([getMe.name, changePassword.name, logOut.name])

export const resetPassword = route({
  name: 'auth.reset_password',
  kind: 'command',
  method: 'POST',
  path: '/auth/reset',
  audience: 'public',
  permission: null,
  why: 'needs the one-time code that an administrator handed over',
  summary: '用重置码设定新密码',
  input: Type.Object({ code: Type.String({ minLength: 20, maxLength: 100 }), fresh: Password }),
  output: Type.Object({ ok: Type.Boolean() }),
  errors: ['auth.reset_invalid', 'auth.password_weak'],
  rateLimit: 20,
})

export const beginTotp = route({
  name: 'auth.begin_totp',
  kind: 'command',
  method: 'POST',
  path: '/auth/totp/begin',
  audience: 'staff',
  permission: null,
  why: 'own second factor only',
  summary: '开始绑定动态口令',
  input: Type.Object({}),
  output: Type.Object({ secret: Type.String(), uri: Type.String() }),
})

export const confirmTotp = route({
  name: 'auth.confirm_totp',
  kind: 'command',
  method: 'POST',
  path: '/auth/totp/confirm',
  audience: 'staff',
  permission: null,
  why: 'own second factor only',
  summary: '确认绑定动态口令',
  input: Type.Object({ secret: Type.String({ minLength: 16, maxLength: 64 }), code: Type.String({ maxLength: 12 }) }),
  output: Type.Object({ ok: Type.Boolean() }),
  errors: ['auth.code_wrong'],
})

export const listSessions = route({
  name: 'auth.list_sessions',
  kind: 'query',
  method: 'GET',
  path: '/auth/sessions',
  audience: 'staff',
  permission: null,
  why: 'own sessions only',
  summary: '我的登录会话',
  input: Type.Object({}),
  output: Type.Object({
    items: Type.Array(
      Type.Object({
        id: Type.String(),
        createdAt: Instant,
        lastSeenAt: Instant,
        address: Type.Union([Type.String(), Type.Null()]),
        agent: Type.Union([Type.String(), Type.Null()]),
        current: Type.Boolean(),
      }),
    ),
  }),
})

export const revokeSession = route({
  name: 'auth.revoke_session',
  kind: 'command',
  method: 'POST',
  path: '/auth/sessions/:sessionId/revoke',
  audience: 'staff',
  permission: null,
  why: 'own sessions only',
  summary: '让一个会话退出',
  input: Type.Object({ sessionId: Type.String({ format: 'uuid' }) }),
  output: Type.Object({ ok: Type.Boolean() }),
})

export const getEntry = route({
  name: 'auth.get_entry',
  kind: 'query',
  method: 'GET',
  path: '/public/entry',
  audience: 'public',
  permission: null,
  why: 'what the log-in page shows; demo accounts only while they exist',
  summary: '登录页：县区、演示账号、装载进度',
  input: Type.Object({}),
  output: Type.Object({
    counties: Type.Array(
      Type.Object({ slug: Type.String(), name: Type.String(), parentName: Type.String(), demo: Type.Boolean() }),
    ),
    demo: Type.Union([
      Type.Object({
        password: Type.String(),
        accounts: Type.Array(Type.Object({ login: Type.String(), name: Type.String(), what: Type.String() })),
      }),
      Type.Null(),
    ]),
    loading: Type.Array(Type.Object({ what: Type.String(), done: Type.Integer(), total: Type.Integer() })),
  }),
})
