import type { ConsoleRoute } from '#ui/shell/console-route.ts'

export const routes: ConsoleRoute[] = [
  {
    path: '/city-hotline',
    load: () => import('#modules/services/city-hotline/console/OrdersScreen.tsx'),
    nav: {
      layer: 'services',
      label: 'city_hotline.nav',
      icon: 'exchange',
      order: 7,
      permission: ['city_hotline.order.view', 'city_hotline.exchange.run'],
    },
  },
  { path: '/city-hotline/orders/:id', load: () => import('#modules/services/city-hotline/console/OrderScreen.tsx') },
  {
    path: '/city-hotline/reconciliations',
    load: () => import('#modules/services/city-hotline/console/ReconciliationsScreen.tsx'),
  },
  {
    path: '/city-hotline/reconciliations/:id',
    load: () => import('#modules/services/city-hotline/console/ReconciliationScreen.tsx'),
  },
  { path: '/city-hotline/adapter', load: () => import('#modules/services/city-hotline/console/AdapterScreen.tsx') },
]
