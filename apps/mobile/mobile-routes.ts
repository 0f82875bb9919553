import type { MobileRoute } from '#ui/mobile/mobile-route.ts'

/** Pages that modules bring; found by their folders, so that a new domain touches no list. */
const found = import.meta.glob<{ routes: MobileRoute[] }>('#modules/*/*/mobile/routes.tsx', { eager: true })

export const mobileRoutes: readonly MobileRoute[] = [
  { path: '/about', load: () => import('./screens/AboutScreen.tsx'), nav: true },
  ...Object.values(found).flatMap((module) => module.routes),
]
