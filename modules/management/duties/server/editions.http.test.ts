import ExcelJS from 'exceljs'
import type { FastifyInstance } from 'fastify'
import { expect, it } from 'vitest'
import { DEMO_PASSWORD, setUpOrg, wuzhongSeed } from '#modules/foundation/org/public.ts'
import { loadDuties } from '#modules/management/duties/server/duties.store.ts'
import { takeEffect } from '#modules/management/duties/server/edition.commands.ts'
import { runAsSystem } from '#platform/command/command.ts'
import { withTestCounty } from '#platform/testing/test-county.ts'

const BASE = '/test/api/v1'
const TOWN = '320506103'
const DOCUMENT = '吴编办〔2026〕18 号'

let keys = 0

async function bureau(app: FastifyInstance) {
  const origin = { host: 'localhost', origin: 'http://localhost' }
  const payload = { login: 'data-gu', password: DEMO_PASSWORD }
  const entered = await app.inject({ method: 'POST', url: `${BASE}/auth/log-in`, headers: origin, payload })
  const cookies = Object.fromEntries(entered.cookies.map(({ name, value }) => [name, value]))
  return async (method: 'GET' | 'POST', path: string, body?: object) => {
    keys += 1
    const answer = await app.inject({
      method,
      url: BASE + path,
      cookies,
      headers: {
        ...origin,
        'x-yiti-csrf': cookies.yiti_csrf_test ?? '',
        'idempotency-key': `00000000-0000-4000-8000-${String(keys).padStart(12, '0')}`,
      },
      ...(body ? { payload: body } : {}),
    })
    const json = String(answer.headers['content-type']).includes('json')
    // biome-ignore lint/suspicious/noExplicitAny: answers of every shape
    return { status: answer.statusCode, body: (json ? answer.json() : null) as any, file: answer.rawPayload }
  }
}

/** Changes a workbook as somebody at a spreadsheet does. */
async function edited(file: Buffer, change: (book: ExcelJS.Workbook) => void): Promise<string> {
  const book = new ExcelJS.Workbook()
  // biome-ignore lint/suspicious/noExplicitAny: the library's own Buffer type
  await book.xlsx.load(file as any)
  change(book)
  return Buffer.from(await book.xlsx.writeBuffer()).toString('base64')
}

/** The cell under a title in the row that begins with a code. */
function cell(book: ExcelJS.Workbook, sheet: string, code: string, title: string): ExcelJS.Cell {
  const table = book.getWorksheet(sheet)!
  const titles = table.getRow(2).values as unknown[]
  for (let row = 3; row <= table.rowCount; row++)
    if (table.getCell(row, 1).text === code) return table.getCell(row, titles.indexOf(title))
  throw new Error(`no row ${code}`)
}

it('the book goes out, comes back with a fault, is mended, published, holds from its day, and is taken back', () =>
  withTestCounty(async (county) => {
    await county.inCounty((tx) => setUpOrg(tx, wuzhongSeed()))
    county.house.forget()
    const app = await county.app()
    let call = await bureau(app)
    const ok = async (method: 'GET' | 'POST', path: string, body?: object) => {
      const answer = await call(method, path, body)
      expect([path, answer.status, answer.body?.code]).toEqual([path, 200, answer.body?.code])
      return answer
    }
    const refused = async (path: string, body: object) => (await call('POST', path, body)).body.code
    const routed = async (query = '') =>
      (await ok('GET', `/duties/route?classCode=E0504&placeKind=street&town=${TOWN}${query}`)).body.lead?.code
    const { file } = await ok('GET', '/duties/book-export')
    const own = await ok('GET', '/duties/items?classCode=E0504')
    const code: string = own.body.items[0].code
    const give = (content: string, validFrom = '2026-10-12') =>
      call('POST', '/duties/editions', { fileName: '职责清单.xlsx', content, documentNumber: DOCUMENT, validFrom })

    // As it went out, it changes nothing and has no fault.
    const unchanged = await give(await edited(file, () => {}))
    expect([unchanged.status, unchanged.body.changes, unchanged.body.errors]).toEqual([200, [], 0])
    expect(
      await refused(`/duties/editions/${unchanged.body.id}/publish`, {
        documentNumber: DOCUMENT,
        validFrom: '2026-10-12',
      }),
    ).toBe('duties.edition_empty')

    const faulty = await give(
      await edited(file, (book) => {
        cell(book, '职责清单', code, '主办').value = '镇街不存在的局'
        cell(book, '事件类别', 'E0504', '处置时限').value = '尽快'
      }),
    )
    const faults = faulty.body.problems.filter((one: { weight: string }) => one.weight === 'error')
    expect(faults.map(({ sheet, column }: never) => [sheet, column])).toEqual([
      ['事件类别', '处置时限'],
      ['职责清单', '主办'],
    ])
    expect(faults[1].row).toBeGreaterThan(2)
    expect(faults[1].reason).toMatch(/镇街不存在的局/)
    expect(faulty.body.changes).toEqual([])
    const publishing = { documentNumber: DOCUMENT, validFrom: '2026-10-12' }
    expect(await refused(`/duties/editions/${faulty.body.id}/publish`, publishing)).toBe('duties.edition_faulty')

    // The file with the reasons is mended in place and sent again.
    const toMend = await ok('GET', `/duties/editions/${faulty.body.id}/file`)
    const mended = await edited(toMend.file, (book) => {
      expect(cell(book, '职责清单', code, '错误原因').text).toMatch(/^主办：/)
      cell(book, '职责清单', code, '主办').value = '镇街安监办'
      cell(book, '事件类别', 'E0504', '处置时限').value = '2紧急工作时'
      cell(book, '事件类别', 'E0504', '可转调解').value = '是'
    })
    const names = (await ok('GET', '/duties/options')).body.units as { code: string; name: string }[]
    const safety = names.find((one) => one.code === 'town:safety')!.name
    const good = await give(
      await edited(Buffer.from(mended, 'base64'), (book) => {
        cell(book, '职责清单', code, '主办').value = safety
      }),
    )
    expect([good.body.errors, good.body.counts]).toEqual([0, { added: 0, changed: 2, removed: 0 }])
    const id = good.body.id
    const trial = await ok('GET', `/duties/editions/${id}/history`)
    expect(trial.body).toMatchObject({ looked: 0, changed: 0, moves: [] })

    expect(await refused(`/duties/editions/${id}/publish`, { ...publishing, validFrom: '2026-09-30' })).toBe(
      'duties.edition_too_early',
    )
    expect(await refused(`/duties/editions/${id}/publish`, { ...publishing, documentNumber: '口头通知' })).toBe(
      'duties.document_missing',
    )
    const before = await routed()
    expect((await ok('POST', `/duties/editions/${id}/publish`, publishing)).body).toMatchObject({
      state: 'published',
      inForce: false,
    })
    expect(await routed()).toBe(before)
    expect(await routed('&on=2026-10-12')).toBe(`${TOWN}-safety`)

    // Withdrawn before it begins, all stands as it did; then it is published after all.
    await ok('POST', `/duties/editions/${id}/withdraw`, { reason: '文号有误' })
    expect(await routed('&on=2026-10-12')).toBe(before)
    const again = (
      await give(
        await edited(Buffer.from(mended, 'base64'), (book) => {
          cell(book, '职责清单', code, '主办').value = safety
        }),
      )
    ).body.id
    await ok('POST', `/duties/editions/${again}/publish`, publishing)
    const rival = (
      await give(
        await edited(file, (book) => {
          cell(book, '职责清单', code, '条款内容').value = '另一处改动'
        }),
        '2026-10-10',
      )
    ).body
    expect(
      rival.problems
        .filter(({ weight }: { weight: string }) => weight === 'error')
        .map((one: { code: string }) => one.code),
    ).toContain('duties.later_version')

    // Everything switches at midnight, from memory, without the worker and without a restart.
    const limits = async () => (await ok('GET', '/duties/classes/E0504')).body
    county.clock.set('2026-10-11T23:59:59+08:00')
    call = await bureau(app)
    expect([await routed(), (await limits()).mediation]).toEqual([before, false])
    county.clock.set('2026-10-12T00:00:00+08:00')
    expect([await routed(), (await limits()).mediation]).toEqual([`${TOWN}-safety`, true])
    expect((await limits()).limits.handle).toEqual({ value: 2, unit: 'urgentHour' })
    expect(await refused(`/duties/editions/${again}/withdraw`, { reason: '晚了' })).toBe('duties.edition_begun')

    // The worker lets it begin for those that ask without an instant; a second run changes nothing.
    const everyday = () => county.inCounty(async (tx) => (await loadDuties(tx)).classOf('E0504')!.mediation)
    expect(await everyday()).toBe(false)
    const here = await county.here()
    for (let run = 0; run < 2; run++)
      await runAsSystem(county.services, here, 'jobs', (context) => takeEffect(context, {}))
    expect(await everyday()).toBe(true)
    expect((await limits()).mediation).toBe(true)

    const undo = await ok('POST', `/duties/editions/${again}/undo`, { ...publishing, validFrom: '2026-11-02' })
    expect(undo.body).toMatchObject({ kind: 'undo', undoes: again, counts: { added: 0, changed: 2, removed: 0 } })
    await ok('POST', `/duties/editions/${undo.body.id}/publish`, { ...publishing, validFrom: '2026-11-02' })
    county.clock.set('2026-11-02T08:00:00+08:00')
    call = await bureau(app)
    expect([await routed(), (await limits()).mediation]).toEqual([before, false])
    expect(await routed('&on=2026-10-20')).toBe(`${TOWN}-safety`)
    const listed = await ok('GET', '/duties/editions')
    expect(listed.body.items.filter((one: { inForce: boolean }) => one.inForce)).toHaveLength(2)
  }))

it('a version may add, end and let villages lead only what is on their list', () =>
  withTestCounty(async (county) => {
    await county.inCounty((tx) => setUpOrg(tx, wuzhongSeed()))
    county.house.forget()
    const call = await bureau(await county.app())
    const { file } = await call('GET', '/duties/book-export')
    const give = async (change: (book: ExcelJS.Workbook) => void) =>
      (
        await call('POST', '/duties/editions', {
          fileName: '职责清单.xlsx',
          content: await edited(file, change),
          documentNumber: DOCUMENT,
          validFrom: '2026-10-12',
        })
      ).body
    const row = [
      '',
      'G0206',
      '飞线充电',
      '公园绿地',
      '基本履职',
      '第一类第 301 条',
      '公园飞线充电由村委会劝导。',
      '村（居）委会',
      '',
    ]
    const bare = await give((book) => void book.getWorksheet('职责清单')!.addRow(row))
    expect(
      bare.problems
        .filter((one: { weight: string }) => one.weight === 'error')
        .map((one: { code: string }) => one.code),
    ).toEqual(['duties.village_not_listed'])
    const listed = await give((book) => {
      book.getWorksheet('职责清单')!.addRow(row)
      book.getWorksheet('村级工作事务清单')!.addRow(['', 'G0206', '', '飞线充电劝导', '自办'])
      const items = book.getWorksheet('职责清单')!
      items.spliceRows(3, 1)
    })
    expect([listed.errors, listed.counts]).toEqual([0, { added: 2, changed: 0, removed: 1 }])
    const twice = await give((book) => {
      const items = book.getWorksheet('职责清单')!
      items.addRow(['X-1', ...(items.getRow(3).values as unknown[]).slice(2)])
    })
    expect(
      twice.problems
        .filter((one: { weight: string }) => one.weight === 'error')
        .map((one: { code: string }) => one.code),
    ).toEqual(['duties.claimed_twice'])
    const none = await call('POST', '/duties/editions', {
      fileName: 'a.xlsx',
      content: Buffer.from('not a table').toString('base64'),
      documentNumber: DOCUMENT,
      validFrom: '2026-10-12',
    })
    expect([none.status, none.body.code]).toEqual([415, 'tables.format_unknown'])
  }))
