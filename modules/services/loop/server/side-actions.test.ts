import { describe, expect, it } from 'vitest'
import { sql } from '#platform/db/db.ts'
import { CABLE, clockOf, ENFORCEMENT, FIRE, play, SIGNBOARD, VILLAGE } from './loop-test-people.ts'

const hours = (n: number) => n * 3_600_000

describe('at the intake', () => {
  it('不予受理: by the clerk with reason and what to tell, which the resident reads', () =>
    play(async (people) => {
      const report = await people.report(SIGNBOARD)
      const form = { reason: '不属于受理范围', reply: '您反映的事项请拨打城管热线，谢谢。' }
      await people.refused('md-xu', report.id, 'reject', form, 'platform.forbidden')
      await people.refused('md-zhou', report.id, 'reject', { reason: form.reason }, 'process.form_invalid')
      await people.refused('md-zhou', report.id, 'reject', { ...form, reason: '不想管' }, 'process.form_invalid')
      await people.act('md-zhou', report.id, 'reject', form)
      expect(await people.follow(report)).toMatchObject({
        state: 'rejected',
        closed: true,
        reply: { text: form.reply },
      })
      await people.refused('md-zhou', report.id, 'accept', undefined, 'process.wrong_state')
    }))

  it('quarantine: held back for the county desk, accepted by nobody before it is released', () =>
    play(async (people) => {
      const first = await people.report('第 1 次提交：路口的路灯不亮已经三天了')
      for (let n = 2; n <= 5; n++) await people.report(`第 ${n} 次提交：路口的路灯不亮已经三天了`, first.cookie)
      const held = await people.report('第 6 次提交：路口的路灯不亮已经三天了', first.cookie)
      expect([first.quarantined, held.quarantined]).toEqual([false, true])
      const town = await people.as('md-zhou')
      expect((await town.raw('GET', `/cases/${held.id}`)).status).toBe(404)
      await people.refused('cmd-yan', held.id, 'accept', undefined, 'process.guard')
      expect(await people.offered('cmd-yan', held.id)).toContain('release')
      await people.refused('cmd-yuan', held.id, 'release', undefined, 'platform.forbidden')
      await people.act('cmd-yan', held.id, 'release')
      // Back on the desk of its place, and released once.
      const page = await people.act('md-zhou', held.id, 'accept')
      expect(page.case).toMatchObject({ state: 'accepted', villageCode: VILLAGE })
      expect(await people.offered('md-zhou', first.id)).not.toContain('release')
      await people.refused('md-zhou', first.id, 'release', undefined, 'process.guard')
    }))

  it('核实: only what was found true is filed; what was not is verified again or ends with a word to the resident', () =>
    play(async (people) => {
      const report = await people.report(SIGNBOARD)
      const { id } = report
      await people.act('md-zhou', id, 'accept')
      await people.act('md-zhou', id, 'orderVerify', { request: '请量一下外挑多少' })
      await people.refused('md-chen', id, 'fileCase', undefined, 'process.wrong_state')
      const finding = { finding: '到现场看，店招没有外挑' }
      await people.refused('md-zhou', id, 'verifyFail', finding, 'platform.forbidden')
      await people.refused('md-zhao', id, 'verifyFail', undefined, 'process.form_invalid')
      expect((await people.act('md-zhao', id, 'verifyFail', finding)).case.state).toBe('accepted')
      expect(await people.offered('md-chen', id)).not.toContain('fileCase')
      await people.refused('md-chen', id, 'fileCase', undefined, 'process.guard')
      // Looked at once more, it is true.
      await people.act('md-zhou', id, 'orderVerify')
      await people.act('md-wang', id, 'verify', { finding: '换个角度看，外挑一米二' })
      expect((await people.act('md-chen', id, 'fileCase')).case.state).toBe('filed')

      const other = await people.report('路口的路灯不亮已经三天了')
      await people.act('md-zhou', other.id, 'accept')
      await people.act('md-zhou', other.id, 'orderVerify')
      await people.act('md-zhao', other.id, 'verifyFail', { finding: '晚上看过，灯都亮' })
      const told = '网格员昨晚到现场看过，路灯都亮着，如仍不亮请再告诉我们。'
      await people.act('md-chen', other.id, 'cancel', { reason: '核实不属实', reply: told })
      expect(await people.follow(other)).toMatchObject({ state: 'cancelled', reply: { text: told } })
    }))
})

describe('退单 and 裁定', () => {
  it('退单: by who has the work, with the clause, within two working hours whatever the class allows for signing', () =>
    play(async (people, county) => {
      const { id } = await people.dispatched(SIGNBOARD, ENFORCEMENT)
      const form = { clause: '基本履职第一类第 12 条', reason: '不在赋权清单' }
      await people.refused('md-xu', id, 'returnCase', form, 'platform.forbidden')
      await people.refused('md-wu', id, 'returnCase', { reason: form.reason }, 'process.form_invalid')
      county.clock.advance(hours(2) - 1000)
      await county.settle()
      const back = await people.act('md-wu', id, 'returnCase', form)
      expect(back.case).toMatchObject({ state: 'filed', unit: null })
      expect(back.trace.at(-1).why[0].params).toMatchObject({ clause: form.clause })

      // The afternoon begins at 13:30: two working hours from 12:00 end at 15:30.
      county.clock.set('2026-10-12T04:00:00Z')
      await people.act('md-xu', id, 'dispatch', { unitId: await people.unit(ENFORCEMENT) })
      county.clock.set('2026-10-12T07:30:00Z')
      expect(await people.offered('md-wu', id)).toContain('returnCase')
      county.clock.advance(1000)
      expect(await people.offered('md-wu', id)).not.toContain('returnCase')
      await people.refused('md-wu', id, 'returnCase', form, 'process.guard')
      await people.act('md-wu', id, 'sign')
      await people.refused('md-wu', id, 'returnCase', form, 'process.wrong_state')
    }))

  it('裁定: by the county centre, binds whom it names and nobody else, names who helps and becomes a precedent', () =>
    play(async (people, county) => {
      const { id } = await people.dispatched(SIGNBOARD, ENFORCEMENT)
      const back = { clause: '基本履职第一类第 12 条', reason: '不在赋权清单' }
      const lead = await people.unit(FIRE)
      const co = [await people.unit(ENFORCEMENT), await people.unit(`${VILLAGE}-property`)]
      const form = { unitId: lead, coUnitIds: [...co, lead], reason: '消防通道上的标识由消防救援大队主办' }
      await people.refused('cmd-gao', id, 'rule', form, 'process.wrong_state')
      await people.act('md-wu', id, 'returnCase', back)
      await people.refused('md-chen', id, 'rule', form, 'platform.forbidden')
      await people.refused('cmd-gao', id, 'rule', { unitId: lead }, 'process.form_invalid')
      const ruled = await people.act('cmd-gao', id, 'rule', form)
      expect(ruled.case).toMatchObject({ state: 'dispatched', unit: { code: FIRE } })
      expect(ruled.data).toMatchObject({ suggestedUnitId: lead, ruledUnitId: lead, coUnitIds: co })
      const { rows: rulings } = await county.inCounty((tx) =>
        sql<{ lead: string; co: string[]; decision: string }>`
          select lead, co, decision from duties_ruling where number = ${ruled.data.ruling}`.execute(tx),
      )
      expect(rulings).toEqual([
        {
          lead: 'county:fire',
          co: ['town:enforcement', 'village:property'],
          decision: expect.stringMatching(/消防救援大队主办，.*执法.*、.*物业.*协办$/),
        },
      ])

      // Whom it names may not say no, and whoever helps tells of it in time.
      expect(await people.offered('fire-sun', id)).not.toContain('returnCase')
      expect(clockOf(ruled, 'assist')).toMatchObject({ stoppedAt: null, limit: { value: 8, unit: 'workHour' } })
      await people.refused('fire-sun', id, 'returnCase', back, 'process.guard')
      const { rows: parties } = await county.inCounty((tx) =>
        sql<{ unit_id: number }>`
          select unit_id from process_party where case_id = ${id} and role = 'co' order by unit_id`.execute(tx),
      )
      expect(parties.map((party) => party.unit_id)).toEqual(expect.arrayContaining(co))
      // The next case of its kind is routed by the precedent, and is as binding.
      const next = await people.filed(`${SIGNBOARD}，楼上也有一块`)
      // Given to another unit than the precedent names, that one may say no.
      await people.act('md-xu', next.id, 'dispatch', { unitId: co[0], reason: '先由执法局到场' })
      const returned = await people.act('md-wu', next.id, 'returnCase', back)
      expect(returned.data.suggestedUnitId).toBe(lead)
      await people.act('md-xu', next.id, 'dispatch')
      await people.refused('fire-he', next.id, 'returnCase', back, 'process.guard')
    }))

  it('work goes to nobody who cannot do it: abolished, helping only, without anybody who handles', () =>
    play(async (people, county) => {
      const { id } = await people.filed(CABLE)
      await county.inCounty(async (tx) => {
        await sql`update org_unit set retired_at = '2026-10-01' where code = '320506103-sanitation'`.execute(tx)
        await sql`update access_revision set revision = revision + 1`.execute(tx)
      })
      const cases: [string, string][] = [
        ['320506103-sanitation', 'loop.unit_retired'],
        [`${VILLAGE}-property`, 'loop.unit_limited'],
        ['320506103-command', 'loop.unit_without_handler'],
      ]
      for (const [code, refusal] of cases) {
        const form = { unitId: await people.unit(code), reason: '请这个单位主办' }
        await people.refused('md-xu', id, 'dispatch', form, refusal)
        await people.refused('cmd-gao', id, 'rule', form, refusal)
      }
      await people.refused('md-xu', id, 'dispatch', { unitId: 999_999, reason: '没有这个单位' }, 'loop.no_unit')
      const co = [await people.unit('320506103-sanitation')]
      const ruling = { unitId: await people.unit(FIRE), coUnitIds: co, reason: '由消防救援大队主办' }
      await people.refused('cmd-gao', id, 'rule', ruling, 'loop.unit_retired')
      await people.refused('md-xu', id, 'dispatch', { unitId: await people.unit(ENFORCEMENT) }, 'loop.reason_needed')
      expect((await people.act('md-xu', id, 'dispatch')).case.unit.code).toBe(FIRE)
    }))
})

describe('while it is handled', () => {
  it('延期: asked before due, once by the duty chief, once more by the director, never longer than the limit', () =>
    play(async (people, county) => {
      const { id } = await people.dispatched(SIGNBOARD, ENFORCEMENT)
      await people.act('md-wu', id, 'sign')
      const { value } = clockOf(await people.get('md-wu', id), 'handle').limit
      const ask = { extensionAsked: 1, reason: '店主外出，后天回来' }
      await people.refused('md-chen', id, 'requestExtension', ask, 'platform.forbidden')
      await people.refused('md-chen', id, 'approveExtension', { extendBy: 1 }, 'process.guard')
      await people.act('md-wu', id, 'requestExtension', ask)
      await people.refused('md-wu', id, 'requestExtension', ask, 'process.guard')
      await people.refused('md-wu', id, 'approveExtension', { extendBy: 1 }, 'platform.forbidden')
      await people.refused('md-chen', id, 'approveExtension', { extendBy: value + 1 }, 'process.guard')
      const before = clockOf(await people.get('md-chen', id), 'handle').dueAt
      const longer = await people.act('md-chen', id, 'approveExtension', { extendBy: value })
      expect(clockOf(longer, 'handle').dueAt > before).toBe(true)
      expect(clockOf(longer, 'handle').limit.value).toBe(2 * value)

      // A second time is for the director, and it may be refused.
      await people.act('md-wu', id, 'requestExtension', ask)
      await people.refused('md-chen', id, 'approveExtension', { extendBy: 1 }, 'process.guard')
      await people.refused('md-chen', id, 'approveSecondExtension', { extendBy: 1 }, 'platform.forbidden')
      await people.refused('md-chen', id, 'refuseExtension', { reason: '不能再拖了' }, 'process.guard')
      await people.act('cmd-gao', id, 'refuseExtension', { reason: '先拆除危险部分' })
      await people.refused('cmd-gao', id, 'approveSecondExtension', { extendBy: 1 }, 'process.guard')
      await people.act('md-wu', id, 'requestExtension', ask)
      await people.refused('cmd-gao', id, 'approveSecondExtension', { extendBy: value + 1 }, 'process.guard')
      const twice = await people.act('cmd-gao', id, 'approveSecondExtension', { extendBy: 1 })
      expect(clockOf(twice, 'handle').limit.value).toBe(2 * value + 1)
      await people.refused('md-wu', id, 'requestExtension', ask, 'process.guard')
      await county.settle()
      const told = await county.inCounty((tx) =>
        sql<{ login: string; kind: string }>`
          select a.login, m.kind from notify_message m join auth_account a on a.id = m.account_id
           where m.case_id = ${id} and m.kind like 'loop.%'`.execute(tx),
      )
      expect(told.rows).toContainEqual({ login: 'md-chen', kind: 'loop.extension_asked' })
      expect(told.rows).toContainEqual({ login: 'cmd-gao', kind: 'loop.extension_asked' })
      expect(told.rows).toContainEqual({ login: 'md-wu', kind: 'loop.extension_refused' })
    }))

  it('延期 comes too late once the handling is late, and a late answer of another desk is no hindrance', () =>
    play(async (people, county) => {
      const { id } = await people.dispatched(SIGNBOARD, ENFORCEMENT)
      await people.act('md-wu', id, 'sign')
      const ask = { extensionAsked: 1, reason: '店主外出，后天回来' }
      const due = clockOf(await people.get('md-wu', id), 'handle').dueAt
      county.clock.set(due)
      await people.act('md-wu', id, 'requestExtension', ask)
      county.clock.advance(1000)
      expect(await people.offered('md-chen', id)).not.toContain('approveExtension')
      await people.refused('md-chen', id, 'approveExtension', { extendBy: 1 }, 'process.guard')
      await people.act('md-chen', id, 'refuseExtension', { reason: '已经超时' })
      await people.refused('md-wu', id, 'requestExtension', ask, 'process.guard')
    }))

  it('返工 and 退回修改: the limit goes on with what is left, and what was late stays late', () =>
    play(async (people, county) => {
      const { id } = await people.dispatched(SIGNBOARD, ENFORCEMENT)
      await people.act('md-wu', id, 'sign')
      const done = { result: '店招已改短', reply: '您反映的店招已改短。' }
      county.clock.advance(hours(1))
      const fed = await people.act('md-wu', id, 'feedback', done)
      expect(clockOf(fed, 'handle')).toMatchObject({ pausedAt: expect.any(String), stoppedAt: null, overdue: false })
      const { leftMillis } = clockOf(fed, 'handle')
      await people.act('md-chen', id, 'orderInspect')
      county.clock.advance(hours(1))
      await people.refused('md-wu', id, 'inspectFail', { finding: '没有改短' }, 'platform.forbidden')
      await people.refused('md-zhao', id, 'inspectFail', undefined, 'process.form_invalid')
      const again = await people.act('md-zhao', id, 'inspectFail', { finding: '只改了一半' })
      expect(again.case).toMatchObject({ state: 'handling', overdue: false })
      expect(clockOf(again, 'handle').pausedAt).toBeNull()
      expect(clockOf(again, 'handle').leftMillis).toBeLessThanOrEqual(leftMillis + hours(1))

      // Late this time: shown while it is the unit's turn, kept when it comes back once more.
      county.clock.set(new Date(Date.parse(clockOf(again, 'handle').dueAt) + 1000))
      await county.settle()
      const late = await people.get('md-wu', id)
      expect(late.case.overdue).toBe(true)
      const lateFed = await people.act('md-wu', id, 'feedback', done)
      expect(lateFed.clocks.find((clock: { key: string }) => clock.key === 'handle').overdue).toBe(true)
      await people.act('md-chen', id, 'orderInspect')
      await people.act('md-zhao', id, 'inspectPass')
      await people.refused('md-wu', id, 'sendBack', { reason: '答复里没有日期' }, 'platform.forbidden')
      await people.refused('md-tian', id, 'sendBack', undefined, 'process.form_invalid')
      const sentBack = await people.act('md-tian', id, 'sendBack', { reason: '答复里没有写完成日期' })
      expect(sentBack.case).toMatchObject({ state: 'handling', overdue: true })
      expect(clockOf(sentBack, 'handle')).toMatchObject({ overdue: true, dueAt: clockOf(again, 'handle').dueAt })
      await people.act('md-wu', id, 'feedback', { ...done, reply: '您反映的店招已于今天改短。' })
      await people.act('md-chen', id, 'orderInspect')
      await people.act('md-zhao', id, 'inspectPass')
      const signed = await people.act('md-tian', id, 'signReply')
      expect(clockOf(signed, 'handle')).toMatchObject({ overdue: true, stoppedAt: expect.any(String) })
    }))

  it('who noted progress neither inspects nor signs nor closes', () =>
    play(async (people, county) => {
      const { id } = await people.dispatched(SIGNBOARD, FIRE)
      // A second handler of the brigade who is a grid worker here as well.
      await county.inCounty(async (tx) => {
        await sql`
          insert into org_post_holding (post_id, account_id, since, reason, created_at)
          select p.id, a.id, '2026-10-01', 'test', '2026-10-01' from org_post p, org_unit u, auth_account a
           where a.login = 'fire-he' and p.unit_id = u.id
             and ((u.code = ${`${VILLAGE}-committee`} and p.role = 'gridWorker')
               or (u.code = ${FIRE} and p.role = 'unitLeader') or (u.code = '320506103-command' and p.role = 'dutyChief'))`.execute(
          tx,
        )
        await sql`update access_revision set revision = revision + 1`.execute(tx)
      })
      await people.act('fire-sun', id, 'sign')
      await people.act('fire-he', id, 'handle', { progress: '到场看过，约好明天拆' })
      await people.act('fire-sun', id, 'feedback', { result: '店招已拆除', reply: '您反映的店招已拆除。' })
      await people.act('md-chen', id, 'orderInspect')
      await people.refused('fire-he', id, 'inspectPass', undefined, 'process.separate_person')
      await people.refused('fire-he', id, 'inspectFail', { finding: '没有拆净' }, 'process.separate_person')
      await people.act('md-zhao', id, 'inspectPass')
      await people.refused('fire-he', id, 'signReply', undefined, 'process.separate_person')
      await people.act('fire-qian', id, 'signReply')
      await people.refused('fire-he', id, 'close', undefined, 'process.separate_person')
      expect((await people.act('md-chen', id, 'close')).case.state).toBe('closed')
    }))

  it('作废: also while it is handled, by the duty chief with a reason; a draft is no answer to the resident', () =>
    play(async (people) => {
      const report = await people.dispatched(SIGNBOARD, ENFORCEMENT)
      const { id } = report
      await people.act('md-wu', id, 'sign')
      await people.act('md-wu', id, 'feedback', { result: '店主已自行拆除', reply: '拟答复，未审签。' })
      await people.refused('md-wu', id, 'cancel', { reason: '重复登记' }, 'platform.forbidden')
      await people.refused('md-chen', id, 'cancel', undefined, 'process.form_invalid')
      const gone = await people.act('md-chen', id, 'cancel', { reason: '与另一件重复登记' })
      expect(gone.case).toMatchObject({ state: 'cancelled', overdue: false })
      expect(gone.clocks.every((clock: { stoppedAt: string | null }) => clock.stoppedAt !== null)).toBe(true)
      expect(await people.follow(report)).toMatchObject({ state: 'cancelled', closed: true, reply: null })
      await people.refused('md-chen', id, 'cancel', { reason: '再来一次' }, 'process.wrong_state')
    }))
})

it('numbers of persons that officials type are masked in trace and data; the number of an office stays in a reply', () =>
  play(async (people, county) => {
    const { id } = await people.dispatched(SIGNBOARD, ENFORCEMENT)
    await people.act('md-wu', id, 'sign', undefined, '已电话联系店主 18357902464')
    await people.act('md-wu', id, 'handle', { progress: '店主 １８３５７９０２４６４、座机 0512-66251234 都打过' })
    const page = await people.act('md-wu', id, 'feedback', {
      result: '已与店主 183—5790—2464 约定今天拆除',
      reply: '店招已拆除，如有疑问请拨镇综合执法局 0512-66251234，或店主 183.5790.2464。',
    })
    expect(page.data.reply).toBe('店招已拆除，如有疑问请拨镇综合执法局 0512-66251234，或店主 183****2464。')
    const { rows } = await county.inCounty((tx) =>
      sql<{ text: string }>`
        select coalesce(string_agg(concat_ws(' ', note, form::text), ' '), '') as text from process_trace where case_id = ${id}`.execute(
        tx,
      ),
    )
    const kept = rows[0]!.text.normalize('NFKC')
    expect(kept).toContain('183****2464')
    expect(kept.replace(/[^\d]/g, '')).not.toContain('18357902464')
    expect(kept.match(/0512-66251234/g)).toHaveLength(1)
  }))
