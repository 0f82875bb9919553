import { query } from '#platform/command/command.ts'
import { sql } from '#platform/db/db.ts'
import { AppError } from '#platform/errors/app-error.ts'
import { listInbox } from '#platform/process/contract.ts'
import type { ProcessDefinition } from '#platform/process/definition.ts'
import { dueBounds } from '#platform/process/due-groups.ts'
import { presentUnit } from '#platform/process/present.ts'

interface Row {
  id: number
  case_id: number
  slot: string
  definition_id: number
  definition_key: string
  state: string
  unit_id: number | null
  role: string
  title: string
  number: string
  class_code: string | null
  severity: number
  secrecy: string
  source: string
  town_code: string | null
  village_code: string | null
  opened_at: Date
  due_at: Date | null
  clock_unit: string | null
  overdue: boolean
  provisional: boolean
  version: number
}

/** The action that a state is waiting for: the first main one that its holder may take. */
export function mainAction(body: ProcessDefinition, state: string): string | null {
  for (const [key, action] of Object.entries(body.actions))
    if (action.kind === 'main' && action.from.includes(state) && !action.who.system && !action.who.reporter) return key
  return null
}

/** A form asks nothing when it has no required field; such work can be done for several cases at once. */
function asksNothing(form: Record<string, unknown> | undefined): boolean {
  const required = form?.required
  return !form || !Array.isArray(required) || required.length === 0
}

/** Open work of the actor, due next first: one branch per held unit and role, each walking its index. */
export const listInboxQuery = query(listInbox, async ({ tx, actor, here, now }, input) => {
  if (actor.kind !== 'staff') throw new AppError('platform.forbidden', { status: 403 })
  const limit = input.limit ?? 100
  const after = decodeCursor(input.cursor)
  const filters = [sql`true`]
  if (input.town) filters.push(sql`w.town_code = ${input.town}`)
  if (input.state) filters.push(sql`w.state = ${input.state}`)
  if (input.source) filters.push(sql`w.source = ${input.source}`)
  if (input.severity !== undefined) filters.push(sql`w.severity = ${input.severity}`)
  const narrowed = sql.join(filters, sql` and `)
  const definition = input.definition ? sql`w.definition_key = ${input.definition}` : sql`true`
  const cursor = after
    ? sql`(coalesce(w.due_at, 'infinity'), w.id) > (${after.due}::timestamptz, ${after.id})`
    : sql`true`
  const posts = [...new Map(actor.posts.map((post) => [`${post.unitId}|${post.role}`, post])).values()]
  const mine = [
    ...posts.map((post) => sql`(w.unit_id = ${post.unitId} and w.role = ${post.role} and w.account_id is null)`),
    sql`(w.account_id = ${actor.accountId})`,
  ]
  const branches = mine.map(
    (condition) => sql`(select w.id from process_work_item w where ${condition} and ${narrowed} and ${definition}
      and ${cursor} order by coalesce(w.due_at, 'infinity'), w.id limit ${limit + 1})`,
  )
  const { rows } = await sql<Row>`
    select w.id, w.case_id, w.slot, c.definition_id, w.definition_key, w.state, w.unit_id, w.role, w.title, w.number,
      w.class_code, w.severity, w.secrecy, w.source, w.town_code, w.village_code, w.opened_at, w.due_at,
      k.state -> 'limit' ->> 'unit' as clock_unit, w.overdue, w.provisional, c.version
      from process_work_item w join process_case c on c.id = w.case_id
      left join process_clock k on k.case_id = w.case_id and k.key = w.clock_key
     where w.id in (${sql.join(branches, sql` union `)})
     order by coalesce(w.due_at, 'infinity'), w.id limit ${limit + 1}`.execute(tx)
  const bounds = dueBounds(here.calendar, now)
  const { rows: counts } = await sql<{ definition_key: string; due: string; n: number }>`
    select w.definition_key, case
        when w.due_at is null then 'none'
        when w.overdue then 'overdue'
        when w.due_at < ${bounds.tomorrow} then case when w.due_at > ${bounds.close}::timestamptz then 'tonight' else 'today' end
        when w.due_at < ${bounds.next} then 'rest'
        when w.due_at < ${bounds.afterNext} then 'next'
        else 'later' end as due, count(*) as n
      from process_work_item w
     where (${sql.join(mine, sql` or `)}) and ${narrowed} group by 1, 2 order by 1, 2`.execute(tx)
  const sum = (of: typeof counts) => of.reduce((total, row) => total + row.n, 0)
  const asked = input.definition ? counts.filter((row) => row.definition_key === input.definition) : counts
  const page = rows.slice(0, limit)
  const last = page.at(-1)
  return {
    items: page.map((row) => {
      const { body } = here.definitions.byId(row.definition_id)
      const state = body.states[row.state]!
      const key = mainAction(body, row.state)
      const action = key ? body.actions[key] : undefined
      return {
        id: row.id,
        caseId: row.case_id,
        slot: row.slot,
        number: row.number,
        title: row.title,
        definitionKey: row.definition_key,
        definitionName: body.name,
        state: row.state,
        stateName: state.name,
        todo: state.todo ?? state.name,
        action: key,
        actionName: action?.name ?? null,
        bulk: action !== undefined && asksNothing(action.form),
        version: row.version,
        severity: row.severity,
        secrecy: row.secrecy,
        classCode: row.class_code,
        className: row.class_code ? (here.directory.className(row.class_code) ?? null) : null,
        source: row.source,
        townName: row.town_code ? here.directory.divisionName(row.town_code) : null,
        villageName: row.village_code ? here.directory.divisionName(row.village_code) : null,
        unit: presentUnit(here, row.unit_id),
        role: row.role,
        openedAt: row.opened_at.toISOString(),
        dueAt: row.due_at ? row.due_at.toISOString() : null,
        clockUnit: row.clock_unit,
        provisional: row.provisional,
        overdue: row.overdue,
      }
    }),
    next: rows.length > limit && last ? encodeCursor(last.due_at, last.id) : null,
    total: sum(counts),
    byDefinition: [...Map.groupBy(counts, (row) => row.definition_key)].map(([key, of]) => ({
      key,
      name: here.definitions.current(key).body.name,
      count: sum(of),
    })),
    byDue: [...Map.groupBy(asked, (row) => row.due)].map(([key, of]) => ({ key, count: sum(of) })),
    now: now.toISOString(),
  }
})

function encodeCursor(due: Date | null, id: number): string {
  return Buffer.from(JSON.stringify([due ? due.toISOString() : 'infinity', id])).toString('base64url')
}

function decodeCursor(cursor: string | undefined): { due: string; id: number } | null {
  if (!cursor) return null
  try {
    const [due, id] = JSON.parse(Buffer.from(cursor, 'base64url').toString()) as [string, number]
    if (typeof id === 'number' && (due === 'infinity' || !Number.isNaN(Date.parse(due)))) return { due, id }
  } catch {
    // falls through to the error
  }
  throw new AppError('platform.bad_cursor', { status: 400 })
}
