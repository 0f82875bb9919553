import { describe, expect, it } from 'vitest'
import { sql } from '#platform/db/db.ts'
import type { DemoLoad } from '#platform/module/module.ts'
import { logInAs, type Session } from '#platform/testing/log-in-as.ts'
import { type TestCounty, withTestCounty } from '#platform/testing/test-county.ts'
import { loadMediations } from '../demo/load-mediations.ts'

/** Monday 10:00 in an ordinary week. */
const AT = { at: '2026-10-12T02:00:00Z' }
const LEAK = {
  kind: '邻里',
  matter: '楼上渗水损坏吊顶',
  facts: '被申请人家卫生间防水老化，申请人家吊顶受损。',
  committee: '村社区',
  willing: '各方愿意',
}
const SESSION = { heldOn: '2026-10-13', place: '社区调解室', present: '各方到场', summary: '被申请人愿意修防水。' }
const AGREED = { terms: '被申请人修好防水并补偿吊顶修复费用。', performance: '十日内完成。', visitDate: '2026-11-20' }
const ids = (page: { actions: { key: string }[] }) => page.actions.map(({ key }) => key)
const dueOf = (page: { clocks: { key: string; dueAt: string }[] }, key: string) =>
  page.clocks.find((clock) => clock.key === key)?.dueAt

async function opened(village: Session, form: object = {}): Promise<number> {
  const { id } = await village.post('/cases', { definition: 'mediation', form: { ...LEAK, ...form } })
  return id
}

async function parties(village: Session, id: number): Promise<void> {
  await village.post(`/mediation/cases/${id}/parties`, { side: 'applicant', name: '赵明亮', phone: '19900006101' })
  await village.post(`/mediation/cases/${id}/parties`, { side: 'respondent', name: '钱桂兰' })
}

async function agreed(village: Session): Promise<number> {
  const id = await opened(village)
  await parties(village, id)
  await village.act(id, 'accept', { consent: '同意调解' })
  await village.act(id, 'recordSession', SESSION)
  await village.act(id, 'agree', AGREED)
  return id
}

const reads = (county: TestCounty, id: number) =>
  county.inCounty(async (tx) => {
    const { rows } = await sql<{ purpose: string }>`
      select purpose from access_person_read where case_id = ${id} order by id`.execute(tx)
    return rows.map(({ purpose }) => purpose)
  })

describe('矛盾调解', () => {
  it('goes from the request to the fulfilled agreement, with the court between', () =>
    withTestCounty(async (county) => {
      const village = await logInAs(county, 'md-xiangxi-desk')
      const { id, number } = await village.post('/cases', { definition: 'mediation', form: LEAK })
      expect(number).toMatch(/^TJ-MD-/)
      const page = await village.get(`/cases/${id}`)
      expect(page.case).toMatchObject({ title: '邻里纠纷：楼上渗水损坏吊顶', state: 'applied', secrecy: 'internal' })
      // Three working days.
      expect(dueOf(page, 'accept')).toBe('2026-10-15T09:30:00.000Z')
      await village.refused(id, 'accept', { form: { consent: '同意调解' } }, 'process.guard')
      await parties(village, id)
      const accepted = await village.act(id, 'accept', { consent: '同意调解', mediators: '两名调解员' })
      expect(accepted.case.state).toBe('mediating')
      expect(dueOf(accepted, 'mediate')?.slice(0, 10)).toBe('2026-11-11')
      await village.refused(id, 'agree', { form: AGREED }, 'process.guard')
      await village.act(id, 'recordSession', SESSION)
      const twice = await village.act(id, 'recordSession', { ...SESSION, heldOn: '2026-10-20', summary: '谈妥补偿。' })
      expect(twice.data.sessions).toHaveLength(2)
      await village.refused(id, 'agree', { form: { ...AGREED, visitDate: '2026-10-01' } }, 'process.guard')
      const done = await village.act(id, 'agree', AGREED)
      expect(done.data.agreementNumber).toBe('木渎人调〔2026〕1号')
      const late = await village.raw('POST', `/mediation/cases/${id}/parties`, { side: 'applicant', name: '孙立群' })
      expect([late.status, late.body.code]).toEqual([409, 'mediation.parties_fixed'])

      const court = { court: '吴中区人民法院', appliedOn: '2026-10-12' }
      await village.act(id, 'applyConfirmation', court)
      const refused = await village.act(id, 'confirmationRefused', {
        rulingNumber: '演示民特 1 号',
        ruledOn: '2026-10-12',
        remark: '内容不明确',
      })
      expect(refused.case.state).toBe('mediating')
      expect((await village.act(id, 'agree', AGREED)).data.agreementNumber).toBe('木渎人调〔2026〕2号')
      await village.act(id, 'applyConfirmation', court)
      const confirmed = await village.act(id, 'confirmed', { rulingNumber: '演示民特 2 号', ruledOn: '2026-10-12' })
      expect(confirmed.case.state).toBe('fulfilling')
      expect(dueOf(confirmed, 'visit')?.slice(0, 10)).toBe('2026-11-20')
      await village.refused(id, 'visitAgain', { form: { how: '电话回访', visitDate: '2026-10-12' } }, 'process.guard')
      const again = await village.act(id, 'visitAgain', { how: '电话回访，正在施工', visitDate: '2026-12-01' })
      expect(dueOf(again, 'visit')?.slice(0, 10)).toBe('2026-12-01')
      expect((await village.act(id, 'visitBroken', { how: '上门回访，没有动工' })).case.state).toBe('mediating')
      await village.act(id, 'agree', AGREED)
      await village.act(id, 'noConfirmation')
      expect((await village.act(id, 'visitKept', { how: '上门回访，已修好' })).case).toMatchObject({ state: 'done' })
    }, AT))

  it('names parties to nobody but who mediates, for a purpose, and leaves a row of it', () =>
    withTestCounty(async (county) => {
      const village = await logInAs(county, 'md-xiangxi-desk')
      const id = await agreed(village)
      const read = (who: Session, purpose?: string) =>
        who.raw('POST', `/mediation/cases/${id}/parties/read`, purpose ? { purpose } : {})
      const shown = (await read(village)).body
      expect(shown).toMatchObject({
        masked: true,
        canUnmask: true,
        canRecord: false,
        parties: [
          { name: '赵*亮', phone: '199****6101' },
          { name: '钱*兰', phone: null },
        ],
      })
      expect((await read(village, '联系签字')).body.parties[0]).toMatchObject({ name: '赵明亮', phone: '19900006101' })
      const town = await logInAs(county, 'md-yin')
      expect((await read(town)).body).toMatchObject({ masked: true, canUnmask: false })
      expect((await read(town, '看看')).status).toBe(403)
      expect(await reads(county, id)).toEqual(['联系签字'])
      // The table holds no word of it in the clear.
      const stored = await county.inCounty(async (tx) => {
        const { rows } = await sql<{ text: string }>`
          select encode(name_sealed, 'escape') as text from mediation_party where case_id = ${id}`.execute(tx)
        return rows.map(({ text }) => text).join()
      })
      expect(stored).not.toContain('赵明亮')

      const paper = await village.raw('GET', `/cases/${id}/documents/agreement?format=pdf`)
      expect(paper.status, JSON.stringify(paper.body).slice(0, 300)).toBe(200)
      expect(await reads(county, id)).toEqual(['联系签字', '制作人民调解协议书'])
      expect((await town.raw('GET', `/cases/${id}/documents/agreement?format=docx`)).status).toBe(200)
      expect(await reads(county, id)).toHaveLength(2)
      expect((await logInAs(county, 'lz-han').then((other) => read(other))).status).toBe(404)
    }, AT))

  it('keeps family matters and minors secret, and takes out who was recorded by mistake', () =>
    withTestCounty(async (county) => {
      const village = await logInAs(county, 'md-xiangxi-desk')
      const family = await opened(village, { kind: '婚姻家庭' })
      const minor = await opened(village, { minors: true })
      const chief = await logInAs(county, 'md-yin')
      for (const id of [family, minor]) {
        expect((await village.get(`/cases/${id}`)).case.secrecy).toBe('secret')
        expect((await chief.raw('GET', `/cases/${id}`)).status).toBe(404)
      }
      await parties(village, minor)
      const left = await village.post(`/mediation/cases/${minor}/parties/remove`, { no: 2 })
      expect(left.parties).toHaveLength(1)
      await village.refused(minor, 'accept', { form: { consent: '同意调解' } }, 'process.guard')
      const unknown = await village.raw('POST', `/mediation/cases/${minor}/parties/remove`, { no: 9 })
      expect(unknown.body.code).toBe('mediation.party_unknown')
      // Trace and data of the case name nobody.
      expect(JSON.stringify(await village.get(`/cases/${minor}`))).not.toContain('赵明亮')
    }, AT))

  it('ends in the other ways, a refusal or a withdrawal; only the desk decides', () =>
    withTestCounty(async (county) => {
      const village = await logInAs(county, 'md-xiangxi-desk')
      const other = await logInAs(county, 'md-huayuan-desk')
      const failed = await opened(village, { committee: '镇街' })
      expect(ids(await village.get(`/cases/${failed}`))).toEqual([])
      await village.refused(failed, 'accept', { form: { consent: '同意调解' } }, 'platform.forbidden')
      expect((await other.raw('GET', `/cases/${failed}`)).status).toBe(404)
      const town = await logInAs(county, 'md-yin')
      await parties(town, failed)
      await town.act(failed, 'accept', { consent: '同意调解' })
      await town.refused(failed, 'fail', { form: { why: '谈不拢的', ways: ['诉讼'] } }, 'process.guard')
      await town.act(failed, 'recordSession', SESSION)
      await town.refused(failed, 'fail', { form: { why: '谈不拢的', ways: [] } }, 'process.form_invalid')
      expect((await town.act(failed, 'fail', { why: '谈不拢的', ways: ['诉讼', '仲裁'] })).case.state).toBe(
        'notSettled',
      )
      expect((await town.raw('GET', `/cases/${failed}/documents/other-ways?format=docx`)).status).toBe(200)

      const refused = await opened(village)
      const form = { ground: '一方明确拒绝调解', told: '可以向法院起诉' }
      expect((await village.act(refused, 'refuse', form)).case.state).toBe('refused')
      const withdrawn = await opened(village)
      expect((await village.act(withdrawn, 'withdraw', { reason: '双方已和好' })).case.state).toBe('withdrawn')
      const clerk = await logInAs(county, 'md-wu')
      expect((await clerk.raw('POST', '/cases', { definition: 'mediation', form: LEAK })).body.code).toBe(
        'platform.forbidden',
      )
    }, AT))

  it('is late for nobody where the time to apply to the court runs out, and for the desk where it does not accept', () =>
    withTestCounty(async (county) => {
      const village = await logInAs(county, 'md-xiangxi-desk')
      const id = await agreed(village)
      const waiting = await opened(village)
      county.clock.set('2026-11-12T03:00:00Z')
      await county.settle()
      const again = await logInAs(county, 'md-xiangxi-desk')
      const page = await again.get(`/cases/${id}`)
      expect(page.case).toMatchObject({ state: 'fulfilling', overdue: false })
      expect(page.trace.at(-1)).toMatchObject({ action: 'confirmLapsed', actorKind: 'system' })
      expect((await again.get(`/cases/${waiting}`)).case.overdue).toBe(true)
    }, AT))

  it('begins from a report at its place, and the report says so', () =>
    withTestCounty(async (county) => {
      const clerk = await logInAs(county, 'md-zhou')
      const report = await clerk.post('/loop/reports', {
        text: '楼上卫生间漏水，把我家吊顶泡坏了，说了几次都不修',
        villageCode: '320506103001',
        source: 'window',
      })
      const made = await clerk.post('/cases', {
        definition: 'mediation',
        fromCaseId: report.id,
        form: { ...LEAK, committee: '镇街' },
      })
      const page = await (await logInAs(county, 'md-yin')).get(`/cases/${made.id}`)
      expect(page.case).toMatchObject({ villageCode: '320506103001', state: 'applied' })
      expect((await clerk.get(`/cases/${report.id}`)).trace.at(-1)).toMatchObject({ action: 'opened' })
    }, AT))

  it('has demo cases at every stage, played once', () =>
    withTestCounty(async (county) => {
      county.clock.set('2026-11-23T02:00:00Z')
      const load = await demoLoad(county)
      await loadMediations(load)
      await loadMediations(load)
      const { rows } = await county.inCounty((tx) =>
        sql<{ state: string }>`
          select state from process_case where definition_key = 'mediation' order by data ->> 'demo'`.execute(tx),
      )
      expect(rows.map(({ state }) => state)).toEqual(['notSettled', 'mediating', 'done', 'fulfilling'])
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
