import { getEntry } from '#platform/auth/contract.ts'
import type { RawHandler } from '#platform/http/raw-handler.ts'

export const getEntryHandler: RawHandler = {
  route: getEntry,
  async handle(house, { here }) {
    const counties = await house.counties()
    const offer = here.county.demo
      ? house.modules.flatMap((module) => module.demoAccounts?.(here.county) ?? [])[0]
      : undefined
    return {
      counties: counties.map(({ slug, name, parentName, demo }) => ({ slug, name, parentName, demo })),
      demo: offer ?? null,
      loading: [...house.loading.values()]
        .filter((entry) => entry.county === here.county.slug)
        .map(({ what, done, total }) => ({ what, done, total })),
    }
  },
}
