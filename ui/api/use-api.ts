import { QueryClient, useInfiniteQuery, useMutation, useQuery } from '@tanstack/react-query'
import type { Route, RouteInput, RouteOutput } from '#platform/contract/route.ts'
import { ApiError } from '#ui/api/api-error.ts'
import { call, newKey } from '#ui/api/client.ts'

/** Cache rules of every face: an answer is fresh for a moment, a refusal is not asked again. */
export function makeQueryClient(): QueryClient {
  return new QueryClient({
    defaultOptions: {
      queries: {
        staleTime: 10_000,
        refetchOnWindowFocus: true,
        retry: (count, error) => !(error instanceof ApiError && error.status >= 400 && error.status < 500) && count < 2,
      },
    },
  })
}

export interface UseApiOptions {
  enabled?: boolean
  /** Ask again after so many milliseconds. */
  every?: number
  staleTime?: number
}

/** The answer of a query route, kept under the route's name and the input. */
export function useApi<R extends Route>(route: R, input: RouteInput<R>, options: UseApiOptions = {}) {
  return useQuery({
    queryKey: [route.name, input],
    queryFn: ({ signal }) => call(route, input, { signal }),
    ...(options.enabled === undefined ? {} : { enabled: options.enabled }),
    ...(options.every ? { refetchInterval: options.every } : {}),
    ...(options.staleTime === undefined ? {} : { staleTime: options.staleTime }),
  })
}

/** Page after page of a query route that answers `items` and `next`. */
export function useApiPages<R extends Route>(route: R, input: RouteInput<R>, options: UseApiOptions = {}) {
  return useInfiniteQuery({
    queryKey: [route.name, 'pages', input],
    queryFn: ({ signal, pageParam }) =>
      call(route, { ...(input as object), ...(pageParam ? { cursor: pageParam } : {}) } as RouteInput<R>, { signal }),
    initialPageParam: '',
    getNextPageParam: (last) => (last as { next?: string | null }).next ?? undefined,
    ...(options.every ? { refetchInterval: options.every } : {}),
    ...(options.enabled === undefined ? {} : { enabled: options.enabled }),
  })
}

/** A command; a repeated try of the same deed keeps its key until it has succeeded or the input changes. */
export function useCommand<R extends Route>(route: R, onDone?: (output: RouteOutput<R>, input: RouteInput<R>) => void) {
  return useMutation({
    mutationFn: (input: RouteInput<R>) => call(route, input, { idempotencyKey: keyOf(route.name, input) }),
    onSuccess: (output, input) => {
      keys.delete(keyName(route.name, input))
      onDone?.(output, input)
    },
  })
}

const keys = new Map<string, string>()
const keyName = (name: string, input: unknown) => `${name}\n${JSON.stringify(input)}`

function keyOf(name: string, input: unknown): string {
  const id = keyName(name, input)
  let key = keys.get(id)
  if (!key) {
    key = newKey()
    keys.set(id, key)
  }
  return key
}
