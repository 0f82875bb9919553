import { describe, expect, it } from 'vitest'
import { sql } from '#platform/db/db.ts'
import type { DemoLoad } from '#platform/module/module.ts'
import { logInAs } from '#platform/testing/log-in-as.ts'
import { type TestCounty, withTestCounty } from '#platform/testing/test-county.ts'
import { loadConsultations } from '../demo/load-consultations.ts'
import { alertOnRepeats } from './alert.handler.ts'

/** Monday 10:00 in an ordinary week. */
const AT = { at: '2026-10-12T02:00:00Z' }
const CABLE = '有人从家里拉电线到楼道给电动车充电，晚上整夜插着'

/** A report of 飞线充电 that is filed; the alert, if any, is judged by the real job. */
async function filed(county: TestCounty, place: object, more: { secrecy?: string; by?: [string, string] } = {}) {
  const [clerkName, chiefName] = more.by ?? ['md-zhou', 'md-chen']
  const clerk = await logInAs(county, clerkName)
  const { id } = await clerk.post('/loop/reports', { text: CABLE, classCode: 'G0206', source: 'window', ...place })
  await clerk.act(id, 'accept', { classCode: 'G0206' })
  await (await logInAs(county, chiefName)).act(id, 'fileCase', more.secrecy ? { secrecy: more.secrecy } : {})
  await county.settle()
  return id as number
}
const HERE = { villageCode: '320506103001' }
const consultations = (county: TestCounty) =>
  county.inCounty(async (tx) => {
    const { rows } = await sql<{ id: number; town: string | null; secrecy: string; state: string; n: number }>`
      select c.id, c.town_code as town, c.secrecy, c.state,
             (select count(*) from consultation_repeat r where r.consultation_case_id = c.id) as n
        from process_case c where c.definition_key = 'consultation' order by c.id`.execute(tx)
    return rows
  })

describe('会商', () => {
  it('opens by itself at the third repeat, once, and ends with decisions that the reports learn of', () =>
    withTestCounty(async (county) => {
      const first = await filed(county, HERE)
      await filed(county, HERE)
      expect(await consultations(county)).toEqual([])
      await filed(county, HERE)
      const [alert, ...none] = await consultations(county)
      expect(none).toEqual([])
      expect(alert).toMatchObject({ town: '320506103', secrecy: 'internal', state: 'alerted', n: 3 })
      // What comes while it is open is added.
      const fourth = await filed(county, HERE)
      expect((await consultations(county)).map(({ n }) => n)).toEqual([4])
      // The same job again changes nothing.
      for (const caseId of [first, fourth])
        await county.asSystem((context) => alertOnRepeats(context, { caseId, action: 'fileCase' }))
      expect((await consultations(county)).map(({ n }) => n)).toEqual([4])

      const { id } = alert!
      const chief = await logInAs(county, 'md-chen')
      const page = await chief.get(`/cases/${id}`)
      expect(page.case.title).toContain('30日内3件')
      expect(page.trace.at(-1)).toMatchObject({ action: 'anotherRepeat', actorKind: 'system' })
      expect((await chief.get(`/consultation/cases/${id}/pack`)).repeats).toHaveLength(4)
      for (const format of ['docx', 'pdf'])
        expect((await chief.raw('GET', `/cases/${id}/documents/pack?format=${format}`)).status).toBe(200)

      const { directory } = await county.here()
      const unit = (code: string) => directory.unitByCode(code)!.id
      const fire = unit('320506-fire')
      await (await logInAs(county, 'md-zhou')).refused(
        id,
        'dismiss',
        { form: { reason: '不需要会商' } },
        'platform.forbidden',
      )
      await chief.act(id, 'convene', { meetingDate: '2026-10-14', place: '指挥中心会议室', units: [fire] })
      expect((await (await logInAs(county, 'fire-he')).get(`/cases/${id}`)).case.state).toBe('convened')
      await chief.act(id, 'recordMeeting', {
        heldOn: '2026-10-12',
        chair: '值班长',
        discussion: '充电设施不足，车棚缺位，劝导后反复。',
      })
      await chief.refused(id, 'issue', { form: { minutesNumber: '会商纪〔2026〕1 号' } }, 'process.guard')
      const decision = { decision: '两周内建成临时充电棚', unitId: fire, due: '2026-10-26', openReport: true }
      await chief.refused(id, 'decide', { form: { ...decision, due: '2026-10-01' } }, 'consultation.due_past')
      await chief.act(id, 'decide', decision)
      await chief.act(id, 'decide', { ...decision, decision: '每周抽查一次楼道', openReport: false })
      const { decisions } = await chief.get(`/consultation/cases/${id}/pack`)
      expect(decisions).toMatchObject([{ report: { number: expect.any(String) } }, { report: null }])
      const opened = await chief.get(`/cases/${decisions[0].report.id}`)
      expect(opened.case).toMatchObject({ definitionKey: 'report', villageCode: '320506103001', state: 'reported' })
      expect(opened.links[0]).toMatchObject({ kind: 'opened', case: { id } })
      expect((await chief.act(id, 'issue', { minutesNumber: '会商纪〔2026〕1 号' })).case.state).toBe('closed')
      for (const format of ['docx', 'pdf'])
        expect((await chief.raw('GET', `/cases/${id}/documents/minutes?format=${format}`)).status).toBe(200)
      expect((await chief.get(`/cases/${first}`)).trace.at(-1)).toMatchObject({ action: 'linkedResult' })
      // What one was about counts for no other.
      await filed(county, HERE)
      expect(await consultations(county)).toHaveLength(1)
    }, AT))

  it('counts by distance too, goes to the county across towns, and is as secret as what it is about', () =>
    withTestCounty(async (county) => {
      const at = { lon: 120.5144, lat: 31.2503 }
      await filed(county, { ...HERE, place: at }, { secrecy: 'secret' })
      await filed(
        county,
        { villageCode: '320506100006', place: { lon: 120.5148, lat: 31.2503 } },
        { by: ['lz-ma', 'lz-shen'] },
      )
      // Half a kilometre away, in another village: another matter.
      await filed(county, { villageCode: '320506103002', place: { lon: 120.52, lat: 31.2503 } })
      expect(await consultations(county)).toEqual([])
      await filed(county, { ...HERE, place: { lon: 120.5141, lat: 31.2505 } })
      const [alert] = await consultations(county)
      expect(alert).toMatchObject({ town: null, secrecy: 'secret', n: 3 })
      const director = await logInAs(county, 'cmd-gao')
      expect((await director.get('/inbox?definition=consultation')).items).toHaveLength(1)
      const pack = await director.get(`/consultation/cases/${alert!.id}/pack`)
      expect([pack.repeats.length, pack.hidden]).toEqual([2, 1])
      expect((await (await logInAs(county, 'md-chen')).raw('GET', `/cases/${alert!.id}`)).status).toBe(404)
      await director.act(alert!.id, 'dismiss', { reason: '已纳入专项整治' })
    }, AT))

  it('does not count what is too old, and follows the threshold that the director sets', () =>
    withTestCounty(async (county) => {
      await filed(county, HERE)
      county.clock.set('2026-11-16T02:00:00Z')
      await filed(county, HERE)
      await filed(county, HERE)
      expect(await consultations(county)).toEqual([])
      const chief = await logInAs(county, 'md-chen')
      expect((await chief.raw('PUT', '/consultation/setting', { repeats: 2, days: 30, metres: 200 })).status).toBe(403)
      const director = await logInAs(county, 'cmd-gao')
      expect(await director.get('/consultation/setting')).toMatchObject({ repeats: 3, days: 30, metres: 200 })
      const changed = await director.raw('PUT', '/consultation/setting', { repeats: 2, days: 30, metres: 200 })
      expect(changed.body).toMatchObject({ repeats: 2, changedByName: '高明远' })
      expect(
        (await director.raw('PUT', '/consultation/setting', { repeats: 1, days: 30, metres: 200 })).status,
      ).not.toBe(200)
      await filed(county, HERE)
      expect((await consultations(county)).map(({ n }) => n)).toEqual([3])
    }, AT))

  it('is called by hand from a report', () =>
    withTestCounty(async (county) => {
      const report = await filed(county, HERE)
      const chief = await logInAs(county, 'md-chen')
      const form = { matter: '香溪社区楼道充电', reason: '屡禁不止，需要几家一起定办法' }
      const alone = await chief.raw('POST', '/cases', { definition: 'consultation', form })
      expect(alone.status).toBe(409)
      const { id } = await chief.post('/cases', { definition: 'consultation', fromCaseId: report, form })
      expect((await chief.get(`/consultation/cases/${id}/pack`)).repeats).toHaveLength(1)
    }, AT))

  it('has demo cases, played once', () =>
    withTestCounty(async (county) => {
      county.clock.set('2026-11-23T02:00:00Z')
      const load = await demoLoad(county)
      await loadConsultations(load)
      await loadConsultations(load)
      await county.settle()
      expect(await consultations(county)).toMatchObject([{ state: 'convened', n: 3 }])
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
