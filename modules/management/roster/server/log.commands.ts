import { orgDirectory } from '#modules/foundation/org/public.ts'
import { getLog, listLogCases, listLogs, renderLog, signLog, takeLog } from '#modules/management/roster/contract.ts'
import { draftLog } from '#modules/management/roster/server/draft-log.ts'
import { mayPlan, staffOf } from '#modules/management/roster/server/roster.policy.ts'
import { type Desk, listDesks, listShifts } from '#modules/management/roster/server/roster.store.ts'
import { command, query, writePending } from '#platform/command/command.ts'
import { type Context, Pending } from '#platform/command/context.ts'
import { sql } from '#platform/db/db.ts'
import { chineseDate, chineseDateTime } from '#platform/documents/chinese-time.ts'
import type { OfficialDocument } from '#platform/documents/official-document.ts'
import { renderDocx } from '#platform/documents/render-docx.ts'
import { renderPdf } from '#platform/documents/render-pdf.ts'
import { AppError, notFound } from '#platform/errors/app-error.ts'
import { mediaTypes } from '#platform/files/file-type.ts'
import { downloadHeaders } from '#platform/files/uploads.ts'
import type { RawHandler } from '#platform/http/raw-handler.ts'
import type { JobHandler } from '#platform/jobs/jobs.ts'
import { casesById } from '#platform/process/case-list.ts'
import { presentCase } from '#platform/process/present.ts'

/** After so long an unsigned log is reminded of: once soon, once again. */
const REMIND_MS = [30 * 60_000, 4 * 3_600_000]

/** A shift has ended: its log is drafted, who was there is asked to sign, and reminded. */
export const shiftEnded: JobHandler = async (context, payload) => {
  const { deskId, day, shift } = payload as { deskId: number; day: string; shift: string }
  const drafted = await draftLog(context, { deskId, day, shift })
  if (!drafted) return
  const { id, onDuty } = drafted
  const desk = (await listDesks(context.tx, { id: deskId }))[0]
  context.pending.jobs.push({
    kind: 'notify.in_app',
    payload: { accountIds: onDuty, kind: 'roster.log_drafted', params: { desk: desk?.name ?? '', day } },
  })
  for (const after of REMIND_MS)
    context.pending.jobs.push({
      kind: 'roster.remind_log',
      payload: { logId: id },
      runAt: new Date(context.now.getTime() + after),
    })
}

export const remindLog: JobHandler = async (context, payload) => {
  const { logId } = payload as { logId: number }
  const { rows } = await sql<{
    name: string
    day: string
    signed: boolean
    taken: boolean
    on_duty: number[]
    coming: number[]
  }>`
    select d.name, to_char(l.day, 'YYYY-MM-DD') as day, l.signed_at is not null as signed, l.taken_at is not null as taken,
           to_jsonb(l.on_duty) as on_duty, to_jsonb(l.coming) as coming
      from roster_log l join roster_desk d on d.id = l.desk_id where l.id = ${logId}`.execute(context.tx)
  const log = rows[0]
  if (!log || log.taken) return
  const accountIds = log.signed ? log.coming : log.on_duty
  if (accountIds.length === 0) return
  context.pending.jobs.push({
    kind: 'notify.in_app',
    payload: {
      accountIds,
      kind: log.signed ? 'roster.log_untaken' : 'roster.log_unsigned',
      params: { desk: log.name, day: log.day },
    },
  })
}

interface LogRow {
  id: number
  deskId: number
  day: string
  shift: string
  startsAt: Date
  endsAt: Date
  nextEndsAt: Date
  onDuty: number[]
  coming: number[]
  draftedAt: Date
  remarks: string | null
  signedBy: number | null
  signedAt: Date | null
  takeNote: string | null
  takenBy: number | null
  takenAt: Date | null
  numbers: Record<string, number>
}

interface LogFilter {
  id?: number
  deskIds?: number[]
  state?: 'open' | 'signed' | 'taken'
  day?: string
  before?: number
  accountId?: number
  limit?: number
}

export async function logRows(context: Context, filter: LogFilter): Promise<LogRow[]> {
  const { id = null, deskIds = null, day = null, before = null, accountId = null, state = '' } = filter
  const { rows } = await sql<LogRow>`
    select l.id, l.desk_id as "deskId", to_char(l.day, 'YYYY-MM-DD') as day, l.shift_code as shift, l.starts_at as "startsAt",
           l.ends_at as "endsAt", l.next_ends_at as "nextEndsAt", to_jsonb(l.on_duty) as "onDuty", to_jsonb(l.coming) as coming, l.drafted_at as "draftedAt",
           l.remarks, l.signed_by as "signedBy", l.signed_at as "signedAt", l.take_note as "takeNote", l.taken_by as "takenBy",
           l.taken_at as "takenAt",
           coalesce((select jsonb_object_agg(n.number, n.cases) from (
             select number, count(*) as cases from roster_log_case where log_id = l.id group by number) n), '{}') as numbers
      from roster_log l
     where (${id}::bigint is null or l.id = ${id}::bigint)
       and (${deskIds}::bigint[] is null or l.desk_id = any(${deskIds}::bigint[]))
       and (${day}::date is null or l.day = ${day}::date) and (${before}::bigint is null or l.id < ${before}::bigint)
       and (${accountId}::bigint is null or (l.taken_at is null and (${accountId}::bigint = any(l.coming)
            or (l.signed_at is null and ${accountId}::bigint = any(l.on_duty)))))
       and (${state} = '' or (${state} = 'open' and l.signed_at is null)
            or (${state} = 'signed' and l.signed_at is not null and l.taken_at is null)
            or (${state} = 'taken' and l.taken_at is not null))
     order by l.id desc limit ${filter.limit ?? 30}`.execute(context.tx)
  return rows
}

/** Desks whose logs the actor sees: of his own units, and those whose roster he keeps. */
export async function logDesks(context: Context): Promise<Desk[]> {
  const actor = staffOf(context)
  const directory = orgDirectory(context.here)
  return (await listDesks(context.tx)).filter(
    (desk) => actor.unitIds.includes(desk.unitId) || mayPlan(actor, directory.unit(desk.unitId)!),
  )
}

const NUMBERS = ['taken', 'dispatched', 'closed', 'overdue', 'due', 'danger', 'supervised', 'open']

export function presentLogRow(context: Context, row: LogRow, desk: Desk, shifts: ReadonlyMap<string, string>) {
  const actor = staffOf(context)
  const { directory } = context.here
  const person = (id: number) => ({ id, name: directory.accountName(id) })
  const holds = actor.posts.some((post) => post.unitId === desk.unitId && post.role === desk.role)
  const coming = row.coming.length > 0 ? row.coming.includes(actor.accountId) : holds
  return {
    id: row.id,
    desk: desk.name,
    deskId: desk.id,
    day: row.day,
    shift: shifts.get(row.shift) ?? row.shift,
    startsAt: row.startsAt.toISOString(),
    endsAt: row.endsAt.toISOString(),
    onDuty: row.onDuty.map(person),
    coming: row.coming.map(person),
    numbers: Object.fromEntries(NUMBERS.map((name) => [name, row.numbers[name] ?? 0])),
    signed: row.signedAt ? { by: directory.accountName(row.signedBy!), at: row.signedAt.toISOString() } : null,
    taken: row.takenAt ? { by: directory.accountName(row.takenBy!), at: row.takenAt.toISOString() } : null,
    can: {
      sign: row.signedAt === null && row.onDuty.includes(actor.accountId),
      take: row.signedAt !== null && row.takenAt === null && coming && row.signedBy !== actor.accountId,
    },
  }
}

export async function shiftNames(context: Context): Promise<Map<string, string>> {
  return new Map((await listShifts(context.tx)).map((shift) => [shift.code, shift.name]))
}

export const listLogsQuery = query(listLogs, async (context, { deskId, state, day, cursor }) => {
  const desks = await logDesks(context)
  const wanted = desks.filter(({ id }) => deskId === undefined || id === deskId)
  const rows = await logRows(context, {
    deskIds: wanted.map(({ id }) => id),
    limit: 31,
    ...(state ? { state } : {}),
    ...(day ? { day } : {}),
    ...(cursor ? { before: Number(cursor) } : {}),
  })
  const shifts = await shiftNames(context)
  const page = rows.slice(0, 30)
  return {
    items: page.map((row) => presentLogRow(context, row, desks.find(({ id }) => id === row.deskId)!, shifts)),
    next: rows.length > 30 ? String(page.at(-1)!.id) : null,
    desks: desks.map(({ id, name }) => ({ id, name })),
  }
})

async function logInSight(context: Context, id: number): Promise<{ row: LogRow; desk: Desk }> {
  const row = (await logRows(context, { id }))[0]
  const desk = row && (await logDesks(context)).find((one) => one.id === row.deskId)
  if (!row || !desk) throw notFound()
  return { row, desk }
}

async function presentLog(context: Context, id: number) {
  const { row, desk } = await logInSight(context, id)
  const unit = orgDirectory(context.here).unit(desk.unitId)!
  return {
    ...presentLogRow(context, row, desk, await shiftNames(context)),
    unit: { id: unit.id, name: unit.name, shortName: unit.shortName },
    phone: desk.phone,
    nextEndsAt: row.nextEndsAt.toISOString(),
    remarks: row.remarks,
    takeNote: row.takeNote,
    draftedAt: row.draftedAt.toISOString(),
  }
}

export const getLogQuery = query(getLog, (context, { logId }) => presentLog(context, logId))

export const listLogCasesQuery = query(listLogCases, async (context, { logId, number }) => {
  await logInSight(context, logId)
  const { rows } = await sql<{ id: number }>`
    select case_id as id from roster_log_case where log_id = ${logId} and number = ${number} order by case_id desc limit 500`.execute(
    context.tx,
  )
  const found = await casesById(
    context,
    rows.map(({ id }) => id),
  )
  return {
    items: found.map((one) => {
      const { id, number: caseNumber, title, stateName, severity, dueAt, overdue } = presentCase(context.here, one)
      return { id, number: caseNumber, title, stateName, severity, dueAt, overdue }
    }),
    hidden: rows.length - found.length,
  }
})

export const signLogCommand = command(signLog, {
  async perform(context, { logId, remarks }) {
    const { tx, now, pending } = context
    const actor = staffOf(context)
    const { row, desk } = await logInSight(context, logId)
    await sql`select id from roster_log where id = ${logId} for update`.execute(tx)
    if (!row.onDuty.includes(actor.accountId)) throw new AppError('roster.not_on_duty', { status: 403 })
    const done = await sql`
      update roster_log set remarks = ${remarks?.trim() || null}, signed_by = ${actor.accountId}, signed_at = ${now}
       where id = ${logId} and signed_at is null returning id`.execute(tx)
    if (done.rows.length === 0) throw new AppError('roster.log_signed', { status: 409 })
    pending.subject = `roster_log:${logId}`
    pending.facts.push({
      kind: 'roster.log_signed',
      subject: pending.subject,
      content: {
        desk: desk.name,
        day: row.day,
        shift: row.shift,
        numbers: JSON.stringify(row.numbers),
        by: actor.accountId,
      },
    })
    if (row.coming.length > 0)
      pending.jobs.push({
        kind: 'notify.in_app',
        payload: {
          accountIds: row.coming,
          kind: 'roster.log_to_take',
          params: { desk: desk.name, day: row.day, name: actor.name },
        },
      })
    return { ref: { logId } }
  },
  present: (context, ref) => presentLog(context, (ref as { logId: number }).logId),
})

export const takeLogCommand = command(takeLog, {
  async perform(context, { logId, note }) {
    const { tx, now, pending } = context
    const actor = staffOf(context)
    await sql`select id from roster_log where id = ${logId} for update`.execute(tx)
    const { row, desk } = await logInSight(context, logId)
    if (row.takenAt) throw new AppError('roster.log_taken', { status: 409 })
    if (!row.signedAt) throw new AppError('roster.log_unsigned', { status: 409 })
    if (row.signedBy === actor.accountId) throw new AppError('roster.not_to_oneself', { status: 409 })
    if (!presentLogRow(context, row, desk, new Map()).can.take) throw new AppError('roster.not_coming', { status: 403 })
    await sql`update roster_log set take_note = ${note?.trim() || null}, taken_by = ${actor.accountId}, taken_at = ${now}
               where id = ${logId}`.execute(tx)
    pending.subject = `roster_log:${logId}`
    pending.facts.push({
      kind: 'roster.log_taken',
      subject: pending.subject,
      content: { desk: desk.name, day: row.day, shift: row.shift, by: actor.accountId },
    })
    return { ref: { logId } }
  },
  present: (context, ref) => presentLog(context, (ref as { logId: number }).logId),
})

const LABELS: Record<string, string> = {
  taken: '本班受理',
  dispatched: '本班派遣',
  closed: '本班办结',
  overdue: '超时未结',
  due: '下一班到期',
  danger: '涉及人身安全',
  supervised: '督办',
  open: '未结事项',
}
/** Numbers whose cases are named one by one on paper. */
const NAMED = ['danger', 'supervised', 'overdue', 'due']
const NAMED_LIMIT = 30

export const renderLogHandler: RawHandler = {
  route: renderLog,
  async handle(house, { here, actor, input, info }) {
    const { services } = house
    const { logId, format } = input as { logId: number; format: 'docx' | 'pdf' }
    const now = services.clock.now()
    const { name, document } = await services.pool.inCounty(here.county, async (tx) => {
      const context: Context = { tx, actor, now, services, here, pending: new Pending(), request: info }
      const log = await presentLog(context, logId)
      const { rows } = await sql<{ number: string; id: number }>`
        select number, case_id as id from roster_log_case where log_id = ${logId} and number = any(${NAMED}::text[])
         order by case_id desc`.execute(tx)
      const cases = new Map(
        (await casesById(context, [...new Set(rows.map(({ id }) => id))])).map((one) => [one.id, one]),
      )
      const names = (people: { name: string }[]) => people.map((one) => one.name).join('、') || '（未排班）'
      const document: OfficialDocument = {
        title: `${log.desk}交接班日志`,
        issuer: log.unit.name,
        createdAt: now,
        body: [
          {
            type: 'facts',
            rows: [
              { label: '班次', value: `${log.day} ${log.shift}` },
              {
                label: '起止时间',
                value: `${chineseDateTime(new Date(log.startsAt))}至${chineseDateTime(new Date(log.endsAt))}`,
              },
              { label: '值班人员', value: names(log.onDuty) },
              { label: '接班人员', value: names(log.coming) },
            ],
          },
          { type: 'heading', level: 1, text: '办理情况' },
          {
            type: 'table',
            columns: [{ title: '项目' }, { title: '件数', align: 'right' }],
            rows: NUMBERS.map((number) => [LABELS[number]!, String(log.numbers[number] ?? 0)]),
          },
          ...NAMED.flatMap((number): OfficialDocument['body'] => {
            const own = rows.filter((row) => row.number === number)
            if (own.length === 0) return []
            const seen = own.flatMap(({ id }) => cases.get(id) ?? [])
            const listed = seen.slice(0, NAMED_LIMIT)
            const rest = own.length - listed.length
            return [
              { type: 'heading', level: 1, text: LABELS[number]! },
              {
                type: 'table',
                columns: [
                  { title: '编号', width: 2 },
                  { title: '事项', width: 4 },
                ],
                rows: listed.map((one) => [one.number, one.title]),
              },
              ...(rest > 0 ? [{ type: 'paragraph' as const, text: `另有 ${rest} 件未列出。` }] : []),
            ]
          }),
          { type: 'heading', level: 1, text: '交班补充' },
          { type: 'paragraph', text: log.remarks ?? (log.signed ? '无。' : '（待交班人填写）') },
          { type: 'heading', level: 1, text: '签字' },
          {
            type: 'facts',
            rows: [
              {
                label: '交班人',
                value: log.signed ? `${log.signed.by}　${chineseDateTime(new Date(log.signed.at))}` : '（未签）',
              },
              {
                label: '接班人',
                value: log.taken ? `${log.taken.by}　${chineseDateTime(new Date(log.taken.at))}` : '（未签）',
              },
              ...(log.takeNote ? [{ label: '接班意见', value: log.takeNote }] : []),
            ],
          },
        ],
        signature: { issuers: [log.unit.name], date: chineseDate(new Date(log.endsAt)) },
      }
      context.pending.subject = `roster_log:${logId}`
      await writePending(context, { route: renderLog.name })
      return { name: `${log.desk}交接班日志 ${log.day} ${log.shift}.${format}`, document }
    })
    const body = format === 'docx' ? await renderDocx(document) : await renderPdf(document)
    return { headers: downloadHeaders({ name, mediaType: mediaTypes[format] }, false), body }
  },
}
