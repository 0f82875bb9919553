import { lazy, Suspense, useEffect, useState } from 'react'
import { useNavigate, useSearchParams } from 'react-router'
import { useText } from '#ui/i18n/TextProvider.tsx'
import { Icon } from '#ui/icon/Icon.tsx'
import { Bones } from '#ui/mobile/Bones.tsx'
import { Sheet } from '#ui/mobile/Sheet.tsx'
import { useLoad } from '#ui/mobile/use-load.ts'
import type { Photo } from '../photo-queue.ts'
import { inside, outlineOf, placeName } from '../place-search.ts'
import { publicPlaces } from '../public-places.ts'
import type { Draft } from '../report-draft.ts'
import { VillageSheet } from './VillageSheet.tsx'

const MapSheet = lazy(() => import('./MapSheet.tsx'))

type Locating = 'idle' | 'busy' | 'denied' | 'unknown'
const LOCATE_MS = 15_000

/** Where it is: in words, by village, by a point. All of it is optional, none of it is asked of the phone unbidden. */
export function PlaceField({
  draft,
  photos,
  onChange,
}: {
  draft: Draft
  photos: readonly Photo[]
  onChange: (part: Partial<Draft>) => void
}) {
  const { t } = useText()
  const navigate = useNavigate()
  const [search, setSearch] = useSearchParams()
  const [places, again] = useLoad('places', () => publicPlaces())
  const [locating, setLocating] = useState<Locating>('idle')
  const open = search.get('pick')
  const show = (pick: 'village' | 'map') => setSearch({ pick })
  const close = () => navigate(-1)

  // A photo that knows its place saves the typing; what somebody chose or removed is left alone.
  useEffect(() => {
    const offered = draft.offered ?? []
    const fresh = photos.find((photo) => photo.place && !offered.includes(photo.key))
    if (!fresh?.place) return
    onChange({
      offered: [...offered, fresh.key],
      ...(draft.place ? {} : { place: { ...fresh.place, from: 'photo' } }),
    })
  }, [photos, draft.place, draft.offered, onChange])

  function locate() {
    if (!('geolocation' in navigator) || !globalThis.isSecureContext) {
      setLocating('unknown')
      return
    }
    setLocating('busy')
    navigator.geolocation.getCurrentPosition(
      ({ coords }) => {
        setLocating('idle')
        onChange({ place: { lon: coords.longitude, lat: coords.latitude, from: 'here' } })
      },
      (error) => setLocating(error.code === error.PERMISSION_DENIED ? 'denied' : 'unknown'),
      { enableHighAccuracy: true, timeout: LOCATE_MS, maximumAge: 60_000 },
    )
  }

  const towns = places.value?.towns ?? []
  const chosen = placeName(towns, draft.townCode, draft.villageCode)
  const outline = outlineOf(places.value?.outline)
  const point = draft.place
  const outside = point && outline && !inside(outline, point.lon, point.lat)

  return (
    <section className="m-card" aria-label={t('loop.m.place')}>
      <label className="m-label" htmlFor="report-place">
        {t('loop.m.place.text')}
      </label>
      <input
        id="report-place"
        className="m-input"
        maxLength={200}
        value={draft.placeText}
        aria-describedby="report-place-hint"
        onChange={(event) => onChange({ placeText: event.target.value })}
      />
      <p className="m-small" id="report-place-hint" style={{ marginTop: 4 }}>
        {t('loop.m.place.hint')}
      </p>

      <div className="y-row" style={{ marginTop: 4, gap: 0 }}>
        <button type="button" className="m-row" onClick={() => show('village')}>
          <Icon name="home" />
          <span className="y-grow">
            {chosen ? (
              <>
                <b>{chosen}</b>
                <small>{t('loop.m.place.village.change')}</small>
              </>
            ) : (
              <>
                <b>{t('loop.m.place.village')}</b>
                <small>{t('loop.m.place.village.why')}</small>
              </>
            )}
          </span>
          <Icon name="right" size="s" />
        </button>
        {chosen && (
          <button
            type="button"
            className="m-icon"
            aria-label={t('loop.m.place.remove', { place: chosen })}
            onClick={() => onChange({ townCode: undefined, villageCode: undefined })}
          >
            <Icon name="close" />
          </button>
        )}
      </div>

      {point ? (
        <div className="y-row" style={{ borderTop: '1px solid var(--y-line)', gap: 0 }}>
          <button type="button" className="m-row" onClick={() => show('map')}>
            <Icon name="pin" />
            <span className="y-grow">
              <b>{t(`loop.m.point.${point.from}`)}</b>
              <small>{t('loop.m.point.at', { lon: point.lon.toFixed(4), lat: point.lat.toFixed(4) })}</small>
            </span>
            <Icon name="right" size="s" />
          </button>
          <button
            type="button"
            className="m-icon"
            aria-label={t('loop.m.point.remove')}
            onClick={() => onChange({ place: undefined })}
          >
            <Icon name="close" />
          </button>
        </div>
      ) : (
        <div className="m-btns" style={{ borderTop: '1px solid var(--y-line)', paddingTop: 10 }}>
          <button type="button" className="m-btn" onClick={locate} aria-disabled={locating === 'busy'}>
            <Icon name="pin" />
            {t(locating === 'busy' ? 'loop.m.point.locating' : 'loop.m.point.locate')}
          </button>
          <button type="button" className="m-btn" onClick={() => show('map')}>
            <Icon name="map" />
            {t('loop.m.point.tap')}
          </button>
        </div>
      )}
      <p className="m-note" role="status">
        {locating === 'denied'
          ? t('loop.m.point.denied')
          : locating === 'unknown'
            ? t('loop.m.point.unknown')
            : outside
              ? t('loop.m.point.outside', { county: places.value?.county.name ?? '' })
              : ''}
      </p>

      {open === 'village' && (
        <VillageSheet
          places={places}
          onAgain={again}
          chosen={{ townCode: draft.townCode, villageCode: draft.villageCode }}
          onClose={close}
          onChoose={(choice) => {
            onChange(choice)
            close()
          }}
        />
      )}
      {open === 'map' && (
        <Suspense
          fallback={
            <Sheet title={t('loop.m.map')} onClose={close}>
              <Bones heights={[420]} />
            </Sheet>
          }
        >
          <MapSheet
            places={places}
            onAgain={again}
            point={point}
            villageCode={draft.villageCode}
            townCode={draft.townCode}
            onClose={close}
            onChoose={(at) => {
              onChange({ place: { ...at, from: 'map' } })
              close()
            }}
          />
        </Suspense>
      )}
    </section>
  )
}
