import { command, query } from '#platform/command/command.ts'
import type { Context } from '#platform/command/context.ts'
import { sql } from '#platform/db/db.ts'
import { AppError, notFound } from '#platform/errors/app-error.ts'
import { findCase } from '#platform/process/case.store.ts'
import { maySee } from '#platform/process/engine.ts'
import { askExtension, askReturn, EXCHANGE, getOrder, getOrderOfCase, listOrders, resendMessage } from '../contract.ts'
import type { CountyMessage } from '../domain/city-message.ts'
import { standOf } from '../domain/order-stand.ts'
import { requireWholeCounty } from './hotline.policy.ts'
import { factsOf, findByCase, findById, lockNumber, messagesOf, type OrderRecord } from './hotline.store.ts'
import { findOrders, mayAnswer, presentOrder, presentRow } from './present-order.ts'
import { settleOrder } from './receive.ts'
import { enqueueMessage, messageKey, sendAgain } from './send.ts'

const PAGE = 50

export const listOrdersQuery = query(listOrders, async (context, { state, show, q, cursor }) => {
  const rows = await findOrders(context, { state, show, q, before: readCursor(cursor), limit: PAGE + 1 })
  const items = rows.slice(0, PAGE)
  const last = items.at(-1)
  const { rows: adapter } = await sql<{ simulated: boolean }>`select simulated from city_hotline_adapter`.execute(
    context.tx,
  )
  return {
    items: items.map((row) => presentRow(context, row)),
    next: rows.length > PAGE && last ? `${last.received_at.getTime()}.${last.id}` : null,
    simulated: adapter[0]?.simulated ?? false,
  }
})

function readCursor(cursor: string | undefined): { at: Date; id: number } | null {
  const parts = /^(\d{1,15})\.(\d{1,15})$/.exec(cursor ?? '')
  return parts ? { at: new Date(Number(parts[1])), id: Number(parts[2]) } : null
}

async function visible(context: Context, id: number, byCase = false) {
  const row = (await findOrders(context, { id, limit: 1, byCase }))[0]
  if (!row) throw notFound()
  return row
}

export const getOrderQuery = query(getOrder, async (context, { orderId }) =>
  presentOrder(context, await visible(context, orderId)),
)

/** For who sees the case, also one of an earlier round. */
export const getOrderOfCaseQuery = query(getOrderOfCase, async (context, { id }) => {
  const loaded = await findCase(context.tx, id, false)
  if (!loaded || !maySee(context.actor, loaded)) throw notFound()
  const order = await findByCase(context.tx, id)
  if (!order) return { found: null }
  const row = (await findOrders(context, { id: order.id, limit: 1, byCase: true }))[0]
  return { found: row ? await presentOrder(context, row) : null }
})

/** The order locked, of which a person may ask the city something now. */
async function askable(context: Context, orderId: number): Promise<OrderRecord> {
  const { tx, actor } = context
  const row = await visible(context, orderId)
  if (!mayAnswer(actor, row)) throw new AppError('platform.forbidden', { status: 403 })
  await lockNumber(tx, row.number)
  const order = (await findById(tx, orderId))!
  if (order.state !== 'toSign' && order.state !== 'signed' && order.state !== 'returning')
    throw new AppError('city_hotline.not_open', { status: 409 })
  if (standOf(await factsOf(tx, orderId)).pending.length > 0)
    throw new AppError('city_hotline.asked_already', { status: 409 })
  return order
}

async function ask(
  context: Context,
  order: OrderRecord,
  message: Pick<CountyMessage, 'kind' | 'words' | 'dueAt'>,
): Promise<void> {
  const { tx, here, now, actor, pending } = context
  const earlier = (await messagesOf(tx, here.keys, order.id)).filter(
    ({ kind, round }) => kind === message.kind && round === order.round,
  )
  const { case: state } = (await findCase(tx, order.caseId, false))!
  pending.subject = `city_hotline_order:${order.id}`
  await enqueueMessage(
    context,
    order,
    {
      ...message,
      key: messageKey(here.county.slug, order, message.kind, earlier.length + 1),
      number: order.number,
      round: order.round,
      at: now.toISOString(),
      caseNumber: state.number,
    },
    actor.kind === 'staff' ? actor.accountId : null,
  )
  await settleOrder(context, order)
}

/** 退单: the city decides; until then the case goes on. */
export const askReturnCommand = command(askReturn, {
  async perform(context, { orderId, reason }) {
    await ask(context, await askable(context, orderId), { kind: 'return', words: reason.trim() })
    return { ref: { orderId } }
  },
  present: async (context, ref) => presentOrder(context, await visible(context, (ref as { orderId: number }).orderId)),
})

/** 延期: before the city's deadline has passed; the city agrees or not. */
export const askExtensionCommand = command(askExtension, {
  async perform(context, { orderId, until, reason }) {
    const order = await askable(context, orderId)
    const wanted = new Date(until)
    if (order.replyDueAt && order.replyDueAt <= context.now) throw new AppError('city_hotline.overdue', { status: 409 })
    if (wanted <= (order.replyDueAt ?? context.now)) throw new AppError('city_hotline.not_later', { status: 422 })
    await ask(context, order, { kind: 'extend', words: reason.trim(), dueAt: wanted.toISOString() })
    return { ref: { orderId } }
  },
  present: async (context, ref) => presentOrder(context, await visible(context, (ref as { orderId: number }).orderId)),
})

export const resendMessageCommand = command(resendMessage, {
  async perform(context, { messageId }) {
    requireWholeCounty(context.actor, EXCHANGE)
    const { rows } = await sql<{ order_id: number }>`
      select order_id from city_hotline_message where id = ${messageId}`.execute(context.tx)
    if (!rows[0]) throw notFound()
    await visible(context, rows[0].order_id)
    await sendAgain(context, messageId)
    context.pending.subject = `city_hotline_message:${messageId}`
    return { ref: { orderId: rows[0].order_id } }
  },
  present: async (context, ref) => presentOrder(context, await visible(context, (ref as { orderId: number }).orderId)),
})
