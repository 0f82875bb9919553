import type { ConsoleRoute } from '#ui/shell/console-route.ts'

export const routes: ConsoleRoute[] = [
  {
    path: '/orders/imports',
    load: () => import('#modules/services/orders/console/ImportsScreen.tsx'),
    nav: { layer: 'services', label: 'orders.nav', icon: 'upload', order: 8, permission: 'loop.report.import' },
  },
  { path: '/orders/imports/:importId', load: () => import('#modules/services/orders/console/ImportScreen.tsx') },
]
