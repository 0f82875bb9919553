import { blindToken } from '#platform/crypto/blind-token.ts'
import { decryptField, encryptField } from '#platform/crypto/field-encryption.ts'
import type { KeyRing } from '#platform/crypto/key-ring.ts'
import { normalisePhone } from '#platform/crypto/phone.ts'
import { sql, type Tx } from '#platform/db/db.ts'
import { PHONE_DOMAIN } from '#platform/search/case-index.ts'
import type {
  CityMessage,
  CityOrder,
  CountyMessage,
  MessageKind,
  NoticeKind,
  OrderState,
} from '../domain/city-message.ts'
import type { OrderFacts } from '../domain/order-stand.ts'
import { messageAad, noticeAad, payloadAad } from './byte-columns.ts'

export interface OrderRecord {
  id: number
  number: string
  state: OrderState
  round: number
  receivedAt: Date
  signDueAt: Date | null
  replyDueAt: Date | null
  digest: string
  caseId: number
}

const ORDER = sql`
  select o.id, o.number, o.state, o.round, o.received_at as "receivedAt", o.sign_due_at as "signDueAt",
         o.reply_due_at as "replyDueAt", o.digest, r.case_id as "caseId"
    from city_hotline_order o join city_hotline_round r on r.order_id = o.id and r.round = o.round`

/** Everything about one number happens one after the other, also before its order is there. */
export async function lockNumber(tx: Tx, number: string): Promise<void> {
  await sql`select pg_advisory_xact_lock(hashtextextended(${`city_hotline:${number}`}, 0))`.execute(tx)
}

export async function findByNumber(tx: Tx, number: string): Promise<OrderRecord | undefined> {
  const { rows } = await sql<OrderRecord>`${ORDER} where o.number = ${number}`.execute(tx)
  return rows[0]
}

export async function findById(tx: Tx, id: number): Promise<OrderRecord | undefined> {
  const { rows } = await sql<OrderRecord>`${ORDER} where o.id = ${id}`.execute(tx)
  return rows[0]
}

/** The order of a case, whichever round the case was; `of` says which. */
export async function findByCase(tx: Tx, caseId: number): Promise<(OrderRecord & { of: number }) | undefined> {
  const { rows } = await sql<OrderRecord & { of: number }>`
    select x.*, q.round as "of" from city_hotline_round q join (${ORDER}) x on x.id = q.order_id
     where q.case_id = ${caseId}`.execute(tx)
  return rows[0]
}

export interface NewOrder {
  number: string
  order: CityOrder
  receivedAt: Date
  arrivedAt: Date
  digest: string
  via: 'file' | 'push' | 'poll'
  caseId: number
}

export async function insertOrder(tx: Tx, keys: KeyRing, given: NewOrder): Promise<number> {
  const { number, order } = given
  const phone = order.callerPhone ? normalisePhone(order.callerPhone) : undefined
  const { rows } = await sql<{ id: number }>`
    insert into city_hotline_order (number, kind, urgent, received_at, arrived_at, sign_due_at, first_due_at, reply_due_at, state, digest,
      payload_sealed, phone_token, via)
    values (${number}, ${order.kind}, ${order.urgent ?? false}, ${given.receivedAt}, ${given.arrivedAt},
      ${order.signDueAt ?? null}, ${order.replyDueAt ?? null}, ${order.replyDueAt ?? null}, 'toSign', ${given.digest},
      ${encryptField(keys, JSON.stringify(order), payloadAad(number))},
      ${phone ? blindToken(keys, PHONE_DOMAIN, phone) : null}, ${given.via})
    returning id`.execute(tx)
  const id = rows[0]!.id
  await insertRound(tx, id, 1, given.caseId, given.arrivedAt)
  return id
}

export async function insertRound(tx: Tx, orderId: number, round: number, caseId: number, at: Date): Promise<void> {
  await sql`
    insert into city_hotline_round (order_id, round, case_id, opened_at)
    values (${orderId}, ${round}, ${caseId}, ${at})`.execute(tx)
}

export async function updateOrder(
  tx: Tx,
  id: number,
  stand: { state: OrderState; round: number; replyDueAt: Date | null },
): Promise<void> {
  await sql`
    update city_hotline_order set state = ${stand.state}, round = ${stand.round}, reply_due_at = ${stand.replyDueAt}
     where id = ${id}`.execute(tx)
}

export async function noteUrged(tx: Tx, id: number, at: Date): Promise<void> {
  await sql`
    update city_hotline_order set urged = urged + 1, last_urged_at = greatest(last_urged_at, ${at}) where id = ${id}`.execute(
    tx,
  )
}

/** Keeps what the city said. @returns false where it was said before */
export async function insertNotice(
  tx: Tx,
  keys: KeyRing,
  message: CityMessage,
  given: { orderId: number | null; arrivedAt: Date; via: string },
): Promise<boolean> {
  const { rows } = await sql`
    insert into city_hotline_notice (city_id, order_id, number, kind, at, arrived_at, answers, agreed, satisfied, due_at, words_sealed,
      via)
    values (${message.id}, ${given.orderId}, ${message.number}, ${message.kind}, ${message.at}, ${given.arrivedAt},
      ${message.answers ?? null}, ${message.agreed ?? null}, ${message.satisfied ?? null}, ${message.dueAt ?? null},
      ${message.words ? encryptField(keys, message.words, noticeAad(message.id)) : null}, ${given.via})
    on conflict (city_id) do nothing returning 1`.execute(tx)
  return rows.length > 0
}

export interface NoticeRecord {
  id: number
  cityId: string
  kind: NoticeKind
  at: Date
  arrivedAt: Date
  answers: string | null
  agreed: boolean | null
  satisfied: boolean | null
  dueAt: Date | null
  words: string | null
}

interface SealedNotice extends Omit<NoticeRecord, 'words'> {
  sealed: Buffer | null
}

export async function noticesOf(tx: Tx, keys: KeyRing, orderId: number): Promise<NoticeRecord[]> {
  const { rows } = await sql<SealedNotice>`
    select id, city_id as "cityId", kind, at, arrived_at as "arrivedAt", answers, agreed, satisfied, due_at as "dueAt",
           words_sealed as sealed
      from city_hotline_notice where order_id = ${orderId} order by at, city_id`.execute(tx)
  return rows.map(({ sealed, ...row }) => ({
    ...row,
    words: sealed ? decryptField(keys, sealed, noticeAad(row.cityId)) : null,
  }))
}

/** Gives an order what was said of it before it was there. */
export async function adoptNotices(tx: Tx, keys: KeyRing, orderId: number, number: string): Promise<NoticeRecord[]> {
  await sql`
    update city_hotline_notice set order_id = ${orderId} where number = ${number} and order_id is null`.execute(tx)
  return noticesOf(tx, keys, orderId)
}

export interface MessageRecord {
  id: number
  key: string
  orderId: number
  round: number
  kind: MessageKind
  body: CountyMessage
  dueAt: Date | null
  madeAt: Date
  accountId: number | null
  state: 'waiting' | 'exported' | 'accepted' | 'refused' | 'failed'
  tries: number
  nextTryAt: Date
  triedAt: Date | null
  detail: string | null
  settledAt: Date | null
}

const MESSAGE = sql`
  select id, key, order_id as "orderId", round, kind, body_sealed as sealed, due_at as "dueAt", made_at as "madeAt",
         account_id as "accountId", state, tries, next_try_at as "nextTryAt", tried_at as "triedAt", detail,
         settled_at as "settledAt"
    from city_hotline_message`

function opened(keys: KeyRing, { sealed, ...row }: Omit<MessageRecord, 'body'> & { sealed: Buffer }): MessageRecord {
  return { ...row, body: JSON.parse(decryptField(keys, sealed, messageAad(row.key))) as CountyMessage }
}

/** Keeps what goes to the city. @returns false where it is there already */
export async function insertMessage(
  tx: Tx,
  keys: KeyRing,
  orderId: number,
  message: CountyMessage,
  given: { at: Date; accountId: number | null },
): Promise<boolean> {
  const { rows } = await sql`
    insert into city_hotline_message (key, order_id, round, kind, body_sealed, due_at, made_at, account_id, next_try_at)
    values (${message.key}, ${orderId}, ${message.round}, ${message.kind},
      ${encryptField(keys, JSON.stringify(message), messageAad(message.key))}, ${message.dueAt ?? null}, ${given.at},
      ${given.accountId}, ${given.at})
    on conflict (key) do nothing returning 1`.execute(tx)
  return rows.length > 0
}

export async function messagesOf(tx: Tx, keys: KeyRing, orderId: number): Promise<MessageRecord[]> {
  const { rows } = await sql<Omit<MessageRecord, 'body'> & { sealed: Buffer }>`
    ${MESSAGE} where order_id = ${orderId} order by id`.execute(tx)
  return rows.map((row) => opened(keys, row))
}

export async function findMessage(tx: Tx, keys: KeyRing, id: number): Promise<MessageRecord | undefined> {
  const { rows } = await sql<Omit<MessageRecord, 'body'> & { sealed: Buffer }>`${MESSAGE} where id = ${id}`.execute(tx)
  return rows[0] ? opened(keys, rows[0]) : undefined
}

/** The next message of an order that the city does not have. One that failed for good holds up none behind it. */
export async function nextMessage(tx: Tx, keys: KeyRing, orderId: number): Promise<MessageRecord | undefined> {
  const { rows } = await sql<Omit<MessageRecord, 'body'> & { sealed: Buffer }>`
    ${MESSAGE} where order_id = ${orderId} and state = 'waiting' order by id limit 1`.execute(tx)
  return rows[0] ? opened(keys, rows[0]) : undefined
}

/** What waits to be put into a file, and with `again` also what was in one and is not confirmed. */
export async function messagesForFile(tx: Tx, keys: KeyRing, again: boolean): Promise<MessageRecord[]> {
  const { rows } = await sql<Omit<MessageRecord, 'body'> & { sealed: Buffer }>`
    ${MESSAGE} where state = 'waiting' or (${again} and state = 'exported') order by id limit 5000`.execute(tx)
  return rows.map((row) => opened(keys, row))
}

export async function settleMessage(
  tx: Tx,
  id: number,
  given: { state: MessageRecord['state']; detail: string | null; at: Date; nextTryAt?: Date },
): Promise<void> {
  await sql`
    update city_hotline_message set state = ${given.state}, detail = ${given.detail}, tries = tries + 1, tried_at = ${given.at},
      next_try_at = ${given.nextTryAt ?? given.at},
      settled_at = case when ${given.state} in ('accepted', 'exported') then ${given.at}::timestamptz end
     where id = ${id} and state <> 'accepted'`.execute(tx)
}

/** What is known of an order, for `standOf`. */
export async function factsOf(tx: Tx, orderId: number): Promise<OrderFacts> {
  const { rows } = await sql<{ signDueAt: Date | null; replyDueAt: Date | null }>`
    select sign_due_at as "signDueAt", first_due_at as "replyDueAt" from city_hotline_order where id = ${orderId}`.execute(
    tx,
  )
  const { rows: notices } = await sql<OrderFacts['notices'][number]>`
    select city_id as "cityId", kind, at, answers, agreed, satisfied, due_at as "dueAt"
      from city_hotline_notice where order_id = ${orderId}`.execute(tx)
  const { rows: messages } = await sql<OrderFacts['messages'][number]>`
    select key, kind, round, made_at as "madeAt", state from city_hotline_message where order_id = ${orderId}`.execute(
    tx,
  )
  return { ...rows[0]!, notices, messages }
}

/** Whether a call with this nonce is the first; old ones are forgotten. */
export async function takeNonce(tx: Tx, nonce: string, at: Date, keepMs: number): Promise<boolean> {
  await sql`delete from city_hotline_nonce where at < ${new Date(at.getTime() - keepMs)}`.execute(tx)
  const { rows } = await sql`
    insert into city_hotline_nonce (nonce, at) values (${nonce}, ${at}) on conflict do nothing returning 1`.execute(tx)
  return rows.length > 0
}
