import type { RouteOutput } from '#platform/contract/route.ts'
import { call } from '#ui/api/client.ts'
import { readDevice, writeDevice } from '#ui/mobile/device-store.ts'
import { getPublicPlaces } from './public-routes.ts'

export type PublicPlaces = RouteOutput<typeof getPublicPlaces>
export type County = PublicPlaces['county']

let asked: Promise<PublicPlaces> | undefined

/**
 * Towns, villages and the county's outline; asked once per visit. Its answer also brings the visitor's cookie, so that
 * what is uploaded and what is reported afterwards belong together: both wait for it.
 */
export function publicPlaces(): Promise<PublicPlaces> {
  asked ??= call(getPublicPlaces, {}).then(
    (places) => {
      writeDevice('county', JSON.stringify(places.county))
      return places
    },
    (error: unknown) => {
      asked = undefined
      throw error
    },
  )
  return asked
}

/** The county as this phone last knew it, so that the first screen need not wait for the network. */
export function rememberedCounty(): County | undefined {
  try {
    const county = JSON.parse(readDevice('county') ?? 'null') as County | null
    return county && typeof county.name === 'string' ? county : undefined
  } catch {
    return undefined
  }
}
