/** Web Mercator in pixels: at zoom z the whole world is 512 · 2^z wide, as MapLibre counts. */
export interface LonLat {
  lon: number
  lat: number
}

const TILE = 512
const MAX_LAT = 85.0511

export function worldSize(zoom: number): number {
  return TILE * 2 ** zoom
}

export function project(p: LonLat, zoom: number): { x: number; y: number } {
  const size = worldSize(zoom)
  const lat = Math.max(-MAX_LAT, Math.min(MAX_LAT, p.lat))
  const sin = Math.sin((lat * Math.PI) / 180)
  return { x: ((p.lon + 180) / 360) * size, y: (0.5 - Math.log((1 + sin) / (1 - sin)) / (4 * Math.PI)) * size }
}

export function unproject(x: number, y: number, zoom: number): LonLat {
  const size = worldSize(zoom)
  const n = Math.PI - (2 * Math.PI * y) / size
  return { lon: (x / size) * 360 - 180, lat: (180 / Math.PI) * Math.atan(0.5 * (Math.exp(n) - Math.exp(-n))) }
}

/** How many pixels a stretch of metres takes at a latitude. */
export function metresToPixels(metres: number, lat: number, zoom: number): number {
  const around = 40_075_016.686 * Math.cos((lat * Math.PI) / 180)
  return (metres / around) * worldSize(zoom)
}

export type Bounds = [west: number, south: number, east: number, north: number]

export function boundsOf(points: Iterable<readonly [number, number]>): Bounds | undefined {
  let west = Number.POSITIVE_INFINITY
  let south = Number.POSITIVE_INFINITY
  let east = Number.NEGATIVE_INFINITY
  let north = Number.NEGATIVE_INFINITY
  for (const [lon, lat] of points) {
    west = Math.min(west, lon)
    south = Math.min(south, lat)
    east = Math.max(east, lon)
    north = Math.max(north, lat)
  }
  return Number.isFinite(west) ? [west, south, east, north] : undefined
}

/** The view that shows a stretch of land whole, with some room around it. */
export function fit(bounds: Bounds, width: number, height: number, room = 0.9): { center: LonLat; zoom: number } {
  const a = project({ lon: bounds[0], lat: bounds[3] }, 0)
  const b = project({ lon: bounds[2], lat: bounds[1] }, 0)
  const zoom = Math.log2(
    Math.min((width * room) / Math.max(b.x - a.x, 1e-9), (height * room) / Math.max(b.y - a.y, 1e-9)),
  )
  return { center: unproject((a.x + b.x) / 2, (a.y + b.y) / 2, 0), zoom: Math.min(zoom, 16) }
}

/** Rings of every polygon of a collection, with the name of the feature they belong to. */
export function* rings(collection: GeoJSON.FeatureCollection): Generator<{ id: string; ring: [number, number][] }> {
  for (const feature of collection.features) {
    const id = String(feature.properties?.code ?? feature.id ?? '')
    const geometry = feature.geometry
    const polygons =
      geometry.type === 'Polygon'
        ? [geometry.coordinates]
        : geometry.type === 'MultiPolygon'
          ? geometry.coordinates
          : []
    for (const polygon of polygons) for (const ring of polygon) yield { id, ring: ring as [number, number][] }
  }
}

/** A circle of metres around a point, as a closed ring. */
export function circle(center: LonLat, metres: number, steps = 64): [number, number][] {
  const dLat = metres / 111_320
  const dLon = dLat / Math.cos((center.lat * Math.PI) / 180)
  return Array.from({ length: steps + 1 }, (_, i) => {
    const a = (i / steps) * 2 * Math.PI
    return [center.lon + dLon * Math.cos(a), center.lat + dLat * Math.sin(a)]
  })
}
