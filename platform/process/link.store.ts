import { sql, type Tx } from '#platform/db/db.ts'
import type { PartyRow } from '#platform/process/case.store.ts'

/** merged 并入 · part 拆分 · follow 另立 · redo 重办 · opened 由此发起. */
export type LinkKind = 'merged' | 'part' | 'follow' | 'redo' | 'opened'

export interface Link {
  kind: LinkKind
  fromCaseId: number
  toCaseId: number
}

/** Links a case to the one it belongs to. A case has at most one link of a kind that holds. */
export async function insertLink(tx: Tx, link: Link, accountId: number | null, at: Date): Promise<void> {
  await sql`
    insert into process_link (kind, from_case_id, to_case_id, account_id, made_at)
    values (${link.kind}, ${link.fromCaseId}, ${link.toCaseId}, ${accountId}, ${at})`.execute(tx)
}

/** Undoes the link of a kind that a case has; returns the case it led to. */
export async function endLink(tx: Tx, fromCaseId: number, kind: LinkKind, at: Date): Promise<number | undefined> {
  const { rows } = await sql<{ to_case_id: number }>`
    update process_link set ended_at = ${at} where from_case_id = ${fromCaseId} and kind = ${kind} and ended_at is null
    returning to_case_id`.execute(tx)
  return rows[0]?.to_case_id
}

/** The links of a case that hold, in both directions. */
export async function linksOf(tx: Tx, caseId: number): Promise<Link[]> {
  const { rows } = await sql<{ kind: LinkKind; from_case_id: number; to_case_id: number }>`
    select kind, from_case_id, to_case_id from (
      select id, kind, from_case_id, to_case_id from process_link where from_case_id = ${caseId} and ended_at is null
      union all
      select id, kind, from_case_id, to_case_id from process_link where to_case_id = ${caseId} and ended_at is null) l
     order by id`.execute(tx)
  return rows.map((row) => ({ kind: row.kind, fromCaseId: row.from_case_id, toCaseId: row.to_case_id }))
}

/** The cases that a case leads by a kind of link (its merged ones, its parts), ascending, as they are locked. */
export async function linkedTo(tx: Tx, caseId: number, kind: LinkKind): Promise<number[]> {
  const { rows } = await sql<{ from_case_id: number }>`
    select from_case_id from process_link where to_case_id = ${caseId} and kind = ${kind} and ended_at is null
     order by from_case_id`.execute(tx)
  return rows.map((row) => row.from_case_id)
}

/** The earliest deadline among merged cases that still run, on a clock; null where there is none. */
export async function earliestDue(tx: Tx, mainId: number, clockKey: string): Promise<Date | null> {
  const { rows } = await sql<{ due_at: Date | null }>`
    select min(k.due_at) as due_at from process_link l join process_clock k on k.case_id = l.from_case_id
     where l.to_case_id = ${mainId} and l.kind = 'merged' and l.ended_at is null and k.key = ${clockKey}
       and k.stopped_at is null and not k.paused`.execute(tx)
  return rows[0]?.due_at ?? null
}

/** Whoever takes part in the main case sees what was merged into it: all so far, for one merged case. */
export async function shareAllParties(tx: Tx, mainId: number, mergedId: number): Promise<void> {
  await sql`
    insert into process_party (case_id, unit_id, account_id, role, named, since, town_code, village_code, grid_code, line_code)
    select c.id, p.unit_id, p.account_id, p.role, p.named, p.since, c.town_code, c.village_code, c.grid_code, c.line_code
      from process_party p, process_case c where p.case_id = ${mainId} and c.id = ${mergedId}
    on conflict (case_id, unit_id, account_id, role) do nothing`.execute(tx)
}

/** The same for who joined the main case in one hop, for all its merged cases. */
export async function shareParties(tx: Tx, mainId: number, parties: readonly PartyRow[], at: Date): Promise<void> {
  if (parties.length === 0) return
  const rows = parties.map((party) => ({
    unit_id: party.unitId,
    account_id: party.accountId,
    role: party.role,
    named: party.named,
  }))
  await sql`
    insert into process_party (case_id, unit_id, account_id, role, named, since, town_code, village_code, grid_code, line_code)
    select c.id, p.unit_id, p.account_id, p.role, p.named, ${at}, c.town_code, c.village_code, c.grid_code, c.line_code
      from process_link l join process_case c on c.id = l.from_case_id
     cross join json_to_recordset(${JSON.stringify(rows)}::json)
        as p (unit_id bigint, account_id bigint, role text, named boolean)
     where l.to_case_id = ${mainId} and l.kind = 'merged' and l.ended_at is null
    on conflict (case_id, unit_id, account_id, role) do nothing`.execute(tx)
}
