import { expect, it } from 'vitest'
import { sql } from '#platform/db/db.ts'
import type { Module } from '#platform/module/module.ts'
import { loadDefinitions } from '#platform/process/definition-shelf.ts'
import { publishShipped } from '#platform/process/publish-shipped.ts'
import { withTestCounty } from '#platform/testing/test-county.ts'

it('a newer version that comes with the system takes over from the shipped one, but not from one that officials wrote', () =>
  withTestCounty(async (county) => {
    const { body: report } = (await county.here()).definitions.current('report')
    const ship = (version: number) =>
      county.inCounty((tx) =>
        publishShipped(tx, [{ definitions: [{ ...report, version }] } as unknown as Module], county.clock.now()),
      )
    const versions = () =>
      county.inCounty(async (tx) => {
        const { rows } = await sql<{ version: number; status: string }>`
          select version, status from process_definition where key = 'report' order by version`.execute(tx)
        return rows.map(({ version, status }) => `${version} ${status}`)
      })
    const first = report.version
    await ship(first + 1)
    // Cases that run on the older one stay on it; it is there for them.
    expect(await versions()).toEqual([`${first} retired`, `${first + 1} published`])
    expect((await county.inCounty(loadDefinitions)).current('report').body.version).toBe(first + 1)
    await ship(first + 1)
    expect(await versions()).toHaveLength(2)

    await county.inCounty(async (tx) => {
      await sql`update process_definition set status = 'retired' where key = 'report'`.execute(tx)
      await sql`
        insert into process_definition (key, version, status, body, note, created_at, created_by, published_at)
        select 'report', ${first + 2}, 'published', body, '本县修改', created_at, (select min(id) from auth_account), created_at
          from process_definition where key = 'report' and version = ${first + 1}`.execute(tx)
    })
    await ship(first + 2)
    expect((await versions()).at(-1)).toBe(`${first + 2} published`)
    expect(await versions()).toHaveLength(3)
  }))
