import { Type } from 'typebox'
import { Id, Instant, route } from '#platform/contract/route.ts'
import { MESSAGE_KINDS, NOTICE_KINDS, ORDER_STATES } from './domain/city-message.ts'
import { DIFFERENCE_KINDS } from './domain/differences.ts'
import { Envelope, SIGNATURES } from './domain/envelope-shape.ts'

export const VIEW = 'city_hotline.order.view'
export const ANSWER = 'city_hotline.order.answer'
export const EXCHANGE = 'city_hotline.exchange.run'
export const MANAGE = 'city_hotline.adapter.manage'

const Nullable = <T extends Parameters<typeof Type.Union>[0][number]>(shape: T) => Type.Union([shape, Type.Null()])
const oneOf = <T extends string>(values: readonly T[]) =>
  Type.Unsafe<T>(Type.Union(values.map((value) => Type.Literal(value))))

const MESSAGE_STATES = ['waiting', 'exported', 'accepted', 'refused', 'failed'] as const

export const OrderRowShape = Type.Object({
  id: Id,
  number: Type.String(),
  kind: Type.String(),
  urgent: Type.Boolean(),
  state: oneOf(ORDER_STATES),
  round: Type.Integer(),
  receivedAt: Instant,
  signDueAt: Nullable(Instant),
  replyDueAt: Nullable(Instant),
  urged: Type.Integer(),
  caseId: Id,
  caseNumber: Type.String(),
  caseTitle: Type.String(),
  caseStateName: Type.Object({ 'zh-CN': Type.String(), en: Type.String() }),
  /** The county's own deadline; the earlier one rules. */
  caseDueAt: Nullable(Instant),
  unitName: Nullable(Type.String()),
  placeName: Nullable(Type.String()),
  /** Messages that the city does not have, and why the last failed. */
  unsent: Type.Integer(),
  troubled: Type.Integer(),
})

const MessageShape = Type.Object({
  id: Id,
  key: Type.String(),
  kind: oneOf(MESSAGE_KINDS),
  round: Type.Integer(),
  words: Type.String(),
  dueAt: Nullable(Instant),
  madeAt: Instant,
  by: Nullable(Type.String()),
  state: oneOf(MESSAGE_STATES),
  tries: Type.Integer(),
  nextTryAt: Nullable(Instant),
  triedAt: Nullable(Instant),
  detail: Nullable(Type.String()),
  settledAt: Nullable(Instant),
  /** The city's answer to what was asked. */
  answer: Nullable(Type.Object({ agreed: Type.Boolean() })),
})

const OrderShape = Type.Object({
  order: OrderRowShape,
  notices: Type.Array(
    Type.Object({
      id: Id,
      kind: oneOf(NOTICE_KINDS),
      at: Instant,
      arrivedAt: Instant,
      words: Nullable(Type.String()),
      agreed: Nullable(Type.Boolean()),
      satisfied: Nullable(Type.Boolean()),
      dueAt: Nullable(Instant),
    }),
  ),
  messages: Type.Array(MessageShape),
  rounds: Type.Array(Type.Object({ round: Type.Integer(), caseId: Id, caseNumber: Type.String() })),
  mayAnswer: Type.Boolean(),
  /** What is asked of the city and not answered yet. */
  pending: Type.Integer(),
  simulated: Type.Boolean(),
})

export const receiveOrders = route({
  name: 'city_hotline.receive_orders',
  kind: 'command',
  method: 'POST',
  path: '/city-hotline/orders',
  audience: 'public',
  permission: null,
  why: 'signed by the key that was agreed on with the city; a replay is refused',
  summary: '市 12345 推送工单与消息（签名、时间戳、随机数）',
  input: Envelope,
  output: Type.Object({
    results: Type.Array(
      Type.Object({
        id: Type.String(),
        outcome: oneOf(['taken', 'repeated', 'changed', 'waiting', 'refused'] as const),
      }),
    ),
  }),
  errors: [
    'city_hotline.not_agreed',
    'city_hotline.signature_wrong',
    'city_hotline.replayed',
    'city_hotline.too_old',
    'city_hotline.content_wrong',
  ],
  rateLimit: 600,
})

export const listOrders = route({
  name: 'city_hotline.list_orders',
  kind: 'query',
  method: 'GET',
  path: '/city-hotline/orders',
  audience: 'staff',
  permission: VIEW,
  summary: '市工单：两个时限、状态、发市情况',
  input: Type.Object({
    state: Type.Optional(oneOf(ORDER_STATES)),
    /** open: the city waits for something · late: past a deadline of the city · trouble: a message did not reach it. */
    show: Type.Optional(oneOf(['open', 'late', 'trouble', 'redo'] as const)),
    q: Type.Optional(Type.String({ maxLength: 60 })),
    cursor: Type.Optional(Type.String({ maxLength: 40 })),
  }),
  output: Type.Object({ items: Type.Array(OrderRowShape), next: Nullable(Type.String()), simulated: Type.Boolean() }),
})

export const getOrder = route({
  name: 'city_hotline.get_order',
  kind: 'query',
  method: 'GET',
  path: '/city-hotline/orders/:orderId',
  audience: 'staff',
  permission: VIEW,
  summary: '一件市工单：来往消息',
  input: Type.Object({ orderId: Id }),
  output: OrderShape,
})

export const getOrderOfCase = route({
  name: 'city_hotline.get_order_of_case',
  kind: 'query',
  method: 'GET',
  path: '/city-hotline/cases/:id/order',
  audience: 'staff',
  permission: null,
  why: 'for who sees the case, else 404',
  summary: '案件对应的市工单',
  input: Type.Object({ id: Id }),
  output: Type.Object({ found: Nullable(OrderShape) }),
})

export const askReturn = route({
  name: 'city_hotline.ask_return',
  kind: 'command',
  method: 'POST',
  path: '/city-hotline/orders/:orderId/return',
  audience: 'staff',
  permission: ANSWER,
  summary: '向市 12345 退单，由市审核',
  input: Type.Object({ orderId: Id, reason: Type.String({ minLength: 6, maxLength: 500 }) }),
  output: OrderShape,
  errors: ['city_hotline.not_open', 'city_hotline.asked_already'],
})

export const askExtension = route({
  name: 'city_hotline.ask_extension',
  kind: 'command',
  method: 'POST',
  path: '/city-hotline/orders/:orderId/extension',
  audience: 'staff',
  permission: ANSWER,
  summary: '向市 12345 申请延期，由市审核',
  input: Type.Object({ orderId: Id, until: Instant, reason: Type.String({ minLength: 6, maxLength: 500 }) }),
  output: OrderShape,
  errors: ['city_hotline.not_open', 'city_hotline.asked_already', 'city_hotline.overdue', 'city_hotline.not_later'],
})

export const resendMessage = route({
  name: 'city_hotline.resend_message',
  kind: 'command',
  method: 'POST',
  path: '/city-hotline/messages/:messageId/resend',
  audience: 'staff',
  permission: EXCHANGE,
  summary: '重发给市 12345（编号不变，市方去重）',
  input: Type.Object({ messageId: Id }),
  output: OrderShape,
})

export const importSheet = route({
  name: 'city_hotline.import_sheet',
  kind: 'command',
  method: 'POST',
  path: '/city-hotline/sheet',
  audience: 'staff',
  permission: EXCHANGE,
  summary: '导入市系统导出的 Excel（先试算）',
  input: Type.Object({ fileId: Type.String({ format: 'uuid' }), dryRun: Type.Boolean() }),
  output: Type.Object({
    taken: Type.Integer(),
    repeated: Type.Integer(),
    changed: Type.Integer(),
    waiting: Type.Integer(),
    problems: Type.Array(
      Type.Object({ row: Type.Integer(), problem: Type.String(), params: Type.Record(Type.String(), Type.String()) }),
    ),
  }),
  errors: ['city_hotline.file_unknown'],
})

export const exportMessages = route({
  name: 'city_hotline.export_messages',
  kind: 'command',
  method: 'POST',
  path: '/city-hotline/outgoing',
  audience: 'staff',
  permission: EXCHANGE,
  summary: '导出待发市的回执（Excel），导出后记为已导出',
  input: Type.Object({ again: Type.Optional(Type.Boolean()) }),
  output: Type.Unknown(),
  stream: true,
})

const AdapterFields = {
  form: oneOf(['off', 'file', 'api'] as const),
  inbound: oneOf(['push', 'poll'] as const),
  address: Nullable(Type.String({ maxLength: 300 })),
  keyId: Nullable(Type.String({ maxLength: 60, pattern: '^[0-9A-Za-z._-]*$' })),
  signature: oneOf(SIGNATURES),
  cityPublicKey: Nullable(Type.String({ pattern: '^(04[0-9a-fA-F]{128})?$' })),
  pollMinutes: Type.Integer({ minimum: 1, maximum: 120 }),
}

const AdapterShape = Type.Object({
  ...AdapterFields,
  hasSecret: Type.Boolean(),
  /** SM2: what the city checks the county's messages by. */
  ownPublicKey: Nullable(Type.String()),
  simulated: Type.Boolean(),
  polledAt: Nullable(Instant),
  pollError: Nullable(Type.String()),
  changedAt: Nullable(Instant),
  changedBy: Nullable(Type.String()),
  waiting: Type.Integer(),
  troubled: Type.Integer(),
})

export const getAdapter = route({
  name: 'city_hotline.get_adapter',
  kind: 'query',
  method: 'GET',
  path: '/city-hotline/adapter',
  audience: 'staff',
  permission: EXCHANGE,
  summary: '对接设置与状况',
  input: Type.Object({}),
  output: AdapterShape,
})

export const saveAdapter = route({
  name: 'city_hotline.save_adapter',
  kind: 'command',
  method: 'POST',
  path: '/city-hotline/adapter',
  audience: 'staff',
  permission: MANAGE,
  summary: '设置与市 12345 的对接方式',
  input: Type.Object({
    ...AdapterFields,
    /** Left out: the one before stays. */
    secret: Type.Optional(Type.String({ minLength: 16, maxLength: 200, writeOnly: true })),
    newSm2Key: Type.Optional(Type.Boolean()),
  }),
  output: AdapterShape,
  errors: ['city_hotline.address_wrong', 'city_hotline.key_missing', 'city_hotline.simulated_only'],
})

export const testAdapter = route({
  name: 'city_hotline.test_adapter',
  kind: 'command',
  method: 'POST',
  path: '/city-hotline/adapter/test',
  audience: 'staff',
  permission: MANAGE,
  summary: '测试与市 12345 接口的连接',
  input: Type.Object({}),
  output: Type.Object({ ok: Type.Boolean(), detail: Nullable(Type.String()), millis: Type.Integer() }),
})

const RunShape = Type.Object({
  id: Id,
  day: Type.String(),
  at: Instant,
  via: oneOf(['api', 'file'] as const),
  by: Nullable(Type.String()),
  ours: Type.Integer(),
  theirs: Type.Integer(),
  sent: Type.Integer(),
  differing: Type.Integer(),
  open: Type.Integer(),
})

export const listRuns = route({
  name: 'city_hotline.list_runs',
  kind: 'query',
  method: 'GET',
  path: '/city-hotline/reconciliations',
  audience: 'staff',
  permission: EXCHANGE,
  summary: '对账记录，最新在前',
  input: Type.Object({}),
  output: Type.Object({ items: Type.Array(RunShape) }),
})

export const getRun = route({
  name: 'city_hotline.get_run',
  kind: 'query',
  method: 'GET',
  path: '/city-hotline/reconciliations/:runId',
  audience: 'staff',
  permission: EXCHANGE,
  summary: '一次对账的差异',
  input: Type.Object({ runId: Id }),
  output: Type.Object({
    run: RunShape,
    items: Type.Array(
      Type.Object({
        id: Id,
        kind: oneOf(DIFFERENCE_KINDS),
        number: Type.String(),
        orderId: Nullable(Id),
        caseId: Nullable(Id),
        ours: Nullable(Type.String()),
        theirs: Nullable(Type.String()),
        mendedAt: Nullable(Instant),
        mendedBy: Nullable(Type.String()),
      }),
    ),
  }),
})

export const runReconciliation = route({
  name: 'city_hotline.reconcile',
  kind: 'command',
  method: 'POST',
  path: '/city-hotline/reconciliations',
  audience: 'staff',
  permission: EXCHANGE,
  summary: '现在对账：向市接口要当日清单，或用市系统导出的清单文件',
  input: Type.Object({
    day: Type.String({ format: 'date' }),
    fileId: Type.Optional(Type.String({ format: 'uuid' })),
  }),
  output: Type.Object({ runId: Id, differing: Type.Integer() }),
  errors: ['city_hotline.no_connection', 'city_hotline.api_only', 'city_hotline.file_unknown'],
})

export const mendDifferences = route({
  name: 'city_hotline.mend',
  kind: 'command',
  method: 'POST',
  path: '/city-hotline/reconciliations/:runId/mend',
  audience: 'staff',
  permission: EXCHANGE,
  summary: '补发、补收：把差异涉及的回执重发，向市重新要缺的工单和消息',
  input: Type.Object({ runId: Id, differenceIds: Type.Optional(Type.Array(Id, { maxItems: 500 })) }),
  output: Type.Object({ resent: Type.Integer(), asked: Type.Integer(), byHand: Type.Integer() }),
})

export const exportRun = route({
  name: 'city_hotline.export_run',
  kind: 'query',
  method: 'GET',
  path: '/city-hotline/reconciliations/:runId/export',
  audience: 'staff',
  permission: EXCHANGE,
  summary: '导出对账差异（Excel）',
  input: Type.Object({ runId: Id }),
  output: Type.Unknown(),
  stream: true,
})
