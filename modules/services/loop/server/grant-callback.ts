import { sql, type Tx } from '#platform/db/db.ts'
import { MAKE_CALLBACK } from '../contract.ts'

/** The county's centre calls back: its clerks and duty chiefs. Safe to repeat. */
export async function grantCallback(tx: Tx): Promise<void> {
  await sql`
    insert into access_grant (role, unit_kind, unit_level, permission, reason, valid_from)
    select s.role, 'command', 'county', ${MAKE_CALLBACK}, '岗位职责（初始授权）', '2025-01-01T00:00:00+08:00'
      from (values ('intakeClerk'), ('dutyChief')) as s (role)
     where not exists (select 1 from access_grant g where g.role = s.role and g.permission = ${MAKE_CALLBACK}
       and g.granted_by is null and (g.unit_kind, g.unit_level) is not distinct from ('command', 'county'))`.execute(tx)
  await sql`update access_revision set revision = revision + 1`.execute(tx)
}
