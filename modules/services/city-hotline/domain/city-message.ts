import { type Static, Type } from 'typebox'

/**
 * The exchange with the city's 12345. The field names are this platform's; what the city of a county really uses is mapped by
 * its adapter (接口文本由市 12345 发布，待核实).
 */

const oneOf = <T extends string>(values: readonly T[]) =>
  Type.Unsafe<T>(Type.Union(values.map((value) => Type.Literal(value))))
const Instant = Type.String({ format: 'date-time' })
export const OrderNumber = Type.String({
  minLength: 4,
  maxLength: 60,
  pattern: '^[0-9A-Za-z_()（）\\u4e00-\\u9fa5-]+$',
})

/** 诉求类型 as GB/T 33358 names them, with 表扬. */
export const ORDER_KINDS = ['咨询', '求助', '投诉', '举报', '建议', '表扬'] as const

/** An order as the city hands it over. */
export const CityOrder = Type.Object({
  title: Type.String({ minLength: 2, maxLength: 200 }),
  content: Type.String({ minLength: 4, maxLength: 4000 }),
  kind: Type.String({ minLength: 1, maxLength: 20 }),
  urgent: Type.Optional(Type.Boolean()),
  callerName: Type.Optional(Type.String({ maxLength: 40 })),
  callerPhone: Type.Optional(Type.String({ maxLength: 30 })),
  address: Type.Optional(Type.String({ maxLength: 200 })),
  /** 镇街 by name, as the city writes it. */
  town: Type.Optional(Type.String({ maxLength: 40 })),
  place: Type.Optional(
    Type.Object({ lon: Type.Number({ minimum: 73, maximum: 136 }), lat: Type.Number({ minimum: 3, maximum: 54 }) }),
  ),
  signDueAt: Type.Optional(Instant),
  replyDueAt: Type.Optional(Instant),
})
export type CityOrder = Static<typeof CityOrder>

export const NOTICE_KINDS = [
  'order',
  'urge',
  'supervise',
  'returnAnswer',
  'extensionAnswer',
  'visit',
  'withdraw',
] as const
export type NoticeKind = (typeof NOTICE_KINDS)[number]

/** What the city says, each message once by its id. */
export const CityMessage = Type.Object({
  id: Type.String({ minLength: 1, maxLength: 80 }),
  kind: oneOf(NOTICE_KINDS),
  number: OrderNumber,
  at: Instant,
  order: Type.Optional(CityOrder),
  words: Type.Optional(Type.String({ maxLength: 2000 })),
  /** Of an answer: whether the city agrees, and the key of the message that it answers. */
  agreed: Type.Optional(Type.Boolean()),
  answers: Type.Optional(Type.String({ maxLength: 120 })),
  /** Of a call-back (回访). */
  satisfied: Type.Optional(Type.Boolean()),
  /** New deadline: of a granted extension, or of what is taken up again. */
  dueAt: Type.Optional(Instant),
})
export type CityMessage = Static<typeof CityMessage>

export const MESSAGE_KINDS = ['sign', 'return', 'extend', 'reply'] as const
export type MessageKind = (typeof MESSAGE_KINDS)[number]

/** What the county says to the city, each message once by its key. */
export const CountyMessage = Type.Object({
  key: Type.String({ minLength: 1, maxLength: 120 }),
  kind: oneOf(MESSAGE_KINDS),
  number: OrderNumber,
  round: Type.Integer({ minimum: 1 }),
  at: Instant,
  /** Reason of a return or an extension; text of the reply; the unit that signed. */
  words: Type.String({ maxLength: 6000 }),
  unitName: Type.Optional(Type.String({ maxLength: 100 })),
  caseNumber: Type.Optional(Type.String({ maxLength: 60 })),
  dueAt: Type.Optional(Instant),
})
export type CountyMessage = Static<typeof CountyMessage>

export const CityAnswer = Type.Object({
  result: oneOf(['accepted', 'refused'] as const),
  reason: Type.Optional(Type.String({ maxLength: 400 })),
})

export const ORDER_STATES = ['toSign', 'signed', 'returning', 'returned', 'replied', 'done', 'withdrawn'] as const
export type OrderState = (typeof ORDER_STATES)[number]

/** One order of the city's daily list. */
export const CityListRow = Type.Object({
  number: OrderNumber,
  state: oneOf(ORDER_STATES),
  replyDueAt: Type.Optional(Instant),
  /** Keys of the county's messages that the city has; absent where a list does not tell. */
  messages: Type.Optional(Type.Array(Type.String({ maxLength: 120 }), { maxItems: 500 })),
  /** Ids of what the city said; absent where a list does not tell. */
  notices: Type.Optional(Type.Array(Type.String({ maxLength: 80 }), { maxItems: 500 })),
})
export type CityListRow = Static<typeof CityListRow>
