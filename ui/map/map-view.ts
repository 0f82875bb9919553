import type { SeverityLevel } from '#ui/severity/severity.ts'

export interface MapPoint {
  id: string
  lon: number
  lat: number
  label?: string
  /** here: the matter itself; similar: one like it nearby; name: only a place name; case: one of many. */
  kind: 'here' | 'similar' | 'name' | 'case'
  severity?: SeverityLevel | null
}

export interface MapProps {
  /** Spoken name of the map. */
  label: string
  points: readonly MapPoint[]
  /** Outlines of the county and its neighbours; `home` is drawn bright. */
  outline?: GeoJSON.FeatureCollection | undefined
  home?: string | undefined
  /** Circle around the point `here`, in metres. */
  ring?: number | undefined
  start: { center: { lon: number; lat: number }; zoom: number }
  onPick?: ((at: { lon: number; lat: number }) => void) | undefined
  onOpen?: ((id: string) => void) | undefined
}
