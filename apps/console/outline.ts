import { useQuery } from '@tanstack/react-query'
import { useMemo } from 'react'
import { listDivisions } from '#modules/foundation/org/contract.ts'
import outlineUrl from '#modules/foundation/org/seed/counties-3205.geojson?url'
import { useApi } from '#ui/api/use-api.ts'
import type { MapPoint } from '#ui/map/map-view.ts'
import { useSession } from '#ui/shell/session.ts'

/** About three kilometres. */
const NEAR_DEGREES = 0.03

/** Outlines of the city's counties; which one is home follows from the division codes of the posts. */
export function useOutline(): { outline: GeoJSON.FeatureCollection; home: string | undefined } | undefined {
  const { me } = useSession()
  const answer = useQuery({
    queryKey: ['outline'],
    queryFn: async ({ signal }) => (await (await fetch(outlineUrl, { signal })).json()) as GeoJSON.FeatureCollection,
    staleTime: Number.POSITIVE_INFINITY,
  })
  if (!answer.data) return undefined
  return { outline: answer.data, home: me.posts[0]?.division.slice(0, 6) }
}

/** Names of the villages around a place, so that a map without tiles still tells where one is. */
export function useVillagesNear(place: { lon: number; lat: number } | null): MapPoint[] {
  const answer = useApi(listDivisions, { depth: 12 }, { enabled: place !== null, staleTime: Number.POSITIVE_INFINITY })
  return useMemo(() => {
    if (!place) return []
    return (answer.data?.items ?? []).flatMap((d) =>
      d.code.length === 12 &&
      d.center &&
      Math.abs(d.center.lon - place.lon) < NEAR_DEGREES &&
      Math.abs(d.center.lat - place.lat) < NEAR_DEGREES
        ? [{ id: d.code, lon: d.center.lon, lat: d.center.lat, kind: 'name' as const, label: d.shortName }]
        : [],
    )
  }, [answer.data, place])
}
