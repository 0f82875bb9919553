import { sql, type Tx } from '#platform/db/db.ts'

export const LEAD = 'consultation.case.lead'
export const MANAGE = 'consultation.setting.manage'

/** Who leads consultations and who sets the threshold: [role, kind of unit, level, permission]. */
const GRANTS: readonly [string, string, string, string][] = [
  ['dutyChief', 'command', 'town', LEAD],
  ['dutyChief', 'command', 'county', LEAD],
  ['countyDirector', 'command', 'county', LEAD],
  ['countyDirector', 'command', 'county', MANAGE],
]

/** First grants, each where the unit works. Safe to repeat. */
export async function grantConsultation(tx: Tx): Promise<void> {
  const rows = GRANTS.map(([role, kind, level, permission]) => ({ role, kind, level, permission }))
  await sql`
    insert into access_grant (role, unit_kind, unit_level, permission, reason, valid_from)
    select s.role, s.kind, s.level, s.permission, '岗位职责（初始授权）', '2025-01-01T00:00:00+08:00'
      from json_to_recordset(${JSON.stringify(rows)}::json) as s (role text, kind text, level text, permission text)
     where not exists (select 1 from access_grant g where g.role = s.role and g.permission = s.permission
       and g.granted_by is null and (g.unit_kind, g.unit_level) is not distinct from (s.kind, s.level))`.execute(tx)
  await sql`update access_revision set revision = revision + 1`.execute(tx)
}
