import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { raiseRevision } from '#modules/foundation/org/public.ts'
import type { Measure } from '#modules/management/measures/domain/measure.ts'
import { RECOUNT_JOB } from '#modules/management/measures/server/case-moved.handler.ts'
import { MANAGE, READ } from '#modules/management/measures/server/measures.policy.ts'
import type { County } from '#platform/db/counties.ts'
import { sql, type Tx } from '#platform/db/db.ts'

/** Who reads measures: [role, kind of unit, level, lines of the unit only, permissions]. */
const GRANTS: readonly [string, string | null, string | null, 'unit' | null, readonly string[]][] = [
  ['dutyChief', 'command', null, null, [READ]],
  ['countyDirector', 'command', 'county', null, [READ]],
  ['unitLeader', null, null, 'unit', [READ]],
  ['unitLeader', 'supervision', 'county', null, [READ]],
  ['gridLeader', 'committee', 'village', null, [READ]],
  ['bureauAdmin', 'data', 'county', null, [READ, MANAGE]],
  ['auditor', 'discipline', 'county', null, [READ]],
]

const SHIPPED = join(import.meta.dirname, '../seed/measures.json')

/** The shipped measures, first grants, and for a county that already has cases the order to count them. Safe to repeat. */
export async function setUpMeasures(tx: Tx, _county: County): Promise<void> {
  const { measures } = JSON.parse(readFileSync(SHIPPED, 'utf8')) as { measures: Measure[] }
  // What the county changed of a measure stays; new ones are added.
  await sql`
    insert into measures_measure (key, position, section, name, words, numerator, denominator, unit, better, source, mark)
    select key, position, section, name, words, numerator, denominator, unit, better, source, mark
      from json_to_recordset(${JSON.stringify(measures.map((measure, position) => ({ ...measure, position })))}::json)
        as m (key text, position int, section text, name jsonb, words jsonb, numerator text[], denominator text[], unit text,
          better text, source text, mark text)
    on conflict (key) do nothing`.execute(tx)
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
  await sql`
    insert into job_job (kind, payload, run_at, created_at)
    select ${RECOUNT_JOB}, '{}', max(opened_at), max(opened_at) from process_case
     where not exists (select 1 from measures_state) having count(*) > 0`.execute(tx)
  await raiseRevision(tx)
}
