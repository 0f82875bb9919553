import { createHmac } from 'node:crypto'
import type { WebhookSettings } from '#platform/config/delivery-settings.ts'
import type { Send } from '#platform/notify/delivery.ts'
import { postJson } from '#platform/notify/post-json.ts'

/**
 * Posts signed notices to a system of the county, e.g. its office messenger. Signed as the Standard Webhooks specification
 * says, so that its libraries verify it: HMAC-SHA256 over `id.timestamp.body`. Only references leave the platform, no content
 * of a case: who follows the link is asked for his rights.
 */
export function webhookSender(settings: WebhookSettings, now: () => Date): Send {
  return async ({ id, county, target, kind, caseId, params, at }) => {
    const { number, level } = params
    const body = JSON.stringify({
      type: kind,
      timestamp: at.toISOString(),
      data: {
        county: county.slug,
        logins: target.split(','),
        caseId,
        ...(number === undefined ? {} : { number }),
        ...(level === undefined ? {} : { level }),
      },
    })
    // The moment of this try, not of the message: receivers refuse what is signed too long ago.
    const timestamp = String(Math.floor(now().getTime() / 1000))
    await postJson(
      settings.url,
      body,
      {
        'webhook-id': id,
        'webhook-timestamp': timestamp,
        'webhook-signature': `v1,${createHmac('sha256', keyOf(settings.secret)).update(`${id}.${timestamp}.${body}`).digest('base64')}`,
      },
      settings.timeoutSeconds ?? 10,
    )
  }
}

/** A secret in the notation of the specification is Base64; any other one is taken as it is. */
function keyOf(secret: string): Buffer {
  return secret.startsWith('whsec_') ? Buffer.from(secret.slice(6), 'base64') : Buffer.from(secret, 'utf8')
}
