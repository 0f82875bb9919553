import type { Shift } from '#modules/management/roster/domain/roster.ts'
import { sql, type Tx } from '#platform/db/db.ts'

export async function listShifts(tx: Tx): Promise<Shift[]> {
  const { rows } = await sql<Shift>`
    select code, name, from_time as "from", to_time as "to", days from roster_shift order by sort, code`.execute(tx)
  return rows
}

export interface Desk {
  id: number
  name: string
  role: string
  unitId: number
  townCode: string | null
  phone: string | null
  shifts: string[]
}

/** Desks that are kept, county first; of one unit, or one desk. */
export async function listDesks(tx: Tx, filter: { unitId?: number; id?: number } = {}): Promise<Desk[]> {
  const { rows } = await sql<Desk>`
    select d.id, d.name, d.role, d.unit_id as "unitId", d.town_code as "townCode", d.phone, d.shifts
      from roster_desk d join org_unit u on u.id = d.unit_id and u.retired_at is null
     where d.retired_at is null and (${filter.unitId ?? null}::bigint is null or d.unit_id = ${filter.unitId ?? null}::bigint)
       and (${filter.id ?? null}::bigint is null or d.id = ${filter.id ?? null}::bigint)
     order by d.town_code nulls first, d.id`.execute(tx)
  return rows
}

/** Inserts a desk; undefined where the unit has one for the role. */
export async function insertDesk(tx: Tx, desk: Omit<Desk, 'id'>, at: Date): Promise<number | undefined> {
  const { rows } = await sql<{ id: number }>`
    insert into roster_desk (unit_id, role, name, phone, shifts, town_code, created_at)
    values (${desk.unitId}, ${desk.role}, ${desk.name}, ${desk.phone}, ${desk.shifts}::text[], ${desk.townCode}, ${at})
    on conflict (unit_id, role) do nothing returning id`.execute(tx)
  return rows[0]?.id
}

export async function updateDesk(tx: Tx, id: number, phone: string | null, shifts: string[]): Promise<void> {
  await sql`update roster_desk set phone = ${phone}, shifts = ${shifts}::text[] where id = ${id}`.execute(tx)
}

export interface DutyRow {
  id: number
  deskId: number
  day: string
  shift: string
  accountId: number
  name: string
  startsAt: Date
  endsAt: Date
  holdingId: number | null
}

const DUTY = sql.raw(`d.id, d.desk_id as "deskId", to_char(d.day, 'YYYY-MM-DD') as day, d.shift_code as shift,
  d.account_id as "accountId", a.display_name as name, d.starts_at as "startsAt", d.ends_at as "endsAt",
  d.holding_id as "holdingId"`)

/** Duties on days (both included), of desks or all. */
export async function dutiesBetween(tx: Tx, from: string, to: string, deskIds: number[] | null): Promise<DutyRow[]> {
  const { rows } = await sql<DutyRow>`
    select ${DUTY} from roster_duty d join auth_account a on a.id = d.account_id
     where d.day between ${from}::date and ${to}::date and (${deskIds}::bigint[] is null or d.desk_id = any(${deskIds}::bigint[]))
     order by d.starts_at, d.desk_id, d.id`.execute(tx)
  return rows
}

/** Duties of people that touch a span of time. */
export async function dutiesOfPeople(tx: Tx, accountIds: number[], from: Date, to: Date): Promise<DutyRow[]> {
  const { rows } = await sql<DutyRow>`
    select ${DUTY} from roster_duty d join auth_account a on a.id = d.account_id
     where d.account_id = any(${accountIds}::bigint[]) and d.starts_at < ${to} and d.ends_at > ${from}
     order by d.starts_at, d.id`.execute(tx)
  return rows
}

export async function findDuty(tx: Tx, id: number): Promise<DutyRow | undefined> {
  const { rows } = await sql<DutyRow>`
    select ${DUTY} from roster_duty d join auth_account a on a.id = d.account_id where d.id = ${id} for update of d`.execute(
    tx,
  )
  return rows[0]
}

/** The duty of a person in a shift, locked. */
export async function dutyAt(
  tx: Tx,
  at: { deskId: number; day: string; shift: string; accountId: number },
): Promise<DutyRow | undefined> {
  const { rows } = await sql<DutyRow>`
    select ${DUTY} from roster_duty d join auth_account a on a.id = d.account_id
     where d.desk_id = ${at.deskId} and d.day = ${at.day}::date and d.shift_code = ${at.shift}
       and d.account_id = ${at.accountId} for update of d`.execute(tx)
  return rows[0]
}

/** Everybody who holds a post in a unit at an instant, not in somebody's place. */
export async function peopleOf(
  tx: Tx,
  unitId: number,
  at: Date,
): Promise<{ id: number; name: string; login: string; role: string; post: string; postId: number }[]> {
  const { rows } = await sql<{ id: number; name: string; login: string; role: string; post: string; postId: number }>`
    select a.id, a.display_name as name, a.login, p.role, p.name as post, p.id as "postId"
      from org_post p join org_post_holding h on h.post_id = p.id and not h.acting
      join auth_account a on a.id = h.account_id and a.disabled_at is null
     where p.unit_id = ${unitId} and p.retired_at is null and h.since <= ${at} and (h.until is null or h.until > ${at})
     order by p.id, h.id`.execute(tx)
  return rows
}

export interface AbsenceSpan {
  accountId: number
  startsAt: Date
  endsAt: Date
}

/** Absences that touch a span of time; of people, or all. */
export async function absencesBetween(
  tx: Tx,
  from: Date,
  to: Date,
  accountIds: number[] | null,
): Promise<AbsenceSpan[]> {
  const { rows } = await sql<AbsenceSpan>`
    select account_id as "accountId", since as "startsAt", coalesce(ended_at, until) as "endsAt" from roster_absence
     where since < ${to} and coalesce(ended_at, until) > ${from}
       and (${accountIds}::bigint[] is null or account_id = any(${accountIds}::bigint[]))`.execute(tx)
  return rows
}

/** Serialises all changes of who serves when, so that two rosters cannot book one person twice. */
export async function lockRoster(tx: Tx): Promise<void> {
  await sql`select pg_advisory_xact_lock(hashtextextended(current_schema() || ' roster', 0))`.execute(tx)
}

/** Acting holdings on a post for stated times; ids in the order given. */
export async function insertActing(
  tx: Tx,
  rows: { postId: number; accountId: number; forAccountId: number; since: Date; until: Date; away: boolean }[],
  reason: string,
  by: number | null,
  at: Date,
): Promise<number[]> {
  if (rows.length === 0) return []
  const found = await sql<{ id: number }>`
    insert into org_post_holding (post_id, account_id, since, until, acting, for_account_id, away, reason, created_by, created_at)
    select r."postId", r."accountId", r.since, r.until, true, r."forAccountId", r.away, ${reason}, ${by}::bigint, ${at}::timestamptz
      from json_to_recordset(${JSON.stringify(rows)}::json) as r ("postId" bigint, "accountId" bigint, "forAccountId" bigint,
        since timestamptz, until timestamptz, away boolean)
    returning id`.execute(tx)
  return found.rows.map(({ id }) => id)
}

export async function endActing(tx: Tx, ids: readonly number[], at: Date, reason: string): Promise<void> {
  if (ids.length === 0) return
  await sql`
    update org_post_holding set until = least(until, greatest(since, ${at}::timestamptz)), end_reason = ${reason}
     where id = any(${ids as number[]}::bigint[])`.execute(tx)
}

export async function removeDuties(tx: Tx, ids: number[]): Promise<void> {
  if (ids.length > 0) await sql`delete from roster_duty where id = any(${ids}::bigint[])`.execute(tx)
}

export async function insertDuties(
  tx: Tx,
  duties: {
    deskId: number
    day: string
    shift: string
    accountId: number
    startsAt: Date
    endsAt: Date
    holdingId: number | null
  }[],
  by: number | null,
  at: Date,
): Promise<void> {
  if (duties.length === 0) return
  await sql`
    insert into roster_duty (desk_id, day, shift_code, account_id, starts_at, ends_at, holding_id, made_by, made_at)
    select d."deskId", d.day, d.shift, d."accountId", d."startsAt", d."endsAt", d."holdingId", ${by}::bigint, ${at}::timestamptz
      from json_to_recordset(${JSON.stringify(duties)}::json) as d ("deskId" bigint, day date, shift text, "accountId" bigint,
        "startsAt" timestamptz, "endsAt" timestamptz, "holdingId" bigint)`.execute(tx)
}
