import type { ReactNode } from 'react'
import { Link, useLocation } from 'react-router'
import { useText } from '#ui/i18n/TextProvider.tsx'

const tabs = ['/duties', '/duties/rulings', '/duties/classes', '/duties/editions', '/duties/preview'] as const
const labels = [
  'duties.tab.items',
  'duties.tab.rulings',
  'duties.tab.classes',
  'duties.tab.editions',
  'duties.tab.preview',
] as const

/** Title and tabs that the pages of the duty list share. */
export function DutiesHead({ tools }: { tools?: ReactNode }) {
  const { t } = useText()
  const { pathname } = useLocation()
  const here = [...tabs].reverse().find((tab) => pathname.startsWith(tab)) ?? tabs[0]
  return (
    <div className="y-pagehead">
      <h1>{t('duties.nav')}</h1>
      <nav className="y-tabs y-grow" aria-label={t('duties.nav')}>
        {tabs.map((tab, i) => (
          <Link
            key={tab}
            to={tab}
            className={tab === here ? 'on' : ''}
            aria-current={tab === here ? 'page' : undefined}
          >
            {t(labels[i]!)}
          </Link>
        ))}
      </nav>
      {tools}
    </div>
  )
}
