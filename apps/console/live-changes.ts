import { useQueryClient } from '@tanstack/react-query'
import { useEffect } from 'react'
import { getCase, getNumbers, listCases, listInbox } from '#platform/process/contract.ts'
import { CHANGE_EVENT, streamChanges } from '#platform/realtime/events.raw.ts'
import { apiUrl } from '#ui/api/base.ts'

/** Several changes in a row are one reason to look again, not many. */
const GATHER_MS = 800

/** Listens for changes of cases in which one's own units take part, and lets the screens ask again. */
export function useLiveChanges(): void {
  const queryClient = useQueryClient()
  useEffect(() => {
    const source = new EventSource(apiUrl(streamChanges.path))
    let timer: ReturnType<typeof setTimeout> | undefined
    const onChange = () => {
      timer ??= setTimeout(() => {
        timer = undefined
        // A page that is just being loaded is not thrown away for it.
        for (const route of [listInbox, getCase, listCases, getNumbers])
          void queryClient.invalidateQueries({ queryKey: [route.name] }, { cancelRefetch: false })
      }, GATHER_MS)
    }
    source.addEventListener(CHANGE_EVENT, onChange)
    return () => {
      clearTimeout(timer)
      source.close()
    }
  }, [queryClient])
}
