import { predicateHolds } from '#platform/access/policy.ts'
import { command, query } from '#platform/command/command.ts'
import type { Context } from '#platform/command/context.ts'
import { sql } from '#platform/db/db.ts'
import { AppError } from '#platform/errors/app-error.ts'
import { countConsultations, listConsultations, RECORD, recordConsultation, VIEW } from '../contract.ts'
import { groupQuestions } from '../domain/article-search.ts'
import { publishedVersion } from './article.store.ts'
import {
  type ConsultationFilter,
  countByArticle,
  countTopics,
  insertConsultation,
  listConsultationRows,
  newestUnanswered,
} from './consultation.store.ts'
import { accountOf, scopeFor } from './knowledge.policy.ts'
import { lineNameOf } from './present-article.ts'

const PAGE = 50
const DAY = 86_400_000
/** Statistics begin so many days ago where no day is named. */
const DAYS = 30

/** Where the question belongs: what was named, else where the desk stands. */
function placeOf({ actor }: Context, input: { townCode?: string | undefined; villageCode?: string | undefined }) {
  const own = actor.kind === 'staff' ? (actor.posts[0]?.division ?? '') : ''
  const village = input.villageCode ?? (own.length >= 12 && !input.townCode ? own.slice(0, 12) : null)
  return {
    villageCode: village,
    townCode: village?.slice(0, 9) ?? input.townCode ?? (own.length >= 9 ? own.slice(0, 9) : null),
  }
}

/** One record of a question that was asked; no order is made of it. */
export const recordConsultationCommand = command(recordConsultation, {
  async perform(context, input) {
    const { tx, here, actor, now, pending } = context
    const place = placeOf(context, input)
    if (input.lineCode !== undefined) {
      const { rows } = await sql`select 1 from org_line where code = ${input.lineCode}`.execute(tx)
      if (rows.length === 0) throw new AppError('knowledge.line_unknown', { status: 422 })
    }
    const version =
      input.articleId === undefined ? undefined : await publishedVersion(tx, input.articleId, here.calendar.dateAt(now))
    if (input.articleId !== undefined && !version) throw new AppError('knowledge.not_published', { status: 409 })
    const lineCode = version?.lineCode ?? input.lineCode ?? null
    if (!predicateHolds(scopeFor(actor, RECORD), { ...place, gridCode: null, lineCode }))
      throw new AppError('knowledge.place_not_yours', { status: 403 })
    const outcome = version || input.answer?.trim() ? 'answered' : 'unanswered'
    const id = await insertConsultation(tx, here.keys, {
      at: now,
      channel: input.channel,
      outcome,
      question: input.question.trim(),
      name: input.askerName,
      phone: input.askerPhone,
      articleId: input.articleId ?? null,
      versionId: version?.id ?? null,
      answer: input.answer?.trim() || null,
      lineCode,
      ...place,
      seconds: input.seconds ?? null,
      operatorId: accountOf(actor),
      unitId: actor.kind === 'staff' ? (actor.posts[0]?.unitId ?? null) : null,
    })
    pending.subject = `knowledge_consultation:${id}`
    return { ref: { id, outcome } }
  },
  async present(_context, ref) {
    return ref as { id: number; outcome: string }
  },
})

function filterOf(input: {
  from?: string | undefined
  to?: string | undefined
}): Pick<ConsultationFilter, 'from' | 'to'> {
  return {
    ...(input.from ? { from: new Date(`${input.from}T00:00:00+08:00`) } : {}),
    ...(input.to ? { to: new Date(new Date(`${input.to}T00:00:00+08:00`).getTime() + DAY) } : {}),
  }
}

export const listConsultationsQuery = query(listConsultations, async (context, { cursor, from, to, ...filter }) => {
  const { tx, here, actor } = context
  const before = cursor ? Number(cursor) || null : null
  const rows = await listConsultationRows(
    tx,
    here.keys,
    scopeFor(actor, VIEW),
    { ...filter, ...filterOf({ from, to }) },
    before,
    PAGE + 1,
  )
  const shown = rows.slice(0, PAGE)
  return {
    items: shown.map(({ at, articleId, articleQuestion, townCode, villageCode: _, unitId, ...row }) => ({
      ...row,
      at: at.toISOString(),
      article: articleId === null ? null : { id: articleId, question: articleQuestion ?? '' },
      lineName: lineNameOf(context, row.lineCode),
      townName: townCode === null ? null : here.directory.divisionName(townCode),
      unitName: unitId === null ? null : (here.directory.unit(unitId)?.name ?? null),
    })),
    next: rows.length > PAGE ? String(shown.at(-1)!.id) : null,
  }
})

export const countConsultationsQuery = query(countConsultations, async (context, input) => {
  const { tx, here, actor, now } = context
  const to = input.to ?? here.calendar.dateAt(now)
  const from = input.from ?? here.calendar.dateAt(new Date(new Date(`${to}T12:00:00+08:00`).getTime() - DAYS * DAY))
  const scope = scopeFor(actor, VIEW)
  const filter = filterOf({ from, to })
  const topics = await countTopics(tx, scope, filter)
  const sum = (key: 'total' | 'answered' | 'unanswered' | 'reported') =>
    topics.reduce((all, topic) => all + topic[key], 0)
  const open = await newestUnanswered(tx, scope, filter)
  const lines = new Map(open.map((row) => [row.id, row.lineCode]))
  return {
    from,
    to,
    total: sum('total'),
    answered: sum('answered'),
    unanswered: sum('unanswered'),
    reported: sum('reported'),
    topics: topics.map((topic) => ({ ...topic, lineName: lineNameOf(context, topic.lineCode) })),
    articles: await countByArticle(tx, scope, filter),
    missing: groupQuestions(open)
      .slice(0, 12)
      .map(({ ids, question }) => {
        const lineCode = ids.map((id) => lines.get(id)).find((code) => code) ?? null
        return { question, lineCode, lineName: lineNameOf(context, lineCode), count: ids.length }
      }),
  }
})
