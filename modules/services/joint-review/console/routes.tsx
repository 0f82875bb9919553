import type { ConsoleRoute } from '#ui/shell/console-route.ts'

export const routes: ConsoleRoute[] = [
  {
    path: '/joint-review/request',
    load: () => import('#modules/services/joint-review/console/RequestScreen.tsx'),
    nav: {
      layer: 'services',
      label: 'joint_review.request.nav',
      icon: 'document',
      order: 20,
      permission: 'joint_review.request.submit',
    },
  },
]
