import type { Route } from '#platform/contract/route.ts'
import type { Call } from '#platform/http/server.ts'
import type { House } from '#platform/module/house.ts'

/** For the few routes that touch cookies, uploads or event streams; declared and checked like every other route. */
export interface RawHandler {
  readonly route: Route
  handle(house: House, call: Call): Promise<unknown>
}
