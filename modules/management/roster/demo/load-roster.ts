import { addDays, heldOn, mondayOf, spanOf } from '#modules/management/roster/domain/roster.ts'
import { shiftEnded } from '#modules/management/roster/server/log.commands.ts'
import { listDesks, listShifts, peopleOf } from '#modules/management/roster/server/roster.store.ts'
import { replaceDuties } from '#modules/management/roster/server/week.ts'
import { runAsSystem } from '#platform/command/command.ts'
import { sql } from '#platform/db/db.ts'
import type { DemoLoad } from '#platform/module/module.ts'

/** Weeks with a roster before and after the present one. */
const WEEKS = [-1, 0, 1]

/** A roster for the command centres of the demo district: by turns, who has the role first. Safe to repeat and to interrupt. */
export async function loadRoster({ services, here, progress, signal }: DemoLoad): Promise<void> {
  if (here.county.regionPrefix !== '320506') return
  const pick = await services.pool.inCounty(here.county, async (tx) => {
    const known = await sql<{ desk_id: number }>`select distinct desk_id from roster_duty`.execute(tx)
    const done = new Set(known.rows.map(({ desk_id }) => desk_id))
    return (await listDesks(tx)).filter((desk) => desk.shifts.length > 0 && !done.has(desk.id))
  })
  for (const [index, desk] of pick.entries()) {
    if (signal.aborted) return
    await runAsSystem(services, here, 'demo', async (given) => {
      const context = { ...given, history: true }
      const { tx, now } = context
      const shifts = await listShifts(tx)
      const people = await peopleOf(tx, desk.unitId, now)
      const own = [...new Set(people.filter(({ role }) => role === desk.role).map(({ id }) => id))]
      // The county's two desks share one unit: those of the other desk stay out of each other's way.
      const others =
        desk.townCode === null ? [] : [...new Set(people.map(({ id }) => id))].filter((id) => !own.includes(id))
      const nights = [...others, ...own]
      const monday = mondayOf(here.calendar.dateAt(now))
      let turn = index
      for (const week of WEEKS) {
        const from = addDays(monday, week * 7)
        const wanted = [0, 1, 2, 3, 4, 5, 6].flatMap((n) => {
          const day = addDays(from, n)
          const night = nights[turn++ % nights.length]!
          const byDay = own.filter((id) => id !== night)[turn % Math.max(1, own.length - 1)] ?? own[0]!
          return shifts.flatMap((shift) =>
            desk.shifts.includes(shift.code) && heldOn(here.calendar, day, shift)
              ? [{ day, shift: shift.code, accountId: shift.code === 'night' ? night : byDay }]
              : [],
          )
        })
        if (own.length > 0) await replaceDuties(context, desk, from, addDays(from, 6), wanted)
      }
    })
    progress('值班表', index + 1, pick.length)
  }
  if (pick.length === 0) return
  // Logs of the last two days, so that the page has something to sign.
  await runAsSystem(services, here, 'demo', async (context) => {
    const { tx, now } = context
    const shifts = new Map((await listShifts(tx)).map((shift) => [shift.code, shift]))
    const { rows } = await sql<{ desk_id: number; day: string; shift: string }>`
      select distinct desk_id, to_char(day, 'YYYY-MM-DD') as day, shift_code as shift from roster_duty
       where ends_at <= ${now} and ends_at > ${new Date(now.getTime() - 2 * 86_400_000)} order by 2, 3, 1`.execute(tx)
    for (const { desk_id, day, shift } of rows)
      if (spanOf(here.calendar, day, shifts.get(shift)!).endsAt <= now)
        await shiftEnded(context, { deskId: desk_id, day, shift })
  })
}
