import '#ui/state/State.css'
import type { ReactNode } from 'react'
import { ApiError } from '#ui/api/api-error.ts'
import { useText } from '#ui/i18n/TextProvider.tsx'
import { Icon } from '#ui/icon/Icon.tsx'

/** What an error means in words: by its code where we know it, by the server's own sentence otherwise. */
export function useErrorWords(): (error: unknown) => { message: string; todo: string; code: string; traceId?: string } {
  const text = useText()
  return (error) => {
    if (error instanceof ApiError) {
      const message = error.message || text.error(error.code, error.params) || text.t('ui.error.unknown')
      const todo = text.t(
        error.status === 404
          ? 'ui.error.todo.absent'
          : error.status === 403 || error.status === 401
            ? 'ui.error.todo.denied'
            : error.status === 409 || error.status === 412
              ? 'ui.error.todo.changed'
              : error.status === 429
                ? 'ui.error.todo.wait'
                : error.status === 0
                  ? 'ui.error.todo.network'
                  : error.status >= 500
                    ? 'ui.error.todo.server'
                    : 'ui.error.todo.input',
      )
      return error.traceId
        ? { message, todo, code: error.code, traceId: error.traceId }
        : { message, todo, code: error.code }
    }
    return { message: text.t('ui.error.unknown'), todo: text.t('ui.error.todo.server'), code: 'screen.failed' }
  }
}

/** What happened, how to mend it, and the code to quote when asking for help. */
export function ErrorState({
  error,
  onRetry,
  actions,
  tight,
  page,
}: {
  error: unknown
  onRetry?: () => void
  actions?: ReactNode
  tight?: boolean
  /** It stands for the whole page, so its words are the page's heading. */
  page?: boolean
}) {
  const { t } = useText()
  const words = useErrorWords()(error)
  return (
    <div className={tight ? 'y-state tight' : 'y-state'} role="alert">
      <Icon name="warn" />
      {page ? <h1>{words.message}</h1> : <h2>{words.message}</h2>}
      <p>{words.todo}</p>
      <code>
        {t('ui.error.code', { code: words.code })}
        {words.traceId ? ` · ${words.traceId}` : ''}
      </code>
      {(onRetry || actions) && (
        <div className="acts">
          {onRetry && (
            <button type="button" className="y-btn" onClick={onRetry}>
              <Icon name="sync" />
              {t('ui.error.retry')}
            </button>
          )}
          {actions}
        </div>
      )}
    </div>
  )
}
