import { type KeyboardEvent, type PointerEvent, useMemo, useRef, useState } from 'react'
import { useText } from '#ui/i18n/TextProvider.tsx'
import { coveredCorners, labelsWithRoom } from '#ui/map/labels.ts'
import type { MapProps } from '#ui/map/map-view.ts'
import { metresToPixels, project, rings, unproject } from '#ui/map/projection.ts'
import { useSize } from '#ui/theme/use-size.ts'

/** The map as a plain drawing: used where the browser has no WebGL, and on paper. Drag, wheel, arrow keys, + and -. */
export function SvgMap({ label, points, outline, home, ring, start, onPick, onOpen }: MapProps) {
  const [box, { width, height }] = useSize<HTMLDivElement>()
  const [view, setView] = useState(start)
  const drag = useRef<{ x: number; y: number; moved: boolean } | null>(null)
  const origin = project(view.center, view.zoom)
  const left = origin.x - width / 2
  const top = origin.y - height / 2

  const shapes = useMemo(() => {
    if (!outline || width === 0) return []
    const scale = 2 ** view.zoom
    return [...rings(outline)].map(({ id, ring: points }) => ({
      id,
      d: `M${points
        .map(([lon, lat]) => {
          const p = project({ lon, lat }, 0)
          return `${(p.x * scale - left).toFixed(1)} ${(p.y * scale - top).toFixed(1)}`
        })
        .join('L')}Z`,
    }))
  }, [outline, view.zoom, left, top, width])

  const move = (dx: number, dy: number) =>
    setView((v) => {
      const c = project(v.center, v.zoom)
      return { ...v, center: unproject(c.x + dx, c.y + dy, v.zoom) }
    })
  const zoom = (by: number) => setView((v) => ({ ...v, zoom: Math.min(18, Math.max(6, v.zoom + by)) }))

  function onKeyDown(event: KeyboardEvent) {
    const step = 60
    const act: Record<string, () => void> = {
      ArrowLeft: () => move(-step, 0),
      ArrowRight: () => move(step, 0),
      ArrowUp: () => move(0, -step),
      ArrowDown: () => move(0, step),
      '+': () => zoom(0.5),
      '=': () => zoom(0.5),
      '-': () => zoom(-0.5),
    }
    const run = act[event.key]
    if (!run) return
    event.preventDefault()
    event.stopPropagation()
    run()
  }
  function onPointerUp(event: PointerEvent<SVGSVGElement>) {
    const held = drag.current
    drag.current = null
    if (!held || held.moved || !onPick) return
    const rect = event.currentTarget.getBoundingClientRect()
    onPick(unproject(left + event.clientX - rect.left, top + event.clientY - rect.top, view.zoom))
  }
  const here = points.find((p) => p.kind === 'here')
  const place = (p: { lon: number; lat: number }) => {
    const at = project(p, view.zoom)
    return { x: at.x - left, y: at.y - top }
  }
  const shown = labelsWithRoom(
    points.map((p) => ({ ...p, ...place(p) })),
    { width, height },
    coveredCorners({ width, height }, Boolean(here && outline)),
  )

  return (
    <div ref={box} style={{ position: 'absolute', inset: 0 }}>
      {width > 0 && (
        <svg
          className="canvas"
          role="img"
          aria-label={label}
          // biome-ignore lint/a11y/noNoninteractiveTabindex: arrow keys move the map
          tabIndex={0}
          viewBox={`0 0 ${width} ${height}`}
          onKeyDown={onKeyDown}
          onWheel={(event) => zoom(event.deltaY < 0 ? 0.25 : -0.25)}
          onPointerDown={(event) => {
            drag.current = { x: event.clientX, y: event.clientY, moved: false }
          }}
          onPointerMove={(event) => {
            const held = drag.current
            if (!held) return
            const dx = event.clientX - held.x
            const dy = event.clientY - held.y
            if (!held.moved && Math.hypot(dx, dy) < 4) return
            drag.current = { x: event.clientX, y: event.clientY, moved: true }
            move(-dx, -dy)
          }}
          onPointerUp={onPointerUp}
          onPointerLeave={() => {
            drag.current = null
          }}
          style={{ cursor: onPick ? 'crosshair' : 'grab' }}
        >
          {shapes.map((s, i) => (
            <path key={`${s.id}-${i}`} d={s.d} className={s.id === home ? 'land home' : 'land'} />
          ))}
          {here && ring && (
            <circle
              cx={place(here).x}
              cy={place(here).y}
              r={metresToPixels(ring, here.lat, view.zoom)}
              className="ring"
            />
          )}
          {points.map((p) => {
            const { x, y } = place(p)
            if (x < -80 || y < -40 || x > width + 80 || y > height + 40) return null
            const named = shown.has(p.id)
            if (p.kind === 'name')
              return !named ? null : (
                <text key={p.id} x={x} y={y} textAnchor="middle" className="name">
                  {p.label}
                </text>
              )
            if (p.kind === 'here')
              return (
                <g key={p.id} transform={`translate(${x} ${y})`}>
                  <path
                    d="M0 0C-13-14-13-17-13-21a13 13 0 0126 0c0 4 0 7-13 21z"
                    className={`pin ${p.severity ?? 'none'}`}
                  />
                  <circle cx={0} cy={-21} r={4.5} fill="#fff" />
                  {p.label && (
                    <text x={16} y={2} className="here">
                      {p.label}
                    </text>
                  )}
                </g>
              )
            return (
              // biome-ignore lint/a11y/noStaticElementInteractions: the same cases are listed as links beside the map
              <g key={p.id} onClick={() => onOpen?.(p.id)}>
                <circle cx={x} cy={y} r={6} className={`like ${p.severity ?? 'none'}`} />
                {named && (
                  <text x={x + 11} y={y + 4}>
                    {p.label}
                  </text>
                )}
              </g>
            )
          })}
        </svg>
      )}
      <MapTools onZoom={zoom} />
    </div>
  )
}

export function MapTools({ onZoom }: { onZoom: (by: number) => void }) {
  const { t } = useText()
  return (
    <div className="y-map-tools y-noprint">
      <button type="button" aria-label={t('ui.map.zoomIn')} onClick={() => onZoom(1)}>
        +
      </button>
      <button type="button" aria-label={t('ui.map.zoomOut')} onClick={() => onZoom(-1)}>
        −
      </button>
    </div>
  )
}
