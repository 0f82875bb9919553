import type { ReactNode } from 'react'
import { Link, useLocation } from 'react-router'
import { EXCHANGE, VIEW } from '#modules/services/city-hotline/contract.ts'
import { useText } from '#ui/i18n/TextProvider.tsx'
import { useSession } from '#ui/shell/session.ts'

const tabs = [
  { path: '/city-hotline', label: 'city_hotline.tab.orders', permission: VIEW },
  { path: '/city-hotline/reconciliations', label: 'city_hotline.tab.reconciliations', permission: EXCHANGE },
  { path: '/city-hotline/adapter', label: 'city_hotline.tab.adapter', permission: EXCHANGE },
] as const

/** Title and tabs that the pages of the city's 12345 share; it says where the city is none. */
export function HotlineHead({ simulated, tools }: { simulated?: boolean | undefined; tools?: ReactNode }) {
  const { t } = useText()
  const { me } = useSession()
  const { pathname } = useLocation()
  const here = [...tabs].reverse().find(({ path }) => pathname.startsWith(path)) ?? tabs[0]
  return (
    <div className="y-pagehead">
      <h1>{t('city_hotline.nav')}</h1>
      <nav className="y-tabs y-grow" aria-label={t('city_hotline.nav')}>
        {tabs
          .filter(({ permission }) => me.permissions.includes(permission))
          .map((tab) => (
            <Link
              key={tab.path}
              to={tab.path}
              className={tab === here ? 'on' : ''}
              aria-current={tab === here ? 'page' : undefined}
            >
              {t(tab.label)}
            </Link>
          ))}
      </nav>
      {simulated && (
        <span className="y-tag warm" title={t('city_hotline.simulatedNote')}>
          {t('city_hotline.simulated')}
        </span>
      )}
      {tools}
    </div>
  )
}
