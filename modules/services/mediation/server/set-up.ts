import { sql, type Tx } from '#platform/db/db.ts'

export const OPEN = 'mediation.case.open'

/** Who asks for a mediation: [role, kind of unit, level]. */
const GRANTS: readonly [string, string, string][] = [
  ['handler', 'committee', 'village'],
  ['gridLeader', 'committee', 'village'],
  ['handler', 'governance', 'town'],
  ['intakeClerk', 'command', 'town'],
  ['dutyChief', 'command', 'town'],
  ['handler', 'justice', 'county'],
]

/** First grants, each where the unit works. Safe to repeat. */
export async function grantMediation(tx: Tx): Promise<void> {
  const rows = GRANTS.map(([role, kind, level]) => ({ role, kind, level }))
  await sql`
    insert into access_grant (role, unit_kind, unit_level, permission, reason, valid_from)
    select s.role, s.kind, s.level, ${OPEN}, '岗位职责（初始授权）', '2025-01-01T00:00:00+08:00'
      from json_to_recordset(${JSON.stringify(rows)}::json) as s (role text, kind text, level text)
     where not exists (select 1 from access_grant g where g.role = s.role and g.permission = ${OPEN}
       and g.granted_by is null and (g.unit_kind, g.unit_level) is not distinct from (s.kind, s.level))`.execute(tx)
  await sql`update access_revision set revision = revision + 1`.execute(tx)
}
