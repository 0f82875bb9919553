import { randomUUID } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { appointCommand } from '#modules/foundation/org/server/appoint.command.ts'
import { changeUnitCommand } from '#modules/foundation/org/server/change-unit.command.ts'
import { createAccountCommand } from '#modules/foundation/org/server/create-account.command.ts'
import { createPostCommand } from '#modules/foundation/org/server/create-post.command.ts'
import { createUnitCommand } from '#modules/foundation/org/server/create-unit.command.ts'
import { endHoldingCommand } from '#modules/foundation/org/server/end-holding.command.ts'
import { findColleaguesQuery } from '#modules/foundation/org/server/find-colleagues.query.ts'
import { getAccountQuery } from '#modules/foundation/org/server/get-account.query.ts'
import { getUnitQuery } from '#modules/foundation/org/server/get-unit.query.ts'
import { giveGrantCommand } from '#modules/foundation/org/server/give-grant.command.ts'
import { listAccountsQuery } from '#modules/foundation/org/server/list-accounts.query.ts'
import { listGrantsQuery } from '#modules/foundation/org/server/list-grants.query.ts'
import { listUnitsQuery } from '#modules/foundation/org/server/list-units.query.ts'
import { orgDirectory } from '#modules/foundation/org/server/org.directory.ts'
import { manageableUnit, mayManageUnit } from '#modules/foundation/org/server/org.policy.ts'
import { type OrgCounty, refusal, withOrgCounty } from '#modules/foundation/org/server/org-test-county.ts'
import { createResetLinkCommand } from '#modules/foundation/org/server/reset-account.command.ts'
import { retirePostCommand } from '#modules/foundation/org/server/retire-post.command.ts'
import { retireUnitCommand } from '#modules/foundation/org/server/retire-unit.command.ts'
import { disableAccountCommand, enableAccountCommand } from '#modules/foundation/org/server/suspend-account.command.ts'
import { withdrawGrantCommand } from '#modules/foundation/org/server/withdraw-grant.command.ts'
import { grantsFor, holdsPermission, type StaffActor } from '#platform/access/actor.ts'
import { runCommand } from '#platform/command/command.ts'
import { verifyPassword } from '#platform/crypto/password.ts'
import { sql } from '#platform/db/db.ts'

const ADMIN = 'data-gu'
const reason = '测试依据'

/** Gives the township's 党政办 clerk the administration of 木渎镇 alone. */
async function makeTownAdmin(county: OrgCounty): Promise<string> {
  const post = await county.postId('320506103-party-office.handler')
  await county.inCounty(async (tx) => {
    await sql`
      insert into access_grant (post_id, permission, reason, valid_from)
      select ${post}, p, '镇级管理员', '2025-01-01' from unnest(array['org.unit.manage', 'org.account.manage',
        'access.grant.manage', 'process.case.view']) as p`.execute(tx)
    await sql`update access_revision set revision = revision + 1`.execute(tx)
  })
  const { rows } = await county.inCounty((tx) =>
    sql<{ login: string }>`
      select a.login from auth_account a join org_post_holding h on h.account_id = a.id where h.post_id = ${post}`.execute(
      tx,
    ),
  )
  return rows[0]!.login
}

describe('units and posts', () => {
  it('are set up, renamed, and abolished once nothing hangs on them', async () => {
    await withOrgCounty(async (county) => {
      const input = {
        divisionCode: '320506103',
        kind: 'archive',
        name: '木渎镇档案室',
        shortName: '木渎档案室',
        lines: [],
        reason,
      }
      const { id } = await county.act(ADMIN, createUnitCommand, input)
      const second = await county.act(ADMIN, createUnitCommand, { ...input, name: '木渎镇第二档案室' })
      const page = await county.ask(ADMIN, getUnitQuery, { id: second.id })
      expect(page.unit.code).toBe('320506103-archive-2')
      expect(page.can).toEqual({ manage: true, appoint: true })
      expect((await county.here()).directory.unitAt('320506103', 'archive')?.id).toBe(id)

      const renamed = {
        id,
        version: 1,
        name: '木渎镇档案馆',
        shortName: '木渎档案馆',
        lines: ['party-government'],
        reason,
      }
      await county.act(ADMIN, changeUnitCommand, renamed)
      expect(await refusal(county.act(ADMIN, changeUnitCommand, renamed))).toBe('org.version_conflict')
      expect((await county.here()).directory.unit(id)?.name).toBe('木渎镇档案馆')

      const post = await county.act(ADMIN, createPostCommand, { unitId: id, role: 'handler', name: '档案员', reason })
      const outside = { unitId: id, role: 'handler', name: '档案员', divisionCode: '320506100', reason }
      expect(await refusal(county.act(ADMIN, createPostCommand, outside))).toBe('org.division_outside_unit')
      const holding = await county.act(ADMIN, appointCommand, {
        postId: post.id,
        accountId: await county.idOf('md-wu'),
        reason,
      })
      expect(await refusal(county.act(ADMIN, retirePostCommand, { postId: post.id, reason }))).toBe('org.post_is_held')
      expect(await refusal(county.act(ADMIN, retireUnitCommand, { id, version: 2, reason }))).toBe(
        'org.unit_has_people',
      )
      await county.act(ADMIN, endHoldingCommand, { holdingId: holding.id, reason })
      await county.act(ADMIN, retireUnitCommand, { id, version: 2, reason })
      const { directory } = await county.here()
      expect(directory.unitAt('320506103', 'archive')?.id).toBe(second.id)
      // Cases of the past still name it.
      expect(directory.unit(id)?.name).toBe('木渎镇档案馆')
    })
  })

  it('keeps the county its only command centre', async () => {
    await withOrgCounty(async (county) => {
      const id = await county.unitId('320506-command')
      await county.inCounty((tx) => sql`delete from org_post_holding`.execute(tx).then(() => undefined))
      await county.inCounty((tx) =>
        sql`insert into org_post_holding (post_id, account_id, since, reason, created_at)
            select p.id, a.id, '2025-01-01', '测试', '2025-01-01' from org_post p, auth_account a
             where p.code = '320506-data.bureauAdmin' and a.login = ${ADMIN}`.execute(tx),
      )
      expect(await refusal(county.act(ADMIN, retireUnitCommand, { id, version: 1, reason }))).toBe(
        'org.last_triage_unit',
      )
    })
  })

  it('are searched and paged', async () => {
    await withOrgCounty(async (county) => {
      const first = await county.ask('md-zhou', listUnitsQuery, { under: '320506103', limit: 5 })
      expect(first.items).toHaveLength(5)
      expect(first.can.create).toBe(false)
      expect(first.items.every((unit) => !unit.can.manage)).toBe(true)
      const seen = new Set(first.items.map((unit) => unit.id))
      let next = first.next
      while (next) {
        const page = await county.ask('md-zhou', listUnitsQuery, { under: '320506103', limit: 50, cursor: next })
        for (const unit of page.items) seen.add(unit.id)
        next = page.next
      }
      expect(seen.size).toBe(first.total)
      const found = await county.ask('md-zhou', listUnitsQuery, { q: '木渎镇综合' })
      expect(found.items.map((unit) => unit.code)).toEqual(['320506103-enforcement'])
      expect(await refusal(county.ask('md-zhou', listUnitsQuery, { cursor: 'nonsense' }))).toBe('platform.bad_cursor')
    })
  })
})

describe('policy', () => {
  it('says the same in SQL and for one unit, on any grants', async () => {
    await withOrgCounty(async (county) => {
      const grant = fc.record({
        permission: fc.constantFrom('org.unit.manage', 'org.*', 'process.case.view'),
        division: fc.constantFrom('320506', '320506103', '320506100', '320506103001'),
        line: fc.constantFrom(null, null, 'urban-construction', 'environment', 'market-regulation', 'party-government'),
      })
      await county.inCounty(async (tx) => {
        await fc.assert(
          fc.asyncProperty(fc.array(grant, { maxLength: 5 }), async (grants) => {
            const actor = { kind: 'staff', accountId: 0, grants } as unknown as StaffActor
            const { rows } = await sql<{ division: string; lines: string[]; manageable: boolean }>`
              select u.division_code as division, ${manageableUnit(actor, 'org.unit.manage', 'u')} as manageable,
                     array(select line_code from org_unit_line where unit_id = u.id) as lines
                from org_unit u where u.id % 7 = 0 or u.division_code = '320506103'`.execute(tx)
            for (const unit of rows)
              expect({ unit, may: unit.manageable }).toEqual({
                unit,
                may: mayManageUnit(actor, 'org.unit.manage', unit),
              })
          }),
          { numRuns: 60 },
        )
      })
    })
  })
})

describe('accounts', () => {
  it('begin with a password shown once, are reset by a code, and are shut at once', async () => {
    await withOrgCounty(async (county) => {
      const input = {
        login: 'md-new',
        name: '新人',
        postId: await county.postId('320506103-enforcement.handler'),
        reason,
      }
      const call = {
        actor: await county.actor(ADMIN),
        input,
        idempotencyKey: randomUUID(),
        request: { traceId: 't', address: null },
      }
      const here = await county.here()
      const made = await runCommand(county.services, here, createAccountCommand, call)
      const again = await runCommand(county.services, here, createAccountCommand, call)
      expect(again).toEqual({ ...made, initialPassword: null })
      const { rows } = await county.inCounty((tx) =>
        sql<{ hash: string; must: boolean }>`
          select password_hash as hash, must_change_password as must from auth_account where id = ${made.id}`.execute(
          tx,
        ),
      )
      expect(rows[0]!.must).toBe(true)
      expect(await verifyPassword(rows[0]!.hash, made.initialPassword!)).toBe(true)
      expect(holdsPermission(await county.actor('md-new'), 'loop.report.handle')).toBe(true)
      expect(await refusal(county.act(ADMIN, createAccountCommand, { ...input, postId: undefined }))).toBe(
        'org.login_taken',
      )

      const link = await county.act(ADMIN, createResetLinkCommand, { id: made.id, reason })
      expect(link.code!.length).toBeGreaterThan(20)
      await county.act(ADMIN, disableAccountCommand, { id: made.id, reason })
      expect(orgDirectory(await county.here()).isActive(made.id)).toBe(false)
      expect(
        await refusal(
          county.actor('md-new').then(
            () => undefined,
            () => Promise.reject({ code: 'gone' }),
          ),
        ),
      ).toBe('gone')
      expect(await refusal(county.act(ADMIN, createResetLinkCommand, { id: made.id, reason }))).toBe(
        'org.account_disabled',
      )
      await county.act(ADMIN, enableAccountCommand, { id: made.id, reason })
      expect((await county.actor('md-new')).posts).toHaveLength(1)
    })
  })

  it('are never managed by their owner, nor beyond the administrator’s territory', async () => {
    await withOrgCounty(async (county) => {
      const town = await makeTownAdmin(county)
      const own = await county.idOf(ADMIN)
      expect(await refusal(county.act(ADMIN, disableAccountCommand, { id: own, reason }))).toBe('org.not_oneself')

      const all = await county.ask(ADMIN, listAccountsQuery, { limit: 1 })
      expect(all.total).toBe(await county.count('auth_account'))
      const mine = await county.ask(town, listAccountsQuery, { limit: 200 })
      expect(mine.total).toBeLessThan(all.total)
      expect(mine.items.every((account) => account.login.startsWith('md-'))).toBe(true)
      expect(mine.can.createWithoutPost).toBe(false)
      expect(mine.items.find((account) => account.login === town)!.can.manage).toBe(false)

      // Out of the territory reads as absent.
      const elsewhere = await county.idOf('lz-shen')
      expect(await refusal(county.ask(town, getAccountQuery, { id: elsewhere }))).toBe('platform.not_found')
      expect(await refusal(county.act(town, createResetLinkCommand, { id: elsewhere, reason }))).toBe(
        'platform.not_found',
      )

      // Somebody with a second post in the county is seen, not taken over.
      const shared = await county.idOf('md-wu')
      await county.act(ADMIN, appointCommand, {
        postId: await county.postId('320506-fire.handler.A'),
        accountId: shared,
        reason,
      })
      const page = await county.ask(town, getAccountQuery, { id: shared })
      expect(page.can.manage).toBe(false)
      expect(await refusal(county.act(town, createResetLinkCommand, { id: shared, reason }))).toBe('org.beyond_scope')

      const outside = await county.postId('320506100-command.dutyChief.A')
      const made = { login: 'lz-new', name: '新人', postId: outside, reason }
      expect(await refusal(county.act(town, createAccountCommand, made))).toBe('org.beyond_scope')
      expect(await refusal(county.act(town, createAccountCommand, { ...made, postId: undefined }))).toBe(
        'org.needs_post',
      )
    })
  })

  it('are found by colleagues without their log-ins', async () => {
    await withOrgCounty(async (county) => {
      const { items } = await county.ask('md-zhou', findColleaguesQuery, { q: '吴志坚' })
      expect(items).toHaveLength(1)
      expect(items[0]!.unit.code).toBe('320506103-enforcement')
      expect(JSON.stringify(items)).not.toContain('md-wu')
      const page = await county.ask('md-zhou', getUnitQuery, { id: items[0]!.unit.id })
      expect(JSON.stringify(page)).not.toContain('md-wu')
    })
  })
})

describe('acting posts', () => {
  it('count from their beginning to their end, and go on the record', async () => {
    await withOrgCounty(async (county) => {
      const chief = await county.idOf('md-chen')
      const deputy = await county.idOf('md-zhou')
      const postId = await county.postId('320506103-command.dutyChief.A')
      const acting = {
        postId,
        accountId: deputy,
        forAccountId: chief,
        since: '2026-10-01T00:00:00Z',
        until: '2026-10-09T00:00:00Z',
        reason: '国庆值班',
      }
      expect(await refusal(county.act(ADMIN, appointCommand, { ...acting, until: undefined }))).toBe(
        'org.acting_needs_end',
      )
      const files = async () => grantsFor(await county.actor('md-zhou'), 'loop.report.file').length > 0
      await county.act(ADMIN, appointCommand, acting)
      expect(await files()).toBe(false)
      county.clock.set('2026-10-01T00:00:00Z')
      expect(await files()).toBe(true)
      expect((await county.actor('md-zhou')).posts.find((post) => post.acting)?.role).toBe('dutyChief')
      county.clock.set('2026-10-09T00:00:00Z')
      expect(await files()).toBe(false)
      const evidence = await county.inCounty((tx) =>
        sql<{ n: number }>`select count(*) as n from evidence_entry where kind = 'org.appointed'`.execute(tx),
      )
      expect(evidence.rows[0]!.n).toBe(1)
      const audit = await county.inCounty((tx) =>
        sql<{ outcome: string }>`select outcome from command_audit where route = 'org.appoint' order by id`.execute(tx),
      )
      expect(audit.rows.map((row) => row.outcome)).toEqual(['refused', 'done'])
    })
  })
})

describe('grants', () => {
  it('a permission that nobody holds yet is first given by who gives grants in the whole county, to somebody else', async () => {
    await withOrgCounty(async (county) => {
      const town = await makeTownAdmin(county)
      const permission = 'seal_use.request.submit'
      ;(county.services.permissions as Set<string>).add(permission)
      const give = async (login: string, to: string, wanted = permission) =>
        refusal(
          county.act(login, giveGrantCommand, {
            accountId: await county.idOf(to),
            permission: wanted,
            divisionCode: '320506103',
            reason,
          }),
        )
      const offered = async (login: string) =>
        (await county.ask(login, listGrantsQuery, {})).grantable.filter((grant) => grant.permission === permission)
      expect(await offered(town)).toEqual([])
      expect(await offered(ADMIN)).toEqual([{ permission, divisionCode: '320506', lineCode: null }])
      expect(await give(town, 'md-wu')).toBe('org.permission_not_held')
      expect(await give(ADMIN, ADMIN)).toBe('org.not_oneself')
      expect(await give(ADMIN, 'md-wu', 'seal_use.request.unheard_of')).toBe('org.permission_not_held')
      expect(await give(ADMIN, 'md-wu', 'seal_use.*')).toBe('org.permission_not_held')
      expect(await give(ADMIN, 'md-wu')).toBe('fine')
      // From now on it is given by those who hold it.
      expect(await give(ADMIN, 'md-zhou')).toBe('org.permission_not_held')
      expect(await offered(ADMIN)).toEqual([])
      expect(grantsFor(await county.actor('md-wu'), permission)).toHaveLength(1)
    })
  })

  it('are given only of what one holds, where one administers, to somebody else', async () => {
    await withOrgCounty(async (county) => {
      const town = await makeTownAdmin(county)
      const accountId = await county.idOf('md-wu')
      const view = { accountId, permission: 'process.case.view', divisionCode: '320506103', reason }
      const give = (login: string, input: Parameters<typeof giveGrantCommand.perform>[1]) =>
        refusal(county.act(login, giveGrantCommand, input))
      expect(await give(town, { ...view, divisionCode: '320506' })).toBe('org.beyond_scope')
      expect(await give(town, { ...view, divisionCode: '320506100' })).toBe('org.beyond_scope')
      expect(await give(town, { ...view, permission: 'loop.report.file' })).toBe('org.permission_not_held')
      expect(await give(town, { ...view, permission: 'process.*' })).toBe('org.permission_not_held')
      expect(await give(town, { ...view, accountId: await county.idOf(town) })).toBe('org.not_oneself')
      expect(await give(town, { ...view, divisionCode: undefined })).toBe('org.account_grant_needs_place')
      expect(await give(town, { ...view, role: 'handler' })).toBe('org.one_subject')
      expect(await give(town, { role: 'unitLeader', permission: 'process.case.view', reason })).toBe('org.beyond_scope')
      expect(await give(town, view)).toBe('fine')
      expect(await give(town, view)).toBe('org.grant_exists')
      const seen = grantsFor(await county.actor('md-wu'), 'process.case.view')
      expect(seen).toContainEqual({ permission: 'process.case.view', division: '320506103', line: null })

      const list = await county.ask(town, listGrantsQuery, { account: accountId })
      expect(list.items).toHaveLength(1)
      expect(list.items[0]!.can.withdraw).toBe(true)
      expect(list.grantable).toContainEqual({
        permission: 'process.case.view',
        divisionCode: '320506103',
        lineCode: null,
      })
      expect(list.grantable.some((grant) => grant.permission === 'loop.report.file')).toBe(false)
      await county.act(town, withdrawGrantCommand, { grantId: list.items[0]!.id, reason })
      expect(grantsFor(await county.actor('md-wu'), 'process.case.view').some((grant) => grant.line === null)).toBe(
        false,
      )
      expect(await refusal(county.act(town, withdrawGrantCommand, { grantId: list.items[0]!.id, reason }))).toBe(
        'org.grant_over',
      )
    })
  })

  it('of a role are not taken back by a township, and never from the last administrator', async () => {
    await withOrgCounty(async (county) => {
      const town = await makeTownAdmin(county)
      const rules = await county.ask(town, listGrantsQuery, { role: 'bureauAdmin', limit: 200 })
      expect(rules.items.length).toBeGreaterThan(0)
      expect(rules.items.every((grant) => !grant.can.withdraw)).toBe(true)
      const rule = rules.items.find((grant) => grant.permission === 'access.grant.manage')!
      expect(await refusal(county.act(town, withdrawGrantCommand, { grantId: rule.id, reason }))).toBe(
        'org.beyond_scope',
      )
      await county.inCounty((tx) =>
        sql`update access_grant set valid_to = '2026-01-01' where post_id is not null`.execute(tx),
      )
      expect(await refusal(county.act(ADMIN, withdrawGrantCommand, { grantId: rule.id, reason }))).toBe(
        'org.last_administrator',
      )
    })
  })

  it('are not handed out by a post that may do more than its unit', async () => {
    await withOrgCounty(async (county) => {
      const town = await makeTownAdmin(county)
      const postId = await county.postId('320506103-enforcement.handler')
      const newcomer = { login: 'md-one', name: '甲', postId, reason }
      await county.act(town, createAccountCommand, newcomer)
      await county.act(ADMIN, giveGrantCommand, {
        postId,
        permission: 'process.case.view',
        divisionCode: '320506',
        reason,
      })
      const next = { ...newcomer, login: 'md-two', name: '乙' }
      expect(await refusal(county.act(town, createAccountCommand, next))).toBe('org.beyond_scope')
      await county.act(ADMIN, createAccountCommand, next)
    })
  })
})
