import { raiseRevision } from '#modules/foundation/org/public.ts'
import { sql, type Tx } from '#platform/db/db.ts'
import { ANSWER, EXCHANGE, MANAGE, VIEW } from '../contract.ts'

/** First grants: [role, kind of unit, level, permissions]. */
const GRANTS: readonly [string, string, string, readonly string[]][] = [
  ['intakeClerk', 'command', 'county', [VIEW]],
  ['intakeClerk', 'command', 'town', [VIEW]],
  ['dispatcher', 'command', 'county', [VIEW]],
  ['dispatcher', 'command', 'town', [VIEW]],
  ['dutyChief', 'command', 'county', [VIEW, ANSWER, EXCHANGE]],
  ['dutyChief', 'command', 'town', [VIEW, ANSWER]],
  ['countyDirector', 'command', 'county', [VIEW, ANSWER, EXCHANGE]],
  ['bureauAdmin', 'data', 'county', [VIEW, EXCHANGE, MANAGE]],
]

/** First grants of a county. Safe to repeat. */
export async function setUpCityHotline(tx: Tx): Promise<void> {
  const rows = GRANTS.flatMap(([role, kind, level, permissions]) =>
    permissions.map((permission) => ({ role, kind, level, permission })),
  )
  await sql`
    insert into access_grant (role, unit_kind, unit_level, permission, reason, valid_from)
    select s.role, s.kind, s.level, s.permission, '岗位职责（初始授权）', '2025-01-01T00:00:00+08:00'
      from json_to_recordset(${JSON.stringify(rows)}::json) as s (role text, kind text, level text, permission text)
     where not exists (select 1 from access_grant g where g.role = s.role and g.permission = s.permission
       and g.granted_by is null and (g.unit_kind, g.unit_level) is not distinct from (s.kind, s.level))`.execute(tx)
  await raiseRevision(tx)
}
