import { seedOf } from '#modules/foundation/org/server/seed-of-county.ts'
import { DEMO_PASSWORD, featuredAccounts } from '#modules/foundation/org/server/set-up.ts'
import type { County } from '#platform/db/counties.ts'

interface Offer {
  password: string
  accounts: { login: string; name: string; what: string }[]
}

/** The seed is half a megabyte and never changes; the log-in page asks for the offer every time. */
const offers = new Map<string, Offer>()

/** Accounts worth offering on the log-in page of a demo county, with the published password. */
export function demoAccounts(county: County): Offer {
  if (!county.demo) return { password: '', accounts: [] }
  let offer = offers.get(county.slug)
  if (!offer) {
    offer = { password: DEMO_PASSWORD, accounts: featuredAccounts(seedOf(county)) }
    offers.set(county.slug, offer)
  }
  return offer
}
