import type { CityListRow, MessageKind, OrderState } from './city-message.ts'

export const DIFFERENCE_KINDS = [
  'orderMissingHere',
  'orderMissingThere',
  'stateDiffers',
  'dueDiffers',
  'messageMissingThere',
  'messageUnknownHere',
  'noticeMissingHere',
] as const
export type DifferenceKind = (typeof DIFFERENCE_KINDS)[number]

export interface OwnOrder {
  id: number
  number: string
  state: OrderState
  replyDueAt: Date | null
  /** Whether the day's list must hold it: it came in that day or is still open. */
  expected: boolean
  messages: readonly { id: number; key: string; kind: MessageKind; state: string }[]
  notices: readonly string[]
}

export interface Difference {
  kind: DifferenceKind
  number: string
  orderId: number | null
  messageId: number | null
  ours: string | null
  theirs: string | null
}

/** Everything in which both sides' books of a day differ, by order. */
export function differencesOf(ours: readonly OwnOrder[], theirs: readonly CityListRow[]): Difference[] {
  const found: Difference[] = []
  const own = new Map(ours.map((order) => [order.number, order]))
  const city = new Map(theirs.map((row) => [row.number, row]))
  for (const row of city.values())
    if (!own.has(row.number))
      found.push({
        kind: 'orderMissingHere',
        number: row.number,
        orderId: null,
        messageId: null,
        ours: null,
        theirs: row.state,
      })
  for (const order of own.values()) {
    const row = city.get(order.number)
    const base = { number: order.number, orderId: order.id, messageId: null, ours: null, theirs: null }
    if (!row) {
      if (order.expected) found.push({ ...base, kind: 'orderMissingThere', ours: order.state })
      continue
    }
    if (row.messages) {
      const there = new Set(row.messages)
      for (const message of order.messages)
        if (message.state !== 'refused' && !there.has(message.key))
          found.push({ ...base, kind: 'messageMissingThere', messageId: message.id, ours: message.kind })
      const here = new Set(order.messages.map(({ key }) => key))
      for (const key of there) if (!here.has(key)) found.push({ ...base, kind: 'messageUnknownHere', theirs: key })
    }
    if (row.notices) {
      const here = new Set(order.notices)
      for (const id of new Set(row.notices))
        if (!here.has(id)) found.push({ ...base, kind: 'noticeMissingHere', theirs: id })
    }
    if (row.state !== order.state) found.push({ ...base, kind: 'stateDiffers', ours: order.state, theirs: row.state })
    if (row.replyDueAt !== undefined && order.replyDueAt?.getTime() !== Date.parse(row.replyDueAt))
      found.push({
        ...base,
        kind: 'dueDiffers',
        ours: order.replyDueAt?.toISOString() ?? null,
        theirs: new Date(row.replyDueAt).toISOString(),
      })
  }
  return found
}
