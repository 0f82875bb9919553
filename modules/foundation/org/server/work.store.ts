import type { Actor } from '#platform/access/actor.ts'
import { caseVisibility, predicateSql } from '#platform/access/policy.ts'
import { sql, type Tx } from '#platform/db/db.ts'

/** A piece of open work in somebody's own name. */
export interface OwnWork {
  id: number
  caseId: number
  slot: string
  number: string
  /** Null where the case is out of the actor's sight. */
  title: string | null
  definitionId: number
  state: string
  role: string
  openedAt: Date
  dueAt: Date | null
  overdue: boolean
}

/** Open work in a person's own name, due next first. */
export async function listOwnWork(tx: Tx, accountId: number, actor: Actor, limit: number): Promise<OwnWork[]> {
  const { rows } = await sql<{
    id: number
    case_id: number
    slot: string
    number: string
    title: string
    visible: boolean
    definition_id: number
    state: string
    role: string
    opened_at: Date
    due_at: Date | null
    overdue: boolean
  }>`
    select w.id, w.case_id, w.slot, w.number, w.title, ${predicateSql(caseVisibility(actor), 'c')} as visible,
           c.definition_id, w.state, w.role, w.opened_at, w.due_at, w.overdue
      from process_work_item w join process_case c on c.id = w.case_id
     where w.account_id = ${accountId} order by coalesce(w.due_at, 'infinity'), w.id limit ${limit}`.execute(tx)
  return rows.map((row) => ({
    id: row.id,
    caseId: row.case_id,
    slot: row.slot,
    number: row.number,
    title: row.visible ? row.title : null,
    definitionId: row.definition_id,
    state: row.state,
    role: row.role,
    openedAt: row.opened_at,
    dueAt: row.due_at,
    overdue: row.overdue,
  }))
}

/** One piece of open work, locked together with its case so that nobody acts on it meanwhile. */
export interface LockedWork {
  id: number
  caseId: number
  slot: string
}

/** Locks all open work in a person's own name: cases first, in order of their ids, as the engine does. */
export async function lockOwnWork(tx: Tx, accountId: number): Promise<LockedWork[]> {
  await sql`
    select id from process_case
     where id in (select case_id from process_work_item where account_id = ${accountId})
     order by id for update`.execute(tx)
  const { rows } = await sql<{ id: number; case_id: number; slot: string }>`
    select id, case_id, slot from process_work_item where account_id = ${accountId} order by id for update`.execute(tx)
  return rows.map((row) => ({ id: row.id, caseId: row.case_id, slot: row.slot }))
}

/**
 * Moves locked work to its successors: they become parties (named where the predecessor was, so that secret cases stay
 * with named people), and each case's trace says who handed over to whom.
 */
export async function moveWork(
  tx: Tx,
  moves: readonly { id: number; caseId: number; to: number; toName: string }[],
  by: { fromId: number; fromName: string; accountId: number; note: string; at: Date },
): Promise<void> {
  const rows = moves.map((move) => ({ id: move.id, case_id: move.caseId, to_id: move.to }))
  await sql`
    update process_work_item w set account_id = m.to_id
      from json_to_recordset(${JSON.stringify(rows)}::json) as m (id bigint, to_id bigint)
     where w.id = m.id and w.account_id = ${by.fromId}`.execute(tx)
  await sql`
    insert into process_party (case_id, unit_id, account_id, role, named, since, town_code, village_code, grid_code,
      line_code)
    select distinct c.id, null::bigint, m.to_id, 'handover',
           exists (select 1 from process_party o where o.case_id = c.id and o.account_id = ${by.fromId} and o.named),
           ${by.at}::timestamptz, c.town_code, c.village_code, c.grid_code, c.line_code
      from json_to_recordset(${JSON.stringify(rows)}::json) as m (case_id bigint, to_id bigint)
      join process_case c on c.id = m.case_id
    on conflict (case_id, unit_id, account_id, role) do update set named = process_party.named or excluded.named`.execute(
    tx,
  )
  // One hop for each case and successor, numbered on from the case's last hop.
  const hops = [...new Map(moves.map((move) => [`${move.caseId} ${move.to}`, move])).values()].map((move) => ({
    case_id: move.caseId,
    to_id: move.to,
    why: [{ key: 'org.why.handed_over', params: { from: by.fromName, to: move.toName } }],
  }))
  await sql`
    with hop as (
      select c.id, c.state, m.why, greatest(${by.at}::timestamptz, c.last_hop_at) as at,
             c.hop + row_number() over (partition by c.id order by m.to_id) as hop
        from json_to_recordset(${JSON.stringify(hops)}::json) as m (case_id bigint, to_id bigint, why jsonb)
        join process_case c on c.id = m.case_id
    ), trace as (
      insert into process_trace (case_id, hop, at, action, from_state, to_state, actor_kind, account_id, note, why)
      select id, hop, at, 'handedOver', state, state, 'staff', ${by.accountId}, ${by.note}, why from hop
    )
    update process_case c set hop = last.hop, last_hop_at = last.at
      from (select id, max(hop) as hop, max(at) as at from hop group by id) last where c.id = last.id`.execute(tx)
}
