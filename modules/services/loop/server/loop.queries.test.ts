import { expect, it } from 'vitest'
import type { HeldPost } from '#platform/access/actor.ts'
import { sql } from '#platform/db/db.ts'
import { testActor, withTestCounty } from '#platform/testing/test-county.ts'
import { recogniseLine } from '../recognition/recognise-line.ts'
import { getReporterQuery, suggestQuery } from './loop.queries.ts'
import { openReport } from './open-report.ts'

const VILLAGE = '320506103001'

it('a reporter is unmasked by whoever has the work in hand; in one person’s name it is in nobody else’s', () =>
  withTestCounty((county) =>
    county.asSystem(async (context) => {
      const { tx, here } = context
      const { state } = await openReport(context, {
        text: '香溪花苑门口路灯不亮',
        villageCode: VILLAGE,
        reporterName: '李文华',
        reporterPhone: '19900005007',
        source: 'resident',
      })
      const unit = here.directory.unitByCode('320506-fire')!
      const post: HeldPost = {
        postId: 1,
        role: 'handler',
        unitId: unit.id,
        unitCode: unit.code,
        unitName: unit.name,
        division: unit.division,
        acting: false,
      }
      await sql`
        insert into process_party (case_id, unit_id, role, since) values (${state.id}, ${unit.id}, 'lead', ${context.now})`.execute(
        tx,
      )
      const ask = async (accountId: number, purpose?: string) => {
        const actor = testActor(accountId, [], { posts: [post], unitIds: [unit.id] })
        return getReporterQuery.run({ ...context, actor }, { id: state.id, ...(purpose ? { purpose } : {}) })
      }
      const handTo = (accountId: number | null) =>
        sql`update process_work_item set unit_id = ${unit.id}, role = 'handler', account_id = ${accountId}::bigint
             where case_id = ${state.id}`.execute(tx)

      await handTo(null)
      expect((await ask(1)).canUnmask).toBe(true)
      expect((await ask(2, '联系报修人')).phone).toBe('19900005007')
      await handTo(1)
      expect((await ask(1, '联系报修人')).phone).toBe('19900005007')
      expect((await ask(2)).canUnmask).toBe(false)
      await expect(ask(2, '联系报修人')).rejects.toMatchObject({ code: 'platform.forbidden' })
    }),
  ))

it('the title that somebody wrote counts when the line is recognised, at the intake and when asked again', () =>
  withTestCounty((county) =>
    county.asSystem(async (context) => {
      const title = '出租车拒载不打表'
      const text = '昨天晚上在商场门口，等了很久也没有人管，希望有关部门处理。'
      const { state } = await openReport(context, { text, title, villageCode: VILLAGE, source: 'window' })
      const expected = recogniseLine(text, title)
      expect(expected).not.toEqual(recogniseLine(text))
      expect((state.data.recognised as { line: unknown }).line).toEqual(expected)
      expect((await suggestQuery.run(context, { caseId: state.id })).line).toEqual(expected)

      const untitled = await openReport(context, { text, villageCode: VILLAGE, source: 'window' })
      expect((await suggestQuery.run(context, { caseId: untitled.state.id })).line).toEqual(recogniseLine(text))
    }),
  ))
