import { Readable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import { expect, it } from 'vitest'
import { sql } from '#platform/db/db.ts'
import { fileRoomOf } from '#platform/files/files.raw.ts'
import { receiveUpload } from '#platform/files/uploads.ts'
import type { DemoLoad } from '#platform/module/module.ts'
import { logInAs, type Session } from '#platform/testing/log-in-as.ts'
import { type TestCounty, withTestCounty } from '#platform/testing/test-county.ts'
import { loadArticles } from '../demo/load-articles.ts'

const WORDS = {
  question: '社保卡丢了怎么补办？',
  answer: '先打 12333 挂失，再带身份证到发卡银行网点补卡。',
  keywords: ['社保卡', '补卡'],
  lineCode: 'labour-social-security',
  basis: '社会保障卡管理办法（待核实）',
  basisRead: false,
  validFrom: '2026-01-01',
  reviewOn: '2026-10-20',
  visibility: 'public' as const,
}

const demo = async (county: TestCounty): Promise<void> => {
  const here = await county.here()
  const load: DemoLoad = {
    services: county.services,
    here,
    async actor(login) {
      const id = await county.inCounty(async (tx) => {
        const { rows } = await sql<{ id: number }>`select id from auth_account where login = ${login}`.execute(tx)
        return rows[0]?.id
      })
      return id === undefined ? undefined : county.house.actorOf(here, id, -1)
    },
    progress: () => {},
    signal: new AbortController().signal,
  }
  await loadArticles(load)
}

const ask = (session: Session, text: string) => session.post('/knowledge/search', { text })
const first = async (session: Session, text: string): Promise<string | undefined> =>
  (await ask(session, text)).items[0]?.question

it('an article is written by one, published by another, answers from then on, and its owner is told when its day comes', () =>
  withTestCounty(async (county) => {
    const clerk = await logInAs(county, 'cmd-yan')
    const director = await logInAs(county, 'cmd-gao')
    const bureau = await logInAs(county, 'data-gu')
    const draft = await clerk.post('/knowledge/articles', WORDS)
    expect(draft).toMatchObject({ can: { write: true, publish: false } })
    expect(await ask(clerk, '社保卡丢了')).toEqual({ items: [] })
    const own = await clerk.raw('POST', '/knowledge/publish', { articleIds: [draft.id] })
    expect([own.status, own.body.code]).toEqual([403, 'platform.forbidden'])

    expect(await director.post('/knowledge/publish', { articleIds: [draft.id] })).toEqual({ published: 1 })
    const hit = (await ask(clerk, '你好，我的社保卡丢了，想问一下怎么办')).items[0]
    expect(hit).toMatchObject({ id: draft.id, lineName: '劳动和社会保障', basisRead: false })
    expect(await first(clerk, 'sbk')).toBe(WORDS.question)
    const twice = await director.raw('POST', '/knowledge/publish', { articleIds: [draft.id] })
    expect(twice.body.code).toBe('knowledge.no_draft')

    // A next version stands beside what is published until it takes its place.
    await bureau.post('/knowledge/articles', { ...WORDS, articleId: draft.id, answer: '到发卡银行网点当场补卡即可。' })
    expect((await ask(clerk, '社保卡丢了')).items[0].answer).toBe(WORDS.answer)
    await director.post('/knowledge/publish', { articleIds: [draft.id] })
    expect((await ask(clerk, '社保卡丢了')).items[0].answer).toBe('到发卡银行网点当场补卡即可。')
    const page = await clerk.get(`/knowledge/articles/${draft.id}`)
    expect(page.versions.map((v: { state: string }) => v.state)).toEqual(['published', 'retired'])

    county.clock.set('2026-10-20T02:00:00Z')
    await county.settle()
    const told = await county.inCounty((tx) =>
      sql<{ n: number }>`select count(*) as n from notify_message where kind = 'knowledge.review_due'`.execute(tx),
    )
    expect(told.rows[0]!.n).toBeGreaterThan(0)
    await county.settle()
    const again = await county.inCounty((tx) =>
      sql<{ n: number }>`select count(*) as n from notify_message where kind = 'knowledge.review_due'`.execute(tx),
    )
    expect(again.rows).toEqual(told.rows)
    const later = await logInAs(county, 'cmd-gao')
    expect((await later.get('/knowledge/articles?show=due')).items).toHaveLength(1)

    await later.post(`/knowledge/articles/${draft.id}/retire`, { reason: '政策已变' })
    expect(await ask(later, '社保卡丢了')).toEqual({ items: [] })
  }))

it('what is wrong goes to the owner, from officials and from the public; what is for officials only is not there for others', () =>
  withTestCounty(async (county) => {
    const clerk = await logInAs(county, 'cmd-yan')
    const director = await logInAs(county, 'cmd-gao')
    const shown = await clerk.post('/knowledge/articles', WORDS)
    const inner = await clerk.post('/knowledge/articles', {
      ...WORDS,
      question: '来电人情绪激动怎么接？',
      visibility: 'internal',
    })
    await director.post('/knowledge/publish', { articleIds: [shown.id, inner.id] })
    const app = await county.app()
    const visitor = (method: 'GET' | 'POST', url: string, payload?: object) =>
      app.inject({
        method,
        url: `/test/api/v1${url}`,
        headers: { 'idempotency-key': crypto.randomUUID() },
        ...(payload ? { payload } : {}),
      })
    const open = (await visitor('GET', '/public/answers')).json()
    expect(open.items.map((item: { id: number }) => item.id)).toEqual([shown.id])
    expect((await visitor('GET', `/public/answers?q=${encodeURIComponent('情绪激动')}`)).json().items).toEqual([])
    const hidden = await visitor('POST', '/public/answers/feedback', { articleId: inner.id, verdict: 'helpful' })
    expect(hidden.statusCode).toBe(404)
    const mute = await visitor('POST', '/public/answers/feedback', { articleId: shown.id, verdict: 'wrong' })
    expect(mute.json().code).toBe('knowledge.words_needed')
    const said = { articleId: shown.id, verdict: 'wrong', words: '电话打不通，请打 13912345678' }
    expect((await visitor('POST', '/public/answers/feedback', said)).statusCode).toBe(200)
    await clerk.post(`/knowledge/articles/${shown.id}/feedback`, { verdict: 'helpful' })
    await county.settle()
    const page = await clerk.get(`/knowledge/articles/${shown.id}`)
    expect(page.helpful).toBe(1)
    expect(page.feedback).toHaveLength(1)
    expect(page.feedback[0].words).not.toContain('13912345678')
    expect((await clerk.get('/knowledge/articles?show=feedback')).items).toHaveLength(1)
    const settled = await clerk.post(`/knowledge/feedback/${page.feedback[0].id}/settle`, { note: '已改电话' })
    expect(settled.feedback[0].settleNote).toBe('已改电话')
    expect((await clerk.get('/knowledge/articles')).feedback).toBe(0)
    // A town's clerk reads and judges; articles of the county are not his to write.
    const town = await logInAs(county, 'md-zhou')
    expect((await town.raw('POST', '/knowledge/articles', WORDS)).status).toBe(403)
    expect(await first(town, '社保卡丢了')).toBe(WORDS.question)
  }))

it('a question that is answered is one record and no order; who asked is encrypted and shown masked, to one’s own town only', () =>
  withTestCounty(async (county) => {
    const clerk = await logInAs(county, 'cmd-yan')
    const director = await logInAs(county, 'cmd-gao')
    const { id } = await clerk.post('/knowledge/articles', WORDS)
    await director.post('/knowledge/publish', { articleIds: [id] })
    const mudu = await logInAs(county, 'md-zhou')
    const asked = {
      question: '我社保卡丢了，电话 13900005001',
      channel: 'phone',
      askerName: '陆雅琴',
      askerPhone: '13900005001',
      seconds: 80,
    }
    expect(await mudu.post('/knowledge/consultations', { ...asked, articleId: id })).toMatchObject({
      outcome: 'answered',
    })
    expect(await mudu.post('/knowledge/consultations', { ...asked, question: '助餐点几点开门' })).toMatchObject({
      outcome: 'unanswered',
    })
    const list = await mudu.get('/knowledge/consultations')
    expect(list.items.map((row: { outcome: string }) => row.outcome)).toEqual(['unanswered', 'answered'])
    expect(list.items[1]).toMatchObject({ asker: '陆*琴 139****5001', article: { id }, townName: '木渎镇' })
    expect(JSON.stringify(list)).not.toContain('13900005001')
    const stored = await county.inCounty((tx) =>
      sql<{ cases: number; plain: string }>`
        select (select count(*) from process_case) as cases, string_agg(c::text, '') as plain
          from (select question, answer from knowledge_consultation) c`.execute(tx),
    )
    expect(stored.rows[0]!.cases).toBe(0)
    expect(stored.rows[0]!.plain).not.toContain('13900005001')

    const luzhi = await logInAs(county, 'lz-ma')
    expect((await luzhi.get('/knowledge/consultations')).items).toEqual([])
    expect((await luzhi.get('/knowledge/consultation-numbers')).total).toBe(0)
    const outside = await luzhi.raw('POST', '/knowledge/consultations', { ...asked, townCode: '320506103' })
    expect([outside.status, outside.body.code]).toEqual([403, 'knowledge.place_not_yours'])
    const numbers = await clerk.get('/knowledge/consultation-numbers')
    expect(numbers).toMatchObject({ total: 2, answered: 1, unanswered: 1, reported: 0 })
    // Every number opens as many rows as it says.
    for (const topic of numbers.topics) {
      const rows = await clerk.get(`/knowledge/consultations?line=${topic.lineCode ?? 'none'}`)
      expect(rows.items).toHaveLength(topic.total)
    }
    expect(numbers.missing).toEqual([expect.objectContaining({ question: '助餐点几点开门', count: 1 })])
  }))

it('the shipped questions find themselves as people ask them; the sheet goes out and comes in as drafts', () =>
  withTestCounty(async (county) => {
    await demo(county)
    await demo(county)
    const clerk = await logInAs(county, 'cmd-yan')
    const list = await clerk.get('/knowledge/articles')
    expect(list.items.length).toBeGreaterThanOrEqual(60)
    expect(list.items.every((item: { illustrative: boolean; due: boolean }) => item.illustrative && !item.due)).toBe(
      true,
    )
    for (const [asked, answer] of [
      ['喂你好，我想问一下我的社保卡不见了，要到哪里去补啊', '社保卡丢了怎么挂失和补办？'],
      ['外地来租房子要不要办居住证', '居住证怎么办？'],
      ['小区垃圾几点可以扔', '垃圾怎么分、什么时候投放？'],
      ['养狗要办证吗', '养犬怎么登记？'],
      ['老板欠我三个月工资', '老板拖欠工资怎么投诉？'],
      ['在外地看病怎么报销医保', '外地看病医保怎么报销？'],
      ['jzz', '居住证怎么办？'],
    ])
      expect(
        (await ask(clerk, asked!)).items.map((hit: { question: string }) => hit.question).slice(0, 3),
        asked,
      ).toContain(answer)
    expect((await ask(clerk, '隔壁工地把渣土车停在我家门口挡住去路')).items.slice(0, 1)).not.toEqual([
      expect.objectContaining({ question: '社保卡丢了怎么挂失和补办？' }),
    ])

    const app = await county.app()
    const sheet = await app.inject({ url: '/test/api/v1/knowledge-export', headers: clerk.headers })
    const here = await county.here()
    const actor = await county.house.actorOf(here, (await clerk.get('/auth/me')).accountId, -1)
    const bytes = await buffer(Readable.from([sheet.rawPayload]))
    const file = await receiveUpload(fileRoomOf(county.services, here), Readable.from([bytes]), {
      name: '知识库.xlsx',
      actor: actor!,
    })
    const dry = await clerk.post('/knowledge-import', { fileId: file.id, dryRun: true })
    expect(dry).toMatchObject({ added: 0, changed: 0, same: list.items.length, problems: [] })
    const stranger = await logInAs(county, 'data-gu')
    const foreign = await stranger.raw('POST', '/knowledge-import', { fileId: file.id, dryRun: true })
    expect(foreign.body.code).toBe('knowledge.file_unknown')
  }))
