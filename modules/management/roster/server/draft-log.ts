import { addDays, heldOn, spanOf } from '#modules/management/roster/domain/roster.ts'
import { dutiesBetween, listDesks, listShifts } from '#modules/management/roster/server/roster.store.ts'
import { modeShifts } from '#modules/management/roster/server/week.ts'
import type { Context } from '#platform/command/context.ts'
import { sql } from '#platform/db/db.ts'

/**
 * The log of one desk and shift from the rows of its cases, once; undefined where nobody was on duty or it is drafted. A
 * command centre's cases are those of its territory, another unit's those that it had in hand. Each number is kept as the
 * cases that it counts.
 */
export async function draftLog(
  context: Context,
  at: { deskId: number; day: string; shift: string },
): Promise<{ id: number; onDuty: number[] } | undefined> {
  const { tx, here, now, pending } = context
  const desk = (await listDesks(tx, { id: at.deskId }))[0]
  const shifts = await listShifts(tx)
  const shift = shifts.find(({ code }) => code === at.shift)
  if (!desk || !shift) return
  const duties = await dutiesBetween(tx, at.day, addDays(at.day, 2), [desk.id])
  const onDuty = duties.filter((duty) => duty.day === at.day && duty.shift === at.shift)
  if (onDuty.length === 0) return
  const { startsAt, endsAt } = spanOf(here.calendar, at.day, shift)
  if (endsAt > now) return
  const extra = await modeShifts(tx, endsAt, new Date(endsAt.getTime() + 3 * 86_400_000))
  const next = [0, 1, 2, 3, 4, 5]
    .flatMap((n) =>
      shifts
        .filter((one) => heldOn(here.calendar, addDays(at.day, n), one))
        .map((one) => ({ day: addDays(at.day, n), one })),
    )
    .filter(
      ({ one }) =>
        desk.shifts.includes(one.code) ||
        extra.some((mode) => mode.deskId === desk.id && mode.shifts.includes(one.code)),
    )
    .map(({ day, one }) => ({ day, code: one.code, ...spanOf(here.calendar, day, one) }))
    .filter((slot) => slot.startsAt >= endsAt)
    .sort((a, b) => a.startsAt.getTime() - b.startsAt.getTime())[0]
  const nextEndsAt = next?.endsAt ?? new Date(endsAt.getTime() + 86_400_000)
  const coming = duties
    .filter((duty) => duty.day === next?.day && duty.shift === next.code)
    .map(({ accountId }) => accountId)
  const { rows } = await sql<{ id: number }>`
    insert into roster_log (desk_id, day, shift_code, starts_at, ends_at, next_ends_at, on_duty, coming, drafted_at)
    values (${desk.id}, ${at.day}::date, ${at.shift}, ${startsAt}, ${endsAt}, ${nextEndsAt},
      ${onDuty.map(({ accountId }) => accountId)}::bigint[], ${coming}::bigint[], ${now})
    on conflict (desk_id, day, shift_code) do nothing returning id`.execute(tx)
  const id = rows[0]?.id
  if (id === undefined) return
  const centre = here.directory.unit(desk.unitId)?.kind === 'command'
  const mine = centre
    ? desk.townCode === null
      ? sql`true`
      : sql`c.town_code = ${desk.townCode}`
    : sql`(c.unit_id = ${desk.unitId} or exists (select 1 from process_party p where p.case_id = c.id and p.unit_id = ${desk.unitId}))`
  await sql`
    with hop as (
      select case_id, action from process_trace where at >= ${startsAt} and at < ${endsAt}
         and action in ('start', 'dispatch', 'superviseYellow', 'superviseOrange', 'superviseRed')
    ), counted as (
      select 'taken' as number, c.id from hop h join process_case c on c.id = h.case_id
       where h.action = 'start' and ${mine}
      union select 'dispatched', c.id from hop h join process_case c on c.id = h.case_id
       where h.action = 'dispatch' and ${mine}
      union select 'supervised', c.id from hop h join process_case c on c.id = h.case_id
       where h.action like 'supervise%' and ${mine}
      union select 'danger', c.id from hop h join process_case c on c.id = h.case_id
       where h.action = 'start' and c.severity = 1 and ${mine}
      union select 'closed', c.id from process_trace t join process_case c on c.id = t.case_id
       where t.at >= ${startsAt} and t.at < ${endsAt} and c.closed_at = t.at and ${mine}
      union select 'overdue', c.id from process_case c where c.closed_at is null and c.overdue and ${mine}
      union select 'due', c.id from process_case c
       where c.closed_at is null and c.due_at >= ${endsAt} and c.due_at < ${nextEndsAt} and ${mine}
      union select 'open', c.id from process_case c where c.closed_at is null and c.opened_at < ${endsAt} and ${mine}
    )
    insert into roster_log_case (log_id, number, case_id) select ${id}, number, id from counted`.execute(tx)
  pending.subject ??= `roster_log:${id}`
  return { id, onDuty: onDuty.map(({ accountId }) => accountId) }
}
