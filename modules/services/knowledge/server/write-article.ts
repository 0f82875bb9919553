import type { Context } from '#platform/command/context.ts'
import { sql } from '#platform/db/db.ts'
import { AppError, notFound } from '#platform/errors/app-error.ts'
import { PUBLISH, WRITE } from '../contract.ts'
import {
  type ArticleWords,
  changeOwner,
  findArticle,
  insertArticle,
  publishDraft,
  versionsOf,
  writeDraft,
} from './article.store.ts'
import { accountOf, requireChange } from './knowledge.policy.ts'

export const REVIEW_JOB = 'knowledge.remind_review'

export interface ArticleDraft extends ArticleWords {
  articleId?: number | undefined
  ownerUnitId?: number | undefined
  illustrative?: boolean
  seedKey?: string
}

/** Refuses what no version may say: an unknown line, days in the wrong order, a unit that is gone. */
export async function checkDraft(context: Context, draft: ArticleDraft): Promise<number> {
  const { tx, here, actor } = context
  if (draft.lineCode !== null) {
    const { rows } = await sql`select 1 from org_line where code = ${draft.lineCode}`.execute(tx)
    if (rows.length === 0) throw new AppError('knowledge.line_unknown', { status: 422 })
  }
  if (draft.validTo !== null && draft.validTo < draft.validFrom)
    throw new AppError('knowledge.dates_wrong', { status: 422 })
  const owner =
    draft.ownerUnitId ??
    (draft.lineCode ? here.directory.unitOfLine(draft.lineCode)?.id : undefined) ??
    (actor.kind === 'staff' ? actor.posts[0]?.unitId : undefined)
  if (owner === undefined || !here.directory.unit(owner)) throw new AppError('knowledge.unit_unknown', { status: 422 })
  return owner
}

/** Writes a draft: of a new article, or of the next version of one. */
export async function saveDraft(context: Context, draft: ArticleDraft): Promise<number> {
  const { tx, actor, now, pending } = context
  const owner = await checkDraft(context, draft)
  requireChange(actor, WRITE, draft.lineCode)
  let id = draft.articleId
  if (id === undefined)
    id = await insertArticle(tx, {
      ownerUnitId: owner,
      illustrative: draft.illustrative ?? false,
      ...(draft.seedKey ? { seedKey: draft.seedKey } : {}),
      at: now,
    })
  else {
    const article = await findArticle(tx, id, true)
    if (!article) throw notFound()
    // Whoever takes an article over from another line must hold that one as well.
    requireChange(actor, WRITE, (await versionsOf(tx, id))[0]?.lineCode ?? null)
    if (draft.ownerUnitId !== undefined && draft.ownerUnitId !== article.ownerUnitId) await changeOwner(tx, id, owner)
  }
  await writeDraft(tx, id, draft, accountOf(actor), now)
  pending.subject = `knowledge_article:${id}`
  return id
}

/** Publishes the draft of an article: by another person than who wrote it. From now on the review is a date of its own. */
export async function publish(context: Context, articleId: number): Promise<void> {
  const { tx, actor, now, here, pending } = context
  const article = await findArticle(tx, articleId, true)
  if (!article) throw notFound()
  const draft = (await versionsOf(tx, articleId)).find(({ state }) => state === 'draft')
  if (!draft) throw new AppError('knowledge.no_draft', { status: 409 })
  requireChange(actor, PUBLISH, draft.lineCode)
  const by = accountOf(actor)
  if (by !== null && draft.writtenBy === by) throw new AppError('knowledge.own_draft', { status: 403 })
  await publishDraft(tx, draft.id, articleId, by, now)
  pending.subject = `knowledge_article:${articleId}`
  pending.facts.push({
    kind: 'knowledge.article_published',
    subject: pending.subject,
    content: {
      version: draft.number,
      question: draft.question,
      reviewOn: draft.reviewOn,
      visibility: draft.visibility,
    },
  })
  const morning = new Date(`${draft.reviewOn}T09:00:00+08:00`)
  pending.jobs.push({
    kind: REVIEW_JOB,
    payload: { versionId: draft.id },
    runAt: morning > now ? here.calendar.due(morning, 0, 'workHour') : now,
  })
}

/** Tells the owner of an article: the unit's handlers and leaders. */
export function tellOwner(
  context: Context,
  article: { id: number; ownerUnitId: number },
  kind: string,
  question: string,
): void {
  const { directory } = context.here
  const accountIds = [
    ...new Set(
      ['handler', 'unitLeader', 'bureauAdmin', 'dutyChief'].flatMap((role) => [
        ...directory.holders(article.ownerUnitId, role),
      ]),
    ),
  ]
  if (accountIds.length > 0)
    context.pending.jobs.push({
      kind: 'notify.in_app',
      payload: { accountIds, kind, params: { title: question, article: article.id } },
    })
}
