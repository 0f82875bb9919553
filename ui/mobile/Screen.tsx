import { type ReactNode, useEffect, useRef } from 'react'
import { useNavigate } from 'react-router'
import { useText } from '#ui/i18n/TextProvider.tsx'
import { Icon } from '#ui/icon/Icon.tsx'
import { useElder } from '#ui/mobile/elder.ts'
import { ReadAloud } from '#ui/mobile/ReadAloud.tsx'

let first = true

/** One page of the phone: a heading that takes the focus when the page changes, the content, and what stays at the foot. */
export function Screen({
  title,
  heading,
  back,
  end,
  dock,
  children,
}: {
  /** Name of the page; also the window's title. */
  title: string
  /** Stands in place of the bar with the name. */
  heading?: ReactNode
  /** Where the arrow leads when there is nothing to go back to. */
  back?: string
  end?: ReactNode
  dock?: ReactNode
  children: ReactNode
}) {
  const { t } = useText()
  const navigate = useNavigate()
  const elder = useElder()
  const name = useRef<HTMLHeadingElement>(null)
  useEffect(() => {
    document.title = `${title} · ${t('m.app')}`
  }, [title, t])
  useEffect(() => {
    // The first page is read from its beginning by itself; later ones are announced by their heading.
    if (first) first = false
    else (name.current ?? document.querySelector<HTMLElement>('h1'))?.focus({ preventScroll: true })
  }, [])
  return (
    <div className="m-screen">
      {heading ?? (
        <header className="m-top sheet">
          {back !== undefined && (
            <button
              type="button"
              className="m-icon m-back"
              aria-label={t('m.back')}
              onClick={() => (history.state?.idx > 0 ? navigate(-1) : navigate(back, { replace: true }))}
            >
              <Icon name="back" size="l" />
            </button>
          )}
          <h1 className="y-grow" ref={name} tabIndex={-1}>
            {title}
          </h1>
          {end}
          {elder && <ReadAloud />}
        </header>
      )}
      <main className="m-main" id="main">
        {children}
      </main>
      {dock}
    </div>
  )
}
