import type { ConsoleRoute } from '#ui/shell/console-route.ts'

export const routes: ConsoleRoute[] = [
  {
    path: '/measures',
    load: () => import('#modules/management/measures/console/MeasuresScreen.tsx'),
    nav: { layer: 'management', label: 'measures.nav', icon: 'check', order: 92, permission: 'measures.read' },
  },
  { path: '/measures/cases', load: () => import('#modules/management/measures/console/MeasuredCasesScreen.tsx') },
]
