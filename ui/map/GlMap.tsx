import 'maplibre-gl/dist/maplibre-gl.css'
import { type GeoJSONSource, Map as GlobeMap, Marker, setWorkerUrl } from 'maplibre-gl'
import workerUrl from 'maplibre-gl/dist/maplibre-gl-worker.mjs?url'
import { useEffect, useRef } from 'react'
import { coveredCorners, labelsWithRoom } from '#ui/map/labels.ts'
import type { MapPoint, MapProps } from '#ui/map/map-view.ts'
import { circle } from '#ui/map/projection.ts'
import { MapTools } from '#ui/map/SvgMap.tsx'

// Without it the worker is looked for beside the bundle and the map stays blank.
setWorkerUrl(workerUrl)

const nothing: GeoJSON.FeatureCollection = { type: 'FeatureCollection', features: [] }

/** The map by MapLibre, with no server behind it: outlines and points come as data, labels are drawn by the page. */
export default function GlMap(props: MapProps & { onFail: () => void }) {
  const { label, points, outline, home, ring, start } = props
  const box = useRef<HTMLDivElement>(null)
  const map = useRef<GlobeMap>(undefined)
  const latest = useRef(props)
  latest.current = props

  useEffect(() => {
    const dark = document.documentElement.classList.contains('dark')
    const own = ['==', ['to-string', ['get', 'code']], home ?? ''] as unknown as boolean
    let made: GlobeMap
    try {
      made = new GlobeMap({
        container: box.current!,
        center: [start.center.lon, start.center.lat],
        zoom: start.zoom,
        minZoom: 6,
        maxZoom: 18,
        attributionControl: false,
        dragRotate: false,
        pitchWithRotate: false,
        style: {
          version: 8,
          sources: {
            outline: { type: 'geojson', data: outline ?? nothing },
            ring: { type: 'geojson', data: nothing },
          },
          layers: [
            { id: 'ground', type: 'background', paint: { 'background-color': dark ? '#101d2c' : '#f7f7f4' } },
            {
              id: 'land',
              type: 'fill',
              source: 'outline',
              paint: {
                'fill-color': dark ? ['case', own, '#14263a', '#101d2c'] : ['case', own, '#fdfdfb', '#f7f7f4'],
              },
            },
            {
              id: 'line',
              type: 'line',
              source: 'outline',
              paint: {
                'line-color': dark ? ['case', own, '#6aa9f4', '#24374d'] : ['case', own, '#1a5cb0', '#c7ced6'],
                'line-width': ['case', own, 1.5, 1],
              },
            },
            {
              id: 'ring-fill',
              type: 'fill',
              source: 'ring',
              paint: { 'fill-color': '#96533a', 'fill-opacity': 0.05 },
            },
            {
              id: 'ring-line',
              type: 'line',
              source: 'ring',
              paint: { 'line-color': dark ? '#e2ab8c' : '#96533a', 'line-width': 1.2, 'line-dasharray': [3, 3] },
            },
          ],
        },
      })
    } catch {
      latest.current.onFail()
      return
    }
    map.current = made
    made.on('error', () => {})
    made.on('webglcontextlost', () => latest.current.onFail())
    made.on('click', (event) => latest.current.onPick?.({ lon: event.lngLat.lng, lat: event.lngLat.lat }))
    made.getCanvas().setAttribute('aria-label', label)
    made.getCanvas().setAttribute('role', 'img')
    return () => {
      map.current = undefined
      made.remove()
    }
  }, [])

  useEffect(() => {
    const m = map.current
    if (!m) return
    const set = () => {
      ;(m.getSource('outline') as GeoJSONSource | undefined)?.setData(outline ?? nothing)
      const here = points.find((p) => p.kind === 'here')
      const data: GeoJSON.FeatureCollection =
        here && ring
          ? {
              type: 'FeatureCollection',
              features: [
                {
                  type: 'Feature',
                  properties: {},
                  geometry: { type: 'Polygon', coordinates: [circle(here, ring)] },
                },
              ],
            }
          : nothing
      ;(m.getSource('ring') as GeoJSONSource | undefined)?.setData(data)
    }
    if (m.isStyleLoaded()) set()
    else m.once('load', set)
    const markers = points.map((p) =>
      new Marker({
        element: markerOf(p, (id) => latest.current.onOpen?.(id)),
        anchor: p.kind === 'here' ? 'bottom-left' : p.kind === 'name' ? 'center' : 'left',
        offset: p.kind === 'here' ? [-14, 0] : p.kind === 'name' ? [0, 0] : [-8, 0],
      })
        .setLngLat([p.lon, p.lat])
        .addTo(m),
    )
    const name = () => {
      const view = { width: m.getContainer().clientWidth, height: m.getContainer().clientHeight }
      const corner = points.some((p) => p.kind === 'here') && Boolean(outline)
      const shown = labelsWithRoom(
        points.map((p) => ({ ...p, ...plain(m.project([p.lon, p.lat])) })),
        view,
        coveredCorners(view, corner),
      )
      points.forEach((p, i) => {
        markers[i]!.getElement().classList.toggle('mute', !shown.has(p.id))
      })
    }
    name()
    m.on('move', name)
    m.on('resize', name)
    return () => {
      m.off('move', name)
      m.off('resize', name)
      for (const marker of markers) marker.remove()
    }
  }, [points, outline, ring])

  return (
    <>
      <div className="canvas" ref={box} />
      <MapTools onZoom={(by) => map.current?.easeTo({ zoom: map.current.getZoom() + by, duration: 200 })} />
    </>
  )
}

const plain = ({ x, y }: { x: number; y: number }) => ({ x, y })

function markerOf(p: MapPoint, open: (id: string) => void): HTMLElement {
  const element = document.createElement('div')
  element.className = `y-mk ${p.kind}`
  const svg = document.createElementNS('http://www.w3.org/2000/svg', 'svg')
  if (p.kind === 'here') {
    svg.setAttribute('width', '28')
    svg.setAttribute('height', '36')
    svg.setAttribute('viewBox', '-14 -35 28 36')
    svg.innerHTML = `<path d="M0 0C-13-14-13-17-13-21a13 13 0 0126 0c0 4 0 7-13 21z" class="pin ${p.severity ?? 'none'}"/><circle cx="0" cy="-21" r="4.5" fill="#fff"/>`
    element.append(svg)
  } else if (p.kind !== 'name') {
    svg.setAttribute('width', '16')
    svg.setAttribute('height', '16')
    svg.setAttribute('viewBox', '-8 -8 16 16')
    svg.innerHTML = `<circle r="6" class="like ${p.severity ?? 'none'}"/>`
    element.append(svg)
    element.addEventListener('click', () => open(p.id))
    element.style.cursor = 'pointer'
  }
  if (p.label) {
    const text = document.createElement('span')
    text.textContent = p.label
    element.append(text)
  }
  return element
}
