import { useApi } from '#ui/api/use-api.ts'
import { exactTime } from '#ui/clock/county-time.ts'
import type { NewsEntry } from '#ui/shell/PageShell.tsx'
import { listNotices } from './expected-routes.ts'

/** What the bell shows. */
export function useNews(): { unread: number; entries: NewsEntry[]; onOpen: () => void } {
  const answer = useApi(listNotices, {}, { every: 60_000, staleTime: 50_000 })
  const entries = (answer.data?.items ?? []).map((n) => ({
    id: n.id,
    text: n.text,
    at: exactTime(n.at),
    unread: n.readAt === null,
    ...(n.caseId ? { href: `/cases/${n.caseId}` } : {}),
  }))
  return { unread: answer.data?.unread ?? 0, entries, onOpen: () => void answer.refetch() }
}
