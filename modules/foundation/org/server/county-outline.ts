import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Feature } from 'geojson'

let outlines: Map<string, Feature> | undefined

/** The outline of a county of 苏州 as GeoJSON (GCJ-02), or null where none is known. */
export function countyOutline(code: string): Feature | null {
  if (!outlines) {
    const file = join(import.meta.dirname, '../seed/counties-3205.geojson')
    const { features } = JSON.parse(readFileSync(file, 'utf8')) as { features: Feature[] }
    outlines = new Map(features.map((feature) => [String(feature.properties?.code), feature]))
  }
  return outlines.get(code) ?? null
}
