import type { AddressInfo } from 'node:net'
import { describe, expect, it } from 'vitest'
import { createLog } from '#platform/logs/log.ts'
import { Hub } from '#platform/realtime/hub.ts'
import { logInAs, type Session } from '#platform/testing/log-in-as.ts'
import { type TestCounty, withTestCounty } from '#platform/testing/test-county.ts'

/** A county whose server listens, as browsers meet it. */
async function withListening(work: (county: TestCounty, url: string) => Promise<void>): Promise<void> {
  await withTestCounty(async (county) => {
    const hub = new Hub(county.databaseUrl, createLog({ level: 'fatal' }))
    county.house.hub = hub
    const app = await county.app()
    await app.listen({ port: 0, host: '127.0.0.1' })
    try {
      await work(county, `http://127.0.0.1:${(app.server.address() as AddressInfo).port}/test/api/v1`)
    } finally {
      await hub.close()
    }
  })
}

/** Opens the event stream of a session; `end` comes true when the server has ended it. */
async function openEvents(url: string, session: Session) {
  const answer = await fetch(`${url}/events`, { headers: { cookie: session.headers.cookie! } })
  expect(answer.status).toBe(200)
  const reader = answer.body!.getReader()
  // The server has it among its listeners once the first line is there.
  await reader.read()
  const end = (async () => {
    while (!(await reader.read()).done);
    return true
  })()
  return { end }
}

describe('event streams', () => {
  it('do not keep the server from stopping', () =>
    withListening(async (county, url) => {
      const events = await openEvents(url, await logInAs(county, 'md-zhou'))
      await (await county.app()).close()
      expect(await events.end).toBe(true)
    }))
})
