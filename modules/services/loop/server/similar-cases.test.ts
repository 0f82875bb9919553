import { randomUUID } from 'node:crypto'
import type { FastifyInstance } from 'fastify'
import { describe, expect, it } from 'vitest'
import { sql } from '#platform/db/db.ts'
import { logInAs } from '#platform/testing/log-in-as.ts'
import { withTestCounty } from '#platform/testing/test-county.ts'

const VILLAGE = '320506103001'
const PHONE = '19900005007'
const CABLE = `二单元一楼有人从家里拉电线到楼道给电动车充电，晚上整夜插着。电话${PHONE}`
const AGAIN = '香溪花苑12幢楼道里又在给电动车充电，电线从一楼家里拉出来，晚上整夜插着'

async function report(app: FastifyInstance, text: string, placeText = '香溪花苑 12 幢'): Promise<string> {
  const answer = await app.inject({
    method: 'POST',
    url: '/test/api/v1/public/reports',
    headers: { 'idempotency-key': randomUUID() },
    payload: { text, villageCode: VILLAGE, placeText, reporterName: '李文华', reporterPhone: PHONE },
  })
  expect(answer.statusCode, answer.body).toBe(200)
  return answer.json().number
}

interface Each {
  case: { id: number; number: string }
  version: number
  score: number
  why: { key: string }[]
}
const numbers = (list: Each[]) => list.map((each) => each.case.number)

describe('duplicates and similar cases, over the API', () => {
  it('are offered to the clerk before and after a report is taken down; past ones say what became of them', async () => {
    await withTestCounty(
      async (county) => {
        const app = await county.app()
        const first = await report(app, CABLE)
        await report(app, '门口垃圾桶满了好几天没人清，苍蝇很多', '香溪花苑 3 幢')
        const done = await report(app, '楼道里拉电线给电动车充电，整夜插着，很不安全')
        await county.inCounty((tx) =>
          sql`
            update process_case set state = 'closed', opened_at = '2026-06-01T02:00:00Z', closed_at = '2026-06-08T02:00:00Z',
                   data = data || '{"result": "已拆除并约谈当事人"}'::jsonb where number = ${done}`.execute(tx),
        )
        const clerk = await logInAs(county, 'md-zhou')
        const body = { text: AGAIN, villageCode: VILLAGE, placeText: `12幢，电话${PHONE}` }
        const asked = await clerk.post('/loop/similar', body)
        expect(numbers(asked.duplicates)).toEqual([first])
        expect(asked.duplicates[0].score).toBeGreaterThan(0.5)
        expect(asked.duplicates[0].why.map(({ key }: { key: string }) => key)).toContain('similar.why.same_village')
        expect(asked.past).toHaveLength(1)
        expect(asked.past[0]).toMatchObject({
          case: { number: done },
          outcome: { tookDays: 7, result: '已拆除并约谈当事人', rating: null },
        })
        // Numbers of persons are neither compared nor given back.
        expect(JSON.stringify(asked)).not.toContain(PHONE)

        const second = await report(app, AGAIN)
        const { id } = asked.duplicates[0].case
        const onPage = await clerk.get(`/loop/cases/${id}/similar`)
        expect(numbers(onPage.duplicates)).toEqual([second])
        expect(onPage.duplicates[0].version).toBe(1)

        const elsewhere = await logInAs(county, 'lz-ma')
        expect(await elsewhere.post('/loop/similar', body)).toEqual({ duplicates: [], past: [] })
        const hidden = await elsewhere.raw('GET', `/loop/cases/${id}/similar`)
        expect(hidden.status).toBe(404)
      },
      { at: '2026-10-12T02:00:00Z' },
    )
  })
})
