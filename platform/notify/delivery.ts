import type { Channel } from '#platform/config/delivery-settings.ts'

/** One message as a provider gets it. */
export interface Outgoing {
  /** Stays the same when it is tried again, so that the other side can drop a repeat. */
  id: string
  channel: Channel
  county: { slug: string; name: string }
  /** Telephone number, mail address, or log-in names divided by commas; never logged. */
  target: string
  kind: string
  caseId: number | null
  params: Readonly<Record<string, string | number>>
  /** When it was decided. */
  at: Date
  /** Shipped wording; providers may have their own. */
  text: string
  subject: string
}

/** Sends through one provider. May be called again with the same `id`. @throws DeliveryError */
export type Send = (message: Outgoing) => Promise<void>

/**
 * A message did not go out. `detail` is a short code; neither the target nor the provider's answer is in it, because it is
 * stored and logged. `final`: trying again would not help.
 */
export class DeliveryError extends Error {
  readonly detail: string
  readonly final: boolean

  constructor(detail: string, final = false) {
    super(`not delivered: ${detail}`)
    this.name = 'DeliveryError'
    this.detail = detail
    this.final = final
  }
}

/** Puts `{target}`, `{text}`, `{kind}`, `{number}` … into a text; what has no value is left as it stands. */
export function fill(template: string, values: Readonly<Record<string, string | number>>): string {
  return template.replaceAll(/\{([\w.]+)\}/g, (whole, name: string) =>
    Object.hasOwn(values, name) ? String(values[name]) : whole,
  )
}
