import { Link } from 'react-router'
import { useText } from '#ui/i18n/TextProvider.tsx'
import { EmptyState } from '#ui/state/EmptyState.tsx'

export function NotFoundScreen() {
  const { t } = useText()
  return (
    <EmptyState
      page
      icon="search"
      title={t('console.notFound')}
      actions={
        <Link className="y-btn" to="/">
          {t('console.backToInbox')}
        </Link>
      }
    >
      {t('ui.error.todo.absent')}
    </EmptyState>
  )
}
