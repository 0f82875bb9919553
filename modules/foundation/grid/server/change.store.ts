import type { ChangeKind, Fault, PlannedGrid } from '#modules/foundation/grid/domain/plan.ts'
import { type Predicate, predicateSql } from '#platform/access/policy.ts'
import { sql, type Tx } from '#platform/db/db.ts'

export type ChangeState = 'draft' | 'checked' | 'scheduled' | 'published' | 'withdrawn'

export interface Change {
  id: number
  kind: ChangeKind
  state: ChangeState
  title: string
  reason: string
  source: string | null
  illustrative: boolean
  townCode: string | null
  villageCode: string | null
  plan: PlannedGrid[]
  retired: string[]
  cases: 'move' | 'stay'
  faults: Fault[]
  checkedAt: Date | null
  effectiveOn: string | null
  createdBy: number
  createdAt: Date
  updatedAt: Date
  editedBy: number[]
  publishedBy: number | null
  publishedAt: Date | null
  appliedAt: Date | null
  note: string | null
  version: number
}

const COLUMNS = sql`c.id, c.kind, c.state, c.title, c.reason, c.source, c.illustrative, c.town_code as "townCode",
  c.village_code as "villageCode", c.plan, c.retired, c.cases, c.faults, c.checked_at as "checkedAt",
  c.effective_on::text as "effectiveOn", c.created_by as "createdBy", c.created_at as "createdAt",
  c.updated_at as "updatedAt", to_jsonb(c.edited_by) as "editedBy", c.published_by as "publishedBy",
  c.published_at as "publishedAt", c.applied_at as "appliedAt", c.note, c.version`

export async function findChange(tx: Tx, id: number, scope: Predicate, lock = false): Promise<Change | undefined> {
  const { rows } = await sql<Change>`
    select ${COLUMNS} from grid_change c where c.id = ${id} and ${predicateSql(scope, 'c')}
    ${lock ? sql`for update` : sql``}`.execute(tx)
  return rows[0]
}

export interface ChangeFilter {
  q?: string
  state?: ChangeState
  kind?: ChangeKind
}

/** The head of a change as lists show it; plans stay in the database. */
export type ChangeRow = Omit<Change, 'plan' | 'faults'> & { grids: number; errors: number; notes: number }

const ROW_COLUMNS = sql`c.id, c.kind, c.state, c.title, c.reason, c.source, c.illustrative, c.town_code as "townCode",
  c.village_code as "villageCode", c.retired, c.cases, c.checked_at as "checkedAt",
  c.effective_on::text as "effectiveOn", c.created_by as "createdBy", c.created_at as "createdAt",
  c.updated_at as "updatedAt", to_jsonb(c.edited_by) as "editedBy", c.published_by as "publishedBy",
  c.published_at as "publishedAt", c.applied_at as "appliedAt", c.note, c.version, jsonb_array_length(c.plan) as grids,
  (select count(*) from jsonb_array_elements(c.faults) as f (item) where f.item ->> 'weight' = 'error') as errors,
  (select count(*) from jsonb_array_elements(c.faults) as f (item) where f.item ->> 'weight' = 'note') as notes`

const matching = ({ q, state, kind }: ChangeFilter, scope: Predicate) =>
  sql<boolean>`(${predicateSql(scope, 'c')} and ${state ? sql`c.state = ${state}` : sql`true`}
    and ${kind ? sql`c.kind = ${kind}` : sql`true`} and ${q?.trim() ? sql`strpos(c.title, ${q.trim()}) > 0` : sql`true`})`

export async function listChangeRows(
  tx: Tx,
  filter: ChangeFilter,
  scope: Predicate,
  page: { before: number | null; limit: number },
): Promise<ChangeRow[]> {
  const { rows } = await sql<ChangeRow>`
    select ${ROW_COLUMNS} from grid_change c
     where ${matching(filter, scope)} and ${page.before === null ? sql`true` : sql`c.id < ${page.before}`}
     order by c.id desc limit ${page.limit}`.execute(tx)
  return rows
}

export async function countChanges(tx: Tx, filter: ChangeFilter, scope: Predicate): Promise<number> {
  const { rows } = await sql<{ n: number }>`
    select count(*) as n from grid_change c where ${matching(filter, scope)}`.execute(tx)
  return rows[0]!.n
}

/** Changes that are not in force yet and touch one grid, besides those that did last. */
export async function listChangesOf(
  tx: Tx,
  code: string,
): Promise<{ id: number; title: string; state: ChangeState }[]> {
  const { rows } = await sql<{ id: number; title: string; state: ChangeState }>`
    select c.id, c.title, c.state from grid_change c
     where (c.village_code = ${code.slice(0, 12)} or c.village_code is null) and c.state <> 'withdrawn'
       and (${code} = any(c.retired) or c.plan @> ${JSON.stringify([{ code }])}::jsonb)
     order by c.id desc limit 10`.execute(tx)
  return rows
}

export async function insertChange(
  tx: Tx,
  change: {
    kind: ChangeKind
    state: 'draft' | 'checked'
    title: string
    reason: string
    source: string | null
    illustrative: boolean
    townCode: string | null
    villageCode: string | null
    plan: PlannedGrid[]
    retired: string[]
    faults: Fault[]
    by: number
    at: Date
  },
): Promise<number> {
  const { rows } = await sql<{ id: number }>`
    insert into grid_change (kind, state, title, reason, source, illustrative, town_code, village_code, plan, retired,
      faults, checked_at, created_by, created_at, updated_at, edited_by)
    values (${change.kind}, ${change.state}, ${change.title}, ${change.reason}, ${change.source}, ${change.illustrative},
      ${change.townCode}, ${change.villageCode}, ${JSON.stringify(change.plan)}::jsonb, ${change.retired}::text[],
      ${JSON.stringify(change.faults)}::jsonb, ${change.at}, ${change.by}, ${change.at}, ${change.at}, ${[change.by]}::bigint[])
    returning id`.execute(tx)
  return rows[0]!.id
}

export async function updatePlan(
  tx: Tx,
  change: {
    id: number
    state: 'draft' | 'checked'
    title: string
    reason: string
    townCode: string | null
    villageCode: string | null
    plan: PlannedGrid[]
    retired: string[]
    faults: Fault[]
    editedBy: number[]
    at: Date
  },
): Promise<void> {
  await sql`
    update grid_change set state = ${change.state}, title = ${change.title}, reason = ${change.reason},
      town_code = ${change.townCode}, village_code = ${change.villageCode}, plan = ${JSON.stringify(change.plan)}::jsonb,
      retired = ${change.retired}::text[], faults = ${JSON.stringify(change.faults)}::jsonb, checked_at = ${change.at},
      updated_at = ${change.at}, edited_by = ${change.editedBy}::bigint[], effective_on = null, note = null,
      version = version + 1 where id = ${change.id}`.execute(tx)
}

export async function updateState(
  tx: Tx,
  id: number,
  set: {
    state: ChangeState
    note?: string | null
    faults?: Fault[]
    cases?: 'move' | 'stay'
    effectiveOn?: string | null
    publishedBy?: number | null
    publishedAt?: Date | null
    appliedAt?: Date | null
    at: Date
  },
): Promise<void> {
  const keep = (name: string, value: unknown, cast: string) =>
    value === undefined ? sql.ref(name) : sql`${value}::${sql.raw(cast)}`
  await sql`
    update grid_change set state = ${set.state}, note = ${keep('note', set.note, 'text')},
      faults = ${keep('faults', set.faults === undefined ? undefined : JSON.stringify(set.faults), 'jsonb')},
      cases = ${keep('cases', set.cases, 'text')}, effective_on = ${keep('effective_on', set.effectiveOn, 'date')},
      published_by = ${keep('published_by', set.publishedBy, 'bigint')},
      published_at = ${keep('published_at', set.publishedAt, 'timestamptz')},
      applied_at = ${keep('applied_at', set.appliedAt, 'timestamptz')}, updated_at = ${set.at}, version = version + 1
     where id = ${id}`.execute(tx)
}
