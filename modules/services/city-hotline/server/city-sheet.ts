import { createHash } from 'node:crypto'
import { Value } from 'typebox/value'
import { command, runAsSystem } from '#platform/command/command.ts'
import type { Context } from '#platform/command/context.ts'
import type { CountyServices, Services } from '#platform/command/services.ts'
import { AppError } from '#platform/errors/app-error.ts'
import { findFile } from '#platform/files/file.store.ts'
import { mediaTypes } from '#platform/files/file-type.ts'
import { fileRoomOf } from '#platform/files/files.raw.ts'
import { downloadHeaders, readWholeFile } from '#platform/files/uploads.ts'
import type { RawHandler } from '#platform/http/raw-handler.ts'
import { type Column, dateText } from '#platform/tables/column.ts'
import { collectRowErrors, type ImportColumn, type ImportValues } from '#platform/tables/import-rows.ts'
import { readTable, type SheetTable } from '#platform/tables/read-table.ts'
import { writeXlsx } from '#platform/tables/write-xlsx.ts'
import { EXCHANGE, exportMessages, importSheet } from '../contract.ts'
import {
  type CityListRow,
  CityMessage,
  type CityOrder,
  type MessageKind,
  type NoticeKind,
  type OrderState,
} from '../domain/city-message.ts'
import { requireWholeCounty } from './hotline.policy.ts'
import { findByNumber, type MessageRecord, messagesForFile, settleMessage } from './hotline.store.ts'
import { digestOf, receive } from './receive.ts'

/** What the city's exports call their columns, the first spelling is ours. */
const SYNONYMS: Readonly<Record<string, readonly string[]>> = {
  工单编号: ['工单号', '受理编号', '诉求编号', '编号', '流水号', '业务编号'],
  消息类型: ['类型标识', '业务动作', '操作类型'],
  消息编号: ['流转编号', '记录编号'],
  时间: ['派单时间', '下派时间', '交办时间', '派发时间', '转办时间', '操作时间'],
  标题: ['诉求标题', '工单标题', '主题'],
  内容: ['诉求内容', '工单内容', '反映内容', '问题描述', '详细内容', '说明'],
  诉求类型: ['工单类型', '诉求类别', '类型'],
  紧急: ['紧急程度', '是否紧急', '加急'],
  姓名: ['诉求人', '来电人', '联系人', '反映人', '诉求人姓名'],
  电话: ['联系电话', '来电号码', '联系方式', '手机号', '诉求人电话'],
  地址: ['事发地址', '诉求地址', '事发地点', '发生地址', '地点'],
  镇街: ['所属镇街', '街道', '乡镇', '所属街道', '属地'],
  签收时限: ['签收截止时间', '应签收时间'],
  答复时限: ['办理时限', '办结时限', '截止时间', '应办结时间', '办理截止时间'],
  结果: ['审核结果', '回访结果', '满意度', '满意情况'],
  新时限: ['延期至', '重办时限', '新截止时间'],
  对应回执: ['回执编号', '对应消息'],
  状态: ['工单状态', '当前状态'],
  回执: ['已收回执', '收到回执'],
  消息: ['已发消息', '下发消息'],
}

const COLUMNS: readonly ImportColumn[] = [
  { key: 'number', title: '工单编号', type: 'text', required: true, maxLength: 60 },
  { key: 'type', title: '消息类型', type: 'text', maxLength: 20 },
  { key: 'id', title: '消息编号', type: 'text', maxLength: 80 },
  { key: 'at', title: '时间', type: 'dateTime', required: true },
  { key: 'title', title: '标题', type: 'text', maxLength: 200 },
  { key: 'content', title: '内容', type: 'text', maxLength: 4000 },
  { key: 'kind', title: '诉求类型', type: 'text', maxLength: 20 },
  { key: 'urgent', title: '紧急', type: 'text', maxLength: 20 },
  { key: 'name', title: '姓名', type: 'text', maxLength: 40 },
  { key: 'phone', title: '电话', type: 'text', maxLength: 30 },
  { key: 'address', title: '地址', type: 'text', maxLength: 200 },
  { key: 'town', title: '镇街', type: 'text', maxLength: 40 },
  { key: 'signDue', title: '签收时限', type: 'dateTime' },
  { key: 'replyDue', title: '答复时限', type: 'dateTime' },
  { key: 'result', title: '结果', type: 'text', maxLength: 20 },
  { key: 'newDue', title: '新时限', type: 'dateTime' },
  { key: 'answers', title: '对应回执', type: 'text', maxLength: 120 },
]

const TYPES: Readonly<Record<string, NoticeKind>> = {
  '': 'order',
  派单: 'order',
  工单: 'order',
  转办: 'order',
  交办: 'order',
  催办: 'urge',
  督办: 'supervise',
  退单审核: 'returnAnswer',
  延期审核: 'extensionAnswer',
  回访: 'visit',
  重办: 'visit',
  撤单: 'withdraw',
}

const AGREED: Readonly<Record<string, boolean>> = { 同意: true, 通过: true, 不同意: false, 不通过: false, 驳回: false }
const SATISFIED: Readonly<Record<string, boolean>> = {
  满意: true,
  非常满意: true,
  基本满意: true,
  不满意: false,
  非常不满意: false,
}

export interface SheetProblem {
  row: number
  problem: string
  params: Record<string, string>
}

/** A column with the other names that cities give it. */
const known = (column: ImportColumn): ImportColumn => ({ ...column, aliases: SYNONYMS[column.title] ?? [] })

/** A sheet as the city's system exports it: the title row is the first that names the order's number in some spelling. */
async function openSheet(file: Buffer, name: string): Promise<SheetTable> {
  for (const title of ['工单编号', ...SYNONYMS.工单编号!]) {
    try {
      return await readTable(file, name, { titles: [title], maxRows: 20_000 })
    } catch (error) {
      if (!(error instanceof AppError) || error.code !== 'tables.columns_missing') throw error
    }
  }
  throw new AppError('tables.columns_missing', { status: 422, params: { titles: '工单编号' } })
}

/** The messages in a sheet, and what is wrong with its other rows. */
export async function readCitySheet(
  file: Buffer,
  name: string,
): Promise<{ messages: { row: number; message: CityMessage }[]; problems: SheetProblem[] }> {
  const table = await openSheet(file, name)
  const { good, bad } = await collectRowErrors(table, COLUMNS.map(known))
  const problems: SheetProblem[] = bad.map(({ number, problems: found }) => ({
    row: number,
    problem: found[0]!.code.replace('tables.', ''),
    params: Object.fromEntries(Object.entries(found[0]!.params ?? {}).map(([key, value]) => [key, String(value)])),
  }))
  const messages: { row: number; message: CityMessage }[] = []
  for (const { number, values } of good) {
    const read = messageOf(values)
    if ('problem' in read) problems.push({ row: number, problem: read.problem, params: {} })
    else if (!Value.Check(CityMessage, read)) problems.push({ row: number, problem: 'row_wrong', params: {} })
    else messages.push({ row: number, message: read })
  }
  return { messages, problems: problems.sort((a, b) => a.row - b.row) }
}

function messageOf(values: ImportValues): CityMessage | { problem: string } {
  const text = (key: string) => (values[key] === null || values[key] === undefined ? '' : String(values[key]).trim())
  const time = (key: string) => (values[key] instanceof Date ? (values[key] as Date).toISOString() : undefined)
  const kind = TYPES[text('type')]
  if (!kind) return { problem: 'type_unknown' }
  const number = text('number')
  const at = time('at')!
  const words = text('content')
  const base = { kind, number, at, ...(words && kind !== 'order' ? { words: words.slice(0, 2000) } : {}) }
  const result = text('result')
  const due = time('newDue')
  let more: Partial<CityMessage> = {}
  if (kind === 'order') {
    const title = text('title') || words.slice(0, 30)
    if (words.length < 4) return { problem: 'content_missing' }
    const order: CityOrder = {
      title,
      content: words,
      kind: text('kind') || '求助',
      ...(/^(是|紧急|特急|加急|1)/.test(text('urgent')) ? { urgent: true } : {}),
      ...(text('name') ? { callerName: text('name') } : {}),
      ...(text('phone') ? { callerPhone: text('phone') } : {}),
      ...(text('address') ? { address: text('address') } : {}),
      ...(text('town') ? { town: text('town') } : {}),
      ...(time('signDue') ? { signDueAt: time('signDue')! } : {}),
      ...(time('replyDue') ? { replyDueAt: time('replyDue')! } : {}),
    }
    more = { order }
  } else if (kind === 'returnAnswer' || kind === 'extensionAnswer') {
    const agreed = AGREED[result]
    if (agreed === undefined) return { problem: 'result_unknown' }
    if (kind === 'extensionAnswer' && agreed && !due) return { problem: 'due_missing' }
    more = { agreed, ...(due ? { dueAt: due } : {}), ...(text('answers') ? { answers: text('answers') } : {}) }
  } else if (kind === 'visit') {
    const satisfied = text('type') === '重办' ? false : SATISFIED[result]
    if (satisfied === undefined) return { problem: 'result_unknown' }
    more = { satisfied, ...(due ? { dueAt: due } : {}) }
  }
  const said = { ...base, ...more }
  // A row without an id is known by what it says: the same row in tomorrow's export is the same message.
  const own =
    kind === 'order' ? `${number}:order` : createHash('sha256').update(JSON.stringify(said)).digest('hex').slice(0, 32)
  return { ...said, id: text('id') || `row:${own}` } as CityMessage
}

async function uploaded(context: Pick<Context, 'tx' | 'actor' | 'services' | 'here'>, fileId: string) {
  const { tx, actor, services, here } = context
  const file = await findFile(tx, fileId)
  if (file?.uploaderKind !== 'staff' || actor.kind !== 'staff' || file.uploaderId !== actor.accountId)
    throw new AppError('city_hotline.file_unknown', { status: 422 })
  return { content: await readWholeFile(fileRoomOf(services, here), file), name: file.name }
}

const MAX_PROBLEMS = 200

/** The city's export: every row once, whoever imports it again. All good rows are taken, the others are told. */
export const importSheetCommand = command(importSheet, {
  async perform(context, { fileId, dryRun }) {
    requireWholeCounty(context.actor, EXCHANGE)
    const { tx } = context
    const { content, name } = await uploaded(context, fileId)
    const { messages, problems } = await readCitySheet(content, name)
    const count = { taken: 0, repeated: 0, changed: 0, waiting: 0 }
    for (const { message } of messages) {
      if (!dryRun) {
        count[await receive(context, message, 'file')] += 1
        continue
      }
      const order = await findByNumber(tx, message.number)
      const inFile = messages.some((other) => other.message.kind === 'order' && other.message.number === message.number)
      if (message.kind !== 'order') count[order || inFile ? 'taken' : 'waiting'] += 1
      else count[!order ? 'taken' : order.digest === digestOf(message.order!) ? 'repeated' : 'changed'] += 1
    }
    context.pending.subject = `city_hotline_import:${messages.length}`
    return { ref: count, output: { ...count, problems: problems.slice(0, MAX_PROBLEMS) } }
  },
  async present(_context, ref) {
    return { ...(ref as { taken: number; repeated: number; changed: number; waiting: number }), problems: [] }
  },
})

const KIND_NAMES: Readonly<Record<MessageKind, string>> = {
  sign: '签收',
  return: '退单申请',
  extend: '延期申请',
  reply: '答复',
}

const OUT: readonly Column<MessageRecord>[] = [
  { title: '回执编号', type: 'text', width: 36, value: (row) => row.key },
  { title: '工单编号', type: 'text', width: 24, value: (row) => row.body.number },
  { title: '回执类型', type: 'text', width: 12, value: (row) => KIND_NAMES[row.kind] },
  { title: '第几轮', type: 'integer', width: 8, value: (row) => row.round },
  { title: '时间', type: 'dateTime', value: (row) => row.madeAt },
  { title: '承办单位', type: 'text', width: 24, value: (row) => row.body.unitName ?? null },
  { title: '内容', type: 'text', width: 80, value: (row) => row.body.words },
  { title: '申请延期至', type: 'dateTime', value: (row) => row.dueAt },
  { title: '县案件编号', type: 'text', width: 24, value: (row) => row.body.caseNumber ?? null },
]

/** What waits for the city, as a file for its system. It counts as exported: whether the city has it, its list says. */
export const exportMessagesHandler: RawHandler = {
  route: exportMessages,
  async handle({ services }, { here, actor, input }) {
    requireWholeCounty(actor, EXCHANGE)
    const again = input.again === true
    const rows = await runAsSystem(services, here, exportMessages.name, async (context) => {
      const found = await messagesForFile(context.tx, here.keys, again)
      for (const row of found)
        await settleMessage(context.tx, row.id, { state: 'exported', detail: null, at: context.now })
      context.pending.subject = `city_hotline_export:${found.length}`
      return found
    })
    const name = `市12345回执 ${dateText(services.clock.now())}.xlsx`
    return {
      headers: downloadHeaders({ name, mediaType: mediaTypes.xlsx }, false),
      body: writeXlsx([...OUT], rows, { sheet: '回执' }),
    }
  },
}

const STATES: Readonly<Record<string, OrderState>> = {
  待签收: 'toSign',
  未签收: 'toSign',
  已签收: 'signed',
  办理中: 'signed',
  退单审核中: 'returning',
  已退单: 'returned',
  已反馈: 'replied',
  待回访: 'replied',
  已反馈待市回访: 'replied',
  已办结: 'done',
  办结: 'done',
  已撤回: 'withdrawn',
}

/** The city's list of a day as a file. */
export async function readCityList(
  context: Pick<Context, 'tx' | 'actor' | 'services' | 'here'>,
  fileId: string,
): Promise<CityListRow[]> {
  const { content, name } = await uploaded(context, fileId)
  const { good, bad } = await collectRowErrors(
    await openSheet(content, name),
    [
      { key: 'number', title: '工单编号', type: 'text', required: true, maxLength: 60 },
      { key: 'state', title: '状态', type: 'text', required: true, oneOf: Object.keys(STATES) },
      { key: 'replyDue', title: '答复时限', type: 'dateTime' },
      { key: 'messages', title: '回执', type: 'text' },
      { key: 'notices', title: '消息', type: 'text' },
    ].map((column) => known(column as ImportColumn)),
  )
  if (bad.length > 0)
    throw new AppError('city_hotline.list_wrong', { status: 422, params: { row: bad[0]!.number, count: bad.length } })
  const words = (value: unknown) =>
    String(value)
      .split(/[、，,;；\s]+/)
      .filter(Boolean)
  return good.map(({ values }) => ({
    number: String(values.number).trim(),
    state: STATES[String(values.state)]!,
    ...(values.replyDue instanceof Date ? { replyDueAt: values.replyDue.toISOString() } : {}),
    ...(values.messages ? { messages: words(values.messages) } : {}),
    ...(values.notices ? { notices: words(values.notices) } : {}),
  }))
}

export async function listOfServices(
  services: Services,
  here: CountyServices,
  actor: Context['actor'],
  fileId: string,
) {
  return services.pool.inCounty(here.county, (tx) => readCityList({ tx, actor, services, here }, fileId), 'read')
}
