import type { ConsoleRoute } from '#ui/shell/console-route.ts'

export const routes: ConsoleRoute[] = [
  {
    path: '/loop/report',
    load: () => import('#modules/services/loop/console/ReportScreen.tsx'),
    nav: {
      layer: 'services',
      label: 'loop.report.nav',
      icon: 'edit',
      order: 5,
      permission: ['loop.report.intake', 'loop.report.submit'],
    },
  },
]
