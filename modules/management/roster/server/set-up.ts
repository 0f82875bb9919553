import { raiseRevision } from '#modules/foundation/org/public.ts'
import { DEFINE, PLAN, SWITCH } from '#modules/management/roster/contract.ts'
import modes from '#modules/management/roster/seed/modes.json' with { type: 'json' }
import { insertMode } from '#modules/management/roster/server/mode.store.ts'
import type { County } from '#platform/db/counties.ts'
import { sql, type Tx } from '#platform/db/db.ts'

/** Who keeps rosters, defines modes and switches them: [role, kind of unit, level, line, permissions]. */
const GRANTS: readonly [string, string | null, string, 'unit' | null, readonly string[]][] = [
  ['countyDirector', 'command', 'county', null, [PLAN, DEFINE, SWITCH]],
  ['dutyChief', 'command', 'town', null, [PLAN]],
  ['unitLeader', null, 'county', 'unit', [PLAN]],
  ['unitLeader', null, 'town', 'unit', [PLAN]],
  ['bureauAdmin', 'data', 'county', null, [PLAN, DEFINE]],
]

/** Departments that modes call to their desks, in the demo district. */
const DEPARTMENTS = ['water', 'emergency', 'urban-management', 'transport']

/** Shifts, first grants, and where the demo people are: desks and modes. Safe to repeat. */
export async function setUpRoster(tx: Tx, county: County): Promise<void> {
  await sql`
    insert into roster_shift (code, name, from_time, to_time, days, sort) values
      ('day', '白班', '09:00', '17:30', 'workday', 1),
      ('restday', '休息日白班', '09:00', '17:30', 'restday', 2),
      ('night', '夜班', '17:30', '09:00', 'every', 3)
    on conflict (code) do nothing`.execute(tx)
  const rows = GRANTS.flatMap(([role, kind, level, line, permissions]) =>
    permissions.map((permission) => ({ role, kind, level, line, permission })),
  )
  await sql`
    insert into access_grant (role, unit_kind, unit_level, permission, line_code, reason, valid_from)
    select s.role, s.kind, s.level, s.permission, s.line, '岗位职责（初始授权）', '2025-01-01T00:00:00+08:00'
      from json_to_recordset(${JSON.stringify(rows)}::json) as s (role text, kind text, level text, permission text, line text)
     where not exists (select 1 from access_grant g where g.role = s.role and g.permission = s.permission
       and g.granted_by is null and (g.unit_kind, g.unit_level, g.line_code) is not distinct from (s.kind, s.level, s.line))`.execute(
    tx,
  )
  const known = await sql`select 1 from roster_desk limit 1`.execute(tx)
  if (known.rows.length === 0 && county.regionPrefix === '320506') {
    await sql`
      insert into roster_desk (unit_id, role, name, phone, shifts, town_code, created_at)
      select u.id, d.role, replace(u.short_name, '集成指挥中心', '') || d.name, d.phone || lpad((row_number() over (order by u.code, d.sort))::text, 2, '0'),
             d.shifts, case when u.level = 'county' then null else u.division_code end, '2025-01-01T00:00:00+08:00'
        from org_unit u join (values
          ('countyDirector', '值班主任', 'county', 1, '0512-000100', array['day', 'restday', 'night']),
          ('intakeClerk', '受理席', 'county', 2, '0512-000100', array['day', 'restday', 'night']),
          ('dutyChief', '值班长', 'town', 3, '0512-000200', array['day', 'restday', 'night'])
        ) as d (role, name, level, sort, phone, shifts) on d.level = u.level
       where u.kind = 'command' and u.retired_at is null order by u.code, d.sort
      on conflict do nothing`.execute(tx)
    await sql`
      insert into roster_desk (unit_id, role, name, phone, shifts, created_at)
      select u.id, 'handler', u.short_name || '值守席', '0512-000300' || lpad((row_number() over (order by u.code))::text, 2, '0'), '{}',
             '2025-01-01T00:00:00+08:00'
        from org_unit u where u.level = 'county' and u.kind = any(${DEPARTMENTS}::text[]) and u.retired_at is null
      on conflict do nothing`.execute(tx)
  }
  const defined = await sql`select 1 from roster_mode limit 1`.execute(tx)
  if (defined.rows.length === 0 && county.regionPrefix === '320506') {
    const { rows: desks } = await sql<{
      id: number
    }>`select id from roster_desk where shifts = '{}' order by id`.execute(tx)
    for (const { manned, ...mode } of modes.modes)
      await insertMode(
        tx,
        {
          ...mode,
          rules: mode.rules.map((rule) => ({ ...rule, severity: rule.severity ?? null })) as never,
          desks: manned ? desks.map(({ id }) => ({ deskId: id, shifts: ['day', 'restday', 'night'] })) : [],
        },
        null,
        new Date('2025-01-01T00:00:00+08:00'),
      )
  }
  await raiseRevision(tx)
}
