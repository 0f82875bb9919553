import { sql, type Tx } from '#platform/db/db.ts'

export const BLOW = 'whistle.case.blow'

/** First grants: the duty chiefs of command desks blow, each in the own territory. Safe to repeat. */
export async function grantWhistle(tx: Tx): Promise<void> {
  const rows = ['town', 'county'].map((level) => ({ role: 'dutyChief', kind: 'command', level }))
  await sql`
    insert into access_grant (role, unit_kind, unit_level, permission, reason, valid_from)
    select s.role, s.kind, s.level, ${BLOW}, '岗位职责（初始授权）', '2025-01-01T00:00:00+08:00'
      from json_to_recordset(${JSON.stringify(rows)}::json) as s (role text, kind text, level text)
     where not exists (select 1 from access_grant g where g.role = s.role and g.permission = ${BLOW}
       and g.granted_by is null and (g.unit_kind, g.unit_level) is not distinct from (s.kind, s.level))`.execute(tx)
  await sql`update access_revision set revision = revision + 1`.execute(tx)
}
