import { Type } from 'typebox'
import { route } from '#platform/contract/route.ts'
import { AppError } from '#platform/errors/app-error.ts'
import type { RawHandler } from '#platform/http/raw-handler.ts'

/** Name of the event that a changed case sends; both ends of the stream use it. */
export const CHANGE_EVENT = 'change'

export const streamChanges = route({
  name: 'realtime.stream_changes',
  kind: 'query',
  method: 'GET',
  path: '/events',
  audience: 'staff',
  permission: null,
  why: "only ids of cases in which the actor's own units take part",
  summary: '变化通知（Server-Sent Events）',
  input: Type.Object({}),
  output: Type.Unknown(),
  stream: true,
})

export const streamChangesHandler: RawHandler = {
  route: streamChanges,
  async handle(house, { here, actor, reply }) {
    if (actor.kind !== 'staff') throw new AppError('platform.forbidden', { status: 403 })
    reply.hijack()
    house.hub?.add(here.county.slug, actor, reply)
    return undefined
  },
}
