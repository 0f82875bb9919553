import { describe, expect, it } from 'vitest'
import { appointCommand } from '#modules/foundation/org/server/appoint.command.ts'
import { endHoldingCommand } from '#modules/foundation/org/server/end-holding.command.ts'
import { listHandoversQuery } from '#modules/foundation/org/server/list-handovers.query.ts'
import { listVacanciesQuery } from '#modules/foundation/org/server/list-vacancies.query.ts'
import { type OrgCounty, refusal, withOrgCounty } from '#modules/foundation/org/server/org-test-county.ts'
import { previewHandoverQuery } from '#modules/foundation/org/server/preview-handover.query.ts'
import { signHandoverCommand } from '#modules/foundation/org/server/sign-handover.command.ts'
import { disableAccountCommand } from '#modules/foundation/org/server/suspend-account.command.ts'
import { holdsPermission } from '#platform/access/actor.ts'
import { sql } from '#platform/db/db.ts'
import type { ProcessDefinition } from '#platform/process/definition.ts'
import { actOnCase, startCase } from '#platform/process/engine.ts'

const ADMIN = 'data-gu'
const reason = '调离'

/** A flow of two steps: somebody is named to do the work, or the unit's handlers share it. */
const ERRAND: ProcessDefinition = {
  key: 'org_test_errand',
  version: 1,
  name: { 'zh-CN': '差事', en: 'Errand' },
  numberPrefix: 'CS-{town}',
  phases: [{ key: 'doing', name: { 'zh-CN': '办理', en: 'Doing' } }],
  initial: 'open',
  start: { name: { 'zh-CN': '交办', en: 'Start' }, permission: null, keep: ['person', 'desk'] },
  clocks: {},
  states: {
    open: {
      name: { 'zh-CN': '待办', en: 'Open' },
      phase: 'doing',
      assign: { role: 'handler', unit: 'data.desk', account: 'data.person' },
    },
    done: { name: { 'zh-CN': '办结', en: 'Done' }, phase: 'doing', final: true },
  },
  actions: {
    finish: {
      name: { 'zh-CN': '办结', en: 'Finish' },
      from: ['open'],
      to: 'done',
      kind: 'main',
      who: { assignee: true },
    },
  },
}

async function publish(county: OrgCounty): Promise<void> {
  await county.inCounty(async (tx) => {
    await sql`
      insert into process_definition (key, version, status, body, note, created_at)
      values (${ERRAND.key}, 1, 'published', ${JSON.stringify(ERRAND)}::jsonb, '', '2025-01-01')`.execute(tx)
    await sql`update access_revision set revision = revision + 1`.execute(tx)
  })
  // The house looks at the revision once a second; a test does not wait.
  county.house.forget()
}

async function start(
  county: OrgCounty,
  options: { person?: string; unit: string; secrecy?: 'secret' },
): Promise<{ id: number; number: string }> {
  const form: Record<string, unknown> = { desk: await county.unitId(options.unit) }
  if (options.person) form.person = await county.idOf(options.person)
  return county.asSystem((context) =>
    startCase(context, {
      definitionKey: ERRAND.key,
      title: '楼道堆物',
      source: 'patrol',
      townCode: '320506103',
      form,
      ...(options.secrecy ? { secrecy: options.secrecy } : {}),
    }),
  )
}

const owners = (county: OrgCounty) =>
  county.inCounty(async (tx) => {
    const { rows } = await sql<{ case_id: number; login: string }>`
      select w.case_id, a.login from process_work_item w join auth_account a on a.id = w.account_id order by 1`.execute(
      tx,
    )
    return Object.fromEntries(rows.map((row) => [row.case_id, row.login]))
  })

const DESK = '320506103-enforcement'

describe('hand-over', () => {
  it('moves work and posts to successors, signed, and shuts the account', async () => {
    await withOrgCounty(async (county) => {
      await publish(county)
      const first = await start(county, { person: 'md-wu', unit: DESK })
      const second = await start(county, { person: 'md-wu', unit: DESK })
      const shared = await start(county, { unit: DESK })
      const leaver = await county.idOf('md-wu')
      const to = await county.idOf('md-zhou')
      const other = await county.idOf('md-xu')
      const postId = await county.postId(`${DESK}.handler`)

      const preview = await county.ask(ADMIN, previewHandoverQuery, { id: leaver })
      expect(preview.items.map((item) => item.number)).toEqual([first.number, second.number])
      expect(preview.items[0]!.title).toBe('楼道堆物')
      expect(preview.posts.map((post) => [post.postId, post.openWork, post.others.length])).toEqual([[postId, 1, 0]])

      const sign = (input: object) =>
        county.act(ADMIN, signHandoverCommand, { id: leaver, leaving: true, reason, ...input })
      expect(await refusal(sign({ itemsTo: to }))).toBe('org.post_has_open_work')
      expect(await refusal(sign({ posts: [{ postId, to }] }))).toBe('org.work_without_successor')
      expect(await refusal(sign({ itemsTo: leaver, posts: [{ postId, to }] }))).toBe('org.successor_invalid')
      expect(await refusal(sign({ itemsTo: to, items: [{ id: 999_999, to }], posts: [{ postId, to }] }))).toBe(
        'org.work_changed',
      )
      const signer = await county.idOf(ADMIN)
      expect(await refusal(sign({ itemsTo: to, posts: [{ postId, to: signer }] }))).toBe('org.not_oneself')
      expect(await owners(county)).toEqual({ [first.id]: 'md-wu', [second.id]: 'md-wu' })
      expect((await county.actor('md-wu')).posts).toHaveLength(1)

      const done = await sign({
        itemsTo: to,
        items: [{ id: preview.items[0]!.id, to: other }],
        posts: [{ postId, to }],
        note: '第一件已约住户周五上门',
      })
      expect(done).toMatchObject({ items: 2, posts: 1 })
      expect(await owners(county)).toEqual({ [first.id]: 'md-xu', [second.id]: 'md-zhou' })
      expect(
        await refusal(
          county.actor('md-wu').then(
            () => undefined,
            () => Promise.reject({ code: 'gone' }),
          ),
        ),
      ).toBe('gone')

      // The successor can do the work and the unit's shared work has somebody again.
      const actor = await county.actor('md-zhou')
      expect(actor.posts.map((post) => post.role)).toContain('handler')
      expect(holdsPermission(actor, 'loop.report.handle')).toBe(true)
      const { directory } = await county.here()
      expect(directory.holders(await county.unitId(DESK), 'handler')).toEqual([to])
      expect(
        (await county.ask(ADMIN, listVacanciesQuery, {})).items.filter((item) => item.unit?.code === DESK),
      ).toEqual([])

      const trace = await county.inCounty((tx) =>
        sql<{ hop: number; action: string; why: unknown; note: string }>`
          select hop, action, why, note from process_trace where case_id = ${first.id} order by hop`.execute(tx),
      )
      expect(trace.rows.at(-1)).toMatchObject({
        hop: 2,
        action: 'handedOver',
        note: reason,
        why: [{ key: 'org.why.handed_over', params: { from: '吴志坚', to: '徐晓燕' } }],
      })
      await county.settle()
      const told = await county.inCounty((tx) =>
        sql<{ account_id: number; params: object }>`
          select account_id, params from notify_message where kind = 'org.handed_over' order by account_id`.execute(tx),
      )
      expect(told.rows).toHaveLength(2)
      const { items } = await county.ask(ADMIN, listHandoversQuery, {})
      expect(items[0]).toMatchObject({ fromName: '吴志坚', items: 2, posts: 1, toNames: ['周敏', '徐晓燕'].sort() })
      expect(shared.id).toBeGreaterThan(0)
    })
  })

  it('leaves the case usable: the successor finishes it', async () => {
    await withOrgCounty(async (county) => {
      await publish(county)
      const errand = await start(county, { person: 'md-wu', unit: DESK })
      const leaver = await county.idOf('md-wu')
      await county.act(ADMIN, signHandoverCommand, {
        id: leaver,
        leaving: false,
        reason: '转岗',
        itemsTo: await county.idOf('md-zhou'),
      })
      expect((await county.actor('md-wu')).posts).toHaveLength(1)
      const actor = await county.actor('md-zhou')
      const after = await county.asSystem((context) =>
        actOnCase({ ...context, actor }, { caseId: errand.id, action: 'finish', version: 1 }),
      )
      expect(after.state).toBe('done')
      expect(after.hop).toBe(3)
    })
  })

  it('names the successor on a secret case, and keeps its title from the administrator', async () => {
    await withOrgCounty(async (county) => {
      await publish(county)
      const secret = await start(county, { person: 'md-wu', unit: DESK, secrecy: 'secret' })
      const leaver = await county.idOf('md-wu')
      const preview = await county.ask(ADMIN, previewHandoverQuery, { id: leaver })
      expect(preview.items.map((item) => item.title)).toEqual([null])
      const to = await county.idOf('md-zhou')
      await county.act(ADMIN, signHandoverCommand, { id: leaver, leaving: false, reason: '转岗', itemsTo: to })
      const parties = await county.inCounty((tx) =>
        sql<{ account_id: number; named: boolean }>`
          select account_id, named from process_party where case_id = ${secret.id} and account_id = ${to}`.execute(tx),
      )
      expect(parties.rows).toEqual([{ account_id: to, named: true }])
    })
  })
})

describe('work never becomes nobody’s', () => {
  it('neither by ending the last holding, nor by disabling, except in an emergency that is then listed', async () => {
    await withOrgCounty(async (county) => {
      await publish(county)
      await start(county, { unit: DESK })
      await start(county, { person: 'md-wu', unit: DESK })
      const leaver = await county.idOf('md-wu')
      const preview = await county.ask(ADMIN, previewHandoverQuery, { id: leaver })
      const holding = await county.inCounty((tx) =>
        sql<{ id: number }>`select id from org_post_holding where account_id = ${leaver}`.execute(tx),
      )
      const holdingId = holding.rows[0]!.id
      expect(await refusal(county.act(ADMIN, endHoldingCommand, { holdingId, reason }))).toBe('org.post_has_open_work')
      expect(await refusal(county.act(ADMIN, disableAccountCommand, { id: leaver, reason }))).toBe(
        'org.hand_over_first',
      )
      await county.act(ADMIN, disableAccountCommand, { id: leaver, reason: '账号被盗用', urgent: true })
      const { items } = await county.ask(ADMIN, listVacanciesQuery, {})
      const here = items.filter((item) => item.unit?.code === DESK)
      expect(here.map((item) => [item.role, item.account?.login ?? null, item.openWork])).toEqual(
        expect.arrayContaining([
          ['handler', 'md-wu', 1],
          ['handler', null, 1],
        ]),
      )
      // With somebody else in the role the holding may end.
      await county.act(ADMIN, appointCommand, {
        postId: preview.posts[0]!.postId,
        accountId: await county.idOf('md-zhou'),
        reason,
      })
      await county.act(ADMIN, endHoldingCommand, { holdingId, reason })
    })
  })
})
