import { describe, expect, it } from 'vitest'
import { DEMO_PASSWORD, setUpOrg, wuzhongSeed } from '#modules/foundation/org/public.ts'
import { withTestCounty } from '#platform/testing/test-county.ts'

const BASE = '/test/api/v1'

describe('over HTTP', () => {
  it('the bureau reads classes and list, tries a change and makes it, and enters a day off', () =>
    withTestCounty(async (county) => {
      await county.inCounty((tx) => setUpOrg(tx, wuzhongSeed()))
      county.house.forget()
      const app = await county.app()
      const origin = { host: 'localhost', origin: 'http://localhost' }
      const entered = await app.inject({
        method: 'POST',
        url: `${BASE}/auth/log-in`,
        headers: origin,
        payload: { login: 'data-gu', password: DEMO_PASSWORD },
      })
      expect(entered.statusCode).toBe(200)
      const cookies = Object.fromEntries(entered.cookies.map(({ name, value }) => [name, value]))
      let keys = 0
      const call = async (method: 'GET' | 'POST' | 'PUT', path: string, payload?: object) => {
        keys += 1
        const answer = await app.inject({
          method,
          url: BASE + path,
          cookies,
          headers: {
            ...origin,
            'x-yiti-csrf': cookies.yiti_csrf_test ?? '',
            'idempotency-key': `00000000-0000-4000-8000-${String(keys).padStart(12, '0')}`,
          },
          ...(payload ? { payload } : {}),
        })
        return { status: answer.statusCode, body: answer.json() }
      }
      const ok = async (method: 'GET' | 'POST' | 'PUT', path: string, payload?: object) => {
        const { status, body } = await call(method, path, payload)
        expect([path, status, body.code]).toEqual([path, 200, body.code])
        return body
      }

      expect((await ok('GET', '/duties/classes?kind=governance&majorCode=02')).items.length).toBeGreaterThan(3)
      expect((await ok('GET', '/duties/classes/G0206')).items[0].co[0].name).toMatch(/./)
      expect((await ok('POST', '/duties/classes/suggest', { text: '楼道充电冒烟' })).danger.calls).toContain('119')
      expect((await ok('GET', '/duties/items?list=recovered')).can.manage).toBe(true)
      expect((await ok('GET', '/duties/options')).placeKinds.length).toBeGreaterThan(5)
      expect((await ok('GET', '/duties/rulings')).items[0].decidedAt).toMatch(/Z$/)
      const route = await ok('GET', '/duties/route?classCode=G0206&placeKind=housing-estate&town=320506103')
      expect(route.lead.code).toBe('320506103-enforcement')
      expect(route.why[0].params.unit).toBe(route.lead.shortName)

      const change = {
        classCode: 'G0206',
        placeKind: 'factory',
        list: 'basic',
        clauseNumber: '第一类第 201 条',
        clause: '企业厂区内飞线充电由镇街安监办处置。',
        lead: 'town:safety',
        co: [],
        validFrom: '2026-10-01',
      }
      expect(await ok('POST', '/duties/dry-run', change)).toMatchObject({ matched: 0, moves: [] })
      const missing = await call('POST', '/duties/items', { ...change, documentNumber: '' })
      expect([missing.status, missing.body.code]).toEqual([422, 'duties.document_missing'])
      expect(missing.body.message).toMatch(/编办文号/)
      const made = await ok('POST', '/duties/items', { ...change, documentNumber: '吴编办〔2026〕11 号' })
      expect(made).toMatchObject({ placeKindName: '企业厂区', current: false, lead: { code: 'town:safety' } })

      expect((await ok('GET', '/calendar')).announcedYears).toContain(2026)
      expect((await ok('GET', '/public/calendar')).officeHours).toHaveLength(2)
      expect((await ok('GET', '/calendar/years')).can.manage).toBe(true)
      const day = { kind: 'holiday', name: '本级调整' }
      expect((await ok('PUT', '/calendar/days/2026-11-12', day)).entered).toContainEqual({
        ...day,
        date: '2026-11-12',
        source: 'local',
        noticeYear: null,
        basis: null,
      })
      expect((await ok('POST', '/calendar/days/2026-11-12/remove', {})).dates).toHaveLength(365)
      const { problems } = await ok('POST', '/calendar/years/2027/check', { notice: '', days: [] })
      expect(problems[0]).toEqual({ code: 'calendar.notice_missing', date: null, name: null })
      const hours = [{ from: '09:00', to: '17:00' }]
      expect(await ok('PUT', '/calendar/office-hours', { hours })).toMatchObject({ officeHours: hours })
    }))
})
