import type { RawBuilder } from 'kysely'
import { type Actor, grantsFor, type StaffActor } from '#platform/access/actor.ts'
import { elsewhere, outsideIsNarrow, partsOutside, seesAll, widestGrants } from '#platform/access/participation.ts'
import type { Context } from '#platform/command/context.ts'
import { blindTokens } from '#platform/crypto/blind-token.ts'
import { nameQueryTokens } from '#platform/crypto/name-tokens.ts'
import { normalisePhone } from '#platform/crypto/phone.ts'
import { sql, type Tx } from '#platform/db/db.ts'
import type { CaseState } from '#platform/process/case.store.ts'
import { indexWords, queryTerms, quoteLexeme } from '#platform/search/tokens.ts'

/** Domain of the blind tokens of telephone numbers in the index. */
export const PHONE_DOMAIN = 'person.phone'

/** Of frequent words the newest so many cases are looked at. */
const CANDIDATES = 1000
/** Cases of 2^13 neighbouring ids carry the same block as a word of the index. */
export const BLOCK_BITS = 13
/** A search looks through so many of the newest blocks, then through more, then through all. */
const WINDOWS = [4, 16]
/** Of a unit's own cases outside its territory the newest so many are looked at. */
const TAKEN_PART = 2000

/** What a search term means for the case list: a condition on a case row aliased `c`, or the certainty of no hit. */
export interface CaseMatch {
  condition: RawBuilder<boolean>
  none: boolean
  /** There may be older hits than the ones looked at: a count of them is "at least". */
  capped: boolean
  /** All hits with this id and above are in the condition; older ones are found with it as `before`. Null: all hits are. */
  from: number | null
}

const NO_HIT: CaseMatch = { condition: sql`false`, none: true, capped: false, from: null }

/** Hits of one look-up, newest first; `from` as in `CaseMatch`. */
interface Hits {
  ids: number[]
  from: number | null
}

const NOTHING: Hits = { ids: [], from: null }

/** Territory and line of a case as words of the index; no typed word can look like them. */
function scopeWords(state: Pick<CaseState, 'townCode' | 'villageCode' | 'gridCode' | 'lineCode'>): string[] {
  return [
    ...(state.townCode ? [`@t${state.townCode}`] : []),
    ...(state.villageCode ? [`@v${state.villageCode}`] : []),
    ...(state.gridCode ? [`@g${state.gridCode}`] : []),
    ...(state.lineCode ? [`@l${state.lineCode}`] : []),
  ]
}

function blockWord(caseId: number): string {
  return `@b${Math.floor(caseId / 2 ** BLOCK_BITS)}`
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
      blockWord(state.id),
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

/** The same for many new cases in one statement. */
export async function indexCases(
  tx: Tx,
  entries: readonly { state: CaseState; text: string; personTokens: readonly Buffer[] }[],
): Promise<void> {
  const rows = entries.map(({ state, text, personTokens }) => ({
    id: state.id,
    words: documentWords(state, text),
    persons: personTokens.map((token) => token.toString('hex')),
  }))
  await sql`
    insert into search_document (case_id, tokens, person_tokens)
    select d.id, array_to_tsvector(array(select json_array_elements_text(d.words))),
           array(select decode(token, 'hex') from json_array_elements_text(d.persons) as p (token))
      from json_to_recordset(${JSON.stringify(rows)}::json) as d (id bigint, words json, persons json)`.execute(tx)
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
 * tokens, anything else by its text (all of it must occur). Candidates are taken newest first inside the actor's grants, so
 * that neither a frequent word nor a narrow scope is slow; the list's own policy still decides what is shown.
 * @param before only cases with smaller ids (the cursor of a list), so that paging goes on behind the first candidates
 */
export async function matchCases(context: Context, typed: string, before: number | null = null): Promise<CaseMatch> {
  const { here } = context
  const q = typed.normalize('NFKC').trim()
  if (/^[A-Z]{2}-[A-Z]{1,4}-\d{8}-\d{4,}$/i.test(q))
    return { condition: sql`c.number = ${q.toUpperCase()}`, none: false, capped: false, from: null }
  const phone = normalisePhone(q)
  if (phone) return among(await personHits(context, blindTokens(here.keys, PHONE_DOMAIN, phone), before))
  // The beginning of a number is looked up as one entry, not cut into words.
  const terms = /^[A-Z]{2}-[A-Z]{1,4}(-\d*){0,2}$/i.test(q) ? [`${quoteLexeme(q.toLowerCase())}:*`] : queryTerms(q)
  if (terms.length === 0) return NO_HIT
  const byName = /^[\p{Script=Han}·]{2,6}$|^[a-z]{2,20}$/iu.test(q)
    ? await personHits(context, nameQueryTokens(here.keys, q), before)
    : []
  const scope = scopeTerm(context.actor)
  const inside =
    scope === null ? NOTHING : await newestWith(context.tx, scope === '' ? terms : [...terms, scope], before)
  const outside = await partHits(context, sql`d.tokens @@ ${terms.join(' & ')}::tsquery`, before, () =>
    newestWith(context.tx, terms, before),
  )
  return among([...byName, inside, outside])
}

function among(found: Hits[]): CaseMatch {
  const bounds = found.flatMap(({ from }) => (from === null ? [] : [from]))
  const from = bounds.length > 0 ? Math.max(...bounds) : null
  // What one look-up found below the bound of another would come before hits that are not looked at yet.
  const ids = [...new Set(found.flatMap((hits) => hits.ids))].filter((id) => from === null || id >= from)
  if (ids.length === 0 && from === null) return NO_HIT
  return { condition: sql`c.id = any(${ids}::bigint[])`, none: false, capped: from !== null, from }
}

function hits(ids: number[]): Hits {
  return { ids, from: ids.length === CANDIDATES ? ids.at(-1)! : null }
}

/** Cases of a person, by blind tokens: inside the grants, and those outside in which the actor or its units took part. */
async function personHits(context: Context, tokens: Buffer[], before: number | null): Promise<Hits[]> {
  if (tokens.length === 0) return []
  const ofPerson = sql`d.person_tokens && ${tokens}::bytea[]`
  const scope = scopeTerm(context.actor)
  const newest = async (within: string) => {
    const { rows } = await sql<{ case_id: number }>`/* plan each time */
      select d.case_id from search_document d
       where ${ofPerson} and ${within === '' ? sql`true` : sql`d.tokens @@ ${within}::tsquery`}
         and ${before === null ? sql`true` : sql`d.case_id < ${before}`}
       order by (d.case_id + 0) desc limit ${CANDIDATES}`.execute(context.tx)
    return hits(rows.map((row) => row.case_id))
  }
  const inside = scope === null ? NOTHING : await newest(scope)
  return [inside, await partHits(context, ofPerson, before, () => newest(''))]
}

/** Where the actor's grants lie, in words of the index: '' for the whole county, null for nowhere. */
export function scopeTerm(actor: Actor): string | null {
  if (seesWholeCounty(actor)) return ''
  const scopes = grantsFor(actor, 'process.case.view').map((grant) => {
    const kind = grant.division.length === 9 ? 't' : grant.division.length === 12 ? 'v' : 'g'
    const place = grant.division.length <= 6 ? [] : [quoteLexeme(`@${kind}${grant.division}`)]
    return `(${[...place, ...(grant.line ? [quoteLexeme(`@l${grant.line}`)] : [])].join(' & ')})`
  })
  return scopes.length === 0 ? null : `(${scopes.join(' | ')})`
}

/**
 * Newest cases that carry all the words. Frequent ones fill their candidates from the newest blocks: the index intersects
 * words and blocks, and rows outside are not touched. What did not fill them there is rare enough to be read whole.
 */
async function newestWith(tx: Tx, words: string[], before: number | null): Promise<Hits> {
  const text = words.join(' & ')
  const top = before === null ? await newestId(tx) : before - 1
  const topBlock = Math.floor(top / 2 ** BLOCK_BITS)
  // Plans depend on how frequent the words are, so these statements are planned each time (platform/db/pool.ts).
  for (const blocks of WINDOWS) {
    const bottom = topBlock - blocks + 1
    if (bottom <= 0) break
    const inBlocks = Array.from({ length: topBlock - bottom + 1 }, (_, i) => `'@b${bottom + i}'`).join(' | ')
    const { rows } = await sql<{ case_id: number }>`/* plan each time */
      select case_id from search_document
       where tokens @@ ${`${text} & (${inBlocks})`}::tsquery
         and case_id between ${bottom * 2 ** BLOCK_BITS} and ${top}
       order by case_id desc limit ${CANDIDATES}`.execute(tx)
    if (rows.length === CANDIDATES) return hits(rows.map((row) => row.case_id))
  }
  // Ordered by an expression: the walk along the ids would read every row for a rare word.
  const { rows } = await sql<{ case_id: number }>`/* plan each time */
    select case_id from search_document where tokens @@ ${text}::tsquery and case_id <= ${top}
     order by (case_id + 0) desc limit ${CANDIDATES}`.execute(tx)
  return hits(rows.map((row) => row.case_id))
}

/**
 * Matching cases in which the actor or its units took part; wanted where the grants do not cover the whole county.
 * @param whole newest matching cases of the county: if these are all there are, it is asked of each who took part;
 *   otherwise those outside of the grants in which the actor took part are asked whether they match
 */
async function partHits(
  { tx, actor }: Context,
  matches: RawBuilder<unknown>,
  before: number | null,
  whole: () => Promise<Hits>,
): Promise<Hits> {
  if (actor.kind !== 'staff' || seesWholeCounty(actor)) return NOTHING
  const found = await whole()
  if (found.ids.length === 0) return NOTHING
  if (found.from === null) {
    const { rows } = await sql<{ id: number }>`
      select m.id from unnest(${found.ids}::bigint[]) as m (id)
       where exists (select 1 from process_party p where p.case_id = m.id
                        and (p.unit_id = any(${actor.unitIds as number[]}::bigint[]) or p.account_id = ${actor.accountId}))
       order by m.id desc`.execute(tx)
    return { ids: rows.map(({ id }) => id), from: null }
  }
  const grants = widestGrants(grantsFor(actor, 'process.case.view'))
  if (outsideIsNarrow(grants)) {
    const { rows } = await sql<{ case_id: number }>`
      select d.case_id from unnest(array(${partsOutside(actor, grants)})) o (id) join search_document d on d.case_id = o.id
       where ${matches} and ${before === null ? sql`true` : sql`d.case_id < ${before}`}
       order by d.case_id desc limit ${CANDIDATES}`.execute(tx)
    return hits(rows.map((row) => row.case_id))
  }
  const { rows } = await sql<{ ids: number[] | null; oldest: number | null }>`/* plan each time */
    with part as materialized (${partOf(actor, before)})
    select (select json_agg(h.case_id order by h.case_id desc)
              from (select d.case_id from search_document d
                     where ${matches} and d.case_id in (select case_id from part)
                     order by d.case_id desc limit ${CANDIDATES}) h) as ids,
           (select min(case_id) from part having count(*) = ${TAKEN_PART}) as oldest`.execute(tx)
  const { ids, oldest } = rows[0]!
  const newest = hits(ids ?? [])
  return { ids: newest.ids, from: newest.from ?? oldest }
}

/** Ids of the newest cases in which the actor or its units took part, as a subquery. Each branch walks its index to its limit. */
export function partOf(actor: StaffActor, before: number | null): RawBuilder<unknown> {
  const below = before === null ? sql`true` : sql`p.case_id < ${before}`
  const branch = (who: RawBuilder<unknown>) =>
    sql`(select distinct p.case_id from process_party p where ${who} and ${below} order by p.case_id desc limit ${TAKEN_PART})`
  return sql`select case_id from (${sql.join(
    [...actor.unitIds.map((unitId) => branch(sql`p.unit_id = ${unitId}`)), ...elsewhere(actor).map(branch)],
    sql` union `,
  )}) took order by case_id desc limit ${TAKEN_PART}`
}

export function seesWholeCounty(actor: Actor): boolean {
  return actor.kind === 'system' || seesAll(grantsFor(actor, 'process.case.view'))
}

export async function newestId(tx: Tx): Promise<number> {
  const { rows } = await sql<{ id: number }>`select coalesce(max(case_id), 0) as id from search_document`.execute(tx)
  return rows[0]!.id
}
