import { useQueryClient } from '@tanstack/react-query'
import { useEffect, useRef } from 'react'
import { listNotices, readNotices } from '#platform/notify/contract.ts'
import { useApi, useCommand } from '#ui/api/use-api.ts'
import { useText } from '#ui/i18n/TextProvider.tsx'
import type { NewsEntry } from '#ui/shell/PageShell.tsx'

/** What the bell shows. Opening it marks what is shown as read, when the answer has come. */
export function useNews(): { unread: number; entries: NewsEntry[]; onOpen: () => void } {
  const { t } = useText()
  const answer = useApi(listNotices, {}, { every: 60_000, staleTime: 50_000 })
  const queryClient = useQueryClient()
  const read = useCommand(readNotices, () => void queryClient.invalidateQueries({ queryKey: [listNotices.name] }))
  const opened = useRef(false)
  const newest = answer.data?.items[0]?.id
  useEffect(() => {
    if (!opened.current || newest === undefined) return
    opened.current = false
    read.mutate({ upTo: newest })
  }, [newest, read])
  const entries = (answer.data?.items ?? []).map((n) => ({
    id: n.id,
    text: t(`notify.${n.kind}`, { ...n.params, title: n.caseTitle ?? '' }),
    at: n.at,
    unread: n.readAt === null,
    ...(n.caseId && n.caseTitle ? { href: `/cases/${n.caseId}` } : {}),
  }))
  return {
    unread: answer.data?.unread ?? 0,
    entries,
    onOpen: () => {
      if (newest !== undefined && (answer.data?.unread ?? 0) > 0) read.mutate({ upTo: newest })
      else opened.current = true
      void answer.refetch()
    },
  }
}
