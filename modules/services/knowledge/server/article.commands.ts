import { command } from '#platform/command/command.ts'
import type { Context } from '#platform/command/context.ts'
import { sql } from '#platform/db/db.ts'
import { AppError, notFound } from '#platform/errors/app-error.ts'
import type { JobHandler } from '#platform/jobs/jobs.ts'
import { redactText } from '#platform/logs/redact.ts'
import {
  judgeArticle,
  judgePublicly,
  PUBLISH,
  publishArticles,
  retireArticle,
  saveArticle,
  settleFeedback,
  WRITE,
} from '../contract.ts'
import { findArticle, publishedVersion, retirePublished, versionsOf } from './article.store.ts'
import { findFeedback, insertFeedback, settle } from './feedback.store.ts'
import { accountOf, requireChange } from './knowledge.policy.ts'
import { articlePage } from './present-article.ts'
import { publish, saveDraft, tellOwner } from './write-article.ts'

const pageOf = (context: Context, ref: unknown) => articlePage(context, (ref as { id: number }).id)

export const saveArticleCommand = command(saveArticle, {
  async perform(context, input) {
    const id = await saveDraft(context, {
      ...input,
      lineCode: input.lineCode ?? null,
      itemCode: input.itemCode ?? null,
      validTo: input.validTo ?? null,
    })
    return { ref: { id } }
  },
  present: pageOf,
})

export const publishArticlesCommand = command(publishArticles, {
  async perform(context, { articleIds }) {
    for (const id of [...articleIds].sort((a, b) => a - b)) await publish(context, id)
    return { ref: { published: articleIds.length } }
  },
  async present(_context, ref) {
    return ref as { published: number }
  },
})

export const retireArticleCommand = command(retireArticle, {
  async perform(context, { id, reason }) {
    const { tx, actor, now, pending } = context
    if (!(await findArticle(tx, id, true))) throw notFound()
    const published = (await versionsOf(tx, id)).find(({ state }) => state === 'published')
    if (!published) throw new AppError('knowledge.not_published', { status: 409 })
    requireChange(actor, PUBLISH, published.lineCode)
    await retirePublished(tx, id, reason, accountOf(actor), now)
    pending.subject = `knowledge_article:${id}`
    pending.facts.push({
      kind: 'knowledge.article_retired',
      subject: pending.subject,
      content: { version: published.number, reason },
    })
    return { ref: { id } }
  },
  present: pageOf,
})

/** Helpful is counted; what is wrong goes to the owner at once. */
async function judge(
  context: Context,
  channel: 'staff' | 'public',
  input: { id: number; verdict: 'helpful' | 'wrong'; words?: string | undefined },
): Promise<void> {
  const { tx, actor, now, here, pending } = context
  if (input.verdict === 'wrong' && !input.words?.trim())
    throw new AppError('knowledge.words_needed', {
      status: 422,
      fields: [{ path: '/words', code: 'knowledge.words_needed' }],
    })
  const article = await findArticle(tx, input.id)
  const version = article && (await publishedVersion(tx, input.id, here.calendar.dateAt(now)))
  // What is for officials only does not exist for the public.
  if (!article || (channel === 'public' && version?.visibility !== 'public')) throw notFound()
  if (!version) throw new AppError('knowledge.not_published', { status: 409 })
  await insertFeedback(tx, {
    articleId: input.id,
    versionId: version.id,
    verdict: input.verdict,
    words: input.words?.trim() ? redactText(input.words.trim()) : null,
    channel,
    accountId: accountOf(actor),
    at: now,
  })
  pending.subject = `knowledge_article:${input.id}`
  if (input.verdict === 'wrong') tellOwner(context, article, 'knowledge.judged_wrong', version.question)
}

export const judgeArticleCommand = command(judgeArticle, {
  async perform(context, input) {
    await judge(context, 'staff', input)
    return { ref: {} }
  },
  present: async () => ({ ok: true }),
})

export const judgePubliclyCommand = command(judgePublicly, {
  async perform(context, { articleId, ...input }) {
    await judge(context, 'public', { id: articleId, ...input })
    return { ref: {} }
  },
  present: async () => ({ ok: true }),
})

export const settleFeedbackCommand = command(settleFeedback, {
  async perform(context, { feedbackId, note }) {
    const { tx, actor, now, pending } = context
    const row = await findFeedback(tx, feedbackId)
    if (!row) throw notFound()
    requireChange(actor, WRITE, (await versionsOf(tx, row.articleId))[0]?.lineCode ?? null)
    await settle(tx, feedbackId, note, accountOf(actor), now)
    pending.subject = `knowledge_article:${row.articleId}`
    return { ref: { id: row.articleId } }
  },
  present: pageOf,
})

/** The day of review has come: the owner is told, once per version. */
export const remindReview: JobHandler = async (context, payload) => {
  const { tx, now } = context
  const { versionId } = payload as { versionId: number }
  const { rows } = await sql<{ id: number; ownerUnitId: number; question: string }>`
    update knowledge_version v set reminded_at = ${now} from knowledge_article a
     where v.id = ${versionId} and a.id = v.article_id and v.state = 'published' and v.reminded_at is null
    returning a.id, a.owner_unit_id as "ownerUnitId", v.question`.execute(tx)
  if (rows[0]) tellOwner(context, rows[0], 'knowledge.review_due', rows[0].question)
}
