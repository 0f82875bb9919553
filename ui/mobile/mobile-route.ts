import type { ComponentType } from 'react'

/** A page of the phone that a module brings; `apps/mobile` finds it by its folder (`mobile/routes.tsx`). */
export interface MobileRoute {
  /** Below `/<county>/m`. */
  path: string
  load: () => Promise<{ default: ComponentType }>
  /** With the bar at the foot; pages where something is written do without. */
  nav?: boolean
}
