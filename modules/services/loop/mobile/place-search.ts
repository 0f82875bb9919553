import type { PublicPlaces } from './public-places.ts'

export type Town = PublicPlaces['towns'][number]
export type Village = Town['villages'][number]

/** 社区居委会 → 社区, 村委会 → 村: what people call the place. */
export function shortName(name: string): string {
  return name.replace(/(居民委员会|居委会)$/, '').replace(/村?(村民委员会|村委会)$/, '村')
}

export interface Found {
  town: Town
  village: Village
}

/** Villages whose name, or whose town's name, holds what was typed; those that begin with it come first. */
export function searchVillages(towns: readonly Town[], typed: string, most = 40): Found[] {
  const wanted = typed.normalize('NFKC').replace(/\s/g, '')
  if (!wanted) return []
  const rank = ({ village, town }: Found) => {
    const at = shortName(village.name).indexOf(wanted)
    if (at === 0) return 0
    if (at > 0) return 1
    if (`${town.name}${shortName(village.name)}`.includes(wanted)) return 2
    return 3
  }
  return towns
    .flatMap((town) => town.villages.map((village) => ({ town, village })))
    .map((found) => ({ found, rank: rank(found) }))
    .filter((entry) => entry.rank < 3)
    .sort((a, b) => a.rank - b.rank)
    .slice(0, most)
    .map((entry) => entry.found)
}

/** `木渎镇 香溪社区`, `木渎镇`, or undefined. */
export function placeName(
  towns: readonly Town[],
  townCode: string | undefined,
  villageCode: string | undefined,
): string | undefined {
  const town = towns.find((one) => one.code === (townCode ?? villageCode?.slice(0, 9)))
  if (!town) return undefined
  const village = town.villages.find((one) => one.code === villageCode)
  return village ? `${town.name} ${shortName(village.name)}` : town.name
}

/** The county's own outline among what is drawn; the whole collection where it is the only one. */
export function outlineOf(outline: unknown): GeoJSON.FeatureCollection | undefined {
  const shape = outline as GeoJSON.FeatureCollection | GeoJSON.Feature | GeoJSON.Polygon | GeoJSON.MultiPolygon | null
  if (!shape || typeof shape !== 'object') return undefined
  if (shape.type === 'FeatureCollection') return shape
  if (shape.type === 'Feature') return { type: 'FeatureCollection', features: [shape] }
  if (shape.type === 'Polygon' || shape.type === 'MultiPolygon')
    return { type: 'FeatureCollection', features: [{ type: 'Feature', properties: {}, geometry: shape }] }
  return undefined
}

/** Whether a point lies inside a collection of polygons (even-odd, holes respected). */
export function inside(collection: GeoJSON.FeatureCollection, lon: number, lat: number): boolean {
  return collection.features.some(({ geometry }) => {
    const polygons =
      geometry.type === 'Polygon'
        ? [geometry.coordinates]
        : geometry.type === 'MultiPolygon'
          ? geometry.coordinates
          : []
    return polygons.some((rings) => rings.filter((ring) => inRing(ring, lon, lat)).length % 2 === 1)
  })
}

function inRing(ring: GeoJSON.Position[], lon: number, lat: number): boolean {
  let odd = false
  for (let i = 0, j = ring.length - 1; i < ring.length; j = i++) {
    const [x1, y1] = ring[i] as [number, number]
    const [x2, y2] = ring[j] as [number, number]
    if (y1 > lat !== y2 > lat && lon < ((x2 - x1) * (lat - y1)) / (y2 - y1) + x1) odd = !odd
  }
  return odd
}
