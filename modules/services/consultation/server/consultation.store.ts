import { sql, type Tx } from '#platform/db/db.ts'

export interface Setting {
  repeats: number
  days: number
  metres: number
  changedAt: Date | null
  changedBy: number | null
}

/** The threshold of the county; locked, alerts are judged one after the other, so that none opens twice. */
export async function findSetting(tx: Tx, lock: boolean): Promise<Setting> {
  const { rows } = await sql<Setting>`
    select repeats, days, metres, changed_at as "changedAt", changed_by as "changedBy" from consultation_setting
     ${lock ? sql`for update` : sql``}`.execute(tx)
  return rows[0]!
}

export async function updateSetting(
  tx: Tx,
  setting: Pick<Setting, 'repeats' | 'days' | 'metres'>,
  by: number,
  at: Date,
): Promise<void> {
  await sql`
    update consultation_setting set repeats = ${setting.repeats}, days = ${setting.days}, metres = ${setting.metres},
      changed_at = ${at}, changed_by = ${by}`.execute(tx)
}

export interface Candidate {
  id: number
  townCode: string | null
  villageCode: string | null
  secrecy: string
  consultationId: number | null
  consultationOpen: boolean
}

const METRES_PER_DEGREE = 111_320

export interface Around {
  caseId: number
  classCode: string
  villageCode: string | null
  place: { lon: number; lat: number } | null
  since: Date
  until: Date
  metres: number
}

/** Filed reports of a class at a place in a span of time, the one that is judged among them; oldest first. */
export async function findAlike(tx: Tx, around: Around): Promise<Candidate[]> {
  const { place, metres } = around
  const lat = metres / METRES_PER_DEGREE
  const near =
    place === null
      ? sql`false`
      : sql`(c.place <@ box(point(${place.lon - lat / Math.cos((place.lat * Math.PI) / 180)}, ${place.lat - lat}),
                            point(${place.lon + lat / Math.cos((place.lat * Math.PI) / 180)}, ${place.lat + lat}))
             and sqrt(((c.place[0] - ${place.lon}) * cos(radians(${place.lat})))^2 + (c.place[1] - ${place.lat})^2)
                 * ${METRES_PER_DEGREE} <= ${metres})`
  const { rows } = await sql<Candidate>`
    select c.id, c.town_code as "townCode", c.village_code as "villageCode", c.secrecy,
           r.consultation_case_id as "consultationId", coalesce(k.closed_at is null and k.id is not null, false) as "consultationOpen"
      from process_case c
      left join consultation_repeat r on r.report_case_id = c.id
      left join process_case k on k.id = r.consultation_case_id
     where c.definition_key = 'report' and c.class_code = ${around.classCode}
       and c.opened_at >= ${around.since} and c.opened_at <= ${around.until}
       and c.state not in ('rejected', 'cancelled', 'merged')
       and (c.village_code = ${around.villageCode} or ${near})
       and (c.id = ${around.caseId} or exists (
         select 1 from process_trace t where t.case_id = c.id and t.action in ('fileCase', 'selfHandle')))
     order by c.opened_at, c.id`.execute(tx)
  return rows
}

/** Counts reports to a consultation; one that is counted already stays where it is. */
export async function insertRepeats(
  tx: Tx,
  consultationId: number,
  classCode: string,
  reportIds: readonly number[],
  at: Date,
): Promise<number> {
  const { rows } = await sql`
    insert into consultation_repeat (report_case_id, consultation_case_id, class_code, added_at)
    select id, ${consultationId}, ${classCode}, ${at} from unnest(${reportIds}::bigint[]) as r (id)
    on conflict (report_case_id) do nothing returning report_case_id`.execute(tx)
  return rows.length
}

/** The reports that a consultation is about, ascending. */
export async function repeatsOf(tx: Tx, consultationId: number): Promise<number[]> {
  const { rows } = await sql<{ id: number }>`
    select report_case_id as id from consultation_repeat where consultation_case_id = ${consultationId}
     order by report_case_id`.execute(tx)
  return rows.map(({ id }) => id)
}
