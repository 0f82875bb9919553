import { answerSwap, askSwap, getMine } from '#modules/management/roster/contract.ts'
import { presentAbsences } from '#modules/management/roster/server/absence.commands.ts'
import { logDesks, logRows, presentLogRow, shiftNames } from '#modules/management/roster/server/log.commands.ts'
import { staffOf } from '#modules/management/roster/server/roster.policy.ts'
import {
  type DutyRow,
  dutiesBetween,
  dutyAt,
  findDuty,
  listDesks,
  lockRoster,
  peopleOf,
} from '#modules/management/roster/server/roster.store.ts'
import { busyReason, replaceDuties } from '#modules/management/roster/server/week.ts'
import { command, query } from '#platform/command/command.ts'
import type { Context } from '#platform/command/context.ts'
import { sql } from '#platform/db/db.ts'
import { AppError, notFound } from '#platform/errors/app-error.ts'

interface SwapRow {
  id: number
  deskId: number
  day: string
  shift: string
  otherDeskId: number | null
  otherDay: string | null
  otherShift: string | null
  by: number
  of: number
  reason: string
  askedAt: Date
  answer: 'agreed' | 'refused' | 'withdrawn' | null
}

async function swapRows(context: Context, filter: { id?: number; accountId?: number }): Promise<SwapRow[]> {
  const { id = null, accountId = null } = filter
  const { rows } = await sql<SwapRow>`
    select id, desk_id as "deskId", to_char(day, 'YYYY-MM-DD') as day, shift_code as shift, other_desk_id as "otherDeskId",
           to_char(other_day, 'YYYY-MM-DD') as "otherDay", other_shift_code as "otherShift", asked_by as by, asked_of as of,
           reason, asked_at as "askedAt", answer
      from roster_swap
     where (${id}::bigint is null or id = ${id}::bigint)
       and (${accountId}::bigint is null or ${accountId}::bigint in (asked_by, asked_of))
     order by id desc limit 20`.execute(context.tx)
  return rows
}

async function presentSwaps(context: Context, rows: readonly SwapRow[]) {
  const actor = staffOf(context)
  const { directory } = context.here
  const desks = new Map((await listDesks(context.tx)).map((desk) => [desk.id, desk.name]))
  const shifts = await shiftNames(context)
  const slot = (deskId: number, day: string, shift: string) => ({
    desk: desks.get(deskId) ?? '',
    day,
    shift: shifts.get(shift) ?? shift,
  })
  return rows.map((row) => ({
    id: row.id,
    by: { id: row.by, name: directory.accountName(row.by) },
    of: { id: row.of, name: directory.accountName(row.of) },
    give: slot(row.deskId, row.day, row.shift),
    take: row.otherDeskId === null ? null : slot(row.otherDeskId, row.otherDay!, row.otherShift!),
    reason: row.reason,
    askedAt: row.askedAt.toISOString(),
    answer: row.answer,
    can: {
      answer: row.answer === null && row.of === actor.accountId,
      withdraw: row.answer === null && row.by === actor.accountId,
    },
  }))
}

async function presentSwap(context: Context, id: number) {
  const actor = staffOf(context)
  const row = (await swapRows(context, { id }))[0]
  if (!row || (row.by !== actor.accountId && row.of !== actor.accountId)) throw notFound()
  return (await presentSwaps(context, [row]))[0]!
}

export const getMineQuery = query(getMine, async (context) => {
  const { tx, now } = context
  const actor = staffOf(context)
  const shifts = await shiftNames(context)
  const desks = await logDesks(context)
  const { rows } = await sql<{
    id: number
    desk: string
    day: string
    shift: string
    starts_at: Date
    ends_at: Date
    others: string[]
  }>`
    select d.id, k.name as desk, to_char(d.day, 'YYYY-MM-DD') as day, d.shift_code as shift, d.starts_at, d.ends_at,
           array(select a.display_name from roster_duty o join auth_account a on a.id = o.account_id
                  where o.desk_id = d.desk_id and o.day = d.day and o.shift_code = d.shift_code and o.id <> d.id) as others
      from roster_duty d join roster_desk k on k.id = d.desk_id
     where d.account_id = ${actor.accountId} and d.ends_at > ${now} order by d.starts_at limit 30`.execute(tx)
  const acting = await sql<{ post: string; unit: string; for_name: string; since: Date; until: Date }>`
    select p.name as post, u.short_name as unit, f.display_name as for_name, h.since, h.until
      from org_post_holding h join org_post p on p.id = h.post_id join org_unit u on u.id = p.unit_id
      join auth_account f on f.id = h.for_account_id
     where h.account_id = ${actor.accountId} and h.away and h.until > ${now} order by h.since, h.id`.execute(tx)
  const logs = await logRows(context, { accountId: actor.accountId, limit: 20 })
  return {
    shifts: rows.map((row) => ({
      dutyId: row.id,
      desk: row.desk,
      day: row.day,
      shift: shifts.get(row.shift) ?? row.shift,
      startsAt: row.starts_at.toISOString(),
      endsAt: row.ends_at.toISOString(),
      others: row.others,
    })),
    swaps: await presentSwaps(context, await swapRows(context, { accountId: actor.accountId })),
    absences: (await presentAbsences(context, { accountId: actor.accountId })).filter(
      ({ person }) => person.id === actor.accountId,
    ),
    acting: acting.rows.map((row) => ({
      post: row.post,
      unit: row.unit,
      for: row.for_name,
      since: row.since.toISOString(),
      until: row.until.toISOString(),
    })),
    logs: logs.flatMap((row) => {
      const desk = desks.find(({ id }) => id === row.deskId)
      return desk ? [presentLogRow(context, row, desk, shifts)] : []
    }),
  }
})

/** @throws why a person cannot take a duty over */
async function checkTakes(context: Context, accountId: number, duty: DutyRow, except: number[]): Promise<void> {
  const { tx, now, here } = context
  const params = { name: here.directory.accountName(accountId), day: duty.day }
  const desk = (await listDesks(tx, { id: duty.deskId }))[0]
  if (!desk || !(await peopleOf(tx, desk.unitId, now)).some(({ id }) => id === accountId))
    throw new AppError('roster.person_not_of_unit', { status: 422 })
  const busy = await busyReason(tx, accountId, duty, except)
  if (busy)
    throw new AppError(busy === 'double' ? 'roster.double_booked' : 'roster.person_absent', { status: 409, params })
}

export const askSwapCommand = command(askSwap, {
  async perform(context, { dutyId, withDutyId, accountId, reason }) {
    const { tx, now, pending } = context
    const actor = staffOf(context)
    await lockRoster(tx)
    const duty = await findDuty(tx, dutyId)
    if (!duty || duty.accountId !== actor.accountId) throw new AppError('roster.not_your_shift', { status: 403 })
    const other = withDutyId === undefined ? undefined : await findDuty(tx, withDutyId)
    const of = other?.accountId ?? (withDutyId === undefined ? accountId : undefined)
    if (of === undefined || of === actor.accountId) throw new AppError('roster.swap_with_whom', { status: 422 })
    if (duty.startsAt <= now || (other && other.startsAt <= now))
      throw new AppError('roster.past_shift', { status: 409 })
    const known = await sql`
      select 1 from roster_swap where answer is null and desk_id = ${duty.deskId} and day = ${duty.day}::date
         and shift_code = ${duty.shift} and asked_by = ${actor.accountId}`.execute(tx)
    if (known.rows.length > 0) throw new AppError('roster.swap_asked', { status: 409 })
    await checkTakes(context, of, duty, other ? [other.id] : [])
    if (other) await checkTakes(context, actor.accountId, other, [duty.id])
    const { rows } = await sql<{ id: number }>`
      insert into roster_swap (desk_id, day, shift_code, other_desk_id, other_day, other_shift_code, asked_by, asked_of, reason, asked_at)
      values (${duty.deskId}, ${duty.day}::date, ${duty.shift}, ${other?.deskId ?? null}, ${other?.day ?? null}::date,
        ${other?.shift ?? null}, ${actor.accountId}, ${of}, ${reason}, ${now}) returning id`.execute(tx)
    pending.subject = `roster_swap:${rows[0]!.id}`
    pending.jobs.push({
      kind: 'notify.in_app',
      payload: { accountIds: [of], kind: 'roster.swap_asked', params: { name: actor.name, day: duty.day } },
    })
    return { ref: { id: rows[0]!.id } }
  },
  present: (context, ref) => presentSwap(context, (ref as { id: number }).id),
})

export const answerSwapCommand = command(answerSwap, {
  async perform(context, { swapId, answer }) {
    const { tx, now, pending } = context
    const actor = staffOf(context)
    await lockRoster(tx)
    const swap = (await swapRows(context, { id: swapId }))[0]
    const mayAnswer = swap && (answer === 'withdrawn' ? swap.by : swap.of) === actor.accountId
    if (!swap || !mayAnswer) throw notFound()
    if (swap.answer !== null) throw new AppError('roster.swap_over', { status: 409 })
    if (answer === 'agreed') await exchange(context, swap)
    await sql`update roster_swap set answer = ${answer}, answered_at = ${now} where id = ${swapId}`.execute(tx)
    pending.subject = `roster_swap:${swapId}`
    pending.facts.push({
      kind: 'roster.swap_answered',
      subject: pending.subject,
      content: { answer, by: swap.by, of: swap.of, day: swap.day, shift: swap.shift },
    })
    if (answer !== 'withdrawn')
      pending.jobs.push({
        kind: 'notify.in_app',
        payload: { accountIds: [swap.by], kind: `roster.swap_${answer}`, params: { name: actor.name, day: swap.day } },
      })
    return { ref: { id: swapId } }
  },
  present: (context, ref) => presentSwap(context, (ref as { id: number }).id),
})

/** Both shifts change hands together, or neither. */
async function exchange(context: Context, swap: SwapRow): Promise<void> {
  const { tx } = context
  const given = await dutyAt(tx, { deskId: swap.deskId, day: swap.day, shift: swap.shift, accountId: swap.by })
  const taken =
    swap.otherDeskId === null
      ? undefined
      : await dutyAt(tx, { deskId: swap.otherDeskId, day: swap.otherDay!, shift: swap.otherShift!, accountId: swap.of })
  if (!given || (swap.otherDeskId !== null && !taken)) throw new AppError('roster.swap_moved', { status: 409 })
  // Both leave first, so that the two shifts may touch each other.
  const moves = [{ duty: given, to: swap.of }, ...(taken ? [{ duty: taken, to: swap.by }] : [])]
  for (const { duty } of moves) await put(context, duty, null)
  for (const { duty, to } of moves) await put(context, duty, to)
}

/** Takes a duty away, or gives its place to somebody. */
async function put(context: Context, duty: DutyRow, to: number | null): Promise<void> {
  const desk = (await listDesks(context.tx, { id: duty.deskId }))[0]
  if (!desk) throw new AppError('roster.swap_moved', { status: 409 })
  const day = (await dutiesBetween(context.tx, duty.day, duty.day, [duty.deskId])).filter(({ id }) => id !== duty.id)
  await replaceDuties(context, desk, duty.day, duty.day, [
    ...day,
    ...(to === null ? [] : [{ day: duty.day, shift: duty.shift, accountId: to }]),
  ])
}
