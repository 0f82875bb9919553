import { type County, publicPlaces, rememberedCounty } from '#modules/services/loop/mobile/public-places.ts'
import { useLoad } from '#ui/mobile/use-load.ts'

/** The county's name: as the phone remembers it, then as the server says. */
export function useCounty(): County | undefined {
  const [load] = useLoad('county', async () => (await publicPlaces()).county)
  return load.value ?? rememberedCounty()
}
