import { describe, expect, it } from 'vitest'
import { sql } from '#platform/db/db.ts'
import { CABLE, clockOf, ENFORCEMENT, FIRE, type People, play, SIGNBOARD } from './loop-test-people.ts'

/** A case with whom it was handled, ready for the answer to be signed. */
async function toReply(people: People, id: number): Promise<void> {
  await people.act('md-wu', id, 'sign')
  await people.act('md-wu', id, 'feedback', { result: '店招已拆除', reply: '您反映的店招已拆除。' })
  await people.act('md-chen', id, 'orderInspect')
  await people.act('md-zhao', id, 'inspectPass')
}

const linked = (page: { links: { kind: string; direction: string; case: { id: number } }[] }, kind: string) =>
  page.links.filter((link) => link.kind === kind).map((link) => link.case.id)

describe('并案', () => {
  it('one signed reply reaches every reporter, and taking a case out gives it back its own way', () =>
    play(async (people, county) => {
      const main = await people.report(SIGNBOARD)
      const second = await people.report(`${SIGNBOARD}，已经说过一次`)
      const third = await people.report('店招要掉了，孩子放学都从下面走')
      for (const report of [main, second]) await people.act('md-zhou', report.id, 'accept')
      await people.refused('md-wu', second.id, 'merge', { mainCase: main.id }, 'platform.forbidden')
      await people.act('md-zhou', second.id, 'merge', { mainCase: main.id })
      await people.act('md-zhou', third.id, 'merge', { mainCase: main.id })
      const page = await people.get('md-chen', main.id)
      expect(linked(page, 'merged').sort()).toEqual([second.id, third.id].sort())
      // It is nobody's work any more, and shows where it went.
      const inbox = await (await people.as('md-zhou')).get('/inbox')
      expect(inbox.items.map((item: { caseId: number }) => item.caseId)).not.toContain(third.id)

      await people.act('md-zhou', third.id, 'unmerge', { reason: '说的是另一家店' })
      expect((await people.get('md-chen', third.id)).case.state).toBe('reported')

      await people.act('md-chen', main.id, 'fileCase')
      await people.act('md-xu', main.id, 'dispatch', { unitId: await people.unit(ENFORCEMENT), reason: '按清单' })
      // Who handles the main case sees what was merged into it.
      expect((await people.get('md-wu', second.id)).case.id).toBe(second.id)
      await toReply(people, main.id)
      await people.act('md-tian', main.id, 'signReply')
      await people.act('md-chen', main.id, 'close')
      const told = await people.follow(second)
      expect(told).toMatchObject({ state: 'closed', closed: true, canRate: true })
      expect(told.reply.text).toBe('您反映的店招已拆除。')
      const { rows: jobs } = await county.inCounty((tx) =>
        sql<{ case: number }>`
          select (payload ->> 'caseId')::int as case from job_job where kind = 'loop.send_reply' order by 1`.execute(
          tx,
        ),
      )
      expect(jobs.map((job) => job.case)).toEqual([main.id, second.id].sort((a, b) => a - b))
    }))
})

describe('拆分', () => {
  it('the whole waits for its parts and closes with their answers', () =>
    play(async (people) => {
      const whole = await people.filed(SIGNBOARD)
      await people.refused('md-chen', whole.id, 'split', { parts: ['店招伸出来一米多'] }, 'process.form_invalid')
      const split = await people.act('md-chen', whole.id, 'split', {
        parts: ['店招伸出来一米多，要改短', '门口的台阶占了人行道'],
      })
      expect(split.case.state).toBe('split')
      const parts = linked(split, 'part')
      expect(parts).toHaveLength(2)
      for (const id of parts) {
        await people.act('md-zhou', id, 'accept')
        await people.act('md-chen', id, 'fileCase')
        await people.act('md-xu', id, 'dispatch', { unitId: await people.unit(ENFORCEMENT), reason: '按清单' })
        await toReply(people, id)
        await people.act('md-tian', id, 'signReply')
        await people.act('md-chen', id, 'close')
      }
      const back = await people.get('md-chen', whole.id)
      expect(back.case.state).toBe('inspected')
      expect(back.data.reply).toMatch(/^1\. .+店招已拆除。\n2\. .+店招已拆除。$/)
      await people.act('md-chen', whole.id, 'close')
      expect((await people.follow(whole)).reply.text).toContain('店招已拆除')
    }))

  it('未答复诉求另立: a case of its own for the same reporter, which the first does not wait for', () =>
    play(async (people) => {
      const first = await people.dispatched(SIGNBOARD, ENFORCEMENT)
      await toReply(people, first.id)
      await people.refused('md-wu', first.id, 'followUp', { requests: ['搭一个车棚'] }, 'platform.forbidden')
      const page = await people.act('md-tian', first.id, 'followUp', {
        requests: ['希望在小区里搭一个充电车棚'],
        unitId: await people.unit('320506-housing'),
      })
      const [follow] = linked(page, 'follow')
      const opened = await people.get('md-zhou', follow!)
      expect(opened.data.suggestedUnitId).toBe(await people.unit('320506-housing'))
      await people.act('md-tian', first.id, 'signReply')
      expect((await people.act('md-chen', first.id, 'close')).case.state).toBe('closed')
      expect((await people.get('md-chen', follow!)).case.state).toBe('reported')
    }))
})

describe('催办 and 督办', () => {
  it('a person orders, each level by whom it belongs to; the case does not close before it is answered', () =>
    play(async (people, county) => {
      const { id } = await people.dispatched(SIGNBOARD, ENFORCEMENT)
      await people.act('md-chen', id, 'urge', { words: '请尽快到场' })
      const order = { reason: '群众多次反映，进展缓慢', hours: 4 }
      await people.refused('md-chen', id, 'superviseYellow', order, 'process.guard')
      await people.refused('md-wu', id, 'superviseOrange', order, 'platform.forbidden')
      await people.act('cmd-gao', id, 'superviseOrange', order)
      await people.refused('cmd-gao', id, 'superviseOrange', order, 'process.guard')
      await people.refused('cmd-gao', id, 'superviseRed', { ...order, instruction: '吴督〔2026〕1号' }, 'process.guard')
      const page = await people.get('md-wu', id)
      // Four office hours from Monday 10:00.
      expect(clockOf(page, 'supervise').dueAt).toBe('2026-10-12T07:30:00.000Z')
      expect(page.data.supervision).toMatchObject({ level: 2, answered: false })
      await county.settle()
      const { rows } = await county.inCounty((tx) =>
        sql<{ login: string; kind: string }>`
          select a.login, m.kind from notify_message m join auth_account a on a.id = m.account_id
           where m.case_id = ${id} and m.kind in ('loop.urged', 'loop.supervised')`.execute(tx),
      )
      expect(rows).toContainEqual({ login: 'md-wu', kind: 'loop.urged' })
      expect(rows).toContainEqual({ login: 'md-tian', kind: 'loop.supervised' })

      await toReply(people, id)
      await people.act('md-tian', id, 'signReply')
      await people.refused('md-chen', id, 'close', undefined, 'process.guard')
      await people.refused('fire-sun', id, 'answerSupervision', { answer: '已经督促整改到位' }, 'platform.not_found')
      const answered = await people.act('md-wu', id, 'answerSupervision', { answer: '已到场拆除，并回访店主' })
      expect(clockOf(answered, 'supervise').stoppedAt).not.toBeNull()
      expect((await people.act('md-chen', id, 'close')).case.state).toBe('closed')
    }))

  it('批示: recorded by whom it is given to, answered by the unit, and it holds the closing back', () =>
    play(async (people) => {
      const { id } = await people.dispatched(SIGNBOARD, ENFORCEMENT)
      const form = { leader: '区政府分管领导', docNumber: '吴政批〔2026〕18号', instruction: '请执法局尽快消除隐患' }
      await people.refused('md-chen', id, 'instruct', form, 'platform.forbidden')
      const page = await people.act('cmd-gao', id, 'instruct', form)
      expect(page.data).toMatchObject({ instructionOpen: true, leader: form.leader })
      await toReply(people, id)
      await people.act('md-tian', id, 'signReply')
      await people.refused('md-chen', id, 'close', undefined, 'process.guard')
      await people.act('md-wu', id, 'answerInstruction', { instructionAnswer: '已于当日拆除，隐患消除。' })
      expect((await people.act('md-chen', id, 'close')).case.state).toBe('closed')
    }))
})

describe('缓办, 挂账, 提级', () => {
  it('缓办: asked by the unit’s leader, granted by the desk with a date; on the day it goes on by itself', () =>
    play(async (people, county) => {
      const { id } = await people.dispatched(SIGNBOARD, ENFORCEMENT)
      await people.act('md-wu', id, 'sign')
      const ask = { deferUntil: '2026-10-20', reason: '店主住院，家属约定二十日处理' }
      await people.refused('md-wu', id, 'askDefer', ask, 'platform.forbidden')
      await people.refused('md-tian', id, 'askDefer', { ...ask, deferUntil: '2026-10-12' }, 'process.guard')
      await people.refused('md-chen', id, 'grantDefer', {}, 'process.guard')
      const left = clockOf(await people.act('md-tian', id, 'askDefer', ask), 'handle').leftMillis
      const held = await people.act('md-chen', id, 'grantDefer', {})
      expect(held.case.state).toBe('deferred')
      expect(clockOf(held, 'handle').pausedAt).not.toBeNull()
      expect(clockOf(held, 'reply').pausedAt).not.toBeNull()
      county.clock.set('2026-10-21T01:00:00Z')
      await county.settle()
      const on = await people.get('md-wu', id)
      expect(on.case).toMatchObject({ state: 'handling', overdue: false })
      // The limit counts whole days: those that had not begun are given back.
      expect(clockOf(on, 'handle').leftMillis).toBeGreaterThanOrEqual(left)
    }))

  it('挂账: by minutes of the joint meeting, reviewed each quarter, told to the reporter, and back', () =>
    play(async (people, county) => {
      const report = await people.dispatched(SIGNBOARD, ENFORCEMENT)
      const { id } = report
      await people.act('md-wu', id, 'sign')
      const form = {
        minutes: '联席纪要〔2026〕12号',
        reason: '产权有争议，须待法院判决后处理',
        shown: '您反映的店招产权有争议，法院判决后即处理，每季度复核一次。',
      }
      await people.refused('md-chen', id, 'suspend', form, 'platform.forbidden')
      const put = await people.act('cmd-gao', id, 'suspend', form)
      expect(put.case.state).toBe('suspended')
      const review = clockOf(put, 'review').dueAt
      const told = await people.follow(report)
      expect(told.shown).toBe(form.shown)
      county.clock.set(new Date(Date.parse(review) + 1000))
      await county.settle()
      expect((await people.get('md-chen', id)).case.overdue).toBe(true)
      const reviewed = await people.act('md-chen', id, 'reviewSuspended', { finding: '判决未出，继续挂账复核' })
      expect(clockOf(reviewed, 'review').dueAt > review).toBe(true)
      const back = await people.act('md-chen', id, 'resumeSuspended', { reason: '判决已生效' })
      expect(back.case.state).toBe('handling')
      expect(clockOf(back, 'handle').pausedAt).toBeNull()
    }))

  it('提级: to the county’s desk, which dispatches or rules', () =>
    play(async (people) => {
      const { id } = await people.filed(SIGNBOARD)
      const raised = await people.act('md-chen', id, 'escalate', { reason: '涉及两个镇，本级协调不了' })
      expect(raised.case).toMatchObject({ state: 'escalated', unit: null })
      expect(raised.holders[0].unitName).toContain('区')
      await people.refused('cmd-gao', id, 'escalate', { reason: '再往上提一级试试看' }, 'process.wrong_state')
      const ruled = await people.act('cmd-gao', id, 'rule', {
        unitId: await people.unit(FIRE),
        reason: '由消防救援大队主办',
      })
      expect(ruled.case).toMatchObject({ state: 'dispatched', unit: { code: FIRE } })
    }))
})

describe('重办', () => {
  it('a closed case stays closed; a linked one begins for the same reporter with the same unit suggested', () =>
    play(async (people) => {
      const first = await people.dispatched(SIGNBOARD, ENFORCEMENT)
      await toReply(people, first.id)
      await people.act('md-tian', first.id, 'signReply')
      await people.act('md-chen', first.id, 'close')
      await people.refused('md-wu', first.id, 'redo', { reason: '反映人说又装上了' }, 'platform.forbidden')
      const page = await people.act('md-chen', first.id, 'redo', { reason: '反映人说又装上了' })
      expect(page.case.state).toBe('closed')
      const [again] = linked(page, 'redo')
      const redone = await people.get('md-chen', again!)
      expect(redone.case.state).toBe('reported')
      expect(redone.data.suggestedUnitId).toBe(await people.unit(ENFORCEMENT))
      expect(linked(redone, 'redo')).toEqual([first.id])
    }))
})

describe('协办', () => {
  it('has a limit of its own, reported by whoever helps and nobody else', () =>
    play(async (people) => {
      const { id } = await people.filed(CABLE)
      const co = [await people.unit(ENFORCEMENT)]
      await people.act('cmd-gao', id, 'rule', { unitId: await people.unit(FIRE), coUnitIds: co, reason: '由消防主办' })
      await people.act('fire-sun', id, 'sign')
      await people.refused('fire-sun', id, 'assistDone', { assistResult: '已经清理完' }, 'platform.forbidden')
      const done = await people.act('md-wu', id, 'assistLast', { assistResult: '已到场协助清理' })
      expect(done.data.assistResult).toBe('已到场协助清理')
      expect(clockOf(done, 'assist').stoppedAt).not.toBeNull()
    }))
})

describe('自办', () => {
  it('a trifle is put right on the spot by the grid worker and closed by somebody else; nothing else is', () =>
    play(async (people, county) => {
      const trifle = await people.report('单元门口有一小堆暴露垃圾没人清，招苍蝇')
      const other = await people.report(SIGNBOARD)
      for (const { id } of [trifle, other]) {
        await people.act('md-zhou', id, 'accept')
        await people.act('md-zhou', id, 'orderVerify')
      }
      await county.inCounty(async (tx) => {
        await sql`update process_case set data = data || '{"selfHandle": true}' where id = ${trifle.id}`.execute(tx)
      })
      await people.refused('md-wang', other.id, 'selfHandle', { result: '已经拆下来放好' }, 'process.guard')
      await people.refused('md-wu', trifle.id, 'selfHandle', { result: '已清理干净' }, 'platform.forbidden')
      const done = await people.act('md-wang', trifle.id, 'selfHandle', { result: '已和保洁员清理干净' })
      expect(done.case.state).toBe('inspected')
      const closed = await people.act('md-chen', trifle.id, 'close')
      expect(closed.case.state).toBe('closed')
      expect((await people.follow(trifle)).reply.text).toBe('已和保洁员清理干净')
    }))
})
