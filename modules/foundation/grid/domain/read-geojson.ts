import type { GridKind } from './grid-code.ts'
import { kindOfCode, villageOf } from './grid-code.ts'
import type { PlannedGrid } from './plan.ts'
import type { GeoShape } from './shape.ts'

/** Names under which files carry a property; the first that is there counts. */
const NAMES = {
  code: ['code', 'gridCode', 'grid_code', '网格代码', '网格编码', '代码', '编码'],
  village: ['villageCode', 'village_code', 'village', '村社区代码', '社区代码', '村代码', '所属村社区代码'],
  name: ['name', 'gridName', 'grid_name', '网格名称', '名称'],
  kind: ['kind', 'type', '网格类型', '类型'],
  place: ['place', '专属类型'],
  households: ['households', '户数'],
  people: ['people', 'population', '人数', '人口'],
  within: ['within', '所属网格代码'],
} as const

const KINDS: Record<string, GridKind> = {
  general: 'general',
  综合网格: 'general',
  基础网格: 'general',
  dedicated: 'dedicated',
  专属网格: 'dedicated',
  micro: 'micro',
  微网格: 'micro',
}

const PLACES: Record<string, string> = {
  building: 'building',
  楼宇: 'building',
  market: 'market',
  市场: 'market',
  park: 'park',
  园区: 'park',
  school: 'school',
  学校: 'school',
  hospital: 'hospital',
  医院: 'hospital',
  other: 'other',
  其他: 'other',
}

export type ReadFile = { grids: PlannedGrid[] } | { problem: 'not_geojson' | 'no_features' | 'too_many_features' }

export const MOST_FEATURES = 3000

/**
 * Reads a GeoJSON file into planned grids, one a feature, in the order of the file. Whatever is wrong with a feature stays in
 * it and is named by the check; nothing is left out.
 * @param convert brings a longitude and latitude into the datum of the county's maps
 */
export function readGeoJson(text: string, convert: (at: [number, number]) => [number, number]): ReadFile {
  let file: unknown
  try {
    file = JSON.parse(text.replace(/^\uFEFF/, ''))
  } catch {
    return { problem: 'not_geojson' }
  }
  const features = (file as { type?: string; features?: unknown })?.features
  if ((file as { type?: string })?.type !== 'FeatureCollection' || !Array.isArray(features))
    return { problem: 'not_geojson' }
  if (features.length === 0) return { problem: 'no_features' }
  if (features.length > MOST_FEATURES) return { problem: 'too_many_features' }
  return { grids: features.map((feature, i) => readFeature(feature, i + 1, convert)) }
}

function readFeature(
  feature: unknown,
  number: number,
  convert: (at: [number, number]) => [number, number],
): PlannedGrid {
  const { properties, geometry } = (feature ?? {}) as { properties?: Record<string, unknown>; geometry?: unknown }
  const given = (key: keyof typeof NAMES): string => {
    for (const name of NAMES[key]) {
      const value = properties?.[name]
      if (value !== undefined && value !== null && value !== '') return String(value).trim()
    }
    return ''
  }
  const count = (key: 'households' | 'people') => {
    const value = Number(given(key))
    return given(key) !== '' && Number.isInteger(value) && value >= 0 && value <= 1_000_000 ? value : null
  }
  const code = given('code').slice(0, 40) || null
  const kind = KINDS[given('kind')] ?? (code ? kindOfCode(code) : undefined) ?? 'general'
  const village = given('village').slice(0, 40) || (code && code.length >= 15 ? villageOf(code) : null)
  return {
    ref: `#${number}`,
    code,
    villageCode: village,
    kind,
    name: given('name').slice(0, 60),
    place: kind === 'dedicated' ? (PLACES[given('place')] ?? null) : null,
    households: count('households'),
    people: count('people'),
    shape: converted(geometry, convert),
    from: [],
    within:
      kind === 'micro' ? (/^[0-9]{15}$/.test(given('within')) ? given('within') : (code?.slice(0, 15) ?? null)) : null,
  }
}

function converted(geometry: unknown, convert: (at: [number, number]) => [number, number]): GeoShape | null {
  const { type, coordinates } = (geometry ?? {}) as { type?: unknown; coordinates?: unknown }
  if (type !== 'Polygon' && type !== 'MultiPolygon') return null
  const walk = (part: unknown): unknown =>
    Array.isArray(part) && typeof part[0] === 'number' && typeof part[1] === 'number'
      ? inChina(part[0], part[1])
        ? convert([part[0], part[1]]).map((degrees) => Math.round(degrees * 1e6) / 1e6)
        : [part[0], part[1]]
      : Array.isArray(part)
        ? part.map(walk)
        : part
  return { type, coordinates: Array.isArray(coordinates) ? (walk(coordinates) as unknown[]) : [] }
}

const inChina = (lon: number, lat: number) => lon > 73 && lon < 136 && lat > 3 && lat < 54
