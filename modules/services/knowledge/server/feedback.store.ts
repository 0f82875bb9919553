import { sql, type Tx } from '#platform/db/db.ts'

export interface FeedbackRow {
  id: number
  articleId: number
  verdict: 'helpful' | 'wrong'
  words: string | null
  channel: string
  at: Date
  settledAt: Date | null
  settleNote: string | null
}

export async function insertFeedback(
  tx: Tx,
  row: {
    articleId: number
    versionId: number
    verdict: 'helpful' | 'wrong'
    words: string | null
    channel: 'staff' | 'public'
    accountId: number | null
    at: Date
  },
): Promise<void> {
  await sql`
    insert into knowledge_feedback (article_id, version_id, verdict, words, channel, account_id, at)
    values (${row.articleId}, ${row.versionId}, ${row.verdict}, ${row.words}, ${row.channel}, ${row.accountId},
      ${row.at})`.execute(tx)
}

/** What was said of an article, open complaints first; `helpful` without words is only counted. */
export async function feedbackOf(tx: Tx, articleId: number): Promise<FeedbackRow[]> {
  const { rows } = await sql<FeedbackRow>`
    select id, article_id as "articleId", verdict, words, channel, at, settled_at as "settledAt",
           settle_note as "settleNote"
      from knowledge_feedback where article_id = ${articleId} and (verdict = 'wrong' or words is not null)
     order by (verdict = 'wrong' and settled_at is null) desc, id desc limit 100`.execute(tx)
  return rows
}

export async function countsOf(tx: Tx, articleId: number): Promise<{ helpful: number; used: number }> {
  const { rows } = await sql<{ helpful: number; used: number }>`
    select (select count(*) from knowledge_feedback where article_id = ${articleId} and verdict = 'helpful') as helpful,
           (select count(*) from knowledge_consultation where article_id = ${articleId}) as used`.execute(tx)
  return rows[0]!
}

export async function findFeedback(tx: Tx, id: number): Promise<FeedbackRow | undefined> {
  const { rows } = await sql<FeedbackRow>`
    select id, article_id as "articleId", verdict, words, channel, at, settled_at as "settledAt",
           settle_note as "settleNote"
      from knowledge_feedback where id = ${id} for update`.execute(tx)
  return rows[0]
}

export async function settle(tx: Tx, id: number, note: string, accountId: number | null, at: Date): Promise<void> {
  await sql`
    update knowledge_feedback set settled_at = ${at}, settled_by = ${accountId}, settle_note = ${note}
     where id = ${id} and settled_at is null`.execute(tx)
}
