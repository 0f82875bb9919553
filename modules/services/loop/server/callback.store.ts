import { type Predicate, predicateSql } from '#platform/access/policy.ts'
import { decryptField, encryptField } from '#platform/crypto/field-encryption.ts'
import type { KeyRing } from '#platform/crypto/key-ring.ts'
import { sql, type Tx } from '#platform/db/db.ts'

export type CallbackReason = 'sample' | 'dissatisfied' | 'redo'
export type CallbackState = 'open' | 'answered' | 'unreached'
export type TryOutcome = 'answered' | 'no_answer' | 'busy' | 'wrong_number' | 'refused'

/** What the words of a call-back are bound to. */
export const callbackAad = (id: number) => `loop_callback:${id}:words`

export interface CallbackRule {
  share: number
  withinDays: number
  tries: number
}

/** The most precise rule for a source and a class. */
export async function findCallbackRule(
  tx: Tx,
  source: string,
  classCode: string | null,
): Promise<CallbackRule | undefined> {
  const { rows } = await sql<CallbackRule>`
    select share, within_days as "withinDays", tries from loop_callback_rule
     where (source is null or source = ${source}) and (class_code is null or class_code = ${classCode})
     order by (class_code is not null) desc, (source is not null) desc, id desc limit 1`.execute(tx)
  return rows[0]
}

export interface NewCallback {
  caseId: number
  reason: CallbackReason
  mostTries: number
  townCode: string | null
  villageCode: string | null
  gridCode: string | null
  lineCode: string | null
  at: Date
}

/** Asks for a call-back; a case has one. A sample that is still open becomes one of who is dissatisfied. */
export async function insertCallback(tx: Tx, row: NewCallback): Promise<void> {
  await sql`
    insert into loop_callback as b (case_id, reason, state, most_tries, town_code, village_code, grid_code, line_code,
      asked_at, not_before)
    values (${row.caseId}, ${row.reason}, 'open', ${row.mostTries}, ${row.townCode}, ${row.villageCode}, ${row.gridCode},
      ${row.lineCode}, ${row.at}, ${row.at})
    on conflict (case_id) do update set reason = excluded.reason
     where b.state = 'open' and b.reason = 'sample' and excluded.reason <> 'sample'`.execute(tx)
}

export interface CallbackRow {
  id: number
  caseId: number
  reason: CallbackReason
  state: CallbackState
  tries: number
  mostTries: number
  townCode: string | null
  villageCode: string | null
  gridCode: string | null
  lineCode: string | null
  askedAt: Date
  notBefore: Date
  doneAt: Date | null
  solved: boolean | null
  satisfied: number | null
  words: string | null
  redoAsked: boolean
  redoCaseId: number | null
}

interface SealedRow extends Omit<CallbackRow, 'words'> {
  wordsSealed: Buffer | null
}

const COLUMNS = sql`b.id, b.case_id as "caseId", b.reason, b.state, b.tries, b.most_tries as "mostTries",
  b.town_code as "townCode", b.village_code as "villageCode", b.grid_code as "gridCode", b.line_code as "lineCode",
  b.asked_at as "askedAt", b.not_before as "notBefore", b.done_at as "doneAt", b.solved, b.satisfied,
  b.words_sealed as "wordsSealed", b.redo_asked as "redoAsked", b.redo_case_id as "redoCaseId"`

function open(keys: KeyRing, { wordsSealed, ...row }: SealedRow): CallbackRow {
  return { ...row, words: wordsSealed ? decryptField(keys, wordsSealed, callbackAad(row.id)) : null }
}

export async function listCallbackRows(
  tx: Tx,
  keys: KeyRing,
  scope: Predicate,
  done: boolean,
  before: number | null,
  limit: number,
): Promise<CallbackRow[]> {
  const { rows } = await sql<SealedRow>`
    select ${COLUMNS} from loop_callback b
     where ${predicateSql(scope, 'b')} and ${done ? sql`b.state <> 'open'` : sql`b.state = 'open'`}
       and ${before === null ? sql`true` : done ? sql`b.id < ${before}` : sql`b.id > ${before}`}
     order by ${done ? sql`b.id desc` : sql`b.id`} limit ${limit}`.execute(tx)
  return rows.map((row) => open(keys, row))
}

export async function countOpenCallbacks(tx: Tx, scope: Predicate): Promise<number> {
  const { rows } = await sql<{ count: number }>`
    select count(*) as count from loop_callback b where ${predicateSql(scope, 'b')} and b.state = 'open'`.execute(tx)
  return rows[0]!.count
}

export async function findCallback(
  tx: Tx,
  keys: KeyRing,
  scope: Predicate,
  id: number,
  lock: boolean,
): Promise<CallbackRow | undefined> {
  const { rows } = await sql<SealedRow>`
    select ${COLUMNS} from loop_callback b where b.id = ${id} and ${predicateSql(scope, 'b')}
    ${lock ? sql`for update` : sql``}`.execute(tx)
  return rows[0] ? open(keys, rows[0]) : undefined
}

export interface CallbackResult {
  outcome: TryOutcome
  state: CallbackState
  solved: boolean | null
  satisfied: number | null
  words: string | null
  redoAsked: boolean
  notBefore: Date
}

/** Keeps a try and what came of it. */
export async function recordTry(
  tx: Tx,
  keys: KeyRing,
  row: CallbackRow,
  result: CallbackResult,
  accountId: number | null,
  at: Date,
): Promise<void> {
  await sql`
    insert into loop_callback_try (callback_id, number, at, account_id, outcome)
    values (${row.id}, ${row.tries + 1}, ${at}, ${accountId}, ${result.outcome})`.execute(tx)
  await sql`
    update loop_callback set tries = ${row.tries + 1}, state = ${result.state}, not_before = ${result.notBefore},
      account_id = ${accountId}, done_at = ${result.state === 'open' ? null : at}, solved = ${result.solved},
      satisfied = ${result.satisfied}, redo_asked = ${result.redoAsked},
      words_sealed = ${result.words ? encryptField(keys, result.words, callbackAad(row.id)) : null}
     where id = ${row.id}`.execute(tx)
}

export async function setRedoCase(tx: Tx, id: number, caseId: number): Promise<void> {
  await sql`update loop_callback set redo_case_id = ${caseId} where id = ${id}`.execute(tx)
}

/** Who handled, checked, answered or closed the cases. */
export async function handlersOf(tx: Tx, caseIds: number[]): Promise<Map<number, Set<number>>> {
  const { rows } = await sql<{ caseId: number; accountId: number }>`
    select distinct case_id as "caseId", account_id as "accountId" from process_trace
     where case_id = any(${caseIds}::bigint[]) and account_id is not null
       and action not in ('start', 'accept', 'release', 'orderVerify', 'evaluate')`.execute(tx)
  const handled = new Map<number, Set<number>>()
  for (const { caseId, accountId } of rows) handled.set(caseId, (handled.get(caseId) ?? new Set()).add(accountId))
  return handled
}
