import { Value } from 'typebox/value'
import { runAsSystem } from '#platform/command/command.ts'
import type { Context } from '#platform/command/context.ts'
import { sql } from '#platform/db/db.ts'
import type { JobHandler } from '#platform/jobs/jobs.ts'
import { DeliveryError } from '#platform/notify/delivery.ts'
import { findCase } from '#platform/process/case.store.ts'
import { CityAnswer, type CountyMessage, type MessageKind } from '../domain/city-message.ts'
import { findAdapter } from './adapter.store.ts'
import { askCity } from './city-http.ts'
import {
  findByCase,
  findById,
  findMessage,
  insertMessage,
  lockNumber,
  nextMessage,
  type OrderRecord,
  settleMessage,
} from './hotline.store.ts'
import { settleOrder, tellHolders } from './receive.ts'

export const SEND_JOB = 'city_hotline.send'
export const TROUBLE_JOB = 'city_hotline.trouble'

/** Between tries: half a minute, doubling, at most half an hour; a city that is away for a day is found again soon. */
const FIRST_PAUSE_MS = 30_000
const LONGEST_PAUSE_MS = 30 * 60_000

/** Keys are made of what the message is, so that the same happening never makes two. */
export function messageKey(
  slug: string,
  order: Pick<OrderRecord, 'number' | 'round'>,
  kind: MessageKind,
  nth = 1,
): string {
  return [slug, order.number, order.round, kind, ...(nth > 1 ? [nth] : [])].join(':')
}

/** Puts a message to the city on its way, with the change that causes it. */
export async function enqueueMessage(
  context: Context,
  order: OrderRecord,
  message: CountyMessage,
  accountId: number | null,
): Promise<void> {
  const { tx, here, pending } = context
  const fresh = await insertMessage(tx, here.keys, order.id, message, { at: new Date(message.at), accountId })
  if (!fresh) return
  pushSend(context, order.id)
  pending.facts.push({
    kind: `city_hotline.${message.kind}_made`,
    subject: `city_hotline_order:${order.id}`,
    content: { key: message.key, number: order.number, round: message.round, at: message.at },
  })
}

export function pushSend(context: Context, orderId: number, runAt?: Date): void {
  context.pending.jobs.push({
    kind: SEND_JOB,
    aggregate: `city_hotline:${orderId}`,
    payload: { orderId },
    ...(runAt ? { runAt } : {}),
  })
}

const SIGNED = new Set(['sign', 'selfHandle', 'merge'])
const ENDED: Readonly<Record<string, string>> = {
  awaitingCity: '已办结',
  closed: '已办结',
  rejected: '不予受理',
  cancelled: '作废',
}

/**
 * Event `process.case_moved`: a unit signed → receipt; the case ended with its signed reply → reply. Reads how the case stands,
 * so that a repeated event adds nothing.
 */
export const onCaseMoved: JobHandler = async (given, payload) => {
  const { caseId, hop, action, from, to } = payload as {
    caseId: number
    hop: number
    action: string
    from: string | null
    to: string
  }
  const ends = from !== to && ENDED[to] !== undefined
  if (!SIGNED.has(action) && !ends) return
  const context: Context = { ...given, actor: { kind: 'system', name: 'city-hotline' } }
  const { tx, here, now } = context
  const found = await findByCase(tx, caseId)
  if (!found || found.of !== found.round) return
  await lockNumber(tx, found.number)
  const order = (await findById(tx, found.id))!
  if (found.of !== order.round || order.state === 'returned' || order.state === 'withdrawn' || order.state === 'done')
    return
  const { case: state } = (await findCase(tx, caseId, false))!
  // When it happened, not when this job came to run.
  const { rows } = await sql<{ at: Date }>`
    select at from process_trace where case_id = ${caseId} and hop = ${hop}`.execute(tx)
  const at = rows[0]?.at ?? now
  const unit = state.unitId === null ? undefined : here.directory.unit(state.unitId)
  const base = {
    number: order.number,
    round: order.round,
    at: at.toISOString(),
    caseNumber: state.number,
    ...(unit ? { unitName: unit.name } : {}),
  }
  await enqueueMessage(
    context,
    order,
    { ...base, key: messageKey(here.county.slug, order, 'sign'), kind: 'sign', words: unit?.name ?? here.county.name },
    null,
  )
  if (ends) {
    const reply = typeof state.data.reply === 'string' ? state.data.reply : ''
    await enqueueMessage(
      context,
      order,
      {
        ...base,
        key: messageKey(here.county.slug, order, 'reply'),
        kind: 'reply',
        words: `${ENDED[to]}${reply ? `：${reply}` : ''}`,
      },
      null,
    )
  }
  await settleOrder(context, order)
}

/**
 * Job `city_hotline.send`: the next message of an order through the interface; one at a time and in their sequence. The outcome
 * is written in a transaction of its own, because what the city has cannot be rolled back. Where an answer was lost the same
 * key goes again, and the city drops the repeat.
 */
export const sendNext: JobHandler = async ({ services, here }, payload) => {
  const { orderId } = payload as { orderId: number }
  const { adapter, message } = await services.pool.inCounty(
    here.county,
    async (tx) => ({ adapter: await findAdapter(tx, here.keys), message: await nextMessage(tx, here.keys, orderId) }),
    'read',
  )
  // Files are made by a person; what waits goes on when the interface is chosen.
  if (!message || adapter.form !== 'api') return
  const now = services.clock.now()
  // A younger message does not knock at a door that just stayed shut: the job of the older one comes again.
  if (message.nextTryAt > now) return
  let outcome: { state: 'accepted' | 'refused' | 'failed' | 'waiting'; detail: string | null }
  try {
    const answer = await askCity(adapter, 'messages', message.body, now)
    if (!Value.Check(CityAnswer, answer)) throw new DeliveryError('answer_unreadable')
    outcome =
      answer.result === 'accepted'
        ? { state: 'accepted', detail: null }
        : { state: 'refused', detail: (answer.reason ?? '').slice(0, 200) || null }
  } catch (error) {
    const known = error instanceof DeliveryError ? error : new DeliveryError('failed')
    outcome = { state: known.final ? 'failed' : 'waiting', detail: known.detail }
  }
  await runAsSystem(services, here, 'city-hotline', async (context) => {
    const at = context.now
    const pause = Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** message.tries)
    const nextTryAt = outcome.state === 'waiting' ? new Date(at.getTime() + pause) : at
    await settleMessage(context.tx, message.id, { ...outcome, at, nextTryAt })
    pushSend(context, orderId, nextTryAt)
    if (outcome.state === 'refused' || outcome.state === 'failed')
      // By a job of its own: this one may share its turn with work that holds the number's lock.
      context.pending.jobs.push({ kind: TROUBLE_JOB, payload: { orderId } })
  })
}

/** Job `city_hotline.trouble`: the city did not take a message; who has the case is told, and the order stands as before it. */
export const tellTrouble: JobHandler = async (given, payload) => {
  const context: Context = { ...given, actor: { kind: 'system', name: 'city-hotline' } }
  const order = (await findById(context.tx, (payload as { orderId: number }).orderId))!
  await lockNumber(context.tx, order.number)
  await settleOrder(context, (await findById(context.tx, order.id))!)
  const loaded = await findCase(context.tx, order.caseId, false)
  if (loaded) tellHolders(context, loaded, 'city_hotline.not_taken', order.number)
}

/** Sends a message again under its key, whatever became of it. */
export async function sendAgain(context: Context, messageId: number): Promise<OrderRecord | undefined> {
  const message = await findMessage(context.tx, context.here.keys, messageId)
  if (!message) return undefined
  const order = (await findById(context.tx, message.orderId))!
  await lockNumber(context.tx, order.number)
  await reopenMessage(context, messageId)
  pushSend(context, message.orderId)
  await settleOrder(
    { ...context, actor: { kind: 'system', name: 'city-hotline' } },
    (await findById(context.tx, order.id))!,
  )
  return order
}

async function reopenMessage({ tx, now }: Context, id: number): Promise<void> {
  await sql`
    update city_hotline_message set state = 'waiting', next_try_at = ${now}, settled_at = null where id = ${id}`.execute(
    tx,
  )
}
