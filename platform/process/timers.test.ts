import { expect, it } from 'vitest'
import { sql } from '#platform/db/db.ts'
import { fireDueTimers } from '#platform/process/timers.ts'
import { logInAs } from '#platform/testing/log-in-as.ts'
import { withTestCounty } from '#platform/testing/test-county.ts'

it('a case whose timers fail keeps those behind it waiting for nothing, and is tried again', () =>
  withTestCounty(async (county) => {
    const clerk = await logInAs(county, 'md-zhou')
    const ids: number[] = []
    for (const text of ['路灯坏了一盏', '路口积水难行', '窨井盖破损'])
      ids.push(
        (await clerk.post('/loop/reports', { text, source: 'hotline', villageCode: '320506103001' })).id as number,
      )
    const [broken] = ids
    // Its next hop cannot be numbered.
    await setHop(2_147_483_647)
    county.clock.set('2026-12-01T02:00:00Z')
    await fireAll()
    const states = async () =>
      county.inCounty(async (tx) => {
        const { rows } = await sql<{ id: number; overdue: boolean; tried: number; error: string | null }>`
          select c.id, c.overdue, max(t.attempts) as tried, max(t.last_error) as error
            from process_case c join process_timer t on t.case_id = c.id
           where c.id = any(${ids}::bigint[]) group by c.id order by c.id`.execute(tx)
        return rows
      })
    expect((await states()).map(({ overdue }) => overdue)).toEqual([false, true, true])
    expect((await states())[0]).toMatchObject({ tried: 1, error: expect.stringContaining('out of range') })

    await setHop(1)
    await fireAll()
    expect((await states())[0]!.overdue).toBe(false)
    county.clock.advance(60_000)
    await fireAll()
    expect((await states())[0]!.overdue).toBe(true)

    async function setHop(hop: number) {
      await county.inCounty((tx) => sql`update process_case set hop = ${hop} where id = ${broken}`.execute(tx))
    }
    async function fireAll() {
      while ((await fireDueTimers(county.services, await county.here())) > 0);
    }
  }))
