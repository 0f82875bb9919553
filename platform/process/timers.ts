import { runAsSystem } from '#platform/command/command.ts'
import type { Context } from '#platform/command/context.ts'
import type { CountyServices, Services } from '#platform/command/services.ts'
import { sql } from '#platform/db/db.ts'
import { resolveAssignment } from '#platform/process/assignment.ts'
import { findCase } from '#platform/process/case.store.ts'
import { actOnLoaded, deltaOf, hopMoment } from '#platform/process/engine.ts'

const BATCH = 100

/**
 * Fires timers that are due: near-due notice, overdue flag, escalation levels. Two workers never fire the same one: the
 * case row is taken with SKIP LOCKED, and a timer row is unique per case, clock, kind and level. Nothing overdue can be
 * passed over: every due timer is a row, whoever the case is or is not assigned to. A case that fails is put off, so that
 * those behind it go on, and tried again for ever.
 * @returns how many cases were worked on or put off; call again until 0.
 */
export async function fireDueTimers(services: Services, here: CountyServices): Promise<number> {
  let failed: { caseId: number; error: unknown } | undefined
  try {
    return await runAsSystem(services, here, 'timers', async (context) => {
      const { tx, now } = context
      // Commands lock the case before its timers; so does this, hence no deadlock.
      const { rows } = await sql<{ id: number }>`
        select c.id from process_case c
         where c.id in (select t.case_id from process_timer t
                         where t.fired_at is null and t.due_at <= ${now} and (t.retry_at is null or t.retry_at <= ${now})
                         order by t.due_at, t.id limit ${BATCH})
         order by c.id for update skip locked`.execute(tx)
      for (const { id } of rows)
        try {
          await fireForCase(context, id)
        } catch (error) {
          failed = { caseId: id, error }
          throw error
        }
      return rows.length
    })
  } catch (error) {
    if (!failed) throw error
    await putOff(services, here, failed.caseId, failed.error)
    return 1
  }
}

/** The batch was rolled back; the case that failed waits, longer each time, the others run on the next call. */
async function putOff(services: Services, here: CountyServices, caseId: number, error: unknown): Promise<void> {
  services.log.error({ err: error, caseId }, 'the timers of a case failed; they are tried again')
  const message = error instanceof Error ? error.message : String(error)
  await runAsSystem(services, here, 'timers', ({ tx, now }) =>
    sql`
      update process_timer set attempts = attempts + 1, last_error = ${message.slice(0, 500)},
        retry_at = ${now}::timestamptz + least(interval '1 hour', interval '1 second' * 4 ^ least(attempts + 1, 6))
       where case_id = ${caseId} and fired_at is null and due_at <= ${now}`.execute(tx),
  )
}

interface FiredRow {
  clock_key: string
  kind: 'near' | 'due' | 'escalate'
  level: number
  due_at: Date
  quiet: boolean
}

async function fireForCase(context: Context, caseId: number): Promise<void> {
  const { tx, now, here, pending } = context
  const { rows: fired } = await sql<FiredRow>`
    update process_timer set fired_at = ${now}
     where case_id = ${caseId} and fired_at is null and due_at <= ${now}
    returning clock_key, kind, level, due_at, quiet`.execute(tx)
  const loaded = await findCase(tx, caseId, false)
  if (!loaded || fired.length === 0) return
  const { case: state } = loaded
  const at = hopMoment(now, state)
  const { body } = here.definitions.byId(state.definitionId)
  const before = deltaOf(state)
  fired.sort((a, b) => a.due_at.getTime() - b.due_at.getTime() || a.level - b.level)
  const planned = fired.filter((timer) => timer.kind === 'due' && body.clocks[timer.clock_key]?.onDue)
  const lapsed = fired
    .filter((timer) => timer.kind === 'due' && !planned.includes(timer))
    .map((timer) => timer.clock_key)
  const hops: { action: string; why: object }[] = []
  for (const timer of fired) {
    if (planned.includes(timer)) continue
    const clock = body.clocks[timer.clock_key]
    const holders = new Set<number>()
    if (timer.kind === 'escalate') {
      const level = clock?.escalate?.[timer.level - 1]
      if (level) {
        const starterUnit = typeof state.data.starterUnitId === 'number' ? state.data.starterUnitId : null
        const to = resolveAssignment(level.to, state, loaded.done, starterUnit, here.directory)
        if (to.accountId !== null) holders.add(to.accountId)
        else if (to.unitId !== null) for (const id of here.directory.holders(to.unitId, to.role)) holders.add(id)
      }
    } else if (!timer.quiet)
      for (const item of loaded.items) {
        if (item.accountId !== null) holders.add(item.accountId)
        else if (item.unitId !== null) for (const id of here.directory.holders(item.unitId, item.role)) holders.add(id)
      }
    if (holders.size > 0)
      pending.jobs.push({
        kind: 'notify.in_app',
        aggregate: `case:${caseId}`,
        payload: {
          accountIds: [...holders],
          kind: `process.${timer.kind}`,
          caseId,
          params: { number: state.number, clock: timer.clock_key, level: timer.level },
        },
      })
    if (timer.kind !== 'near')
      hops.push({
        action: timer.kind === 'due' ? 'overdue' : 'escalated',
        why: [
          {
            key: timer.kind === 'due' ? 'process.why.overdue' : 'process.why.escalated',
            params: {
              clock: clock?.name['zh-CN'] ?? timer.clock_key,
              level: timer.level,
              dueAt: timer.due_at.toISOString(),
              told: holders.size,
            },
          },
        ],
      })
  }
  const overdue = state.overdue || lapsed.length > 0
  if (lapsed.length > 0) {
    await sql`update process_clock set overdue = true where case_id = ${caseId} and key = any(${lapsed}::text[])`.execute(
      tx,
    )
    await sql`update process_work_item set overdue = true
               where case_id = ${caseId} and (clock_key = any(${lapsed}::text[]) or clock_key is null)`.execute(tx)
  }
  if (hops.length > 0) {
    await sql`
      with hop as (
        insert into process_trace (case_id, hop, at, action, from_state, to_state, actor_kind, why)
        select ${caseId}, ${state.hop} + h.nr, ${at}, h.action, ${state.state}, ${state.state}, 'system', h.why
          from rows from (json_to_recordset(${JSON.stringify(hops)}::json) as (action text, why jsonb))
               with ordinality as h (action, why, nr))
      update process_case set overdue = ${overdue}, hop = ${state.hop + hops.length}, last_hop_at = ${at}
       where id = ${caseId}`.execute(tx)
    pending.subject = `case:${caseId}`
    for (const [index, hop] of hops.entries())
      pending.facts.push({
        kind: `case.${hop.action}`,
        subject: `case:${caseId}`,
        content: { number: state.number, hop: state.hop + index + 1, action: hop.action, at: at.toISOString() },
      })
  }
  const after = deltaOf({ ...state, overdue })
  if (after.overdue !== before.overdue) {
    pending.deltas.push({ ...before, amount: -1 })
    pending.deltas.push({ ...after, amount: 1 })
  }
  for (const timer of planned) {
    const action = body.clocks[timer.clock_key]!.onDue!
    const loadedNow = await findCase(tx, caseId, false)
    if (loadedNow && body.actions[action]?.from.includes(loadedNow.case.state))
      await actOnLoaded(context, loadedNow, { caseId, action })
  }
}
