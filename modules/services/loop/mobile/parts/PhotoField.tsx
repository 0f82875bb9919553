import { useRef, useState, useSyncExternalStore } from 'react'
import { useText } from '#ui/i18n/TextProvider.tsx'
import { Icon } from '#ui/icon/Icon.tsx'
import { failureWords } from '#ui/mobile/Failure.tsx'
import { MOST_PHOTOS, type Photo } from '../photo-queue.ts'
import { reportPhotos } from '../report-photos.ts'
import './PhotoField.css'

/** Up to nine photos, each on its way while the rest is still being written. A photo is never required. */
export function PhotoField() {
  const { t } = useText()
  const photos = useSyncExternalStore(reportPhotos.subscribe, reportPhotos.photos)
  const input = useRef<HTMLInputElement>(null)
  const [over, setOver] = useState(0)
  const room = MOST_PHOTOS - photos.length
  const sending = photos.filter((photo) => photo.state !== 'done' && photo.state !== 'failed').length
  return (
    <section aria-label={t('loop.m.photos')}>
      <ul className="m-photos">
        {photos.map((photo, i) => (
          <PhotoTile key={photo.key} photo={photo} place={i + 1} />
        ))}
        {room > 0 && (
          <li>
            <button type="button" className="m-photo add" onClick={() => input.current?.click()}>
              <Icon name="camera" size="l" />
              <span>{t(photos.length === 0 ? 'loop.m.photos.add' : 'loop.m.photos.more')}</span>
            </button>
          </li>
        )}
        {photos.length < 2 && <li className="m-small hint">{t('loop.m.photos.hint')}</li>}
      </ul>
      {/* Named formats make an iPhone hand over JPEG instead of HEIC. */}
      <input
        ref={input}
        type="file"
        accept="image/jpeg,image/png,image/webp"
        multiple
        hidden
        aria-label={t('loop.m.photos.add')}
        onChange={(event) => {
          setOver(reportPhotos.add([...(event.target.files ?? [])]))
          event.target.value = ''
        }}
      />
      <p className="m-small" role="status" style={{ marginTop: over > 0 || sending > 0 ? 6 : 0 }}>
        {over > 0
          ? t('loop.m.photos.over', { most: MOST_PHOTOS, over })
          : sending > 0
            ? t('loop.m.photos.sending', { count: sending })
            : ''}
      </p>
    </section>
  )
}

function PhotoTile({ photo, place }: { photo: Photo; place: number }) {
  const { t } = useText()
  const mendable = photo.state === 'failed' && photo.preview !== ''
  const why = photo.error
    ? photo.error.code.startsWith('loop.m.')
      ? t(photo.error.code)
      : photo.error.status === 0
        ? t('loop.m.photo.offline')
        : failureWords(photo.error, t).what
    : undefined
  return (
    <li className={photo.state === 'failed' ? 'failed' : undefined}>
      <figure className="m-photo">
        {photo.preview ? (
          <img src={photo.preview} alt={t('loop.m.photo.alt', { place })} />
        ) : (
          <span className={photo.state === 'failed' ? 'blank' : 'blank m-bone'} aria-hidden="true" />
        )}
        {photo.state === 'sending' && (
          <progress max={1} value={Math.max(0.03, photo.share)} aria-label={t('loop.m.photo.progress', { place })} />
        )}
        <figcaption>
          {photo.state === 'done' ? (
            <>
              <Icon name="check" size="s" />
              {t('loop.m.photo.done')}
            </>
          ) : photo.state === 'failed' ? (
            t('loop.m.photo.failed')
          ) : photo.state === 'sending' ? (
            `${Math.round(photo.share * 100)}%`
          ) : (
            t('loop.m.photo.waiting')
          )}
        </figcaption>
        <button
          type="button"
          className="off"
          aria-label={t('loop.m.photo.remove', { place })}
          onClick={() => reportPhotos.remove(photo.key)}
        >
          <span>
            <Icon name="close" size="s" />
          </span>
        </button>
      </figure>
      {why && (
        <p className="why" role="alert">
          {why}
          {mendable && (
            <button type="button" className="m-btn" onClick={() => reportPhotos.retry(photo.key)}>
              <Icon name="sync" size="s" />
              {t('loop.m.photo.retry')}
              <span className="y-vh">{t('loop.m.photo.alt', { place })}</span>
            </button>
          )}
        </p>
      )}
    </li>
  )
}
