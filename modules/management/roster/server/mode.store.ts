import type { ModeLimits, ModeRule } from '#modules/management/roster/domain/mode.ts'
import { sql, type Tx } from '#platform/db/db.ts'

export interface ActiveRule extends ModeRule {
  readonly periodId: number
  readonly modeName: string
  readonly documentNumber: string
}

/** Rules of the modes that are on at an instant. */
export async function activeRules(tx: Tx, at: Date): Promise<ActiveRule[]> {
  const { rows } = await sql<ActiveRule>`
    select p.id as "periodId", m.id as "modeId", m.name as "modeName", p.document_number as "documentNumber",
           r.class_prefix as "classPrefix", r.limits, r.severity
      from roster_mode_period p join roster_mode m on m.id = p.mode_id join roster_mode_rule r on r.mode_id = m.id
     where p.off_at is null and p.since <= ${at} and p.until > ${at}
     order by p.id, r.class_prefix`.execute(tx)
  return rows
}

export interface ModeRow {
  id: number
  name: string
  basis: string
  publicNotice: string | null
  staffNotice: string
  version: number
  rules: { classPrefix: string; limits: ModeLimits; severity: number | null }[]
  desks: { deskId: number; shifts: string[] }[]
}

/** Modes that are not given up, by name; or one. */
export async function listModeRows(tx: Tx, id: number | null = null): Promise<ModeRow[]> {
  const { rows } = await sql<ModeRow>`
    select m.id, m.name, m.basis, m.public_notice as "publicNotice", m.staff_notice as "staffNotice", m.version,
           coalesce((select jsonb_agg(jsonb_build_object('classPrefix', r.class_prefix, 'limits', r.limits,
                       'severity', r.severity) order by r.class_prefix) from roster_mode_rule r where r.mode_id = m.id), '[]') as rules,
           coalesce((select jsonb_agg(jsonb_build_object('deskId', d.desk_id, 'shifts', d.shifts) order by d.desk_id)
                       from roster_mode_desk d where d.mode_id = m.id), '[]') as desks
      from roster_mode m where m.retired_at is null and (${id}::bigint is null or m.id = ${id}::bigint)
     order by m.id`.execute(tx)
  return rows
}

/** Locks a mode, so that two people cannot change or switch it at once. */
export async function lockMode(tx: Tx, id: number): Promise<{ id: number; name: string; version: number } | undefined> {
  const { rows } = await sql<{ id: number; name: string; version: number }>`
    select id, name, version from roster_mode where id = ${id} and retired_at is null for update`.execute(tx)
  return rows[0]
}

export interface ModeBody {
  name: string
  basis: string
  publicNotice: string | null
  staffNotice: string
  rules: { classPrefix: string; limits: ModeLimits; severity: number | null }[]
  desks: { deskId: number; shifts: string[] }[]
}

export async function insertMode(tx: Tx, body: ModeBody, by: number | null, at: Date): Promise<number> {
  const { rows } = await sql<{ id: number }>`
    insert into roster_mode (name, basis, public_notice, staff_notice, created_by, created_at)
    values (${body.name}, ${body.basis}, ${body.publicNotice}, ${body.staffNotice}, ${by}, ${at})
    returning id`.execute(tx)
  const id = rows[0]!.id
  await writeParts(tx, id, body)
  return id
}

export async function updateMode(tx: Tx, id: number, body: ModeBody): Promise<void> {
  await sql`
    update roster_mode set name = ${body.name}, basis = ${body.basis}, public_notice = ${body.publicNotice},
      staff_notice = ${body.staffNotice}, version = version + 1 where id = ${id}`.execute(tx)
  await sql`delete from roster_mode_rule where mode_id = ${id}`.execute(tx)
  await sql`delete from roster_mode_desk where mode_id = ${id}`.execute(tx)
  await writeParts(tx, id, body)
}

async function writeParts(tx: Tx, id: number, { rules, desks }: ModeBody): Promise<void> {
  await sql`
    insert into roster_mode_rule (mode_id, class_prefix, limits, severity)
    select ${id}, r."classPrefix", r.limits, r.severity
      from json_to_recordset(${JSON.stringify(rules)}::json) as r ("classPrefix" text, limits jsonb, severity smallint)`.execute(
    tx,
  )
  await sql`
    insert into roster_mode_desk (mode_id, desk_id, shifts)
    select ${id}, d."deskId", d.shifts from jsonb_to_recordset(${JSON.stringify(desks)}::jsonb) as d ("deskId" bigint, shifts text[])`.execute(
    tx,
  )
}

export interface PeriodRow {
  id: number
  modeId: number
  modeName: string
  documentNumber: string
  since: Date
  until: Date
  onBy: number
  onAt: Date
  running: 'keep' | 'shorten'
  shortened: number
  offAt: Date | null
  offBy: number | null
  offReason: string | null
  toldOn: boolean
}

/** Periods, the newest first; of one mode, or one period, or those not over. */
export async function listPeriods(
  tx: Tx,
  filter: { modeId?: number; id?: number; openAt?: Date } = {},
): Promise<PeriodRow[]> {
  const { modeId = null, id = null, openAt = null } = filter
  const { rows } = await sql<PeriodRow>`
    select p.id, p.mode_id as "modeId", m.name as "modeName", p.document_number as "documentNumber", p.since, p.until,
           p.switched_on_by as "onBy", p.switched_on_at as "onAt", p.running, p.shortened, p.off_at as "offAt",
           p.off_by as "offBy", p.off_reason as "offReason", p.told_on as "toldOn"
      from roster_mode_period p join roster_mode m on m.id = p.mode_id
     where (${modeId}::bigint is null or p.mode_id = ${modeId}::bigint) and (${id}::bigint is null or p.id = ${id}::bigint)
       and (${openAt}::timestamptz is null or (p.off_at is null and p.until > ${openAt}::timestamptz))
     order by p.since desc, p.id desc limit 200`.execute(tx)
  return rows
}

export async function insertPeriod(
  tx: Tx,
  period: Pick<PeriodRow, 'modeId' | 'documentNumber' | 'since' | 'until' | 'onBy' | 'onAt' | 'running'>,
): Promise<number> {
  const { rows } = await sql<{ id: number }>`
    insert into roster_mode_period (mode_id, document_number, since, until, switched_on_by, switched_on_at, running)
    values (${period.modeId}, ${period.documentNumber}, ${period.since}, ${period.until}, ${period.onBy}, ${period.onAt},
      ${period.running})
    returning id`.execute(tx)
  return rows[0]!.id
}

/** Ends a period; false where it had ended. */
export async function endPeriod(
  tx: Tx,
  id: number,
  at: Date,
  by: number | null,
  reason: string | null,
): Promise<boolean> {
  const { rows } = await sql<{ id: number }>`
    update roster_mode_period set off_at = ${at}, off_by = ${by}, off_reason = ${reason}
     where id = ${id} and off_at is null returning id`.execute(tx)
  return rows.length > 0
}

export interface Notice {
  id: number
  name: string
  text: string
  documentNumber: string
  since: Date
  until: Date
}

/** What is said while modes are on, to staff or to everybody. */
export async function activeNotices(tx: Tx, at: Date, to: 'staff' | 'public'): Promise<Notice[]> {
  const text = to === 'staff' ? sql`m.staff_notice` : sql`m.public_notice`
  const { rows } = await sql<Notice>`
    select p.id, m.name, ${text} as text, p.document_number as "documentNumber", p.since, p.until
      from roster_mode_period p join roster_mode m on m.id = p.mode_id
     where p.off_at is null and p.since <= ${at} and p.until > ${at} and ${text} is not null
     order by p.id`.execute(tx)
  return rows
}
