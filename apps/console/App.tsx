import { QueryClientProvider } from '@tanstack/react-query'
import { lazy, Suspense, useEffect, useMemo, useState } from 'react'
import { createBrowserRouter, type RouteObject } from 'react-router'
import { RouterProvider } from 'react-router/dom'
import { base } from '#ui/api/base.ts'
import { makeQueryClient } from '#ui/api/use-api.ts'
import { type Catalogue, gather, type Language } from '#ui/i18n/catalogue.ts'
import { TextProvider } from '#ui/i18n/TextProvider.tsx'
import { RowSkeletons } from '#ui/state/Skeletons.tsx'
import { ConsoleFrame } from './ConsoleFrame.tsx'
import { consoleRoutes } from './console-routes.ts'
import { keepLanguage, readLanguage } from './preferences.ts'
import { LoginScreen } from './screens/LoginScreen.tsx'
import { NotFoundScreen } from './screens/NotFoundScreen.tsx'
import { RouteError } from './screens/RouteError.tsx'

const queryClient = makeQueryClient()

async function loadCatalogue(language: Language): Promise<Catalogue> {
  const files = language === 'en' ? await import('./text/en.ts') : await import('./text/zh-CN.ts')
  return gather(language, files.default)
}

function makeRouter() {
  const pages: RouteObject[] = consoleRoutes.map((route) => {
    const Page = lazy(route.load)
    return {
      path: route.path,
      handle: route,
      errorElement: <RouteError />,
      element: (
        <Suspense
          fallback={
            <div className="y-page">
              <RowSkeletons rows={8} />
            </div>
          }
        >
          <Page />
        </Suspense>
      ),
    }
  })
  return createBrowserRouter(
    [
      { path: '/login', element: <LoginScreen />, errorElement: <RouteError /> },
      {
        element: <ConsoleFrame />,
        errorElement: <RouteError />,
        children: [...pages, { path: '*', element: <NotFoundScreen /> }],
      },
    ],
    { basename: `${base().prefix}/console` },
  )
}

/** The staff console. */
export function App() {
  const [language, setLanguage] = useState(readLanguage)
  const [catalogue, setCatalogue] = useState<Catalogue>()
  const router = useMemo(makeRouter, [])
  useEffect(() => {
    let wanted = true
    document.documentElement.lang = language
    void loadCatalogue(language).then((loaded) => {
      if (!wanted) return
      setCatalogue(loaded)
      document.title = loaded.text.get('console.title') ?? document.title
      // Error sentences come from the server in the language of the request.
      void queryClient.invalidateQueries()
    })
    return () => {
      wanted = false
    }
  }, [language])
  if (!catalogue) return null
  return (
    <TextProvider
      catalogue={catalogue}
      onLanguage={(next) => {
        keepLanguage(next)
        setLanguage(next)
      }}
    >
      <QueryClientProvider client={queryClient}>
        <RouterProvider router={router} />
      </QueryClientProvider>
    </TextProvider>
  )
}
