import type { Actor } from '#platform/access/actor.ts'
import { caseVisibility, predicateSql } from '#platform/access/policy.ts'
import { sql, type Tx } from '#platform/db/db.ts'
import type { ModelFigures } from './figures.ts'
import type { Task } from './training-set.ts'

export type ModelState = 'waiting' | 'failed' | 'candidate' | 'dropped' | 'serving' | 'served'

export interface ModelRow {
  id: number
  task: Task
  version: number
  origin: 'shipped' | 'words' | 'trained'
  state: ModelState
  threshold: number
  requestedAt: Date | null
  requestedBy: number | null
  trainedAt: Date | null
  trainSeconds: number | null
  examples: {
    shipped?: number
    corrections?: number
    confirmed?: number
    outside?: number
    weights?: { shipped: number; confirmed: number; correction: number }
  }
  figures: ModelFigures | null
  digest: string | null
  failure: string | null
  kept: boolean
}

const MODEL = sql`
  id, task, version, origin, state, threshold, requested_at as "requestedAt", requested_by as "requestedBy",
  trained_at as "trainedAt", train_seconds as "trainSeconds", examples, figures, digest, failure,
  (file is not null or origin <> 'trained') as kept`

/** Models of the county, newest first. */
export async function listModels(tx: Tx, task?: Task): Promise<ModelRow[]> {
  const { rows } = await sql<ModelRow>`
    select ${MODEL} from loop_recognition_model where ${task ? sql`task = ${task}` : sql`true`}
     order by version desc limit 200`.execute(tx)
  return rows
}

/** A model under its lock, so that two switches follow one another. */
export async function lockModel(tx: Tx, id: number): Promise<ModelRow | undefined> {
  const { rows } = await sql<ModelRow>`select ${MODEL} from loop_recognition_model where id = ${id} for update`.execute(
    tx,
  )
  return rows[0]
}

/** The model in use, under its lock. */
export async function lockServing(tx: Tx, task: Task): Promise<ModelRow> {
  const { rows } = await sql<ModelRow>`
    select ${MODEL} from loop_recognition_model where task = ${task} and state = 'serving' for update`.execute(tx)
  return rows[0]!
}

export async function modelById(tx: Tx, id: number): Promise<ModelRow | undefined> {
  const { rows } = await sql<ModelRow>`select ${MODEL} from loop_recognition_model where id = ${id}`.execute(tx)
  return rows[0]
}

export interface Change {
  task: Task
  kind: 'trained' | 'switched' | 'threshold' | 'excluded' | 'included'
  modelId: number | null
  fromId: number | null
  subject: string | null
  reason: string | null
  accountId: number | null
  at: Date
}

export async function recordChange(tx: Tx, change: Change): Promise<void> {
  await sql`
    insert into loop_recognition_change (task, kind, model_id, from_id, subject, reason, account_id, at)
    values (${change.task}, ${change.kind}, ${change.modelId}, ${change.fromId}, ${change.subject}, ${change.reason},
      ${change.accountId}, ${change.at})`.execute(tx)
}

export interface ChangeRow extends Change {
  id: number
  version: number | null
  fromVersion: number | null
}

export async function listChanges(tx: Tx, task: Task, before: number | null, limit: number): Promise<ChangeRow[]> {
  const { rows } = await sql<ChangeRow>`
    select h.id, h.task, h.kind, h.model_id as "modelId", h.from_id as "fromId", h.subject, h.reason,
           h.account_id as "accountId", h.at, m.version, f.version as "fromVersion"
      from loop_recognition_change h left join loop_recognition_model m on m.id = h.model_id
      left join loop_recognition_model f on f.id = h.from_id
     where h.task = ${task} and ${before === null ? sql`true` : sql`h.id < ${before}`}
     order by h.id desc limit ${limit}`.execute(tx)
  return rows
}

/** Decided cases by task and kind, for all of the county; secret ones have none. */
export async function countLabels(tx: Tx) {
  const { rows } = await sql<{
    task: Task
    decided: string
    corrected: number
    unsure: number
    confirmed: number
    excluded: number
    fresh: number
  }>`
    select l.task, l.decided,
           count(*) filter (where l.kind = 'corrected' and l.excluded_at is null) as corrected,
           count(*) filter (where l.kind = 'unsure' and l.excluded_at is null) as unsure,
           count(*) filter (where l.kind = 'confirmed' and l.excluded_at is null) as confirmed,
           count(*) filter (where l.excluded_at is not null) as excluded,
           count(*) filter (where l.excluded_at is null and l.kind <> 'confirmed'
             and (t.at is null or l.decided_at > t.at)) as fresh
      from loop_recognition_label l
      left join (select task, max(trained_at) as at from loop_recognition_model group by task) t on t.task = l.task
     group by l.task, l.decided`.execute(tx)
  return rows
}

export interface LabelRow {
  id: number
  caseId: number
  number: string
  title: string
  kind: 'corrected' | 'unsure' | 'confirmed'
  said: string | null
  confidence: number | null
  version: number | null
  decided: string
  action: string
  decidedBy: number
  decidedAt: Date
  excludedAt: Date | null
  excludedBy: number | null
  excludedReason: string | null
}

export interface LabelFilter {
  task: Task
  kind?: 'corrected' | 'unsure' | 'confirmed'
  excluded?: boolean
  decided?: string
}

/** Decided cases that the actor may see, newest first. */
export async function listLabels(
  tx: Tx,
  actor: Actor,
  filter: LabelFilter,
  before: number | null,
  limit: number,
): Promise<LabelRow[]> {
  const { rows } = await sql<LabelRow>`
    select l.id, l.case_id as "caseId", c.number, c.title, l.kind, l.said, l.confidence, m.version, l.decided, l.action,
           l.decided_by as "decidedBy", l.decided_at as "decidedAt", l.excluded_at as "excludedAt",
           l.excluded_by as "excludedBy", l.excluded_reason as "excludedReason"
      from loop_recognition_label l join process_case c on c.id = l.case_id
      left join loop_recognition_model m on m.id = l.model_id
     where l.task = ${filter.task} and c.secrecy <> 'secret' and ${predicateSql(caseVisibility(actor), 'c')}
       and ${filter.kind ? sql`l.kind = ${filter.kind}` : sql`true`}
       and ${filter.decided ? sql`l.decided = ${filter.decided}` : sql`true`}
       and ${filter.excluded === undefined ? sql`true` : filter.excluded ? sql`l.excluded_at is not null` : sql`l.excluded_at is null`}
       and ${before === null ? sql`true` : sql`l.id < ${before}`}
     order by l.id desc limit ${limit}`.execute(tx)
  return rows
}

/** A decided case that the actor may see, under its lock. */
export async function lockLabel(tx: Tx, actor: Actor, id: number) {
  const { rows } = await sql<{ id: number; caseId: number; number: string; task: Task; excluded: boolean }>`
    select l.id, l.case_id as "caseId", c.number, l.task, l.excluded_at is not null as excluded
      from loop_recognition_label l join process_case c on c.id = l.case_id
     where l.id = ${id} and c.secrecy <> 'secret' and ${predicateSql(caseVisibility(actor), 'c')} for update of l`.execute(
    tx,
  )
  return rows[0]
}

export interface Comparison {
  cases: number
  agree: number
  /** Cases that a person has decided since. */
  decided: number
  servingRight: number
  candidateRight: number
  /** Cases for which a person would be needed by each. */
  servingUnsure: number
  candidateUnsure: number
  since: Date | null
}

/** The pair of what was said in use and in the shadow; secret cases are in neither. */
const PAIRS = (candidateId: number) => sql`
  loop_recognition_prediction n
  join loop_recognition_prediction s on s.case_id = n.case_id and s.task = n.task and s.served
  join process_case c on c.id = n.case_id and c.secrecy <> 'secret'
  left join loop_recognition_label l on l.case_id = n.case_id and l.task = n.task and l.excluded_at is null
 where n.model_id = ${candidateId} and not n.served`

export async function compare(tx: Tx, candidateId: number): Promise<Comparison> {
  const { rows } = await sql<Comparison>`
    select count(*) as cases, count(*) filter (where n.said is not distinct from s.said) as agree,
           count(l.id) as decided, count(*) filter (where l.decided = s.said) as "servingRight",
           count(*) filter (where l.decided = n.said) as "candidateRight",
           count(*) filter (where not s.sure) as "servingUnsure", count(*) filter (where not n.sure) as "candidateUnsure",
           min(n.at) as since
      from ${PAIRS(candidateId)}`.execute(tx)
  return rows[0]!
}

export interface DifferenceRow {
  caseId: number
  number: string
  title: string
  at: Date
  serving: string | null
  servingConfidence: number | null
  servingSure: boolean
  candidate: string | null
  candidateConfidence: number | null
  candidateSure: boolean
  decided: string | null
}

/** Cases on which the two differ, as far as the actor may see them, newest first. */
export async function listDifferences(
  tx: Tx,
  actor: Actor,
  candidateId: number,
  before: number | null,
  limit: number,
): Promise<DifferenceRow[]> {
  const { rows } = await sql<DifferenceRow>`
    select n.case_id as "caseId", c.number, c.title, n.at, s.said as serving, s.confidence as "servingConfidence",
           s.sure as "servingSure", n.said as candidate, n.confidence as "candidateConfidence", n.sure as "candidateSure",
           l.decided
      from ${PAIRS(candidateId)} and n.said is distinct from s.said and ${predicateSql(caseVisibility(actor), 'c')}
       and ${before === null ? sql`true` : sql`n.case_id < ${before}`}
     order by n.case_id desc limit ${limit}`.execute(tx)
  return rows
}

/** The last reports of which a model said something, for what a threshold would do. */
export async function lastSaid(tx: Tx, modelId: number, limit: number) {
  const { rows } = await sql<{ confidence: number; sure: boolean; said: string; decided: string | null }>`
    select p.confidence, p.sure, p.said, l.decided from loop_recognition_prediction p
      left join loop_recognition_label l on l.case_id = p.case_id and l.task = p.task and l.excluded_at is null
     where p.model_id = ${modelId} and p.confidence is not null and p.said is not null
     order by p.case_id desc limit ${limit}`.execute(tx)
  return rows
}

/** Cases of which a model in use spoke and that a person has decided since: how many, and how many as it said. */
export async function rightInUse(tx: Tx, task: Task) {
  const { rows } = await sql<{ modelId: number; decided: number; right: number }>`
    select l.model_id as "modelId", count(*) as decided, count(*) filter (where l.said = l.decided) as right
      from loop_recognition_label l where l.task = ${task} and l.model_id is not null and l.excluded_at is null
     group by l.model_id`.execute(tx)
  return new Map(rows.map(({ modelId, ...each }) => [modelId, each]))
}
