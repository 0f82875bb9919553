import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { StaffActor } from '#platform/access/actor.ts'
import { writePending } from '#platform/command/command.ts'
import { type Context, Pending } from '#platform/command/context.ts'
import type { Tx } from '#platform/db/db.ts'
import type { DemoLoad } from '#platform/module/module.ts'
import { hasSeed, publishedVersion } from '../server/article.store.ts'
import { type Channel, insertConsultation } from '../server/consultation.store.ts'
import { publish, saveDraft } from '../server/write-article.ts'

interface Seed {
  articles: {
    key: string
    question: string
    answer: string
    keywords: string[]
    line: string
    basis: string
    visibility?: 'internal'
    reviewInDays: number
  }[]
  consultations: { question: string; channel: Channel; article?: string; daysAgo: number; seconds: number }[]
}

const DAY = 86_400_000
/** The demo's answers were written and published by these two. */
const WRITER = 'cmd-yan'
const PUBLISHER = 'cmd-gao'

/** Brings in the written questions through the real writing and publishing, each once, marked 演示. */
export async function loadArticles(load: DemoLoad): Promise<void> {
  const { services, here } = load
  const writer = await load.actor(WRITER)
  const publisher = await load.actor(PUBLISHER)
  if (!writer || !publisher) return
  const seed = JSON.parse(readFileSync(join(import.meta.dirname, '../seed/articles.json'), 'utf8')) as Seed
  const now = services.clock.now()
  await services.pool.inCounty(here.county, async (tx) => {
    const ids = new Map<string, number>()
    for (const article of seed.articles) {
      if (load.signal.aborted) return
      if (await hasSeed(tx, article.key)) continue
      const writing = contextAt(load, tx, writer, new Date(now.getTime() - 60 * DAY))
      const id = await saveDraft(writing, {
        seedKey: article.key,
        illustrative: true,
        question: article.question,
        answer: article.answer,
        keywords: article.keywords,
        lineCode: article.line,
        itemCode: null,
        basis: article.basis,
        basisRead: false,
        validFrom: '2026-01-01',
        validTo: null,
        reviewOn: here.calendar.dateAt(new Date(now.getTime() + article.reviewInDays * DAY)),
        visibility: article.visibility ?? 'public',
      })
      const publishing = contextAt(load, tx, publisher, new Date(now.getTime() - 59 * DAY))
      await publish(publishing, id)
      await writePending(publishing, { route: 'knowledge.demo' })
      ids.set(article.key, id)
    }
    if (ids.size === 0) return
    for (const asked of seed.consultations.toSorted((a, b) => b.daysAgo - a.daysAgo)) {
      const articleId = asked.article ? (ids.get(asked.article) ?? null) : null
      const version = articleId === null ? undefined : await publishedVersion(tx, articleId, here.calendar.dateAt(now))
      await insertConsultation(tx, here.keys, {
        at: here.calendar.before(now, { value: asked.daysAgo * 7, unit: 'workHour' }),
        channel: asked.channel,
        outcome: version ? 'answered' : 'unanswered',
        question: asked.question,
        articleId,
        versionId: version?.id ?? null,
        answer: null,
        lineCode: version?.lineCode ?? null,
        townCode: null,
        villageCode: null,
        seconds: asked.seconds,
        operatorId: writer.accountId,
        unitId: writer.posts[0]?.unitId ?? null,
      })
    }
  })
  load.progress('演示知识库', seed.articles.length, seed.articles.length)
}

function contextAt(load: DemoLoad, tx: Tx, actor: StaffActor, now: Date): Context {
  return {
    tx,
    actor,
    now,
    services: load.services,
    here: load.here,
    pending: new Pending(),
    request: { traceId: 'knowledge-demo', address: null },
    history: true,
  }
}
