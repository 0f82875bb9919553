import type { ConsoleRoute } from '#ui/shell/console-route.ts'

export const routes: ConsoleRoute[] = [
  {
    path: '/roster',
    load: () => import('#modules/management/roster/console/WeekScreen.tsx'),
    nav: { layer: 'management', label: 'roster.nav', icon: 'calendar', order: 30 },
  },
  { path: '/roster/mine', load: () => import('#modules/management/roster/console/MineScreen.tsx') },
  { path: '/roster/absences', load: () => import('#modules/management/roster/console/AbsencesScreen.tsx') },
  { path: '/roster/phones', load: () => import('#modules/management/roster/console/PhonesScreen.tsx') },
  {
    path: '/shift-logs',
    load: () => import('#modules/management/roster/console/LogsScreen.tsx'),
    nav: { layer: 'management', label: 'roster.nav.logs', icon: 'book', order: 31 },
  },
  { path: '/shift-logs/:logId', load: () => import('#modules/management/roster/console/LogScreen.tsx') },
  {
    path: '/modes',
    load: () => import('#modules/management/roster/console/ModesScreen.tsx'),
    nav: { layer: 'management', label: 'roster.nav.modes', icon: 'shield', order: 32 },
  },
]
