import type { AddressInfo } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { sql } from '#platform/db/db.ts'
import { Hub } from '#platform/realtime/hub.ts'
import { logInAs, type Session } from '#platform/testing/log-in-as.ts'
import { type TestCounty, withTestCounty } from '#platform/testing/test-county.ts'

/** A county whose server listens, as browsers meet it. */
async function withListening(work: (county: TestCounty, url: string) => Promise<void>): Promise<void> {
  await withTestCounty(async (county) => {
    const hub = new Hub(county.house, county.databaseUrl, 40)
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
  let heard = ''
  let ended = false
  const end = (async () => {
    for (let part = await reader.read(); !part.done; part = await reader.read())
      heard += Buffer.from(part.value).toString()
    ended = true
    return true
  })()
  return { end, heard: () => heard, ended: () => ended }
}

describe('event streams', () => {
  it('do not keep the server from stopping', () =>
    withListening(async (county, url) => {
      const events = await openEvents(url, await logInAs(county, 'md-zhou'))
      await (await county.app()).close()
      expect(await events.end).toBe(true)
    }))

  it('end with the session they were opened by, and with the account, and no other', () =>
    withListening(async (county, url) => {
      const [first, second, chief] = [
        await logInAs(county, 'md-zhou'),
        await logInAs(county, 'md-zhou'),
        await logInAs(county, 'md-chen'),
      ]
      const streams = {
        first: await openEvents(url, first),
        second: await openEvents(url, second),
        chief: await openEvents(url, chief),
      }
      await first.post('/auth/log-out', {})
      expect(await streams.first.end).toBe(true)
      expect([streams.second.ended(), streams.chief.ended()]).toEqual([false, false])
      const here = (await second.get('/auth/sessions')).items as { id: string; current: boolean }[]
      await second.post(`/auth/sessions/${here.find(({ current }) => current)!.id}/revoke`, {})
      expect(await streams.second.end).toBe(true)
      expect(streams.chief.ended()).toBe(false)
      await county.inCounty(async (tx) => {
        await sql`update auth_account set disabled_at = ${county.clock.now()} where login = 'md-chen'`.execute(tx)
        await sql`update access_revision set revision = revision + 1`.execute(tx)
      })
      expect(await streams.chief.end).toBe(true)
    }))

  it('tell of a unit only while a post in it is held', () =>
    withListening(async (county, url) => {
      const clerk = await logInAs(county, 'md-zhou')
      const chief = await logInAs(county, 'md-chen')
      const units = (await clerk.get('/auth/me')).posts.map((post: { unitId: number }) => post.unitId) as number[]
      const [mine, other] = [await openEvents(url, clerk), await openEvents(url, chief)]
      const notify = (caseId: number) =>
        county.inCounty((tx) =>
          sql`select pg_notify('yiti_change', ${JSON.stringify({ county: 'test', caseId, unitIds: units })})`.execute(
            tx,
          ),
        )
      // The hub may still be on its way to the database.
      while (!mine.heard().includes('"caseId":1}')) {
        await notify(1)
        await sleep(20)
      }
      await county.inCounty(async (tx) => {
        await sql`
          update org_post_holding set until = ${new Date(county.clock.now().getTime() - 1)}
           where account_id = (select id from auth_account where login = 'md-zhou')`.execute(tx)
        await sql`update access_revision set revision = revision + 1`.execute(tx)
      })
      for (let n = 2, before = ''; ; n++) {
        before = mine.heard()
        await notify(n)
        while (!other.heard().includes(`"caseId":${n}}`)) await sleep(10)
        // The clerk's stream would have had it by now: both are written one after the other.
        if (mine.heard() === before) break
      }
    }))
})
