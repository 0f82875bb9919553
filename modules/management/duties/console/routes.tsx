import type { ConsoleRoute } from '#ui/shell/console-route.ts'

export const routes: ConsoleRoute[] = [
  {
    path: '/duties',
    load: () => import('#modules/management/duties/console/ItemsScreen.tsx'),
    nav: { layer: 'management', label: 'duties.nav', icon: 'list', order: 10 },
  },
  { path: '/duties/rulings', load: () => import('#modules/management/duties/console/RulingsScreen.tsx') },
  { path: '/duties/classes', load: () => import('#modules/management/duties/console/ClassesScreen.tsx') },
  { path: '/duties/classes/:code', load: () => import('#modules/management/duties/console/ClassScreen.tsx') },
  { path: '/duties/preview', load: () => import('#modules/management/duties/console/PreviewScreen.tsx') },
  { path: '/duties/editions', load: () => import('#modules/management/duties/console/EditionsScreen.tsx') },
  {
    path: '/duties/editions/import',
    load: () => import('#modules/management/duties/console/EditionImportScreen.tsx'),
  },
  { path: '/duties/editions/:editionId', load: () => import('#modules/management/duties/console/EditionScreen.tsx') },
]
