import type { ReactNode } from 'react'
import { Link, useLocation } from 'react-router'
import { VIEW } from '#modules/services/knowledge/contract.ts'
import { useText } from '#ui/i18n/TextProvider.tsx'
import { useSession } from '#ui/shell/session.ts'

/** Title and tabs that the pages of the knowledge base share. */
export function KnowledgeHead({ tools }: { tools?: ReactNode }) {
  const { t } = useText()
  const { me } = useSession()
  const { pathname } = useLocation()
  const questions = pathname.startsWith('/knowledge/questions')
  return (
    <div className="y-pagehead">
      <h1>{t('knowledge.nav')}</h1>
      <nav className="y-tabs y-grow" aria-label={t('knowledge.nav')}>
        <Link to="/knowledge" className={questions ? '' : 'on'} aria-current={questions ? undefined : 'page'}>
          {t('knowledge.tab.articles')}
        </Link>
        {me.permissions.includes(VIEW) && (
          <Link
            to="/knowledge/questions"
            className={questions ? 'on' : ''}
            aria-current={questions ? 'page' : undefined}
          >
            {t('knowledge.tab.questions')}
          </Link>
        )}
      </nav>
      {tools}
    </div>
  )
}
