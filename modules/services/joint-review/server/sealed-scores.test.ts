import { describe, expect, it } from 'vitest'
import { sql } from '#platform/db/db.ts'
import { actCommand } from '#platform/process/act.command.ts'
import type { ProcessDefinition } from '#platform/process/definition.ts'
import { publishDefinitionCommand, saveDefinitionCommand } from '#platform/process/definitions.command.ts'
import definition from '../process/joint-review.process.json' with { type: 'json' }
import { browserOf, documentText, EXPERTS, type ReviewCounty, SIGNERS, withReviewCounty } from './review-test-county.ts'

const SECRET = {
  necessity: 61.37,
  safety: 42.91,
  convenience: 73.19,
  recoverability: 58.63,
  comment: '封存评语：净高不足',
}
const NOTE = '随手备注：净高不足'
/** Digits are looked for as they would be written anywhere. */
const TRACES = ['61.37', '42.91', '73.19', '58.63', '封存评语', '随手备注', '净高不足']

async function toScoring(county: ReviewCounty): Promise<number> {
  const { id } = await county.request()
  await county.step('approval-tang', id, 'accept', await county.panel())
  for (const { login } of SIGNERS) await county.step(login, id, 'sign', { opinion: '同意', grounds: '无意见' })
  return id
}

async function score(county: ReviewCounty, login: string, id: number): Promise<void> {
  const { version } = await county.page(login, id)
  await county.act(login, actCommand, { id, action: 'score', version, form: SECRET, note: NOTE })
}

/** Everything that a logged-in person can read with nothing but the number of the case. */
async function everythingRead(county: ReviewCounty, login: string, id: number): Promise<[string, string][]> {
  const get = await browserOf(county, login)
  const read: [string, string][] = []
  const routes = [...county.house.queries, ...county.house.raw]
    .map((entry) => entry.route)
    .filter((route) => route.method === 'GET' && route.audience === 'staff' && route.name !== 'realtime.stream_changes')
  for (const route of routes) {
    const needs = Object.keys(route.input.properties).filter((name) => route.input.required?.includes(name))
    if (!needs.every((name) => ['id', 'format', 'template'].includes(name))) continue
    const known = new Set(Object.keys(route.input.properties))
    const query = new URLSearchParams({
      ...(known.has('format') ? { format: route.name === 'documents.render_case' ? 'pdf' : 'csv' } : {}),
      ...(known.has('q') && !route.path.includes(':') ? { q: '封存评语' } : {}),
    })
    const path = route.path.replace(':id', String(id)).replace(':template', 'case-file')
    for (const suffix of query.has('q') ? [`?${query}`, ''] : [query.size > 0 ? `?${query}` : '']) {
      const { status, body } = await get('GET', path + suffix)
      const isPdf = body.subarray(0, 5).toString() === '%PDF-'
      read.push([`${status} ${path}${suffix}`, isPdf ? await documentText(body, 'pdf') : body.toString('utf8')])
    }
  }
  return read
}

describe('sealed scores', () => {
  it(
    'cannot be read by anybody, anywhere, before the last one is in; then all at once',
    () =>
      withReviewCounty(async (county) => {
        // Somebody with every right there is.
        const admin = await county.idOf('data-gu')
        await county.asSystem(({ tx, now }) =>
          sql`insert into access_grant (account_id, permission, division_code, reason, valid_from)
          select ${admin}, p, '320506', '测试', ${now}
            from unnest(${[...county.services.permissions] as string[]}::text[]) as p`.execute(tx),
        )
        const id = await toScoring(county)
        await score(county, EXPERTS[0]!, id)
        await score(county, EXPERTS[1]!, id)
        await county.settle()

        const readers = ['data-gu', 'data-lu', EXPERTS[2]!, 'audit-shi']
        for (const login of readers) {
          const read = await everythingRead(county, login, id)
          expect(
            read.some(([what]) => what === `200 /cases/${id}`),
            login,
          ).toBe(true)
          expect(
            read.some(([what]) => what.startsWith(`200 /cases/${id}/documents/case-file`)),
            login,
          ).toBe(true)
          // A search answers with the question; nothing else may carry it.
          for (const [what, text] of read)
            for (const trace of TRACES)
              if (!what.includes('q=')) expect(text.includes(trace), `${trace} in ${what} for ${login}`).toBe(false)
              else
                expect(JSON.parse(text.startsWith('{') ? text : '{}').items ?? [], `${what} for ${login}`).toEqual([])
          const page = JSON.parse(read.find(([what]) => what === `200 /cases/${id}`)![1])
          const sealed = page.submissions.filter((one: { state: string }) => one.state === 'scoring')
          expect(sealed.map((one: { sealed: boolean; form: unknown }) => [one.sealed, one.form])).toEqual([
            [true, null],
            [true, null],
          ])
          expect(page.data.scoringResults ?? page.data.scores).toBeUndefined()
        }

        // Nor do the tables hold it in a readable way: trace, data, search, jobs, evidence, audit, idempotency.
        const { rows: tables } = await county.inCounty((tx) =>
          sql<{ name: string }>`select table_name as name from information_schema.tables
           where table_schema = current_schema() and table_type = 'BASE TABLE'`.execute(tx),
        )
        expect(tables.length).toBeGreaterThan(30)
        const found: string[] = []
        for (const { name } of tables) {
          const { rows } = await county.inCounty((tx) =>
            sql<{ n: number }>`select count(*) as n from ${sql.table(name)} t
             where t::text like any(${TRACES.map((trace) => `%${trace}%`)}::text[])`.execute(tx),
          )
          if (rows[0]!.n > 0) found.push(name)
        }
        expect(found).toEqual([])

        await score(county, EXPERTS[2]!, id)
        const open = await county.page('data-lu', id)
        expect(open.submissions.filter((one) => one.state === 'scoring').map((one) => one.form)).toEqual(
          Array.from({ length: 3 }, () => ({ ...SECRET, note: NOTE })),
        )
        expect(new Set(open.trace.filter((hop) => hop.action === 'score').map((hop) => hop.note))).toEqual(
          new Set([null]),
        )
      }, '2026-10-12T02:00:00Z'),
    180_000,
  )

  it('stay sealed under a definition that asks the engine to keep them', () =>
    withReviewCounty(async (county) => {
      const curious = structuredClone(definition) as unknown as ProcessDefinition
      curious.version = 2
      curious.actions.score!.keep = ['necessity', 'comment']
      const saved = await county.act('data-gu', saveDefinitionCommand, { body: curious as never, note: '试改评分' })
      expect(saved.findings.filter((finding) => finding.level === 'error')).toEqual([])
      await county.act('data-gu', publishDefinitionCommand, { definitionId: saved.id })
      const id = await toScoring(county)
      await score(county, EXPERTS[0]!, id)
      const { rows } = await county.inCounty((tx) =>
        sql<{ data: string }>`select data::text from process_case where id = ${id}`.execute(tx),
      )
      for (const trace of TRACES) expect(rows[0]!.data).not.toContain(trace)
    }, '2026-10-12T02:00:00Z'))
})
