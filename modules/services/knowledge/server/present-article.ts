import type { Static } from 'typebox'
import type { Context } from '#platform/command/context.ts'
import { notFound } from '#platform/errors/app-error.ts'
import { type getArticle, PUBLISH, type searchArticles, WRITE } from '../contract.ts'
import { type FoundArticle, findArticle, type VersionRow, versionsOf } from './article.store.ts'
import { countsOf, feedbackOf } from './feedback.store.ts'
import { accountOf, mayChange } from './knowledge.policy.ts'

/** Name of a line, null for articles of every line. */
export function lineNameOf({ here }: Pick<Context, 'here'>, code: string | null): string | null {
  return code === null ? null : here.directory.lineName(code)
}

export function unitNameOf({ here }: Pick<Context, 'here'>, id: number): string {
  return here.directory.unit(id)?.name ?? ''
}

function presentVersion(context: Context, row: VersionRow) {
  return {
    id: row.id,
    number: row.number,
    state: row.state,
    question: row.question,
    answer: row.answer,
    keywords: [...row.keywords],
    lineCode: row.lineCode,
    lineName: lineNameOf(context, row.lineCode),
    itemCode: row.itemCode,
    basis: row.basis,
    basisRead: row.basisRead,
    validFrom: row.validFrom,
    validTo: row.validTo,
    reviewOn: row.reviewOn,
    visibility: row.visibility,
    writtenBy: row.writerName,
    writtenAt: row.writtenAt.toISOString(),
    publishedBy: row.publisherName,
    publishedAt: row.publishedAt?.toISOString() ?? null,
    retiredAt: row.retiredAt?.toISOString() ?? null,
    retireReason: row.retireReason,
  }
}

/** The page of an article; `can` says what this person may do with it. */
export async function articlePage(context: Context, id: number): Promise<Static<typeof getArticle.output>> {
  const { tx, actor } = context
  const article = await findArticle(tx, id)
  if (!article) throw notFound()
  const versions = await versionsOf(tx, id)
  const line = versions[0]?.lineCode ?? null
  const draft = versions.find(({ state }) => state === 'draft')
  const published = versions.some(({ state }) => state === 'published')
  const mayPublish = mayChange(actor, PUBLISH, line)
  return {
    id,
    ownerUnit: { id: article.ownerUnitId, name: unitNameOf(context, article.ownerUnitId) },
    illustrative: article.illustrative,
    versions: versions.map((row) => presentVersion(context, row)),
    feedback: (await feedbackOf(tx, id)).map(({ articleId: _, at, settledAt, ...row }) => ({
      ...row,
      at: at.toISOString(),
      settledAt: settledAt?.toISOString() ?? null,
    })),
    ...(await countsOf(tx, id)),
    can: {
      write: mayChange(actor, WRITE, line),
      publish: mayPublish && draft !== undefined && draft.writtenBy !== accountOf(actor),
      retire: mayPublish && published,
    },
  }
}

export function presentHit(
  context: Context,
  found: FoundArticle,
): Static<typeof searchArticles.output>['items'][number] {
  return {
    id: found.id,
    versionId: found.versionId,
    question: found.question,
    answer: found.answer,
    lineCode: found.lineCode,
    lineName: lineNameOf(context, found.lineCode),
    basis: found.basis,
    basisRead: found.basisRead,
    ownerUnit: unitNameOf(context, found.ownerUnitId),
    illustrative: found.illustrative,
    visibility: found.visibility,
    score: Math.round(Math.min(1, found.score) * 100) / 100,
  }
}
