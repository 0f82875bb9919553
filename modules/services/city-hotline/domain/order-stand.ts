import type { MessageKind, NoticeKind, OrderState } from './city-message.ts'

/** What is known of an order, in whatever sequence it came. */
export interface OrderFacts {
  signDueAt: Date | null
  replyDueAt: Date | null
  notices: readonly {
    cityId: string
    kind: NoticeKind
    at: Date
    answers: string | null
    agreed: boolean | null
    satisfied: boolean | null
    dueAt: Date | null
  }[]
  messages: readonly { key: string; kind: MessageKind; round: number; madeAt: Date; state: string }[]
}

export interface OrderStand {
  state: OrderState
  /** 1, and one more for every 不满意 after a reply. */
  round: number
  replyDueAt: Date | null
  /** Keys of what was asked of the city and is not answered yet. */
  pending: string[]
  /** The city's answer by key of what was asked. */
  answers: ReadonlyMap<string, { agreed: boolean; cityId: string }>
}

/**
 * How an order stands, from all that both sides said. It depends on what was said, never on the sequence in which it arrived:
 * messages overtake each other, come twice or days late.
 */
export function standOf(facts: OrderFacts): OrderStand {
  const notices = unique(facts.notices)
  const messages = facts.messages.filter((message) => message.state !== 'refused')
  const visits = notices.filter((notice) => notice.kind === 'visit')
  let round = 1
  let roundDue = facts.replyDueAt
  let satisfied = false
  for (const visit of visits) {
    // A call-back is about a reply; one that comes without is kept and shown, and changes nothing.
    if (!messages.some((message) => message.round === round && message.kind === 'reply')) continue
    if (visit.satisfied === true) satisfied = true
    else if (visit.satisfied === false && !satisfied) {
      round += 1
      roundDue = visit.dueAt
    }
  }
  const asked = messages.filter((message) => message.kind === 'return' || message.kind === 'extend')
  const answers = answersTo(asked, notices)
  for (const message of asked) {
    const answer = answers.get(message.key)
    if (message.kind === 'extend' && message.round === round && answer?.notice.agreed && answer.notice.dueAt)
      if (roundDue === null || answer.notice.dueAt > roundDue) roundDue = answer.notice.dueAt
  }
  const own = (kind: MessageKind) => messages.filter((message) => message.round === round && message.kind === kind)
  const pending = asked.filter((message) => message.round === round && !answers.has(message.key)).map(({ key }) => key)
  const returned = own('return').some((message) => answers.get(message.key)?.notice.agreed)
  const returning = own('return').some((message) => !answers.has(message.key))
  const state: OrderState = notices.some((notice) => notice.kind === 'withdraw')
    ? 'withdrawn'
    : satisfied
      ? 'done'
      : returned
        ? 'returned'
        : own('reply').length > 0
          ? 'replied'
          : returning
            ? 'returning'
            : own('sign').length > 0
              ? 'signed'
              : 'toSign'
  return {
    state,
    round,
    replyDueAt: roundDue,
    pending: ['toSign', 'signed', 'returning'].includes(state) ? pending : [],
    answers: new Map(
      [...answers].map(([key, { notice }]) => [key, { agreed: notice.agreed === true, cityId: notice.cityId }]),
    ),
  }
}

type Notice = OrderFacts['notices'][number]

/** The answer to each thing asked: by its key, or where a file gives none, the earliest free answer of that kind. */
function answersTo(asked: OrderFacts['messages'], notices: readonly Notice[]): Map<string, { notice: Notice }> {
  const found = new Map<string, { notice: Notice }>()
  const kindOf = { return: 'returnAnswer', extend: 'extensionAnswer' } as const
  const known = new Set(asked.map(({ key }) => key))
  for (const notice of notices)
    if (notice.answers !== null && known.has(notice.answers) && !found.has(notice.answers))
      found.set(notice.answers, { notice })
  const inOrder = [...asked].sort((a, b) => a.madeAt.getTime() - b.madeAt.getTime() || compare(a.key, b.key))
  for (const kind of ['return', 'extend'] as const) {
    const free = notices.filter((notice) => notice.kind === kindOf[kind] && notice.answers === null)
    for (const message of inOrder) {
      if (message.kind !== kind || found.has(message.key)) continue
      const notice = free.shift()
      if (notice) found.set(message.key, { notice })
    }
  }
  return found
}

/** Each message once, in the sequence of the city's own times. */
function unique(notices: OrderFacts['notices']): Notice[] {
  const byId = new Map(notices.map((notice) => [notice.cityId, notice]))
  return [...byId.values()].sort((a, b) => a.at.getTime() - b.at.getTime() || compare(a.cityId, b.cityId))
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}
