import { sql, type Tx } from '#platform/db/db.ts'
import { articleVector, queryWords } from '../domain/article-search.ts'

export type State = 'draft' | 'published' | 'retired'
export type Visibility = 'internal' | 'public'

export interface ArticleWords {
  question: string
  answer: string
  keywords: readonly string[]
  lineCode: string | null
  itemCode: string | null
  basis: string
  basisRead: boolean
  validFrom: string
  validTo: string | null
  reviewOn: string
  visibility: Visibility
}

export interface VersionRow extends ArticleWords {
  id: number
  articleId: number
  number: number
  state: State
  writtenBy: number | null
  writerName: string | null
  writtenAt: Date
  publisherName: string | null
  publishedAt: Date | null
  retiredAt: Date | null
  retireReason: string | null
}

export interface ArticleRow {
  id: number
  ownerUnitId: number
  illustrative: boolean
}

const WORDS = sql`v.question, v.answer, v.keywords, v.line_code as "lineCode", v.item_code as "itemCode", v.basis,
  v.basis_read as "basisRead", v.valid_from::text as "validFrom", v.valid_to::text as "validTo",
  v.review_on::text as "reviewOn", v.visibility`

export async function insertArticle(
  tx: Tx,
  article: { ownerUnitId: number; illustrative: boolean; seedKey?: string; at: Date },
): Promise<number> {
  const { rows } = await sql<{ id: number }>`
    insert into knowledge_article (owner_unit_id, illustrative, seed_key, created_at)
    values (${article.ownerUnitId}, ${article.illustrative}, ${article.seedKey ?? null}, ${article.at})
    returning id`.execute(tx)
  return rows[0]!.id
}

export async function hasSeed(tx: Tx, seedKey: string): Promise<boolean> {
  const { rows } = await sql`select 1 from knowledge_article where seed_key = ${seedKey}`.execute(tx)
  return rows.length > 0
}

export async function changeOwner(tx: Tx, articleId: number, unitId: number): Promise<void> {
  await sql`update knowledge_article set owner_unit_id = ${unitId} where id = ${articleId}`.execute(tx)
}

/** Locks the article, so that two drafts or two publishings do not cross. */
export async function findArticle(tx: Tx, id: number, lock = false): Promise<ArticleRow | undefined> {
  const { rows } = await sql<ArticleRow>`
    select id, owner_unit_id as "ownerUnitId", illustrative from knowledge_article where id = ${id}
    ${lock ? sql`for update` : sql``}`.execute(tx)
  return rows[0]
}

export async function versionsOf(tx: Tx, articleId: number): Promise<VersionRow[]> {
  const { rows } = await sql<VersionRow>`
    select v.id, v.article_id as "articleId", v.number, v.state, ${WORDS}, v.written_by as "writtenBy",
           w.display_name as "writerName", v.written_at as "writtenAt", p.display_name as "publisherName",
           v.published_at as "publishedAt", v.retired_at as "retiredAt", v.retire_reason as "retireReason"
      from knowledge_version v
      left join auth_account w on w.id = v.written_by left join auth_account p on p.id = v.published_by
     where v.article_id = ${articleId} order by v.number desc`.execute(tx)
  return rows
}

/** Writes the draft of an article: the one that is there, or the next version. */
export async function writeDraft(
  tx: Tx,
  articleId: number,
  words: ArticleWords,
  accountId: number | null,
  at: Date,
): Promise<void> {
  const vector = articleVector(words)
  const { rows } = await sql`
    update knowledge_version set question = ${words.question}, answer = ${words.answer},
      keywords = ${words.keywords as string[]}::text[], line_code = ${words.lineCode}, item_code = ${words.itemCode},
      basis = ${words.basis}, basis_read = ${words.basisRead}, valid_from = ${words.validFrom}::date,
      valid_to = ${words.validTo}::date, review_on = ${words.reviewOn}::date, visibility = ${words.visibility},
      tokens = ${vector}::tsvector, written_by = ${accountId}, written_at = ${at}
     where article_id = ${articleId} and state = 'draft' returning 1`.execute(tx)
  if (rows.length > 0) return
  await sql`
    insert into knowledge_version (article_id, number, state, question, answer, keywords, line_code, item_code, basis,
      basis_read, valid_from, valid_to, review_on, visibility, tokens, written_by, written_at)
    select ${articleId}, coalesce(max(number), 0) + 1, 'draft', ${words.question}, ${words.answer},
           ${words.keywords as string[]}::text[], ${words.lineCode}, ${words.itemCode}, ${words.basis}, ${words.basisRead},
           ${words.validFrom}::date, ${words.validTo}::date, ${words.reviewOn}::date, ${words.visibility},
           ${vector}::tsvector, ${accountId}::bigint, ${at}
      from knowledge_version where article_id = ${articleId}`.execute(tx)
}

/** The draft takes the place of what was published. */
export async function publishDraft(tx: Tx, versionId: number, articleId: number, accountId: number | null, at: Date) {
  await sql`
    update knowledge_version set state = 'retired', retired_at = ${at}
     where article_id = ${articleId} and state = 'published'`.execute(tx)
  await sql`
    update knowledge_version set state = 'published', published_by = ${accountId}, published_at = ${at}
     where id = ${versionId}`.execute(tx)
}

export async function retirePublished(tx: Tx, articleId: number, reason: string, accountId: number | null, at: Date) {
  const { rows } = await sql`
    update knowledge_version set state = 'retired', retired_at = ${at}, retired_by = ${accountId}, retire_reason = ${reason}
     where article_id = ${articleId} and state = 'published' returning 1`.execute(tx)
  return rows.length > 0
}

export interface ListedArticle {
  id: number
  versionId: number
  state: State
  question: string
  lineCode: string | null
  ownerUnitId: number
  visibility: Visibility
  basisRead: boolean
  reviewOn: string
  due: boolean
  illustrative: boolean
  hasDraft: boolean
  openFeedback: number
  used: number
}

/** Articles as they stand: published words before a draft, a draft before what was retired. */
export async function listArticleRows(
  tx: Tx,
  filter: { q?: string; line?: string; state?: State; show?: string; ids?: readonly number[] },
  today: string,
): Promise<ListedArticle[]> {
  const terms = filter.q?.trim() ? queryWords(filter.q) : undefined
  if (terms && terms.length === 0) return []
  const { rows } = await sql<ListedArticle>`
    select a.id, v.id as "versionId", v.state, v.question, v.line_code as "lineCode", a.owner_unit_id as "ownerUnitId",
           v.visibility, v.basis_read as "basisRead", v.review_on::text as "reviewOn",
           v.state = 'published' and v.review_on <= ${today}::date as due, a.illustrative,
           exists (select 1 from knowledge_version d where d.article_id = a.id and d.state = 'draft') as "hasDraft",
           (select count(*) from knowledge_feedback f
             where f.article_id = a.id and f.verdict = 'wrong' and f.settled_at is null) as "openFeedback",
           (select count(*) from knowledge_consultation c where c.article_id = a.id) as used
      from knowledge_article a
      join lateral (select * from knowledge_version v where v.article_id = a.id
                     order by (v.state = 'published') desc, (v.state = 'draft') desc, v.number desc limit 1) v on true
     where ${terms ? sql`v.tokens @@ ${terms.join(' & ')}::tsquery` : sql`true`}
       and ${filter.line ? sql`v.line_code = ${filter.line}` : sql`true`}
       and ${filter.state ? sql`v.state = ${filter.state}` : sql`true`}
       and ${filter.ids ? sql`a.id = any(${filter.ids as number[]}::bigint[])` : sql`true`}
     order by (v.state = 'retired'), v.line_code nulls last, v.question limit 1000`.execute(tx)
  return rows.filter(
    (row) =>
      (filter.show !== 'due' || row.due) &&
      (filter.show !== 'feedback' || row.openFeedback > 0) &&
      (filter.show !== 'draft' || row.hasDraft) &&
      (filter.show !== 'unread' || !row.basisRead),
  )
}

export interface FoundArticle extends ArticleWords {
  id: number
  versionId: number
  ownerUnitId: number
  illustrative: boolean
  score: number
  publishedAt: Date
}

/** Below this share of what was asked an article is no answer. */
const LEAST_SHARE = 0.28
/** A word that no article has says little: people tell more than they ask. */
const UNKNOWN = 0.3
/** A word of the answer only tells less than one of the question. */
const IN_ANSWER = 0.35
/** A keyword that was said in full adds so much for each of its characters, and at most so much. */
const NAMED = 0.12
const MOST_NAMED = 0.48

/**
 * Published articles that hold today and answer what was asked, best first. Each word counts by how rare it is among the
 * articles; words that no article has count as well, so that a long complaint is not taken for a question.
 */
export async function findAnswers(
  tx: Tx,
  typed: string,
  today: string,
  options: { publicOnly?: boolean; line?: string; limit: number },
): Promise<FoundArticle[]> {
  const terms = queryWords(typed)
  if (terms.length === 0) return []
  const { rows } = await sql<FoundArticle>`/* plan each time */
    with term as (select t::tsquery as term, (t || 'A')::tsquery as head, n
                    from (select case when right(t, 2) = ':*' then t else t || ':' end as t, n
                            from unnest(${terms}::text[]) with ordinality as u (t, n)) w),
    hit as materialized (
      select term.n, v.id, v.tokens @@ term.head as head
        from term join knowledge_version v on v.state = 'published' and v.tokens @@ term.term),
    total as (select count(*) + 1 as articles from knowledge_version where state = 'published'),
    weight as (select term.n, ln(1 + total.articles::float8 / (1 + count(hit.id)))
                          * case when count(hit.id) = 0 then ${UNKNOWN}::float8 else 1 end as w
                 from term cross join total left join hit on hit.n = term.n group by term.n, total.articles),
    scored as (select hit.id, sum(weight.w * case when hit.head then 1 else ${IN_ANSWER}::float8 end) as sum
                 from hit join weight on weight.n = hit.n group by hit.id),
    best as (
      select s.id, v.article_id, s.sum / (select sum(w) from weight) + coalesce(
               (select least(${MOST_NAMED}::float8, max(char_length(k)) * ${NAMED}::float8)
                  from unnest(v.keywords || v.question) k where position(k in ${typed.slice(0, 500)}) > 0), 0) as share
        from scored s join knowledge_version v on v.id = s.id
       where v.valid_from <= ${today}::date and (v.valid_to is null or v.valid_to >= ${today}::date)
         and ${options.publicOnly ? sql`v.visibility = 'public'` : sql`true`}
         and ${options.line ? sql`v.line_code = ${options.line}` : sql`true`}
       order by share desc, s.id limit ${options.limit})
    select a.id, v.id as "versionId", a.owner_unit_id as "ownerUnitId", a.illustrative, b.share as score,
           v.published_at as "publishedAt", ${WORDS}
      from best b join knowledge_version v on v.id = b.id join knowledge_article a on a.id = b.article_id
     where b.share >= ${LEAST_SHARE} order by b.share desc, v.id`.execute(tx)
  return rows
}

/** All that everybody may read today, by topic. */
export async function publicAnswers(tx: Tx, today: string, line: string | undefined): Promise<FoundArticle[]> {
  const { rows } = await sql<FoundArticle>`
    select a.id, v.id as "versionId", a.owner_unit_id as "ownerUnitId", a.illustrative, 1::float8 as score,
           v.published_at as "publishedAt", ${WORDS}
      from knowledge_version v join knowledge_article a on a.id = v.article_id
     where v.state = 'published' and v.visibility = 'public' and v.valid_from <= ${today}::date
       and (v.valid_to is null or v.valid_to >= ${today}::date) and ${line ? sql`v.line_code = ${line}` : sql`true`}
     order by v.line_code nulls last, v.question limit 500`.execute(tx)
  return rows
}

export async function publicTopics(tx: Tx, today: string): Promise<{ code: string; count: number }[]> {
  const { rows } = await sql<{ code: string; count: number }>`
    select line_code as code, count(*) as count from knowledge_version
     where state = 'published' and visibility = 'public' and line_code is not null and valid_from <= ${today}::date
       and (valid_to is null or valid_to >= ${today}::date)
     group by line_code order by count(*) desc, line_code`.execute(tx)
  return rows
}

/** The published version of an article that holds today. */
export async function publishedVersion(
  tx: Tx,
  articleId: number,
  today: string,
): Promise<{ id: number; question: string; lineCode: string | null; visibility: Visibility } | undefined> {
  const { rows } = await sql<{ id: number; question: string; lineCode: string | null; visibility: Visibility }>`
    select id, question, line_code as "lineCode", visibility from knowledge_version
     where article_id = ${articleId} and state = 'published' and valid_from <= ${today}::date
       and (valid_to is null or valid_to >= ${today}::date)`.execute(tx)
  return rows[0]
}

/** Articles as a sheet holds them: the words of the draft where there is one. */
export async function sheetRows(tx: Tx): Promise<(ArticleWords & { id: number; ownerUnitId: number; state: State })[]> {
  const { rows } = await sql<ArticleWords & { id: number; ownerUnitId: number; state: State }>`
    select a.id, a.owner_unit_id as "ownerUnitId", v.state, ${WORDS}
      from knowledge_article a
      join lateral (select * from knowledge_version v where v.article_id = a.id and v.state <> 'retired'
                     order by (v.state = 'draft') desc limit 1) v on true
     order by a.id`.execute(tx)
  return rows
}
