import { describe, expect, it } from 'vitest'
import { refusal } from '#modules/foundation/org/server/org-test-county.ts'
import { sql } from '#platform/db/db.ts'
import { listPanelQuery } from './list-panel.query.ts'
import { EXPERTS, REQUEST, type ReviewCounty, SCORES, SIGNERS, withReviewCounty } from './review-test-county.ts'
import { submitRequestCommand } from './submit-request.command.ts'

/** Beijing time. */
const at = (local: string) => new Date(`${local}+08:00`)
const MINUTES = {
  minutesNumber: '吴联审纪〔2026〕19 号',
  meetingDate: '2026-10-14',
  chair: '数据局分管负责人',
  minutes: '会议认为项目必要，交通组织可行。同意按方案实施，夜间加密反光警示。',
}

function clockOf(page: Awaited<ReturnType<ReviewCounty['page']>>, key: string) {
  return page.clocks.find((clock) => clock.key === key)!
}

describe('a joint review', () => {
  it('goes through all its people; the answer clock stands still while papers are missing, across 国庆 2026', () =>
    withReviewCounty(async (county) => {
      const { clock } = county
      // Asked for on Monday 21 September at 10:00. Ten working days: 22, 23, 24 (25 is 中秋), 28, 29, 30, then after the
      // holiday 8, 9, the make-up Saturday 10, and Monday 12 October.
      const { id, number, answerBy } = await county.request()
      expect(number).toBe('HS-MD-20260921-0001')
      expect(answerBy).toBe(at('2026-10-12T17:30:00').toISOString())
      const asked = await county.page('approval-tang', id)
      expect(asked.case).toMatchObject({
        title: REQUEST.subject,
        state: 'submitted',
        townCode: '320506103',
        villageCode: '320506103005',
      })
      expect(asked.case.unit?.code).toBe('320506-approval')
      expect(asked.holders).toEqual([
        { slot: 'main', unitName: '吴中区行政审批局', role: 'handler', accountName: null },
      ])

      // 23 September counts as used; 24, 28, 29, 30, 8, 9, 10, 12 are left: eight.
      clock.set(at('2026-09-23T14:00:00'))
      await county.step('approval-tang', id, 'askPapers', { missing: '缺应急预案，请补一份盖章件' })
      const paused = await county.page('md-peng', id)
      expect(clockOf(paused, 'answer')).toMatchObject({
        pausedAt: at('2026-09-23T14:00:00').toISOString(),
        leftDays: 8,
      })
      expect(paused.case.dueAt).toBeNull()
      expect(paused.holders[0]).toMatchObject({ unitName: '木渎镇建设管理局', role: 'handler' })
      // Past the first due time nothing becomes overdue, and nobody is told so.
      clock.set(at('2026-10-08T17:00:00'))
      await county.settle()
      expect((await county.page('md-peng', id)).case.overdue).toBe(false)

      // Friday 9 October is not counted; Saturday 10 (make-up), 12, 13, 14, 15, 16, 19, 20.
      clock.set(at('2026-10-09T11:00:00'))
      await county.step('md-peng', id, 'completePapers', { supplement: '应急预案已补' })
      const resumed = await county.page('approval-tang', id)
      expect(clockOf(resumed, 'answer')).toMatchObject({
        pausedAt: null,
        dueAt: at('2026-10-20T17:30:00').toISOString(),
      })
      expect(resumed.case.dueAt).toBe(at('2026-10-20T17:30:00').toISOString())

      // Three working days for signing: Saturday 10, 12, 13.
      clock.set(at('2026-10-09T15:00:00'))
      const accepted = await county.step('approval-tang', id, 'accept', await county.panel())
      expect(accepted).toMatchObject({ state: 'signing', dueAt: at('2026-10-13T17:30:00').toISOString() })
      const signing = await county.page('approval-tang', id)
      expect(signing.trace.at(-1)!.why[0]!.params).toMatchObject({
        units: '吴中区交通运输局、苏州市公安局吴中分局交通警察大队、吴中区住房和城乡建设局',
      })
      expect(signing.holders.map((holder) => holder.unitName)).toHaveLength(3)

      // All three looked at the same version; none shuts the others out.
      const { version } = await county.page(SIGNERS[0]!.login, id)
      clock.set(at('2026-10-10T10:00:00'))
      await county.step(SIGNERS[0]!.login, id, 'sign', { opinion: '同意', grounds: '路面按原结构层恢复' }, version)
      expect((await county.page(SIGNERS[0]!.login, id)).actions.map((action) => action.key)).not.toContain('sign')
      expect(await refusal(county.step(SIGNERS[0]!.login, id, 'sign', { opinion: '不同意', grounds: '改主意' }))).toBe(
        'platform.forbidden',
      )
      clock.set(at('2026-10-10T10:20:00'))
      await county.step(
        SIGNERS[1]!.login,
        id,
        'sign',
        { opinion: '有条件同意', grounds: '早高峰不占第二车道' },
        version,
      )
      // The third lets the limit pass: overdue, and four working hours later (14:30) escalated to the desk, until the
      // signature stops the clock.
      clock.set(at('2026-10-14T15:00:00'))
      await county.settle()
      const late = await county.page('approval-tang', id)
      expect(late.case.overdue).toBe(true)
      expect(late.trace.map((hop) => hop.action)).toContain('escalated')
      const last = await county.step(SIGNERS[2]!.login, id, 'sign', { opinion: '同意', grounds: '管材进场须报验' })
      expect(last.state).toBe('scoring')
      const scoring = await county.page('approval-tang', id)
      expect(scoring.case.overdue).toBe(false)
      expect(clockOf(scoring, 'sign').stoppedAt).toBe(at('2026-10-14T15:00:00').toISOString())
      expect(scoring.submissions.map((one) => one.form?.opinion)).toEqual(['同意', '有条件同意', '同意'])

      for (const [index, login] of EXPERTS.entries()) await county.step(login, id, 'score', SCORES[index])
      const meeting = await county.page('data-lu', id)
      expect(meeting.case.state).toBe('meeting')
      expect(meeting.submissions.filter((one) => one.state === 'scoring').map((one) => one.form)).toEqual(SCORES)
      expect(meeting.data.scores).toMatchObject({
        experts: 3,
        total: { mean: 87.4, lowest: 86.3, highest: 88, spread: 1.7 },
        criteria: [
          { key: 'necessity', name: '必要性', mean: 92.3, spread: 5 },
          { key: 'safety', mean: 85.3, spread: 6 },
          { key: 'convenience', mean: 82.3, spread: 4 },
          { key: 'recoverability', mean: 89.7, spread: 3 },
        ],
      })

      clock.set(at('2026-10-15T16:00:00'))
      const decided = await county.step('data-lu', id, 'recordMinutes', { ...MINUTES, outcome: '同意' })
      expect(decided.state).toBe('decided')
      clock.set(at('2026-10-16T10:00:00'))
      const answered = await county.step('approval-tang', id, 'issue', { documentNumber: '吴联审复〔2026〕19 号' })
      expect(answered.state).toBe('agreed')
      const done = await county.page('md-peng', id)
      expect(done.case.closedAt).toBe(at('2026-10-16T10:00:00').toISOString())
      expect(done.clocks.every((one) => one.stoppedAt !== null)).toBe(true)
      expect(done.case.overdue).toBe(false)
      expect(done.trace.map((hop) => hop.action)).toEqual([
        'start',
        'askPapers',
        'completePapers',
        'accept',
        'sign',
        'sign',
        'overdue',
        'escalated',
        'sign',
        'allSigned',
        'score',
        'score',
        'score',
        'openScores',
        'recordMinutes',
        'issue',
      ])
    }, '2026-09-21T02:00:00Z'))

  it('ends in four ways; what is agreed with modifications comes back revised first', () =>
    withReviewCounty(async (county) => {
      const answer = { documentNumber: '吴联审复〔2026〕20 号' }
      for (const [outcome, state] of [
        ['暂缓', 'deferred'],
        ['不同意', 'refused'],
        ['同意', 'agreed'],
        ['原则同意修改后实施', 'agreed'],
      ] as const) {
        const id = await county.toMeeting()
        const after = await county.step('data-lu', id, 'recordMinutes', { ...MINUTES, outcome })
        expect(after.state).toBe(outcome === '原则同意修改后实施' ? 'revising' : 'decided')
        if (after.state === 'revising') {
          expect(await refusal(county.step('approval-tang', id, 'issue', answer))).toBe('process.wrong_state')
          await county.step('md-peng', id, 'resubmit', { revision: '分三段改为分四段' })
        }
        expect((await county.step('approval-tang', id, 'issue', answer)).state).toBe(state)
      }
      const { id } = await county.request()
      expect((await county.step('md-peng', id, 'withdraw')).state).toBe('withdrawn')
    }, '2026-10-12T02:00:00Z'))

  it('keeps asking, accepting, deciding and answering apart, whatever somebody may do', () =>
    withReviewCounty(async (county) => {
      // One person with every right in the district.
      const all = async (login: string) => {
        const account = await county.idOf(login)
        await county.asSystem(async ({ tx, now }) => {
          for (const permission of ['joint_review.*', 'process.*'])
            await sql`insert into access_grant (account_id, permission, division_code, reason, valid_from)
              values (${account}, ${permission}, '320506', '测试', ${now})`.execute(tx)
        })
      }
      for (const login of ['md-peng', 'approval-tang', 'data-lu', 'transport-tan']) await all(login)

      const { id } = await county.request()
      const panel = await county.panel()
      expect(await refusal(county.step('md-peng', id, 'accept', panel))).toBe('process.separate_person')
      await county.step('approval-tang', id, 'accept', panel)
      expect(await refusal(county.step('approval-tang', id, 'sign', { opinion: '同意', grounds: '代签' }))).toBe(
        'platform.forbidden',
      )
      for (const { login } of SIGNERS) await county.step(login, id, 'sign', { opinion: '同意', grounds: '无意见' })
      expect(await refusal(county.step('transport-tan', id, 'score', SCORES[0]))).toBe('platform.forbidden')
      for (const [index, login] of EXPERTS.entries()) await county.step(login, id, 'score', SCORES[index])
      const minutes = { ...MINUTES, outcome: '同意' }
      for (const login of ['md-peng', 'approval-tang'])
        expect(await refusal(county.step(login, id, 'recordMinutes', minutes))).toBe('process.separate_person')
      await county.step('data-lu', id, 'recordMinutes', minutes)
      const answer = { documentNumber: '吴联审复〔2026〕21 号' }
      for (const login of ['md-peng', 'data-lu'])
        expect(await refusal(county.step(login, id, 'issue', answer))).toBe('process.separate_person')
      expect((await county.step('approval-tang', id, 'issue', answer)).state).toBe('agreed')
    }, '2026-10-12T02:00:00Z'))

  it('refuses an old version where anything but a submission has happened since', () =>
    withReviewCounty(async (county) => {
      const { id } = await county.request()
      const before = (await county.page('approval-tang', id)).version
      await county.step('approval-tang', id, 'askPapers', { missing: '缺应急预案一份' })
      await county.step('md-peng', id, 'completePapers', { supplement: '已补' })
      expect(await refusal(county.step('approval-tang', id, 'accept', await county.panel(), before))).toBe(
        'process.version_conflict',
      )
      await county.step('approval-tang', id, 'accept', await county.panel())
      const opinion = { opinion: '同意', grounds: '无意见' }
      expect(await refusal(county.step(SIGNERS[0]!.login, id, 'sign', opinion, before))).toBe(
        'process.version_conflict',
      )
    }, '2026-10-12T02:00:00Z'))
})

describe('a panel', () => {
  it('is three units that can sign and three experts, none of the applicant', () =>
    withReviewCounty(async (county) => {
      const { id } = await county.request()
      const panel = await county.panel()
      const [a, b, c] = panel.signUnits as [number, number, number]
      const [x, y, z] = panel.experts as [number, number, number]
      const applicantUnit = await county.unitId('320506103-construction')
      const leaderless = await county.unitId('320506-power-supply')
      const applicant = await county.idOf('md-peng')
      const clerk = await county.idOf('data-lu')
      const tries: [object, string][] = [
        [{ signUnits: [a, b, b], experts: [x, y, z] }, 'process.form_invalid'],
        [{ signUnits: [a, b], experts: [x, y, z] }, 'process.form_invalid'],
        [{ signUnits: [a, b, c], experts: [x, y] }, 'process.form_invalid'],
        [{ signUnits: [a, b, 999_999], experts: [x, y, z] }, 'joint_review.unit_unknown'],
        [{ signUnits: [a, b, leaderless], experts: [x, y, z] }, 'joint_review.unit_without_leader'],
        [{ signUnits: [a, b, applicantUnit], experts: [x, y, z] }, 'joint_review.unit_is_applicant'],
        [{ signUnits: [a, b, c], experts: [x, y, clerk] }, 'joint_review.not_an_expert'],
        [{ signUnits: [a, b, c], experts: [x, y, applicant] }, 'joint_review.not_an_expert'],
      ]
      for (const [form, code] of tries)
        expect(await refusal(county.step('approval-tang', id, 'accept', form as Record<string, unknown>))).toBe(code)
      expect((await county.page('approval-tang', id)).case.state).toBe('submitted')

      const choice = await county.ask('approval-tang', listPanelQuery, { caseId: id })
      expect(choice.experts.map((expert) => expert.accountId).sort()).toEqual([x, y, z].sort())
      expect(choice.units.find((unit) => unit.id === a)).toMatchObject({ leaders: ['谭文娟'], avoid: null })
      expect(choice.units.some((unit) => unit.id === leaderless)).toBe(false)
    }, '2026-10-12T02:00:00Z'))

  it('shuts out an expert who asks himself, works where it was asked, or signs', () =>
    withReviewCounty(async (county) => {
      const { id } = await county.request()
      const panel = await county.panel()
      const expert = await county.idOf('expert-fang')
      const hold = async (post: string, account: number) => {
        const postId = await county.postId(post)
        await county.asSystem(async ({ tx }) => {
          await sql`delete from org_post_holding where account_id = ${account} and post_id <> ${await county.postId('320506-experts.expert.1')}`.execute(
            tx,
          )
          await sql`insert into org_post_holding (post_id, account_id, acting, reason, since, created_at)
            values (${postId}, ${account}, false, '测试', '2026-01-01', now())`.execute(tx)
        })
        county.house.forget()
      }
      const accept = () => refusal(county.step('approval-tang', id, 'accept', panel))
      await hold('320506103-construction.unitLeader', expert)
      expect(await accept()).toBe('joint_review.expert_of_applicant_unit')
      await hold('320506-transport.unitLeader', expert)
      expect(await accept()).toBe('joint_review.expert_signs')
      const applicant = await county.idOf('md-peng')
      await hold('320506-experts.expert.2', applicant)
      panel.experts[0] = applicant
      expect(await accept()).toBe('joint_review.expert_is_applicant')
    }, '2026-10-12T02:00:00Z'))
})

describe('a request', () => {
  it('lies in the county, inside what its official may ask for, and fills the form', () =>
    withReviewCounty(async (county) => {
      const ask = (where: object, form: object = REQUEST) =>
        refusal(county.act('md-peng', submitRequestCommand, { form, ...where } as never))
      expect(await ask({})).toBe('joint_review.place_needed')
      expect(await ask({ townCode: '320508001' })).toBe('joint_review.place_outside')
      expect(await ask({ villageCode: '320506103999' })).toBe('joint_review.place_outside')
      expect(await ask({ townCode: '320506001', villageCode: '320506103005' })).toBe('joint_review.place_outside')
      expect(await ask({ place: { lon: 116.4, lat: 39.9 } })).toBe('joint_review.place_outside')
      expect(await ask({ townCode: '320506001' })).toBe('joint_review.place_not_yours')
      expect(await ask({ townCode: '320506103' }, { ...REQUEST, kind: '修路' })).toBe('process.form_invalid')
      expect(await ask({ townCode: '320506103' }, { ...REQUEST, outcome: '同意' })).toBe('process.form_invalid')
      expect(await ask({ townCode: '320506103' })).toBe('fine')
      expect(await county.count('process_case')).toBe(1)
      // Over HTTP the route asks for the permission first; without it no place is theirs either.
      expect(await refusal(county.act('gx-guo', submitRequestCommand, { form: REQUEST, townCode: '320506103' }))).toBe(
        'joint_review.place_not_yours',
      )
    }, '2026-10-12T02:00:00Z'))
})
