import { useQuery } from '@tanstack/react-query'
import outlineUrl from '#modules/foundation/org/seed/counties-3205.geojson?url'
import { useSession } from '#ui/shell/session.ts'

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
