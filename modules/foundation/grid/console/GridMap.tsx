import '#ui/map/PlaceMap.css'
import '#modules/foundation/grid/console/GridMap.css'
import { type KeyboardEvent, type PointerEvent, useEffect, useMemo, useRef, useState } from 'react'
import { type Point, type Shape, toDegrees, toUnits } from '#modules/foundation/grid/domain/shape.ts'
import { pointInside } from '#modules/foundation/grid/domain/topology.ts'
import { useText } from '#ui/i18n/TextProvider.tsx'
import { boundsOf, fit, metresToPixels, project, unproject } from '#ui/map/projection.ts'
import { MapTools } from '#ui/map/SvgMap.tsx'
import { useSize } from '#ui/theme/use-size.ts'

/** A shape on the map; `look` are classes of its drawing. */
export interface MapShape {
  id: string
  shape: Shape
  look: string
  label?: string
  /** Can be chosen by a click. */
  pick?: boolean
}

export interface MapFault {
  number: number
  at: [number, number]
  note: boolean
}

/** A corner that can be moved by dragging or by the arrow keys. */
export interface MapCorner {
  id: string
  at: Point
  look?: 'end' | 'add'
  label: string
}

/** A drawing has no elements of its own for a group of handles and for a handle. */
const AS_GROUP = { role: 'group' } as const
const AS_BUTTON = { role: 'button', tabIndex: 0 } as const

/** Paths are drawn once at this zoom and then only moved and scaled. */
const BASE = 16

/**
 * Shapes of grids on a map that needs no tiles: drag, wheel, + and −, arrow keys. Corners are handles that the keyboard reaches
 * too: arrows move by a pixel, with shift by ten, Delete takes away.
 */
export function GridMap({
  label,
  shapes,
  faults = [],
  current,
  corners = [],
  cut,
  illustrative,
  focus,
  frame,
  onPick,
  onMove,
  onMoved,
  onDrop,
  onAdd,
}: {
  label: string
  shapes: readonly MapShape[]
  faults?: readonly MapFault[]
  /** Number of the fault that is looked at. */
  current?: number | undefined
  corners?: readonly MapCorner[]
  cut?: readonly [Point, Point] | undefined
  illustrative?: boolean
  /** Goes there when it changes. */
  focus?: { at: [number, number]; key: string | number } | undefined
  /** Shows this shape whole when it changes. */
  frame?: { shape: Shape; key: string } | undefined
  onPick?: (id: string) => void
  /** A corner is on its way; `snap` is how near, in units, counts as the same place. */
  onMove?: (id: string, to: Point, snap: number) => void
  /** The corner was let go. */
  onMoved?: () => void
  onDrop?: (id: string) => void
  onAdd?: (id: string) => void
}) {
  const { t } = useText()
  const [box, { width, height }] = useSize<HTMLDivElement>()
  const bounds = useMemo(() => {
    const own = shapes.filter((one) => !/\b(around|far)\b/.test(one.look))
    return boundsOf(
      (own.length > 0 ? own : shapes).flatMap(({ shape }) =>
        shape.flatMap((polygon) => (polygon[0] ?? []).map(([x, y]) => [toDegrees(x), toDegrees(y)] as const)),
      ),
    )
  }, [shapes])
  const [view, setView] = useState<{ center: { lon: number; lat: number }; zoom: number }>()
  // The first shapes decide where the map begins; drawing on them does not move it.
  useEffect(() => {
    if (!view && bounds && width > 0) setView({ ...fit(bounds, width, height, 0.92) })
  }, [view, bounds, width, height])
  useEffect(() => {
    if (focus)
      setView((old) => (old ? { center: { lon: focus.at[0], lat: focus.at[1] }, zoom: Math.max(old.zoom, 15) } : old))
  }, [focus?.key])
  useEffect(() => {
    const around =
      frame &&
      boundsOf(
        frame.shape.flatMap((polygon) => (polygon[0] ?? []).map(([x, y]) => [toDegrees(x), toDegrees(y)] as const)),
      )
    if (around && width > 0) setView({ ...fit(around, width, height, 0.7) })
  }, [frame?.key])
  const drag = useRef<{ x: number; y: number; moved: boolean } | null>(null)
  const held = useRef<string | null>(null)

  const origin = useMemo(
    () => (bounds ? project({ lon: bounds[0], lat: bounds[3] }, BASE) : { x: 0, y: 0 }),
    [Math.round((bounds?.[0] ?? 0) * 10), Math.round((bounds?.[3] ?? 0) * 10)],
  )
  const paths = useMemo(
    () =>
      shapes.map((one) => ({
        ...one,
        d: one.shape
          .flatMap((polygon) =>
            polygon.map(
              (ring) =>
                `M${ring
                  .map(([x, y]) => {
                    const p = project({ lon: toDegrees(x), lat: toDegrees(y) }, BASE)
                    return `${(p.x - origin.x).toFixed(1)} ${(p.y - origin.y).toFixed(1)}`
                  })
                  .join('L')}Z`,
            ),
          )
          .join(''),
        inside: one.label && one.shape.length > 0 ? pointInside(one.shape) : undefined,
      })),
    [shapes, origin],
  )
  const zoomBy = (by: number, around?: { x: number; y: number }) =>
    setView((old) => {
      if (!old) return old
      const zoom = Math.min(19, Math.max(7, old.zoom + by))
      if (!around) return { ...old, zoom }
      const c = project(old.center, old.zoom)
      const at = unproject(c.x + around.x - width / 2, c.y + around.y - height / 2, old.zoom)
      const there = project(at, zoom)
      return { center: unproject(there.x - around.x + width / 2, there.y - around.y + height / 2, zoom), zoom }
    })
  // React listens to wheels passively, and the page must not scroll along.
  const svg = useRef<SVGSVGElement>(null)
  const wheel = useRef(zoomBy)
  wheel.current = zoomBy
  const ready = view !== undefined && width > 0
  useEffect(() => {
    const element = svg.current
    if (!element) return
    const onWheel = (event: WheelEvent) => {
      event.preventDefault()
      const rect = element.getBoundingClientRect()
      wheel.current(event.deltaY < 0 ? 0.25 : -0.25, { x: event.clientX - rect.left, y: event.clientY - rect.top })
    }
    element.addEventListener('wheel', onWheel, { passive: false })
    return () => element.removeEventListener('wheel', onWheel)
  }, [ready])

  if (!view)
    return (
      <div className="y-gridmap" ref={box} aria-busy={bounds ? undefined : false}>
        <span className="y-vh">{label}</span>
      </div>
    )
  const center = project(view.center, view.zoom)
  const scale = 2 ** (view.zoom - BASE)
  const left = center.x - width / 2
  const top = center.y - height / 2
  const place = ([x, y]: Point) => {
    const p = project({ lon: toDegrees(x), lat: toDegrees(y) }, view.zoom)
    return { x: p.x - left, y: p.y - top }
  }
  const pointAt = (event: PointerEvent<Element>): Point => {
    const rect = svg.current!.getBoundingClientRect()
    const at = unproject(left + event.clientX - rect.left, top + event.clientY - rect.top, view.zoom)
    return [toUnits(at.lon), toUnits(at.lat)]
  }
  /** So many units lie under a pixel. */
  const unitsPerPixel = Math.max(
    1,
    toUnits(unproject(center.x + 1, center.y, view.zoom).lon) - toUnits(unproject(center.x, center.y, view.zoom).lon),
  )
  const pan = (dx: number, dy: number) =>
    setView((old) => {
      if (!old) return old
      const c = project(old.center, old.zoom)
      return { ...old, center: unproject(c.x + dx, c.y + dy, old.zoom) }
    })
  function onKeyDown(event: KeyboardEvent) {
    if (event.target !== event.currentTarget) return
    const act: Record<string, () => void> = {
      ArrowLeft: () => pan(-60, 0),
      ArrowRight: () => pan(60, 0),
      ArrowUp: () => pan(0, -60),
      ArrowDown: () => pan(0, 60),
      '+': () => zoomBy(0.5),
      '=': () => zoomBy(0.5),
      '-': () => zoomBy(-0.5),
    }
    const run = act[event.key]
    if (!run) return
    event.preventDefault()
    run()
  }
  function onCornerKey(event: KeyboardEvent, corner: MapCorner) {
    const step = unitsPerPixel * (event.shiftKey ? 10 : 1)
    const way: Record<string, [number, number]> = {
      ArrowLeft: [-step, 0],
      ArrowRight: [step, 0],
      ArrowUp: [0, step],
      ArrowDown: [0, -step],
    }
    const by = way[event.key]
    if (by && corner.look !== 'add') {
      event.preventDefault()
      event.stopPropagation()
      onMove?.(corner.id, [corner.at[0] + by[0], corner.at[1] + by[1]], 0)
      onMoved?.()
    } else if ((event.key === 'Delete' || event.key === 'Backspace') && !corner.look) {
      event.preventDefault()
      onDrop?.(corner.id)
    } else if ((event.key === 'Enter' || event.key === ' ') && corner.look === 'add') {
      event.preventDefault()
      onAdd?.(corner.id)
    }
  }
  // Names of villages first; a name that would lie over another one is left out.
  const labels: { id: string; label: string; look: string; x: number; y: number; half: number }[] = []
  for (const one of paths.toSorted(
    (a, b) => Number(b.look.startsWith('village')) - Number(a.look.startsWith('village')),
  )) {
    if (!one.inside || !one.label) continue
    const { x, y } = place(one.inside)
    if (x < 0 || y < 0 || x > width || y > height) continue
    const spread = one.shape.flatMap((polygon) => polygon[0]!.map(([east]) => east))
    const half = one.label.length * 6 + 2
    if (((Math.max(...spread) - Math.min(...spread)) / unitsPerPixel) * 0.9 < half * 2) continue
    if (labels.some((other) => Math.abs(other.x - x) < other.half + half && Math.abs(other.y - y) < 16)) continue
    labels.push({ id: one.id, label: one.label, look: one.look, x, y, half })
  }
  const metre = metresToPixels(1, view.center.lat, view.zoom)
  const round = [10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10000, 20000].find((m) => m * metre >= 60) ?? 20000

  return (
    <div className="y-gridmap" ref={box}>
      <svg
        ref={svg}
        {...AS_GROUP}
        aria-label={label}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: arrow keys move the map
        tabIndex={0}
        viewBox={`0 0 ${Math.max(width, 1)} ${Math.max(height, 1)}`}
        onKeyDown={onKeyDown}
        onPointerDown={(event) => {
          drag.current = { x: event.clientX, y: event.clientY, moved: false }
        }}
        onPointerMove={(event) => {
          if (held.current) {
            onMove?.(held.current, pointAt(event), unitsPerPixel * 8)
            return
          }
          const from = drag.current
          if (!from) return
          const dx = event.clientX - from.x
          const dy = event.clientY - from.y
          if (!from.moved && Math.hypot(dx, dy) < 4) return
          drag.current = { x: event.clientX, y: event.clientY, moved: true }
          pan(-dx, -dy)
        }}
        onPointerUp={(event) => {
          if (held.current) {
            held.current = null
            onMoved?.()
          } else if (drag.current && !drag.current.moved && onPick) {
            const id = (event.target as Element).closest('[data-pick]')?.getAttribute('data-pick')
            if (id) onPick(id)
          }
          drag.current = null
        }}
        onPointerLeave={() => {
          if (held.current) onMoved?.()
          held.current = null
          drag.current = null
        }}
      >
        <g transform={`translate(${origin.x * scale - left} ${origin.y * scale - top}) scale(${scale})`}>
          {paths.map((one) => (
            <path
              key={one.id}
              d={one.d}
              fillRule="evenodd"
              className={one.pick ? `${one.look} pick` : one.look}
              data-pick={one.pick ? one.id : undefined}
            />
          ))}
        </g>
        {cut && (
          <line className="cut" x1={place(cut[0]).x} y1={place(cut[0]).y} x2={place(cut[1]).x} y2={place(cut[1]).y} />
        )}
        {labels.map((one) => (
          <text
            key={`t-${one.id}`}
            x={one.x}
            y={one.y + 4}
            className={one.look.startsWith('village') ? 'village-name' : undefined}
          >
            {one.label}
          </text>
        ))}
        {faults.map((fault) => {
          const at = place([toUnits(fault.at[0]), toUnits(fault.at[1])])
          return (
            <g key={fault.number}>
              {fault.number === current && <circle cx={at.x} cy={at.y} r={16} className="ring" />}
              <circle cx={at.x} cy={at.y} r={9} className={fault.note ? 'fault note' : 'fault'} />
              <text x={at.x} y={at.y + 4} className="fault-text">
                {fault.number}
              </text>
            </g>
          )
        })}
        {corners.map((corner) => {
          const at = place(corner.at)
          if (at.x < -20 || at.y < -20 || at.x > width + 20 || at.y > height + 20) return null
          return (
            // biome-ignore lint/a11y/noStaticElementInteractions: it is a button by its role
            <g
              key={corner.id}
              className="handle"
              {...AS_BUTTON}
              aria-label={corner.label}
              onKeyDown={(event) => onCornerKey(event, corner)}
              onPointerDown={(event) => {
                event.stopPropagation()
                if (corner.look === 'add') onAdd?.(corner.id)
                else held.current = corner.id
              }}
              onDoubleClick={() => !corner.look && onDrop?.(corner.id)}
            >
              <circle cx={at.x} cy={at.y} r={12} fill="transparent" />
              <circle
                cx={at.x}
                cy={at.y}
                r={corner.look === 'end' ? 8 : corner.look === 'add' ? 4 : 6}
                className={corner.look ? `corner ${corner.look}` : 'corner'}
              />
            </g>
          )
        })}
      </svg>
      <MapTools onZoom={(by) => zoomBy(by)} />
      <div className="y-gridmap-mark">
        {illustrative && <b>{t('grid.illustrative')}</b>}
        <span className="y-gridmap-scale">
          <i style={{ width: round * metre }} />
          {round >= 1000 ? `${round / 1000} km` : `${round} m`}
        </span>
      </div>
    </div>
  )
}
