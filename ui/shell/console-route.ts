import type { ComponentType } from 'react'
import type { IconName } from '#ui/icon/icon-paths.ts'
import type { Layer } from '#ui/shell/PageShell.tsx'

/** A page of the staff console. Modules export `routes: ConsoleRoute[]` from `console/routes.tsx`; the shell finds them. */
export interface ConsoleRoute {
  /** Below `/<county>/console`, e.g. `/org/units/:unitId`. */
  path: string
  /** Loaded when it is first opened. */
  load: () => Promise<{ default: ComponentType }>
  /** Narrow navigation, for pages that need the width. */
  rail?: boolean
  /** An entry in the navigation; without it the page is reached from others. */
  nav?: {
    layer: Layer | 'own'
    /** Wording key. */
    label: string
    icon: IconName
    /** Place inside its layer; smaller stands higher. */
    order: number
    /** Shown only to those who hold it somewhere. Any one of several is enough. */
    permission?: string | string[]
    /** Hidden from those who hold it, because another entry serves them. */
    unless?: string
  }
}
