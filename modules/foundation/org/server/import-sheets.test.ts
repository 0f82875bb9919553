import { expect, it } from 'vitest'
import { sql } from '#platform/db/db.ts'
import { readTable } from '#platform/tables/read-table.ts'
import { logInAs } from '#platform/testing/log-in-as.ts'
import { type TestCounty, withTestCounty } from '#platform/testing/test-county.ts'
import { accountSheet, divisionSheet, type SheetImport } from './import-sheets.ts'

async function take(county: TestCounty, sheet: SheetImport, lines: string[]) {
  const titles = sheet.columns.map((column) => column.title).join(',')
  const table = await readTable(Buffer.from([titles, ...lines].join('\r\n')), 'sheet.csv')
  return county.asSystem((context) => sheet.run(context, table))
}

const codes = (result: Awaited<ReturnType<typeof take>>) =>
  result.bad.map(({ number, problems }) => [number, problems.map((problem) => problem.code)])

it('takes divisions whole or not at all, those above first, and changes names of known ones', async () => {
  await withTestCounty(async (county) => {
    const bad = await take(county, divisionSheet, [
      '320506990,新镇,,120.5,31.2',
      '320506991001,无上级村,,,',
      '32050699,位数不对,,,',
      '320585001,别的县,,,',
      '320506990,又一次,,200,31',
    ])
    expect(codes(bad)).toEqual([
      [3, ['org.sheet_no_parent']],
      [4, ['org.sheet_division_code']],
      [5, ['org.sheet_other_county']],
      [6, ['org.sheet_twice', 'org.sheet_point']],
    ])
    const count = () =>
      county.inCounty((tx) =>
        sql<{ name: string; parent: string; lon: number }>`
          select name, parent_code as parent, center[0] as lon from area_division where code like '320506990%'
           order by code`.execute(tx),
      )
    expect((await count()).rows).toEqual([])
    const good = await take(county, divisionSheet, ['320506990,新镇,,120.5,31.2', '320506990001,新村,,,'])
    expect(good.taken).toBe(2)
    await take(county, divisionSheet, ['320506990,改名镇,,,'])
    expect((await count()).rows).toEqual([
      { name: '改名镇', parent: '320506', lon: 120.5 },
      { name: '新村', parent: '320506990', lon: null },
    ])
  })
})

it('opens accounts with a post each; the first password works and must be changed', async () => {
  await withTestCounty(async (county) => {
    const bad = await take(county, accountSheet, [
      'md-zhou,重名,,,',
      'Wang Wu,王五,,,',
      'li.si,李四,320506-nowhere,受理员,',
      'zhao.liu,赵六,320506-command,,',
    ])
    expect(codes(bad)).toEqual([
      [2, ['org.login_taken']],
      [3, ['org.sheet_login']],
      [4, ['org.sheet_no_unit']],
      [5, ['org.sheet_unit_and_post']],
    ])
    const { passwords } = await take(county, accountSheet, [
      'li.si,李四,320506-command,受理员,',
      'qian.qi,钱七,320506-command,受理员,',
    ])
    expect(passwords.map(({ login }) => login)).toEqual(['li.si', 'qian.qi'])
    const person = await logInAs(county, 'li.si', passwords[0]!.password)
    const me = await person.get('/auth/me')
    expect(me.posts).toMatchObject([{ role: 'intakeClerk', unitCode: '320506-command' }])
    const { rows } = await county.inCounty((tx) =>
      sql<{ must: boolean; posts: number }>`
        select bool_and(a.must_change_password) as must, count(distinct h.post_id) as posts
          from auth_account a join org_post_holding h on h.account_id = a.id
         where a.login in ('li.si', 'qian.qi')`.execute(tx),
    )
    expect(rows).toEqual([{ must: true, posts: 2 }])
  })
})
