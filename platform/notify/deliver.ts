import { appendFile, mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { Context } from '#platform/command/context.ts'
import type { CountyServices, Services } from '#platform/command/services.ts'
import type { Channel } from '#platform/config/delivery-settings.ts'
import { decryptField, encryptField } from '#platform/crypto/field-encryption.ts'
import { maskPhone } from '#platform/crypto/mask.ts'
import { sql } from '#platform/db/db.ts'
import { loadWording, type Wording } from '#platform/i18n/wording.ts'
import type { JobHandler } from '#platform/jobs/jobs.ts'
import { TARGET_AAD } from '#platform/notify/byte-columns.ts'
import { DeliveryError, type Outgoing, type Send } from '#platform/notify/delivery.ts'
import { smsSender } from '#platform/notify/http-sms.ts'
import { mailSender } from '#platform/notify/mail.ts'
import { webhookSender } from '#platform/notify/webhook.ts'

export interface Delivery {
  channel: Channel
  /** Telephone number, mail address, or log-in names divided by commas; kept encrypted, never logged. */
  target: string
  /** Wording key `delivery.<kind>`. */
  kind: string
  caseId?: number
  /** No personal data. */
  params: Record<string, string | number>
}

export type Outcome = 'waiting' | 'sent' | 'failed' | 'refused' | 'not_configured'

/** Outcomes that an official should know of. */
export const UNDELIVERED = ['failed', 'refused', 'not_configured'] as const

/** Jobs that wait for others' servers; they run in a lane of their own. */
export const OUTWARD_JOBS = ['notify.send'] as const

/** Decides that one message goes outward: kept with the change that causes it, sent by a job of its own afterwards. */
export async function deliver(context: Context, delivery: Delivery): Promise<void> {
  const { rows } = await sql<{ id: number }>`
    insert into notify_delivery (at, channel, target, kind, case_id, params)
    values (${context.now}, ${delivery.channel}, ${encryptField(context.here.keys, delivery.target, TARGET_AAD)},
      ${delivery.kind}, ${delivery.caseId ?? null}, ${JSON.stringify(delivery.params)}::jsonb)
    returning id`.execute(context.tx)
  context.pending.jobs.push({ kind: 'notify.send', payload: { deliveryId: rows[0]!.id } })
}

/**
 * Job `notify.send`: one message through the county's provider. Its outcome is written in a transaction of its own, because
 * what went out cannot be rolled back: a job that comes again finds it sent. Between the provider's yes and that row a crash
 * can send twice, with the same id. A passing failure is thrown, so that the job is put off and tried again.
 */
export const sendDelivery: JobHandler = async ({ services, here }, payload) => {
  const { deliveryId } = payload as { deliveryId: number }
  const message = await findWaiting(services, here, deliveryId)
  if (!message) return
  const send = senderOf(services, here, message.channel)
  if (!send) return settle(services, here, deliveryId, 'not_configured', null)
  try {
    await send(message)
  } catch (error) {
    const known = error instanceof DeliveryError ? error : new DeliveryError('failed')
    await settle(services, here, deliveryId, known.final ? 'refused' : 'failed', known.detail)
    // What an adapter did not foresee may quote the target; only its code goes on to the log.
    if (!known.final) throw known
    return
  }
  await settle(services, here, deliveryId, 'sent', null)
}

/** The provider of a channel; the demo writes to a file what it has no provider for; else undefined. */
function senderOf(services: Services, here: CountyServices, channel: Channel): Send | undefined {
  const { config, clock } = services
  const { slug } = here.county
  if (channel === 'sms') {
    const settings = config.delivery.channel(slug, channel)
    if (settings) return smsSender(settings)
  } else if (channel === 'email') {
    const settings = config.delivery.channel(slug, channel)
    if (settings) return mailSender(settings)
  } else {
    const settings = config.delivery.channel(slug, channel)
    if (settings) return webhookSender(settings, () => clock.now())
  }
  return config.demo ? fileSender(config.varDir, () => clock.now()) : undefined
}

/** The demo's provider: a line in `var/outgoing/<county>/<channel>.jsonl`, the target masked. */
export function fileSender(varDir: string, now: () => Date): Send {
  return async ({ id, channel, county, target, kind, caseId, params, text }) => {
    const folder = join(varDir, 'outgoing', county.slug)
    await mkdir(folder, { recursive: true, mode: 0o700 })
    const to = channel === 'sms' ? maskPhone(target) : '***'
    const line = { at: now().toISOString(), id, to, kind, caseId, params, text }
    await appendFile(join(folder, `${channel}.jsonl`), `${JSON.stringify(line)}\n`, { mode: 0o600 })
  }
}

let wording: Wording | undefined

async function findWaiting(services: Services, here: CountyServices, id: number): Promise<Outgoing | undefined> {
  const row = await services.pool.inCounty(
    here.county,
    async (tx) => {
      const { rows } = await sql<{
        at: Date
        channel: Channel
        target: Buffer
        kind: string
        case_id: number | null
        params: Record<string, string | number>
      }>`
        select at, channel, target, kind, case_id, params from notify_delivery
         where id = ${id} and outcome in ('waiting', 'failed')`.execute(tx)
      return rows[0]
    },
    'read',
  )
  if (!row) return undefined
  const { slug, name } = here.county
  wording ??= loadWording()
  const params = { county: name, ...row.params }
  const words = (part: string) => {
    const own = `delivery.${row.kind}.${part}`
    return wording!.say('zh-CN', wording!.has('zh-CN', own) ? own : `delivery.any.${part}`, params)
  }
  return {
    id: `yiti-${slug}-${id}`,
    channel: row.channel,
    county: { slug, name },
    target: decryptField(here.keys, row.target, TARGET_AAD),
    kind: row.kind,
    caseId: row.case_id,
    params: row.params,
    at: row.at,
    text: words('text'),
    subject: words('subject'),
  }
}

async function settle(
  { pool, clock, log }: Services,
  { county }: CountyServices,
  id: number,
  outcome: Outcome,
  detail: string | null,
): Promise<void> {
  if (outcome !== 'sent') log.warn({ delivery: id, outcome, detail }, 'a message did not go out')
  await pool.inCounty(county, async (tx) => {
    await sql`
      update notify_delivery set outcome = ${outcome}, detail = ${detail}, tries = tries + 1, tried_at = ${clock.now()}
       where id = ${id} and outcome <> 'sent'`.execute(tx)
  })
}
