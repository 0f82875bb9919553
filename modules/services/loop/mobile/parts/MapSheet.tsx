import { useMemo, useState } from 'react'
import { useText } from '#ui/i18n/TextProvider.tsx'
import { Icon } from '#ui/icon/Icon.tsx'
import type { MapPoint } from '#ui/map/map-view.ts'
import { Bones } from '#ui/mobile/Bones.tsx'
import { Failure } from '#ui/mobile/Failure.tsx'
import { Sheet } from '#ui/mobile/Sheet.tsx'
import type { Load } from '#ui/mobile/use-load.ts'
import type { LonLat } from '../photo-queue.ts'
import { inside, outlineOf, shortName } from '../place-search.ts'
import type { PublicPlaces } from '../public-places.ts'
import { PickMap } from './PickMap.tsx'

/** The county with its towns and villages; a tap says where. Works without any map server. */
export default function MapSheet({
  places,
  onAgain,
  point,
  townCode,
  villageCode,
  onClose,
  onChoose,
}: {
  places: Load<PublicPlaces>
  onAgain: () => void
  point: LonLat | undefined
  townCode: string | undefined
  villageCode: string | undefined
  onClose: () => void
  onChoose: (at: LonLat) => void
}) {
  const { t } = useText()
  const [picked, setPicked] = useState<LonLat | undefined>(point)
  const value = places.value
  const outline = useMemo(() => outlineOf(value?.outline), [value])
  const outside = picked && outline && !inside(outline, picked.lon, picked.lat)
  const town = townCode ?? villageCode?.slice(0, 9)
  const chosenTown = value?.towns.find((one) => one.code === town)
  const village = chosenTown?.villages.find((one) => one.code === villageCode)?.center
  const start = point ?? village
  const points = useMemo<MapPoint[]>(() => {
    const names: MapPoint[] = []
    for (const one of value?.towns ?? []) {
      if (one.code === town) {
        for (const village of one.villages)
          if (village.center)
            names.push({ id: village.code, ...village.center, label: shortName(village.name), kind: 'name' })
      } else if (one.center) names.push({ id: one.code, ...one.center, label: one.name, kind: 'name' })
    }
    return picked ? [...names, { id: 'picked', ...picked, kind: 'here' }] : names
  }, [value, town, picked])
  return (
    <Sheet
      title={t('loop.m.map')}
      onClose={onClose}
      dock={
        <div className="m-dock">
          <p className="m-note" role="status" style={{ marginTop: 0, marginBottom: 8 }}>
            {outside
              ? t('loop.m.point.outside', { county: value?.county.name ?? '' })
              : t(picked ? 'loop.m.map.picked' : 'loop.m.map.how')}
          </p>
          <button
            type="button"
            className="m-btn pri wide"
            aria-disabled={!picked}
            onClick={() => picked && onChoose(picked)}
          >
            <Icon name="pin" />
            {t('loop.m.map.use')}
          </button>
        </div>
      }
    >
      {places.error && !value && <Failure error={places.error} onAgain={onAgain} />}
      {places.loading && !value && <Bones heights={[420]} slow={places.slow} />}
      {value && (
        <PickMap
          label={t('loop.m.map.label')}
          points={points}
          outline={outline}
          near={start ? { ...start, zoom: 13 } : chosenTown?.center ? { ...chosenTown.center, zoom: 12 } : undefined}
          onPick={setPicked}
        />
      )}
    </Sheet>
  )
}
