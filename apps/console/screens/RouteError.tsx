import { useRouteError } from 'react-router'
import { useText } from '#ui/i18n/TextProvider.tsx'
import { ErrorState } from '#ui/state/ErrorState.tsx'

/** A page that could not be shown; after an update of the server its files may be gone, then reloading mends it. */
export function RouteError() {
  const error = useRouteError()
  const { t } = useText()
  console.error(error)
  return (
    <ErrorState
      page
      error={error}
      actions={
        <button type="button" className="y-btn" onClick={() => location.reload()}>
          {t('console.reload')}
        </button>
      }
    />
  )
}
