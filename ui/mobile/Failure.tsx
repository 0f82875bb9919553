import type { ReactNode } from 'react'
import type { ApiError } from '#ui/api/api-error.ts'
import { useText } from '#ui/i18n/TextProvider.tsx'
import { Icon } from '#ui/icon/Icon.tsx'

/** What happened, in the words of the server or by kind; and what to do about it. */
export function failureWords(
  error: ApiError,
  t: (key: string, params?: Record<string, string>) => string,
): { what: string; todo: string } {
  if (error.code === 'screen.timeout') return { what: t('m.fail.timeout'), todo: t('m.fail.timeout.do') }
  if (error.status === 0) return { what: t('m.fail.offline'), todo: t('m.fail.offline.do') }
  if (error.status === 429) return { what: t('m.fail.many'), todo: t('m.fail.many.do') }
  if (error.status === 404) return { what: t('m.fail.missing'), todo: t('m.fail.missing.do') }
  if (error.status >= 500)
    return {
      what: t('m.fail.server'),
      todo: error.traceId ? t('m.fail.server.code', { code: error.traceId.slice(0, 12) }) : t('m.fail.server.do'),
    }
  return { what: error.message || t('m.fail.other'), todo: t('m.fail.other.do') }
}

/** A failure with its way out. */
export function Failure({
  error,
  what,
  todo,
  onAgain,
  children,
}: {
  error: ApiError
  what?: string
  todo?: string
  onAgain?: () => void
  children?: ReactNode
}) {
  const { t } = useText()
  const words = failureWords(error, t)
  return (
    <div className="m-notice" role="alert">
      <Icon name={error.status === 0 ? 'offline' : 'warn'} />
      <div className="y-grow">
        <b>{what ?? words.what}</b>
        {todo ?? words.todo}
        {(onAgain || children) && (
          <div className="m-btns">
            {onAgain && (
              <button type="button" className="m-btn" onClick={onAgain}>
                <Icon name="sync" />
                {t('m.again')}
              </button>
            )}
            {children}
          </div>
        )}
      </div>
    </div>
  )
}

export function FieldError({ id, children }: { id: string; children: ReactNode }) {
  return (
    <p className="m-error" id={id}>
      <Icon name="warn" />
      <span>{children}</span>
    </p>
  )
}
