import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import { runAsSystem, writePending } from '#platform/command/command.ts'
import { sql } from '#platform/db/db.ts'
import type { DemoLoad } from '#platform/module/module.ts'
import { actOnCase } from '#platform/process/engine.ts'
import { demoContext } from '#platform/process/play-case.ts'
import type { CountyMessage } from '../domain/city-message.ts'
import { findAdapter } from '../server/adapter.store.ts'
import { setAdapter } from '../server/adapter.ts'
import { findByNumber } from '../server/hotline.store.ts'
import { receive } from '../server/receive.ts'
import { CityCentre } from '../simulated/city-centre.ts'
import { DEMO_ORDERS, type DemoOrder } from './orders.ts'

/** What the simulated city thinks about before it answers, and between two new orders. */
const ANSWER_MS = 20_000
const VISIT_MS = 60_000
const NEXT_ORDER_MS = 8 * 60_000
const HOUR = 3_600_000

const STEPS: readonly [by: string, after: number, action: string, form?: Record<string, unknown>][] = [
  ['md-zhou', 0.3, 'accept'],
  ['md-chen', 0.2, 'fileCase'],
  ['md-xu', 0.1, 'dispatch'],
  ['fire-sun', 0.8, 'sign'],
  [
    'fire-sun',
    6,
    'feedback',
    { result: '现场拆除拉线，住户当场承诺', reply: '您反映的楼道飞线充电，消防部门已到现场拆除，并请社区每周巡查。' },
  ],
  ['md-chen', 0.5, 'orderInspect'],
  ['md-zhao', 2, 'inspectPass', { finding: '现场已无拉线' }],
  ['fire-qian', 0.5, 'signReply'],
  ['md-chen', 0.5, 'close'],
]

/**
 * The city's 12345 of the demo county: a simulated centre (模拟) in this process, on this machine only. It never touches a
 * connection that an official has set up.
 */
export async function runCityCentre(load: DemoLoad): Promise<void> {
  const { services, here, signal } = load
  const adapter = await services.pool.inCounty(here.county, (tx) => findAdapter(tx, here.keys), 'read')
  if (signal.aborted || (adapter.form !== 'off' && !adapter.simulated)) return
  const keys = {
    keyId: 'demo-city',
    signature: 'hmacSha256',
    secret: adapter.secret ?? randomBytes(24).toString('base64url'),
    otherPublicKey: null,
  } as const
  const now = () => services.clock.now()
  const centre = new CityCentre(keys, now, join(services.config.varDir, 'simulated-city', `${here.county.slug}.json`))
  const timers = new Set<NodeJS.Timeout>()
  const later = (ms: number, work: () => void) => {
    const timer = setTimeout(() => {
      timers.delete(timer)
      work()
    }, ms)
    timers.add(timer)
  }
  centre.onMessage = (message) => answerLater(load, centre, message, later)
  const address = await centre.listen()
  signal.addEventListener('abort', () => {
    for (const timer of timers) clearTimeout(timer)
    void centre.close()
  })
  const known = new Set(centre.orders.map(({ number }) => number))
  const first = known.size === 0
  for (const [index, each] of DEMO_ORDERS.entries()) {
    if (signal.aborted) return
    if (each.ago !== undefined && !known.has(each.number)) await play(load, centre, each)
    load.progress('演示市 12345 工单', index + 1, DEMO_ORDERS.length)
  }
  const coming = DEMO_ORDERS.filter(({ ago, number }) => ago === undefined && !known.has(number))
  for (const [index, each] of coming.entries())
    later((first ? index : index + 1) * NEXT_ORDER_MS + ANSWER_MS, () => give(load, centre, each, now()))
  await runAsSystem(services, here, 'city-hotline', (context) =>
    setAdapter(
      context,
      {
        form: 'api',
        inbound: 'poll',
        address,
        keyId: keys.keyId,
        signature: keys.signature,
        secret: keys.secret,
        cityPublicKey: null,
        pollMinutes: 1,
        simulated: true,
      },
      null,
    ),
  )
}

/** Two working hours to sign, five working days to reply [D]. */
function give({ here }: DemoLoad, centre: CityCentre, { number, order }: DemoOrder, at: Date) {
  return centre.give(
    number,
    {
      ...order,
      signDueAt: here.calendar.due(at, 2 * HOUR, 'workHour').toISOString(),
      replyDueAt: here.calendar.deadline(at, { value: 5, unit: 'workday' }).at.toISOString(),
    },
    at,
  )
}

/** An order of the last days: it comes in and is handled as far as it is written, at moments of the past. */
async function play(load: DemoLoad, centre: CityCentre, each: DemoOrder): Promise<void> {
  const { services, here } = load
  const now = services.clock.now()
  let at = here.calendar.before(now, { value: each.ago!, unit: 'workHour' })
  const message = give(load, centre, each, at)
  const last = each.until === 'closed' ? STEPS.length : each.until === 'signed' ? 4 : 0
  const people = new Map(await Promise.all(STEPS.map(async ([by]) => [by, await load.actor(by)] as const)))
  await services.pool.inCounty(here.county, async (tx) => {
    const { rows } = await sql`select 1 from city_hotline_order where number = ${each.number}`.execute(tx)
    if (rows.length > 0) return
    const opening = demoContext(load, tx, { kind: 'system', name: 'city-hotline' }, at)
    await receive(opening, message, 'poll')
    await writePending(opening, { route: 'city_hotline.demo' })
    const { caseId } = (await findByNumber(tx, each.number))!
    for (const [by, after, action, form] of STEPS.slice(0, last)) {
      at = here.calendar.due(at, after * HOUR, 'workHour')
      const actor = people.get(by)
      if (!actor || at > now) break
      const context = demoContext(load, tx, actor, at)
      await actOnCase(context, { caseId, action, ...(form ? { form } : {}) })
      await writePending(context, { route: 'city_hotline.demo' })
    }
  })
  if (each.urged) centre.remark('urge', each.number, each.urged)
}

/** The city thinks a moment, then decides: it agrees to what is asked, and calls back after a reply. */
function answerLater(
  load: DemoLoad,
  centre: CityCentre,
  message: CountyMessage,
  later: (ms: number, work: () => void) => void,
): void {
  const { here, services } = load
  if (message.kind === 'return') later(ANSWER_MS, () => centre.answer(message.key, true, '同意退单（模拟）'))
  if (message.kind === 'extend') later(ANSWER_MS, () => centre.answer(message.key, true, '同意延期（模拟）'))
  if (message.kind !== 'reply') return
  const written = DEMO_ORDERS.find(({ number }) => number === message.number)
  const satisfied = message.round > 1 || written?.satisfied !== false
  later(VISIT_MS, () => {
    if (centre.orders.find(({ number }) => number === message.number)?.state !== 'replied') return
    const due = here.calendar.deadline(services.clock.now(), { value: 3, unit: 'workday' }).at.toISOString()
    centre.visit(
      message.number,
      satisfied,
      satisfied ? '反映人表示满意（模拟）' : '反映人说清理后又拉了线（模拟）',
      satisfied ? undefined : due,
    )
  })
}
