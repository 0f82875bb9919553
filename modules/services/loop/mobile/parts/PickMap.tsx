import { lazy, Suspense, useState } from 'react'
import '#ui/map/PlaceMap.css'
import './PickMap.css'
import type { MapPoint, MapProps } from '#ui/map/map-view.ts'
import { boundsOf, fit, rings } from '#ui/map/projection.ts'
import { SvgMap } from '#ui/map/SvgMap.tsx'
import type { LonLat } from '../photo-queue.ts'

const GlMap = lazy(() => import('#ui/map/GlMap.tsx'))

function hasWebgl(): boolean {
  try {
    return Boolean(document.createElement('canvas').getContext('webgl2'))
  } catch {
    return false
  }
}

/** A map to point on. It begins where the resident is likely to look and then stays where they moved it. */
export function PickMap({
  label,
  points,
  outline,
  near,
  onPick,
}: {
  label: string
  points: readonly MapPoint[]
  outline: GeoJSON.FeatureCollection | undefined
  /** The place chosen so far, or the middle of the chosen town. */
  near: (LonLat & { zoom: number }) | undefined
  onPick: (at: LonLat) => void
}) {
  const [drawn, setDrawn] = useState(() => !hasWebgl())
  const [start] = useState<MapProps['start']>(() => {
    if (near) return { center: { lon: near.lon, lat: near.lat }, zoom: near.zoom }
    const whole = outline && boundsOf([...rings(outline)].flatMap((one) => one.ring))
    const width = Math.min(480, innerWidth) - 32
    return whole ? fit(whole, width, Math.max(200, innerHeight - 240)) : { center: { lon: 105, lat: 35 }, zoom: 4 }
  })
  const only = outline?.features.length === 1 ? outline.features[0] : undefined
  const map: MapProps = {
    label,
    points,
    outline,
    home: only ? String(only.properties?.code ?? only.id ?? '') : undefined,
    start,
    onPick,
  }
  return (
    <div className="y-map m-pick">
      {drawn ? (
        <SvgMap {...map} />
      ) : (
        <Suspense fallback={null}>
          <GlMap {...map} onFail={() => setDrawn(true)} />
        </Suspense>
      )}
    </div>
  )
}
