/** What a query answered page by page says of itself, as TanStack Query does. */
export interface Pages {
  isLoading: boolean
  error: Error | null
  hasNextPage: boolean
  isFetchingNextPage: boolean
  refetch: () => Promise<unknown>
  fetchNextPage: () => Promise<unknown>
}

/** The part of a list's properties that follows from the query behind it: loading, error with another try, more rows. */
export function pageProps(pages: Pages) {
  return {
    loading: pages.isLoading,
    error: pages.error ?? undefined,
    onRetry: () => void pages.refetch(),
    more: pages.hasNextPage,
    loadingMore: pages.isFetchingNextPage,
    onMore: () => void pages.fetchNextPage(),
  }
}
