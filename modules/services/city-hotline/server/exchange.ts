import { Type } from 'typebox'
import { Value } from 'typebox/value'
import { runAsSystem } from '#platform/command/command.ts'
import type { Context } from '#platform/command/context.ts'
import type { CountyServices, Services } from '#platform/command/services.ts'
import { sql, type Tx } from '#platform/db/db.ts'
import { AppError } from '#platform/errors/app-error.ts'
import type { JobHandler } from '#platform/jobs/jobs.ts'
import { DeliveryError } from '#platform/notify/delivery.ts'
import { CityListRow, CityMessage } from '../domain/city-message.ts'
import { type Difference, differencesOf, type OwnOrder } from '../domain/differences.ts'
import { type Adapter, findAdapter, notePoll } from './adapter.store.ts'
import { askCity } from './city-http.ts'
import { type Outcome, receive, type Via } from './receive.ts'
import { sendAgain } from './send.ts'

export const POLL_JOB = 'city_hotline.poll'
export const REFETCH_JOB = 'city_hotline.refetch'
export const RECONCILE_JOB = 'city_hotline.reconcile_daily'

/** The city's day is compared in the evening, when offices are closed. */
const DAILY_AT = '18:30'
const MAX_PAGES = 50

const Messages = Type.Object({
  messages: Type.Array(Type.Unknown(), { maxItems: 200 }),
  next: Type.Optional(Type.String({ maxLength: 200 })),
})
const DailyList = Type.Object({ orders: Type.Array(CityListRow, { maxItems: 20_000 }) })

/** Takes several messages, each by itself: one that cannot be read holds up none. */
export async function receiveAll(
  services: Services,
  here: CountyServices,
  messages: readonly unknown[],
  via: Via,
): Promise<{ id: string; outcome: Outcome | 'refused' }[]> {
  const results: { id: string; outcome: Outcome | 'refused' }[] = []
  for (const message of messages) {
    if (!Value.Check(CityMessage, message)) {
      const { id } = (message ?? {}) as { id?: unknown }
      results.push({ id: typeof id === 'string' ? id.slice(0, 80) : '', outcome: 'refused' })
      continue
    }
    try {
      const outcome = await runAsSystem(services, here, 'city-hotline', (context) => receive(context, message, via))
      results.push({ id: message.id, outcome })
    } catch (error) {
      if (!(error instanceof AppError)) throw error
      services.log.warn({ err: error, number: message.number }, 'a message of the city could not be taken')
      results.push({ id: message.id, outcome: 'refused' })
    }
  }
  return results
}

/** Fetches what the city has for the county since the last time. */
export async function poll(services: Services, here: CountyServices): Promise<void> {
  for (let page = 0; page < MAX_PAGES; page++) {
    const adapter = await adapterOf(services, here)
    if (adapter.form !== 'api') return
    let answer: unknown
    try {
      answer = await askCity(adapter, 'outbox', { after: adapter.pollCursor }, services.clock.now())
      if (!Value.Check(Messages, answer)) throw new DeliveryError('answer_unreadable')
    } catch (error) {
      const detail = error instanceof DeliveryError ? error.detail : 'failed'
      await services.pool.inCounty(here.county, (tx) => notePoll(tx, { error: detail, at: services.clock.now() }))
      return
    }
    const { messages, next } = answer as { messages: unknown[]; next?: string }
    await receiveAll(services, here, messages, 'poll')
    // Only now: what was not taken is fetched again.
    await services.pool.inCounty(here.county, (tx) =>
      notePoll(tx, { error: null, at: services.clock.now(), ...(next ? { cursor: next } : {}) }),
    )
    if (messages.length === 0 || !next || next === adapter.pollCursor) return
  }
}

const adapterOf = (services: Services, here: CountyServices): Promise<Adapter> =>
  services.pool.inCounty(here.county, (tx) => findAdapter(tx, here.keys), 'read')

/** Job: asks the city and orders the next time; ends with the setting it belongs to. */
export const pollCity: JobHandler = async (context, payload) => {
  const { services, here, now } = context
  const adapter = await adapterOf(services, here)
  if (adapter.chain !== payload.chain || adapter.form !== 'api' || adapter.inbound !== 'poll') return
  await poll(services, here)
  context.pending.jobs.push({
    kind: POLL_JOB,
    payload,
    runAt: new Date(now.getTime() + adapter.pollMinutes * 60_000),
  })
}

/** Job: everything of one order once more, as it was said. */
export const refetchOrder: JobHandler = async ({ services, here }, payload) => {
  const adapter = await adapterOf(services, here)
  if (adapter.form !== 'api') return
  const answer = await askCity(adapter, 'order', { number: payload.number }, services.clock.now())
  if (!Value.Check(Messages, answer)) throw new DeliveryError('answer_unreadable')
  await receiveAll(services, here, answer.messages, 'poll')
}

/** When the next daily comparison is due. */
export function nextDaily({ here, now }: Pick<Context, 'here' | 'now'>): Date {
  const at = (date: string) => new Date(`${date}T${DAILY_AT}:00+08:00`)
  const today = at(here.calendar.dateAt(now))
  return today > now ? today : at(here.calendar.dateAt(new Date(now.getTime() + 86_400_000)))
}

/** Job: compares today's books and orders tomorrow's comparison. */
export const reconcileDaily: JobHandler = async (context, payload) => {
  const { services, here, now } = context
  const adapter = await adapterOf(services, here)
  if (adapter.chain !== payload.chain || adapter.form !== 'api') return
  context.pending.jobs.push({ kind: RECONCILE_JOB, payload, runAt: nextDaily(context) })
  const day = here.calendar.dateAt(now)
  const theirs = await cityList(adapter, day, now)
  await runAsSystem(services, here, 'city-hotline', (own) => reconcile(own, day, theirs, 'api', null))
}

/** The city's list of a day by the interface. @throws DeliveryError */
export async function cityList(adapter: Adapter, day: string, now: Date): Promise<CityListRow[]> {
  const answer = await askCity(adapter, 'daily', { day }, now)
  if (!Value.Check(DailyList, answer)) throw new DeliveryError('answer_unreadable')
  return answer.orders
}

export { adapterOf }

/** The county's book of a day: what came in that day, what was sent for it, and what is still open from before. */
async function ownOrders(tx: Tx, day: string, listed: readonly string[]): Promise<OwnOrder[]> {
  const from = new Date(`${day}T00:00:00+08:00`)
  const to = new Date(from.getTime() + 86_400_000)
  const { rows } = await sql<
    Omit<OwnOrder, 'messages' | 'notices'> & { messages: OwnOrder['messages'] | null; notices: string[] | null }
  >`
    select o.id, o.number, o.state, o.reply_due_at as "replyDueAt",
           (o.received_at < ${to} and (o.received_at >= ${from} or o.state in ('toSign', 'signed', 'returning'))) as expected,
           (select json_agg(json_build_object('id', m.id, 'key', m.key, 'kind', m.kind, 'state', m.state) order by m.id)
              from city_hotline_message m where m.order_id = o.id) as messages,
           (select json_agg(n.city_id) from city_hotline_notice n where n.order_id = o.id) as notices
      from city_hotline_order o
     where o.number = any(${listed as string[]}::text[])
        or (o.received_at < ${to} and (o.received_at >= ${from} or o.state in ('toSign', 'signed', 'returning')))
     order by o.id`.execute(tx)
  return rows.map((row) => ({ ...row, messages: row.messages ?? [], notices: row.notices ?? [] }))
}

/** Compares the books of a day and keeps what differs. */
export async function reconcile(
  context: Context,
  day: string,
  theirs: readonly CityListRow[],
  via: 'api' | 'file',
  accountId: number | null,
): Promise<{ runId: number; differing: number }> {
  const { tx, now, pending } = context
  const ours = await ownOrders(
    tx,
    day,
    theirs.map(({ number }) => number),
  )
  const found = differencesOf(ours, theirs)
  const sent = ours.reduce((sum, order) => sum + order.messages.length, 0)
  const { rows } = await sql<{ id: number }>`
    insert into city_hotline_run (day, at, via, account_id, ours, theirs, sent, differing)
    values (${day}, ${now}, ${via}, ${accountId}, ${ours.filter((order) => order.expected).length}, ${theirs.length}, ${sent},
      ${found.length})
    returning id`.execute(tx)
  const runId = rows[0]!.id
  await insertDifferences(tx, runId, found)
  pending.subject = `city_hotline_run:${runId}`
  pending.facts.push({
    kind: 'city_hotline.reconciled',
    subject: pending.subject,
    content: { day, via, ours: ours.length, theirs: theirs.length, differing: found.length },
  })
  return { runId, differing: found.length }
}

async function insertDifferences(tx: Tx, runId: number, found: readonly Difference[]): Promise<void> {
  if (found.length === 0) return
  const rows = found.map(({ kind, number, orderId, messageId, ours, theirs }) => ({
    kind,
    number,
    order_id: orderId,
    message_id: messageId,
    ours,
    theirs,
  }))
  await sql`
    insert into city_hotline_difference (run_id, kind, number, order_id, message_id, ours, theirs)
    select ${runId}, kind, number, order_id, message_id, ours, theirs
      from json_to_recordset(${JSON.stringify(rows)}::json)
        as d (kind text, number text, order_id bigint, message_id bigint, ours text, theirs text)`.execute(tx)
}

/** What can be mended by itself: the county's messages are sent again, the city's are asked for again. */
export async function mend(
  context: Context,
  runId: number,
  ids: readonly number[] | undefined,
  accountId: number | null,
) {
  const { tx, now, pending } = context
  const { rows } = await sql<{ id: number; kind: Difference['kind']; number: string; message_id: number | null }>`
    select id, kind, number, message_id from city_hotline_difference
     where run_id = ${runId} and mended_at is null and (${ids === undefined} or id = any(${(ids ?? []) as number[]}::bigint[]))
     order by id for update`.execute(tx)
  let resent = 0
  const ask = new Set<string>()
  const mended: number[] = []
  for (const row of rows) {
    if (row.kind === 'messageMissingThere' && row.message_id !== null) {
      await sendAgain(context, row.message_id)
      resent += 1
      mended.push(row.id)
    } else if (row.kind !== 'orderMissingThere' && row.kind !== 'messageUnknownHere') {
      ask.add(row.number)
      mended.push(row.id)
    }
  }
  for (const number of ask) pending.jobs.push({ kind: REFETCH_JOB, payload: { number } })
  await sql`
    update city_hotline_difference set mended_at = ${now}, mended_by = ${accountId} where id = any(${mended}::bigint[])`.execute(
    tx,
  )
  return { resent, asked: ask.size, byHand: rows.length - mended.length }
}
