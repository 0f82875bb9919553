import { appendFile, mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { Context } from '#platform/command/context.ts'
import { encryptField } from '#platform/crypto/field-encryption.ts'
import { maskPhone } from '#platform/crypto/mask.ts'
import { sql } from '#platform/db/db.ts'
import { TARGET_AAD } from '#platform/notify/byte-columns.ts'

export interface Delivery {
  channel: 'sms' | 'email' | 'webhook'
  /** Telephone number or address; kept encrypted, never logged. */
  target: string
  /** Wording key `notify.<kind>`. */
  kind: string
  caseId?: number
  /** No personal data. */
  params: Record<string, string | number>
}

/** Sends through one provider. A county plugs in its own; the demo writes to a file. Must be safe to repeat. */
export interface DeliveryAdapter {
  send(delivery: Delivery, context: Context): Promise<void>
}

/** The demo's provider: a line in `var/outgoing/<county>/<channel>.jsonl`, the target masked. */
export const fileAdapter: DeliveryAdapter = {
  async send(delivery, { services, here, now }) {
    const folder = join(services.config.varDir, 'outgoing', here.county.slug)
    await mkdir(folder, { recursive: true, mode: 0o700 })
    const line = {
      at: now.toISOString(),
      to: delivery.channel === 'sms' ? maskPhone(delivery.target) : '***',
      kind: delivery.kind,
      caseId: delivery.caseId ?? null,
      params: delivery.params,
    }
    await appendFile(join(folder, `${delivery.channel}.jsonl`), `${JSON.stringify(line)}\n`, { mode: 0o600 })
  },
}

let adapters: Partial<Record<Delivery['channel'], DeliveryAdapter>> = {}

/** Plugs providers in; channels without one use the file. */
export function useDeliveryAdapters(given: Partial<Record<Delivery['channel'], DeliveryAdapter>>): void {
  adapters = given
}

/** Sends one message outward and keeps that it went out; a failure is thrown, so that the job is tried again. */
export async function deliver(context: Context, delivery: Delivery): Promise<void> {
  await (adapters[delivery.channel] ?? fileAdapter).send(delivery, context)
  await sql`
    insert into notify_delivery (at, channel, target, kind, case_id, outcome)
    values (${context.now}, ${delivery.channel},
      ${encryptField(context.here.keys, delivery.target, TARGET_AAD)}, ${delivery.kind},
      ${delivery.caseId ?? null}, 'sent')`.execute(context.tx)
}
