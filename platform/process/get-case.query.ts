import { type ClockJson, clockFromJson, clockRemaining } from '#platform/calendar/deadline-clock.ts'
import { query } from '#platform/command/command.ts'
import type { Context } from '#platform/command/context.ts'
import type { Services } from '#platform/command/services.ts'
import { sql } from '#platform/db/db.ts'
import { documentsOf } from '#platform/documents/case-document.ts'
import { notFound } from '#platform/errors/app-error.ts'
import { listFilesOf } from '#platform/files/file.store.ts'
import { findCase, type LoadedCase } from '#platform/process/case.store.ts'
import { casesById } from '#platform/process/case-list.ts'
import { getCase } from '#platform/process/contract.ts'
import type { ProcessDefinition } from '#platform/process/definition.ts'
import type { WhyPart } from '#platform/process/effect.ts'
import { maySee, refusingGuard, whyNot } from '#platform/process/engine.ts'
import { formNames, formOfHop } from '#platform/process/form-names.ts'
import { linksOf } from '#platform/process/link.store.ts'
import { withEnglishNames } from '#platform/process/name-params.ts'
import { presentCase } from '#platform/process/present.ts'
import { mayStartFrom } from '#platform/process/start-case.command.ts'

interface TraceRow {
  hop: number
  at: Date
  action: string
  from_state: string | null
  to_state: string
  actor_kind: string
  account_id: number | null
  unit_id: number | null
  role: string | null
  acting: boolean
  note: string | null
  form: Record<string, unknown> | null
  why: WhyPart[] | null
  device_at: Date | null
}

const NAMES: Record<string, { 'zh-CN': string; en: string }> = {
  overdue: { 'zh-CN': '超时', en: 'Overdue' },
  handedOver: { 'zh-CN': '工作交接', en: 'Handed over' },
  regridded: { 'zh-CN': '网格调整', en: 'Grids changed' },
  escalated: { 'zh-CN': '超时升级', en: 'Escalated' },
  absorbed: { 'zh-CN': '并入一件', en: 'A case merged into it' },
  opened: { 'zh-CN': '由此发起', en: 'Another flow begun' },
  released: { 'zh-CN': '拆出一件', en: 'A merged case taken out' },
  partEnded: { 'zh-CN': '关联件办结', en: 'A linked case ended' },
  linkedResult: { 'zh-CN': '关联件结果', en: 'What came of a linked case' },
  recomputed: { 'zh-CN': '时限重算', en: 'Deadlines counted again' },
}

/** What a hop is called: an action of the definition, the start, or what the engine or a module noted on the case. */
export function nameOfHop(
  { hopNames }: Pick<Services, 'hopNames'>,
  body: ProcessDefinition,
  action: string,
): { 'zh-CN': string; en: string } {
  if (action === 'start') return body.start.name
  return body.actions[action]?.name ?? NAMES[action] ?? hopNames.get(action) ?? { 'zh-CN': action, en: action }
}

/** Metres within which similar cases of the last days are shown on the case page. */
const NEARBY_METRES = 200
const NEARBY_DAYS = 30
const METRES_PER_DEGREE = 111_320

/** The hops of a case as they are stored, in order. */
export async function traceOf(context: Context, caseId: number): Promise<TraceRow[]> {
  const { rows } = await sql<TraceRow>`
    select t.hop, t.at, t.action, t.from_state, t.to_state, t.actor_kind, t.account_id, t.unit_id, null as role, t.acting,
      t.note, t.form, t.why, t.device_at
      from process_trace t where t.case_id = ${caseId} order by t.hop`.execute(context.tx)
  return rows
}

async function nearbyIds(context: Context, loaded: LoadedCase): Promise<number[]> {
  const { case: c } = loaded
  if (!c.place) return []
  const dLat = NEARBY_METRES / METRES_PER_DEGREE
  const dLon = dLat / Math.cos((c.place.lat * Math.PI) / 180)
  const since = new Date(c.openedAt.getTime() - NEARBY_DAYS * 86_400_000)
  const { rows } = await sql<{ id: number }>`
    select id from process_case
     where place <@ box(point(${c.place.lon - dLon}, ${c.place.lat - dLat}), point(${c.place.lon + dLon}, ${c.place.lat + dLat}))
       and id <> ${c.id} and class_code is not distinct from ${c.classCode} and definition_key = ${c.definitionKey}
       and opened_at between ${since} and ${c.openedAt}
     order by opened_at desc limit 20`.execute(context.tx)
  return rows.map((row) => row.id)
}

/** The clock whose deadline the case shows. */
function leadingClock({ case: state, clocks }: LoadedCase) {
  return clocks
    .filter((clock) => !clock.state.stoppedAt && !clock.state.pausedAt)
    .find((clock) => clock.state.dueAt.getTime() === state.dueAt?.getTime())
}

/** Everything the case page shows; only the actions this person may take, and why not the others. */
export const getCaseQuery = query(getCase, async (context, { id }) => {
  const { tx, here, actor, now } = context
  const loaded = await findCase(tx, id, false)
  if (!loaded || !maySee(actor, loaded)) throw notFound()
  const { case: state } = loaded
  const shelved = here.definitions.byId(state.definitionId)
  const { body } = shelved
  const trace = await traceOf(context, id)
  const links = (await linksOf(tx, id)).map(({ kind, fromCaseId, toCaseId }) => ({
    kind,
    direction: fromCaseId === id ? ('out' as const) : ('in' as const),
    id: fromCaseId === id ? toCaseId : fromCaseId,
  }))
  const linked = new Map(
    (await casesById(context, [...new Set(links.map((link) => link.id))])).map((row) => [row.id, row]),
  )
  const nearbyRows = await casesById(context, await nearbyIds(context, loaded))
  const submissions = await sql<{
    state: string
    round: number
    slot: string
    unit_id: number | null
    account_id: number
    at: Date
    form: Record<string, unknown> | null
    sealed: boolean
    opened_at: Date | null
  }>`
    select state, round, slot, unit_id, account_id, at, form, sealed is not null as sealed, opened_at
      from process_submission where case_id = ${id} order by at, slot`.execute(tx)
  const clocks = await sql<{ key: string; state: ClockJson; overdue: boolean }>`
    select key, state, overdue from process_clock where case_id = ${id} order by key`.execute(tx)
  const files = await listFilesOf(tx, 'case', [id])
  const actions = Object.entries(body.actions).map(([key, action]) => {
    const refusal = whyNot(context, shelved, loaded, key)
    const guard = refusal ? undefined : refusingGuard(context, body, loaded, action)
    return { key, refusal: refusal ?? guard?.error, quiet: guard?.quiet ?? false }
  })
  const unknown = (text: string) => ({ 'zh-CN': text, en: text })
  const unitName = (unitId: number | null) => (unitId === null ? null : (here.directory.unit(unitId)?.name ?? null))
  return {
    case: presentCase(here, { ...state, clockUnit: leadingClock(loaded)?.state.limit.unit ?? null }),
    definitionId: state.definitionId,
    version: state.version,
    data: state.data,
    clocks: clocks.rows.map((row) => {
      const clock = clockFromJson(row.state)
      const left = clockRemaining(here.calendar, clock, now)
      return {
        key: row.key,
        name: body.clocks[row.key]?.name ?? unknown(row.key),
        limit: clock.limit,
        startedAt: clock.startedAt.toISOString(),
        dueAt: clock.dueAt.toISOString(),
        pausedAt: clock.pausedAt ? clock.pausedAt.toISOString() : null,
        stoppedAt: clock.stoppedAt ? clock.stoppedAt.toISOString() : null,
        overdue: row.overdue,
        provisional: clock.provisional,
        leftMillis: left.millis,
        leftDays: left.days,
      }
    }),
    trace: trace.map((row) => ({
      hop: row.hop,
      at: row.at.toISOString(),
      action: row.action,
      actionName: nameOfHop(context.services, body, row.action),
      fromState: row.from_state,
      toState: row.to_state,
      phase: body.states[row.to_state]?.phase ?? '',
      actorKind: row.actor_kind,
      actorName: row.account_id === null ? null : here.directory.accountName(row.account_id),
      unitName: unitName(row.unit_id),
      roleName: row.role,
      acting: row.acting,
      note: row.note,
      // What was handed in for a branch stands with the submissions, sealed or open; the hop only says that it was.
      form: body.actions[row.action]?.submission ? null : row.form,
      why: (row.why ?? []).map(({ key, params }) => ({ key, params: withEnglishNames(body, params) })),
      deviceAt: row.device_at ? row.device_at.toISOString() : null,
    })),
    names: formNames(
      [
        { schema: body.start.form, form: state.data },
        ...trace.map((row) => ({ schema: formOfHop(body, row.action), form: row.form })),
        ...submissions.rows.map((row) => ({
          schema: Object.values(body.actions).find((action) => action.submission && action.from.includes(row.state))
            ?.form,
          form: row.opened_at === null ? null : row.form,
        })),
      ],
      here.directory,
    ),
    holders: loaded.items.map((item) => ({
      slot: item.slot,
      unitName: unitName(item.unitId),
      role: item.role,
      accountName: item.accountId === null ? null : here.directory.accountName(item.accountId),
    })),
    submissions: submissions.rows.map((row) => ({
      state: row.state,
      round: row.round,
      slot: row.slot,
      unitName: unitName(row.unit_id),
      accountName: here.directory.accountName(row.account_id),
      at: row.at.toISOString(),
      sealed: row.sealed && row.opened_at === null,
      form: row.opened_at === null ? null : row.form,
    })),
    files: files.map((file) => ({
      id: file.id,
      name: file.name,
      mediaType: file.mediaType,
      bytes: file.bytes,
      uploadedAt: file.uploadedAt.toISOString(),
      takenAt: file.takenAt ? file.takenAt.toISOString() : null,
    })),
    links: links.flatMap(({ kind, direction, id: other }) => {
      const row = linked.get(other)
      return row ? [{ kind, direction, case: presentCase(here, row) }] : []
    }),
    hiddenLinks: links.filter((link) => !linked.has(link.id)).length,
    offers: here.definitions
      .list()
      .filter((offer) => mayStartFrom(context, offer.body, loaded))
      .map(({ body: offer }) => ({ definition: offer.key, name: offer.name })),
    nearby: nearbyRows.map((row) => presentCase(here, row)),
    actions: actions
      .filter(({ refusal }) => refusal === undefined)
      .map(({ key }) => {
        const action = body.actions[key]!
        return { key, name: action.name, kind: action.kind, form: action.form ?? null }
      }),
    refused: actions
      .filter(
        ({ key, refusal, quiet }) =>
          refusal && !quiet && body.actions[key]!.from.includes(state.state) && !body.actions[key]!.who.system,
      )
      .map(({ key, refusal }) => ({
        key,
        name: body.actions[key]!.name,
        code: refusal!.code,
        params: withEnglishNames(body, refusal!.params) as Record<string, unknown>,
      })),
    documents: documentsOf(context, loaded).map(({ key, name, formats }) => ({ key, name, formats: [...formats] })),
  }
})
