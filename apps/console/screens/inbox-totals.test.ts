import { expect, it } from 'vitest'
import { sql } from '#platform/db/db.ts'
import { listInboxQuery } from '#platform/process/list-inbox.query.ts'
import { testActor, withTestCounty } from '#platform/testing/test-county.ts'
import { groupByDue } from '#ui/inbox/due-groups.ts'

const HOUR_MS = 3_600_000

it.each([
  // The eve of the holiday week: 10-01 to 10-07 are days of rest.
  ['before a holiday, in office hours', '2026-09-30T02:00:00Z'],
  ['in the evening', '2026-10-13T12:00:00Z'],
  ['on a Saturday', '2026-10-17T03:00:00Z'],
])('the totals of the groups are what the groups would hold if all were loaded: %s', (_, at) =>
  withTestCounty(
    (county) =>
      county.asSystem(async (context) => {
        const { tx, here, now } = context
        const { id: definition, body } = here.definitions.current('report')
        const unit = here.directory.unitByCode('320506-command')!
        // Every five hours of two weeks around now, each third without a limit, the late ones flagged or not.
        const due = (n: number) => (n % 3 === 0 ? null : new Date(now.getTime() + (n - 10) * 5 * HOUR_MS))
        for (let n = 0; n < 60; n++) {
          const { rows } = await sql<{ id: number }>`
            insert into process_case (number, definition_id, definition_key, state, phase, title, source, opened_at,
                last_hop_at)
            values (${`WZ-X-${n}`}, ${definition}, 'report', 'reported', ${body.states.reported!.phase}, '路灯不亮',
                'grid', ${now}, ${now}) returning id`.execute(tx)
          await sql`
            insert into process_work_item (case_id, slot, definition_key, state, phase, unit_id, role, title, number,
                severity, secrecy, source, opened_at, due_at, overdue)
            values (${rows[0]!.id}, 'main', 'report', 'reported', 'report', ${unit.id}, 'intakeClerk', '路灯不亮',
                ${`WZ-X-${n}`}, 0, 'internal', 'grid', ${now}, ${due(n)}, ${n < 8 && n % 2 === 0})`.execute(tx)
        }
        const actor = testActor(1, [], {
          posts: [
            {
              postId: 1,
              role: 'intakeClerk',
              unitId: unit.id,
              unitCode: unit.code,
              unitName: unit.name,
              division: unit.division,
              acting: false,
            },
          ],
        })
        const answer = await listInboxQuery.run({ ...context, actor }, { limit: 200 })
        expect(answer.items).toHaveLength(60)
        const shown = groupByDue(
          answer.items.map((item) => ({
            due: item.dueAt ? { at: item.dueAt, unit: 'workHour' as const, overdue: item.overdue } : null,
          })),
          now.getTime(),
          here.calendar,
        )
        const byKey = (groups: { key: string; count: number }[]) =>
          Object.fromEntries(groups.map(({ key, count }) => [key, count]))
        expect(byKey(answer.byDue)).toEqual(byKey(shown.map(({ key, items }) => ({ key, count: items.length }))))
        expect(answer.total).toBe(60)
        // They count what is not loaded too, and follow the filters.
        const page = await listInboxQuery.run({ ...context, actor }, { limit: 1 })
        expect(page.byDue).toEqual(answer.byDue)
        const other = await listInboxQuery.run({ ...context, actor }, { definition: 'joint_review' })
        expect(other).toMatchObject({ total: 60, byDue: [] })
      }),
    { at },
  ),
)
