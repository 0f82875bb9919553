import type { ConsoleRoute } from '#ui/shell/console-route.ts'

export const routes: ConsoleRoute[] = [
  {
    path: '/consultation/setting',
    load: () => import('#modules/services/consultation/console/SettingScreen.tsx'),
    nav: {
      layer: 'services',
      label: 'consultation.setting.nav',
      icon: 'bell',
      order: 70,
      permission: 'consultation.setting.manage',
    },
  },
]
