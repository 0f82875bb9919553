import { describe, expect, it } from 'vitest'
import { sql } from '#platform/db/db.ts'
import { logInAs } from '#platform/testing/log-in-as.ts'
import { inSample } from './ask-for-callback.ts'
import { ENFORCEMENT, type People, play, SIGNBOARD } from './loop-test-people.ts'

async function close(people: People, id: number): Promise<void> {
  await people.act('md-zhou', id, 'accept')
  await people.act('md-chen', id, 'fileCase')
  await people.act('md-xu', id, 'dispatch', { unitId: await people.unit(ENFORCEMENT), reason: '按清单' })
  await people.act('md-wu', id, 'sign')
  await people.act('md-wu', id, 'feedback', { result: '店招已拆除', reply: '您反映的店招已拆除。' })
  await people.act('md-chen', id, 'orderInspect')
  await people.act('md-zhao', id, 'inspectPass')
  await people.act('md-tian', id, 'signReply')
  await people.act('md-chen', id, 'close')
}

it('the sample is of about its share, the same for the same case', () => {
  const numbers = Array.from({ length: 2000 }, (_, i) => `WZ-MD-20260930-${i}`)
  const drawn = numbers.filter((number) => inSample(number, 20))
  expect(drawn.length).toBeGreaterThan(300)
  expect(drawn.length).toBeLessThan(500)
  expect(numbers.filter((number) => inSample(number, 20))).toEqual(drawn)
  expect(numbers.some((number) => inSample(number, 0))).toBe(false)
  expect(numbers.every((number) => inSample(number, 100))).toBe(true)
})

describe('call-back', () => {
  it('asks who was called, counts one result, is made by nobody who handled the case, and a bad one is done again', () =>
    play(async (people, county) => {
      await county.inCounty(async (tx) => {
        await sql`update loop_callback_rule set share = 100`.execute(tx)
        // Somebody who handles the case also works at the centre.
        await sql`
          insert into access_grant (account_id, permission, division_code, reason, valid_from)
          select id, 'loop.callback.make', '320506', '测试', ${new Date(0)} from auth_account where login = 'md-chen'`.execute(
          tx,
        )
        await sql`update access_revision set revision = revision + 1`.execute(tx)
      })
      const { id } = await people.report(SIGNBOARD)
      await close(people, id)
      await county.settle()
      const clerk = await logInAs(county, 'cmd-yan')
      const list = await clerk.get('/loop/callbacks')
      expect(list).toMatchObject({ open: 1, items: [{ reason: 'sample', case: { id }, can: { call: true } }] })
      const path = `/loop/callbacks/${list.items[0].id}/result`
      const chief = await logInAs(county, 'md-chen')
      expect((await chief.get('/loop/callbacks')).items[0].can).toEqual({ call: false, why: 'handled' })
      const own = await chief.raw('POST', path, { outcome: 'answered', solved: true, satisfied: 5 })
      expect(own.body.code).toBe('loop.callback_handled')

      const missed = await clerk.post(path, { outcome: 'no_answer' })
      expect(missed).toMatchObject({ state: 'open', tries: 1 })
      expect(missed.notBefore > missed.askedAt).toBe(true)
      const half = await clerk.raw('POST', path, { outcome: 'answered', solved: true })
      expect(half.body.code).toBe('loop.callback_incomplete')
      const mute = await clerk.raw('POST', path, { outcome: 'answered', solved: false, satisfied: 1 })
      expect(mute.body.code).toBe('loop.callback_words')
      const words = '第二天又挂上去了，电话 13900005001'
      const done = await clerk.post(path, { outcome: 'answered', solved: false, satisfied: 1, words })
      expect(done).toMatchObject({ state: 'answered', solved: false, satisfied: 1, redoAsked: true, tries: 2 })
      expect(done.redoCaseId).toEqual(expect.any(Number))
      const again = await clerk.raw('POST', path, { outcome: 'answered', solved: true, satisfied: 5 })
      expect(again.body.code).toBe('loop.callback_done')
      const kept = await county.inCounty((tx) =>
        sql<{ results: number; tries: number; plain: string }>`
          select (select count(*) from loop_callback where case_id = ${id} and satisfied is not null) as results,
            (select count(*) from loop_callback_try) as tries, encode(words_sealed, 'escape') as plain
            from loop_callback where case_id = ${id}`.execute(tx),
      )
      expect(kept.rows[0]).toMatchObject({ results: 1, tries: 2 })
      expect(kept.rows[0]!.plain).not.toContain('13900005001')
      expect((await clerk.get('/loop/callbacks?done=true')).items).toHaveLength(1)
      // Whoever has no such right, or another territory, finds nothing.
      expect((await (await logInAs(county, 'md-zhou')).raw('GET', '/loop/callbacks')).status).toBe(403)
    }))

  it('ends as not reached after as many tries as the rule says; a low rating asks for it whatever the sample', () =>
    play(async (people, county) => {
      await county.inCounty((tx) => sql`update loop_callback_rule set share = 0`.execute(tx))
      const first = await people.report(SIGNBOARD)
      await close(people, first.id)
      await county.settle()
      const clerk = await logInAs(county, 'cmd-yan')
      expect((await clerk.get('/loop/callbacks')).open).toBe(0)
      const app = await county.app()
      const rated = await app.inject({
        method: 'POST',
        url: '/test/api/v1/public/reports/rate',
        headers: { 'idempotency-key': crypto.randomUUID() },
        payload: { number: first.number, followCode: first.followCode, score: 2 },
      })
      expect(rated.statusCode, rated.body).toBe(200)
      await county.settle()
      const [open] = (await clerk.get('/loop/callbacks')).items
      expect(open).toMatchObject({ reason: 'dissatisfied', mostTries: 3 })
      for (const state of ['open', 'open', 'unreached'])
        expect(await clerk.post(`/loop/callbacks/${open.id}/result`, { outcome: 'busy' })).toMatchObject({ state })
    }))
})

it('a caller’s earlier cases and questions show inside one’s own sight, masked, and each look is on record', () =>
  play(async (people, county) => {
    const { id } = await people.report(SIGNBOARD)
    const clerk = await logInAs(county, 'md-zhou')
    const page = await clerk.post(`/loop/cases/${id}/reporter`, { purpose: '核对' })
    const phone = page.phone as string
    await clerk.post('/knowledge/consultations', { question: '助餐点几点开门', channel: 'phone', askerPhone: phone })
    const found = await clerk.post('/loop/caller', { phone, purpose: '来电接办' })
    expect(found.cases.map((row: { id: number }) => row.id)).toEqual([id])
    expect(found.questions).toHaveLength(1)
    expect(JSON.stringify(found)).not.toContain(phone)
    const reads = await county.inCounty((tx) =>
      sql<{ purpose: string; fields: string[] }>`
        select purpose, fields from access_person_read where case_id is null`.execute(tx),
    )
    expect(reads.rows).toEqual([{ purpose: '来电接办', fields: ['cases', 'questions'] }])
    const elsewhere = await logInAs(county, 'lz-ma')
    expect(await elsewhere.post('/loop/caller', { phone, purpose: '来电接办' })).toEqual({
      name: null,
      cases: [],
      questions: [],
    })
    // A grid worker has no such desk.
    const worker = await logInAs(county, 'md-zhao')
    expect((await worker.raw('POST', '/loop/caller', { phone, purpose: '来电接办' })).status).toBe(403)

    // The unanswered question becomes a report with who asked; once.
    const made = await clerk.post(`/loop/consultations/${found.questions[0].id}/report`, {})
    const reported = await people.get('md-zhou', made.id)
    expect(reported.case).toMatchObject({ state: 'reported', townName: '木渎镇' })
    expect((await clerk.post(`/loop/cases/${made.id}/reporter`, { purpose: '核对' })).phone).toBe(phone)
    const twice = await clerk.raw('POST', `/loop/consultations/${found.questions[0].id}/report`, {})
    expect(twice.body.code).toBe('loop.consultation_done')
    expect((await elsewhere.raw('POST', `/loop/consultations/${found.questions[0].id}/report`, {})).status).toBe(404)
    expect((await clerk.get('/knowledge/consultations')).items[0]).toMatchObject({
      outcome: 'reported',
      caseId: made.id,
    })
  }))
