import { actorOf, orgDirectory } from '#modules/foundation/org/public.ts'
import { type Duties, loadDuties } from '#modules/management/duties/public.ts'
import { openReports, type ReadyReport, type ReportInput, readyReport } from '#modules/services/loop/public.ts'
import { grantsFor, type StaffActor } from '#platform/access/actor.ts'
import { type Predicate, predicateHolds, scopeOf } from '#platform/access/policy.ts'
import type { Context } from '#platform/command/context.ts'
import { blindToken, blindTokens } from '#platform/crypto/blind-token.ts'
import { normalisePhone } from '#platform/crypto/phone.ts'
import { AppError } from '#platform/errors/app-error.ts'
import type { ImportConsumer, Verdict } from '#platform/imports/import-consumer.ts'
import { type ImportRow, importNumber } from '#platform/imports/imports.store.ts'
import { dateTimeText } from '#platform/tables/column.ts'
import type { ReadRow, RowProblem } from '#platform/tables/import-rows.ts'
import { IMPORT } from '../contract.ts'
import { ORDER_FIELDS } from '../domain/order-fields.ts'
import { type FoundPlace, PlaceNames } from '../domain/place-names.ts'
import { countByDesk, findKnownOrders, insertOrders } from './order.store.ts'

const FINGERPRINT_DOMAIN = 'orders.row'
const YEARS_BACK = 10
const DAY_MS = 86_400_000

interface Order {
  row: ReadRow
  number: string | null
  fingerprint: string
  input: ReportInput
}

type Read = { order: Order } | { problems: RowProblem[] }

interface OrderSettings {
  source: string
  origin: string
}

const settingsOf = (head: ImportRow) => head.settings as unknown as OrderSettings

/** Orders of other systems: every row becomes a report through the one intake, as live work from the time it was reported. */
export const orderConsumer: ImportConsumer = {
  name: 'orders',
  permission: IMPORT,
  fields: ORDER_FIELDS,
  origin: (settings) => String(settings.origin ?? ''),
  actorOf: (context, accountId) => actorOf(context.tx, accountId, context.now),

  async check(context, head, rows) {
    const read = await readOrders(context, head, rows)
    const known = await knownOrders(context, head, read)
    return read.map((one): Verdict => {
      if ('problems' in one) return { kind: 'error', problems: one.problems }
      const duplicate = known(one.order)
      return duplicate ?? { kind: 'good', key: keyOf(one.order) }
    })
  },

  async take(context, head, rows) {
    const read = await readOrders(context, head, rows)
    const known = await knownOrders(context, head, read)
    const verdicts: Verdict[] = []
    const taken: { order: Order; ready: ReadyReport }[] = []
    const first = new Map<string, number>()
    // Side by side: what a row asks of the database travels together with what the others ask.
    const judged = await Promise.all(read.map((one) => judgeOrder(context, one, known)))
    for (const [i, one] of read.entries()) {
      const result = judged[i]!
      if ('kind' in result) {
        verdicts.push(result)
        continue
      }
      const { order } = one as { order: Order }
      const key = keyOf(order)
      const earlier = first.get(key)
      if (earlier !== undefined) {
        verdicts.push({ kind: 'duplicate', problems: [{ code: 'imports.row_twice', params: { row: earlier } }] })
        continue
      }
      first.set(key, order.row.number)
      taken.push({ order, ready: result.ready })
      verdicts.push({ kind: 'good' })
    }
    const states = await openReports(
      context,
      taken.map(({ ready }) => ready),
    )
    await insertOrders(
      context.tx,
      head.id,
      settingsOf(head).origin,
      taken.map(({ order }, i) => ({
        caseId: states[i]!.id,
        rowNumber: order.row.number,
        number: order.number,
        fingerprint: blindToken(context.here.keys, FINGERPRINT_DOMAIN, order.fingerprint),
      })),
      context.now,
    )
    return verdicts
  },

  async ended(context, head) {
    const number = importNumber(head.id)
    for (const { unitId, role, count } of await countByDesk(context.tx, head.id)) {
      const accountIds = context.here.directory.holders(unitId, role)
      if (accountIds.length > 0)
        context.pending.jobs.push({
          kind: 'notify.in_app',
          aggregate: `import:${head.id}:${unitId}`,
          payload: { accountIds, kind: 'orders.imported', params: { number, count, origin: settingsOf(head).origin } },
        })
    }
  },
}

async function judgeOrder(
  context: Context,
  one: Read,
  known: (order: Order) => Verdict | undefined,
): Promise<Verdict | { ready: ReadyReport }> {
  if ('problems' in one) return { kind: 'error', problems: one.problems }
  const duplicate = known(one.order)
  if (duplicate) return duplicate
  try {
    return { ready: await readyReport(context, one.order.input) }
  } catch (error) {
    // One row that the intake refuses keeps none of the others out.
    if (error instanceof AppError) return { kind: 'error', problems: [{ code: error.code, params: error.params }] }
    throw error
  }
}

/** What tells two rows apart: the number at the source, else what was said, by whom and when. */
function keyOf(order: Order): string {
  return order.number === null ? `f:${order.fingerprint}` : `n:${order.number}`
}

async function knownOrders(
  context: Context,
  head: ImportRow,
  read: readonly Read[],
): Promise<(order: Order) => Verdict | undefined> {
  const orders = read.flatMap((one) => ('order' in one ? [one.order] : []))
  const { keys } = context.here
  const tokens = orders.map((order) => blindTokens(keys, FINGERPRINT_DOMAIN, order.fingerprint))
  const found = await findKnownOrders(
    context.tx,
    settingsOf(head).origin,
    orders.flatMap(({ number }) => (number === null ? [] : [number])),
    // A row with a number is known by it alone: two people may say the same.
    orders.flatMap(({ number }, i) => (number === null ? tokens[i]! : [])),
  )
  const byNumber = new Map(found.flatMap((one) => (one.number === null ? [] : [[one.number, one.caseNumber]])))
  const byPrint = new Map(found.map((one) => [one.fingerprint, one.caseNumber]))
  const tokensOf = new Map(orders.map((order, i) => [order, tokens[i]!.map((token) => token.toString('hex'))]))
  return (order) => {
    const caseNumber =
      order.number === null
        ? tokensOf
            .get(order)!
            .map((token) => byPrint.get(token))
            .find((one) => one !== undefined)
        : byNumber.get(order.number)
    return caseNumber === undefined
      ? undefined
      : { kind: 'duplicate', problems: [{ code: 'orders.known', params: { number: caseNumber } }] }
  }
}

async function readOrders(context: Context, head: ImportRow, rows: readonly ReadRow[]): Promise<Read[]> {
  const actor = context.actor as StaffActor
  const grants = grantsFor(actor, IMPORT)
  const duties = await loadDuties(context.tx, context.now)
  const desk: Desk = {
    context,
    head,
    duties,
    classNames: namesOfClasses(duties),
    names: new PlaceNames(orgDirectory(context.here).divisions()),
    inside: scopeOf(grants),
    // A clerk of one town imports its own orders: what says no place is taken for the town's.
    ownTown: grants.length === 1 && grants[0]!.division.length === 9 ? grants[0]!.division : null,
  }
  return rows.map((row) => readOrder(desk, row))
}

interface Desk {
  context: Context
  head: ImportRow
  duties: Duties
  classNames: ReadonlyMap<string, string>
  names: PlaceNames
  inside: Predicate
  ownTown: string | null
}

function readOrder(desk: Desk, row: ReadRow): Read {
  const { context, head } = desk
  const { values } = row
  const text = textOf(values.text) ?? ''
  const problems: RowProblem[] = []
  const refuse = (field: string, code: string, params: Record<string, string | number> = {}) =>
    problems.push({ code, params: { title: titleIn(head, field), ...params } })
  if ([...text].length < 4) refuse('text', 'orders.text_short')
  const phone = phoneOf(textOf(values.phone))
  if (phone === null) refuse('phone', /e\+/i.test(String(values.phone)) ? 'orders.phone_scientific' : 'orders.phone')
  const reportedAt = values.reportedAt as Date | null
  const replyBy = endOfDay(values.replyBy as Date | null)
  const now = context.now.getTime()
  if (reportedAt && reportedAt.getTime() > now + 5 * 60_000) refuse('reportedAt', 'orders.in_future')
  if (reportedAt && reportedAt.getTime() < now - YEARS_BACK * 366 * DAY_MS)
    refuse('reportedAt', 'orders.long_ago', { years: YEARS_BACK })
  if (replyBy && replyBy.getTime() <= (reportedAt ?? context.now).getTime()) refuse('replyBy', 'orders.reply_before')
  const classCode = classOf(desk, textOf(values.class))
  if (classCode === null) refuse('class', 'orders.class_unknown', { value: textOf(values.class)! })
  const place = placeOf(desk, row, refuse)
  if (place && !inside(desk, place, classCode ?? null)) problems.push({ code: 'orders.outside', params: {} })
  if (problems.length > 0) return { problems }

  const { source, origin } = settingsOf(head)
  const number = textOf(values.number) ?? null
  const name = textOf(values.name)
  const title = textOf(values.title)
  const placeText = textOf(values.place)
  const at = reportedAt ? dateTimeText(reportedAt) : ''
  const imported = importNumber(head.id)
  return {
    order: {
      row,
      number,
      fingerprint: [text, placeText ?? '', phone ?? '', name ?? '', at].join('\u001f'),
      input: {
        text,
        source,
        ...(title && [...title].length >= 2 ? { title } : {}),
        ...(placeText ? { placeText } : {}),
        ...place!.where,
        ...(name ? { reporterName: name } : {}),
        ...(phone ? { reporterPhone: phone } : {}),
        ...(classCode ? { classCode } : {}),
        ...(reportedAt ? { openedAt: reportedAt } : {}),
        ...(replyBy ? { replyBy } : {}),
        origin: {
          data: { imported, origin, ...(number === null ? {} : { outsideNumber: number }) },
          why: [
            number === null
              ? { key: 'orders.why.imported', params: { import: imported, row: row.number, origin } }
              : { key: 'orders.why.imported_number', params: { import: imported, row: row.number, origin, number } },
          ],
          words: [imported, ...(number === null ? [] : [number])].join('\n'),
        },
      },
    },
  }
}

type Refuse = (field: string, code: string, params?: Record<string, string | number>) => void

interface OrderPlace extends FoundPlace {
  where: Pick<ReportInput, 'townCode' | 'villageCode' | 'gridCode' | 'place'>
}

function placeOf(desk: Desk, { values }: ReadRow, refuse: Refuse): OrderPlace | undefined {
  const given = {
    town: textOf(values.town),
    village: textOf(values.village),
    grid: textOf(values.grid),
    place: textOf(values.place),
  }
  const found = desk.names.find(given)
  if ('code' in found) {
    refuse(found.field, found.code, { value: given[found.field]!.slice(0, 30) })
    return undefined
  }
  const { lon, lat } = values as { lon: number | null; lat: number | null }
  if ((lon === null) !== (lat === null)) {
    refuse(lon === null ? 'lat' : 'lon', 'orders.half_point')
    return undefined
  }
  const point = lon === null || lat === null ? undefined : { lon, lat }
  if (point && !(point.lon > 73 && point.lon < 136 && point.lat > 3 && point.lat < 54)) {
    refuse('lon', 'orders.point')
    return undefined
  }
  const townCode = found.townCode ?? (point ? null : desk.ownTown)
  const code = found.gridCode ?? found.villageCode ?? townCode
  return {
    ...found,
    townCode,
    where: {
      ...(point ? { place: point } : {}),
      ...(code === null
        ? {}
        : code.length === 15
          ? { gridCode: code }
          : code.length === 12
            ? { villageCode: code }
            : { townCode: code }),
    },
  }
}

/** Whether the row lies where its importer may import. */
function inside(desk: Desk, place: OrderPlace, classCode: string | null): boolean {
  return predicateHolds(desk.inside, {
    townCode: place.townCode,
    villageCode: place.villageCode,
    gridCode: place.gridCode,
    lineCode: classCode ? (desk.duties.classOf(classCode)?.lineCode ?? null) : null,
    secrecy: 'internal',
    partyUnitIds: [],
    partyAccountIds: [],
    namedAccountIds: [],
    openWork: [],
  })
}

function titleIn(head: ImportRow, field: string): string {
  const at = head.mapping[field]
  return at === undefined ? (ORDER_FIELDS.find(({ key }) => key === field)?.title ?? field) : head.titles[at]!
}

function textOf(value: unknown): string | undefined {
  const text = typeof value === 'string' ? value.trim() : ''
  return text === '' || /^(无|\/|-+|—+|null|none)$/i.test(text) ? undefined : text
}

/** @returns undefined where none is given, null for what is no number */
function phoneOf(text: string | undefined): string | undefined | null {
  if (text === undefined || /^(匿名|不详|未知|未留|保密)$/.test(text)) return undefined
  // Several numbers in one cell: the first one.
  const first = text.split(/[、,，;；/\s]+(?=\d{5})/)[0]!
  return normalisePhone(first.replace(/\.0$/, '')) ?? null
}

/** A day without a time means its end. */
function endOfDay(at: Date | null): Date | null {
  if (!at) return null
  return dateTimeText(at).endsWith(' 00:00:00') ? new Date(at.getTime() + DAY_MS - 1000) : at
}

/**
 * The class by its code or its name. Other systems have other lists: a name that ours has not is left to recognition.
 * @returns undefined for no class, null for a code that does not exist
 */
function classOf(desk: Desk, text: string | undefined): string | undefined | null {
  if (text === undefined) return undefined
  const code = text.normalize('NFKC').trim()
  if (desk.duties.classOf(code)) return code
  return /^[0-9A-Z][0-9A-Z.-]{1,9}$/i.test(code) ? null : desk.classNames.get(code)
}

/** Names that one class only has. */
function namesOfClasses({ book }: Duties): Map<string, string> {
  const codes = new Map<string, string[]>()
  for (const { code, name, fullName } of book.classes)
    for (const one of new Set([name, fullName])) codes.set(one.normalize('NFKC'), [...(codes.get(one) ?? []), code])
  return new Map([...codes].flatMap(([name, of]) => (of.length === 1 ? [[name, of[0]!]] : [])))
}
