import { expect, it } from 'vitest'
import { logInAs } from '#platform/testing/log-in-as.ts'
import { withTestCounty } from '#platform/testing/test-county.ts'

const both = (text: string) => ({ 'zh-CN': text, en: text })
const seal = {
  key: 'seal_use',
  version: 1,
  name: both('用印申请'),
  numberPrefix: 'YY-{town}',
  phases: [{ key: 'request', name: both('申请') }],
  initial: 'waiting',
  start: {
    name: both('申请用印'),
    permission: null as string | null,
    staff: { title: '用印：{document}' } as { title: string } | undefined,
    form: {
      type: 'object',
      additionalProperties: false,
      required: ['document'],
      properties: { document: { type: 'string', title: '文件名称', minLength: 4 } },
    },
    keep: ['document'],
  },
  clocks: {},
  states: {
    waiting: { name: both('待用印'), phase: 'request', assign: { role: 'handler', unit: 'town:party-office' } },
    stamped: { name: both('已用印'), phase: 'request', final: true },
  },
  actions: {
    stamp: { name: both('用印'), from: ['waiting'], to: 'stamped', kind: 'main', who: { assignee: true } },
  },
}

it('a flow that is only data is opened by officials as it says: title, place, right', () =>
  withTestCounty(async (county) => {
    const bureau = await logInAs(county, 'data-gu')
    const publish = async (body: object) => {
      const draft = await bureau.post('/process/definitions', { body, note: '试行' })
      return bureau.raw('POST', `/process/definitions/${draft.id}/publish`, {})
    }
    // A title may only speak of what the form asks.
    const wrong = { ...seal, start: { ...seal.start, staff: { title: '{paper}' } } }
    expect((await bureau.post('/process/check', { body: wrong })).findings).toEqual([
      { level: 'error', path: '/start/staff/title', code: 'process.check.unknown_field', params: { field: 'paper' } },
    ])
    expect((await publish(seal)).status).toBe(200)
    county.house.forget()

    const village = await logInAs(county, 'md-xiangxi-desk')
    const offered = async () =>
      (await village.get('/process/definitions')).items
        .filter((row: { start: unknown }) => row.start)
        .map((row: { key: string }) => row.key)
    expect(await offered()).toContain('seal_use')
    const form = { document: '关于香溪社区\n换届的请示' }
    const { id, number } = await village.post('/cases', { definition: 'seal_use', form, note: '急用' })
    expect(number).toMatch(/^YY-MD-/)
    const page = await village.get(`/cases/${id}`)
    expect(page.case).toMatchObject({
      title: '用印：关于香溪社区 换届的请示',
      townCode: '320506103',
      villageCode: '320506103001',
      state: 'waiting',
    })
    expect(page.trace[0]).toMatchObject({ action: 'start', note: '急用', form })
    expect((await (await logInAs(county, 'md-wan')).get('/inbox?definition=seal_use')).items).toHaveLength(1)

    const refused = async (input: object) =>
      (await village.raw('POST', '/cases', { definition: 'seal_use', form, ...input })).body.code
    expect(await refused({ form: {} })).toBe('process.form_invalid')
    expect(await refused({ division: '320506103' })).toBe('process.start_place_not_yours')
    expect(await refused({ division: '320506999' })).toBe('process.start_place_unknown')
    expect(await refused({ definition: 'no_such_flow' })).toBe('process.definition_unknown')
    // What begins in a module's own command, with its intake, is not opened beside it.
    for (const definition of ['report', 'joint_review', 'answered_message'])
      expect(await refused({ definition })).toBe('process.start_not_offered')

    // With a right: only who holds it, only where it reaches.
    const withRight = { ...seal, start: { ...seal.start, permission: 'loop.report.intake' } }
    expect((await publish(withRight)).status).toBe(200)
    county.house.forget()
    expect(await offered()).not.toContain('seal_use')
    expect(await refused({})).toBe('platform.forbidden')
    const clerk = await logInAs(county, 'md-zhou')
    const opened = await clerk.post('/cases', { definition: 'seal_use', form, division: '320506103001' })
    expect((await clerk.get(`/cases/${opened.id}`)).case.villageCode).toBe('320506103001')
    const away = await clerk.raw('POST', '/cases', { definition: 'seal_use', form, division: '320506100' })
    expect(away.body.code).toBe('process.start_place_not_yours')
  }))
