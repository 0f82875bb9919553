import type { ReactNode } from 'react'
import { Link, useLocation } from 'react-router'
import { useText } from '#ui/i18n/TextProvider.tsx'
import { useSession } from '#ui/shell/session.ts'

const tabs = [
  { path: '/org', label: 'org.tab.units' },
  { path: '/org/accounts', label: 'org.tab.accounts', permission: 'org.account.manage' },
  { path: '/org/grants', label: 'org.tab.grants', permission: 'access.grant.manage' },
  { path: '/org/handovers', label: 'org.tab.handovers', permission: 'org.account.manage' },
  { path: '/org/vacancies', label: 'org.tab.vacancies', permission: 'org.account.manage' },
] as const

/** Title and tabs that the pages of the organisation share; only what one may open. */
export function OrgHead({ tools }: { tools?: ReactNode }) {
  const { t } = useText()
  const { me } = useSession()
  const { pathname } = useLocation()
  const here = [...tabs].reverse().find((tab) => pathname.startsWith(tab.path)) ?? tabs[0]
  return (
    <div className="y-pagehead">
      <h1>{t('org.nav')}</h1>
      <nav className="y-tabs y-grow" aria-label={t('org.nav')}>
        {tabs
          .filter((tab) => !('permission' in tab) || me.permissions.includes(tab.permission))
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
      {tools}
    </div>
  )
}
