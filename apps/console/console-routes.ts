import type { ConsoleRoute } from '#ui/shell/console-route.ts'

/** Pages of the shell itself, for what the platform brings to every domain. */
const own: ConsoleRoute[] = [
  {
    path: '/',
    load: () => import('./screens/InboxScreen.tsx'),
    nav: { layer: 'own', label: 'console.nav.inbox', icon: 'inbox', order: 1 },
  },
  {
    path: '/cases',
    load: () => import('./screens/CasesScreen.tsx'),
    nav: { layer: 'services', label: 'console.nav.cases', icon: 'report', order: 1 },
  },
  { path: '/cases/:id', load: () => import('./screens/CaseScreen.tsx'), rail: true },
  { path: '/start/:definition', load: () => import('./screens/StartScreen.tsx') },
  {
    path: '/numbers',
    load: () => import('./screens/NumbersScreen.tsx'),
    nav: { layer: 'management', label: 'console.nav.numbers', icon: 'chart', order: 90 },
  },
  {
    path: '/processes',
    load: () => import('./screens/ProcessesScreen.tsx'),
    nav: { layer: 'management', label: 'console.nav.processes', icon: 'flow', order: 80 },
  },
  { path: '/processes/:definitionId', load: () => import('./screens/ProcessScreen.tsx'), rail: true },
  {
    path: '/calendar',
    load: () => import('./screens/CalendarScreen.tsx'),
    nav: { layer: 'foundation', label: 'console.nav.calendar', icon: 'calendar', order: 80 },
  },
  { path: '/account', load: () => import('./screens/AccountScreen.tsx') },
]

/** Pages that modules bring; found by their folders, so that a new domain touches no list. */
const found = import.meta.glob<{ routes: ConsoleRoute[] }>('#modules/*/*/console/routes.tsx', { eager: true })

export const consoleRoutes: readonly ConsoleRoute[] = [...own, ...Object.values(found).flatMap((m) => m.routes)]
