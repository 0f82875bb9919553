import type { ReactNode } from 'react'
import { Link, useLocation } from 'react-router'
import { PLAN } from '#modules/management/roster/contract.ts'
import { useText } from '#ui/i18n/TextProvider.tsx'
import { useSession } from '#ui/shell/session.ts'

const tabs = [
  ['/roster', 'roster.tab.week'],
  ['/roster/mine', 'roster.tab.mine'],
  ['/roster/absences', 'roster.tab.absences'],
  ['/roster/phones', 'roster.tab.phones'],
] as const

/** Title and tabs that the pages of the roster share. */
export function RosterHead({ tools }: { tools?: ReactNode }) {
  const { t } = useText()
  const { me } = useSession()
  const { pathname } = useLocation()
  const here = [...tabs].reverse().find(([path]) => pathname.startsWith(path))?.[0]
  return (
    <div className="y-pagehead">
      <h1>{t('roster.nav')}</h1>
      <nav className="y-tabs y-grow" aria-label={t('roster.nav')}>
        {tabs
          .filter(([path]) => path !== '/roster/absences' || me.permissions.includes(PLAN))
          .map(([path, label]) => (
            <Link
              key={path}
              to={path}
              className={path === here ? 'on' : ''}
              aria-current={path === here ? 'page' : undefined}
            >
              {t(label)}
            </Link>
          ))}
      </nav>
      {tools}
    </div>
  )
}
