import { sql, type Tx } from '#platform/db/db.ts'
import { MANAGE, SWITCH, VIEW } from './recognition.policy.ts'

/** Who looks at the models, trains them, puts them in use: [role, kind of unit, permissions]. */
const GRANTS: readonly [string, string, readonly string[]][] = [
  ['countyDirector', 'command', [VIEW, MANAGE, SWITCH]],
  ['dutyChief', 'command', [VIEW, MANAGE]],
  ['bureauAdmin', 'data', [VIEW, MANAGE, SWITCH]],
  ['auditor', 'discipline', [VIEW]],
]

/** First grants over the models, at the county only. Safe to repeat. */
export async function grantRecognition(tx: Tx): Promise<void> {
  const rows = GRANTS.flatMap(([role, kind, permissions]) =>
    permissions.map((permission) => ({ role, kind, permission })),
  )
  await sql`
    insert into access_grant (role, unit_kind, unit_level, permission, reason, valid_from)
    select s.role, s.kind, 'county', s.permission, '岗位职责（初始授权）', '2025-01-01T00:00:00+08:00'
      from json_to_recordset(${JSON.stringify(rows)}::json) as s (role text, kind text, permission text)
     where not exists (select 1 from access_grant g where g.role = s.role and g.permission = s.permission
       and g.granted_by is null and (g.unit_kind, g.unit_level) is not distinct from (s.kind, 'county'))`.execute(tx)
  await sql`update access_revision set revision = revision + 1`.execute(tx)
}
