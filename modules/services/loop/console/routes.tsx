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
      permission: 'loop.report.submit',
      // Who has a desk takes reports down there.
      unless: 'loop.report.intake',
    },
  },
  {
    path: '/loop/desk',
    load: () => import('#modules/services/loop/console/ReportScreen.tsx'),
    nav: { layer: 'services', label: 'loop.desk.nav', icon: 'phone', order: 5, permission: 'loop.report.intake' },
  },
  {
    path: '/loop/callbacks',
    load: () => import('#modules/services/loop/console/CallbackScreen.tsx'),
    nav: { layer: 'services', label: 'loop.callback.nav', icon: 'talk', order: 7, permission: 'loop.callback.make' },
  },
  {
    path: '/loop/recognition',
    load: () => import('#modules/services/loop/console/RecognitionScreen.tsx'),
    nav: {
      layer: 'services',
      label: 'loop.recognition.nav',
      icon: 'settings',
      order: 80,
      permission: 'loop.recognition.view',
    },
  },
  {
    path: '/loop/recognition/shadow',
    load: () => import('#modules/services/loop/console/RecognitionShadowScreen.tsx'),
  },
  {
    path: '/loop/recognition/labels',
    load: () => import('#modules/services/loop/console/RecognitionLabelsScreen.tsx'),
  },
  {
    path: '/loop/recognition/changes',
    load: () => import('#modules/services/loop/console/RecognitionChangesScreen.tsx'),
  },
]
