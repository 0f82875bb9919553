import type { SmsSettings } from '#platform/config/delivery-settings.ts'
import { DeliveryError, fill, type Outgoing, type Send } from '#platform/notify/delivery.ts'
import { postJson } from '#platform/notify/post-json.ts'

/** Mainland mobile numbers; a landline takes no text message. */
const MOBILE = /^1[3-9]\d{9}$/

/**
 * Text messages through a provider with an HTTP interface. Its body is written in the configuration with the places
 * `{target}`, `{text}`, `{template}`, `{kind}`, `{county}`, `{id}` and the message's own values (`{number}`); a value that is
 * just `{params}` becomes the object of them all.
 */
export function smsSender(settings: SmsSettings): Send {
  return async (message) => {
    if (!MOBILE.test(message.target)) throw new DeliveryError('not_a_mobile', true)
    const answer = await postJson(
      settings.url,
      JSON.stringify(bodyOf(settings, message)),
      settings.headers ?? {},
      settings.timeoutSeconds ?? 10,
    )
    // What the provider did not take now it may take later (quota, template still under review): tried again.
    if (settings.accepts && !accepted(settings.accepts, answer)) throw new DeliveryError('not_accepted')
  }
}

function bodyOf(settings: SmsSettings, message: Outgoing): unknown {
  const { params, kind } = message
  const template = settings.templates?.[kind] ?? settings.templates?.['*']
  const own = settings.texts?.[kind] ?? settings.texts?.['*']
  const known = { ...params, kind, county: message.county.name }
  const values = {
    ...known,
    target: message.target,
    id: message.id,
    text: own === undefined ? message.text : fill(own, known),
    ...(template === undefined ? {} : { template }),
  }
  const put = (value: unknown): unknown => {
    if (value === '{params}') return params
    if (typeof value === 'string') return fill(value, values)
    if (Array.isArray(value)) return value.map(put)
    if (typeof value === 'object' && value !== null)
      return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, put(item)]))
    return value
  }
  return put(settings.body)
}

function accepted({ path, is }: NonNullable<SmsSettings['accepts']>, answer: string): boolean {
  let found: unknown
  try {
    found = JSON.parse(answer)
    for (const key of path.split('.')) found = (found as Record<string, unknown>)[key]
  } catch {
    return false
  }
  return is.includes(found as string)
}
