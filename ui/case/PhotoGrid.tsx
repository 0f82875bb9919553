import '#ui/case/PhotoGrid.css'
import { type ReactNode, useEffect, useRef, useState } from 'react'
import { useText } from '#ui/i18n/TextProvider.tsx'
import { Icon } from '#ui/icon/Icon.tsx'

export interface Photo {
  id: string
  /** Small picture for the grid. */
  thumb: string
  full: string
  caption: string
  alt?: string
}

/** Photos as tiles; one opens large with arrow keys. Papers that are closed to most people stand among them, locked. */
export function PhotoGrid({
  photos,
  locked = [],
  files,
}: {
  photos: readonly Photo[]
  locked?: readonly { id: string; title: string; note: string }[]
  files?: ReactNode
}) {
  const { t } = useText()
  const [open, setOpen] = useState<number | null>(null)
  return (
    <>
      <div className="y-photos">
        {photos.map((photo, i) => (
          <button
            type="button"
            className="y-ph"
            key={photo.id}
            onClick={() => setOpen(i)}
            aria-label={t('ui.photo.open', { caption: photo.caption })}
          >
            <img src={photo.thumb} alt={photo.alt ?? photo.caption} loading="lazy" />
            <span className="cap" aria-hidden="true">
              {photo.caption}
            </span>
          </button>
        ))}
        {locked.map((paper) => (
          <div className="y-ph locked" key={paper.id}>
            <Icon name="lock" />
            <span>{paper.title}</span>
            <span>{paper.note}</span>
          </div>
        ))}
      </div>
      {files && <div className="y-files">{files}</div>}
      {open !== null && photos[open] && (
        <Lightbox photos={photos} at={open} onMove={setOpen} onClose={() => setOpen(null)} />
      )}
    </>
  )
}

function Lightbox({
  photos,
  at,
  onMove,
  onClose,
}: {
  photos: readonly Photo[]
  at: number
  onMove: (at: number) => void
  onClose: () => void
}) {
  const { t } = useText()
  const dialog = useRef<HTMLDialogElement>(null)
  useEffect(() => {
    dialog.current?.showModal()
  }, [])
  const photo = photos[at]!
  const step = (by: number) => onMove((at + by + photos.length) % photos.length)
  return (
    <dialog
      className="y-light"
      ref={dialog}
      aria-label={photo.caption}
      onClose={onClose}
      onKeyDown={(event) => {
        if (event.key === 'ArrowRight') step(1)
        if (event.key === 'ArrowLeft') step(-1)
      }}
    >
      <header>
        <span className="y-sm">
          {at + 1} / {photos.length}
        </span>
        <span className="y-grow" />
        <button type="button" className="y-iconbtn" aria-label={t('ui.photo.previous')} onClick={() => step(-1)}>
          <Icon name="back" />
        </button>
        <button type="button" className="y-iconbtn" aria-label={t('ui.photo.next')} onClick={() => step(1)}>
          <Icon name="right" />
        </button>
        <button type="button" className="y-iconbtn" aria-label={t('ui.close')} onClick={() => dialog.current?.close()}>
          <Icon name="close" />
        </button>
      </header>
      <figure>
        <img src={photo.full} alt={photo.alt ?? photo.caption} />
      </figure>
      <footer>{photo.caption}</footer>
    </dialog>
  )
}
