import { randomBytes } from 'node:crypto'
import { logIn as logInRoute, logOut } from '#platform/auth/contract.ts'
import { logIn } from '#platform/auth/log-in.ts'
import { revokeSessions } from '#platform/auth/session.store.ts'
import type { RawHandler } from '#platform/http/raw-handler.ts'
import { cookieNames, cookieOptions } from '#platform/http/server.ts'

/** Sets the session cookie (unreadable to scripts) and the CSRF cookie (readable, sent back as a header). */
export const logInHandler: RawHandler = {
  route: logInRoute,
  async handle(house, { here, input, request, reply, info }) {
    const done = await logIn(house.services, here, input as { login: string; password: string; code?: string }, {
      ...info,
      agent: request.headers['user-agent'] ?? null,
    })
    const names = cookieNames(here.county.slug)
    const options = cookieOptions(
      house,
      here,
      Math.round((done.expiresAt.getTime() - house.services.clock.now().getTime()) / 1000),
    )
    reply.setCookie(names.session, done.token, options)
    reply.setCookie(names.csrf, randomBytes(18).toString('base64url'), { ...options, httpOnly: false })
    return { name: done.name, mustChangePassword: done.mustChangePassword }
  },
}

export const logOutHandler: RawHandler = {
  route: logOut,
  async handle(house, { here, actor, reply }) {
    if (actor.kind === 'staff')
      await house.services.pool.inCounty(here.county, (tx) =>
        revokeSessions(tx, actor.accountId, { only: actor.sessionId }, house.services.clock.now()),
      )
    const names = cookieNames(here.county.slug)
    reply.clearCookie(names.session, { path: `/${here.county.slug}/` })
    reply.clearCookie(names.csrf, { path: `/${here.county.slug}/` })
    return { ok: true }
  },
}
