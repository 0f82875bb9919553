import type { RawBuilder } from 'kysely'
import type { Actor } from '#platform/access/actor.ts'
import { caseVisibility, predicateSql } from '#platform/access/policy.ts'
import type { Context } from '#platform/command/context.ts'
import { sql } from '#platform/db/db.ts'
import { BLOCK_BITS, newestId, scopeTerm, seesWholeCounty } from '#platform/search/case-index.ts'
import { indexWords, quoteLexeme } from '#platform/search/tokens.ts'
import { namedNumbers } from './score.ts'
import type { WordShares } from './word-shares.ts'

/** A case that shares rare words or the place with what is asked. */
export interface FoundCase {
  id: number
  classCode: string | null
  townCode: string | null
  villageCode: string | null
  place: { lon: number; lat: number } | null
  openedAt: Date
  closedAt: Date | null
  /** Open, or closed so shortly that a new report is likely the same matter again. */
  live: boolean
  shared: string[]
  size: number
  marks: string[]
}

export interface AskedCase {
  /** Entries of the search index of title, place and text. */
  words: readonly string[]
  place: { lon: number; lat: number } | null
  villageCode: string | null
  townCode: string | null
  /** Flows whose cases are compared. */
  definitionKeys: readonly string[]
  /** The case itself, which is not its own duplicate. */
  exceptId: number | null
  /** Cases closed before this moment, or opened after the other one, are not the same matter but a like one of another time. */
  liveSince: Date
  liveUntil: Date
}

/** Of each way to find them so many live and so many past cases are compared in full. */
const COMPARED = 30
/** So many entries of index lists are walked at most by expectation; a village's own list lets most of them be skipped. */
const WALKED = { inCounty: 12_000, inPlace: 20_000 }
/** So many of the newest matching documents are ranked: each is unpacked. */
const RANKED = 400
/** So many words are asked for however common they are; then only the newest cases are looked at. */
const FEWEST_TERMS = 4
/** Words that are asked for in the whole county, and in a village or town. */
const TERMS = 24
const LOCAL_TERMS = 24
/** Villages and towns of a county, roughly: how much of it a place leaves. */
const LOCAL_SHARE = { village: 1 / 100, town: 1 / 10 }
/** Entries of a document that are not of its text: number, its last part, block. */
const NOT_TEXT = 3
const NEAR_METRES = 200
const NEAR_CASES = 150
const METRES_PER_DEGREE = 111_320

/**
 * Cases that may be the same matter or a similar one, unsorted, inside what the actor may see: by rare words in the whole
 * county, by less rare words in the same village or town, by place. The words are those of the search index, so nothing else
 * is written with a case; the cost is bounded by how common the words are, not by how many cases there are.
 */
export async function findCandidates(context: Context, asked: AskedCase, shares: WordShares): Promise<FoundCase[]> {
  const { tx, actor } = context
  if (actor.kind === 'public' || asked.words.length === 0) return []
  const newest = await newestId(tx)
  const rarest = asked.words
    .map((word) => ({ word, share: shares.of(word) }))
    .sort((a, b) => a.share - b.share || (a.word < b.word ? -1 : 1))
  const inCounty = choose(rarest, TERMS, newest, 1, asked.words)
  const local = asked.villageCode ? 'village' : asked.townCode ? 'town' : null
  // Within a village nearly every case names it.
  const placeNames = new Set(
    [asked.villageCode, asked.townCode].flatMap((code) =>
      code ? indexWords(context.here.directory.divisionName(code)) : [],
    ),
  )
  const telling = rarest.filter(({ word }) => !placeNames.has(word))
  const inPlace = local ? choose(telling, LOCAL_TERMS, newest, LOCAL_SHARE[local], asked.words) : null
  const placeWord = asked.villageCode ? `@v${asked.villageCode}` : `@t${asked.townCode}`
  const lists = await Promise.all([
    inCounty ? byWords(context, asked, inCounty, newest, null) : [],
    inPlace ? byWords(context, asked, inPlace, newest, quoteLexeme(placeWord)) : [],
    asked.place ? byPlace(context, asked, asked.place) : [],
  ])
  return [...new Map(lists.flat().map((found) => [found.id, found])).values()]
}

interface Choice {
  /**
   * A tsquery: one of the words; where that would be too many, one of each half, whose words take turns two by two along the
   * text: a clause in common is a match, a single word that is spelled by two neighbouring entries is none.
   */
  match: string
  /** Any of the words, for the rank. */
  any: string
  /** Only so many of the newest blocks are looked at, where even the rarest words are common. */
  blocks: number
}

/** The rarest words of the text whose lists are short enough together; `part` is the share of the county that is looked at. */
function choose(
  rarest: readonly { word: string; share: number }[],
  most: number,
  newest: number,
  part: number,
  order: readonly string[],
): Choice | null {
  const chosen: string[] = []
  const mostWalked = part < 1 ? WALKED.inPlace : WALKED.inCounty
  let walked = 0
  for (const { word, share } of rarest) {
    if (chosen.length >= most || (chosen.length >= FEWEST_TERMS && walked + share * newest > mostWalked)) break
    chosen.push(word)
    walked += share * newest
  }
  if (chosen.length === 0) return null
  const inText = new Map(order.map((word, i) => [word, i]))
  const terms = chosen.sort((a, b) => inText.get(a)! - inText.get(b)!).map(quoteLexeme)
  const any = terms.join(' | ')
  const halves = [0, 2].map((half) => `(${terms.filter((_, i) => i % 4 === half || i % 4 === half + 1).join(' | ')})`)
  return {
    match: walked * part > RANKED && terms.length >= FEWEST_TERMS ? halves.join(' & ') : `(${any})`,
    any,
    blocks: Math.ceil((Math.min(1, mostWalked / walked) * newest) / 2 ** BLOCK_BITS),
  }
}

async function byWords(
  context: Context,
  asked: AskedCase,
  choice: Choice,
  newest: number,
  scope: string | null,
): Promise<FoundCase[]> {
  const { actor } = context
  const topBlock = Math.floor(newest / 2 ** BLOCK_BITS)
  const bottom = choice.blocks > topBlock ? 0 : topBlock - choice.blocks + 1
  const window =
    bottom > 0
      ? [`(${Array.from({ length: topBlock - bottom + 1 }, (_, i) => quoteLexeme(`@b${bottom + i}`)).join(' | ')})`]
      : []
  const common = [choice.match, ...(scope ? [scope] : []), ...window]
  const scopeOfGrants = scopeTerm(actor)
  const hits = [
    ...(scopeOfGrants === null
      ? []
      : [
          sql`select case_id, tokens from search_document
               where tokens @@ ${[...common, ...(scopeOfGrants ? [scopeOfGrants] : [])].join(' & ')}::tsquery`,
        ]),
    // Own cases elsewhere: among the newest matches of the county.
    ...(actor.kind !== 'staff' || seesWholeCounty(actor) || scope
      ? []
      : [
          sql`select m.id as case_id, m.tokens
                from (select case_id as id, tokens from search_document where tokens @@ ${common.join(' & ')}::tsquery
                       order by case_id desc limit ${RANKED}) m
               where ${predicateSql({ kind: 'participates', unitIds: actor.unitIds, accountId: actor.accountId }, 'm')}`,
        ]),
  ]
  if (hits.length === 0) return []
  return compared(
    context,
    asked,
    sql`select n.case_id, ts_rank(n.tokens, ${choice.any}::tsquery) as rank
          from (select h.case_id, h.tokens from (${sql.join(hits, sql` union all `)}) h order by h.case_id desc limit ${RANKED}) n`,
  )
}

/** Live cases close by that share any word: few, and all of them count. */
async function byPlace(context: Context, asked: AskedCase, place: { lon: number; lat: number }): Promise<FoundCase[]> {
  const dLat = NEAR_METRES / METRES_PER_DEGREE
  const dLon = dLat / Math.cos((place.lat * Math.PI) / 180)
  const any = asked.words.map(quoteLexeme).join(' | ')
  return compared(
    context,
    asked,
    sql`select d.case_id, ts_rank(d.tokens, ${any}::tsquery) as rank
          from (select id from process_case
                 where place <@ box(point(${place.lon - dLon}, ${place.lat - dLat}), point(${place.lon + dLon}, ${place.lat + dLat}))
                   and ${liveSql(asked, 'process_case')}
                 order by place <-> point(${place.lon}, ${place.lat}) limit ${NEAR_CASES}) n
          join search_document d on d.case_id = n.id where d.tokens @@ ${any}::tsquery`,
  )
}

/** The best of the hits that the actor may see, live and past ones apart, with what is compared of them. */
async function compared(context: Context, asked: AskedCase, hits: RawBuilder<unknown>): Promise<FoundCase[]> {
  const { tx, actor } = context
  const { rows } = await sql<{
    id: number
    class_code: string | null
    town_code: string | null
    village_code: string | null
    place: { x: number; y: number } | null
    opened_at: Date
    closed_at: Date | null
    live: boolean
    shared: string[]
    size: number
    marks: string[]
  }>`/* plan each time */
    with hit as materialized (${hits}),
    seen as (
      select h.case_id, ${liveSql(asked, 'c')} as live, h.rank
        from hit h join process_case c on c.id = h.case_id
       where c.definition_key = any(${asked.definitionKeys as string[]}::text[]) and c.id <> ${asked.exceptId ?? 0}
         and ${seesSql(actor)}),
    best as materialized (
      select case_id, live from (
        select case_id, live, row_number() over (partition by live order by rank desc, case_id desc) as nr from seen) n
       where nr <= ${COMPARED})
    select c.id, c.class_code, c.town_code, c.village_code, c.place, c.opened_at, c.closed_at, b.live,
           length(d.tokens) - ${NOT_TEXT} - num_nonnulls(c.town_code, c.village_code, c.grid_code, c.line_code) as size,
           array(select w from unnest(tsvector_to_array(d.tokens)) w where w = any(${asked.words as string[]}::text[])) as shared,
           ${marksSql(asked)} as marks
      from best b join process_case c on c.id = b.case_id join search_document d on d.case_id = b.case_id`.execute(tx)
  return rows.map((row) => ({
    id: row.id,
    classCode: row.class_code,
    townCode: row.town_code,
    villageCode: row.village_code,
    place: row.place ? { lon: row.place.x, lat: row.place.y } : null,
    openedAt: row.opened_at,
    closedAt: row.closed_at,
    live: row.live,
    shared: row.shared,
    size: row.size,
    marks: row.marks,
  }))
}

/** Numbers of houses that a candidate names, where the asked text names one too. */
function marksSql({ words }: AskedCase): RawBuilder<unknown> {
  const kinds = [...new Set(namedNumbers(words).map((mark) => mark.at(-1)!))]
  if (kinds.length === 0) return sql`'{}'::text[]`
  return sql`array(select w from unnest(tsvector_to_array(d.tokens)) w where right(w, 1) = any(${kinds}::text[]) and w ~ '^[0-9]+.$')`
}

/** Open, or closed so shortly before, that a report of that time is likely the same matter. */
function liveSql({ liveSince, liveUntil }: AskedCase, alias: string): RawBuilder<boolean> {
  const column = (name: string) => sql.ref(`${alias}.${name}`)
  return sql`((${column('closed_at')} is null or ${column('closed_at')} >= ${liveSince}) and ${column('opened_at')} <= ${liveUntil})`
}

function seesSql(actor: Actor): RawBuilder<boolean> {
  return predicateSql(caseVisibility(actor), 'c')
}
