import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { MessageKind, NoticeKind } from './city-message.ts'
import { type OrderFacts, standOf } from './order-stand.ts'

const at = (hour: number) => new Date(Date.UTC(2026, 9, 12, hour))
const none = { answers: null, agreed: null, satisfied: null, dueAt: null }
const notice = (cityId: string, kind: NoticeKind, hour: number, more: object = {}) => ({
  ...none,
  cityId,
  kind,
  at: at(hour),
  ...more,
})
const message = (key: string, kind: MessageKind, round: number, hour: number, state = 'accepted') => ({
  key,
  kind,
  round,
  madeAt: at(hour),
  state,
})
const facts = (notices: OrderFacts['notices'], messages: OrderFacts['messages']): OrderFacts => ({
  signDueAt: null,
  replyDueAt: at(40),
  notices,
  messages,
})

describe('how an order stands', () => {
  it('goes from signing to the reply, the call-back and another round', () => {
    const said = [notice('1', 'order', 1)]
    expect(standOf(facts(said, [])).state).toBe('toSign')
    const signed = [message('s', 'sign', 1, 2)]
    expect(standOf(facts(said, signed)).state).toBe('signed')
    const replied = [...signed, message('r', 'reply', 1, 3)]
    expect(standOf(facts(said, replied)).state).toBe('replied')
    expect(standOf(facts([...said, notice('2', 'visit', 4, { satisfied: true })], replied)).state).toBe('done')
    const again = standOf(facts([...said, notice('2', 'visit', 4, { satisfied: false, dueAt: at(60) })], replied))
    expect(again).toMatchObject({ state: 'toSign', round: 2, replyDueAt: at(60) })
  })

  it('a call-back without a reply of that round changes nothing, also where it was said twice', () => {
    const unhappy = [notice('1', 'visit', 4, { satisfied: false }), notice('2', 'visit', 5, { satisfied: false })]
    expect(standOf(facts(unhappy, []))).toMatchObject({ state: 'toSign', round: 1 })
    expect(standOf(facts(unhappy, [message('r', 'reply', 1, 3)]))).toMatchObject({ state: 'toSign', round: 2 })
  })

  it('an extension moves the deadline only when the city agrees, a return ends it only then', () => {
    const asked = [message('e', 'extend', 1, 2), message('t', 'return', 1, 3)]
    expect(standOf(facts([], asked))).toMatchObject({ state: 'returning', pending: ['e', 't'], replyDueAt: at(40) })
    const no = [notice('1', 'extensionAnswer', 4, { answers: 'e', agreed: false })]
    expect(standOf(facts(no, asked))).toMatchObject({ replyDueAt: at(40), pending: ['t'] })
    const yes = [
      notice('1', 'extensionAnswer', 4, { answers: 'e', agreed: true, dueAt: at(80) }),
      notice('2', 'returnAnswer', 5, { agreed: true }),
    ]
    expect(standOf(facts(yes, asked))).toMatchObject({ state: 'returned', replyDueAt: at(80), pending: [] })
  })

  it('what the city refused does not count', () => {
    expect(standOf(facts([], [message('r', 'reply', 1, 3, 'refused')])).state).toBe('toSign')
  })

  it('depends on what was said, not on the sequence or on repeats', () => {
    const kinds: NoticeKind[] = ['order', 'urge', 'supervise', 'returnAnswer', 'extensionAnswer', 'visit', 'withdraw']
    const notices = fc.array(
      fc.record({
        cityId: fc.integer({ min: 1, max: 12 }),
        kind: fc.constantFrom(...kinds),
        hour: fc.integer({ min: 1, max: 9 }),
        agreed: fc.boolean(),
        satisfied: fc.boolean(),
        due: fc.option(fc.integer({ min: 41, max: 99 }), { nil: null }),
        answers: fc.option(fc.constantFrom('k1', 'k2', 'k3'), { nil: null }),
      }),
      { maxLength: 10 },
    )
    const messages = fc.uniqueArray(
      fc.record({
        key: fc.constantFrom('k1', 'k2', 'k3', 'k4', 'k5'),
        kind: fc.constantFrom<MessageKind>('sign', 'return', 'extend', 'reply'),
        round: fc.integer({ min: 1, max: 3 }),
        hour: fc.integer({ min: 1, max: 9 }),
        state: fc.constantFrom('accepted', 'waiting', 'refused'),
      }),
      { selector: ({ key }) => key },
    )
    fc.assert(
      fc.property(notices, messages, fc.infiniteStream(fc.nat()), (said, own, randoms) => {
        // One id says one thing: what differs under it would be another message.
        const byId = new Map(
          said.map(({ cityId, kind, hour, agreed, satisfied, due, answers }) => [
            cityId,
            notice(String(cityId), kind, hour, { agreed, satisfied, answers, dueAt: due === null ? null : at(due) }),
          ]),
        )
        const ordered = [...byId.values()]
        const sent = own.map(({ key, kind, round, hour, state }) => message(key, kind, round, hour, state))
        const wanted = standOf(facts(ordered, sent))
        const mixed = <T>(values: readonly T[]) =>
          [...values, ...values.slice(0, 3)]
            .map((value) => ({ value, by: randoms.next().value! }))
            .sort((a, b) => a.by - b.by)
            .map(({ value }) => value)
        const once = <T extends { key: string }>(values: T[]) => [
          ...new Map(values.map((value) => [value.key, value])).values(),
        ]
        expect(standOf(facts(mixed(ordered), once(mixed(sent))))).toEqual({
          ...wanted,
          pending: expect.arrayContaining(wanted.pending),
        })
      }),
      { numRuns: 500 },
    )
  })
})
