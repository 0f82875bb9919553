import type { MobileRoute } from '#ui/mobile/mobile-route.ts'

/** 常见问题: answers to read without a log-in. */
export const routes: MobileRoute[] = [
  { path: '/answers', load: () => import('./screens/AnswersScreen.tsx'), nav: true },
]
