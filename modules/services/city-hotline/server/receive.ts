import { createHash } from 'node:crypto'
import { orgDirectory } from '#modules/foundation/org/public.ts'
import { openReport, type ReportInput } from '#modules/services/loop/public.ts'
import type { Context } from '#platform/command/context.ts'
import { normalisePhone } from '#platform/crypto/phone.ts'
import { AppError } from '#platform/errors/app-error.ts'
import { findCase, type LoadedCase } from '#platform/process/case.store.ts'
import { actOnLoaded, noteOnCase } from '#platform/process/engine.ts'
import { linkedTo } from '#platform/process/link.store.ts'
import { indexCase } from '#platform/search/case-index.ts'
import type { CityMessage, CityOrder } from '../domain/city-message.ts'
import { type OrderStand, standOf } from '../domain/order-stand.ts'
import {
  adoptNotices,
  factsOf,
  findById,
  findByNumber,
  insertNotice,
  insertOrder,
  insertRound,
  lockNumber,
  type NoticeRecord,
  noteUrged,
  type OrderRecord,
  updateOrder,
} from './hotline.store.ts'

export const SOURCE = 'city12345'

/** taken: new · repeated: known · changed: known by number, but says something else · waiting: its order is not here yet. */
export type Outcome = 'taken' | 'repeated' | 'changed' | 'waiting'
export type Via = 'file' | 'push' | 'poll'

/** Takes what the city says: once, in whatever sequence it comes. */
export async function receive(given: Context, message: CityMessage, via: Via): Promise<Outcome> {
  const context: Context = { ...given, actor: { kind: 'system', name: 'city-hotline' } }
  const { tx, here, now } = context
  await lockNumber(tx, message.number)
  const order = await findByNumber(tx, message.number)
  if (message.kind === 'order') {
    if (!message.order) throw new AppError('city_hotline.content_wrong', { status: 422 })
    const digest = digestOf(message.order)
    if (order) {
      // The second copy is kept where it has an id of its own, so that both sides' books agree.
      await insertNotice(tx, here.keys, message, { orderId: order.id, arrivedAt: now, via })
      return order.digest === digest ? 'repeated' : 'changed'
    }
    await takeOrder(context, message, message.order, digest, via)
    return 'taken'
  }
  const fresh = await insertNotice(tx, here.keys, message, { orderId: order?.id ?? null, arrivedAt: now, via })
  if (!fresh) return 'repeated'
  if (!order) return 'waiting'
  await tell(context, order, { ...message, at: new Date(message.at) })
  await settleOrder(context, order)
  return 'taken'
}

async function takeOrder(
  context: Context,
  message: CityMessage,
  order: CityOrder,
  digest: string,
  via: Via,
): Promise<void> {
  const { tx, here, now } = context
  const { state } = await openCase(context, message.number, order)
  const id = await insertOrder(tx, here.keys, {
    number: message.number,
    order,
    receivedAt: new Date(message.at),
    arrivedAt: now,
    digest,
    via,
    caseId: state.id,
  })
  await insertNotice(tx, here.keys, message, { orderId: id, arrivedAt: now, via })
  context.pending.facts.push({
    kind: 'city_hotline.order_taken',
    subject: `city_hotline_order:${id}`,
    content: { number: message.number, caseNumber: state.number, digest, via },
  })
  const record = (await findById(tx, id))!
  // What overtook the order.
  for (const notice of await adoptNotices(tx, here.keys, id, message.number))
    if (notice.kind !== 'order') await tell(context, record, notice)
  await settleOrder(context, record)
}

async function openCase(context: Context, number: string, order: CityOrder) {
  const due = order.replyDueAt ? new Date(order.replyDueAt) : undefined
  const phone = order.callerPhone ? normalisePhone(order.callerPhone) : undefined
  const report: ReportInput = {
    // A number that is none stands in the text, where it is masked like any other.
    text: order.callerPhone && !phone ? `${order.content}\n来电号码：${order.callerPhone}` : order.content,
    title: order.title,
    source: SOURCE,
    ...(order.address ? { placeText: order.address } : {}),
    ...(order.callerName ? { reporterName: order.callerName } : {}),
    ...(phone ? { reporterPhone: phone } : {}),
    ...(due ? { replyBy: due } : {}),
    origin: {
      data: { cityNumber: number, ...cityDue(due ?? null) },
      why: [
        due
          ? { key: 'city_hotline.why.order_due', params: { number, dueAt: due.toISOString() } }
          : { key: 'city_hotline.why.order', params: { number } },
      ],
      words: number,
    },
  }
  const place = placeOf(context, order)
  if (place) return openReport(context, { ...report, ...place })
  try {
    return await openReport(context, { ...report, ...(order.place ? { place: order.place } : {}) })
  } catch (error) {
    // A point that the city put into a neighbour's land: the county's desk looks at it.
    if (error instanceof AppError && error.code === 'loop.place_outside') return openReport(context, report)
    throw error
  }
}

/** The flow asks for it to know that the city does the call-back; without a deadline of the city only the county's runs. */
function cityDue(due: Date | null): { cityDueAt: string | null } {
  return { cityDueAt: due?.toISOString() ?? null }
}

/** Town and village from the names that the city writes. */
function placeOf({ here }: Context, order: CityOrder): { villageCode: string } | { townCode: string } | undefined {
  const divisions = orgDirectory(here).divisions()
  const words = `${order.town ?? ''} ${order.address ?? ''}`
  const town = divisions.find(({ code, name, shortName }) => code.length === 9 && named(words, name, shortName))
  const villages = divisions
    .filter(({ code }) => code.length === 12 && (!town || code.startsWith(town.code)))
    .filter(
      ({ name, shortName }) => words.includes(name) || words.includes(shortName) || isNamed(words, stem(shortName)),
    )
  if (villages.length === 1) return { villageCode: villages[0]!.code }
  return town ? { townCode: town.code } : undefined
}

/** A village's name without what it is: 香溪社区居委会 → 香溪. */
function stem(name: string): string {
  return name.replace(/(社区|村)?(居民委员会|村民委员会|居委会|村委会)?$/, '')
}

function isNamed(words: string, base: string): boolean {
  return base.length >= 2 && (words.includes(`${base}社区`) || words.includes(`${base}村`))
}

function named(words: string, ...names: string[]): boolean {
  return names.some((name) => name.length >= 2 && words.includes(name))
}

/** The same order in another spelling of its JSON is the same. */
export function digestOf(order: CityOrder): string {
  const sorted = Object.fromEntries(Object.entries(order).sort(([a], [b]) => (a < b ? -1 : 1)))
  return createHash('sha256').update(JSON.stringify(sorted)).digest('hex')
}

type Said = Pick<NoticeRecord, 'kind' | 'at'> & { words?: string | null }

/** Urging and supervision of the city: on the case, and told to who has it. */
async function tell(context: Context, order: OrderRecord, { kind, at, words }: Said): Promise<void> {
  if (kind !== 'urge' && kind !== 'supervise') return
  await noteUrged(context.tx, order.id, at)
  const loaded = await currentCase(context, order.id)
  await noteOnCase(context, loaded, {
    action: kind === 'urge' ? 'cityUrged' : 'citySupervised',
    why: [{ key: `city_hotline.why.${kind}`, params: { words: words || '—' } }],
  })
  tellHolders(context, loaded, kind === 'urge' ? 'city_hotline.urged' : 'city_hotline.supervised', order.number)
}

/** A notice in the inbox of who has the case, and of the chief on duty of its desk. */
export function tellHolders(context: Context, loaded: LoadedCase, kind: string, number: string): void {
  if (context.history) return
  const { directory } = context.here
  const { case: state } = loaded
  const held = loaded.items.flatMap((item) =>
    item.accountId !== null ? [item.accountId] : item.unitId === null ? [] : directory.holders(item.unitId, item.role),
  )
  const desk = (state.townCode && directory.unitAt(state.townCode, 'command')) || directory.triage()
  const accountIds = [...new Set([...held, ...(desk ? directory.holders(desk.id, 'dutyChief') : [])])]
  if (accountIds.length > 0)
    context.pending.jobs.push({
      kind: 'notify.in_app',
      aggregate: `case:${state.id}`,
      payload: { accountIds, kind, caseId: state.id, params: { number } },
    })
}

async function currentCase(context: Context, orderId: number): Promise<LoadedCase> {
  const { caseId } = (await findById(context.tx, orderId))!
  return (await findCase(context.tx, caseId, true))!
}

/** Brings order and case to where all that was said so far leaves them. The caller holds the number's lock. */
export async function settleOrder(context: Context, before: OrderRecord): Promise<OrderStand> {
  const { tx } = context
  const stand = standOf(await factsOf(tx, before.id))
  let round = before.round
  while (round < stand.round) {
    round += 1
    await redo(context, before, round, stand.replyDueAt)
  }
  await updateOrder(tx, before.id, stand)
  if (round === before.round && stand.replyDueAt?.getTime() !== before.replyDueAt?.getTime())
    await moveDeadline(context, before, stand.replyDueAt)
  if (stand.state === before.state) return stand
  if (stand.state === 'done') await finish(context, before)
  if (stand.state === 'returned' || stand.state === 'withdrawn') await giveUp(context, before, stand.state)
  return stand
}

/**
 * 不满意: the case is taken up again as one linked to it, with the city's new deadline. The act is that of the flow (`redo` of
 * the report flow), so that both ways of taking up again are one.
 */
async function redo(context: Context, order: OrderRecord, round: number, due: Date | null): Promise<void> {
  const { tx, now } = context
  const before = await currentCase(context, order.id)
  const known = new Set(await linkedTo(tx, before.case.id, 'redo'))
  await actOnLoaded(context, before, {
    caseId: before.case.id,
    action: 'redo',
    form: { reason: `市 12345 回访不满意（${order.number}）` },
  })
  const caseId = (await linkedTo(tx, before.case.id, 'redo')).find((id) => !known.has(id))!
  await insertRound(tx, order.id, round, caseId, now)
  const again = (await findCase(tx, caseId, true))!
  await noteOnCase(context, again, {
    action: 'cityUnsatisfied',
    why: [
      due
        ? { key: 'city_hotline.why.redo_due', params: { number: order.number, round, dueAt: due.toISOString() } }
        : { key: 'city_hotline.why.redo', params: { number: order.number, round } },
    ],
    data: { cityNumber: order.number, cityRound: round, ...cityDue(due) },
    ...(due ? { clockCaps: { reply: due } } : {}),
  })
  // Found by the city's number like the one before.
  const { text } = again.case.data
  await indexCase(tx, again.case, `${typeof text === 'string' ? text : ''}\n${order.number}`, [])
  tellHolders(context, again, 'city_hotline.redo', order.number)
}

async function moveDeadline(context: Context, order: OrderRecord, due: Date | null): Promise<void> {
  const loaded = await currentCase(context, order.id)
  await noteOnCase(context, loaded, {
    action: 'cityExtended',
    why: due ? [{ key: 'city_hotline.why.extended', params: { dueAt: due.toISOString() } }] : [],
    data: { ...cityDue(due), ...(due ? { ownCap: due.toISOString() } : {}) },
    clockCaps: { reply: due },
  })
  tellHolders(context, loaded, 'city_hotline.extended', order.number)
}

/** The call-back was good: the case is done with it. */
async function finish(context: Context, order: OrderRecord): Promise<void> {
  const loaded = await currentCase(context, order.id)
  if (loaded.case.state === 'awaitingCity')
    await actOnLoaded(context, loaded, { caseId: loaded.case.id, action: 'cityDone', form: { result: '满意' } })
  else
    await noteOnCase(context, loaded, {
      action: 'citySatisfied',
      why: [{ key: 'city_hotline.why.satisfied', params: {} }],
    })
}

/** The city took the order back, by itself or because it was returned: what is not done yet ends without an answer. */
async function giveUp(context: Context, order: OrderRecord, state: 'returned' | 'withdrawn'): Promise<void> {
  const loaded = await currentCase(context, order.id)
  const { case: current } = loaded
  const { body } = context.here.definitions.byId(current.definitionId)
  tellHolders(context, loaded, `city_hotline.${state}`, order.number)
  if (body.actions.cancel?.from.includes(current.state))
    await actOnLoaded(context, loaded, {
      caseId: current.id,
      action: 'cancel',
      form: { reason: state === 'returned' ? '市 12345 同意退单' : '市 12345 撤回工单' },
    })
  else
    await noteOnCase(context, loaded, {
      action: state === 'returned' ? 'cityReturned' : 'cityWithdrawn',
      why: [{ key: `city_hotline.why.${state}`, params: {} }],
    })
}
