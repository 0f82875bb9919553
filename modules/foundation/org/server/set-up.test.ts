import { describe, expect, it } from 'vitest'
import { actorOf } from '#modules/foundation/org/server/actor.store.ts'
import { demoAccounts } from '#modules/foundation/org/server/demo-accounts.ts'
import { loadDirectory, nameInitials } from '#modules/foundation/org/server/org.directory.ts'
import { sampleDepartmentCode } from '#modules/foundation/org/server/sample-county.ts'
import { seedOf } from '#modules/foundation/org/server/seed-of-county.ts'
import { DEMO_PASSWORD, setUpOrg, shortDivisionName, wuzhongSeed } from '#modules/foundation/org/server/set-up.ts'
import { grantsFor } from '#platform/access/actor.ts'
import { ManualClock } from '#platform/clock/clock.ts'
import { verifyPassword } from '#platform/crypto/password.ts'
import type { County } from '#platform/db/counties.ts'
import { sql, type Tx } from '#platform/db/db.ts'
import { withTestCounty } from '#platform/testing/test-county.ts'

const NOW = new Date('2026-09-30T01:00:00Z')

async function counts(tx: Tx): Promise<Record<string, number>> {
  const { rows } = await sql<Record<string, number>>`
    select (select count(*) from area_division) as divisions, (select count(*) from org_line) as lines,
           (select count(*) from org_unit) as units, (select count(*) from org_unit_line) as unit_lines,
           (select count(*) from org_post) as posts, (select count(*) from org_post_holding) as holdings,
           (select count(*) from auth_account) as accounts, (select count(*) from access_grant) as grants`.execute(tx)
  return rows[0]!
}

async function accountId(tx: Tx, login: string): Promise<number> {
  const { rows } = await sql<{ id: number }>`select id from auth_account where login = ${login}`.execute(tx)
  return rows[0]!.id
}

describe('names', () => {
  it('are shortened as people say them', () => {
    expect(shortDivisionName('香溪社区居委会')).toBe('香溪社区')
    expect(shortDivisionName('旺山村委会')).toBe('旺山村')
    expect(shortDivisionName('孙武花园社区居民委会')).toBe('孙武花园社区')
    expect(nameInitials('木渎镇')).toBe('MD')
    expect(nameInitials('长桥街道')).toBe('CQ')
    expect(nameInitials('甪直镇')).toBe('LZ')
    expect(nameInitials('A7县')).toBe('A7')
  })
})

describe('the demo county', () => {
  it('is set up whole, twice with the same outcome', async () => {
    await withTestCounty(async ({ inCounty }) => {
      const seed = wuzhongSeed()
      await inCounty(async (tx) => {
        await setUpOrg(tx, seed)
        const first = await counts(tx)
        expect(first.accounts).toBe(seed.accounts.length)
        expect(first.holdings).toBe(seed.posts.length)
        expect(first.units).toBeGreaterThanOrEqual(seed.units.length)
        // Other modules may add divisions of their own, e.g. dedicated grids.
        expect(first.divisions).toBeGreaterThanOrEqual(seed.divisions.length)
        await setUpOrg(tx, seed)
        expect(await counts(tx)).toEqual(first)
        const towns = await sql<{ n: number }>`select count(*) as n from area_division where level = 9`.execute(tx)
        expect(towns.rows[0]!.n).toBe(14)
        const hash = await sql<{ hash: string }>`
          select password_hash as hash from auth_account where login = 'data-gu'`.execute(tx)
        expect(await verifyPassword(hash.rows[0]!.hash, DEMO_PASSWORD)).toBe(true)
      })
    })
  })

  it('answers what the engine asks', async () => {
    await withTestCounty(async ({ inCounty }) => {
      await inCounty(async (tx) => {
        await setUpOrg(tx, wuzhongSeed())
        const clock = new ManualClock(NOW)
        const directory = await loadDirectory(tx, { clock, classNames: new Map([['C0101', '井盖']]) })
        const command = directory.unitAt('320506103', 'command')!
        expect(command.code).toBe('320506103-command')
        expect(directory.unit(command.id)).toBe(command)
        expect(directory.unitAt('320506103001', 'command')).toBeUndefined()
        expect(directory.triage()?.code).toBe('320506-command')
        expect(directory.unitAt('320506103001', 'property')?.limited).toBe(true)
        expect(directory.unitOfLine('urban-construction')?.code).toBe('320506-housing')
        expect(directory.unitOfLine('water')?.code).toBe('320506-water')
        expect(directory.unitOfLine('no-such')).toBeUndefined()
        expect(directory.lineName('water')).toBe('水务')
        expect(directory.divisionName('320506103001')).toBe('香溪社区')
        expect(directory.divisionInitials('320506103')).toBe('MD')
        expect(directory.className('C0101')).toBe('井盖')
        expect(directory.className('C9999')).toBeUndefined()
        const names = directory.holders(command.id, 'dutyChief').map((id) => directory.accountName(id))
        expect(names).toContain('陈国安')
        expect(directory.roles().has('gridWorker')).toBe(true)
        // Before anybody held a post nobody is found.
        clock.set('2024-01-01T00:00:00Z')
        expect(directory.holders(command.id, 'dutyChief')).toEqual([])
      })
    })
  })

  it('resolves what each post may do', async () => {
    await withTestCounty(async ({ inCounty }) => {
      await inCounty(async (tx) => {
        await setUpOrg(tx, wuzhongSeed())
        const chief = (await actorOf(tx, await accountId(tx, 'md-chen'), NOW, 'session'))!
        expect(chief.sessionId).toBe('session')
        expect(chief.posts.map((post) => [post.role, post.unitCode])).toEqual([['dutyChief', '320506103-command']])
        expect(grantsFor(chief, 'loop.report.file')).toEqual([
          { permission: 'loop.report.file', division: '320506103', line: null },
        ])
        const officer = (await actorOf(tx, await accountId(tx, 'md-wu'), NOW))!
        expect(
          grantsFor(officer, 'process.case.view')
            .map((grant) => grant.line)
            .sort(),
        ).toEqual(['environment', 'market-regulation', 'urban-construction'])
        const worker = (await actorOf(tx, await accountId(tx, 'md-wang'), NOW))!
        expect(worker.posts[0]!.division).toBe('320506103001003')
        expect(grantsFor(worker, 'process.case.view').map((grant) => grant.division)).toEqual(['320506103001003'])
        expect(grantsFor(worker, 'loop.report.inspect').map((grant) => grant.division)).toEqual(['320506103001'])
        const admin = (await actorOf(tx, await accountId(tx, 'data-gu'), NOW))!
        expect(grantsFor(admin, 'access.grant.manage')).toHaveLength(1)
        await sql`update auth_account set disabled_at = ${NOW} where login = 'md-chen'`.execute(tx)
        expect(await actorOf(tx, chief.accountId, NOW)).toBeUndefined()
        expect(await actorOf(tx, 999_999, NOW)).toBeUndefined()
      })
    })
  })

  it('names people worth offering on the log-in page', () => {
    const { accounts, password } = demoAccounts({ slug: 'wuzhong', regionPrefix: '320506', demo: true } as County)
    expect(password).toBe(DEMO_PASSWORD)
    expect(demoAccounts({ slug: 'wuzhong', regionPrefix: '320506', demo: false } as County).accounts).toEqual([])
    expect(accounts).toContainEqual({ login: 'data-gu', name: '顾文博', what: '区数据局管理员' })
  })
})

describe('the sample county', () => {
  const county = { slug: 'sample', name: '脱敏样例库', parentName: 'A市', regionPrefix: '999900', demo: true } as County

  it('has a department for each line and a command centre in each district', async () => {
    await withTestCounty(async ({ inCounty }) => {
      await inCounty(async (tx) => {
        await setUpOrg(tx, seedOf(county))
        const directory = await loadDirectory(tx, { clock: new ManualClock(NOW) })
        const water = directory.unitByCode(sampleDepartmentCode('999900', 'water'))!
        expect(water.lines).toEqual(['water'])
        expect(directory.holders(water.id, 'handler')).toHaveLength(1)
        expect(directory.unitByCode('999900-command')?.name).toBe('A市集成指挥中心')
        const districts = directory.divisions().filter((division) => division.parentCode === '999900')
        expect(districts.map((division) => division.name)).toContain('A7县')
        for (const district of districts) {
          const desk = directory.unitAt(district.code, 'command')!
          expect(directory.holders(desk.id, 'dutyChief')).toHaveLength(1)
        }
      })
    })
  })
})
