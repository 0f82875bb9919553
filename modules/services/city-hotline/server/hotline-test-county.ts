import { expect } from 'vitest'
import { sql } from '#platform/db/db.ts'
import { logInAs, type Session } from '#platform/testing/log-in-as.ts'
import type { TestCounty } from '#platform/testing/test-county.ts'
import type { CityOrder } from '../domain/city-message.ts'
import { CityCentre } from '../simulated/city-centre.ts'
import { setAdapter } from './adapter.ts'

export const KEYS = {
  keyId: 'sz12345-test',
  signature: 'hmacSha256',
  secret: 'a-secret-of-both-sides-0001',
  otherPublicKey: null,
} as const

/** Monday 10:00 in an ordinary week. */
export const AT = { at: '2026-10-12T02:00:00Z' }
export const DUE = '2026-10-14T09:30:00.000Z'

export const ORDER: CityOrder = {
  title: '香溪花苑楼道飞线充电',
  content: '木渎镇香溪社区香溪花苑 12 幢 2 单元有人从家里拉电线到楼道给电动车充电，晚上整夜插着，请处理。',
  kind: '投诉',
  callerName: '李文华',
  callerPhone: '19900005007',
  address: '木渎镇香溪社区香溪花苑 12 幢 2 单元楼道',
  town: '木渎镇',
  signDueAt: '2026-10-12T04:00:00.000Z',
  replyDueAt: DUE,
}

/** A county that is connected to a simulated centre by the interface. */
export async function withCentre(
  county: TestCounty,
  work: (centre: CityCentre) => Promise<void>,
  inbound: 'push' | 'poll' = 'poll',
): Promise<void> {
  const centre = new CityCentre(KEYS, () => county.clock.now())
  const address = await centre.listen()
  try {
    await county.asSystem((context) =>
      setAdapter(
        context,
        {
          form: 'api',
          inbound,
          address,
          keyId: KEYS.keyId,
          signature: KEYS.signature,
          secret: KEYS.secret,
          cityPublicKey: null,
          pollMinutes: 5,
          simulated: true,
        },
        null,
      ),
    )
    await work(centre)
  } finally {
    await centre.close()
  }
}

/** Minutes pass, and what is due is done. */
export async function pass(county: TestCounty, minutes: number): Promise<void> {
  county.clock.advance(minutes * 60_000)
  await county.settle()
}

export async function caseOf(county: TestCounty, number: string, round = 1): Promise<number> {
  const { rows } = await county.inCounty((tx) =>
    sql<{ id: number }>`
      select r.case_id as id from city_hotline_round r join city_hotline_order o on o.id = r.order_id
       where o.number = ${number} and r.round = ${round}`.execute(tx),
  )
  expect(rows, number).toHaveLength(1)
  return rows[0]!.id
}

/** The people of the loop by what they do; each logged in anew, since sessions end. */
export class Desk {
  readonly #county: TestCounty
  constructor(county: TestCounty) {
    this.#county = county
  }

  as(login: string): Promise<Session> {
    return logInAs(this.#county, login)
  }

  async act(login: string, id: number, action: string, form?: Record<string, unknown>) {
    return (await this.as(login)).act(id, action, form)
  }

  /** From acceptance to the unit's signature. */
  async toSigned(id: number): Promise<void> {
    await this.act('md-zhou', id, 'accept')
    await this.act('md-chen', id, 'fileCase')
    await this.act('md-xu', id, 'dispatch')
    await this.act('fire-sun', id, 'sign')
  }

  /** From the result to the closing with the signed reply. */
  async toClosed(id: number, reply = '您反映的飞线充电已拆除，并已告知住户。'): Promise<void> {
    await this.act('fire-sun', id, 'feedback', { result: '两处均已拆除', reply })
    await this.act('md-chen', id, 'orderInspect')
    await this.act('md-zhao', id, 'inspectPass', { finding: '现场已无拉线' })
    await this.act('fire-qian', id, 'signReply')
    await this.act('md-chen', id, 'close')
  }
}
