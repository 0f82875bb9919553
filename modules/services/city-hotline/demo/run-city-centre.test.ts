import { expect, it } from 'vitest'
import { withOrgCounty } from '#modules/foundation/org/server/org-test-county.ts'
import { sql } from '#platform/db/db.ts'
import { findAdapter, writeAdapter } from '../server/adapter.store.ts'
import { DEMO_ORDERS } from './orders.ts'
import { runCityCentre } from './run-city-centre.ts'

it('the demo’s city is simulated, keeps its book over a restart, and leaves alone what an official has set up', () =>
  withOrgCounty(async (county) => {
    county.clock.set('2026-11-23T02:00:00Z')
    const start = async () => {
      const abort = new AbortController()
      await runCityCentre({
        services: county.services,
        here: await county.here(),
        actor: (login) => county.actor(login),
        progress: () => {},
        signal: abort.signal,
      })
      return abort
    }
    const states = async () =>
      (
        await county.inCounty((tx) =>
          sql<{ number: string; state: string }>`
            select number, state from city_hotline_order order by number`.execute(tx),
        )
      ).rows.map(({ number, state }) => [number.slice(-1), state])
    const there = DEMO_ORDERS.filter(({ ago }) => ago !== undefined)
    const first = await start()
    try {
      expect(await states()).toHaveLength(there.length)
      await county.settle()
      expect(await states()).toEqual([
        ['1', 'replied'],
        ['2', 'replied'],
        ['3', 'signed'],
        ['4', 'toSign'],
        ['5', 'toSign'],
      ])
      const { rows } = await county.inCounty((tx) =>
        sql<{ waiting: number; sent: number }>`
          select count(*) filter (where state = 'waiting') as waiting, count(*) filter (where state = 'accepted') as sent
            from city_hotline_message`.execute(tx),
      )
      expect(rows[0]).toEqual({ waiting: 0, sent: 5 })
    } finally {
      first.abort()
    }
    const again = await start()
    try {
      await county.settle()
      expect(await states()).toHaveLength(there.length)
    } finally {
      again.abort()
    }
    const { keys } = await county.here()
    await county.inCounty(async (tx) => {
      const adapter = await findAdapter(tx, keys)
      await writeAdapter(tx, keys, { ...adapter, form: 'file', simulated: false }, null, county.clock.now())
    })
    const third = await start()
    third.abort()
    expect(await county.inCounty((tx) => findAdapter(tx, keys))).toMatchObject({ form: 'file', simulated: false })
  }))
