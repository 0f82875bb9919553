import type { ConsoleRoute } from '#ui/shell/console-route.ts'

export const routes: ConsoleRoute[] = [
  {
    path: '/knowledge',
    load: () => import('#modules/services/knowledge/console/ArticlesScreen.tsx'),
    nav: { layer: 'services', label: 'knowledge.nav', icon: 'book', order: 8 },
  },
  { path: '/knowledge/questions', load: () => import('#modules/services/knowledge/console/QuestionsScreen.tsx') },
  { path: '/knowledge/articles/:id', load: () => import('#modules/services/knowledge/console/ArticleScreen.tsx') },
]
