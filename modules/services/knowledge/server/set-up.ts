import { raiseRevision } from '#modules/foundation/org/public.ts'
import { sql, type Tx } from '#platform/db/db.ts'
import { PUBLISH, RECORD, VIEW, WRITE } from '../contract.ts'

/** First grants: [role, kind of unit, level, lines ('unit': its own), permissions]. */
const GRANTS: readonly [string, string | null, string, 'unit' | null, readonly string[]][] = [
  ['handler', null, 'county', 'unit', [WRITE]],
  ['unitLeader', null, 'county', 'unit', [PUBLISH]],
  ['intakeClerk', 'command', 'county', null, [RECORD, VIEW, WRITE]],
  ['intakeClerk', 'command', 'town', null, [RECORD, VIEW]],
  ['dutyChief', 'command', 'county', null, [RECORD, VIEW, WRITE]],
  ['dutyChief', 'command', 'town', null, [RECORD, VIEW]],
  ['countyDirector', 'command', 'county', null, [VIEW, PUBLISH]],
  ['bureauAdmin', 'data', 'county', null, [VIEW, WRITE]],
]

/** First grants of a county. Safe to repeat. */
export async function setUpKnowledge(tx: Tx): Promise<void> {
  const rows = GRANTS.flatMap(([role, kind, level, line, permissions]) =>
    permissions.map((permission) => ({ role, kind, level, line, permission })),
  )
  await sql`
    insert into access_grant (role, unit_kind, unit_level, permission, line_code, reason, valid_from)
    select s.role, s.kind, s.level, s.permission, s.line, '岗位职责（初始授权）', '2025-01-01T00:00:00+08:00'
      from json_to_recordset(${JSON.stringify(rows)}::json) as s (role text, kind text, level text, line text, permission text)
     where not exists (select 1 from access_grant g where g.role = s.role and g.permission = s.permission
       and g.granted_by is null and (g.unit_kind, g.unit_level, g.line_code) is not distinct from (s.kind, s.level, s.line))`.execute(
    tx,
  )
  await raiseRevision(tx)
}
