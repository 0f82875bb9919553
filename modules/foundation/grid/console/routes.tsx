import { MANAGE, VIEW } from '#modules/foundation/grid/contract.ts'
import type { ConsoleRoute } from '#ui/shell/console-route.ts'

export const routes: ConsoleRoute[] = [
  {
    path: '/grids',
    load: () => import('#modules/foundation/grid/console/GridsScreen.tsx'),
    nav: { layer: 'foundation', label: 'grid.nav', icon: 'map', order: 20, permission: [VIEW, MANAGE] },
  },
  { path: '/grids/map', load: () => import('#modules/foundation/grid/console/GridsMapScreen.tsx') },
  { path: '/grids/changes', load: () => import('#modules/foundation/grid/console/ChangesScreen.tsx') },
  { path: '/grids/import', load: () => import('#modules/foundation/grid/console/ImportScreen.tsx') },
  { path: '/grids/changes/:id', load: () => import('#modules/foundation/grid/console/ChangeScreen.tsx') },
  { path: '/grids/:code', load: () => import('#modules/foundation/grid/console/GridScreen.tsx') },
  { path: '/grids/:code/split', load: () => import('#modules/foundation/grid/console/SplitScreen.tsx') },
  { path: '/grids/:code/merge', load: () => import('#modules/foundation/grid/console/MergeScreen.tsx') },
]
