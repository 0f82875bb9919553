import { sql, type Tx } from '#platform/db/db.ts'
import { IMPORT } from '../contract.ts'

/** First grants: who receives orders at a desk may import those of its territory. Safe to repeat. */
export async function grantImport(tx: Tx): Promise<void> {
  const roles = ['intakeClerk', 'dutyChief']
  await sql`
    insert into access_grant (role, unit_kind, permission, reason, valid_from)
    select role, 'command', ${IMPORT}, '岗位职责（初始授权）', '2025-01-01T00:00:00+08:00'
      from unnest(${roles}::text[]) as r (role)
     where not exists (select 1 from access_grant g where g.role = r.role and g.permission = ${IMPORT} and g.granted_by is null)`.execute(
    tx,
  )
  await sql`update access_revision set revision = revision + 1`.execute(tx)
}
