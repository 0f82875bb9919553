import { type PublicFace, publicFace, rememberedFace } from '#modules/foundation/org/mobile/public-face.ts'
import { type County, publicPlaces, rememberedCounty } from '#modules/services/loop/mobile/public-places.ts'
import { useLoad } from '#ui/mobile/use-load.ts'

/** The county's name: as the phone remembers it, then as the server says. */
export function useCounty(): County | undefined {
  const [load] = useLoad('county', async () => (await publicPlaces()).county)
  return load.value ?? rememberedCounty()
}

/** Who stands behind these pages: as the phone remembers it, then as the server says. */
export function useFace(): PublicFace | undefined {
  const [load] = useLoad('face', publicFace)
  return load.value ?? rememberedFace()
}
