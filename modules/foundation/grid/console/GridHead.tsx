import type { ReactNode } from 'react'
import { Link, useLocation } from 'react-router'
import { MANAGE } from '#modules/foundation/grid/contract.ts'
import { useText } from '#ui/i18n/TextProvider.tsx'
import { useSession } from '#ui/shell/session.ts'

const tabs = [
  { path: '/grids', label: 'grid.tab.list' },
  { path: '/grids/map', label: 'grid.tab.map' },
  { path: '/grids/changes', label: 'grid.tab.changes', permission: MANAGE },
] as const

/** Title and tabs of the pages about all grids. */
export function GridHead({ tools }: { tools?: ReactNode }) {
  const { t } = useText()
  const { me } = useSession()
  const { pathname } = useLocation()
  return (
    <div className="y-pagehead">
      <h1>{t('grid.nav')}</h1>
      <nav className="y-tabs y-grow" aria-label={t('grid.nav')}>
        {tabs
          .filter((tab) => !('permission' in tab) || me.permissions.includes(tab.permission))
          .map((tab) => (
            <Link
              key={tab.path}
              to={tab.path}
              className={tab.path === pathname ? 'on' : ''}
              aria-current={tab.path === pathname ? 'page' : undefined}
            >
              {t(tab.label)}
            </Link>
          ))}
      </nav>
      {tools}
    </div>
  )
}
