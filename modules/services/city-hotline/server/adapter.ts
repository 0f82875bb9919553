import type { Static } from 'typebox'
import { command, query } from '#platform/command/command.ts'
import type { Context } from '#platform/command/context.ts'
import { sm2Generate, sm2PublicKey } from '#platform/crypto/guomi.ts'
import { sql } from '#platform/db/db.ts'
import { AppError } from '#platform/errors/app-error.ts'
import type { RawHandler } from '#platform/http/raw-handler.ts'
import { DeliveryError } from '#platform/notify/delivery.ts'
import { EXCHANGE, getAdapter, MANAGE, receiveOrders, saveAdapter, testAdapter } from '../contract.ts'
import { verify, WINDOW_SECONDS } from '../domain/envelope.ts'
import type { Envelope } from '../domain/envelope-shape.ts'
import { type Adapter, envelopeKeys, findAdapter, writeAdapter } from './adapter.store.ts'
import { addressIsRight, askCity } from './city-http.ts'
import { adapterOf, nextDaily, POLL_JOB, RECONCILE_JOB, receiveAll } from './exchange.ts'
import { requireWholeCounty } from './hotline.policy.ts'
import { takeNonce } from './hotline.store.ts'
import { pushSend } from './send.ts'

async function present(context: Context) {
  const { tx, here } = context
  const adapter = await findAdapter(tx, here.keys)
  const { rows } = await sql<{ waiting: number; troubled: number }>`
    select count(*) filter (where state = 'waiting') as waiting,
           count(*) filter (where state in ('failed', 'refused')) as troubled
      from city_hotline_message where state in ('waiting', 'failed', 'refused')`.execute(tx)
  return {
    form: adapter.form,
    inbound: adapter.inbound,
    address: adapter.address,
    keyId: adapter.keyId,
    signature: adapter.signature,
    cityPublicKey: adapter.cityPublicKey,
    pollMinutes: adapter.pollMinutes,
    hasSecret: adapter.secret !== null,
    ownPublicKey:
      adapter.signature === 'sm2' && adapter.secret
        ? sm2PublicKey(Buffer.from(adapter.secret, 'hex')).toString('hex')
        : null,
    simulated: adapter.simulated,
    polledAt: adapter.polledAt?.toISOString() ?? null,
    pollError: adapter.pollError,
    changedAt: adapter.changedAt?.toISOString() ?? null,
    changedBy: adapter.changedBy === null ? null : here.directory.accountName(adapter.changedBy),
    waiting: rows[0]!.waiting,
    troubled: rows[0]!.troubled,
  }
}

export const getAdapterQuery = query(getAdapter, (context) => {
  requireWholeCounty(context.actor, EXCHANGE)
  return present(context)
})

export type AdapterSetting = Pick<
  Adapter,
  'form' | 'inbound' | 'address' | 'keyId' | 'signature' | 'secret' | 'cityPublicKey' | 'pollMinutes' | 'simulated'
>

/** Sets the adapter and starts what runs by itself under it; what ran under the one before ends. */
export async function setAdapter(context: Context, setting: AdapterSetting, accountId: number | null): Promise<void> {
  const { tx, here, now, pending } = context
  if (setting.form === 'api') {
    if (!setting.address || !addressIsRight(setting.address, setting.simulated))
      throw new AppError('city_hotline.address_wrong', { status: 422 })
    if (!envelopeKeys(setting as Adapter)) throw new AppError('city_hotline.key_missing', { status: 422 })
  }
  const chain = await writeAdapter(tx, here.keys, setting, accountId, now)
  pending.subject = 'city_hotline_adapter:1'
  pending.facts.push({
    kind: 'city_hotline.adapter_set',
    subject: pending.subject,
    content: {
      form: setting.form,
      inbound: setting.inbound,
      address: setting.address,
      keyId: setting.keyId,
      signature: setting.signature,
      simulated: setting.simulated,
    },
  })
  if (setting.form !== 'api') return
  if (setting.inbound === 'poll') pending.jobs.push({ kind: POLL_JOB, payload: { chain } })
  pending.jobs.push({ kind: RECONCILE_JOB, payload: { chain }, runAt: nextDaily(context) })
  const { rows } = await sql<{ order_id: number }>`
    select distinct order_id from city_hotline_message where state = 'waiting'`.execute(tx)
  for (const row of rows) pushSend(context, row.order_id)
}

export const saveAdapterCommand = command(saveAdapter, {
  async perform(context, { secret, newSm2Key, ...input }) {
    requireWholeCounty(context.actor, MANAGE)
    const before = await findAdapter(context.tx, context.here.keys, true)
    // The simulated centre sets itself up; what an official sets is the city.
    if (before.simulated && input.address === before.address && input.form === 'api')
      throw new AppError('city_hotline.simulated_only', { status: 409 })
    const kept = before.signature === input.signature ? before.secret : null
    const next =
      input.signature === 'sm2' ? (newSm2Key || !kept ? sm2Generate().secret.toString('hex') : kept) : (secret ?? kept)
    await setAdapter(
      context,
      {
        ...input,
        address: input.address?.trim() || null,
        keyId: input.keyId?.trim() || null,
        cityPublicKey: input.cityPublicKey || null,
        secret: next,
        simulated: false,
      },
      context.actor.kind === 'staff' ? context.actor.accountId : null,
    )
    return { ref: null }
  },
  present: (context) => present(context),
})

/** Asks the city's interface whether it is there and takes the key; changes nothing on either side. */
export const testAdapterHandler: RawHandler = {
  route: testAdapter,
  async handle({ services }, { here, actor }) {
    requireWholeCounty(actor, MANAGE)
    const adapter = await adapterOf(services, here)
    const began = performance.now()
    const took = () => Math.round(performance.now() - began)
    try {
      await askCity(adapter, 'ping', {}, services.clock.now())
      return { ok: true, detail: null, millis: took() }
    } catch (error) {
      if (!(error instanceof DeliveryError)) throw error
      return { ok: false, detail: error.detail, millis: took() }
    }
  },
}

/** The city calls: signed by the agreed key, of now, each call once; each message in a transaction of its own. */
export const receiveOrdersHandler: RawHandler = {
  route: receiveOrders,
  async handle({ services }, { here, input }) {
    const envelope = input as Static<typeof Envelope>
    const adapter = await adapterOf(services, here)
    const keys = envelopeKeys(adapter)
    // What is not agreed on and what is wrong read the same from outside.
    if (!keys || adapter.form !== 'api' || adapter.inbound !== 'push' || here.county.settings.copyOf !== undefined)
      throw new AppError('city_hotline.signature_wrong', { status: 401 })
    const now = services.clock.now()
    const verdict = verify(keys, envelope, now)
    if (verdict === 'tooOld') throw new AppError('city_hotline.too_old', { status: 401 })
    if (verdict !== 'good') throw new AppError('city_hotline.signature_wrong', { status: 401 })
    const first = await services.pool.inCounty(here.county, (tx) =>
      takeNonce(tx, `${envelope.keyId}:${envelope.nonce}`, now, 2 * WINDOW_SECONDS * 1000),
    )
    if (!first) throw new AppError('city_hotline.replayed', { status: 409 })
    const messages = contentOf(envelope.content)
    return { results: await receiveAll(services, here, messages, 'push') }
  },
}

function contentOf(content: string): unknown[] {
  try {
    const { messages } = JSON.parse(content) as { messages?: unknown }
    if (Array.isArray(messages) && messages.length <= 200) return messages
  } catch {
    // said below
  }
  throw new AppError('city_hotline.content_wrong', { status: 422 })
}
