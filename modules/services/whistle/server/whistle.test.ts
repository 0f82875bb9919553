import { describe, expect, it } from 'vitest'
import { sql } from '#platform/db/db.ts'
import type { DemoLoad } from '#platform/module/module.ts'
import { logInAs } from '#platform/testing/log-in-as.ts'
import { type TestCounty, withTestCounty } from '#platform/testing/test-county.ts'
import { loadWhistles } from '../demo/load-whistles.ts'

/** Monday 10:00 in an ordinary week. */
const AT = { at: '2026-10-12T02:00:00Z' }
const FORM = { matter: '楼道电动车集中充电', reason: '请到场联合清理', meetAt: '香溪花苑南门' }
const ENFORCEMENT = '320506103-enforcement'
const SAFETY = '320506103-safety'
const FIRE = '320506-fire'

const unitIds = async (county: TestCounty, codes: string[]) => {
  const { directory } = await county.here()
  return codes.map((code) => directory.unitByCode(code)!.id)
}
const keys = (page: { actions: { key: string }[] }) => page.actions.map(({ key }) => key)

describe('吹哨报到', () => {
  it('is answered in parallel, late units are told to their leaders, and the town evaluates units by what was recorded', () =>
    withTestCounty(async (county) => {
      const [enforcement, safety, fire] = await unitIds(county, [ENFORCEMENT, SAFETY, FIRE])
      const chief = await logInAs(county, 'md-chen')
      const report = await chief.post('/loop/reports', {
        text: '楼道里一排电动车在充电，晚上没法走',
        villageCode: '320506103001',
        source: 'grid',
      })
      const { id } = await chief.post('/cases', {
        definition: 'whistle',
        fromCaseId: report.id,
        form: { ...FORM, kind: '重点哨', calledUnits: [enforcement, safety, fire] },
      })
      const page = await chief.get(`/cases/${id}`)
      expect(page.case).toMatchObject({ state: 'called', villageCode: '320506103001' })
      const due = page.clocks.find((clock: { key: string }) => clock.key === 'arrive').dueAt
      expect(due).toBe('2026-10-12T04:00:00.000Z')
      // Side by side, each unit in its own branch; who was not called has none.
      const first = await logInAs(county, 'md-wu')
      expect((await first.get('/inbox?definition=whistle')).items).toHaveLength(1)
      await first.act(id, 'arrive', { people: '执法队员 3 人' })
      await first.refused(id, 'arrive', { form: { people: '执法队员 3 人' } }, 'platform.forbidden')
      await (await logInAs(county, 'md-fan')).act(id, 'arrive', { people: '安监办 2 人' })
      expect((await (await logInAs(county, 'md-ma')).raw('GET', `/cases/${id}`)).status).toBe(404)

      county.clock.set('2026-10-12T04:00:30Z')
      await county.settle()
      const noticed = await county.inCounty(async (tx) => {
        const { rows } = await sql<{ login: string }>`
          select a.login from notify_message m join auth_account a on a.id = m.account_id
           where m.kind = 'whistle.unit_late' order by 1`.execute(tx)
        return rows.map(({ login }) => login)
      })
      expect(noticed).toEqual(['fire-qian'])
      expect((await (await logInAs(county, 'fire-qian')).get(`/cases/${id}`)).case.overdue).toBe(true)

      county.clock.set('2026-10-12T04:20:00Z')
      const gathered = await (await logInAs(county, 'fire-he')).act(id, 'arrive', { people: '监督员 2 人' })
      expect(gathered.case).toMatchObject({ state: 'handling', overdue: false })
      expect(gathered.data.arrivals.map(({ late }: { late: boolean }) => late)).toEqual([false, false, true])

      const lead = await logInAs(county, 'md-chen')
      await lead.act(id, 'recordHandling', { result: '清理楼道电动车 11 辆，划出临时停放点' })
      await lead.refused(
        id,
        'evaluateUnit',
        { form: { unitId: fire, turnout: '到位', words: '检查细致' } },
        'whistle.turnout_differs',
      )
      await lead.refused(
        id,
        'evaluateUnit',
        { form: { unitId: (await unitIds(county, ['320506-data']))[0], turnout: '未到', words: '没有叫' } },
        'whistle.not_called',
      )
      await lead.refused(id, 'close', {}, 'process.guard')
      await lead.act(id, 'evaluateUnit', { unitId: fire, turnout: '迟到', words: '到场后检查细致' })
      await lead.act(id, 'evaluateUnit', { unitId: enforcement, turnout: '到位', words: '到得快' })
      await lead.act(id, 'evaluateUnit', { unitId: safety, turnout: '到位', words: '配合好' })
      expect((await lead.act(id, 'close')).case.state).toBe('closed')
      const told = (await lead.get(`/cases/${report.id}`)).trace.at(-1)
      expect(told).toMatchObject({ action: 'linkedResult', actionName: { 'zh-CN': '关联件结果' } })
      expect(told.why[0].params).toMatchObject({ present: 2, late: 1, absent: 0 })
    }, AT))

  it('goes on without who does not come, who may still report, and counts as absent if he never does', () =>
    withTestCounty(async (county) => {
      const [enforcement, safety, fire] = await unitIds(county, [ENFORCEMENT, SAFETY, FIRE])
      const chief = await logInAs(county, 'md-chen')
      const { id } = await chief.post('/cases', {
        definition: 'whistle',
        form: { ...FORM, kind: '应急哨', calledUnits: [enforcement, safety, fire] },
      })
      const page = await chief.get(`/cases/${id}`)
      expect(page.clocks.find((clock: { key: string }) => clock.key === 'arrive').dueAt).toBe(
        '2026-10-12T02:30:00.000Z',
      )
      const called = await logInAs(county, 'md-wu')
      await called.act(id, 'arrive', { people: '执法队员 3 人' })
      await called.refused(id, 'goOn', { form: { reason: '不能再等' } }, 'platform.forbidden')
      county.clock.set('2026-10-12T02:45:00Z')
      await county.settle()
      expect((await chief.act(id, 'goOn', { reason: '险情不能再等' })).case.state).toBe('handling')
      const late = await logInAs(county, 'md-fan')
      expect(keys(await late.get(`/cases/${id}`))).toContain('arriveLate')
      await late.act(id, 'arriveLate', { people: '安监办 1 人' })
      await late.refused(id, 'arriveLate', { form: { people: '安监办 1 人' } }, 'platform.forbidden')
      await chief.act(id, 'recordHandling', { result: '险情排除' })
      await chief.act(id, 'evaluateUnit', { unitId: safety, turnout: '迟到', words: '补到' })
      await chief.act(id, 'evaluateUnit', { unitId: enforcement, turnout: '到位', words: '及时' })
      await chief.act(id, 'evaluateUnit', { unitId: fire, turnout: '未到', words: '未说明原因' })
      expect((await chief.act(id, 'close')).case.state).toBe('closed')
    }, AT))

  it('is blown only by command desks in their territory, for units that can come, and can be called off', () =>
    withTestCounty(async (county) => {
      const [enforcement, command, experts] = await unitIds(county, [
        ENFORCEMENT,
        '320506103-command',
        '320506-leading-group',
      ])
      const chief = await logInAs(county, 'md-chen')
      const blow = async (calledUnits: number[], who = chief) =>
        (await who.raw('POST', '/cases', { definition: 'whistle', form: { ...FORM, kind: '日常哨', calledUnits } }))
          .body
      expect((await blow([command!])).code).toBe('whistle.own_unit')
      expect((await blow([experts!])).code).toBe('whistle.unit_without_handler')
      expect((await blow([999_999])).code).toBe('whistle.unit_unknown')
      expect((await blow([])).code).toBe('process.form_invalid')
      expect((await blow([enforcement!], await logInAs(county, 'md-wu'))).code).toBe('platform.forbidden')
      const { id } = await blow([enforcement!])
      const day = (await chief.get(`/cases/${id}`)).clocks.find((clock: { key: string }) => clock.key === 'arrive')
      expect(day.dueAt.slice(0, 10)).toBe('2026-10-13')
      expect((await (await logInAs(county, 'lz-shen')).raw('GET', `/cases/${id}`)).status).toBe(404)
      expect((await chief.act(id, 'callOff', { reason: '情况已解除' })).case.state).toBe('cancelled')
    }, AT))

  it('has demo cases, played once', () =>
    withTestCounty(async (county) => {
      county.clock.set('2026-11-23T02:00:00Z')
      const load = await demoLoad(county)
      await loadWhistles(load)
      await loadWhistles(load)
      const { rows } = await county.inCounty((tx) =>
        sql<{ state: string; arrived: number }>`
          select state, jsonb_array_length(data -> 'arrivals') as arrived from process_case
           where definition_key = 'whistle' order by data ->> 'demo'`.execute(tx),
      )
      expect(rows).toEqual([
        { state: 'closed', arrived: 3 },
        { state: 'called', arrived: 1 },
      ])
    }, AT))
})

async function demoLoad(county: TestCounty): Promise<DemoLoad> {
  const org = county.house.modules.find((module) => module.actorOf)!
  return {
    services: county.services,
    here: await county.here(),
    actor: (login) =>
      county.inCounty(async (tx) => {
        const { rows } = await sql<{ id: number }>`select id from auth_account where login = ${login}`.execute(tx)
        return rows[0] ? org.actorOf!(tx, rows[0].id, county.clock.now()) : undefined
      }),
    progress: () => {},
    signal: new AbortController().signal,
  }
}
