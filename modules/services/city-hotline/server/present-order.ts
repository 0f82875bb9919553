import { type Actor, grantsFor, holdsPermission } from '#platform/access/actor.ts'
import { all, caseVisibility, predicateHolds, predicateSql, scopeOf } from '#platform/access/policy.ts'
import { type ClockJson, clockFromJson, limitClock } from '#platform/calendar/deadline-clock.ts'
import type { Context } from '#platform/command/context.ts'
import { blindTokens } from '#platform/crypto/blind-token.ts'
import { normalisePhone } from '#platform/crypto/phone.ts'
import { sql } from '#platform/db/db.ts'
import { PHONE_DOMAIN } from '#platform/search/case-index.ts'
import { ANSWER, VIEW } from '../contract.ts'
import type { OrderState } from '../domain/city-message.ts'
import { standOf } from '../domain/order-stand.ts'
import { factsOf, messagesOf, noticesOf } from './hotline.store.ts'

interface RowOfOrder {
  id: number
  number: string
  kind: string
  urgent: boolean
  state: OrderState
  round: number
  received_at: Date
  sign_due_at: Date | null
  reply_due_at: Date | null
  urged: number
  case_id: number
  case_number: string
  title: string
  case_state: string
  definition_id: number
  reply_clock: ClockJson | null
  unit_id: number | null
  town_code: string | null
  village_code: string | null
  grid_code: string | null
  line_code: string | null
  secrecy: string
  unsent: number
  troubled: number
}

export interface OrderFilter {
  id?: number
  state?: OrderState
  show?: 'open' | 'late' | 'trouble' | 'redo'
  q?: string
  /** Only what came before: the last row's time of receipt and key. */
  before?: { at: Date; id: number } | null
  limit: number
  /** Sight of the case is enough (the panel on its page). */
  byCase?: boolean
}

/** Orders that the actor sees: those whose case he sees, inside the grants of the permission. */
export async function findOrders(context: Context, filter: OrderFilter): Promise<RowOfOrder[]> {
  const { actor, here, now, tx } = context
  const sight = filter.byCase ? caseVisibility(actor) : all(caseVisibility(actor), scopeOf(grantsFor(actor, VIEW)))
  const { state, show, before } = filter
  const q = filter.q?.trim()
  const phone = q ? normalisePhone(q) : undefined
  const conditions = [
    actor.kind === 'system' ? sql`true` : predicateSql(sight, 'c'),
    filter.id === undefined ? undefined : sql`o.id = ${filter.id}`,
    state === undefined ? undefined : sql`o.state = ${state}`,
    show === 'open' ? sql`o.state in ('toSign', 'signed', 'returning')` : undefined,
    show === 'late'
      ? sql`o.state in ('toSign', 'signed', 'returning')
          and (o.reply_due_at < ${now} or (o.state = 'toSign' and o.sign_due_at < ${now}))`
      : undefined,
    show === 'redo' ? sql`o.round > 1` : undefined,
    show === 'trouble'
      ? sql`exists (select 1 from city_hotline_message m where m.order_id = o.id and
          (m.state in ('failed', 'refused') or (m.state = 'waiting' and m.tries > 0)))`
      : undefined,
    q
      ? sql`(o.number ilike ${`%${q.replace(/[\\%_]/g, '\\$&')}%`} or c.number = ${q.toUpperCase()}
          or o.phone_token = any(${phone ? blindTokens(here.keys, PHONE_DOMAIN, phone) : []}::bytea[]))`
      : undefined,
    before ? sql`(o.received_at, o.id) < (${before.at}, ${before.id})` : undefined,
  ].filter((condition) => condition !== undefined)
  const { rows } = await sql<RowOfOrder>`
    select o.id, o.number, o.kind, o.urgent, o.state, o.round, o.received_at, o.sign_due_at, o.reply_due_at, o.urged,
           c.id as case_id, c.number as case_number, c.title, c.state as case_state, c.definition_id,
           (select k.state from process_clock k where k.case_id = c.id and k.key = 'reply') as reply_clock,
           c.unit_id, c.town_code, c.village_code, c.grid_code, c.line_code, c.secrecy,
           (select count(*) from city_hotline_message m where m.order_id = o.id and m.state in ('waiting', 'exported')) as unsent,
           (select count(*) from city_hotline_message m where m.order_id = o.id
               and (m.state in ('failed', 'refused') or (m.state = 'waiting' and m.tries > 0))) as troubled
      from city_hotline_order o
      join city_hotline_round r on r.order_id = o.id and r.round = o.round
      join process_case c on c.id = r.case_id
     where ${sql.join(conditions, sql` and `)}
     order by o.received_at desc, o.id desc limit ${filter.limit}`.execute(tx)
  return rows
}

export function presentRow({ here }: Context, row: RowOfOrder) {
  const { body } = here.definitions.byId(row.definition_id)
  const place = row.village_code ?? row.town_code
  return {
    id: row.id,
    number: row.number,
    kind: row.kind,
    urgent: row.urgent,
    state: row.state,
    round: row.round,
    receivedAt: row.received_at.toISOString(),
    // A later round begins with a call-back, which asks for no receipt by a time.
    signDueAt: row.round === 1 ? (row.sign_due_at?.toISOString() ?? null) : null,
    replyDueAt: row.reply_due_at?.toISOString() ?? null,
    urged: row.urged,
    caseId: row.case_id,
    caseNumber: row.case_number,
    caseTitle: row.title,
    caseStateName: body.states[row.case_state]!.name,
    caseDueAt: ownDue(here, row.reply_clock),
    unitName: row.unit_id === null ? null : (here.directory.unit(row.unit_id)?.name ?? null),
    placeName: place === null ? null : here.directory.divisionName(place),
    unsent: row.unsent,
    troubled: row.troubled,
  }
}

/** The county's own deadline of the reply, without what the city demands. */
function ownDue({ calendar }: Context['here'], clock: ClockJson | null): string | null {
  return clock ? limitClock(calendar, { ...clockFromJson(clock), stoppedAt: null }, null).dueAt.toISOString() : null
}

/** Whether the actor answers the city about this order: by permission, inside its territory. */
export function mayAnswer(actor: Actor, row: RowOfOrder): boolean {
  if (!holdsPermission(actor, ANSWER)) return false
  return predicateHolds(scopeOf(grantsFor(actor, ANSWER)), {
    townCode: row.town_code,
    villageCode: row.village_code,
    gridCode: row.grid_code,
    lineCode: row.line_code,
  })
}

/** An order with everything that was said about it. */
export async function presentOrder(context: Context, row: RowOfOrder) {
  const { tx, here, actor } = context
  const notices = await noticesOf(tx, here.keys, row.id)
  const messages = await messagesOf(tx, here.keys, row.id)
  const stand = standOf(await factsOf(tx, row.id))
  const { rows: rounds } = await sql<{ round: number; case_id: number; number: string }>`
    select r.round, r.case_id, c.number from city_hotline_round r join process_case c on c.id = r.case_id
     where r.order_id = ${row.id} order by r.round`.execute(tx)
  const { rows: adapter } = await sql<{ simulated: boolean }>`
    select simulated from city_hotline_adapter`.execute(tx)
  return {
    order: presentRow(context, row),
    notices: notices.map((notice) => ({
      id: notice.id,
      kind: notice.kind,
      at: notice.at.toISOString(),
      arrivedAt: notice.arrivedAt.toISOString(),
      words: notice.words,
      agreed: notice.agreed,
      satisfied: notice.satisfied,
      dueAt: notice.dueAt?.toISOString() ?? null,
    })),
    messages: messages.map((message) => {
      const answer = stand.answers.get(message.key)
      return {
        id: message.id,
        key: message.key,
        kind: message.kind,
        round: message.round,
        words: message.body.words,
        dueAt: message.dueAt?.toISOString() ?? null,
        madeAt: message.madeAt.toISOString(),
        by: message.accountId === null ? null : here.directory.accountName(message.accountId),
        state: message.state,
        tries: message.tries,
        nextTryAt: message.state === 'waiting' && message.tries > 0 ? message.nextTryAt.toISOString() : null,
        triedAt: message.triedAt?.toISOString() ?? null,
        detail: message.detail,
        settledAt: message.settledAt?.toISOString() ?? null,
        answer: answer ? { agreed: answer.agreed } : null,
      }
    }),
    rounds: rounds.map(({ round, case_id: caseId, number }) => ({ round, caseId, caseNumber: number })),
    mayAnswer: mayAnswer(actor, row),
    pending: stand.pending.length,
    simulated: adapter[0]?.simulated ?? false,
  }
}
