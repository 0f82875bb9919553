import { randomBytes, randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { DEMO_PASSWORD } from '#modules/foundation/org/public.ts'
import { SLUG } from './installation.ts'

const VILLAGE = '320506103001'
const TEXT = '二单元一楼有人从家里拉电线到楼道给电动车充电，晚上整夜插着'
/** More reports of one visitor in a short time would be held back. */
const REPORTS_PER_VISITOR = 4

/** Something the server has said was done. */
export type Acknowledged =
  | { kind: 'report'; key: string; number: string }
  | { kind: 'action'; key: string; caseId: number; action: string; state: string }

interface Person {
  cookie: string
  csrf: string
}

interface Answer {
  status: number
  // biome-ignore lint/suspicious/noExplicitAny: answers of every shape
  body: any
}

/**
 * People at work over HTTP: residents who report, officials who take a case from intake to its answer. Every command has
 * a key; while its outcome is unknown it is sent again under the same key.
 */
export class Load {
  readonly acknowledged: Acknowledged[] = []
  /** Answers that no client should ever see. */
  readonly wrong: string[] = []
  sent = 0
  repeated = 0
  readonly #urls: readonly string[]
  readonly #people = new Map<string, Person>()
  #stopping = false
  #lanes: Promise<void>[] = []

  /** @param urls servers of one installation; calls go to them in turn */
  constructor(urls: readonly string[]) {
    this.#urls = urls
  }

  async logIn(): Promise<void> {
    for (const login of ['md-zhou', 'md-chen', 'md-xu', 'fire-sun']) {
      const answer = await fetch(`${this.#urls[0]}/${SLUG}/api/v1/auth/log-in`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ login, password: DEMO_PASSWORD }),
      })
      if (!answer.ok) throw new Error(`${login}: ${await answer.text()}`)
      const cookies = answer.headers.getSetCookie().map((cookie) => cookie.split(';')[0]!)
      const csrf = cookies.find((cookie) => cookie.startsWith('yiti_csrf'))!
      this.#people.set(login, { cookie: cookies.join('; '), csrf: csrf.slice(csrf.indexOf('=') + 1) })
    }
  }

  start(lanes: { residents: number; officials: number }): void {
    this.#stopping = false
    this.#lanes = [
      ...Array.from({ length: lanes.residents }, () => this.#residents()),
      ...Array.from({ length: lanes.officials }, () => this.#officials()),
    ]
  }

  /** Lets every command under way come to an answer. */
  async stop(): Promise<void> {
    this.#stopping = true
    await Promise.all(this.#lanes)
  }

  async #residents(): Promise<void> {
    while (!this.#stopping) {
      const visitor = { cookie: `yiti_visitor_${SLUG}=${randomBytes(24).toString('base64url')}`, csrf: '' }
      for (let n = 0; n < REPORTS_PER_VISITOR && !this.#stopping; n++) {
        const key = randomUUID()
        const { body } = await this.#send('/public/reports', visitor, key, { text: TEXT, villageCode: VILLAGE })
        if (body) this.acknowledged.push({ kind: 'report', key, number: body.number })
      }
    }
  }

  async #officials(): Promise<void> {
    while (!this.#stopping) {
      const clerk = this.#people.get('md-zhou')!
      const key = randomUUID()
      const { body } = await this.#send('/loop/reports', clerk, key, {
        text: TEXT,
        villageCode: VILLAGE,
        source: 'window',
      })
      if (!body) continue
      this.acknowledged.push({ kind: 'report', key, number: body.number })
      let version = 1
      for (const [login, action, form] of [
        ['md-zhou', 'accept'],
        ['md-chen', 'fileCase'],
        ['md-xu', 'dispatch'],
        ['fire-sun', 'sign'],
        ['fire-sun', 'feedback', { result: '两处均已拆除', reply: '您反映的飞线充电已拆除。' }],
      ] as const) {
        const actKey = randomUUID()
        const done = await this.#send(`/cases/${body.id}/actions/${action}`, this.#people.get(login)!, actKey, {
          version,
          ...(form ? { form } : {}),
        })
        if (!done.body) break
        version = done.body.version
        this.acknowledged.push({ kind: 'action', key: actKey, caseId: body.id, action, state: done.body.state })
      }
    }
  }

  /** Sends until there is an answer that settles it; no body where it was refused. */
  async #send(path: string, person: Person, key: string, body: unknown): Promise<Answer> {
    for (let attempt = 0; ; attempt++) {
      if (attempt === 0) this.sent++
      else this.repeated++
      const url = this.#urls[(this.sent + attempt) % this.#urls.length]
      let status: number
      let text: string
      try {
        const answer = await fetch(`${url}/${SLUG}/api/v1${path}`, {
          method: 'POST',
          headers: {
            'content-type': 'application/json',
            cookie: person.cookie,
            'x-yiti-csrf': person.csrf,
            'idempotency-key': key,
          },
          body: JSON.stringify(body),
          signal: AbortSignal.timeout(20_000),
        })
        status = answer.status
        text = await answer.text()
      } catch {
        // Nobody knows whether it was done.
        await sleep(150 + Math.random() * 150)
        continue
      }
      if (status === 200) return { status, body: JSON.parse(text) }
      if (status >= 500 || status === 429) {
        await sleep(150 + Math.random() * 150)
        continue
      }
      this.wrong.push(`${path} ${status} ${text.slice(0, 300)}`)
      return { status, body: undefined }
    }
  }
}
