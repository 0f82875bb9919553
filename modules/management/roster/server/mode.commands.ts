import { loadDuties } from '#modules/management/duties/public.ts'
import {
  addMode,
  changeMode,
  DEFINE,
  listModes,
  listNotices,
  listPublicNotices,
  previewMode,
  SWITCH,
  switchModeOff,
  switchModeOn,
} from '#modules/management/roster/contract.ts'
import { MODE_CLOCKS, type ModeLimits, rulesFor, underRules } from '#modules/management/roster/domain/mode.ts'
import {
  activeNotices,
  endPeriod,
  insertMode,
  insertPeriod,
  listModeRows,
  listPeriods,
  lockMode,
  type ModeBody,
  type ModeRow,
  type PeriodRow,
  updateMode,
} from '#modules/management/roster/server/mode.store.ts'
import {
  accountOf,
  mayInWholeCounty,
  requireWholeCounty,
  staffOf,
} from '#modules/management/roster/server/roster.policy.ts'
import { listDesks, listShifts } from '#modules/management/roster/server/roster.store.ts'
import { type ClockJson, clockFromJson, limitClock } from '#platform/calendar/deadline-clock.ts'
import { command, query } from '#platform/command/command.ts'
import type { Context } from '#platform/command/context.ts'
import { sql } from '#platform/db/db.ts'
import { AppError, notFound } from '#platform/errors/app-error.ts'
import type { JobHandler } from '#platform/jobs/jobs.ts'
import { recomputeCase } from '#platform/process/recompute-clocks.ts'

const BACKDATE_MS = 24 * 3_600_000
const BATCH = 200

function presentPeriod(context: Context, row: PeriodRow) {
  const { directory } = context.here
  const over = row.offAt !== null || row.until <= context.now
  return {
    id: row.id,
    modeId: row.modeId,
    modeName: row.modeName,
    documentNumber: row.documentNumber,
    since: row.since.toISOString(),
    until: row.until.toISOString(),
    onBy: directory.accountName(row.onBy),
    onAt: row.onAt.toISOString(),
    running: row.running,
    shortened: row.shortened,
    offAt: row.offAt?.toISOString() ?? (over ? row.until.toISOString() : null),
    offBy: row.offBy === null ? null : directory.accountName(row.offBy),
    offReason: row.offReason,
    state: over ? 'over' : row.since > context.now ? 'coming' : 'on',
  }
}

async function presentModes(context: Context, id: number | null) {
  const { tx, actor } = context
  const duties = await loadDuties(tx)
  const desks = new Map((await listDesks(tx)).map((desk) => [desk.id, desk.name]))
  const open = await listPeriods(tx, { openAt: context.now })
  const groups = new Map<string, string>()
  for (const one of duties.book.classes) groups.set(one.code.slice(0, 3), one.majorName)
  return (await listModeRows(tx, id)).map((mode: ModeRow) => {
    const period = open.findLast(({ modeId }) => modeId === mode.id)
    return {
      ...mode,
      rules: mode.rules.map((rule) => ({
        ...rule,
        className: duties.classOf(rule.classPrefix)?.fullName ?? groups.get(rule.classPrefix) ?? rule.classPrefix,
      })),
      desks: mode.desks.map((one) => ({ ...one, desk: desks.get(one.deskId) ?? '' })),
      period: period ? presentPeriod(context, period) : null,
      can: {
        change: mayInWholeCounty(actor, DEFINE) && !period,
        switch: mayInWholeCounty(actor, SWITCH),
      },
    }
  })
}

async function presentMode(context: Context, id: number) {
  const mode = (await presentModes(context, id))[0]
  if (!mode) throw notFound()
  return mode
}

export const listModesQuery = query(listModes, async (context) => ({
  items: await presentModes(context, null),
  periods: (await listPeriods(context.tx)).map((row) => presentPeriod(context, row)),
  can: { add: mayInWholeCounty(context.actor, DEFINE) },
}))

async function checkBody(context: Context, body: ModeBody, id: number | null): Promise<void> {
  const { tx } = context
  const duties = await loadDuties(tx)
  const codes = duties.book.classes.map(({ code }) => code)
  const seen = new Set<string>()
  for (const { classPrefix, limits, severity } of body.rules) {
    if (!codes.some((code) => code.startsWith(classPrefix)))
      throw new AppError('roster.class_unknown', { status: 422, params: { code: classPrefix } })
    if (seen.has(classPrefix)) throw new AppError('roster.rule_twice', { status: 422, params: { code: classPrefix } })
    seen.add(classPrefix)
    const given = MODE_CLOCKS.flatMap((clock) => (limits as ModeLimits)[clock] ?? [])
    if (given.length === 0 && severity === null)
      throw new AppError('roster.rule_empty', { status: 422, params: { code: classPrefix } })
    if (given.some(({ value, unit }) => (unit === 'workday' || unit === 'day') && !Number.isInteger(value)))
      throw new AppError('roster.limit_whole_days', { status: 422 })
  }
  const desks = new Set((await listDesks(tx)).map((desk) => desk.id))
  const shifts = new Set((await listShifts(tx)).map(({ code }) => code))
  for (const desk of body.desks) {
    if (!desks.has(desk.deskId)) throw new AppError('roster.desk_unknown', { status: 422 })
    if (desk.shifts.some((code) => !shifts.has(code))) throw new AppError('roster.no_such_shift', { status: 422 })
  }
  if ((await listModeRows(tx)).some((mode) => mode.name === body.name && mode.id !== id))
    throw new AppError('roster.mode_exists', { status: 409 })
}

export const addModeCommand = command(addMode, {
  async perform(context, input) {
    requireWholeCounty(context.actor, DEFINE)
    await checkBody(context, input, null)
    const id = await insertMode(context.tx, input, accountOf(context.actor), context.now)
    note(context, id, 'roster.mode_defined', { name: input.name, rules: input.rules.length })
    return { ref: { id } }
  },
  present: (context, ref) => presentMode(context, (ref as { id: number }).id),
})

export const changeModeCommand = command(changeMode, {
  async perform(context, { modeId, version, ...body }) {
    requireWholeCounty(context.actor, DEFINE)
    const mode = await lockMode(context.tx, modeId)
    if (!mode) throw notFound()
    if (mode.version !== version) throw new AppError('roster.mode_changed', { status: 409 })
    if ((await listPeriods(context.tx, { modeId, openAt: context.now })).length > 0)
      throw new AppError('roster.mode_is_on', { status: 409, params: { name: mode.name } })
    await checkBody(context, body, modeId)
    await updateMode(context.tx, modeId, body)
    note(context, modeId, 'roster.mode_defined', { name: body.name, rules: body.rules.length })
    return { ref: { id: modeId } }
  },
  present: (context, ref) => presentMode(context, (ref as { id: number }).id),
})

function note(context: Context, id: number, kind: string, content: Record<string, string | number>): void {
  context.pending.subject = `roster_mode:${id}`
  context.pending.facts.push({ kind, subject: `roster_mode:${id}`, content })
}

interface RunningCase {
  id: number
  code: string
  clocks: { key: string; state: ClockJson }[]
}

/** Open cases of a mode's classes with their running clocks, a batch by id. */
async function runningCases(
  context: Context,
  prefixes: string[],
  after: number,
  limit: number,
): Promise<RunningCase[]> {
  const { rows } = await sql<RunningCase>`
    select c.id, c.class_code as code,
           coalesce((select json_agg(json_build_object('key', k.key, 'state', k.state)) from process_clock k
             where k.case_id = c.id and k.stopped_at is null), '[]') as clocks
      from process_case c
     where c.closed_at is null and c.id > ${after} and left(c.class_code, 3) = any(${prefixes.map((one) => one.slice(0, 3))}::text[])
     order by c.id limit ${limit}`.execute(context.tx)
  return rows
}

/** By when a clock must be over under a mode, counted from now; undefined where the mode leaves it alone or it ends sooner. */
function sooner(context: Context, mode: ModeRow, code: string, key: string, dueAt: Date): Date | undefined {
  const rules = rulesFor(
    mode.rules.map((rule) => ({ ...rule, modeId: mode.id })),
    code,
  )
  const limits = underRules(context.here.calendar, context.now, { limits: {}, severity: null }, rules)
    .limits as ModeLimits
  const limit = limits[key as keyof ModeLimits]
  if (!limit) return undefined
  const at = context.here.calendar.deadline(context.now, limit).at
  return at < dueAt ? at : undefined
}

export const previewModeQuery = query(previewMode, async (context, { modeId }) => {
  requireWholeCounty(context.actor, SWITCH)
  const mode = (await listModeRows(context.tx, modeId))[0]
  if (!mode) throw notFound()
  const open = new Map<string, number>()
  let shortened = 0
  for (let after = 0; ; ) {
    const rows = await runningCases(
      context,
      mode.rules.map(({ classPrefix }) => classPrefix),
      after,
      5000,
    )
    for (const one of rows) {
      if (!mode.rules.some(({ classPrefix }) => one.code.startsWith(classPrefix))) continue
      open.set(one.code, (open.get(one.code) ?? 0) + 1)
      if (one.clocks.some(({ key, state }) => sooner(context, mode, one.code, key, clockFromJson(state).dueAt)))
        shortened++
    }
    if (rows.length < 5000) break
    after = rows.at(-1)!.id
  }
  return {
    open: [...open.values()].reduce((sum, n) => sum + n, 0),
    shortened,
    classes: [...open]
      .map(([code, n]) => ({ code, name: context.here.directory.className(code) ?? code, open: n }))
      .sort((a, b) => b.open - a.open || a.code.localeCompare(b.code)),
  }
})

export const switchModeOnCommand = command(switchModeOn, {
  async perform(context, input) {
    const { tx, now, pending } = context
    const actor = staffOf(context)
    requireWholeCounty(actor, SWITCH)
    const documentNumber = input.documentNumber.trim()
    if (documentNumber === '')
      throw new AppError('roster.document_missing', {
        status: 422,
        fields: [{ path: '/documentNumber', code: 'roster.document_missing' }],
      })
    const mode = await lockMode(tx, input.modeId)
    if (!mode) throw notFound()
    const since = input.since ? new Date(input.since) : now
    const until = new Date(input.until)
    if (since.getTime() < now.getTime() - BACKDATE_MS) throw new AppError('roster.since_in_past', { status: 422 })
    if (until <= since || until <= now) throw new AppError('roster.until_before_since', { status: 422 })
    if ((await listPeriods(tx, { modeId: mode.id, openAt: now })).length > 0)
      throw new AppError('roster.mode_is_on', { status: 409, params: { name: mode.name } })
    const id = await insertPeriod(tx, {
      modeId: mode.id,
      documentNumber,
      since: since < now ? now : since,
      until,
      onBy: actor.accountId,
      onAt: now,
      running: input.running,
    })
    note(context, mode.id, 'roster.mode_on', {
      name: mode.name,
      period: id,
      document: documentNumber,
      since: since.toISOString(),
      until: until.toISOString(),
      running: input.running,
      version: mode.version,
    })
    pending.jobs.push({
      kind: 'roster.mode_begins',
      aggregate: `mode:${id}`,
      payload: { periodId: id },
      runAt: since < now ? now : since,
    })
    pending.jobs.push({ kind: 'roster.mode_ends', payload: { periodId: id }, runAt: until })
    return { ref: { id: mode.id } }
  },
  present: (context, ref) => presentMode(context, (ref as { id: number }).id),
})

export const switchModeOffCommand = command(switchModeOff, {
  async perform(context, { modeId, reason }) {
    const { tx, now } = context
    const actor = staffOf(context)
    requireWholeCounty(actor, SWITCH)
    const mode = await lockMode(tx, modeId)
    if (!mode) throw notFound()
    const period = (await listPeriods(tx, { modeId, openAt: now }))[0]
    if (!period) throw new AppError('roster.mode_not_on', { status: 409, params: { name: mode.name } })
    await endPeriod(tx, period.id, now, actor.accountId, reason)
    note(context, modeId, 'roster.mode_off', { name: mode.name, period: period.id, reason })
    await tell(context, period, 'roster.mode_off')
    return { ref: { id: modeId } }
  },
  present: (context, ref) => presentMode(context, (ref as { id: number }).id),
})

/** Tells the people who are at the desks of the command centres. */
async function tell(context: Context, period: PeriodRow, kind: string): Promise<void> {
  const { rows } = await sql<{ id: number }>`
    select distinct h.account_id as id from org_post_holding h join org_post p on p.id = h.post_id and p.retired_at is null
      join org_unit u on u.id = p.unit_id and u.retired_at is null
     where (u.kind = 'command' or p.unit_id in (select d.unit_id from roster_mode_desk m join roster_desk d on d.id = m.desk_id
              where m.mode_id = ${period.modeId}))
       and not h.acting and h.since <= ${context.now} and (h.until is null or h.until > ${context.now})`.execute(
    context.tx,
  )
  if (rows.length > 0)
    context.pending.jobs.push({
      kind: 'notify.in_app',
      payload: {
        accountIds: rows.map(({ id }) => id),
        kind,
        params: { name: period.modeName, document: period.documentNumber },
      },
    })
}

export const modeBegins: JobHandler = async (context, payload) => {
  const { tx, now, pending } = context
  const { periodId } = payload as { periodId: number }
  const period = (await listPeriods(tx, { id: periodId }))[0]
  if (!period || period.offAt !== null || period.until <= now || period.toldOn) return
  await sql`update roster_mode_period set told_on = true where id = ${periodId}`.execute(tx)
  await tell(context, period, 'roster.mode_on')
  if (period.running === 'shorten')
    pending.jobs.push({
      kind: 'roster.shorten_running',
      aggregate: `mode:${periodId}`,
      payload: { periodId, after: 0 },
    })
}

/** The planned end: the mode is over by its time already, this says so on record. */
export const modeEnds: JobHandler = async (context, payload) => {
  const { periodId } = payload as { periodId: number }
  const period = (await listPeriods(context.tx, { id: periodId }))[0]
  if (!period || !(await endPeriod(context.tx, periodId, period.until, null, null))) return
  note(context, period.modeId, 'roster.mode_off', { name: period.modeName, period: periodId, reason: '到期自动解除' })
  await tell(context, period, 'roster.mode_off')
}

/** Brings deadlines of running cases forward, a batch at a time; each case's trace says why. What ends sooner stays. */
export const shortenRunning: JobHandler = async (context, payload) => {
  const { tx, here, now, pending } = context
  const { periodId, after } = payload as { periodId: number; after: number }
  const period = (await listPeriods(tx, { id: periodId }))[0]
  if (!period || period.offAt !== null || period.until <= now) return
  const mode = (await listModeRows(tx, period.modeId))[0]
  if (!mode) return
  const rows = await runningCases(
    context,
    mode.rules.map(({ classPrefix }) => classPrefix),
    after,
    BATCH,
  )
  const moving = rows.filter((one) =>
    one.clocks.some(({ key, state }) => sooner(context, mode, one.code, key, clockFromJson(state).dueAt)),
  )
  await sql`select id from process_case where id = any(${moving.map(({ id }) => id)}::bigint[]) order by id for update`.execute(
    tx,
  )
  let shortened = 0
  const cause = { key: 'roster.why.shortened', params: { mode: period.modeName, document: period.documentNumber } }
  for (const one of moving) {
    const moved = await recomputeCase(context, one.id, cause, (clock) => {
      const at = clock.state.stoppedAt ? undefined : sooner(context, mode, one.code, clock.key, clock.state.dueAt)
      return at ? limitClock(here.calendar, clock.state, at) : clock.state
    })
    if (moved) shortened++
  }
  await sql`update roster_mode_period set shortened = shortened + ${shortened}, shortened_at = ${now} where id = ${periodId}`.execute(
    tx,
  )
  if (rows.length === BATCH)
    pending.jobs.push({
      kind: 'roster.shorten_running',
      aggregate: `mode:${periodId}`,
      payload: { periodId, after: rows.at(-1)!.id },
    })
}

const notices = async (context: Context, to: 'staff' | 'public') => ({
  items: (await activeNotices(context.tx, context.now, to)).map(({ id, name, text, documentNumber, until }) => ({
    id,
    name,
    text,
    documentNumber,
    until: until.toISOString(),
  })),
})

export const listNoticesQuery = query(listNotices, (context) => notices(context, 'staff'))
export const listPublicNoticesQuery = query(listPublicNotices, (context) => notices(context, 'public'))
