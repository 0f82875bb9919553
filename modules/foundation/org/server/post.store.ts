import { sql, type Tx } from '#platform/db/db.ts'
import { notFound } from '#platform/errors/app-error.ts'

export interface PostState {
  id: number
  code: string
  role: string
  name: string
  /** Narrower place than the unit's, or null. */
  division: string | null
  retired: boolean
  unit: { id: number; name: string; division: string; lines: string[]; retired: boolean }
}

/**
 * A post with its unit, locked for change so that two appointments cannot pass each other.
 * @throws AppError `platform.not_found`
 */
export async function getPostForChange(tx: Tx, id: number): Promise<PostState> {
  const { rows } = await sql<{
    id: number
    code: string
    role: string
    name: string
    post_division: string | null
    retired: boolean
    unit_id: number
    unit_name: string
    division_code: string
    unit_retired: boolean
    lines: string[]
  }>`
    select p.id, p.code, p.role, p.name, p.division_code as post_division, p.retired_at is not null as retired, u.id as unit_id, u.name as unit_name,
           u.division_code, u.retired_at is not null as unit_retired,
           array(select l.line_code from org_unit_line l where l.unit_id = u.id order by l.line_code) as lines
      from org_post p join org_unit u on u.id = p.unit_id where p.id = ${id} for update of p`.execute(tx)
  const row = rows[0]
  if (!row) throw notFound()
  return {
    id: row.id,
    code: row.code,
    role: row.role,
    name: row.name,
    division: row.post_division,
    retired: row.retired || row.unit_retired,
    unit: {
      id: row.unit_id,
      name: row.unit_name,
      division: row.division_code,
      lines: row.lines,
      retired: row.unit_retired,
    },
  }
}

export interface HoldingRow {
  id: number
  postId: number
  accountId: number
  since: Date
  until: Date | null
  acting: boolean
  forAccountId: number | null
}

/** Holdings of a post that are current or coming. */
export async function openHoldings(tx: Tx, postId: number, at: Date): Promise<HoldingRow[]> {
  const { rows } = await sql<RawHolding>`
    select id, post_id, account_id, since, until, acting, for_account_id from org_post_holding
     where post_id = ${postId} and (until is null or until > ${at}) order by since, id`.execute(tx)
  return rows.map(toHolding)
}

/** Holdings of an account that are current or coming. */
export async function openHoldingsOf(tx: Tx, accountId: number, at: Date): Promise<HoldingRow[]> {
  const { rows } = await sql<RawHolding>`
    select id, post_id, account_id, since, until, acting, for_account_id from org_post_holding
     where account_id = ${accountId} and (until is null or until > ${at}) order by since, id`.execute(tx)
  return rows.map(toHolding)
}

/** One holding, or undefined. */
export async function findHolding(tx: Tx, id: number): Promise<HoldingRow | undefined> {
  const { rows } = await sql<RawHolding>`
    select id, post_id, account_id, since, until, acting, for_account_id from org_post_holding where id = ${id}`.execute(
    tx,
  )
  return rows[0] && toHolding(rows[0])
}

export async function insertHolding(
  tx: Tx,
  holding: Omit<HoldingRow, 'id'> & { reason: string; createdBy: number | null; at: Date },
): Promise<number> {
  const { rows } = await sql<{ id: number }>`
    insert into org_post_holding (post_id, account_id, since, until, acting, for_account_id, reason, created_by, created_at)
    values (${holding.postId}, ${holding.accountId}, ${holding.since}, ${holding.until}, ${holding.acting},
      ${holding.forAccountId}, ${holding.reason}, ${holding.createdBy}, ${holding.at})
    returning id`.execute(tx)
  return rows[0]!.id
}

/** Ends holdings at an instant, never later than they would have; one that had not begun never counts. */
export async function endHoldings(tx: Tx, ids: readonly number[], until: Date, reason: string): Promise<void> {
  await sql`
    update org_post_holding set until = least(until, greatest(since, ${until}::timestamptz)), end_reason = ${reason}
     where id = any(${ids as number[]}::bigint[])`.execute(tx)
}

/** Who holds the role in the unit now by other holdings than these, and not in somebody's place. */
export async function otherHolders(
  tx: Tx,
  unitId: number,
  role: string,
  except: readonly number[],
  at: Date,
): Promise<{ id: number; name: string; login: string }[]> {
  const { rows } = await sql<{ id: number; name: string; login: string }>`
    select distinct a.id, a.display_name as name, a.login
      from org_post p join org_post_holding h on h.post_id = p.id join auth_account a on a.id = h.account_id
     where p.unit_id = ${unitId} and p.role = ${role} and p.retired_at is null and a.disabled_at is null
       and h.id <> all(${except as number[]}::bigint[]) and not h.acting and h.since <= ${at} and (h.until is null or h.until > ${at})
     order by a.id`.execute(tx)
  return rows
}

/** Open work that waits for a unit and role, in nobody's own name. */
export async function countRoleWork(tx: Tx, unitId: number, role: string): Promise<number> {
  const { rows } = await sql<{ n: number }>`
    select count(*) as n from process_work_item
     where unit_id = ${unitId} and role = ${role} and account_id is null`.execute(tx)
  return rows[0]!.n
}

interface RawHolding {
  id: number
  post_id: number
  account_id: number
  since: Date
  until: Date | null
  acting: boolean
  for_account_id: number | null
}

function toHolding(row: RawHolding): HoldingRow {
  return {
    id: row.id,
    postId: row.post_id,
    accountId: row.account_id,
    since: row.since,
    until: row.until,
    acting: row.acting,
    forAccountId: row.for_account_id,
  }
}
