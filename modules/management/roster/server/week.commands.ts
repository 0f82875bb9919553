import { Readable } from 'node:stream'
import { orgDirectory } from '#modules/foundation/org/public.ts'
import {
  addDesk,
  copyLastWeek,
  exportRoster,
  getWeek,
  importRoster,
  listCandidates,
  listOnDuty,
  saveWeek,
  setDesk,
} from '#modules/management/roster/contract.ts'
import { addDays, copyWeek, mondayOf, spanOf } from '#modules/management/roster/domain/roster.ts'
import { requirePlan } from '#modules/management/roster/server/roster.policy.ts'
import {
  type Desk,
  dutiesBetween,
  insertDesk,
  listDesks,
  listShifts,
  lockRoster,
  peopleOf,
  updateDesk,
} from '#modules/management/roster/server/roster.store.ts'
import {
  busyReason,
  checkMonday,
  presentDesk,
  presentWeek,
  replaceDuties,
  type Wanted,
  weekSlots,
} from '#modules/management/roster/server/week.ts'
import { command, query, writePending } from '#platform/command/command.ts'
import { type Context, Pending } from '#platform/command/context.ts'
import { sql } from '#platform/db/db.ts'
import { AppError, notFound } from '#platform/errors/app-error.ts'
import { mediaTypes } from '#platform/files/file-type.ts'
import { downloadHeaders } from '#platform/files/uploads.ts'
import type { RawHandler } from '#platform/http/raw-handler.ts'
import { type Column, dateText } from '#platform/tables/column.ts'
import { collectRowErrors, type ImportColumn, type RowProblem } from '#platform/tables/import-rows.ts'
import { readTable } from '#platform/tables/read-table.ts'
import { writeXlsx } from '#platform/tables/write-xlsx.ts'

export const getWeekQuery = query(getWeek, async (context, { monday, unitId, deskId }) =>
  presentWeek(context, checkMonday(monday), {
    ...(unitId === undefined ? {} : { unitId }),
    ...(deskId === undefined ? {} : { deskId }),
  }),
)

export const listOnDutyQuery = query(listOnDuty, async (context) => {
  const { tx, now } = context
  const shifts = new Map((await listShifts(tx)).map((shift) => [shift.code, shift.name]))
  const { rows } = await sql<{ deskId: number; shift: string; id: number; name: string; endsAt: Date }>`
    select d.desk_id as "deskId", d.shift_code as shift, a.id, a.display_name as name, d.ends_at as "endsAt"
      from roster_duty d join auth_account a on a.id = d.account_id
     where d.ends_at > ${now} and d.starts_at <= ${now} order by d.id`.execute(tx)
  return {
    at: now.toISOString(),
    items: (await listDesks(tx)).map((desk) => {
      const own = rows.filter(({ deskId }) => deskId === desk.id)
      const shift = own[0]?.shift ?? null
      return {
        desk: presentDesk(context, desk),
        shift,
        shiftName: shift === null ? null : (shifts.get(shift) ?? shift),
        until: own[0]?.endsAt.toISOString() ?? null,
        people: own.map(({ id, name }) => ({ id, name })),
      }
    }),
  }
})

async function deskOf(context: Context, id: number): Promise<Desk> {
  const desk = (await listDesks(context.tx, { id }))[0]
  if (!desk) throw notFound()
  return desk
}

export const listCandidatesQuery = query(listCandidates, async (context, { deskId }) => {
  const desk = await deskOf(context, deskId)
  requirePlan(context, desk.unitId)
  const people = await peopleOf(context.tx, desk.unitId, context.now)
  return {
    items: [...new Map(people.map((one) => [one.id, one])).values()].map((one) => ({
      id: one.id,
      name: one.name,
      post: one.post,
      ownRole: people.some((other) => other.id === one.id && other.role === desk.role),
    })),
  }
})

export const saveWeekCommand = command(saveWeek, {
  async perform(context, { deskId, monday, duties }) {
    checkMonday(monday)
    const desk = await deskOf(context, deskId)
    requirePlan(context, desk.unitId)
    const done = await replaceDuties(context, desk, monday, addDays(monday, 6), duties)
    record(context, desk, monday, { ...done, duties: duties.length })
    return { ref: { deskId, monday } }
  },
  present: (context, ref) => {
    const { deskId, monday } = ref as { deskId: number; monday: string }
    return presentWeek(context, monday, { deskId })
  },
})

function record(context: Context, desk: Desk, monday: string, content: Record<string, string | number>): void {
  context.pending.subject = `roster_desk:${desk.id}`
  context.pending.facts.push({
    kind: 'roster.week_saved',
    subject: `roster_desk:${desk.id}`,
    content: { desk: desk.name, monday, ...content },
  })
}

export const copyLastWeekCommand = command(copyLastWeek, {
  async perform(context, { monday, deskIds }) {
    const { tx, here, now } = context
    checkMonday(monday)
    await lockRoster(tx)
    const shifts = await listShifts(tx)
    const span = (day: string, code: string) =>
      spanOf(here.calendar, day, shifts.find((shift) => shift.code === code) ?? { from: '00:00', to: '00:00' })
    const output = { taken: 0, left: [] as { desk: string; day: string; shift: string; person: string; why: string }[] }
    for (const id of [...new Set(deskIds)].sort((a, b) => a - b)) {
      const desk = await deskOf(context, id)
      requirePlan(context, desk.unitId)
      const before = await dutiesBetween(tx, addDays(monday, -7), addDays(monday, -1), [id])
      const present = await dutiesBetween(tx, monday, addDays(monday, 6), [id])
      const people = new Set((await peopleOf(tx, desk.unitId, now)).map((one) => one.id))
      const busy = new Map<string, 'double' | 'absent' | null>()
      for (const duty of before) {
        const at = span(addDays(duty.day, 7), duty.shift)
        busy.set(`${duty.accountId} ${at.startsAt.getTime()}`, await busyReason(tx, duty.accountId, at))
      }
      const { taken, left } = copyWeek({
        from: before,
        days: 7,
        slots: await weekSlots(context, monday, [desk], shifts),
        present,
        span,
        busy: (accountId, at) => busy.get(`${accountId} ${at.startsAt.getTime()}`) ?? null,
        mayServe: (accountId) => people.has(accountId),
        now,
      })
      if (taken.length > 0) await replaceDuties(context, desk, monday, addDays(monday, 6), [...present, ...taken])
      record(context, desk, monday, { copied: taken.length, left: left.length })
      output.taken += taken.length
      output.left.push(
        ...left.map((one) => ({
          desk: desk.name,
          day: one.day,
          shift: shifts.find(({ code }) => code === one.shift)?.name ?? one.shift,
          person: here.directory.accountName(one.accountId),
          why: one.why,
        })),
      )
    }
    return { ref: output }
  },
  async present(_context, ref) {
    return ref as { taken: number; left: { desk: string; day: string; shift: string; person: string; why: string }[] }
  },
})

async function checkShifts(context: Context, codes: readonly string[]): Promise<void> {
  const known = new Set((await listShifts(context.tx)).map(({ code }) => code))
  if (codes.some((code) => !known.has(code))) throw new AppError('roster.no_such_shift', { status: 422 })
}

export const setDeskCommand = command(setDesk, {
  async perform(context, { deskId, phone, shifts }) {
    const desk = await deskOf(context, deskId)
    requirePlan(context, desk.unitId)
    await checkShifts(context, shifts)
    await updateDesk(context.tx, deskId, phone, shifts)
    context.pending.subject = `roster_desk:${deskId}`
    return { ref: { deskId } }
  },
  present: async (context, ref) => presentDesk(context, await deskOf(context, (ref as { deskId: number }).deskId)),
})

export const addDeskCommand = command(addDesk, {
  async perform(context, { unitId, role, name, phone, shifts }) {
    const unit = requirePlan(context, unitId)
    await checkShifts(context, shifts)
    const people = await peopleOf(context.tx, unitId, context.now)
    if (!people.some((one) => one.role === role))
      throw new AppError('roster.role_unheld', { status: 409, params: { desk: name } })
    const id = await insertDesk(
      context.tx,
      {
        unitId,
        role,
        name,
        phone: phone ?? null,
        shifts,
        townCode: unit.level === 'county' ? null : unit.division.slice(0, 9),
      },
      context.now,
    )
    if (id === undefined) throw new AppError('roster.desk_exists', { status: 409 })
    context.pending.subject = `roster_desk:${id}`
    return { ref: { deskId: id } }
  },
  present: async (context, ref) => presentDesk(context, await deskOf(context, (ref as { deskId: number }).deskId)),
})

// The roster as a sheet

const SHEET: readonly ImportColumn[] = [
  { key: 'unit', title: '单位', type: 'text', required: true, maxLength: 60 },
  { key: 'desk', title: '席位', type: 'text', required: true, maxLength: 40 },
  { key: 'day', title: '日期', type: 'date', required: true },
  { key: 'shift', title: '班次', type: 'text', required: true, maxLength: 20 },
  { key: 'person', title: '值班人员', type: 'text', required: true, maxLength: 64 },
]

export const importRosterCommand = command(importRoster, {
  async perform(context, { fileName, content, dryRun }) {
    const { tx, here, now } = context
    const file = Buffer.from(content, 'base64')
    const table = await readTable(Readable.from([file]), fileName, {
      titles: SHEET.map(({ title }) => title),
      maxRows: 3000,
    })
    const shifts = await listShifts(tx)
    const desks = await listDesks(tx)
    const people = new Map<number, Awaited<ReturnType<typeof peopleOf>>>()
    const wanted = new Map<number, { desk: Desk; rows: Wanted[] }>()
    const directory = orgDirectory(here)
    const seen = new Set<string>()
    const { good, bad } = await collectRowErrors(table, SHEET, async (values): Promise<RowProblem[]> => {
      const unitName = String(values.unit)
      const desk = desks.find((one) => {
        const unit = directory.unit(one.unitId)
        return one.name === values.desk && (unit?.name === unitName || unit?.shortName === unitName)
      })
      if (!desk) return [{ code: 'roster.sheet_no_desk', params: { desk: String(values.desk), unit: unitName } }]
      try {
        requirePlan(context, desk.unitId)
      } catch {
        return [{ code: 'roster.sheet_not_yours', params: { desk: desk.name } }]
      }
      const shift = shifts.find((one) => one.name === values.shift || one.code === values.shift)
      if (!shift)
        return [
          {
            code: 'roster.sheet_no_shift',
            params: { shift: String(values.shift), known: shifts.map(({ name }) => name).join('、') },
          },
        ]
      if (!people.has(desk.unitId)) people.set(desk.unitId, await peopleOf(tx, desk.unitId, now))
      const found = [
        ...new Set(
          people
            .get(desk.unitId)!
            .filter((one) => one.name === values.person || one.login === values.person)
            .map(({ id }) => id),
        ),
      ]
      if (found.length === 0) return [{ code: 'roster.sheet_no_person', params: { name: String(values.person) } }]
      if (found.length > 1) return [{ code: 'roster.sheet_two_people', params: { name: String(values.person) } }]
      const day = dateText(values.day as Date)
      const span = spanOf(here.calendar, day, shift)
      if (span.startsAt <= now) return [{ code: 'roster.sheet_past', params: { day } }]
      const key = `${desk.id} ${day} ${shift.code} ${found[0]}`
      if (seen.has(key)) return [{ code: 'roster.sheet_twice', params: { name: String(values.person) } }]
      const at = { deskId: desk.id, accountId: found[0]!, ...span }
      for (const { rows } of wanted.values())
        for (const other of rows) {
          const theirs = spanOf(here.calendar, other.day, shifts.find(({ code }) => code === other.shift)!)
          if (other.accountId === at.accountId && theirs.startsAt < at.endsAt && at.startsAt < theirs.endsAt)
            return [{ code: 'roster.sheet_double', params: { name: String(values.person), day } }]
        }
      seen.add(key)
      const list = wanted.get(desk.id) ?? { desk, rows: [] }
      list.rows.push({ day, shift: shift.code, accountId: found[0]! })
      wanted.set(desk.id, list)
      return []
    })
    const problems = bad.flatMap(({ number, problems: found }) =>
      found.map(({ code, params }) => ({ row: number, code, params: params ?? {} })),
    )
    const done = !dryRun && problems.length === 0
    if (done)
      for (const { desk, rows } of wanted.values()) {
        // A sheet says all of the weeks it speaks of, for the shifts that have not begun.
        for (const monday of new Set(rows.map(({ day }) => mondayOf(day)))) {
          const begun = (await dutiesBetween(tx, monday, addDays(monday, 6), [desk.id])).filter(
            (duty) => duty.startsAt <= now,
          )
          const week = rows.filter(({ day }) => mondayOf(day) === monday)
          await replaceDuties(context, desk, monday, addDays(monday, 6), [...begun, ...week])
          record(context, desk, monday, { imported: week.length })
        }
      }
    return { ref: { rows: good.length + bad.length, taken: done ? good.length : 0, done, problems } }
  },
  async present(_context, ref) {
    return ref as {
      rows: number
      taken: number
      done: boolean
      problems: { row: number; code: string; params: Record<string, string | number | boolean | null> }[]
    }
  },
})

interface SheetRow {
  unit: string
  desk: string
  day: string
  shift: string
  person: string
  phone: string | null
}

const columns: Column<SheetRow>[] = [
  { title: '单位', type: 'text', width: 28, value: (row) => row.unit },
  { title: '席位', type: 'text', width: 24, value: (row) => row.desk },
  { title: '日期', type: 'text', width: 12, value: (row) => row.day },
  { title: '班次', type: 'text', width: 14, value: (row) => row.shift },
  { title: '值班人员', type: 'text', width: 14, value: (row) => row.person },
  { title: '值班电话', type: 'text', width: 16, value: (row) => row.phone },
]

export const exportRosterHandler: RawHandler = {
  route: exportRoster,
  async handle(house, { here, actor, input, info }) {
    const { services } = house
    const { monday, unitId } = input as { monday: string; unitId?: number }
    checkMonday(monday)
    const now = services.clock.now()
    const rows = await services.pool.inCounty(here.county, async (tx) => {
      const context: Context = { tx, actor, now, services, here, pending: new Pending(), request: info }
      const desks = await listDesks(tx, unitId === undefined ? {} : { unitId })
      const shifts = new Map((await listShifts(tx)).map((shift) => [shift.code, shift.name]))
      const duties = await dutiesBetween(
        tx,
        monday,
        addDays(monday, 6),
        desks.map(({ id }) => id),
      )
      context.pending.subject = `roster?monday=${monday} rows=${duties.length}`
      await writePending(context, { route: exportRoster.name })
      return duties.map((duty): SheetRow => {
        const desk = desks.find(({ id }) => id === duty.deskId)!
        return {
          unit: here.directory.unit(desk.unitId)!.name,
          desk: desk.name,
          day: duty.day,
          shift: shifts.get(duty.shift) ?? duty.shift,
          person: duty.name,
          phone: desk.phone,
        }
      })
    })
    const name = `值班表 ${monday}.xlsx`
    return {
      headers: downloadHeaders({ name, mediaType: mediaTypes.xlsx }, false),
      body: writeXlsx(columns, rows, { sheet: '值班表' }),
    }
  },
}
