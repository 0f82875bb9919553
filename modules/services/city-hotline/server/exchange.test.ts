import type { Readable } from 'node:stream'
import { describe, expect, it } from 'vitest'
import { sm2Generate } from '#platform/crypto/guomi.ts'
import { sql } from '#platform/db/db.ts'
import { fileRoomOf } from '#platform/files/files.raw.ts'
import { receiveUpload } from '#platform/files/uploads.ts'
import { readTable } from '#platform/tables/read-table.ts'
import { writeXlsx } from '#platform/tables/write-xlsx.ts'
import type { Session } from '#platform/testing/log-in-as.ts'
import { type TestCounty, withTestCounty } from '#platform/testing/test-county.ts'
import type { CountyMessage } from '../domain/city-message.ts'
import { seal, verify } from '../domain/envelope.ts'
import { CityCentre } from '../simulated/city-centre.ts'
import { addressIsRight } from './city-http.ts'
import { AT, caseOf, Desk, KEYS, ORDER, pass, withCentre } from './hotline-test-county.ts'

async function upload(county: TestCounty, login: string, source: Readable, name = '市工单.xlsx'): Promise<string> {
  const here = await county.here()
  const accountId = await county.inCounty(async (tx) => {
    const { rows } = await sql<{ id: number }>`select id from auth_account where login = ${login}`.execute(tx)
    return rows[0]!.id
  })
  const actor = { kind: 'staff', accountId, name: login, sessionId: 't', posts: [], unitIds: [], grants: [] } as const
  return (await receiveUpload(fileRoomOf(county.services, here), source, { name, actor })).id
}

const chief = (county: TestCounty): Promise<Session> => new Desk(county).as('cmd-gao')

describe('by file', () => {
  it('orders come in as the city exports them, each once, and what goes out is read by the city', () =>
    withTestCounty(async (county) => {
      const centre = new CityCentre(KEYS, () => county.clock.now())
      centre.give('SZ7001', ORDER)
      centre.give('SZ7002', {
        ...ORDER,
        title: '三幢路灯不亮',
        content: '香溪花苑三幢门口路灯不亮',
        callerPhone: '不详',
      })
      centre.remark('urge', 'SZ7001', '反映人再次来电')
      centre.remark('supervise', 'SZ7009', '工单还没有到').id
      const path = '/city-hotline/sheet'
      const fileId = await upload(county, 'cmd-gao', centre.sheet())
      const director = await chief(county)
      const counted = { taken: 3, repeated: 0, changed: 0, waiting: 1, problems: [] }
      expect(await director.post(path, { fileId, dryRun: true })).toEqual(counted)
      expect((await director.get('/city-hotline/orders')).items).toEqual([])
      expect(await director.post(path, { fileId, dryRun: false })).toEqual(counted)
      const again = await upload(county, 'cmd-gao', centre.sheet())
      expect(await director.post(path, { fileId: again, dryRun: false })).toMatchObject({ taken: 0, repeated: 4 })
      const { items } = await director.get('/city-hotline/orders')
      expect(items.map(({ number, urged }: { number: string; urged: number }) => [number, urged]).sort()).toEqual([
        ['SZ7001', 1],
        ['SZ7002', 0],
      ])
      const desk = new Desk(county)
      await desk.toSigned(await caseOf(county, 'SZ7001'))
      await county.settle()
      const app = await county.app()
      const fetchFile = async () => {
        const answer = await app.inject({
          method: 'POST',
          url: '/test/api/v1/city-hotline/outgoing',
          headers: (await chief(county)).headers,
          payload: {},
        })
        expect(answer.statusCode, answer.body).toBe(200)
        const table = await readTable(answer.rawPayload, 'a.xlsx', { titles: ['回执编号'] })
        const rows = []
        for await (const row of table.rows) rows.push(row.cells)
        return rows
      }
      const rows = await fetchFile()
      expect(rows.map((cells) => cells.slice(0, 4))).toEqual([['test:SZ7001:1:sign', 'SZ7001', '签收', 1]])
      const [key, number, , round, at, , words] = rows[0]!
      centre.take({ key, number, kind: 'sign', round, at: (at as Date).toISOString(), words } as CountyMessage)
      expect(centre.orders[0]).toMatchObject({ number: 'SZ7001', state: 'signed' })
      // What was exported is not exported again by itself.
      expect(await fetchFile()).toEqual([])
    }, AT))

  it('bad rows are told with their number, good ones are taken', () =>
    withTestCounty(async (county) => {
      const text = (title: string, key: string) => ({
        title,
        type: 'text' as const,
        value: (row: Record<string, string>) => row[key],
      })
      const at = '2026-10-12 09:30'
      const sheet = writeXlsx(
        [
          text('受理编号', 'n'),
          text('操作类型', 't'),
          text('交办时间', 'at'),
          text('反映内容', 'c'),
          text('满意度', 'r'),
        ],
        [
          { n: 'SZ8001', t: '', at, c: '路灯不亮，已经三天了' },
          { n: 'SZ8002', t: '派单', at: '昨天', c: '路灯不亮，已经三天了' },
          { n: 'SZ8003', t: '派单', at, c: '' },
          { n: 'SZ8001', t: '回访', at, c: '', r: '还行' },
          { n: 'SZ8001', t: '打分', at, c: '', r: '' },
          { n: '', t: '派单', at, c: '没有编号的一行' },
        ],
      )
      const fileId = await upload(county, 'cmd-gao', sheet)
      const done = await (await chief(county)).post('/city-hotline/sheet', { fileId, dryRun: false })
      expect(done.taken).toBe(1)
      expect(done.problems.map(({ row, problem }: { row: number; problem: string }) => [row, problem])).toEqual([
        [3, 'cell_not_date'],
        [4, 'content_missing'],
        [5, 'result_unknown'],
        [6, 'type_unknown'],
        [7, 'cell_required'],
      ])
    }, AT))
})

describe('reconciliation', () => {
  it('finds every planted difference and nothing else; sending and fetching again mends what can be mended', () =>
    withTestCounty(
      (county) =>
        withCentre(county, async (centre) => {
          const desk = new Desk(county)
          for (const n of [1, 2, 3, 4, 5, 6])
            centre.give(`SZ900${n}`, {
              ...ORDER,
              title: `${n} 幢飞线充电`,
              content: `${n} 幢有人从家里拉电线到楼道给电动车充电，请处理`,
            })
          await pass(county, 6)
          await desk.toSigned(await caseOf(county, 'SZ9001'))
          await desk.toSigned(await caseOf(county, 'SZ9002'))
          await pass(county, 1)
          const director = await chief(county)
          const today = { day: '2026-10-12' }
          const clean = await director.post('/city-hotline/reconciliations', today)
          expect(clean.differing).toBe(0)

          // Lost there: a receipt and with it the state, an order, a deadline; changed there: a deadline.
          centre.forget({ key: 'test:SZ9001:1:sign' })
          centre.alter('SZ9001', { state: 'toSign' })
          centre.forget({ number: 'SZ9003' })
          centre.alter('SZ9004', { replyDueAt: '2026-10-30T09:30:00.000Z' })
          // Lost here: a whole order, a word about another one; known there only: a message of nobody.
          await county.inCounty(async (tx) => {
            await sql`delete from city_hotline_notice where number = 'SZ9005'`.execute(tx)
            await sql`delete from city_hotline_round where order_id = (select id from city_hotline_order where number = 'SZ9005')`.execute(
              tx,
            )
            await sql`delete from city_hotline_order where number = 'SZ9005'`.execute(tx)
          })
          centre.remark('urge', 'SZ9006', '请加快')
          centre.take({
            key: 'somebody:else',
            kind: 'sign',
            number: 'SZ9002',
            round: 1,
            at: county.clock.now().toISOString(),
            words: '-',
          })
          const { runId } = await director.post('/city-hotline/reconciliations', today)
          const found = async (id: number) => {
            const { items } = await director.get(`/city-hotline/reconciliations/${id}`)
            return items.map(({ kind, number }: { kind: string; number: string }) => `${kind} ${number}`).sort()
          }
          expect(await found(runId)).toEqual([
            'dueDiffers SZ9004',
            'messageMissingThere SZ9001',
            'messageUnknownHere SZ9002',
            'noticeMissingHere SZ9006',
            'orderMissingHere SZ9005',
            'orderMissingThere SZ9003',
            'stateDiffers SZ9001',
          ])
          const done = await director.post(`/city-hotline/reconciliations/${runId}/mend`, {})
          expect(done).toEqual({ resent: 1, asked: 4, byHand: 2 })
          await county.settle()
          const after = await director.post('/city-hotline/reconciliations', today)
          // What only the city changed without saying so, and what only it has or lacks, is settled between people.
          expect(await found(after.runId)).toEqual([
            'dueDiffers SZ9004',
            'messageUnknownHere SZ9002',
            'orderMissingThere SZ9003',
          ])
          expect((await director.get('/city-hotline/orders?q=SZ9005')).items).toHaveLength(1)
          const app = await county.app()
          const file = await app.inject({
            url: `/test/api/v1/city-hotline/reconciliations/${runId}/export`,
            headers: director.headers,
          })
          const table = await readTable(file.rawPayload, 'a.xlsx', { titles: ['差异'] })
          const kinds = []
          for await (const row of table.rows) kinds.push(row.cells[0])
          expect(kinds.sort()).toEqual(
            ['县无此回执', '县缺市消息', '县缺工单', '市缺回执', '市缺工单', '时限不一致', '状态不一致'].sort(),
          )
        }),
      AT,
    ))

  it('runs by itself every evening, and by the city’s list as a file', () =>
    withTestCounty(
      (county) =>
        withCentre(county, async (centre) => {
          centre.give('SZ9101', ORDER)
          await pass(county, 6)
          county.clock.set('2026-10-12T10:31:00Z')
          await county.settle()
          county.clock.set('2026-10-13T10:31:00Z')
          await county.settle()
          const director = await chief(county)
          const { items } = await director.get('/city-hotline/reconciliations')
          expect(items).toMatchObject([
            { day: '2026-10-13', ours: 1, theirs: 1, differing: 0, by: null },
            { day: '2026-10-12', ours: 1, theirs: 1, differing: 0, by: null },
          ])
          const text = (title: string, index: number) => ({
            title,
            type: 'text' as const,
            value: (row: string[]) => row[index],
          })
          const list = writeXlsx(
            [text('工单号', 0), text('当前状态', 1)],
            [
              ['SZ9101', '已签收'],
              ['SZ9102', '待签收'],
            ],
          )
          const fileId = await upload(county, 'cmd-gao', list)
          const { runId } = await director.post('/city-hotline/reconciliations', { day: '2026-10-13', fileId })
          const run = await director.get(`/city-hotline/reconciliations/${runId}`)
          expect(run.items.map(({ kind, number }: { kind: string; number: string }) => [kind, number])).toEqual([
            ['orderMissingHere', 'SZ9102'],
            ['stateDiffers', 'SZ9101'],
          ])
        }),
      AT,
    ))
})

describe('the setting', () => {
  const SETTING = {
    form: 'api',
    inbound: 'push',
    address: 'https://12345.example.gov.cn/api',
    keyId: 'wz',
    signature: 'hmacSha256',
    cityPublicKey: null,
    pollMinutes: 5,
  }

  it('keeps its secret, asks for what is missing, and makes its own SM2 key', () =>
    withTestCounty(async (county) => {
      const admin = await new Desk(county).as('data-gu')
      const answer = await admin.raw('POST', '/city-hotline/adapter', SETTING)
      expect([answer.status, answer.body.code]).toEqual([422, 'city_hotline.key_missing'])
      const secret = 'only-both-sides-know-this'
      const saved = await admin.post('/city-hotline/adapter', { ...SETTING, secret })
      expect(saved).toMatchObject({ form: 'api', hasSecret: true, simulated: false })
      expect(JSON.stringify(saved)).not.toContain(secret)
      expect(await admin.post('/city-hotline/adapter', SETTING)).toMatchObject({ hasSecret: true })
      const wrong = await admin.raw('POST', '/city-hotline/adapter', { ...SETTING, address: 'http://127.0.0.1:9/api' })
      expect([wrong.status, wrong.body.code]).toEqual([422, 'city_hotline.address_wrong'])
      const city = sm2Generate()
      const sm2 = await admin.post('/city-hotline/adapter', {
        ...SETTING,
        signature: 'sm2',
        cityPublicKey: city.public.toString('hex'),
      })
      expect(sm2.ownPublicKey).toMatch(/^04[0-9a-f]{128}$/)
      // A name that no server has: told, never thrown.
      const tested = await admin.post('/city-hotline/adapter/test', {})
      expect(tested.ok).toBe(false)
    }, AT))

  it('leads nowhere inside', () => {
    for (const address of [
      'http://12345.example.gov.cn',
      'https://127.0.0.1/api',
      'https://localhost/api',
      'https://[::1]/api',
      'https://169.254.169.254/latest',
      'https://0.0.0.0/',
      'https://user:word@12345.example.gov.cn/',
      'https://[::ffff:127.0.0.1]/',
      'ftp://12345.example.gov.cn/',
      'none',
    ])
      expect(addressIsRight(address, false), address).toBe(false)
    expect(addressIsRight('https://12345.example.gov.cn/api', false)).toBe(true)
    expect(addressIsRight('https://10.1.2.3/api', false)).toBe(true)
    expect(addressIsRight('http://127.0.0.1:8080/api', true)).toBe(true)
  })

  it('signs by HMAC with SHA-256 or SM3 and by SM2', () => {
    const now = new Date('2026-10-12T02:00:00Z')
    for (const signature of ['hmacSha256', 'hmacSm3'] as const) {
      const keys = { ...KEYS, signature }
      expect(verify(keys, seal(keys, { a: '一' }, now), now)).toBe('good')
    }
    const here = sm2Generate()
    const there = sm2Generate()
    const side = (own: typeof here, other: typeof here) => ({
      keyId: 'k',
      signature: 'sm2' as const,
      secret: own.secret.toString('hex'),
      otherPublicKey: other.public.toString('hex'),
    })
    const sealed = seal(side(there, here), { a: '一' }, now)
    expect(verify(side(here, there), sealed, now)).toBe('good')
    expect(verify(side(here, here), sealed, now)).toBe('badSignature')
    expect(verify(side(here, there), { ...sealed, content: '{}' }, now)).toBe('badSignature')
  })
})
