import type { RawBuilder } from 'kysely'
import { grantsFor } from '#platform/access/actor.ts'
import type { Context } from '#platform/command/context.ts'
import { blindTokens } from '#platform/crypto/blind-token.ts'
import { nameQueryTokens } from '#platform/crypto/name-tokens.ts'
import { normalisePhone } from '#platform/crypto/phone.ts'
import { sql, type Tx } from '#platform/db/db.ts'
import type { CaseState } from '#platform/process/case.store.ts'
import { indexWords, queryTerms, quoteLexeme } from '#platform/search/tokens.ts'

/** Domain of the blind tokens of telephone numbers in the index. */
export const PHONE_DOMAIN = 'person.phone'

/** Of very frequent words the newest so many cases are looked at. */
const CANDIDATES = 1000
/** Of a unit's own cases outside its territory the newest so many are looked at. */
const TAKEN_PART = 5000

/** What a search term means for the case list: a condition on a case row aliased `c`, or the certainty of no hit. */
export interface CaseMatch {
  condition: RawBuilder<boolean>
  none: boolean
}

/** Territory and line of a case as words of the index; no typed word can look like them. */
function scopeWords(state: Pick<CaseState, 'townCode' | 'villageCode' | 'gridCode' | 'lineCode'>): string[] {
  return [
    ...(state.townCode ? [`@t${state.townCode}`] : []),
    ...(state.villageCode ? [`@v${state.villageCode}`] : []),
    ...(state.gridCode ? [`@g${state.gridCode}`] : []),
    ...(state.lineCode ? [`@l${state.lineCode}`] : []),
  ]
}

function documentWords(state: CaseState, text: string): string[] {
  const number = state.number.toLowerCase()
  const tail = number.split('-').at(-1)
  return [
    ...new Set([
      number,
      ...(tail ? [tail] : []),
      ...indexWords(`${state.title}\n${state.placeText ?? ''}\n${text}`),
      ...scopeWords(state),
    ]),
  ]
}

/** Puts a case into the search index in the transaction that opens it: the next search finds it. */
export async function indexCase(
  tx: Tx,
  state: CaseState,
  text: string,
  personTokens: readonly Buffer[],
): Promise<void> {
  await sql`
    insert into search_document (case_id, tokens, person_tokens)
    values (${state.id}, array_to_tsvector(${documentWords(state, text)}::text[]), ${personTokens as Buffer[]}::bytea[])
    on conflict (case_id) do update set tokens = excluded.tokens`.execute(tx)
}

/** Moves the scope words of a case along when its place or line changes. */
export async function reindexScope(
  tx: Tx,
  before: Pick<CaseState, 'townCode' | 'villageCode' | 'gridCode' | 'lineCode'>,
  after: CaseState,
): Promise<void> {
  await sql`
    update search_document set tokens = ts_delete(tokens, ${scopeWords(before)}::text[])
        || array_to_tsvector(${scopeWords(after)}::text[]) where case_id = ${after.id}`.execute(tx)
}

/**
 * Turns what was typed into a condition on cases: a case number by its index, a phone number or a person's name by blind
 * tokens, anything else by its text (all of it must occur). Candidates are taken newest first inside the actor's grants, so that
 * neither a frequent word nor a narrow scope is slow; the list's own policy still decides what is shown.
 */
export async function matchCases(context: Context, typed: string): Promise<CaseMatch> {
  const { tx, here } = context
  const q = typed.normalize('NFKC').trim()
  if (/^[A-Z]{2}-[A-Z]{1,4}-\d{8}-\d{4,}$/i.test(q))
    return { condition: sql`c.number = ${q.toUpperCase()}`, none: false }
  const phone = normalisePhone(q)
  if (phone) return byPerson(tx, blindTokens(here.keys, PHONE_DOMAIN, phone))
  // The beginning of a number is looked up as one entry, not cut into words.
  const terms = /^[A-Z]{2}-[A-Z]{1,4}(-\d*){0,2}$/i.test(q) ? [`${quoteLexeme(q.toLowerCase())}:*`] : queryTerms(q)
  if (terms.length === 0) return { condition: sql`false`, none: true }
  const byName = /^[\p{Script=Han}·]{2,6}$|^[a-z]{2,20}$/iu.test(q)
    ? await personIds(tx, nameQueryTokens(here.keys, q))
    : []
  const ids = [...new Set([...byName, ...(await textIds(context, terms))])]
  return ids.length === 0
    ? { condition: sql`false`, none: true }
    : { condition: sql`c.id = any(${ids}::bigint[])`, none: false }
}

async function byPerson(tx: Tx, tokens: Buffer[]): Promise<CaseMatch> {
  const ids = await personIds(tx, tokens)
  return ids.length === 0
    ? { condition: sql`false`, none: true }
    : { condition: sql`c.id = any(${ids}::bigint[])`, none: false }
}

async function personIds(tx: Tx, tokens: Buffer[]): Promise<number[]> {
  if (tokens.length === 0) return []
  const { rows } = await sql<{ case_id: number }>`
    select case_id from search_document where person_tokens && ${tokens}::bytea[]
     order by case_id desc limit ${CANDIDATES}`.execute(tx)
  return rows.map((row) => row.case_id)
}

async function textIds(context: Context, terms: string[]): Promise<number[]> {
  const { tx, actor } = context
  const text = terms.join(' & ')
  const grants = grantsFor(actor, 'process.case.view')
  const whole = actor.kind === 'system' || grants.some((grant) => grant.division.length <= 6 && grant.line === null)
  const scopes = grants.map((grant) => {
    const kind = grant.division.length === 9 ? 't' : grant.division.length === 12 ? 'v' : 'g'
    const place = grant.division.length <= 6 ? [] : [quoteLexeme(`@${kind}${grant.division}`)]
    return `(${[...place, ...(grant.line ? [quoteLexeme(`@l${grant.line}`)] : [])].join(' & ')})`
  })
  const scoped = whole ? text : scopes.length > 0 ? `${text} & (${scopes.join(' | ')})` : null
  const ids: number[] = []
  if (scoped !== null) {
    // The plan depends on how frequent the words are, so this statement is planned each time (platform/db/pool.ts).
    const { rows } = await sql<{ case_id: number }>`/* plan each time */
      select case_id from search_document where tokens @@ ${scoped}::tsquery
       order by case_id desc limit ${CANDIDATES}`.execute(tx)
    ids.push(...rows.map((row) => row.case_id))
  }
  if (!whole && actor.kind === 'staff') {
    const { rows } = await sql<{ case_id: number }>`/* plan each time */
      select d.case_id from search_document d
       where d.tokens @@ ${text}::tsquery and d.case_id in (
         select p.case_id from process_party p
          where p.unit_id = any(${actor.unitIds as number[]}::bigint[]) or p.account_id = ${actor.accountId}
          order by p.case_id desc limit ${TAKEN_PART})
       order by d.case_id desc limit ${CANDIDATES}`.execute(tx)
    ids.push(...rows.map((row) => row.case_id))
  }
  return ids
}
