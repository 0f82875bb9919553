import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { withOrgCounty } from '#modules/foundation/org/server/org-test-county.ts'
import { sql } from '#platform/db/db.ts'
import { loadWrittenCases } from './load-written-cases.ts'

const { cases: written } = JSON.parse(
  readFileSync(join(import.meta.dirname, '../seed/cases-wuzhong.json'), 'utf8'),
) as { cases: { stage: string }[] }

it('the written cases are history: what is overdue is flagged, but nobody is told or answered again', () =>
  withOrgCounty(async (county) => {
    county.clock.set('2026-11-23T02:00:00Z')
    await loadWrittenCases({
      services: county.services,
      here: await county.here(),
      actor: (login) => county.actor(login),
      progress: () => {},
      signal: new AbortController().signal,
    })
    await county.settle()
    const { rows } = await county.inCounty((tx) =>
      sql<{ cases: number; overdue: number; answered: number }>`
        select count(*) as cases, count(*) filter (where overdue) as overdue,
               count(*) filter (where closed_at is not null and data ? 'reply') as answered
          from process_case`.execute(tx),
    )
    // None was refused on its way: each ends where its script does.
    expect(rows[0]!.cases).toBe(written.length)
    expect(rows[0]!.overdue).toBeGreaterThan(0)
    expect(rows[0]!.answered).toBeGreaterThan(0)
    expect(await county.count('notify_message')).toBe(0)
    expect(await county.count('notify_delivery')).toBe(0)
    // From now on it is as live as any other case.
    county.clock.set('2026-11-25T09:00:00Z')
    await county.settle()
    expect(await county.count('notify_message')).toBeGreaterThan(0)
  }))
