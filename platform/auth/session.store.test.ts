import { describe, expect, it } from 'vitest'
import { checkSession, openSession, revokeSessions } from '#platform/auth/session.store.ts'
import { sql } from '#platform/db/db.ts'
import { withTestCounty } from '#platform/testing/test-county.ts'

describe('session checks that share a read', () => {
  it('answer each request for itself, see a session end at once, and go on after a failure', async () => {
    await withTestCounty(async (county) => {
      const { pool } = county.services
      const here = await county.here()
      const now = county.clock.now()
      const accounts = await county.inCounty(async (tx) => {
        const { rows } = await sql<{ id: number }>`select id from auth_account order by id limit 3`.execute(tx)
        return rows.map(({ id }) => id)
      })
      const opened = await county.inCounty((tx) =>
        Promise.all(accounts.map((id) => openSession(tx, id, now, '127.0.0.1', 'test'))),
      )
      const tokens = [...opened.map(({ token }) => token), undefined, 'a-token-of-nobody', opened[0]!.token]
      const check = () => Promise.all(tokens.map((token) => checkSession(pool, here.county, token, now)))

      const checks = await check()
      expect(checks.map(({ accountId }) => accountId)).toEqual([...accounts, null, null, accounts[0]])
      expect(new Set(checks.map(({ sessionId }) => sessionId)).size).toBe(4)
      expect(new Set(checks.map(({ revision }) => revision)).size).toBe(1)

      // Asked while another read is under way, and still seen as it is now.
      const under = check()
      await county.inCounty((tx) => revokeSessions(tx, accounts[1]!, { except: null }, now))
      const after = await check()
      await under
      expect(after.map(({ accountId }) => accountId)).toEqual([accounts[0], null, accounts[2], null, null, accounts[0]])

      await expect(checkSession(pool, { ...here.county, schema: 'county_nowhere' }, undefined, now)).rejects.toThrow()
      expect((await check())[2]!.accountId).toBe(accounts[2])
      const late = new Date(now.getTime() + 3 * 3_600_000)
      expect((await checkSession(pool, here.county, tokens[2], late)).accountId).toBeNull()
    })
  })
})
