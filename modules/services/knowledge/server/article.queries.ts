import { query } from '#platform/command/command.ts'
import type { Context } from '#platform/command/context.ts'
import { getArticle, listArticles, listPublicAnswers, PUBLISH, searchArticles, WRITE } from '../contract.ts'
import { findAnswers, listArticleRows, publicAnswers, publicTopics } from './article.store.ts'
import { mayChange } from './knowledge.policy.ts'
import { articlePage, lineNameOf, presentHit, unitNameOf } from './present-article.ts'

const todayOf = ({ here, now }: Context) => here.calendar.dateAt(now)

export const listArticlesQuery = query(listArticles, async (context, { q, line, state, show }) => {
  const { tx, actor } = context
  const today = todayOf(context)
  const all = await listArticleRows(tx, {}, today)
  const rows =
    q || line || state || show
      ? await listArticleRows(
          tx,
          { ...(q ? { q } : {}), ...(line ? { line } : {}), ...(state ? { state } : {}), ...(show ? { show } : {}) },
          today,
        )
      : all
  const lines = new Set(rows.map((row) => row.lineCode))
  return {
    items: rows.map(({ ownerUnitId, ...row }) => ({
      ...row,
      lineName: lineNameOf(context, row.lineCode),
      ownerUnit: unitNameOf(context, ownerUnitId),
    })),
    due: all.filter((row) => row.due).length,
    feedback: all.filter((row) => row.openFeedback > 0).length,
    drafts: all.filter((row) => row.hasDraft).length,
    can: {
      write: mayChange(actor, WRITE, null) || [...lines].some((code) => mayChange(actor, WRITE, code)),
      publish: mayChange(actor, PUBLISH, null) || [...lines].some((code) => mayChange(actor, PUBLISH, code)),
    },
  }
})

export const getArticleQuery = query(getArticle, (context, { id }) => articlePage(context, id))

export const searchArticlesQuery = query(searchArticles, async (context, { text, limit }) => ({
  items: (await findAnswers(context.tx, text, todayOf(context), { limit: limit ?? 5 })).map((found) =>
    presentHit(context, found),
  ),
}))

/** For everybody: the answers that are public, without what only officials need. */
export const listPublicAnswersQuery = query(listPublicAnswers, async (context, { q, line }) => {
  const today = todayOf(context)
  const found = q?.trim()
    ? await findAnswers(context.tx, q, today, { publicOnly: true, limit: 30, ...(line ? { line } : {}) })
    : await publicAnswers(context.tx, today, line)
  return {
    items: found.map((row) => {
      const { id, question, answer, lineName, ownerUnit, basis, basisRead, illustrative } = presentHit(context, row)
      const updatedAt = row.publishedAt.toISOString()
      return { id, question, answer, lineName, ownerUnit, basis, basisRead, illustrative, updatedAt }
    }),
    topics: (await publicTopics(context.tx, today)).map(({ code, count }) => ({
      code,
      name: lineNameOf(context, code) ?? code,
      count,
    })),
  }
})
