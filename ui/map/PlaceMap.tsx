import '#ui/map/PlaceMap.css'
import { lazy, type ReactNode, Suspense, useMemo, useState } from 'react'
import type { MapPoint, MapProps } from '#ui/map/map-view.ts'
import { boundsOf, fit, project, rings } from '#ui/map/projection.ts'
import { SvgMap } from '#ui/map/SvgMap.tsx'

const GlMap = lazy(() => import('#ui/map/GlMap.tsx'))

let webgl: boolean | undefined
function hasWebgl(): boolean {
  if (webgl === undefined) {
    try {
      const canvas = document.createElement('canvas')
      webgl = Boolean(canvas.getContext('webgl2'))
    } catch {
      webgl = false
    }
  }
  return webgl
}

/**
 * Where it is: the place, what is like it nearby, the county around it. Needs no tile server and no network.
 * Where WebGL is missing the same map is drawn as SVG.
 */
export function PlaceMap({
  label,
  points,
  outline,
  home,
  ring,
  center,
  zoom = 14.6,
  height = 228,
  legend,
  onPick,
  onOpen,
}: {
  label: string
  points: readonly MapPoint[]
  outline?: GeoJSON.FeatureCollection | undefined
  /** Feature id of the county in the outlines. */
  home?: string
  ring?: number
  /** Where the map begins when there is no point `here`. */
  center?: { lon: number; lat: number }
  zoom?: number
  height?: number | string
  legend?: ReactNode
  onPick?: (at: { lon: number; lat: number }) => void
  onOpen?: (id: string) => void
}) {
  const [failed, setFailed] = useState(false)
  const here = points.find((p) => p.kind === 'here')
  const whole = useMemo(() => {
    if (!outline) return undefined
    const all = [...rings(outline)].filter((r) => !home || r.id === home)
    return boundsOf(all.flatMap((r) => r.ring))
  }, [outline, home])
  const start = useMemo(
    () =>
      here
        ? { center: { lon: here.lon, lat: here.lat }, zoom }
        : center
          ? { center, zoom }
          : whole
            ? fit(whole, 520, typeof height === 'number' ? height : 400)
            : { center: { lon: 120.6, lat: 31.2 }, zoom: 9 },
    [here, center, whole, zoom, height],
  )
  const map: MapProps = { label, points, outline, home, ring, start, onPick, onOpen }
  // A map that begins elsewhere is another map.
  const key = onPick
    ? `pick-${center?.lon ?? 0}`
    : `${start.center.lon},${start.center.lat},${here ? '' : outline ? 1 : 0}`
  return (
    <div className="y-map" style={{ height }}>
      {!failed && hasWebgl() ? (
        <Suspense fallback={<SvgMap key={key} {...map} />}>
          <GlMap key={key} {...map} onFail={() => setFailed(true)} />
        </Suspense>
      ) : (
        <SvgMap key={key} {...map} />
      )}
      {legend && <div className="y-map-legend">{legend}</div>}
      {here && outline && <Where outline={outline} home={home} at={here} />}
    </div>
  )
}

/** Where in the county one looks, in a corner. */
function Where({ outline, home, at }: { outline: GeoJSON.FeatureCollection; home: string | undefined; at: MapPoint }) {
  const drawing = useMemo(() => {
    const own = [...rings(outline)].filter((r) => !home || r.id === home)
    const bounds = boundsOf(own.flatMap((r) => r.ring))
    if (!bounds) return undefined
    const view = fit(bounds, 108, 76, 0.86)
    const c = project(view.center, view.zoom)
    const place = (lon: number, lat: number) => {
      const p = project({ lon, lat }, view.zoom)
      return { x: p.x - c.x + 54, y: p.y - c.y + 38 }
    }
    return {
      d: own
        .map(
          (r) =>
            `M${r.ring
              .map(([lon, lat]) => {
                const p = place(lon, lat)
                return `${p.x.toFixed(1)} ${p.y.toFixed(1)}`
              })
              .join('L')}Z`,
        )
        .join(''),
      dot: place(at.lon, at.lat),
    }
  }, [outline, home, at.lon, at.lat])
  if (!drawing) return null
  return (
    <svg className="y-map-where" viewBox="0 0 108 76" aria-hidden="true">
      <path d={drawing.d} fill="var(--y-blue-50)" stroke="var(--y-blue-600)" strokeWidth={0.8} />
      <circle
        cx={drawing.dot.x}
        cy={drawing.dot.y}
        r={3.5}
        fill="var(--y-warm-600)"
        stroke="var(--y-surface)"
        strokeWidth={1.5}
      />
    </svg>
  )
}
