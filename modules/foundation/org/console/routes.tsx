import type { ConsoleRoute } from '#ui/shell/console-route.ts'

export const routes: ConsoleRoute[] = [
  {
    path: '/org',
    load: () => import('#modules/foundation/org/console/UnitsScreen.tsx'),
    nav: { layer: 'foundation', label: 'org.nav', icon: 'org', order: 10 },
  },
  { path: '/org/units/:id', load: () => import('#modules/foundation/org/console/UnitScreen.tsx') },
  { path: '/org/accounts', load: () => import('#modules/foundation/org/console/AccountsScreen.tsx') },
  { path: '/org/accounts/:id', load: () => import('#modules/foundation/org/console/AccountScreen.tsx') },
  { path: '/org/accounts/:id/handover', load: () => import('#modules/foundation/org/console/HandoverScreen.tsx') },
  { path: '/org/grants', load: () => import('#modules/foundation/org/console/GrantsScreen.tsx') },
  { path: '/org/handovers', load: () => import('#modules/foundation/org/console/HandoversScreen.tsx') },
  { path: '/org/vacancies', load: () => import('#modules/foundation/org/console/VacanciesScreen.tsx') },
]
