import { type ReactNode, useId, useLayoutEffect, useRef } from 'react'
import { useText } from '#ui/i18n/TextProvider.tsx'
import { Icon } from '#ui/icon/Icon.tsx'

/** A page over the page, as a real dialog: focus stays inside, Esc and the arrow close it. */
export function Sheet({
  title,
  onClose,
  dock,
  children,
}: {
  title: string
  onClose: () => void
  dock?: ReactNode
  children: ReactNode
}) {
  const { t } = useText()
  const dialog = useRef<HTMLDialogElement>(null)
  const id = useId()
  // Closed while it still stands in the page, so that the focus goes back to what opened it.
  useLayoutEffect(() => {
    const shown = dialog.current
    if (shown && !shown.open) shown.showModal()
    return () => shown?.close()
  }, [])
  return (
    <dialog
      className="m-sheet"
      ref={dialog}
      aria-labelledby={id}
      onCancel={(event) => {
        event.preventDefault()
        onClose()
      }}
    >
      <header className="m-top sheet">
        <button type="button" className="m-icon m-back" aria-label={t('m.back')} onClick={onClose}>
          <Icon name="back" size="l" />
        </button>
        <h1 className="y-grow" id={id}>
          {title}
        </h1>
      </header>
      <div className="body">{children}</div>
      {dock}
    </dialog>
  )
}
