import type { MobileRoute } from '#ui/mobile/mobile-route.ts'

/** Report, follow, rate: what residents do with the loop on their phone. */
export const routes: MobileRoute[] = [
  { path: '/report', load: () => import('./screens/ReportScreen.tsx') },
  { path: '/sent/:number', load: () => import('./screens/SentScreen.tsx') },
  { path: '/follow', load: () => import('./screens/FollowScreen.tsx'), nav: true },
  { path: '/follow/:number', load: () => import('./screens/ProgressScreen.tsx'), nav: true },
]
