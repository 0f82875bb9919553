import { lazy, Suspense, useEffect, useState } from 'react'
import { BrowserRouter, Route, Routes } from 'react-router'
import { base } from '#ui/api/base.ts'
import type { Catalogue, Language } from '#ui/i18n/catalogue.ts'
import { TextProvider } from '#ui/i18n/TextProvider.tsx'
import { Bones } from '#ui/mobile/Bones.tsx'
import { chinese, loadCatalogue } from './catalogues.ts'
import { MobileFrame } from './MobileFrame.tsx'
import { mobileRoutes } from './mobile-routes.ts'
import { keepLanguage, readLanguage } from './preferences.ts'
import { HomeScreen } from './screens/HomeScreen.tsx'
import { NotFoundScreen } from './screens/NotFoundScreen.tsx'

const pages = mobileRoutes.map((route) => ({ ...route, Page: lazy(route.load) }))

/** Fetches the other pages once the first one stands, so that reporting opens at once and without a network. */
function fetchPages() {
  const network = (navigator as { connection?: { saveData?: boolean } }).connection
  if (network?.saveData) return
  for (const route of mobileRoutes) route.load().catch(() => {})
}

/** The residents' face on a phone. */
export function App() {
  const [language, setLanguage] = useState<Language>(readLanguage)
  const [catalogue, setCatalogue] = useState<Catalogue | undefined>(language === 'zh-CN' ? chinese : undefined)
  useEffect(() => {
    let wanted = true
    document.documentElement.lang = language
    loadCatalogue(language).then(
      (loaded) => wanted && setCatalogue(loaded),
      // Without a network the words that are already here are better than none.
      () => wanted && setCatalogue(chinese),
    )
    return () => {
      wanted = false
    }
  }, [language])
  useEffect(() => {
    const timer = setTimeout(fetchPages, 1500)
    return () => clearTimeout(timer)
  }, [])
  if (!catalogue) return null
  return (
    <TextProvider
      catalogue={catalogue}
      onLanguage={(next) => {
        keepLanguage(next)
        setLanguage(next)
      }}
    >
      <BrowserRouter basename={`${base().prefix}/m`}>
        <Routes>
          <Route element={<MobileFrame />}>
            <Route path="/" element={<HomeScreen />} />
            {pages.map(({ path, Page }) => (
              <Route
                key={path}
                path={path}
                element={
                  <Suspense
                    fallback={
                      <div className="m-main">
                        <Bones heights={[48, 160, 96]} />
                      </div>
                    }
                  >
                    <Page />
                  </Suspense>
                }
              />
            ))}
            <Route path="*" element={<NotFoundScreen />} />
          </Route>
        </Routes>
      </BrowserRouter>
    </TextProvider>
  )
}
