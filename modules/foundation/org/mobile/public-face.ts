import type * as contract from '#modules/foundation/org/contract.ts'
import type { Route, RouteOutput } from '#platform/contract/route.ts'
import { call } from '#ui/api/client.ts'
import { readDevice, writeDevice } from '#ui/mobile/device-store.ts'

const light = <R extends Route>(route: Pick<R, 'name' | 'kind' | 'method' | 'path'>) => route as R

/** The route without its schemas; a test holds the address against the contract. */
export const getPublicFace = light<typeof contract.getPublicFace>({
  name: 'org.get_public_face',
  kind: 'query',
  method: 'GET',
  path: '/public/face',
})

export type PublicFace = RouteOutput<typeof getPublicFace>

/** Asked anew on each visit, and kept for visits without a network. */
export async function publicFace(): Promise<PublicFace> {
  const face = await call(getPublicFace, {})
  writeDevice('face', JSON.stringify(face))
  return face
}

/** As this phone last knew it. */
export function rememberedFace(): PublicFace | undefined {
  try {
    const face = JSON.parse(readDevice('face') ?? 'null') as PublicFace | null
    return face && typeof face.sponsor === 'string' ? face : undefined
  } catch {
    return undefined
  }
}
