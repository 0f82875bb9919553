import { randomUUID } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { dirname } from 'node:path'
import type { Readable } from 'node:stream'
import { setTimeout as sleep } from 'node:timers/promises'
import { Value } from 'typebox/value'
import { type Column, dateText } from '#platform/tables/column.ts'
import { writeXlsx } from '#platform/tables/write-xlsx.ts'
import {
  type CityListRow,
  type CityMessage,
  type CityOrder,
  CountyMessage,
  type OrderState,
} from '../domain/city-message.ts'
import { type EnvelopeKeys, seal, verify } from '../domain/envelope.ts'
import { Envelope } from '../domain/envelope-shape.ts'

/** What may go wrong on the way, counted down by call; `down` until it is set back. */
export interface Faults {
  down: boolean
  /** The next calls get a 500. */
  errors: number
  /** The next calls are taken, but their answer is lost. */
  lostAnswers: number
  /** The next calls are never answered. */
  silent: number
  /** Every fetched page holds its messages twice, in reverse. */
  shuffled: boolean
  latencyMs: number
}

interface CentreOrder {
  number: string
  receivedAt: string
  order: CityOrder
  state: OrderState
  replyDueAt: string | undefined
  rounds: number
}

interface Book {
  orders: CentreOrder[]
  /** What the centre said, in its sequence. */
  said: CityMessage[]
  /** What it has of the county, each key once. */
  taken: CountyMessage[]
}

/**
 * A city's 12345 that is none (模拟市中心): a real HTTP server that speaks the interface and reads and writes the sheets, with
 * its own book, which outlives it where a file is named.
 */
export class CityCentre {
  readonly faults: Faults = { down: false, errors: 0, lostAnswers: 0, silent: 0, shuffled: false, latencyMs: 0 }
  /** Every call that came in, also refused ones. */
  calls = 0
  /** What comes to the centre, at once after it was taken; how a demo answers by itself. */
  onMessage: ((message: CountyMessage) => void) | undefined
  readonly #keys: EnvelopeKeys
  readonly #now: () => Date
  readonly #file: string | undefined
  readonly #nonces = new Set<string>()
  readonly #open = new Set<ServerResponse>()
  #server: Server | undefined
  #book: Book = { orders: [], said: [], taken: [] }

  constructor(keys: EnvelopeKeys, now: () => Date, file?: string) {
    this.#keys = keys
    this.#now = now
    this.#file = file
    if (file && existsSync(file)) this.#book = JSON.parse(readFileSync(file, 'utf8')) as Book
  }

  /** Listens on this machine only. @returns the base address of its interface */
  async listen(port = 0): Promise<string> {
    this.#server = createServer((request, response) => void this.#serve(request, response))
    await new Promise<void>((resolve, reject) => {
      this.#server!.once('error', reject)
      this.#server!.listen(port, '127.0.0.1', resolve)
    })
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/api`
  }

  async close(): Promise<void> {
    for (const response of this.#open) response.destroy()
    const server = this.#server
    if (!server) return
    server.closeAllConnections()
    await new Promise<void>((resolve) => server.close(() => resolve()))
  }

  get orders(): readonly CentreOrder[] {
    return this.#book.orders
  }

  get said(): readonly CityMessage[] {
    return this.#book.said
  }

  get taken(): readonly CountyMessage[] {
    return this.#book.taken
  }

  /** Hands an order to the county. */
  give(number: string, order: CityOrder, at = this.#now()): CityMessage {
    this.#book.orders.push({
      number,
      receivedAt: at.toISOString(),
      order,
      state: 'toSign',
      replyDueAt: order.replyDueAt,
      rounds: 1,
    })
    return this.#say({ kind: 'order', number, order }, at)
  }

  /** Urges, supervises or withdraws. */
  remark(kind: 'urge' | 'supervise' | 'withdraw', number: string, words: string): CityMessage {
    if (kind === 'withdraw') this.#order(number).state = 'withdrawn'
    return this.#say({ kind, number, words })
  }

  /** Agrees to what the county asked, or not. */
  answer(key: string, agreed: boolean, words: string, dueAt?: string): CityMessage {
    const asked = this.#book.taken.find((message) => message.key === key)
    if (!asked) throw new Error(`nothing was asked under ${key}`)
    const order = this.#order(asked.number)
    if (asked.kind === 'return') order.state = agreed ? 'returned' : this.#has(asked, 'sign') ? 'signed' : 'toSign'
    const until = asked.kind === 'extend' && agreed ? (dueAt ?? asked.dueAt) : undefined
    if (until) order.replyDueAt = until
    return this.#say({
      kind: asked.kind === 'return' ? 'returnAnswer' : 'extensionAnswer',
      number: asked.number,
      answers: key,
      agreed,
      words,
      ...(until ? { dueAt: until } : {}),
    })
  }

  /** Calls the reporter back (回访); 不满意 begins another round. */
  visit(number: string, satisfied: boolean, words: string, dueAt?: string): CityMessage {
    const order = this.#order(number)
    if (satisfied) order.state = 'done'
    else {
      order.rounds += 1
      order.state = 'toSign'
      order.replyDueAt = dueAt
    }
    return this.#say({ kind: 'visit', number, satisfied, words, ...(dueAt ? { dueAt } : {}) })
  }

  /** Signed as a call to the county. */
  push(messages: readonly unknown[], at = this.#now()): Envelope {
    return seal(this.#keys, { messages }, at)
  }

  /** The book of a day, as the interface gives it. */
  list(day: string): CityListRow[] {
    const open: readonly OrderState[] = ['toSign', 'signed', 'returning']
    return this.#book.orders
      .filter(({ receivedAt, state }) => {
        const received = dateText(new Date(receivedAt))
        return received === day || (received < day && open.includes(state))
      })
      .map(({ number, state, replyDueAt }) => ({
        number,
        state,
        ...(replyDueAt ? { replyDueAt } : {}),
        messages: this.#book.taken.filter((message) => message.number === number).map(({ key }) => key),
        notices: this.#book.said.filter((message) => message.number === number).map(({ id }) => id),
      }))
  }

  /** Everything said, as the city's system exports it today: its own names of columns, names and numbers of callers. */
  sheet(messages: readonly CityMessage[] = this.#book.said): Readable {
    const kinds = {
      order: '派单',
      urge: '催办',
      supervise: '督办',
      returnAnswer: '退单审核',
      extensionAnswer: '延期审核',
      visit: '回访',
      withdraw: '撤单',
    }
    const date = (value: string | undefined) => (value ? new Date(value) : null)
    const result = (row: CityMessage) =>
      row.kind === 'visit'
        ? row.satisfied
          ? '满意'
          : '不满意'
        : row.agreed === undefined
          ? null
          : row.agreed
            ? '同意'
            : '不同意'
    const columns: Column<CityMessage>[] = [
      { title: '工单号', type: 'text', value: (row) => row.number },
      { title: '业务动作', type: 'text', value: (row) => kinds[row.kind] },
      { title: '流转编号', type: 'text', value: (row) => row.id },
      { title: '派单时间', type: 'dateTime', value: (row) => new Date(row.at) },
      { title: '诉求标题', type: 'text', value: (row) => row.order?.title ?? null },
      { title: '诉求内容', type: 'text', value: (row) => row.order?.content ?? row.words ?? null },
      { title: '工单类型', type: 'text', value: (row) => row.order?.kind ?? null },
      { title: '紧急程度', type: 'text', value: (row) => (row.order ? (row.order.urgent ? '紧急' : '一般') : null) },
      { title: '诉求人', type: 'text', value: (row) => row.order?.callerName ?? null },
      { title: '来电号码', type: 'text', value: (row) => row.order?.callerPhone ?? null },
      { title: '事发地址', type: 'text', value: (row) => row.order?.address ?? null },
      { title: '所属街道', type: 'text', value: (row) => row.order?.town ?? null },
      { title: '应签收时间', type: 'dateTime', value: (row) => date(row.order?.signDueAt) },
      { title: '办理时限', type: 'dateTime', value: (row) => date(row.order?.replyDueAt) },
      { title: '审核结果', type: 'text', value: result },
      { title: '延期至', type: 'dateTime', value: (row) => date(row.dueAt) },
      { title: '回执编号', type: 'text', value: (row) => row.answers ?? null },
    ]
    return writeXlsx(columns, messages, { sheet: '工单' })
  }

  /** Takes a message of the county, however it came: by the interface or read from a sheet. */
  take(message: CountyMessage): { result: 'accepted' | 'refused'; reason?: string } {
    const order = this.#book.orders.find(({ number }) => number === message.number)
    if (!order) return { result: 'refused', reason: '没有这个工单' }
    if (this.#book.taken.some(({ key }) => key === message.key)) return { result: 'accepted' }
    if (order.state === 'done' || order.state === 'withdrawn' || order.state === 'returned')
      return { result: 'refused', reason: '工单已结束' }
    this.#book.taken.push(message)
    if (message.kind === 'sign' && order.state === 'toSign') order.state = 'signed'
    if (message.kind === 'return') order.state = 'returning'
    if (message.kind === 'reply') order.state = 'replied'
    this.#keep()
    this.onMessage?.(message)
    return { result: 'accepted' }
  }

  /** Loses something from its book, as a real one does: for tests of the reconciliation. */
  forget(what: { number?: string; key?: string }): void {
    const { number, key } = what
    if (number) this.#book.orders = this.#book.orders.filter((order) => order.number !== number)
    if (key) this.#book.taken = this.#book.taken.filter((message) => message.key !== key)
    this.#keep()
  }

  /** Changes its book behind everybody's back: for tests of the reconciliation. */
  alter(number: string, change: Partial<Pick<CentreOrder, 'state' | 'replyDueAt'>>): void {
    Object.assign(this.#order(number), change)
    this.#keep()
  }

  #order(number: string): CentreOrder {
    const order = this.#book.orders.find((each) => each.number === number)
    if (!order) throw new Error(`no order ${number}`)
    return order
  }

  #has({ number, round }: CountyMessage, kind: CountyMessage['kind']): boolean {
    return this.#book.taken.some((each) => each.number === number && each.round === round && each.kind === kind)
  }

  #say(message: Omit<CityMessage, 'id' | 'at'>, at = this.#now()): CityMessage {
    const said: CityMessage = { ...message, id: randomUUID(), at: at.toISOString() }
    this.#book.said.push(said)
    this.#keep()
    return said
  }

  #keep(): void {
    if (!this.#file) return
    mkdirSync(dirname(this.#file), { recursive: true, mode: 0o700 })
    writeFileSync(`${this.#file}.new`, JSON.stringify(this.#book), { mode: 0o600 })
    renameSync(`${this.#file}.new`, this.#file)
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    this.calls += 1
    const { faults } = this
    this.#open.add(response)
    response.on('close', () => this.#open.delete(response))
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk as Buffer)
    if (faults.down) return void response.destroy()
    if (faults.latencyMs > 0) await sleep(faults.latencyMs)
    if (faults.silent > 0) {
      faults.silent -= 1
      return
    }
    if (faults.errors > 0) {
      faults.errors -= 1
      return void response.writeHead(500).end()
    }
    let envelope: unknown
    try {
      envelope = JSON.parse(Buffer.concat(chunks).toString('utf8'))
    } catch {
      return void response.writeHead(400).end()
    }
    if (!Value.Check(Envelope, envelope)) return void response.writeHead(400).end()
    if (verify(this.#keys, envelope, this.#now()) !== 'good') return void response.writeHead(401).end()
    if (this.#nonces.has(envelope.nonce)) return void response.writeHead(409).end()
    this.#nonces.add(envelope.nonce)
    const answer = this.#answer(new URL(request.url ?? '/', 'http://centre').pathname, JSON.parse(envelope.content))
    if (answer === undefined) return void response.writeHead(404).end()
    if (faults.lostAnswers > 0) {
      faults.lostAnswers -= 1
      return void response.destroy()
    }
    response.writeHead(200, { 'content-type': 'application/json; charset=utf-8' })
    response.end(JSON.stringify(seal(this.#keys, answer, this.#now())))
  }

  #answer(path: string, content: Record<string, unknown>): unknown {
    switch (path) {
      case '/api/ping':
        return {}
      case '/api/messages':
        return Value.Check(CountyMessage, content) ? this.take(content) : { result: 'refused', reason: '格式不符' }
      case '/api/outbox': {
        const from = Number(content.after ?? 0) || 0
        const messages = this.#book.said.slice(from, from + 100)
        const next = String(from + messages.length)
        return this.faults.shuffled ? { messages: [...messages, ...messages].reverse(), next } : { messages, next }
      }
      case '/api/order':
        return { messages: this.#book.said.filter((message) => message.number === content.number) }
      case '/api/daily':
        return { orders: this.list(String(content.day)) }
      default:
        return undefined
    }
  }
}
