import { randomUUID } from 'node:crypto'
import { expect } from 'vitest'
import { sql } from '#platform/db/db.ts'
import { logInAs, type Session } from '#platform/testing/log-in-as.ts'
import { type TestCounty, withTestCounty } from '#platform/testing/test-county.ts'

export const VILLAGE = '320506103001'
export const ENFORCEMENT = '320506103-enforcement'
export const FIRE = '320506-fire'
/** 违规牌匾标识: no ruling speaks of it. */
export const SIGNBOARD = '门口的店招伸出来一米多，风一吹就晃，怕掉下来砸人'
/** 飞线充电: in a stairwell a precedent names the fire brigade. */
export const CABLE = '二单元有人从家里拉电线到楼道给电动车充电，晚上整夜插着'
/** Monday 10:00 in an ordinary week. */
export const AT = { at: '2026-10-12T02:00:00Z' }

/** The people of the county, each logged in when first needed. */
export class People {
  readonly county: TestCounty
  readonly #sessions = new Map<string, { session: Session; at: number }>()

  constructor(county: TestCounty) {
    this.county = county
  }

  /** Logged in anew where the clock went on: a session that nobody uses for hours ends. */
  async as(login: string): Promise<Session> {
    const at = this.county.clock.now().getTime()
    const known = this.#sessions.get(login)
    if (known && at - known.at < 600_000) return known.session
    const session = await logInAs(this.county, login)
    this.#sessions.set(login, { session, at })
    return session
  }

  async act(login: string, id: number, action: string, form?: Record<string, unknown>, note?: string) {
    return (await this.as(login)).act(id, action, form, note)
  }

  async refused(login: string, id: number, action: string, form: Record<string, unknown> | undefined, code: string) {
    await (await this.as(login)).refused(id, action, form ? { form } : {}, code)
  }

  async get(login: string, id: number) {
    return (await this.as(login)).get(`/cases/${id}`)
  }

  async offered(login: string, id: number): Promise<string[]> {
    return (await this.get(login, id)).actions.map((action: { key: string }) => action.key)
  }

  async follow(report: Reported) {
    const app = await this.county.app()
    const answer = await app.inject({
      method: 'POST',
      url: '/test/api/v1/public/reports/follow',
      payload: { number: report.number, followCode: report.followCode },
    })
    expect(answer.statusCode, answer.body).toBe(200)
    return answer.json()
  }

  async unit(code: string): Promise<number> {
    return (await this.county.here()).directory.unitByCode(code)!.id
  }

  async report(text: string, cookie?: string): Promise<Reported> {
    const app = await this.county.app()
    const answer = await app.inject({
      method: 'POST',
      url: '/test/api/v1/public/reports',
      headers: { 'idempotency-key': randomUUID(), ...(cookie ? { cookie } : {}) },
      payload: { text, villageCode: VILLAGE, placeText: '香溪花苑 12 幢 2 单元楼道', reporterPhone: '19900005007' },
    })
    expect(answer.statusCode, answer.body).toBe(200)
    const said = answer.json<{ number: string; followCode: string; quarantined: boolean }>()
    const id = await this.county.inCounty(async (tx) => {
      const { rows } = await sql<{ id: number }>`select id from process_case where number = ${said.number}`.execute(tx)
      return rows[0]!.id
    })
    const visitor = answer.cookies.find(({ name }) => name.startsWith('yiti_visitor'))
    return { ...said, id, cookie: visitor ? `${visitor.name}=${visitor.value}` : (cookie ?? '') }
  }

  async filed(text: string): Promise<Reported> {
    const report = await this.report(text)
    await this.act('md-zhou', report.id, 'accept')
    await this.act('md-chen', report.id, 'fileCase')
    return report
  }

  async dispatched(text: string, unitCode: string): Promise<Reported> {
    const report = await this.filed(text)
    await this.act('md-xu', report.id, 'dispatch', { unitId: await this.unit(unitCode), reason: '按职责清单派遣' })
    return report
  }
}

export interface Reported {
  id: number
  number: string
  followCode: string
  quarantined: boolean
  cookie: string
}

/** A county with its people, on that Monday. */
export const play = (work: (people: People, county: TestCounty) => Promise<void>, options = AT) =>
  withTestCounty(async (county) => work(new People(county), county), options)

export const clockOf = (page: { clocks: Record<string, unknown>[] }, key: string) =>
  page.clocks.find((clock) => clock.key === key) as unknown as {
    dueAt: string
    overdue: boolean
    stoppedAt: string | null
    pausedAt: string | null
    leftMillis: number
    limit: { value: number; unit: string }
  }
